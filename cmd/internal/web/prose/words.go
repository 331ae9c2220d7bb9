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

// Time writes a stored time for people, in UTC; the script adds the reader's own zone as a tooltip.
func Time(at string) template.HTML { return Stamp(at, "2 Jan 2006, 15:04 UTC", "") }

// Stamp writes a stored time by a layout, in an element that has the time for programs too. The attribute is HTML.
func Stamp(at, layout, attribute string) template.HTML {
	t := words.Time(at)
	if t.IsZero() {
		return `<span class="muted">not known</span>`
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s"%s>%s</time>`,
		t.Format(time.RFC3339), attribute, t.Format(layout)))
}

// Window writes the planned time of a maintenance. A day that both ends share is not repeated.
func Window(i query.Incident) template.HTML {
	from, to := i.ScheduledStartAt, i.ScheduledEndAt
	if from == "" {
		from = i.StartedAt
	}
	a, b := words.Time(from), words.Time(to)
	if a.IsZero() || b.IsZero() || b.Before(a) {
		return Time(from)
	}
	end := "2 Jan, 15:04 UTC"
	if a.Format(time.DateOnly) == b.Format(time.DateOnly) {
		end = "15:04 UTC"
	}
	return Stamp(from, "2 Jan 2006, 15:04", "") + " – " + Stamp(to, end, "") +
		template.HTML(" ("+words.Duration(b.Sub(a))+")")
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
