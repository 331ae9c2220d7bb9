package page

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
)

var (
	datedHead = regexp.MustCompile(
		`(?is)<(?:small|time)\b[^>]*>(.{4,200}?)</(?:small|time)>\s*(?:<br ?/?>|</p>\s*<p>|\s|-|–)*<(?:strong|` +
			`b)>\s*([a-z][a-z _-]{2,30}?)\s*:?\s*</(?:strong|b)>\s*(?:[-–—:]\s*)?`,
	)
	windowOf  = regexp.MustCompile(`(?is)THIS IS A SCHEDULED EVENT\s*(.{4,300}?)</(?:strong|b|p)>`)
	lastBreak = regexp.MustCompile(`(?i)(?:\s|<br ?/?>|</?(?:p|div|li|ul)>)+$`)
)

// DatedUpdates reads the timeline that some feeds put into an item: a time in <small> or <time>, a
// state in bold, the words. Statuspage began it, others took it over. near gives the year.
func DatedUpdates(body, near string) []normalize.RawUpdate {
	var updates []normalize.RawUpdate
	heads := datedHead.FindAllStringSubmatchIndex(body, -1)
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

// ScheduledWindow returns the printed window of a maintenance.
func ScheduledWindow(body, near string) normalize.RawTime {
	if m := windowOf.FindStringSubmatch(body); m != nil {
		return normalize.RawTime{Text: Visible(m[1]), Near: near}
	}
	return normalize.RawTime{}
}

// LatestState returns the newest update's word.
func LatestState(updates []normalize.RawUpdate) string {
	if len(updates) == 0 {
		return ""
	}
	return updates[len(updates)-1].State
}

var scheduledEvent = regexp.MustCompile(`^THIS IS A SCHEDULED EVENT\s+(\S.*)$`)

// feedUpdate is what begins an update in a feed: "<p><small>Aug 21, 00:37 UTC</small><br>
// <strong>Resolved</strong> - ". Its text goes on to the next of them, whatever tags it leaves open:
// taken apart as elements, an unclosed <li> of the vendor's would swallow the updates that follow.
var feedUpdate = regexp.MustCompile(
	`(?i)<p>\s*<small>([^<]*(?:<var\b[^>]*>[^<]*</var>[^<]*)*)</small>\s*<br ?/?>\s*<strong>([^<]*)</strong>(?:\s*-)?`,
)

// FeedUpdates reads the timeline, oldest update first, and the window of a maintenance to come, which
// stands before it.
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

// fragmentHTML makes a fragment whole: what it leaves open is closed.
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

// OldestFirst puts a timeline in the order of its times. Vendors list updates in either order, and some
// documents of one platform in another order than the rest. Updates of one time keep the order of a list
// that begins with the oldest; an update without a readable time stays behind the one before it.
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
