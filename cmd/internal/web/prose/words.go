// Package prose writes what the dashboard's pages, feeds and tools say alike: times, sentences about an incident, and
// vendors' Markdown made harmless.
package prose

import (
	"fmt"
	"html/template"
	"net/url"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize/markdown"
)

// clock is how times are written, with the name of their zone.
const clock = "2 Jan 2006, 15:04 MST"

// TimeIn writes a stored time for people in a zone; the script writes it in the reader's own.
func TimeIn(at string, zone *time.Location) template.HTML {
	t := words.Time(at)
	if t.IsZero() {
		return `<span class="muted">not known</span>`
	}
	return element(t, t.In(zone).Format(clock), " data-at")
}

// Day writes the day of a stored time in UTC.
func Day(at string) template.HTML {
	t := words.Time(at)
	if t.IsZero() {
		return `<span class="muted">not known</span>`
	}
	return element(t, t.Format("2 Jan 2006"), "")
}

// element is a time for people, with the time for programs. The attribute is HTML.
func element(t time.Time, text, attribute string) template.HTML {
	return template.HTML(fmt.Sprintf(`<time datetime="%s"%s>%s</time>`, t.Format(time.RFC3339), attribute,
		template.HTMLEscapeString(text)))
}

// Window writes the planned time of a maintenance in a zone. A day that both ends share is not repeated.
func Window(i query.Incident, zone *time.Location) template.HTML {
	from, to := i.ScheduledStartAt, i.ScheduledEndAt
	if from == "" {
		from = i.StartedAt
	}
	a, b := words.Time(from), words.Time(to)
	if a.IsZero() || b.IsZero() || b.Before(a) {
		return TimeIn(from, zone)
	}
	begin, end := a.In(zone), b.In(zone)
	layout := "2 Jan, 15:04 MST"
	if begin.Format(time.DateOnly) == end.Format(time.DateOnly) {
		layout = "15:04 MST"
	}
	return element(a, begin.Format("2 Jan 2006, 15:04"), " data-at") + " – " +
		element(b, end.Format(layout), " data-at") + template.HTML(" ("+words.Duration(b.Sub(a))+")")
}

// Plain is Markdown without its markup, cut to n characters.
func Plain(body string, n int) string { return words.Short(markdown.Plain(body), n) }

// Outside is an address that may be linked to, that is http or https; else it is empty.
func Outside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return address
}
