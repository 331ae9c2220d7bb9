// Package slackbot is the channel of a Slack bot: one message per incident, edited in place, with the vendor's updates
// in its thread.
package slackbot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/blockkit"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// Channel posts and edits messages by the token of a bot.
type Channel struct {
	name    string
	channel string // the id of the channel in Slack
	answers bool   // somebody answers the buttons of its messages
	token   func() string
	api     func() *slack.Client // a function, since printers, loggers and encoders do not look into one
}

// New makes the channel. The token is the secret. An empty api means Slack's own address, a nil client one with a time
// limit of 15 seconds.
func New(name, token, channelID, api string, client *http.Client) (*Channel, error) {
	if !strings.HasPrefix(token, "xox") {
		return nil, fmt.Errorf("channel %q: the token is not that of a Slack bot, which begins with xoxb-", name)
	}
	if client == nil {
		client = &http.Client{Timeout: channel.AnswerTimeout}
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	options := []slack.Option{slack.OptionHTTPClient(&own)}
	if api != "" {
		options = append(options, slack.OptionAPIURL(strings.TrimSuffix(api, "/")+"/"))
	}
	c := slack.New(token, options...)
	return &Channel{name: name, channel: channelID, token: func() string { return token },
		api: func() *slack.Client { return c }}, nil
}

// Name returns the channel's name.
func (s *Channel) Name() string { return s.name }

// Send posts the message, with the further parts of a long digest in its thread, or edits the message of its incident
// and replies to it. A reply that ends, worsens or reopens
// the incident is shown in the channel too; a mere change is only in the edit. If somebody deleted the message, the
// incident gets a new one. Every error is a *channel.SendError unless ctx ended.
func (s *Channel) Send(ctx context.Context, m message.Message) (channel.Sent, error) {
	if len(m.Items) != 1 || m.Reason == message.ReasonTest {
		return channel.SendParts(m, blockkit.Messages(m), func(w slack.WebhookMessage, thread string) (channel.Sent,
			error) {
			options := options(m, w)
			if thread != "" {
				options = append(options, slack.MsgOptionTS(thread))
			}
			_, ts, err := s.api().PostMessageContext(ctx, s.channel, options...)
			return channel.Sent{Receipt: "posted", Thread: cmp.Or(thread, ts)}, s.judge(ctx, err)
		})
	}
	channelID, ts, root, known := place(m.Items[0].Thread)
	if !known {
		return s.begin(ctx, m)
	}
	_, _, _, err := s.api().UpdateMessageContext(ctx, channelID, ts, s.one(standing(m))...)
	var refused slack.SlackErrorResponse
	if errors.As(err, &refused) && slices.Contains([]string{"message_not_found", "cant_update_message",
		"edit_window_closed", "channel_not_found"}, refused.Err) {
		return s.begin(ctx, m)
	}
	if err != nil || m.Reason == message.ReasonChanged || m.Reason == message.ReasonFirst {
		return channel.Sent{Receipt: "edited", Thread: m.Items[0].Thread}, s.judge(ctx, err)
	}
	inChannel := slices.Contains([]message.Reason{message.ReasonResolved, message.ReasonWorsened,
		message.ReasonReopened, message.ReasonLeftFeed}, m.Reason)
	reply := append(options(m, blockkit.Reply(m, inChannel)), slack.MsgOptionTS(root))
	if inChannel {
		reply = append(reply, slack.MsgOptionBroadcast())
	}
	_, _, err = s.api().PostMessageContext(ctx, channelID, reply...)
	return channel.Sent{Receipt: "replied", Thread: m.Items[0].Thread}, s.judge(ctx, err)
}

// WithButtons gives messages buttons, for an app that answers them.
func (s *Channel) WithButtons() *Channel {
	s.answers = true
	return s
}

// place is where the message of an incident is: its channel, its own stamp, and that of the message whose thread it is
// in, which is its own but for what belongs to a story that was told before.
func place(thread string) (channelID, ts, root string, known bool) {
	channelID, rest, known := strings.Cut(thread, ":")
	ts, root, under := strings.Cut(rest, ":")
	if !under {
		root = ts
	}
	return channelID, ts, root, known
}

// begin posts the one message of an incident; under the first one of its story, if the channel has that.
func (s *Channel) begin(ctx context.Context, m message.Message) (channel.Sent, error) {
	thread, err := s.post(ctx, m)
	return channel.Sent{Receipt: "posted", Thread: thread}, s.judge(ctx, err)
}

func (s *Channel) post(ctx context.Context, m message.Message) (thread string, err error) {
	in, options := s.channel, s.one(m)
	under, _, root, isUnder := place(m.Items[0].Under)
	if isUnder {
		in, options = under, append(options, slack.MsgOptionTS(root))
		if m.Mention || m.Items[0].Severity == string(normalize.SeverityCritical) {
			options = append(options, slack.MsgOptionBroadcast())
		}
	}
	channelID, ts, err := s.api().PostMessageContext(ctx, in, options...)
	if err != nil {
		return "", err
	}
	if isUnder {
		return channelID + ":" + ts + ":" + root, nil
	}
	return channelID + ":" + ts, nil
}

// one is a message on one incident, which takes no second part.
func (s *Channel) one(m message.Message) []slack.MsgOption {
	w := blockkit.Messages(m)[0]
	if s.answers {
		w = blockkit.WithButtons(m, w)
	}
	return options(m, w)
}

func options(m message.Message, w slack.WebhookMessage) []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(w.Text, false), slack.MsgOptionBlocks(w.Blocks.BlockSet...),
		slack.MsgOptionAttachments(w.Attachments...),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "vendorwatch",
			EventPayload: map[string]any{"id": m.ID, "reason": string(m.Reason)}}),
	}
}

