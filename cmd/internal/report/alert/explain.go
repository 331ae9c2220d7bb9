package alert

import (
	"context"
	"slices"

	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Explanation says what is done about one event, and why.
type Explanation struct {
	Event    query.Event     `json:"event"`
	Silent   string          `json:"silent,omitempty"` // why no route is tried; empty if they are
	Verdicts []route.Verdict `json:"routes"`
	// what would be planned if the event came now, to channels notified of what came before it
	Messages []Forecast `json:"messages"`
	Planned  []Forecast `json:"planned"`         // what was planned for it
	Hint     string     `json:"hint,omitempty"`  // what else decides, in words
	Calls    []string   `json:"calls,omitempty"` // channels that would mention people
}

// Forecast is a message that was planned, or would be.
type Forecast struct {
	DeliveryID int64                `json:"delivery_id,omitempty"` // 0 for one that was not planned
	Channel    string               `json:"channel"`
	Route      string               `json:"route"`
	Reason     string               `json:"reason"`
	State      ledger.DeliveryState `json:"state"`
	NotBefore  string               `json:"not_before_at,omitempty"` // for a held one
	Note       string               `json:"note,omitempty"`
}

// Explain says which routes match an event and why, and what would be sent if it came now. It changes nothing.
func (p *Planner) Explain(ctx context.Context, eventID int64) (Explanation, error) {
	from, err := p.DB.EventsAfter(ctx, eventID-1, 1)
	if err == nil && (len(from) == 0 || from[0].EventID != eventID) {
		err = db.ErrNotFound
	}
	if err != nil {
		return Explanation{}, err
	}
	e := from[0]
	x := Explanation{Event: e, Verdicts: []route.Verdict{}, Messages: []Forecast{}, Planned: []Forecast{}}
	f, err := p.FactsOf(ctx, []query.Event{e})
	if err != nil {
		return Explanation{}, err
	}
	if e.IncidentID != 0 {
		later, err := p.DB.EventsAfter(ctx, eventID, 0)
		if err != nil {
			return Explanation{}, err
		}
		f.later = slices.DeleteFunc(later, func(o query.Event) bool { return o.IncidentID != e.IncidentID })
	}
	x.Planned = plannedFor(f, eventID)
	f.Rows = slices.DeleteFunc(f.Rows, func(r Planned) bool { return !cameBefore(r, e) })
	asItWas(f.Subjects, e)
	switch {
	case e.Withheld != "":
		x.Silent = "it is withheld from every channel: " + string(e.Withheld)
	case e.Detail["late"] == "true":
		x.Silent = "the vendor added it late, so only the digest reports it"
	}
	planner := newDraft(f)
	n := planner.news(e, planner.severities()[e.EventID])
	if n.Subject == nil {
		n.Severity = severityOfSourceEvent(e)
	}
	kinds := []normalize.EventKind{e.Kind}
	switch e.Kind {
	case normalize.EventSeverityChanged, normalize.EventIncidentReopened:
		kinds = append(kinds, normalize.EventIncidentOpened)
		x.Hint = "Channels notified of the incident get this by the route that notified them; a route that " +
			"matches only now announces the incident to its channels."
	case normalize.EventIncidentResolved, normalize.EventSourceReadable:
		x.Hint = "An end goes to the channels that were notified of the beginning, by the same route."
	case normalize.EventUpdatePosted, normalize.EventStateChanged, normalize.EventPostmortemPosted,
		normalize.EventIncidentEdited, normalize.EventIncidentLeftFeed:
		x.Hint = "Channels that keep one message per incident get every change of an incident that they were " +
			"notified of; others get this only where a route names the event."
	}
	x.Verdicts = route.Verdicts(p.Routes, n, kinds...)
	if x.Silent != "" {
		return x, nil
	}
	f.Reminders.Open, f.Reminders.Pages = nil, nil
	for _, add := range MakePlan(f).Add {
		m := Forecast{Channel: add.Channel, Route: add.Route, Reason: add.Reason, State: add.State, Note: add.Note,
			NotBefore: normalize.FormatTime(add.NotBefore)}
		x.Messages = append(x.Messages, m)
		if add.Mention {
			x.Calls = append(x.Calls, add.Channel)
		}
	}
	return x, nil
}

// plannedFor returns the planned messages that report an event.
func plannedFor(f Facts, eventID int64) []Forecast {
	out := []Forecast{}
	for _, r := range f.Rows {
		if slices.Contains(r.EventIDs, eventID) {
			out = append(out, Forecast{DeliveryID: r.DeliveryID, Channel: r.Channel, Route: r.Route, Reason: r.Reason,
				State: r.State, NotBefore: r.NotBeforeAt, Note: r.Note})
		}
	}
	return out
}

// cameBefore reports whether a message was planned before an event was known.
func cameBefore(r Planned, e query.Event) bool {
	if len(r.EventIDs) == 0 {
		return r.CreatedAt < e.At
	}
	return slices.Max(r.EventIDs) < e.EventID
}

// asItWas makes the incident of an event open, as it was when the event happened, unless the event ended it.
func asItWas(subjects map[int64]route.Subject, e query.Event) {
	s, have := subjects[e.IncidentID]
	switch {
	case !have || !s.Over():
	case e.Kind == normalize.EventIncidentResolved, e.Kind == normalize.EventPostmortemPosted,
		e.Kind == normalize.EventMaintenanceCompleted:
	default:
		s.State = string(normalize.StateUnknown)
		subjects[e.IncidentID] = s
	}
}
