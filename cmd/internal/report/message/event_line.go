package message

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// EventLine returns an event as one line for a terminal, without a line end:
// "14:02:11  Kustomer  opened  minor  [PLATFORM] …  investigating". The time is in zone; nil means UTC.
func EventLine(e query.Event, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	clock := "--:--:--"
	if at := words.Time(e.At); !at.IsZero() {
		clock = at.In(zone).Format("15:04:05")
	}
	vendor := VendorName(e.VendorName, e.Vendor, 24)
	fields := append([]string{clock, fmt.Sprintf("%-16s", vendor), fmt.Sprintf("%-13s", lineVerb(e))}, lineFields(e)...)
	kept := fields[:0]
	for _, f := range fields {
		if f != "" {
			kept = append(kept, f)
		}
	}
	return strings.TrimRight(strings.Join(kept, "  "), " ")
}

// lineVerb is the word for what happened, in at most 13 columns.
func lineVerb(e query.Event) string {
	switch e.Kind {
	case normalize.EventIncidentOpened:
		switch {
		case e.Detail["late"] == "true":
			return "added late"
		case e.Detail["already_open"] == "true":
			return "already open"
		}
		return "opened"
	case normalize.EventUpdatePosted:
		return "update"
	case normalize.EventStateChanged:
		return "state"
	case normalize.EventSeverityChanged:
		return "severity"
	case normalize.EventIncidentResolved:
		return "resolved"
	case normalize.EventIncidentReopened:
		return "reopened"
	case normalize.EventPostmortemPosted:
		return "postmortem"
	case normalize.EventIncidentEdited:
		return "edited"
	case normalize.EventIncidentLeftFeed:
		return "left the page"
	case normalize.EventMaintenanceScheduled:
		switch {
		case e.Detail["late"] == "true":
			return "added late"
		case e.Detail["already_open"] == "true":
			return "maintenance"
		}
		return "scheduled"
	case normalize.EventMaintenanceStarted:
		return "work started"
	case normalize.EventMaintenanceCompleted:
		if normalize.State(e.State) == normalize.StateCancelled {
			return "work cancelled"
		}
		return "work ended"
	case normalize.EventComponentChanged:
		return "component"
	case normalize.EventSourceUnreadable:
		return "CANNOT READ"
	case normalize.EventSourceReadable:
		return "readable"
	case normalize.EventSourceMoved:
		return "moved"
	}
	return words.Spell(e.Kind)
}

// lineFields are the fields that follow: severity, title, and what the kind of event adds.
func lineFields(e query.Event) []string {
	title := words.Short(e.Title, 100)
	severity := fmt.Sprintf("%-8s", cmp.Or(words.OneLine(e.Severity), string(normalize.SeverityUnknown)))
	state := words.Spell(e.State)
	text := words.Short(PlainLine(e.Body), 120)
	switch e.Kind {
	case normalize.EventIncidentOpened, normalize.EventIncidentReopened:
		return []string{severity, title, state}
	case normalize.EventUpdatePosted, normalize.EventPostmortemPosted:
		return []string{severity, title, text}
	case normalize.EventStateChanged:
		return []string{severity, title, words.Change(words.Spell(e.Detail["from"]),
			words.Spell(cmp.Or(e.Detail["to"], e.State)))}
	case normalize.EventSeverityChanged:
		return []string{severity, title, words.SeverityChange(e.Detail["from"], cmp.Or(e.Detail["to"], e.Severity))}
	case normalize.EventIncidentResolved:
		return []string{severity, title, text}
	case normalize.EventIncidentEdited:
		return []string{severity, title, "the vendor changed " +
			cmp.Or(strings.Join(EditedFields(e), ", "), "its words")}
	case normalize.EventIncidentLeftFeed:
		return []string{severity, title, "without a resolution"}
	case normalize.EventMaintenanceScheduled, normalize.EventMaintenanceStarted, normalize.EventMaintenanceCompleted:
		return []string{title, state}
	case normalize.EventComponentChanged:
		if e.Detail["from_name"] != "" {
			return []string{words.Short(e.Detail["from_name"], TitleLimit), "is now called " + ComponentName(e)}
		}
		return []string{ComponentName(e), words.Change(words.Spell(e.Detail["from"]), words.Spell(e.Detail["to"]))}
	case normalize.EventSourceMoved:
		return []string{"its " + MovedPageText(e)}
	case normalize.EventSourceUnreadable, normalize.EventSourceReadable:
		return []string{words.Short(e.Detail["reason"], ReasonLimit), WebLink(e.URL)}
	}
	return []string{title, state}
}

// EditedFields lists the fields that the vendor edited.
func EditedFields(e query.Event) []string {
	return strings.FieldsFunc(words.OneLine(e.Detail["fields"]), func(r rune) bool { return r == ',' || r == ' ' })
}

// ComponentName is the component of an event, as "Group › Name".
func ComponentName(e query.Event) string {
	return words.Short(e.Detail["component"], TitleLimit)
}
