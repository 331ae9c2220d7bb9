package normalize

import (
	"slices"
	"strings"
)

// News is one event of a change.
type News struct {
	Kind      EventKind
	UpdateKey string
	Detail    map[string]string
}

// NewsOf tells what happened to an incident between what was known of it, nil if nothing was, and what is known now.
// Was of an update is the key that it was known under; edits are what the vendor changed in between.
func NewsOf(known *Incident, now Incident, edits []Revision) []News {
	if known == nil {
		return newsOfNew(now)
	}
	return news(*known, now, edits)
}

// newsOfNew is the news of an incident that nothing was known of.
func newsOfNew(i Incident) []News {
	var out []News
	switch {
	case i.Kind != KindMaintenance:
		out = append(out, News{Kind: EventIncidentOpened})
		if i.State.Over() {
			out = append(out, News{Kind: EventIncidentResolved})
		}
	case i.State == StateInProgress || i.State == StateVerifying:
		out = append(out, News{Kind: EventMaintenanceStarted})
	case i.State.Over():
		out = append(out, News{Kind: EventMaintenanceCompleted, Detail: map[string]string{"state": string(i.State)}})
	default:
		out = append(out, News{Kind: EventMaintenanceScheduled})
	}
	for _, u := range i.Updates {
		if u.State == StatePostmortem {
			out = append(out, News{Kind: EventPostmortemPosted, UpdateKey: u.Key})
		}
	}
	return out
}

func news(k, m Incident, edits []Revision) []News {
	var out []News
	if m.Severity != k.Severity && !(k.Severity == SeverityUnknown && k.VendorSeverity == "") {
		out = append(out, News{Kind: EventSeverityChanged, Detail: map[string]string{"from": string(k.Severity),
			"to": string(m.Severity)}})
	}
	var postmortems []News
	for _, u := range m.Updates {
		if slices.ContainsFunc(k.Updates, func(o Update) bool { return o.Key == u.Key || o.Key == u.Was }) {
			continue
		}
		if u.State == StatePostmortem {
			postmortems = append(postmortems, News{Kind: EventPostmortemPosted, UpdateKey: u.Key})
		} else {
			out = append(out, News{Kind: EventUpdatePosted, UpdateKey: u.Key})
		}
	}
	if m.State != k.State {
		out = append(out, stateNews(k, m))
	}
	out = append(out, postmortems...)
	if fields := editedFields(edits); fields != "" {
		out = append(out, News{Kind: EventIncidentEdited, Detail: map[string]string{"fields": fields}})
	}
	return out
}

func stateNews(k, m Incident) News {
	n := News{Kind: EventStateChanged, Detail: map[string]string{"from": string(k.State), "to": string(m.State)}}
	maintenance := m.Kind == KindMaintenance
	switch {
	case m.State == StateResolved && !k.State.Over():
		n.Kind = EventIncidentResolved
		if maintenance {
			n.Kind = EventMaintenanceCompleted
		}
	case m.State == StateCompleted && !k.State.Over():
		n.Kind = EventMaintenanceCompleted
		if !maintenance {
			n.Kind = EventIncidentResolved
		}
	case k.State.Over() && !m.State.Over() && !maintenance:
		n.Kind = EventIncidentReopened
	case maintenance && m.State == StateInProgress:
		n.Kind = EventMaintenanceStarted
	case maintenance && m.State == StateScheduled && k.State.Over():
		n.Kind = EventMaintenanceScheduled
	}
	return n
}

// editedFields names what was edited. A changed severity has an event of its own; a post that was taken away, and
// when the entry was made, are on record and no news.
func editedFields(edits []Revision) string {
	quiet := []string{"severity", "removed_at", "created_at"}
	var fields []string
	for _, e := range edits {
		if !slices.Contains(quiet, e.Field) && !slices.Contains(fields, e.Field) {
			fields = append(fields, e.Field)
		}
	}
	return strings.Join(fields, ", ")
}
