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
	slackSections       = 40 // blocks after which texts share a block
	slackSectionText    = 2900
	slackHeaderText     = 150
	slackAllText        = 10500
	slackUnreadableText = 2600
	slackBackText       = 500
	slackFootText       = 900
	slackLinkText       = 600 // longer addresses are left out
	slackReserve        = 300 // kept free for the heading and the "… and N more" of each section to come
)

// Digest renders a digest as one message in Block Kit. It keeps Slack's limits whatever the vendors wrote, and escapes
// their text. What does not fit is counted. The list of pages that cannot be read gets its room first.
func Digest(d message.Digest) slack.WebhookMessage {
	text := "Vendor status: " + d.Headline
	fallback := mrkdwn(text, 2*slackHeaderText, words.Ellipsis)
	header := slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, words.Short(text, slackHeaderText),
		false, false))

	front := mrkdwn(d.Span(), slackBackText, words.Ellipsis)
	if said := d.ComparisonText(); said != "" {
		front += "\n" + mrkdwn(said, slackBackText, words.Ellipsis)
	}
	blind := slackUnreadable(d)
	back := slackBack(d)
	foot := mrkdwn(strings.Join(d.Footer(), ". "), slackFootText, words.Ellipsis)
	if link := mrkdwnEscapes.Replace(d.DashboardURL); link != "" && size(link) <= slackLinkText {
		foot += "\n<" + link + "|Open the dashboard>"
	}

	taken := size(fallback) + slackHeaderText + size(front) + size(blind) + size(back) + size(foot)
	p := &slackPacker{room: slackAllText - taken}
	sections := d.Sections()
	later := len(sections)
	if len(d.Components) > 0 {
		later++
	}
	if len(d.NotWell) > 0 {
		later++
	}
	for _, s := range sections {
		later--
		p.section(d, s, later)
	}
	p.components(d.Components)
	p.notWell(d)
	p.flush()

	blocks := []slack.Block{header, slackContext(front)}
	blocks = append(blocks, p.blocks...)
	for _, text := range []string{blind, back} {
		if text != "" {
			blocks = append(blocks, slackSection(text))
		}
	}
	blocks = append(blocks, slackContext(foot))
	quiet := false
	return slack.WebhookMessage{
		Text: fallback, Blocks: &slack.Blocks{BlockSet: blocks},
		UnfurlLinks: &quiet, UnfurlMedia: &quiet,
	}
}

// slackPacker fills section blocks until the room is used up.
type slackPacker struct {
	blocks []slack.Block
	text   string
	room   int // left in the message
}

func (p *slackPacker) flush() {
	if p.text != "" {
		p.blocks = append(p.blocks, slackSection(p.text))
		p.text = ""
	}
}

// add appends text, in a block of its own if apart is set and blocks are left.
func (p *slackPacker) add(text string, apart bool) {
	if (apart && len(p.blocks) < slackSections) || size(p.text)+size(text)+1 > slackSectionText {
		p.flush()
	}
	if p.text != "" {
		p.text += "\n"
		p.room--
	}
	p.text += text
	p.room -= size(text)
}

// section writes as many items as fit in its share of the room: whole, else in one line, else counted.
func (p *slackPacker) section(d message.Digest, s message.Section, later int) {
	heading := fmt.Sprintf("*%s (%d)*", s.Title, len(s.Items))
	share := p.room - slackReserve*(later+1)
	if later > 0 {
		share = share * 3 / 5
	}
	share -= size(heading)
	p.add(heading, true)
	vendor := ""
	for n, i := range s.Items {
		e := d.Entry(i)
		head := ""
		if e.Vendor != vendor {
			head = "*" + mrkdwn(e.Vendor, 120, words.Ellipsis) + "*\n"
		}
		text := head + slackItem(e, i, s.Brief)
		if size(text)+1 > share {
			text = head + slackShort(e, i)
		}
		if size(text)+1 > share {
			p.add(moreByVendor(s.Items[n:]), false)
			return
		}
		share -= size(text) + 1
		p.add(text, head != "" && n > 0)
		vendor = e.Vendor
	}
}

func (p *slackPacker) components(parts []message.ComponentChange) {
	if len(parts) == 0 {
		return
	}
	lines := make([]string, len(parts))
	for n, c := range parts {
		lines[n] = message.VendorName(c.VendorName, c.Vendor, 80) + ": " + c.Text()
	}
	p.lines(fmt.Sprintf("*Components (%d)*", len(parts)), lines, "more component", 2*slackReserve)
}

// notWell lists the vendors that are not known to be well for a reason that no other list has.
func (p *slackPacker) notWell(d message.Digest) {
	if len(d.NotWell) == 0 {
		return
	}
	lines := make([]string, len(d.NotWell))
	for n, v := range d.NotWell {
		lines[n] = message.VendorName(v.VendorName, v.Vendor, 80) + ": " + d.NotWellText(v)
	}
	p.lines(fmt.Sprintf("*%s (%d)*", message.NotWellTitle, len(lines)), lines, "more vendor", slackReserve)
}

