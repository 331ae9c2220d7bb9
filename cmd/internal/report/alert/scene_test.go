package alert

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// scene plays a scenario against the planner, with the record and the clock in memory. It logs a line
// for each message that is sent, held or suppressed.
type scene struct {
	t         rapid.TB
	facts     Facts // routes, calm, channels and vendors
	now       time.Time
	incidents map[int64]*route.Subject
	events    []query.Event // all of them
	unplanned []query.Event
	rows      []Planned
	mutes     []query.Action
	pages     []query.SourceHealth
	stuck     map[string]bool // channels that take nothing
	log       []string
}

// noon is a Monday.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// usual is the route that [alerts] stands for.
func usual(channels ...string) route.Route {
	return route.Route{Name: "alerts", Channels: channels, Match: route.Match{Severity: normalize.SeverityMajor,
		Events: []normalize.EventKind{
			normalize.EventIncidentOpened, normalize.EventIncidentResolved, normalize.EventIncidentReopened,
			normalize.EventSeverityChanged,
			normalize.EventSourceUnreadable, normalize.EventSourceReadable, normalize.EventSourceMoved,
			words.OwnNetwork, words.SLAAtRisk, words.SLAMissed,
		}}}
}

func newScene(t rapid.TB) *scene {
	return &scene{t: t, now: noon, incidents: map[int64]*route.Subject{}, stuck: map[string]bool{}, facts: Facts{
		Routes: []route.Route{usual("team")}, PerIncident: map[string]bool{}, Vendors: map[string]route.Vendor{
			"acme": {Name: "Acme", Owner: "platform", Tags: []string{"core"}},
			"bolt": {Name: "Bolt", Owner: "sales", Tags: []string{"crm"}},
		},
	}}
}

// incident makes an incident of acme, or of bolt from number 100 on.
func (s *scene) incident(id int64, severity normalize.Severity) *route.Subject {
	if s.incidents[id] == nil {
		vendor, source := "acme", int64(1)
		if id >= 100 {
			vendor, source = "bolt", 2
		}
		s.incidents[id] = &route.Subject{Incident: query.Incident{
			IncidentID: id, Vendor: vendor, VendorName: s.facts.Vendors[vendor].Name, SourceID: source,
			Kind: "incident", State: "investigating",
			Severity: string(severity), StartedAt: normalize.FormatTime(s.now),
			FirstSeenAt: normalize.FormatTime(s.now),
		}}
	}
	return s.incidents[id]
}

func (s *scene) happen(kind normalize.EventKind, id int64, detail ...string) {
	e := query.Event{EventID: int64(len(s.events) + 1), Kind: kind, At: normalize.FormatTime(s.now), IncidentID: id,
		SourceID: 1, Vendor: "acme", VendorName: "Acme", Detail: map[string]string{}}
	if i := s.incidents[id]; i != nil {
		e.SourceID, e.Vendor, e.VendorName = i.SourceID, i.Vendor, i.VendorName
	}
	for n := 0; n+1 < len(detail); n += 2 {
		e.Detail[detail[n]] = detail[n+1]
	}
	s.events, s.unplanned = append(s.events, e), append(s.unplanned, e)
}

func (s *scene) open(id int64, severity normalize.Severity) {
	s.incident(id, severity)
	s.happen(normalize.EventIncidentOpened, id)
}

func (s *scene) severity(id int64, to normalize.Severity) {
	from := s.incidents[id].Severity
	s.incidents[id].Severity = string(to)
	s.happen(normalize.EventSeverityChanged, id, "from", from, "to", string(to))
}

func (s *scene) resolve(id int64) {
	s.incidents[id].State, s.incidents[id].ResolvedAt = "resolved", normalize.FormatTime(s.now)
	s.happen(normalize.EventIncidentResolved, id)
}

func (s *scene) reopen(id int64) {
	s.incidents[id].State, s.incidents[id].ResolvedAt = "investigating", ""
	s.happen(normalize.EventIncidentReopened, id)
}

func (s *scene) update(id int64) {
	s.incidents[id].LatestPostedAt = normalize.FormatTime(s.now)
	s.happen(normalize.EventUpdatePosted, id)
}

func (s *scene) mute(m query.Action, length time.Duration) {
	m.Kind, m.ActionID, m.CreatedAt, m.UntilAt = query.ActionMute, int64(len(s.mutes)+1), normalize.FormatTime(s.now),
		normalize.FormatTime(s.now.Add(length))
	s.mutes = append(s.mutes, m)
}

