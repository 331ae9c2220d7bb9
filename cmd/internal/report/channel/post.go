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

// Poster posts messages to one address, which is a secret: it does not show however a Poster is printed, logged or
// encoded, and whatever fails. Redirects are not followed, since they would carry the secret elsewhere.
type Poster struct {
	Channel string
	URL     func() *url.URL // a function, since printers, loggers and encoders do not look into one
	client  *http.Client
	Secrets func() []string // further texts that must not show; nil means none
}

// NewPoster makes a Poster. A nil client means one with a time limit of 15 seconds. The error calls the address by
// what, and shows example in its place.
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

// Reply is the answer of a receiver.
type Reply struct {
	Status int
	Header http.Header
	Body   string // the first 4 KiB
}

// At returns a Poster to a path below the address. The path is escaped already.
func (p *Poster) At(path string, query url.Values) *Poster {
	own, base := *p, p.URL()
	own.URL = func() *url.URL {
		u := base.JoinPath(path)
		u.RawQuery = query.Encode()
		return u
	}
	return &own
}

// Post posts a body as JSON with these headers. The error says why there was no answer. It is a *SendError unless ctx
// ended.
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

// noAnswer returns the error for a request without an answer. The error of net/http shows the URL, so that only the one
// inside it is kept.
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

// Scrub removes the address, each part of it that could be a key, and the further secrets from a text.
func (p *Poster) Scrub(text string) string {
	secrets := secret.Parts(p.URL())
	if p.Secrets != nil {
		secrets = append(secrets, p.Secrets()...)
	}
	return secret.Scrub(text, secrets...)
}

// JudgeStatus says what a status of HTTP other than 2xx means, for every kind of channel. Refused: the same message
// would get the same answer. Rejected: the receiver does not know us or is not where it was, which a deployment, a
// rotated token or a proxy may cost for some minutes. Neither: it is down or busy.
func JudgeStatus(status int) (refused, rejected bool) {
	switch status {
	case http.StatusBadRequest, http.StatusNotAcceptable, http.StatusLengthRequired, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity,
		http.StatusRequestHeaderFieldsTooLarge:
		return true, false
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false, false
	}
	return false, status < 500
}

// RetryAfter reads a Retry-After header, in seconds or as an HTTP date (RFC 9110, section 10.2.3): the wait, at most a
// day for seconds; 0 if there is none.
func RetryAfter(header string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(header)); err == nil {
		return time.Duration(min(max(n, 0), 86400)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// Judge says what an answer means by its status alone: 2xx is a success, for the others see JudgeStatus.
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
	}
	e.Refused, e.Rejected = JudgeStatus(a.Status)
	return Sent{}, e
}