// lines writes as many lines as fit while reserve stays free, and counts the others.
func (p *slackPacker) lines(heading string, lines []string, noun string, reserve int) {
	share := p.room - reserve
	p.add(heading, true)
	for n, line := range lines {
		text := mrkdwn("• "+line, 400, words.Ellipsis)
		if size(text)+1 > share {
			p.add("… and "+words.Count(len(lines)-n, noun), false)
			return
		}
		share -= size(text) + 1
		p.add(text, false)
	}
}

// slackItem is an item in full.
func slackItem(e message.Entry, i message.Item, brief bool) string {
	lines := []string{slackTitle(e, i, 400), mrkdwn(strings.Join(e.Facts, " · "), 500, words.Ellipsis)}
	if !brief {
		lines = append(lines, mrkdwn(e.Components, 400, words.Ellipsis), mrkdwn(e.Latest, 600, message.MoreOnPage))
	}
	kept := lines[:0]
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

// slackShort is an item in one line.
func slackShort(e message.Entry, i message.Item) string {
	return slackTitle(e, i, 120) + " · " + mrkdwn(strings.Join(e.Facts[:min(2, len(e.Facts))], " · "), 120,
		words.Ellipsis)
}

func slackTitle(e message.Entry, i message.Item, limit int) string {
	title := mrkdwn(e.Title, limit, words.Ellipsis)
	if link := mrkdwnEscapes.Replace(e.Link); link != "" && size(link) <= slackLinkText {
		title = "<" + link + "|" + title + ">"
	}
	return severityMark(i) + " " + title
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

// moreByVendor counts the items that did not fit, by vendor.
func moreByVendor(items []message.Item) string {
	var order []string
	counts := map[string]int{}
	for _, i := range items {
		name := message.VendorName(i.VendorName, i.Vendor, 40)
		if counts[name] == 0 {
			order = append(order, name)
		}
		counts[name]++
	}
	names := make([]string, len(order))
	for n, name := range order {
		names[n] = fmt.Sprintf("%s %d", name, counts[name])
	}
	return mrkdwn(fmt.Sprintf("… and %d more: %s", len(items), strings.Join(names, ", ")), slackReserve/2,
		words.Ellipsis)
}

// slackUnreadable lists the pages that cannot be read. Those that do not fit are counted, and named as far as possible.
func slackUnreadable(d message.Digest) string {
	if len(d.Unreadable) == 0 {
		return ""
	}
	text := fmt.Sprintf("*Could not read (%d)*", len(d.Unreadable))
	for n, s := range d.Unreadable {
		name := mrkdwn(message.VendorName(s.VendorName, s.Vendor, 80), 120, words.Ellipsis)
		if link := mrkdwnEscapes.Replace(message.WebLink(s.PageURL)); link != "" && size(link) <= slackLinkText {
			name = "<" + link + "|" + name + ">"
		}
		line := "\n• " + name + " " + mrkdwn(d.UnreadableText(s), 400, words.Ellipsis)
		if size(text)+size(line) > slackUnreadableText-slackReserve {
			var names []string
			for _, s := range d.Unreadable[n:] {
				names = append(names, message.VendorName(s.VendorName, s.Vendor, 40))
			}
			return text + "\n" + mrkdwn(fmt.Sprintf("… and %d more: %s", len(names), strings.Join(names, ", ")),
				slackReserve, words.Ellipsis)
		}
		text += line
	}
	return text
}

// slackBack lists the pages that moved, and those that can be read again.
func slackBack(d message.Digest) string {
	var lines []string
	for _, s := range d.Moved {
		lines = append(lines, message.VendorName(s.VendorName, s.Vendor, 80)+"'s "+s.Reason)
	}
	text := ""
	if len(lines) > 0 {
		text = fmt.Sprintf("*%s (%d)*\n", message.MovedTitle, len(lines)) +
			mrkdwn(strings.Join(lines, "; "), slackBackText/2, words.Ellipsis) + "\n"
	}
	if len(d.ReadableAgain) == 0 {
		return strings.TrimSuffix(text, "\n")
	}
	lines = nil
	for _, s := range d.ReadableAgain {
		lines = append(lines, message.VendorName(s.VendorName, s.Vendor, 80)+" "+d.ReadableText(s))
	}
	return text + fmt.Sprintf("*Readable again (%d)*\n", len(lines)) +
		mrkdwn(strings.Join(lines, "; "), slackBackText/2, words.Ellipsis)
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

// mrkdwn escapes s and shortens it to limit UTF-16 units. It never cuts an escape.
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
	return mrkdwnEscapes.Replace(strings.TrimRight(s[:end], " ")) + mark
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
