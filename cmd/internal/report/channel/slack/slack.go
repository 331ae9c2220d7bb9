// Package slack is the channel that posts to a Slack incoming webhook.
package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/blockkit"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
)

// Channel posts to an incoming webhook.
type Channel struct{ poster *channel.Poster }

// New makes the channel. A nil client means one with a time limit of 15 seconds. The URL of the webhook is the secret:
// it shows neither in the error nor when the channel is printed, logged or encoded.
func New(name, webhook string, client *http.Client) (*Channel, error) {
	p, err := channel.NewPoster(name, webhook, client, "Slack webhook", "https://hooks.slack.com/services/…")
	if err != nil {
		return nil, err
	}
	return &Channel{p}, nil
}

// Name returns the channel's name.
func (s *Channel) Name() string { return s.poster.Channel }

// Send posts the message, a long digest as several. Every error is a *channel.SendError unless ctx ended.
func (s *Channel) Send(ctx context.Context, m message.Message) (channel.Sent, error) {
	return channel.SendParts(m, blockkit.Messages(m), func(w slack.WebhookMessage, _ string) (channel.Sent, error) {
		body, err := json.Marshal(w)
		if err != nil {
			return channel.Sent{}, &channel.SendError{Channel: s.Name(), Reason: "encode the message: " + err.Error(),
				Refused: true}
		}
		a, err := s.poster.Post(ctx, body, nil)
		if err != nil {
			return channel.Sent{}, err
		}
		receipt, err := s.judge(a)
		return channel.Sent{Receipt: receipt}, err
	})
}

// refusals are the answers that the same message would get again
// (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/#handling_errors).
var refusals = []string{"invalid_payload", "invalid_blocks", "no_text", "too_many_attachments"}

// rejections are those that somebody may mend.
var rejections = []string{
	"no_service", "no_service_id", "no_team", "no_active_hooks", "invalid_token", "channel_is_archived",
	"channel_not_found", "action_prohibited", "posting_to_general_channel_denied", "team_disabled", "user_not_found",
}

// judge says what an answer of Slack means.
func (s *Channel) judge(a channel.Reply) (string, error) {
	word := words.Short(s.poster.Scrub(words.OneLine(a.Body)), message.ReasonLimit)
	e := &channel.SendError{Channel: s.Name(), Reason: strings.TrimSpace(fmt.Sprintf("%d %s %s", a.Status,
		http.StatusText(a.Status), word))}
	isPage := strings.HasPrefix(strings.TrimSpace(a.Body), "<")
	switch {
	case a.Status == http.StatusOK && word == "ok":
		return "200 ok", nil
	case a.Status == http.StatusOK:
		e.Reason = "200 OK, but it says " + strconv.Quote(word)
		e.Rejected = slices.Contains(refusals, word) || slices.Contains(rejections, word)
	case a.Status == http.StatusTooManyRequests, a.Status == http.StatusServiceUnavailable:
		e.RetryAfter = channel.RetryAfter(a.Header.Get("Retry-After"), time.Now())
	case isPage:
		// Slack does not answer with a web page: a proxy or a login page is in between.
		e.Reason = fmt.Sprintf("%d %s, with a web page instead of Slack's answer", a.Status, http.StatusText(a.Status))
		_, e.Rejected = channel.JudgeStatus(a.Status)
	case slices.Contains(rejections, word):
		e.Rejected = true
	default:
		e.Refused, e.Rejected = channel.JudgeStatus(a.Status)
	}
	return "", e
}
