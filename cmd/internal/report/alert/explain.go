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

// Explanation says what alerts make of one event.
type Explanation struct {
	Event    query.Event     `json:"event"`
	Silent   string          `json:"silent,omitempty"` // why no route is asked; empty if they are
	Verdicts []route.Verdict `json:"routes"`
	Messages []Forecast      `json:"messages"`        // what would be planned if the event came now, to channels that were told what came before it
	Planned  []Forecast      `json:"planned"`         // what was planned for it
	Hint     string          `json:"hint,omitempty"`  // what else decides
	Calls    []string        `json:"calls,omitempty"` // channels on which people would be called
}

// Forecast is a message that would be, or was, planned.
type Forecast struct {
	DeliveryID int64                `json:"delivery_id,omitempty"` // of one that was planned
	Channel    string               `json:"channel"`
	Route      string               `json:"route"`
	Reason     string               `json:"reason"`
	State      ledger.DeliveryState `json:"state"`
	NotBefore  string               `json:"not_before_at,omitempty"` // of a held one
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
		x.Silent = "it is withheld from all channels: " + string(e.Withheld)
	case e.Detail["late"] == "true":
		x.Silent = "it was added to the past, so that only the digest tells it"
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
		x.Hint = "A channel that was told of the incident hears it by the route that told it; another one that matches by now hears of the incident for the first time."
	case normalize.EventIncidentResolved, normalize.EventSourceReadable, normalize.EventIndicatorCleared:
		x.Hint = "An end goes to the channels that were told of the beginning, by the route that told them."
	case normalize.EventUpdatePosted, normalize.EventStateChanged, normalize.EventPostmortemPosted, normalize.EventIncidentEdited, normalize.EventIncidentLeftFeed:
		x.Hint = "Channels that keep one message an incident are told whatever goes on in those that they were told of; others where a route names the event."
	}
	x.Verdicts = route.Verdicts(p.Routes, n, kinds...)
	if x.Silent != "" {
		return x, nil
	}
	f.Reminders.Open, f.Reminders.Pages = nil, nil
	for _, add := range MakePlan(f).Add {
		m := Forecast{Channel: add.Channel, Route: add.Route, Reason: add.Reason, State: add.State, Note: add.Note, NotBefore: normalize.FormatTime(add.NotBefore)}
		x.Messages = append(x.Messages, m)
		if add.Mention {
			x.Calls = append(x.Calls, add.Channel)
		}
	}
	return x, nil
}

// plannedFor returns the messages that an event is in.
func plannedFor(f Facts, eventID int64) []Forecast {
	out := []Forecast{}
	for _, r := range f.Rows {
		if slices.Contains(r.EventIDs, eventID) {
			out = append(out, Forecast{DeliveryID: r.DeliveryID, Channel: r.Channel, Route: r.Route, Reason: r.Reason, State: r.State, NotBefore: r.NotBeforeAt, Note: r.Note})
		}
	}
	return out
}

// cameBefore reports whether a message was planned without an event or what came after it.
func cameBefore(r Planned, e query.Event) bool {
	if len(r.EventIDs) == 0 {
		return r.CreatedAt < e.At
	}
	return slices.Max(r.EventIDs) < e.EventID
}

// asItWas opens the incident of an event again that did not end it, for what it was at the time.
func asItWas(subjects map[int64]route.Subject, e query.Event) {
	s, have := subjects[e.IncidentID]
	switch {
	case !have || !s.Over():
	case e.Kind == normalize.EventIncidentResolved, e.Kind == normalize.EventPostmortemPosted, e.Kind == normalize.EventMaintenanceCompleted:
	default:
		s.State = string(normalize.StateUnknown)
		subjects[e.IncidentID] = s
	}
}
