package blockkit

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// Slack's limits, with room to spare. Slack documents 50 blocks per message, 3,000 characters per section and 150 per
// header (https://docs.slack.dev/reference/block-kit/blocks). It also refuses messages whose texts together exceed
// about 11,000 characters, which is not documented. Lengths are counted in UTF-16 units of the escaped text, which is
// never less than what Slack counts.
const (
	slackSections    = 40 // blocks of a message, beside those at its beginning and end
	slackSectionText = 2900
	slackHeaderText  = 150
	slackAllText     = 10500
	slackFrontText   = 500 // each for the time covered, and the comparison
	slackFootText    = 900
	slackLinkText    = 600 // longer addresses are left out
	slackReserve     = 300 // kept free for headings and separators
)

// mostMessages is how many messages a digest takes at most, as long as its lines can be made short enough.
const mostMessages = 3

// detail is how much a line says. Where a digest would take too many messages, its lines say less; what is left out is
// behind their links, and every incident keeps its line.
type detail int

const (
	whole    detail = iota
	facts           // without the vendor's words
	fact            // the first fact alone
	linkless        // without the link
	details
)

// Digest renders a digest as messages in Block Kit that belong together, most often one. They keep Slack's limits
// whatever the vendors wrote, and escape their text. Everything that the digest tells has a line in one of them.
func Digest(d message.Digest) []slack.WebhookMessage {
	parts := layOut(d.Groups())
	out := make([]slack.WebhookMessage, len(parts))
	for n, texts := range parts {
		out[n] = digestPart(d, texts, n, len(parts))
	}
	return out
}

// digestPart is one of the messages of a digest. The first has the headline, the last what the digest covers.
func digestPart(d message.Digest, texts []string, n, of int) slack.WebhookMessage {
	title := d.Title()
	if n > 0 {
		title = fmt.Sprintf("%s, part %d of %d", d.Name(), n+1, of)
	}
	blocks := []slack.Block{slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType,
		words.Short(title, slackHeaderText), false, false))}
	if n == 0 {
		front := mrkdwn(d.Span(), slackFrontText, words.Ellipsis)
		if said := d.ComparisonText(); said != "" {
			front += "\n" + mrkdwn(said, slackFrontText, words.Ellipsis)
		}
		blocks = append(blocks, slackContext(front))
	}
	for _, text := range texts {
		blocks = append(blocks, slackSection(text))
	}
	if n == of-1 {
		foot := mrkdwn(strings.Join(d.Footer(), ". "), slackFootText, words.Ellipsis)
		if link := mrkdwnEscapes.Replace(d.WindowURL()); link != "" && size(link) <= slackLinkText {
			foot += "\n<" + link + "|All of this time in the dashboard>"
		}
		blocks = append(blocks, slackContext(foot))
	}
	return ofBlocks(mrkdwn(title, 2*slackHeaderText, words.Ellipsis), blocks)
}

// layOut lays out groups as the texts of sections, by message: of at least one, and of mostMessages if that can be.
func layOut(groups []message.Group) (parts [][]string) {
	for how := whole; how < details; how++ {
		if parts = paginate(groups, how); len(parts) <= mostMessages {
			break
		}
	}
	if len(parts) == 0 {
		parts = [][]string{nil}
	}
	return parts
}

// paginate lays out groups as the texts of sections, by message.
func paginate(groups []message.Group, how detail) [][]string {
	// Beside its sections, a message may have all of these.
	const around = 3*slackHeaderText + 2*slackFrontText + slackFootText + slackLinkText
	p := &pages{room: slackAllText - around}
	for _, g := range groups {
		heading := fmt.Sprintf("*%s (%d)*", g.Title, len(g.Lines))
		for n, l := range g.Lines {
			text := slackLine(l, how)
			if n == 0 {
				p.add(heading, text, true)
			} else {
				p.add(fmt.Sprintf("*%s, continued*", g.Title), text, false)
			}
		}
	}
	return p.all
}

// pages are messages that are filled one after the other.
type pages struct {
	all  [][]string // the texts of sections
	room int        // of a message
	used int        // of the last message
}

