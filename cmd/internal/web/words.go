package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// timeTag writes a stored time for people, in UTC; the script adds the reader's own zone as a tooltip.
func timeTag(at string) template.HTML { return stampTag(at, "2 Jan 2006, 15:04 UTC", "") }

// localTag is timeTag with the reader's own time beside it, where the script runs.
func localTag(at string) template.HTML {
	return stampTag(at, "2 Jan 2006, 15:04 UTC", ` data-local=""`)
}

// dayTag writes the day only.
func dayTag(at string) template.HTML { return stampTag(at, "2 Jan 2006", "") }

func stampTag(at, layout, attribute string) template.HTML {
	t := words.Time(at)
	if t.IsZero() {
		return `<span class="muted">not known</span>`
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s"%s>%s</time>`, t.Format(time.RFC3339), attribute, t.Format(layout)))
}

// lasting says for how long something has been so.
func (s *Server) lasting(since string) string {
	t := words.Time(since)
	if t.IsZero() {
		return "unknown time"
	}
	return words.Duration(max(0, s.now().Sub(t)))
}

// ago says how long ago, or how far ahead, a stored time is.
func (s *Server) ago(at string) string { return words.Ago(words.Time(at), s.now()) }

// window writes the planned time of a maintenance; the day is not repeated.
func window(i db.Incident) template.HTML {
	from, to := i.ScheduledStartAt, i.ScheduledEndAt
	if from == "" {
		from = i.StartedAt
	}
	a, b := words.Time(from), words.Time(to)
	switch {
	case a.IsZero() || b.IsZero() || b.Before(a):
		return timeTag(from)
	case a.Format(time.DateOnly) == b.Format(time.DateOnly):
		return stampTag(from, "2 Jan 2006, 15:04", "") + " – " + stampTag(to, "15:04 UTC", "") + template.HTML(" ("+words.Duration(b.Sub(a))+")")
	}
	return stampTag(from, "2 Jan 2006, 15:04", "") + " – " + stampTag(to, "2 Jan, 15:04 UTC", "") + template.HTML(" ("+words.Duration(b.Sub(a))+")")
}

// severityWords is the severity of an incident, and the kind of everything else.
func severityWords(i db.Incident) string {
	if i.Kind != string(normalize.KindIncident) {
		return i.Kind
	}
	return words.Severity(i.Severity)
}

// tone is the class that gives an incident its colour and shape.
func tone(i db.Incident) string {
	if i.Kind != string(normalize.KindIncident) {
		return i.Kind
	}
	return i.Severity
}

// plainText is Markdown without its marks, cut to n letters.
func plainText(markdown string, n int) string { return words.Short(normalize.Plain(markdown), n) }

// outside is an address that may be linked to: http or https, else nothing.
func outside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return address
}

// host is the server's name of an address, for the text of a link.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return u.Host
}

// eventWords says what an event tells.
func eventWords(e db.Event) string {
	switch e.Kind {
	case normalize.EventIncidentOpened:
		if e.Detail["already_open"] == "true" {
			return "already open when watching began"
		}
		return "opened"
	case normalize.EventUpdatePosted:
		return "new post"
	case normalize.EventStateChanged:
		return change("state", e.Detail)
	case normalize.EventSeverityChanged:
		return change("severity", e.Detail)
	case normalize.EventIncidentResolved:
		return "resolved"
	case normalize.EventIncidentReopened:
		return "reopened"
	case normalize.EventPostmortemPosted:
		return "postmortem posted"
	case normalize.EventIncidentEdited:
		return "edited by the vendor"
	case normalize.EventIncidentLeftFeed:
		return "left the page without a resolution"
	case normalize.EventComponentChanged:
		return change("component", e.Detail)
	case normalize.EventSourceUnreadable:
		return "page cannot be read"
	case normalize.EventSourceReadable:
		return "page can be read again"
	case normalize.EventIndicatorRaised:
		return "page calls itself unwell, and no incident says why"
	case normalize.EventIndicatorCleared:
		return "page calls itself well again"
	}
	return words.Spell(e.Kind)
}

func change(what string, detail map[string]string) string {
	if name := detail["component"]; name != "" {
		what = words.Short(name, 60)
	}
	if was := detail["from_name"]; was != "" {
		return words.Short(was, 60) + " is now called " + what
	}
	if detail["to"] == "" {
		return what + " changed"
	}
	if detail["from"] == "" {
		return what + " is " + words.Spell(detail["to"])
	}
	return what + " " + words.Change(words.Spell(detail["from"]), words.Spell(detail["to"]))
}

// trimZero writes a number with so many decimals at the most.
func trimZero(x float64, decimals int) string {
	return strings.TrimSuffix(strconv.FormatFloat(x, 'f', decimals, 64), ".0")
}
