// Package blockkit renders messages for Slack. Both Slack channels use it.
package blockkit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize/lazyregexp"
)

// Messages renders a message in Block Kit: as one, or a long digest as several that belong together. The id of the
// first block of each is that of the message, with its number from the second on, by which a repeat can be recognised.
// They keep Slack's limits, and escape vendor text.
func Messages(m message.Message) []slack.WebhookMessage {
	var all []slack.WebhookMessage
	if m.Digest != nil {
		all = Digest(*m.Digest)
	} else {
		all = notice(m)
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

// notice renders a message that is not a digest: one incident as a card with a bar in the colour of its severity,
// several as one line each, news of a page as labels.
func notice(m message.Message) []slack.WebhookMessage {
	m.Times = localTime
	n := m.Notice()
	head := slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, words.Short(n.Headline, slackHeaderText),
		false, false))
	text := mrkdwn(n.Headline, 2*slackHeaderText, words.Ellipsis)
	blocks := []slack.Block{head}
	if m.Mention {
		text = "<!here> " + text
		blocks = append(blocks, slackSection("<!here>"))
	}
	if len(n.Incidents) > 1 {
		return several(m, n, text, blocks)
	}
	if len(n.Lines) > 0 {
		blocks = append(blocks, slackSection(slackLabels(n.Lines, slackSectionText)))
	}
	w := ofBlocks(text, blocks)
	for _, i := range n.Incidents {
		w.Attachments = []slack.Attachment{{Color: i.Item.Color(), Fallback: text,
			Blocks: slack.Blocks{BlockSet: []slack.Block{slackSection(card(i))}}}}
	}
	return []slack.WebhookMessage{w}
}

// Reply renders the news of one incident for the thread of its card: what happened and the vendor's words, without what
// the card has. One that the channel shows too names the vendor and the incident.
func Reply(m message.Message, inChannel bool) slack.WebhookMessage {
	n := m.Notice()
	i := n.Incidents[0]
	said := i.What
	if inChannel {
		said = n.Headline
	}
	text := mrkdwn(said, 2*slackHeaderText, words.Ellipsis)
	body := "*" + text + "*"
	if i.Item.Update != nil {
		words := message.Excerpt(i.Item.Update.Body, replyWords)
		if said := mrkdwn(words, 2*replyWords, message.MoreOnPage); said != "" {
			body += "\n“" + said + "”"
		}
	}
	block := slackSection(body).(*slack.SectionBlock)
	block.BlockID = m.ID
	return ofBlocks(text, []slack.Block{block})
}

// replyWords is how much of a post stands in the thread, in runes.
const replyWords = 1200

// several renders the incidents of a message in one line each, in as many messages as that takes.
func several(m message.Message, n message.Notice, text string, blocks []slack.Block) []slack.WebhookMessage {
	group := message.Group{Title: "Incidents"}
	for _, i := range n.Incidents {
		group.Lines = append(group.Lines, m.Line(i.Item))
	}
	var out []slack.WebhookMessage
	for part, texts := range layOut([]message.Group{group}) {
		if part > 0 {
			blocks = []slack.Block{slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType,
				fmt.Sprintf("Incidents, part %d", part+1), false, false))}
		}
		for _, t := range texts {
			blocks = append(blocks, slackSection(t))
		}
		out = append(out, ofBlocks(text, blocks))
	}
	return out
}

// card is an incident in at most six lines: its title, and facts.
func card(n message.IncidentNotice) string { return cardText(n, true) }

// cardText is a card with or without its links.
func cardText(n message.IncidentNotice, withLinks bool) string {
	lines := []string{slackVendor(n) + " " + slackTitle(n.Entry, n.Item.Item, 400),
		withTimes(mrkdwn(strings.Join(n.Facts, " · "), 700, words.Ellipsis))}
	if said := mrkdwn(n.Latest, 600, message.MoreOnPage); said != "" {
		lines = append(lines, "“"+said+"”")
	}
	var facts, links []string
	for _, l := range n.Labels {
		switch link := linked(l.Link, mrkdwn(l.Name, 40, words.Ellipsis)); {
		case l.Link == "":
			facts = append(facts, l.Name+": "+l.Text)
		case strings.HasPrefix(link, "<"):
			links = append(links, link)
		}
	}
	if link := message.WebLink(n.Item.PageURL); link != "" {
		links = append([]string{linked(link, "Vendor's page")}, links...)
	}
	if len(facts) > 0 {
		lines = append(lines, mrkdwn(strings.Join(facts, " · "), 700, words.Ellipsis))
	}
	if len(links) > 0 && withLinks {
		lines = append(lines, strings.Join(links, " · "))
	}
	return strings.Join(lines, "\n")
}

// localTime marks a time for withTimes. No text of a vendor has these control characters: they are removed from all.
func localTime(t time.Time, text string) string {
	return fmt.Sprintf("\x02%d\x1f%s\x03", t.Unix(), text)
}

var markedTime = lazyregexp.New(`\x02(\d+)\x1f([^\x02\x03]*)\x03`)

// withTimes writes the marked times of an escaped text so that Slack shows each in the zone of its reader
// (https://docs.slack.dev/messaging/formatting-message-text/#date-formatting).
func withTimes(text string) string {
	text = markedTime.ReplaceAllString(text, "<!date^$1^{date_short_pretty}, {time}|$2>")
	return strings.Map(func(r rune) rune {
		if r == '\x02' || r == '\x1f' || r == '\x03' {
			return -1
		}
		return r
	}, text)
}

func ofBlocks(text string, blocks []slack.Block) slack.WebhookMessage {
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
			line += withTimes(mrkdwn(l.Text, 400, words.Ellipsis))
		}
		if limit -= size(line) + 1; limit < 0 {
			break
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
