// Package trial sends examples to a channel, and says in words that help what came back.
package trial

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/message/examples"
	"vendorwatch/normalize/lazyregexp"
)

// Review names the example of a weekly review among outcomes; as a message, its reason is that of a digest.
const Review message.Reason = "review"

// reasons are the kinds of messages that a channel is tried with, in the order of a story that ends well.
var reasons = []message.Reason{message.ReasonFirst, message.ReasonWorsened, message.ReasonUpdate,
	message.ReasonResolved, message.ReasonMaintenance, message.ReasonUnreadable, message.ReasonReadable,
	message.ReasonDigest, Review}

// kindOf is which of reasons an example is for.
func kindOf(m message.Message) message.Reason {
	if m.Digest != nil && m.Digest.Review != nil {
		return Review
	}
	return m.Reason
}

// Outcome is what became of one example.
type Outcome struct {
	Reason  message.Reason
	Receipt string // what the receiver answered
	Err     error  // why it did not take it; shows no secret
	Help    string // what to do about it; empty if that is not known
}

// Send sends a labelled example of each kind. Where the first one is not taken, the others are not tried. A channel
// that pages people gets what opens an alert and what closes it.
func Send(ctx context.Context, c channel.Channel, onCall bool, now time.Time) []Outcome {
	all := examples.All(now, fmt.Sprintf("vw-example-%d", now.UnixNano()))
	var out []Outcome
	threads := map[string]string{}
	for _, reason := range reasons {
		if onCall && (reason == message.ReasonDigest || reason == Review || reason == message.ReasonMaintenance) {
			continue
		}
		m := all[slices.IndexFunc(all, func(m message.Message) bool { return kindOf(m) == reason })]
		for n := range m.Items {
			m.Items[n].Thread = threads[m.Items[n].DedupKey]
			m.Items[n].IncidentID = 0 // a button of an example must not mute an incident on record
		}
		sent, err := c.Send(ctx, m)
		for _, i := range m.Items {
			if sent.Thread != "" {
				threads[i.DedupKey] = sent.Thread
			}
		}
		o := Outcome{Reason: reason, Receipt: sent.Receipt, Err: err}
		if err != nil {
			o.Help = help(err.Error())
		}
		out = append(out, o)
		if err != nil && len(out) == 1 {
			break
		}
	}
	return out
}

const slackApps = "https://api.slack.com/apps"

// answers are what receivers say, and what to do about it. The first that fits counts.
var answers = []struct {
	says *lazyregexp.Regexp
	help string
}{
	{lazyregexp.New(`no_service|no_team|no_active_hooks|invalid_token`),
		"this webhook was deleted; make a new one under Incoming Webhooks of your app at " + slackApps +
			", and put its address where url_env or url_file says"},
	{lazyregexp.New(`is_archived`), "the Slack channel is archived; unarchive it, or use another one"},
	{lazyregexp.New(`not_in_channel|channel_not_found`),
		"the bot does not see the Slack channel; invite it there (/invite @NAME), and compare the channel's id"},
	{lazyregexp.New(`invalid_auth|not_authed|token_revoked|token_expired|account_inactive`),
		"the token is not valid any more; copy the Bot User OAuth Token from OAuth & Permissions at " + slackApps},
	{lazyregexp.New(`missing_scope|no_permission|not_allowed_token_type`),
		"the bot may not post; give it the scope chat:write at " + slackApps + ", and install the app again"},
	{lazyregexp.New(`action_prohibited|restricted_action|posting_to_general`),
		"an administrator of the Slack workspace forbids it"},
	{lazyregexp.New(`(?i)routing[ _]key`),
		"PagerDuty does not know the key; copy the Integration Key of an integration of the type Events API V2"},
	{lazyregexp.New(`web page instead of`),
		"a proxy or a login page stands between; see docs/operate.md on proxies"},
	{lazyregexp.New(`\b535\b|(?i)authentication failed`),
		"the mail server does not accept the user or the password"},
	{lazyregexp.New(`\b40[13]\b`),
		"the receiver does not accept the key, the token or the signature; compare them"},
	{lazyregexp.New(`\b(404|410)\b`), "there is nothing at this address; compare it with what the receiver shows"},
	{lazyregexp.New(`\b(400|413|415|422)\b`),
		"the receiver does not understand the message; compare the type of the channel, or its [channel.body]"},
	{lazyregexp.New(`\b429\b`), "the receiver takes no more for now; try again in some minutes"},
	{lazyregexp.New(`\b30[1278]\b`), "the receiver has moved; give the channel the address that it leads to"},
	{lazyregexp.New(`\b5\d\d\b`), "the receiver has trouble of its own; look at its status page, and try again"},
	{lazyregexp.New(`no such host`), "the name of the host does not exist; look for a misspelling"},
	{lazyregexp.New(`connection refused`), "nothing listens there; compare the host and the port"},
	{lazyregexp.New(`certificate|tls:`),
		"its certificate is not trusted; see docs/operate.md on certificates of your own"},
	{lazyregexp.New(`no answer in time|timeout|deadline`),
		"nothing answered; a firewall or a proxy may stand between"},
	{lazyregexp.New(`not configured|is not set`), "set that variable or file for this command, too"},
}

func help(err string) string {
	for _, a := range answers {
		if a.says.MatchString(err) {
			return a.help
		}
	}
	return ""
}
