// Package probe asks what the configuration names whether it works for us, by HTTP and TLS, on schedule.
package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
)

// Probe is something that is asked.
type Probe struct {
	ID     int64  // in the file
	Name   string // in the configuration
	Vendor string // slug; empty if it checks a service of ours

	URL     string
	Every   time.Duration
	Timeout time.Duration // of one request
	Expect  Expect
}

// Expect is what a good answer is like. The zero value takes any status below 400.
type Expect struct {
	Status          []int             // any of these
	Text            string            // in the body
	JSON            map[string]string // path in the body, such as data.0.status, and the value there
	Within          time.Duration     // the whole answer comes within this time
	CertificateDays int               // the certificate of its server is valid for so many days
}

// most is how much of an answer is read, in bytes.
const most = 1 << 20

// miss says what is wrong with an answer.
type miss struct {
	answered bool // the server answered
	text     string
}

// ask sends one request, and returns nil if the answer is as expected.
func ask(ctx context.Context, client *http.Client, agent string, p Probe, now func() time.Time) *miss {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL, nil)
	if err != nil {
		return &miss{false, err.Error()}
	}
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Cache-Control", "no-cache")
	r.Close = true // what a kept connection answers says nothing of the name and the certificate
	began := now()
	resp, err := client.Do(r)
	if err != nil {
		return &miss{false, failure(err, p.Timeout)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil {
		return &miss{false, failure(err, p.Timeout)}
	}
	if text := p.Expect.lacks(resp, body, now().Sub(began), now()); text != "" {
		return &miss{true, text}
	}
	return nil
}

// failure says why there is no answer, without the address, which stands beside it.
func failure(err error, timeout time.Duration) string {
	var timed net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timed) && timed.Timeout() {
		return "no answer within " + words.Duration(timeout)
	}
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return words.Short(err.Error(), 200)
}

// lacks says what an answer lacks; empty if it is as expected.
func (e Expect) lacks(resp *http.Response, body []byte, took time.Duration, now time.Time) string {
	switch {
	case len(e.Status) == 0 && resp.StatusCode >= 400,
		len(e.Status) > 0 && !slices.Contains(e.Status, resp.StatusCode):
		return strings.TrimSpace(fmt.Sprintf("it answers %d %s", resp.StatusCode, http.StatusText(resp.StatusCode)))
	case e.Within > 0 && took > e.Within:
		return fmt.Sprintf("it answers after %.1f s, later than %s", took.Seconds(), e.Within)
	case e.Text != "" && !strings.Contains(string(body), e.Text):
		return fmt.Sprintf("its answer does not contain %q", words.Short(e.Text, 80))
	}
	if len(e.JSON) > 0 {
		if text := e.lacksJSON(body); text != "" {
			return text
		}
	}
	if e.CertificateDays <= 0 {
		return ""
	}
	if resp.TLS == nil || len(resp.TLS.PeerCertificates) == 0 {
		return "it has no certificate"
	}
	left := resp.TLS.PeerCertificates[0].NotAfter.Sub(now)
	if left < time.Duration(e.CertificateDays)*24*time.Hour {
		return fmt.Sprintf("its certificate is valid for %d more days", max(0, int(left.Hours()/24)))
	}
	return ""
}

func (e Expect) lacksJSON(body []byte) string {
	var whole any
	if err := json.Unmarshal(body, &whole); err != nil {
		return "its answer is not JSON"
	}
	paths := make([]string, 0, len(e.JSON))
	for path := range e.JSON {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		got, found := at(whole, path)
		switch {
		case !found:
			return fmt.Sprintf("its answer has no %s", path)
		case got != e.JSON[path]:
			return fmt.Sprintf("%s in its answer is %q, not %q", path, words.Short(got, 80), e.JSON[path])
		}
	}
	return ""
}

// at returns the value at a path of names and numbers, separated by dots, as text.
func at(value any, path string) (string, bool) {
	for name := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			inner, found := v[name]
			if !found {
				return "", false
			}
			value = inner
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n < 0 || n >= len(v) {
				return "", false
			}
			value = v[n]
		default:
			return "", false
		}
	}
	if text, ok := value.(string); ok {
		return text, true
	}
	b, err := json.Marshal(value)
	return string(b), err == nil
}