// standing is the message that says how the incident is now, whatever the news is.
func standing(m message.Message) message.Message {
	i := m.Items[0]
	i.Update, i.Was, i.Action = nil, "", nil
	m.Items, m.Mention = []message.AlertItem{i}, false
	switch {
	case i.Kind == string(normalize.KindMaintenance):
		m.Reason = message.ReasonMaintenance
	case normalize.State(i.State).Over():
		m.Reason = message.ReasonResolved
	case i.LeftFeedAt != "":
		m.Reason = message.ReasonLeftFeed
	default:
		m.Reason = message.ReasonFirst
	}
	return m
}

// botRefusals are the answers that the same message would get again
// (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
var botRefusals = []string{
	"invalid_blocks", "invalid_blocks_format", "msg_too_long", "no_text", "too_many_attachments", "invalid_arguments",
	"metadata_too_large",
	"restricted_action", "restricted_action_thread_only_channel", "restricted_action_read_only_channel", "is_archived",
}

// mendable are the answers that somebody may mend: by another token, or by inviting the bot to the channel.
var mendable = []string{
	"channel_not_found", "not_in_channel", "invalid_auth", "not_authed", "account_inactive", "token_revoked",
	"token_expired", "missing_scope",
	"no_permission", "not_allowed_token_type", "ekm_access_denied", "team_access_not_granted", "access_denied",
}

// judge says what a failure of Slack's API means.
func (s *Channel) judge(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("channel %q: %w", s.name, context.Cause(ctx))
	}
	var (
		refused slack.SlackErrorResponse
		limited *slack.RateLimitedError
		status  slack.StatusCodeError
		outer   *url.Error
	)
	e := &channel.SendError{Channel: s.name}
	switch {
	case errors.As(err, &limited):
		e.Reason, e.RetryAfter = "429 Too Many Requests", limited.RetryAfter
	case errors.As(err, &refused):
		e.Reason = "Slack says " + refused.Err
		e.Refused = slices.Contains(botRefusals, refused.Err)
		e.Rejected = slices.Contains(mendable, refused.Err)
	case errors.As(err, &status):
		e.Reason = status.Status
		e.Refused, e.Rejected = channel.JudgeStatus(status.Code)
	case errors.As(err, &outer) && outer.Timeout():
		e.Reason = "no answer in time"
	case outer != nil:
		e.Reason = outer.Err.Error()
	default:
		e.Reason = err.Error()
	}
	e.Reason = words.Short(secret.Scrub(e.Reason, s.token()), message.ReasonLimit)
	return e
}
