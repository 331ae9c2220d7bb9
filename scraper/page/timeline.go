package page

import (
	"html"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/times"
)

var (
	datedHead = lazyregexp.New(
		`(?is)<(?:small|time)\b[^>]*>(.{4,200}?)</(?:small|time)>\s*(?:<br ?/?>|</p>\s*<p>|\s|-|–)*<(?:strong|` +
			`b)>\s*([a-z][a-z _-]{2,30}?)\s*:?\s*</(?:strong|b)>\s*(?:[-–—:]\s*)?`,
	)
	headedDate = lazyregexp.New(
		`(?is)<(?:strong|b)>\s*((?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? [^<]{8,60}?)\s*</(?:strong|b)>` +
			`(?:</p>|</div>|<br ?/?>|\s)*<h[1-6]>\s*([a-z][a-z _-]{2,30}?)\s*</h[1-6]>`,
	)
	endOf     = lazyregexp.New(`(?im)^(?:resolved|ended)(?: at| on)?: *(\S.{6,60})$`)
	windowOf  = lazyregexp.New(`(?is)THIS IS A SCHEDULED EVENT\s*(.{4,300}?)</(?:strong|b|p)>`)
	lastBreak = lazyregexp.New(`(?i)(?:\s|<br ?/?>|</?(?:p|div|li|ul)>)+$`)
)

// DatedUpdates reads the timeline in an item of a feed, oldest update first: a time in <small> or <time>, a state in
// bold, and the text. Statuspage introduced this form, and others have it, too. xAI writes the time in bold, and the
// state as a heading. near gives the times their year.
func DatedUpdates(body, near string) []normalize.RawUpdate {
	var updates []normalize.RawUpdate
	heads := datedHead.FindAllStringSubmatchIndex(body, -1)
	if len(heads) == 0 {
		heads = headedDate.FindAllStringSubmatchIndex(body, -1)
	}
	for i, m := range heads {
		end := len(body)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		updates = append(updates, normalize.RawUpdate{
			State:  Visible(body[m[4]:m[5]]),
			Posted: normalize.RawTime{Text: Visible(body[m[2]:m[3]]), Near: near},
			Body:   strings.TrimSpace(lastBreak.ReplaceAllString(body[m[1]:end], "")),
			Format: normalize.FormatHTML,
		})
	}
	if len(updates) > 1 {
		first, errFirst := times.Parse(updates[0].Posted, "")
		last, errLast := times.Parse(updates[len(updates)-1].Posted, "")
		if errFirst != nil || errLast != nil || !first.Before(last) {
			slices.Reverse(updates)
		}
	}
	return updates
}

// StatedEnd returns the time that an item's body states for the end, on a line of its own: "Resolved: Fri, 31 Jul 2026
// 08:00:00 GMT".
func StatedEnd(body string) normalize.RawTime {
	if m := endOf.FindStringSubmatch(linesOf(body)); m != nil {
		at := normalize.RawTime{Text: strings.TrimSpace(m[1])}
		if _, err := times.Parse(at, ""); err == nil {
			return at
		}
	}
	return normalize.RawTime{}
}

// ScheduledWindow returns the window of a maintenance as Statuspage prints it in a feed.
func ScheduledWindow(body, near string) normalize.RawTime {
	if m := windowOf.FindStringSubmatch(body); m != nil {
		return normalize.RawTime{Text: Visible(m[1]), Near: near}
	}
	return normalize.RawTime{}
}

// LatestState returns the state of the last update, "" if there is none.
func LatestState(updates []normalize.RawUpdate) string {
	if len(updates) == 0 {
		return ""
	}
	return updates[len(updates)-1].State
}

var scheduledEvent = lazyregexp.New(`^THIS IS A SCHEDULED EVENT\s+(\S.*)$`)

// feedUpdate matches the beginning of an update in a feed: "<p><small>Aug 21, 00:37 UTC</small><br>
// <strong>Resolved</strong> - ". The text goes on to the next such beginning, whatever tags it leaves open. Read as
// elements, a <li> that the vendor did not close would contain the following updates.
var feedUpdate = lazyregexp.New(
	`(?i)<p>\s*<small>([^<]*(?:<var\b[^>]*>[^<]*</var>[^<]*)*)</small>\s*<br ?/?>\s*<strong>([^<]*)</strong>(?:\s*-)?`,
)

// FeedUpdates reads a timeline as Statuspage writes it into its feeds, oldest update first, and the window of a
// planned maintenance, which precedes the timeline. Bodies are rendered as RenderBody does.
func FeedUpdates(content, near string) (updates []normalize.RawUpdate, window string) {
	starts := feedUpdate.FindAllStringSubmatchIndex(content, -1)
	head := content
	if len(starts) > 0 {
		head = content[:starts[0][0]]
	}
	if m := scheduledEvent.FindStringSubmatch(OneLine(StripTags(head))); m != nil {
		window = m[1]
	}
	for i, at := range starts {
		end := len(content)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		body := strings.TrimSuffix(strings.TrimSpace(content[at[1]:end]), "</p>")
		updates = append(updates, normalize.RawUpdate{
			State:  OneLine(StripTags(content[at[4]:at[5]])),
			Posted: Time(StripTags(content[at[2]:at[3]]), near),
			Body:   fragmentHTML(body),
			Format: normalize.FormatHTML,
		})
	}
	slices.Reverse(updates)
	return updates, window
}

// fragmentHTML closes the elements that a fragment leaves open.
func fragmentHTML(fragment string) string {
	if !strings.ContainsAny(fragment, "<&") {
		return strings.TrimSpace(fragment)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(fragment))
	if err != nil {
		return html.EscapeString(fragment)
	}
	return RenderBody(Nodes(doc.FindMatcher(selBody).First()))
}

// OldestFirst sorts a timeline by its times. Vendors list updates in either order, and documents of one platform may
// differ. Updates of the same time are put in the order of a list that begins with the oldest. An update without a
// readable time stays after the one before it.
func OldestFirst(updates []normalize.RawUpdate) {
	type dated struct {
		update normalize.RawUpdate
		at     time.Time
	}
	list := make([]dated, len(updates))
	var last time.Time
	rising, falling := 0, 0
	for i, u := range updates {
		at, err := times.Parse(u.Posted, "")
		if err != nil {
			at = last
		}
		if i > 0 && at.After(last) {
			rising++
		} else if i > 0 && at.Before(last) {
			falling++
		}
		list[i], last = dated{u, at}, at
	}
	if falling > rising {
		slices.Reverse(list)
	}
	slices.SortStableFunc(list, func(a, b dated) int { return a.at.Compare(b.at) })
	for i := range list {
		updates[i] = list[i].update
	}
}
