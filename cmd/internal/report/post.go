package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"vendorwatch/cmd/internal/secret"
)

// answerTimeout is how long a receiver may take for one message.
const answerTimeout = 15 * time.Second

// A poster posts messages to one address, which is a secret: however a poster is printed, logged or
// encoded, and whatever fails, the address does not show. Redirects are never followed, since they would
// carry the secret elsewhere.
type poster struct {
	channel string
	url     func() *url.URL // no printer, logger or encoder looks into a function
	client  *http.Client
	secrets func() []string // further texts that may not be shown; nil means none
}

// newPoster makes a poster. A nil client means one with a time limit of 15 seconds; what describes what an
// address is for, example is one.
func newPoster(channel, address string, client *http.Client, what, example string) (*poster, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("channel %q: the %s is not a web address; write one like %s", channel, what, example)
	}
	if client == nil {
		client = &http.Client{Timeout: answerTimeout}
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &poster{channel: channel, url: func() *url.URL { return u }, client: &own}, nil
}

// reply is what a receiver said.
type reply struct {
	status int
	header http.Header
	body   string // the first 4 KiB
}

// post posts a body with these headers. An error says why there was no answer; every one but the end of ctx
// is a *SendError.
func (p *poster) post(ctx context.Context, body []byte, header http.Header) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url().String(), bytes.NewReader(body))
	if err != nil {
		return reply{}, &SendError{Channel: p.channel, Reason: "the address cannot be used", Refused: true}
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := p.client.Do(req)
	if err != nil {
		return reply{}, p.noAnswer(ctx, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil && res.StatusCode < 300 {
		return reply{}, p.noAnswer(ctx, err)
	}
	return reply{res.StatusCode, res.Header, string(text)}, nil
}

// noAnswer words a failure of the connection. net/http's own error carries the URL, so only what it wraps is
// kept.
func (p *poster) noAnswer(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("channel %q: %w", p.channel, context.Cause(ctx))
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
	return &SendError{Channel: p.channel, Reason: p.scrub(reason)}
}

// scrub takes the address, and each part of it that could be a key, out of a text that others wrote.
func (p *poster) scrub(text string) string {
	secrets := secret.Parts(p.url())
	if p.secrets != nil {
		secrets = append(secrets, p.secrets()...)
	}
	return secret.Scrub(text, secrets...)
}
