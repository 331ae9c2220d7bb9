package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// planEvery is how often held messages and reminders are looked at when there is no news.
const planEvery = time.Minute

// replans is how many times a plan is tried when another process saves one first.
const replans = 5

// ReminderSettings say when reminders are sent. A length of 0 switches that reminder off.
type ReminderSettings struct {
	Maintenance []time.Duration // how long before planned work begins
	SilentAfter time.Duration   // after how long without an update, on an open incident that was announced
	Unreadable  time.Duration   // how often, while a page cannot be read
}

// Planner plans alerts for the news in a database, each once. Its state is in the database. Set the fields before the
// first use.
type Planner struct {
	DB          *query.DB
	Ledger      *ledger.Ledger
	Routes      []route.Route
	Vendors     map[string]route.Vendor // by slug
	PerIncident []string                // channels that keep one message per incident
	OnCall      []string                // those of them that page people
	Calm        Calm
	Reminders   ReminderSettings
	Now         func() time.Time // the clock; time.Now by default
	Log         *slog.Logger     // silent by default
	OnPlanned   func()           // called when there is something to send; may be nil
	// BeforePlan is called before news is read, so that what depends on it is known, such as stories; may be nil.
	BeforePlan func(context.Context)

	triggers chan struct{}
	judged   time.Time // when targets were last looked at
	reminded time.Time // when reminders were last looked at, which is done less often than news is planned
}

// NewPlanner returns a Planner with its defaults.
func NewPlanner(d *query.DB, l *ledger.Ledger) *Planner {
	return &Planner{DB: d, Ledger: l, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		triggers: make(chan struct{}, 1)}
}

// Ensure registers alerts in the database, so that no news is missed from now on. On first use they begin with the news
// of the last 24 hours.
func (p *Planner) Ensure(ctx context.Context) error {
	if len(p.Routes) == 0 {
		return nil
	}
	return p.Ledger.EnsureStream(ctx, ledger.StreamAlerts, p.Now())
}

// Trigger makes Run plan now. It does not wait.
func (p *Planner) Trigger() {
	select {
	case p.triggers <- struct{}{}:
	default:
	}
}