// wait plans what is new and lets time pass, with a plan each minute.
func (s *scene) wait(d time.Duration) {
	s.t.Helper()
	s.plan()
	for end := s.now.Add(d); s.now.Before(end); s.plan() {
		s.now = s.now.Add(min(time.Minute, end.Sub(s.now)))
	}
}

// plan plans what is new and sends what is to be sent.
func (s *scene) plan() Plan {
	s.t.Helper()
	f := s.facts
	f.Now, f.Events, f.Rows, f.Subjects = s.now, s.unplanned, s.rows, map[int64]route.Subject{}
	f.Mutes = slices.DeleteFunc(slices.Clone(s.mutes), func(m query.Action) bool {
		return m.EndedAt != "" ||
			!words.Time(m.UntilAt).After(s.now)
	})
	for id, i := range s.incidents {
		f.Subjects[id] = *i
	}
	f.Reminders.Pages = s.pages
	f.Reminders.Open = nil
	for id := range int64(300) {
		if i := s.incidents[id]; i != nil && !i.Over() {
			f.Reminders.Open = append(f.Reminders.Open, *i)
		}
	}
	plan := MakePlan(f)
	s.unplanned = nil
	s.apply(plan)
	for n := range s.rows {
		if r := &s.rows[n]; r.State == ledger.DeliveryPending && !s.stuck[r.Channel] {
			r.State, r.DeliveredAt = ledger.DeliveryDelivered, normalize.FormatTime(s.now)
		}
	}
	return plan
}

// apply does what db.SavePlan does.
func (s *scene) apply(plan Plan) {
	s.t.Helper()
	for _, c := range plan.Change {
		r := &s.rows[c.DeliveryID-1]
		if r.State != ledger.DeliveryHeld && r.State != ledger.DeliveryPending {
			s.t.Fatalf("the plan changes a message that is %s: %+v", r.State, r.Delivery)
		}
		was := r.State
		r.State, r.Note, r.NotBeforeAt = c.State, c.Note, normalize.FormatTime(c.NotBefore)
		r.EventIDs = append(r.EventIDs, c.EventIDs...)
		if c.Mention {
			r.Mention = 1
		}
		if was != r.State {
			s.say(r)
		}
	}
	for _, n := range plan.Add {
		if slices.ContainsFunc(s.rows, func(r Planned) bool {
			return r.Channel == n.Channel &&
				r.DedupKey == n.DedupKey && n.DedupKey != ""
		}) {
			continue
		}
		r := Planned{Delivery: ledger.Delivery{
			DeliveryID: int64(len(s.rows) + 1), Channel: n.Channel, Reason: n.Reason, Route: n.Route,
			DedupKey: n.DedupKey, Note: n.Note, State: n.State,
			IncidentID: n.IncidentID, SourceID: n.SourceID, EventIDs: n.EventIDs,
			NotBeforeAt: normalize.FormatTime(n.NotBefore), CreatedAt: normalize.FormatTime(s.now),
			Mention: bit(n.Mention),
		}}
		if n.SourceID != 0 {
			r.Vendor = "acme"
		}
		if n.IncidentID != 0 {
			r.Incidents = []int64{n.IncidentID}
		} else if n.Reason != string(message.ReasonHeldBack) {
			for _, id := range n.EventIDs {
				if i := s.events[id-1].IncidentID; i != 0 && !slices.Contains(r.Incidents, i) {
					r.Incidents = append(r.Incidents, i)
				}
			}
		}
		s.rows = append(s.rows, r)
		s.say(&r)
	}
}

// say writes what became of a message: "12:00 team first #1".
func (s *scene) say(r *Planned) {
	words := []string{s.now.Format("15:04"), r.Channel, r.Reason}
	for _, id := range r.Incidents {
		words = append(words, fmt.Sprintf("#%d", id))
	}
	if r.SourceID != 0 {
		words = append(words, fmt.Sprintf("page %d", r.SourceID))
	}
	if r.Mention != 0 {
		words = append(words, "@here")
	}
	if r.State != ledger.DeliveryPending {
		words = append(words, string(r.State))
	}
	line := strings.Join(words, " ")
	if r.Note != "" {
		line += ": " + r.Note
	}
	s.log = append(s.log, line)
}
