package normalize

import (
	"reflect"
	"slices"
	"strings"
)

// Change is what became of one incident.
type Change struct {
	Incident Incident // the record as it is to be stored: what was known merged with what was seen
	New      bool     // nothing was known under its key
	Edits    []Edit   // what the vendor changed after publishing it
	News     []News   // what happened, in order
}

// Edit is one thing the vendor changed after it had been published.
type Edit struct {
	UpdateKey string // empty for a field of the incident itself
	Field     string // as in SQL: title, severity, body, …
	Old, New  string
}

// News is one event of a change.
type News struct {
	Kind      EventKind
	UpdateKey string
	Detail    map[string]string
}

// Diff compares what is known, by key, with what was seen. An incident about which nothing is different is
// left out. seen incidents that are not known are new.
func Diff(known map[string]Incident, seen []Incident) []Change {
	var changes []Change
	for _, s := range seen {
		k, ok := known[s.Key]
		if !ok {
			s.Updates = tidy(slices.Clone(s.Updates))
			changes = append(changes, Change{Incident: s, New: true, News: newsOfNew(s)})
			continue
		}
		merged, edits := merge(k, s)
		if same(k, merged) {
			continue
		}
		changes = append(changes, Change{Incident: merged, Edits: edits, News: news(k, merged, edits)})
	}
	return changes
}

// same reports whether two records are one, the words they were made from included.
func same(a, b Incident) bool {
	if len(a.Raws) != len(b.Raws) || !slices.EqualFunc(a.Raws, b.Raws, SameWords) {
		return false
	}
	a.Raws, b.Raws = nil, nil
	a.EndGiven, b.EndGiven = false, false // not stored
	for _, i := range []*Incident{&a, &b} {
		if len(i.Updates) == 0 {
			i.Updates = nil
		}
		if len(i.Components) == 0 {
			i.Components = nil
		}
		// A component's status is a fact of the page, not of the incident.
		i.Components = slices.Clone(i.Components)
		for n := range i.Components {
			i.Components[n].Status, i.Components[n].VendorStatus = "", ""
		}
		slices.SortFunc(i.Components, func(x, y Component) int { return strings.Compare(x.Key, y.Key) })
	}
	return reflect.DeepEqual(a, b)
}

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

func news(k, m Incident, edits []Edit) []News {
	var out []News
	if m.Severity != k.Severity && !(k.Severity == SeverityUnknown && k.VendorSeverity == "") {
		out = append(out, News{Kind: EventSeverityChanged, Detail: map[string]string{"from": string(k.Severity), "to": string(m.Severity)}})
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

// editedFields names what was edited; a changed severity has an event of its own.
func editedFields(edits []Edit) string {
	var fields []string
	for _, e := range edits {
		if e.Field != "severity" && !slices.Contains(fields, e.Field) {
			fields = append(fields, e.Field)
		}
	}
	return strings.Join(fields, ", ")
}
