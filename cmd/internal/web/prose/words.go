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

// Time writes a stored time for people, in UTC; the script adds the reader's own zone as a tooltip.
func Time(at string) template.HTML { return Stamp(at, "2 Jan 2006, 15:04 UTC", "") }

// Stamp writes a stored time by a layout, in an element that has the time for programs too. The attribute is HTML.
func Stamp(at, layout, attribute string) template.HTML {
	t := words.Time(at)
	if t.IsZero() {
		return `<span class="muted">not known</span>`
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s"%s>%s</time>`, t.Format(time.RFC3339), attribute, t.Format(layout)))
}

// Window writes the planned time of a maintenance; the day is not repeated.
func Window(i query.Incident) template.HTML {
	from, to := i.ScheduledStartAt, i.ScheduledEndAt
	if from == "" {
		from = i.StartedAt
	}
	a, b := words.Time(from), words.Time(to)
	switch {
	case a.IsZero() || b.IsZero() || b.Before(a):
		return Time(from)
	case a.Format(time.DateOnly) == b.Format(time.DateOnly):
		return Stamp(from, "2 Jan 2006, 15:04", "") + " – " + Stamp(to, "15:04 UTC", "") + template.HTML(" ("+words.Duration(b.Sub(a))+")")
	}
	return Stamp(from, "2 Jan 2006, 15:04", "") + " – " + Stamp(to, "2 Jan, 15:04 UTC", "") + template.HTML(" ("+words.Duration(b.Sub(a))+")")
}

// Plain is Markdown without its marks, cut to n letters.
func Plain(body string, n int) string { return words.Short(markdown.Plain(body), n) }

// Outside is an address that may be linked to: http or https, else nothing.
func Outside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return address
}
