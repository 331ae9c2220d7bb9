package pages

import (
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"vendorwatch/cmd/internal/web/prose"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// time writes a stored time in the zone of the configuration. The script writes it in the reader's.
func (p *Pages) time(at string) template.HTML { return prose.TimeIn(at, p.Zone) }

// window writes the planned time of a maintenance.
func (p *Pages) window(i query.Incident) template.HTML { return prose.Window(i, p.Zone) }

// lasting is how long something has lasted since a stored time.
func (p *Pages) lasting(since string) string {
	t := words.Time(since)
	if t.IsZero() {
		return "unknown time"
	}
	return words.Duration(max(0, p.Clock().Sub(t)))
}

// ago is how long ago, or how far ahead, a stored time is.
func (p *Pages) ago(at string) string { return words.Ago(words.Time(at), p.Clock()) }

// severityWords is the severity of an incident, and the kind of everything else.
func severityWords(i query.Incident) string {
	if i.Kind != string(normalize.KindIncident) {
		return i.Kind
	}
	return words.Severity(i.Severity)
}

// tone is the class that gives an incident its colour and shape.
func tone(i query.Incident) string {
	if i.Kind != string(normalize.KindIncident) {
		return i.Kind
	}
	return i.Severity
}

// host is the host of an address, for the text of a link.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return u.Host
}

// eventWords says what happened.
func eventWords(kind normalize.EventKind, detail map[string]string) string {
	switch kind {
	case normalize.EventIncidentOpened:
		if detail["already_open"] == "true" {
			return "already open when watching began"
		}
		return "opened"
	case normalize.EventUpdatePosted:
		return "new post"
	case normalize.EventStateChanged:
		return change("state", detail)
	case normalize.EventSeverityChanged:
		return change("severity", detail)
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
		return change("component", detail)
	case normalize.EventSourceUnreadable:
		return "page cannot be read"
	case normalize.EventSourceReadable:
		return "page can be read again"
	}
	return words.Spell(kind)
}

// change says what changed, from what and to what.
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

// trimZero writes a number with at most that many decimals.
func trimZero(x float64, decimals int) string {
	return strings.TrimSuffix(strconv.FormatFloat(x, 'f', decimals, 64), ".0")
}
