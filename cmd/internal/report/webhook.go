package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Slack is a Channel that posts to a Slack incoming webhook.
type Slack struct {
	name   string
	url    func() *url.URL // no printer, logger or encoder looks into a function
	client *http.Client
}

// hidden stands for what may not be shown.
const hidden = "***"

const slackTimeout = 15 * time.Second

// NewSlack makes the channel. A nil client means one with a time limit of 15 seconds. Redirects are never
// followed, since they would carry the secret elsewhere. The webhook's URL is the secret: the error says what
// is wrong with it without showing it, and however a Slack is printed, logged or encoded, it does not show.
func NewSlack(name, webhook string, client *http.Client) (*Slack, error) {
	u, err := url.Parse(strings.TrimSpace(webhook))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("channel %q: the Slack webhook is not a web address; write one like https://hooks.slack.com/services/…", name)
	}
	if client == nil {
		client = &http.Client{Timeout: slackTimeout}
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Slack{name: name, url: func() *url.URL { return u }, client: &own}, nil
}

// Name returns the channel's name.
func (s *Slack) Name() string { return s.name }

// Send posts the digest as one message. Every error but the end of ctx is a *SendError.
func (s *Slack) Send(ctx context.Context, d Digest) (string, error) {
	body, err := json.Marshal(SlackBlocks(d))
	if err != nil {
		return "", &SendError{Channel: s.name, Reason: "encode the message: " + err.Error(), Refused: true}
	}
	return s.post(ctx, body)
}

func (s *Slack) post(ctx context.Context, body []byte) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url().String(), bytes.NewReader(body))
	if err != nil {
		return "", &SendError{Channel: s.name, Reason: "the webhook's address cannot be used", Refused: true}
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := s.client.Do(req)
	if err != nil {
		return "", s.noAnswer(ctx, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil && res.StatusCode == http.StatusOK {
		return "", s.noAnswer(ctx, err)
	}
	return s.judge(res, string(answer))
}

// noAnswer words a failure of the connection. net/http's own error carries the URL, so only what it
// wraps is kept.
func (s *Slack) noAnswer(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("channel %q: %w", s.name, context.Cause(ctx))
	}
	var outer *url.Error
	reason := ""
	switch {
	case errors.As(err, &outer) && outer.Timeout():
		reason = "no answer in time"
	case outer != nil:
		reason = outer.Err.Error()
	default:
		reason = "the answer broke off: " + err.Error()
	}
	return &SendError{Channel: s.name, Reason: s.scrub(reason)}
}

// refusals are answers that the same message will get again
// (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/#handling_errors).
var refusals = []string{
	"invalid_payload", "invalid_blocks", "no_service", "no_service_id", "no_team", "no_text", "no_active_hooks", "invalid_token",
	"channel_is_archived", "channel_not_found", "action_prohibited", "posting_to_general_channel_denied",
	"team_disabled", "user_not_found", "too_many_attachments",
}

// triesOfContradiction bounds how often an answer is asked for again that is a success by its status and
// a refusal by its words.
const triesOfContradiction = 20

func (s *Slack) judge(res *http.Response, body string) (string, error) {
	word := cut(s.scrub(oneLine(body)), reasonLimit, cutMark)
	e := &SendError{Channel: s.name, Reason: strings.TrimSpace(fmt.Sprintf("%d %s %s", res.StatusCode, http.StatusText(res.StatusCode), word))}
	page := strings.HasPrefix(strings.TrimSpace(body), "<")
	switch status := res.StatusCode; {
	case status == http.StatusOK && word == "ok":
		return "200 ok", nil
	case status == http.StatusOK:
		e.Reason = "200 OK, but it says " + strconv.Quote(word)
		if slices.Contains(refusals, word) {
			e.MaxTries = triesOfContradiction
		}
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		e.RetryAfter = retryAfter(res.Header.Get("Retry-After"), time.Now())
	case page:
		// A web page is not Slack's way to refuse: a proxy or a login page stands in between.
		e.Reason = fmt.Sprintf("%d %s, with a web page in place of Slack's answer", status, http.StatusText(status))
	case status == http.StatusBadRequest, status == http.StatusForbidden, status == http.StatusNotFound, status == http.StatusGone:
		e.Refused = true
	}
	return "", e
}

// retryAfter reads seconds or an HTTP date (RFC 9110, section 10.2.3); 0 if there is nothing usable.
func retryAfter(header string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(header)); err == nil {
		return time.Duration(min(max(n, 0), 86400)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// scrub takes the webhook's address, and each part of it that could be a key, out of a text that others wrote.
func (s *Slack) scrub(text string) string {
	u := s.url()
	parts := []string{u.String(), u.RequestURI(), u.Path, strings.TrimPrefix(u.Path, "/"), u.RawQuery}
	for _, part := range append(parts, strings.Split(u.Path, "/")...) {
		if len(part) > 8 { // "services" is no key
			text = strings.ReplaceAll(text, part, hidden)
		}
	}
	return text
}