// add appends a line. It stands below its heading if apart is set, or if a new message begins with it.
func (p *pages) add(heading, line string, apart bool) {
	if len(p.all) == 0 || p.used+size(heading)+size(line)+2 > p.room || len(p.all[len(p.all)-1]) >= slackSections {
		p.all, p.used, apart = append(p.all, nil), 0, true
	}
	last := &p.all[len(p.all)-1]
	n := len(*last) - 1
	switch {
	case apart:
		line = heading + "\n" + line
		*last = append(*last, line)
	case size((*last)[n])+size(line)+1 > slackSectionText:
		*last = append(*last, line)
	default:
		(*last)[n] += "\n" + line
	}
	p.used += size(line) + 1
}

// slackLine is a line of a digest in mrkdwn.
func slackLine(l message.Line, how detail) string {
	vendor := mrkdwn(l.Vendor, 80, words.Ellipsis)
	if l.Item == nil {
		if how < linkless {
			vendor = linked(l.Link, vendor)
		}
		limit := 700
		if how >= fact {
			limit = 100
		}
		return "• *" + vendor + "* " + mrkdwn(strings.Join(l.Facts, " · "), limit, words.Ellipsis)
	}
	limit := 200
	if how >= fact {
		limit = 60
	}
	title := mrkdwn(l.Title, limit, words.Ellipsis)
	if how < linkless {
		title = linked(l.Link, title)
	}
	kept := l.Facts
	if how >= fact {
		kept = kept[:min(1, len(kept))]
	}
	text := severityMark(*l.Item) + " *" + vendor + "* " + title
	if said := withTimes(mrkdwn(strings.Join(kept, " · "), 700, words.Ellipsis)); said != "" {
		text += " · " + said
	}
	if said := mrkdwn(l.Words, 400, words.Ellipsis); said != "" && how == whole {
		text += "\n“" + said + "”"
	}
	return text
}

// linked is text as a link; as it is without an address that can be used.
func linked(address, text string) string {
	if link := mrkdwnEscapes.Replace(address); link != "" && size(link) <= slackLinkText {
		return "<" + link + "|" + text + ">"
	}
	return text
}

func slackTitle(e message.Entry, i message.Item, limit int) string {
	return severityMark(i) + " " + linked(e.Link, mrkdwn(e.Title, limit, words.Ellipsis))
}

// severityMark shows the severity at a glance. An incident that is over gets a check mark, however bad it was.
func severityMark(i message.Item) string {
	switch {
	case i.Kind == string(normalize.KindMaintenance):
		return "🔧"
	case normalize.State(i.State).Over():
		return "✅"
	}
	switch normalize.Severity(i.Severity) {
	case normalize.SeverityCritical:
		return "🔴"
	case normalize.SeverityMajor:
		return "🟠"
	case normalize.SeverityMinor:
		return "🟡"
	case normalize.SeverityNone:
		return "⚪"
	}
	return "❔"
}

// slackSection shows text in full. Verbatim keeps Slack from turning words into mentions and links.
func slackSection(text string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, true), nil, nil,
		slack.SectionBlockOptionExpand(true))
}

func slackContext(text string) slack.Block {
	return slack.NewContextBlock("", slack.NewTextBlockObject(slack.MarkdownType, text, false, true))
}

// mrkdwnEscapes escapes Slack's three control characters
// (https://docs.slack.dev/messaging/formatting-message-text/#escaping), and the backtick, which would begin a code span
// that swallows a link.
var mrkdwnEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'")

// mrkdwn escapes s and shortens it to limit UTF-16 units, at a space if one stands in the last third. It never cuts an
// escape.
func mrkdwn(s string, limit int, mark string) string {
	escaped := mrkdwnEscapes.Replace(s)
	if size(escaped) <= limit {
		return escaped
	}
	limit -= size(mark)
	used, end := 0, 0
	for at, r := range s {
		n := size(mrkdwnEscapes.Replace(string(r)))
		if used+n > limit {
			break
		}
		used += n
		end = at + utf8.RuneLen(r)
	}
	kept := s[:end]
	if at := strings.LastIndexByte(kept, ' '); at > len(kept)*2/3 {
		kept = kept[:at]
	}
	return mrkdwnEscapes.Replace(strings.TrimRight(kept, " ,;:")) + mark
}

// size is the length in UTF-16 units.
func size(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
