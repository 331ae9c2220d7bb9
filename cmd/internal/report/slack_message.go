package report

import (
	"strings"

	"github.com/slack-go/slack"

	"vendorwatch/cmd/internal/words"
)

// SlackMessage renders a message for Slack's Block Kit. The id of its first block is that of the message, so that a
// repeat can be told. It keeps Slack's limits, and all vendor text is escaped.
func SlackMessage(m Message) slack.WebhookMessage {
	var w slack.WebhookMessage
	if m.Digest != nil {
		w = SlackBlocks(*m.Digest)
	} else {
		w = slackNotice(m)
	}
	if header, ok := w.Blocks.BlockSet[0].(*slack.HeaderBlock); ok {
		header.BlockID = m.ID
	}
	return w
}

// slackNotice renders a message that is no digest.
func slackNotice(m Message) slack.WebhookMessage {
	n := m.notice()
	text := mrkdwn(n.headline, 2*slackHeaderText, words.Ellipsis)
	if m.Mention {
		text = "<!here> " + text
	}
	blocks := []slack.Block{slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, words.Short(n.headline, slackHeaderText), false, false))}
	if m.Mention {
		blocks = append(blocks, slackSection("<!here>"))
	}
	if len(n.lines) > 0 {
		blocks = append(blocks, slackSection(slackLabels(n.lines, slackSectionText)))
	}
	room := slackAllText
	for k, s := range n.stories {
		lines := []string{slackVendor(s) + " " + slackTitle(s.entry, s.item.Item, 400), mrkdwn(strings.Join(s.facts, " · "), 500, words.Ellipsis)}
		if said := mrkdwn(s.words, 600, cutToPage); said != "" {
			lines = append(lines, "> "+said)
		}
		body := strings.Join(append(lines, slackLabels(s.labels, 1000)), "\n")
		if room -= size(body); room < slackReserve || len(blocks) > slackSections {
			blocks = append(blocks, slackContext(mrkdwn("… and "+words.Count(len(n.stories)-k, "more incident"), slackReserve, words.Ellipsis)))
			break
		}
		blocks = append(blocks, slackSection(body))
	}
	quiet := false
	return slack.WebhookMessage{Text: text, Blocks: &slack.Blocks{BlockSet: blocks}, UnfurlLinks: &quiet, UnfurlMedia: &quiet}
}

// slackVendor is the vendor's name, which leads to its status page.
func slackVendor(t told) string {
	name := mrkdwn(t.vendor, 120, words.Ellipsis)
	if link := mrkdwnEscapes.Replace(webLink(t.item.PageURL)); link != "" && size(link) <= slackLinkText {
		return "*<" + link + "|" + name + ">*"
	}
	return "*" + name + "*"
}

// slackLabels writes names with their texts, a line each, as far as limit allows.
func slackLabels(labels []label, limit int) string {
	var lines []string
	for _, l := range labels {
		line := "*" + mrkdwn(l.name, 40, words.Ellipsis) + "* "
		if link := mrkdwnEscapes.Replace(l.link); link != "" && size(link) <= slackLinkText {
			line += "<" + link + "|" + mrkdwn(l.text, 120, words.Ellipsis) + ">"
		} else {
			line += mrkdwn(l.text, 400, words.Ellipsis)
		}
		if limit -= size(line) + 1; limit < 0 {
			break
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
