package report

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
)

// Slack is a Channel that posts to a Slack incoming webhook.
type Slack struct{ poster *poster }

// NewSlack makes the channel. A nil client means one with a time limit of 15 seconds. The webhook's URL is the
// secret: the error says what is wrong with it without showing it, and however a Slack is printed, logged or
// encoded, it does not show.
func NewSlack(name, webhook string, client *http.Client) (*Slack, error) {
	p, err := newPoster(name, webhook, client, "Slack webhook", "https://hooks.slack.com/services/…")
	if err != nil {
		return nil, err
	}
	return &Slack{p}, nil
}

// Name returns the channel's name.
func (s *Slack) Name() string { return s.poster.channel }

// Send posts the message. Every error but the end of ctx is a *SendError.
func (s *Slack) Send(ctx context.Context, m Message) (Sent, error) {
	body, err := json.Marshal(SlackMessage(m))
	if err != nil {
		return Sent{}, &SendError{Channel: s.Name(), Reason: "encode the message: " + err.Error(), Refused: true}
	}
	a, err := s.poster.post(ctx, body, nil)
	if err != nil {
		return Sent{}, err
	}
	receipt, err := s.judge(a)
	return Sent{Receipt: receipt}, err
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

func (s *Slack) judge(a reply) (string, error) {
	word := words.Short(s.poster.scrub(words.OneLine(a.body)), reasonLimit)
	e := &SendError{Channel: s.Name(), Reason: strings.TrimSpace(fmt.Sprintf("%d %s %s", a.status, http.StatusText(a.status), word))}
	page := strings.HasPrefix(strings.TrimSpace(a.body), "<")
	switch {
	case a.status == http.StatusOK && word == "ok":
		return "200 ok", nil
	case a.status == http.StatusOK:
		e.Reason = "200 OK, but it says " + strconv.Quote(word)
		if slices.Contains(refusals, word) {
			e.MaxTries = triesOfContradiction
		}
	case a.status == http.StatusTooManyRequests, a.status == http.StatusServiceUnavailable:
		e.RetryAfter = retryAfter(a.header.Get("Retry-After"), time.Now())
	case page:
		// A web page is not Slack's way to refuse: a proxy or a login page stands in between.
		e.Reason = fmt.Sprintf("%d %s, with a web page in place of Slack's answer", a.status, http.StatusText(a.status))
	case a.status == http.StatusBadRequest, a.status == http.StatusForbidden, a.status == http.StatusNotFound, a.status == http.StatusGone:
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
