package blockkit

import (
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// The ids of buttons that do something. Their value is the number of the incident.
const (
	ButtonMute        = "mute"
	ButtonAcknowledge = "acknowledge"
	ButtonNote        = "note"
)

// MuteFor is how long the button mutes an incident.
const MuteFor = 2 * time.Hour

// WithButtons gives the card of one incident its buttons, in place of the links in its text. Only an app that answers
// can have them: in what a webhook posts, a button does nothing.
func WithButtons(m message.Message, w slack.WebhookMessage) slack.WebhookMessage {
	if len(m.Items) != 1 || len(w.Attachments) != 1 {
		return w
	}
	i := m.Items[0]
	m.Times = localTime
	n := m.Notice().Incidents[0]
	var buttons []slack.BlockElement
	link := func(id, text, address string) {
		if address = message.WebLink(address); address == "" || size(address) > slackLinkText {
			return
		}
		b := slack.NewButtonBlockElement(id, "", buttonText(text))
		b.URL = address
		buttons = append(buttons, b)
	}
	link("vendors_page", "Vendor's page", firstLink(i.URL, i.PageURL))
	link("our_record", "Our record", i.DashboardURL)
	link("runbook", "Runbook", i.RunbookURL)
	if i.Open && !normalize.State(i.State).Over() {
		id := strconv.FormatInt(i.IncidentID, 10)
		buttons = append(buttons, slack.NewButtonBlockElement(ButtonMute, id, buttonText("Mute 2 h")))
		if i.AcknowledgedAt == "" {
			b := slack.NewButtonBlockElement(ButtonAcknowledge, id, buttonText("Acknowledge"))
			buttons = append(buttons, b.WithStyle(slack.StylePrimary))
		}
		buttons = append(buttons, slack.NewButtonBlockElement(ButtonNote, id, buttonText("Note")))
	}
	if len(buttons) == 0 {
		return w
	}
	a := w.Attachments[0]
	a.Blocks = slack.Blocks{BlockSet: []slack.Block{slackSection(cardText(n, false)),
		slack.NewActionBlock("", buttons...)}}
	w.Attachments = []slack.Attachment{a}
	return w
}

func buttonText(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

// firstLink is the first of some addresses that people can open.
func firstLink(addresses ...string) string {
	for _, a := range addresses {
		if link := message.WebLink(a); link != "" {
			return link
		}
	}
	return ""
}

// Escape escapes a text for mrkdwn, and shortens it.
func Escape(s string, limit int) string { return mrkdwn(s, limit, words.Ellipsis) }

// Link is escaped text as a link; as it is without an address that can be used.
func Link(address, text string) string { return linked(address, text) }

// LocalTime is a time that Slack shows in the zone of its reader; text is for those that cannot.
func LocalTime(t time.Time, text string) string {
	if t.IsZero() {
		return mrkdwn(text, 60, words.Ellipsis)
	}
	return withTimes(localTime(t, text))
}