// Run plans at each Trigger and once a minute, until ctx ends. Failures are logged and retried.
func (p *Planner) Run(ctx context.Context) {
	tick := time.NewTicker(planEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if _, err := p.Plan(ctx); err != nil && ctx.Err() == nil {
			p.Log.Error("planning of alerts failed, will be retried", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-p.triggers:
		case <-tick.C:
		}
	}
}

// Plan plans messages for what is new, and releases those that were held until now. It returns what it added and
// changed. Without routes it only ends what was begun before.
func (p *Planner) Plan(ctx context.Context) (Plan, error) {
	if err := p.Ensure(ctx); err != nil {
		return Plan{}, err
	}
	if p.BeforePlan != nil {
		p.BeforePlan(ctx)
	}
	for try := 1; ; try++ {
		f, err := p.Facts(ctx)
		if errors.Is(err, db.ErrNotFound) && len(p.Routes) == 0 {
			return Plan{}, nil // alerts were never used
		}
		if err != nil {
			return Plan{}, fmt.Errorf("alerts: %w", err)
		}
		plan := MakePlan(f)
		upTo := int64(0)
		if n := len(f.Events); n > 0 {
			upTo = f.Events[n-1].EventID
		}
		if upTo == 0 && len(plan.Add)+len(plan.Change) == 0 {
			return plan, nil
		}
		err = p.Ledger.SavePlan(ctx, ledger.StreamAlerts, upTo, f.Now, plan.Add, plan.Change)
		if errors.Is(err, ledger.ErrPlanned) && try < replans {
			continue
		}
		if err != nil {
			return Plan{}, fmt.Errorf("alerts: %w", err)
		}
		p.logPlan(plan)
		if len(plan.Add)+len(plan.Change) > 0 && p.OnPlanned != nil {
			p.OnPlanned()
		}
		return plan, nil
	}
}

func (p *Planner) logPlan(plan Plan) {
	for _, n := range plan.Add {
		p.Log.Info("alert planned", "channel", n.Channel, "reason", n.Reason, "state", string(n.State), "incident_id",
			n.IncidentID,
			"source_id", n.SourceID, "route", n.Route, "note", n.Note)
	}
}

// Facts reads what a plan depends on, as of now. It changes nothing, and returns db.ErrNotFound if alerts were never
// used.
func (p *Planner) Facts(ctx context.Context) (Facts, error) {
	stream, err := p.Ledger.Stream(ctx, ledger.StreamAlerts)
	if err != nil {
		return Facts{}, err
	}
	events, err := p.Ledger.UnplannedEvents(ctx, ledger.StreamAlerts)
	if err != nil {
		return Facts{}, err
	}
	f, err := p.FactsOf(ctx, events)
	f.Since = words.Time(stream.CreatedAt)
	return f, err
}

// FactsOf reads what a plan for these events depends on.
func (p *Planner) FactsOf(ctx context.Context, events []query.Event) (Facts, error) {
	g := &gatherer{p: p, rows: map[int64]*Planned{}}
	f := &g.f
	now := p.Now()
	if since := now.Sub(p.reminded); since >= planEvery/2 || since < 0 {
		g.remind, p.reminded = true, now
	}
	*f = Facts{
		Now: now, Events: events, Subjects: map[int64]route.Subject{}, Vendors: p.Vendors, Routes: p.Routes,
		PerIncident: map[string]bool{}, OnCall: map[string]bool{}, Calm: p.Calm,
		Reminders: ReminderFacts{Maintenance: p.Reminders.Maintenance, SilentAfter: p.Reminders.SilentAfter,
			Unreadable: p.Reminders.Unreadable},
	}
	for _, name := range p.PerIncident {
		f.PerIncident[name] = true
	}
	for _, name := range p.OnCall {
		f.OnCall[name] = true
	}
	for _, read := range []func(context.Context) error{g.unwatchedPages, g.mutes, g.actions, g.held, g.pages, g.open,
		g.eventSubjects, g.stories, g.unsettled, g.notified, g.ownOutages, g.targets,
		g.recent} {
		if err := read(ctx); err != nil {
			return Facts{}, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(g.rows)) {
		f.Rows = append(f.Rows, *g.rows[id])
	}
	return *f, nil
}

// gatherer reads facts from the database.
type gatherer struct {
	p      *Planner
	f      Facts
	rows   map[int64]*Planned
	remind bool // whether reminders are looked at this time

	unwatched map[int64]bool // pages that are not watched, by source
}

func (g *gatherer) row(d ledger.Delivery) *Planned {
	if g.rows[d.DeliveryID] == nil {
		g.rows[d.DeliveryID] = &Planned{Delivery: d}
	}
	return g.rows[d.DeliveryID]
}

// subject reads an incident with its components, once.
func (g *gatherer) subject(ctx context.Context, id int64) error {
	if _, have := g.f.Subjects[id]; have || id == 0 {
		return nil
	}
	detail, err := g.p.DB.IncidentByID(ctx, id, g.f.Now)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	s := route.Subject{Incident: detail.Incident, Parts: detail.Parts(), Unwatched: g.unwatched[detail.SourceID]}
	for _, other := range detail.SameEvent {
		s.Also = append(s.Also, other.IncidentID)
		s.Unwatched = s.Unwatched && g.unwatched[other.SourceID]
	}
	g.f.Subjects[id] = s
	return nil
}

func (g *gatherer) unwatchedPages(ctx context.Context) error {
	ids, err := g.p.DB.Unwatched(ctx)
	g.unwatched = map[int64]bool{}
	for _, id := range ids {
		g.unwatched[id] = true
	}
	return err
}

func (g *gatherer) mutes(ctx context.Context) (err error) {
	g.f.Mutes, err = g.p.DB.Mutes(ctx, g.f.Now)
	return err
}

// actions reads what people did of late about incidents. It reads the incidents before the alerts on them are read.
func (g *gatherer) actions(ctx context.Context) (err error) {
	if g.f.Actions, err = g.p.DB.ActionsSince(ctx, g.f.Now.Add(-tellActionsFor)); err != nil {
		return err
	}
	for _, a := range g.f.Actions {
		if err := g.subject(ctx, a.IncidentID); err != nil {
			return err
		}
	}
	return nil
}

func (g *gatherer) held(ctx context.Context) error {
	held, err := g.p.Ledger.Deliveries(ctx, ledger.DeliveryFilter{Stream: ledger.StreamAlerts,
		State: ledger.DeliveryHeld})
	if err != nil {
		return err
	}
	for _, d := range held {
		g.row(d)
		if err := g.subject(ctx, d.IncidentID); err != nil {
			return err
		}
	}
	return nil
}

// pages reads the health of pages, and the alerts on those that have news or cannot be read.
func (g *gatherer) pages(ctx context.Context) (err error) {
	if g.remind && g.f.Reminders.Unreadable > 0 {
		if g.f.Reminders.Pages, err = g.p.DB.SourceHealth(ctx, g.f.Now); err != nil {
			return err
		}
	}
	ids := []int64{}
	for _, e := range g.f.Events {
		if e.IncidentID == 0 && !slices.Contains(ids, e.SourceID) {
			ids = append(ids, e.SourceID)
		}
	}
	for _, h := range g.f.Reminders.Pages {
		if h.Health == "unreadable" && !slices.Contains(ids, h.SourceID) {
			ids = append(ids, h.SourceID)
		}
	}
	alerts, err := g.p.Ledger.SourceAlerts(ctx, ids)
	for _, d := range alerts {
		g.row(d)
	}
	return err
}

// open reads the incidents that reminders may be about, and those whose severity a component may reveal.
func (g *gatherer) open(ctx context.Context) error {
	components := slices.ContainsFunc(g.f.Events,
		func(e query.Event) bool { return e.Kind == normalize.EventComponentChanged })
	if !g.remind && !components {
		return nil
	}
	open, err := g.p.DB.OpenIncidents(ctx)
	if err != nil {
		return err
	}
	var lead time.Duration
	for _, l := range g.f.Reminders.Maintenance {
		lead = max(lead, l)
	}
	silent := g.f.Reminders.SilentAfter
	for _, i := range open {
		start := words.Time(i.ScheduledStartAt)
		last := words.Time(cmp.Or(i.LatestPostedAt, i.StartedAt, i.FirstSeenAt))
		var wanted bool
		switch i.Kind {
		case string(normalize.KindMaintenance):
			wanted = g.remind && start.After(g.f.Now) && start.Sub(g.f.Now) <= lead
		case string(normalize.KindIncident):
			wanted = g.remind && silent > 0 && g.f.Now.Sub(last) >= silent
		}
		shown := slices.ContainsFunc(g.f.Events, func(e query.Event) bool {
			return e.SourceID == i.SourceID && e.Kind == normalize.EventComponentChanged
		})
		if !wanted && !shown {
			continue
		}
		if err := g.subject(ctx, i.IncidentID); err != nil {
			return err
		}
		if s, have := g.f.Subjects[i.IncidentID]; have && wanted && !s.Unwatched {
			g.f.Reminders.Open = append(g.f.Reminders.Open, s)
		}
	}
	return nil
}

func (g *gatherer) eventSubjects(ctx context.Context) error {
	for _, e := range g.f.Events {
		if err := g.subject(ctx, e.IncidentID); err != nil {
			return err
		}
	}
	return nil
}

// stories reads what else belongs to the stories of what is new or held.
func (g *gatherer) stories(ctx context.Context) error {
	done := map[int64]bool{0: true}
	for _, s := range slices.Collect(maps.Values(g.f.Subjects)) {
		if done[s.StoryID] || s.Over() {
			continue
		}
		done[s.StoryID] = true
		ids, err := g.p.DB.StoryMembers(ctx, s.StoryID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := g.subject(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// settledWithin is how far back alerts are looked for that are open in a channel and over. What has news is looked at
// however old it is.
const settledWithin = 90 * 24 * time.Hour

// unsettled reads what is open in channels that page people, and over, or not watched any more.
func (g *gatherer) unsettled(ctx context.Context) (err error) {
	if len(g.p.OnCall) == 0 || !g.remind && len(g.f.Events) == 0 {
		return nil
	}
	since := g.f.Now.Add(-settledWithin)
	ids, err := g.p.Ledger.Unsettled(ctx, g.p.OnCall, since)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := g.subject(ctx, id); err != nil {
			return err
		}
	}
	if g.f.OpenComponents, err = g.p.Ledger.OpenComponents(ctx, g.p.OnCall, since); err != nil {
		return err
	}
	g.f.OpenPages, err = g.p.Ledger.OpenPages(ctx, g.p.OnCall, since)
	return err
}

// notified reads the alerts on all incidents read so far, and those on other records of the same events.
func (g *gatherer) notified(ctx context.Context) error {
	var ids []int64
	for id, s := range g.f.Subjects {
		ids = append(append(ids, id), s.Also...)
	}
	slices.Sort(ids)
	told, err := g.p.Ledger.Notified(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	for _, incidents := range told {
		for id, t := range incidents {
			for _, d := range t.Deliveries {
				r := g.row(d)
				if r.Incidents = append(r.Incidents, id); g.f.Subjects[id].IncidentID == 0 {
					if err := g.subject(ctx, id); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// recent reads the alerts that count for groups and caps.
func (g *gatherer) recent(ctx context.Context) error {
	since := g.f.Now.UTC().Truncate(time.Hour)
	if grouped := g.f.Now.Add(-max(g.f.Calm.Group, storyWindow)); grouped.Before(since) {
		since = grouped
	}
	alerts, err := g.p.Ledger.RecentAlerts(ctx, since)
	for _, d := range alerts {
		g.row(d)
	}
	return err
}
