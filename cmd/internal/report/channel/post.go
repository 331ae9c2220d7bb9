package channel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/cmd/internal/words"
)

// AnswerTimeout is how long a receiver may take for one message.
const AnswerTimeout = 15 * time.Second

// A poster posts messages to one address, which is a secret: however a poster is printed, logged or
// encoded, and whatever fails, the address does not show. Redirects are never followed, since they would
// carry the secret elsewhere.
type Poster struct {
	Channel string
	URL     func() *url.URL // no printer, logger or encoder looks into a function
	client  *http.Client
	Secrets func() []string // further texts that may not be shown; nil means none
}

// NewPoster makes a poster. A nil client means one with a time limit of 15 seconds; what describes what an
// address is for, example is one.
func NewPoster(channel, address string, client *http.Client, what, example string) (*Poster, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("channel %q: the %s is not a web address; write one like %s", channel, what, example)
	}
	if client == nil {
		client = &http.Client{Timeout: AnswerTimeout}
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Poster{Channel: channel, URL: func() *url.URL { return u }, client: &own}, nil
}

// Reply is what a receiver said.
type Reply struct {
	Status int
	Header http.Header
	Body   string // the first 4 KiB
}

// At returns a poster to an escaped path below the address.
func (p *Poster) At(path string, query url.Values) *Poster {
	own, base := *p, p.URL()
	own.URL = func() *url.URL {
		u := base.JoinPath(path)
		u.RawQuery = query.Encode()
		return u
	}
	return &own
}

// Post posts a body with these headers. An error says why there was no answer; every one but the end of ctx
// is a *SendError.
func (p *Poster) Post(ctx context.Context, body []byte, header http.Header) (Reply, error) {
	return p.Send(ctx, http.MethodPost, body, header)
}

// Send is Post with another method.
func (p *Poster) Send(ctx context.Context, method string, body []byte, header http.Header) (Reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.URL().String(), bytes.NewReader(body))
	if err != nil {
		return Reply{}, &SendError{Channel: p.Channel, Reason: "the address cannot be used", Refused: true}
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := p.client.Do(req)
	if err != nil {
		return Reply{}, p.noAnswer(ctx, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil && res.StatusCode < 300 {
		return Reply{}, p.noAnswer(ctx, err)
	}
	return Reply{res.StatusCode, res.Header, string(text)}, nil
}

// noAnswer words a failure of the connection. net/http's own error carries the URL, so only what it wraps is
// kept.
func (p *Poster) noAnswer(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("channel %q: %w", p.Channel, context.Cause(ctx))
	}
	var outer *url.Error
	var reason string
	switch {
	case errors.As(err, &outer) && outer.Timeout():
		reason = "no answer in time"
	case outer != nil:
		reason = outer.Err.Error()
	default:
		reason = "the answer broke off: " + err.Error()
	}
	return &SendError{Channel: p.Channel, Reason: p.Scrub(reason)}
}

// Scrub takes the address, and each part of it that could be a key, out of a text that others wrote.
func (p *Poster) Scrub(text string) string {
	secrets := secret.Parts(p.URL())
	if p.Secrets != nil {
		secrets = append(secrets, p.Secrets()...)
	}
	return secret.Scrub(text, secrets...)
}

// MaxUnclearTries bounds how often an answer is asked for again that is a success by its status and
// a refusal by its words.
const MaxUnclearTries = 20

// RetryAfter reads seconds or an HTTP date (RFC 9110, section 10.2.3); 0 if there is nothing usable.
func RetryAfter(header string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(header)); err == nil {
		return time.Duration(min(max(n, 0), 86400)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// Judge says what an answer means to which no service gives a meaning of its own: any 2xx is a success; a time-out,
// a flood and a fault of the server are worth a retry, and everything else is a refusal.
func (p *Poster) Judge(a Reply) (Sent, error) {
	status := fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status))
	e := &SendError{Channel: p.Channel, Reason: status, RetryAfter: RetryAfter(a.Header.Get("Retry-After"), time.Now())}
	if said := words.Short(p.Scrub(a.Body), message.ReasonLimit); said != "" {
		e.Reason += " " + said
	}
	switch {
	case a.Status >= 200 && a.Status < 300:
		return Sent{Receipt: status}, nil
	case a.Status >= 300 && a.Status < 400:
		e.Reason = status + ": redirects are not followed; give the channel the address that it leads to"
		e.MaxTries = MaxUnclearTries
	case a.Status >= 500, a.Status == http.StatusRequestTimeout, a.Status == http.StatusTooEarly, a.Status == http.StatusTooManyRequests:
	default:
		e.Refused = true
	}
	return Sent{}, e
}
