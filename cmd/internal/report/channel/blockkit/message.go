// Package blockkit renders messages for Slack. Both Slack channels use it.
package blockkit

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
)

// Messages renders a message in Block Kit: as one, or a long digest as several that belong together. The id of the
// first block of each is that of the message, with its number from the second on, by which a repeat can be recognised.
// They keep Slack's limits, and escape vendor text.
func Messages(m message.Message) []slack.WebhookMessage {
	all := []slack.WebhookMessage{}
	if m.Digest != nil {
		all = Digest(*m.Digest)
	} else {
		all = append(all, slackNotice(m))
	}
	for n, w := range all {
		if header, ok := w.Blocks.BlockSet[0].(*slack.HeaderBlock); ok {
			header.BlockID = m.ID
			if n > 0 {
				header.BlockID += "-" + strconv.Itoa(n+1)
			}
		}
	}
	return all
}

// slackNotice renders a message that is not a digest.
func slackNotice(m message.Message) slack.WebhookMessage {
	n := m.Notice()
	text := mrkdwn(n.Headline, 2*slackHeaderText, words.Ellipsis)
	if m.Mention {
		text = "<!here> " + text
	}
	blocks := []slack.Block{slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType,
		words.Short(n.Headline, slackHeaderText), false, false))}
	if m.Mention {
		blocks = append(blocks, slackSection("<!here>"))
	}
	if len(n.Lines) > 0 {
		blocks = append(blocks, slackSection(slackLabels(n.Lines, slackSectionText)))
	}
	room := slackAllText
	for k, s := range n.Incidents {
		lines := []string{slackVendor(s) + " " + slackTitle(s.Entry, s.Item.Item, 400),
			mrkdwn(strings.Join(s.Facts, " · "), 500, words.Ellipsis)}
		if said := mrkdwn(s.Latest, 600, message.MoreOnPage); said != "" {
			lines = append(lines, "> "+said)
		}
		body := strings.Join(append(lines, slackLabels(s.Labels, 1000)), "\n")
		if room -= size(body); room < slackReserve || len(blocks) > slackSections {
			blocks = append(blocks, slackContext(mrkdwn("… and "+words.Count(len(n.Incidents)-k, "more incident"),
				slackReserve, words.Ellipsis)))
			break
		}
		blocks = append(blocks, slackSection(body))
	}
	quiet := false
	return slack.WebhookMessage{Text: text, Blocks: &slack.Blocks{BlockSet: blocks}, UnfurlLinks: &quiet,
		UnfurlMedia: &quiet}
}

// slackVendor is the name of the vendor, as a link to its status page.
func slackVendor(t message.IncidentNotice) string {
	return "*" + linked(message.WebLink(t.Item.PageURL), mrkdwn(t.Vendor, 120, words.Ellipsis)) + "*"
}

// slackLabels writes labels, one per line, as far as limit allows.
func slackLabels(labels []message.Label, limit int) string {
	var lines []string
	for _, l := range labels {
		line := "*" + mrkdwn(l.Name, 40, words.Ellipsis) + "* "
		if link := mrkdwnEscapes.Replace(l.Link); link != "" && size(link) <= slackLinkText {
			line += "<" + link + "|" + mrkdwn(l.Text, 120, words.Ellipsis) + ">"
		} else {
			line += mrkdwn(l.Text, 400, words.Ellipsis)
		}
		if limit -= size(line) + 1; limit < 0 {
			break
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
