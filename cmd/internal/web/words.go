package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// parse reads a stored time; the zero time stands for none.
func parse(at string) time.Time {
	t, err := time.Parse(normalize.TimeLayout, at)
	if err != nil {
		return time.Time{}
	}
	return t
}

// timeTag writes a stored time for people, in UTC; the script adds the reader's own zone as a tooltip.
func timeTag(at string) template.HTML { return stampTag(at, "2 Jan 2006, 15:04 UTC", "") }

// localTag is timeTag with the reader's own time beside it, where the script runs.
func localTag(at string) template.HTML {
	return stampTag(at, "2 Jan 2006, 15:04 UTC", ` data-local=""`)
}

// dayTag writes the day only.
func dayTag(at string) template.HTML { return stampTag(at, "2 Jan 2006", "") }

func stampTag(at, layout, attribute string) template.HTML {
	t := parse(at)
	if t.IsZero() {
		return `<span class="muted">not known</span>`
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s"%s>%s</time>`, t.Format(time.RFC3339), attribute, t.Format(layout)))
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// lasted says how long an incident lasted, or that it lasts.
func lasted(i db.Incident) string {
	switch {
	case i.DurationSeconds != nil:
		return normalize.Duration(seconds(*i.DurationSeconds))
	case normalize.State(i.State).Over():
		return "not known"
	case i.LeftFeedAt != "":
		return "left the page"
	case i.Kind == string(normalize.KindMaintenance) && i.State == string(normalize.StateScheduled):
		return "planned"
	}
	return "ongoing"
}

// lasting says for how long something has been so.
func (s *Server) lasting(since string) string {
	t := parse(since)
	if t.IsZero() {
		return "unknown time"
	}
	return normalize.Duration(max(0, s.now().Sub(t)))
}

// ago says how long ago, or how far ahead, a stored time is.
func (s *Server) ago(at string) string {
	t := parse(at)
	switch d := s.now().Sub(t); {
	case t.IsZero():
		return "never"
	case d < -time.Minute:
		return "in " + normalize.Duration(-d)
	case d < time.Minute:
		return "just now"
	default:
		return normalize.Duration(d) + " ago"
	}
}

// window writes the planned time of a maintenance; the day is not repeated.
func window(i db.Incident) template.HTML {
	from, to := i.ScheduledStartAt, i.ScheduledEndAt
	if from == "" {
		from = i.StartedAt
	}
	a, b := parse(from), parse(to)
	switch {
	case a.IsZero() || b.IsZero() || b.Before(a):
		return timeTag(from)
	case a.Format(time.DateOnly) == b.Format(time.DateOnly):
		return stampTag(from, "2 Jan 2006, 15:04", "") + " – " + stampTag(to, "15:04 UTC", "") + template.HTML(" ("+normalize.Duration(b.Sub(a))+")")
	}
	return stampTag(from, "2 Jan 2006, 15:04", "") + " – " + stampTag(to, "2 Jan, 15:04 UTC", "") + template.HTML(" ("+normalize.Duration(b.Sub(a))+")")
}

// spell turns an enum's word into words for people: "in_progress" into "in progress".
func spell(word any) string { return strings.ReplaceAll(fmt.Sprint(word), "_", " ") }

// severityWords says how bad; a vendor that did not say is not made out to be harmless.
func severityWords(i db.Incident) string {
	if i.Kind != string(normalize.KindIncident) {
		return i.Kind
	}
	switch i.Severity {
	case string(normalize.SeverityUnknown):
		return "severity unknown"
	case string(normalize.SeverityNone):
		return "no impact"
	}
	return i.Severity
}

// tone is the class that gives an incident its colour and shape.
func tone(i db.Incident) string {
	if i.Kind != string(normalize.KindIncident) {
		return i.Kind
	}
	return i.Severity
}

// shorten cuts a vendor's words to n letters, on one line.
func shorten(text string, n int) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) <= n {
		return string(r)
	}
	return strings.TrimRight(string(r[:n-1]), " ,.;:") + "…"
}

// plainText is Markdown without its marks, cut to n letters.
func plainText(markdown string, n int) string { return shorten(normalize.Plain(markdown), n) }

// count writes a number with its noun: "1 incident", "3 incidents".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if before, ok := strings.CutSuffix(noun, "y"); ok && !strings.HasSuffix(before, "a") {
		return fmt.Sprintf("%d %sies", n, before)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

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
	return spell(string(e.Kind))
}

func change(what string, detail map[string]string) string {
	if name := detail["component"]; name != "" {
		what = shorten(name, 60)
	}
	if was := detail["from_name"]; was != "" {
		return shorten(was, 60) + " is now called " + what
	}
	if detail["to"] == "" {
		return what + " changed"
	}
	if detail["from"] == "" {
		return what + " is " + spell(detail["to"])
	}
	return what + " " + spell(detail["from"]) + " → " + spell(detail["to"])
}

// trimZero writes a number with so many decimals at the most.
func trimZero(x float64, decimals int) string {
	return strings.TrimSuffix(strconv.FormatFloat(x, 'f', decimals, 64), ".0")
}
