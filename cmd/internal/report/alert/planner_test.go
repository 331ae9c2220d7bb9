package alert

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// filed is a record on disk with one page, and a planner over it that is made anew for each step, as after a
// restart.
type filed struct {
	t      *testing.T
	db     *db.DB
	source int64
	now    time.Time
	seen   []normalize.Incident
	calm   Calm

	perIncident, onCall []string
}

func newFiled(t *testing.T) *filed {
	path := filepath.Join(t.TempDir(), "vendorwatch.db")
	reporttest.EmptyFile(t, path)
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	f := &filed{t: t, db: d, now: noon, calm: Calm{Flapping: 5 * time.Minute, Group: 2 * time.Minute, Cap: 60}}
	t.Cleanup(func() { d.Close() })
	vendor, err := record.New(d).EnsureVendor(t.Context(), query.Vendor{Slug: "acme", Name: "Acme"})
	f.must(err)
	f.source, err = record.New(d).EnsureSource(t.Context(), vendor, "https://status.acme.example", "statuspage")
	f.must(err)
	f.must(record.New(d).SetWatched(t.Context(), []int64{f.source}))
	f.must(f.planner().Ensure(t.Context()))
	f.scrape(nil)
	return f
}

func (f *filed) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *filed) planner() *Planner {
	p := NewPlanner(query.New(f.db), ledger.New(f.db))
	p.Routes, p.Calm, p.Now = []route.Route{usual("team")}, f.calm, func() time.Time { return f.now }
	p.Routes[0].Mention, p.PerIncident, p.OnCall = critical, f.perIncident, f.onCall
	p.Reminders = ReminderSettings{SilentAfter: 4 * time.Hour, Unreadable: 24 * time.Hour}
	return p
}

func (f *filed) scrape(failure error) {
	f.t.Helper()
	s := record.Scrape{SourceID: f.source, At: f.now, Interval: 5 * time.Minute, Err: failure,
		Unreadable: failure != nil}
	if failure == nil {
		s.Incidents, s.AllOpen, s.CoverageStart, s.HTTPStatus = slices.Clone(f.seen), false, noon.Add(-48*time.Hour),
			200
	}
	_, err := record.New(f.db).SaveScrape(f.t.Context(), s)
	f.must(err)
}

// shows sets how the page shows an incident.
func (f *filed) shows(key string, severity normalize.Severity, state normalize.State) {
	f.t.Helper()
	i := normalize.Incident{Key: key, Kind: normalize.KindIncident, Title: "Trouble " + key, Severity: severity,
		VendorSeverity: string(severity), State: state,
		VendorState: string(state), StartedAt: f.now, StartGiven: true}
	n := slices.IndexFunc(f.seen, func(o normalize.Incident) bool { return o.Key == key })
	if n < 0 {
		f.seen = append(f.seen, i)
	} else {
		i.StartedAt = f.seen[n].StartedAt
		f.seen[n] = i
	}
	if state.Over() {
		f.seen[len(f.seen)-1].ResolvedAt = f.now
	}
	f.scrape(nil)
}

// step lets time pass, plans, and delivers what is to be sent.
func (f *filed) step(d time.Duration) {
	f.t.Helper()
	f.now = f.now.Add(d)
	_, err := f.planner().Plan(f.t.Context())
	f.must(err)
	for {
		next, ok, _, err := ledger.New(f.db).NextDelivery(f.t.Context(), "team", "", f.now)
		f.must(err)
		if !ok {
			return
		}
		f.must(ledger.New(f.db).MarkDelivered(f.t.Context(), next.DeliveryID, f.now, "taken", ""))
	}
}

// told lists the ledger: when it was planned, why, and what became of it.
func (f *filed) told() []string {
	f.t.Helper()
	all, err := ledger.New(f.db).Deliveries(f.t.Context(), ledger.DeliveryFilter{Stream: ledger.StreamAlerts})
	f.must(err)
	var out []string
	for _, d := range all {
		line := fmt.Sprintf("%s %s %s", d.CreatedAt[11:16], d.Reason, d.State)
		if d.DeliveredAt != "" {
			line += " " + d.DeliveredAt[11:16]
		}
		out = append(out, line)
	}
	return out
}

func (f *filed) want(lines ...string) {
	f.t.Helper()
	if diff := cmp.Diff(lines, f.told()); diff != "" {
		f.t.Errorf("the ledger (-want +got):\n%s", diff)
	}
}

func TestPlannerKeepsItsPlaceInTheFile(t *testing.T) {
	f := newFiled(t)
	f.shows("a", major, normalize.StateInvestigating)
	f.step(0)
	f.want("12:00 first delivered 12:00")
	f.step(time.Minute)
	f.shows("b", major, normalize.StateInvestigating)
	f.shows("c", minor, normalize.StateInvestigating)
	f.step(0)
	f.step(time.Minute)
	f.want("12:00 first delivered 12:00", "12:01 first delivered 12:02")

	f.step(time.Hour)
	f.shows("a", major, normalize.StateResolved)
	f.step(0)
	f.step(3 * time.Minute)
	f.shows("a", major, normalize.StateInvestigating)
	f.step(0)
	f.step(time.Hour)
	f.want("12:00 first delivered 12:00", "12:01 first delivered 12:02", "13:02 resolved skipped")

	f.shows("c", critical, normalize.StateInvestigating)
	f.shows("a", major, normalize.StateResolved)
	f.step(0)
	f.step(5 * time.Minute)
	f.want("12:00 first delivered 12:00", "12:01 first delivered 12:02", "13:02 resolved skipped",
		"14:05 first delivered 14:05", "14:05 resolved delivered 14:10")
}

func TestPlannerReadsMutesAndPages(t *testing.T) {
	f := newFiled(t)
	mute, err := ledger.New(f.db).Act(t.Context(), ledger.NewAction{Kind: query.ActionMute, Vendor: "acme",
		Text: "known", Who: "anna", Via: query.ViaCLI, Until: f.now.Add(24 * time.Hour)}, f.now)
	f.must(err)
	f.shows("a", critical, normalize.StateInvestigating)
	f.step(0)
	f.want("12:00 first held")
	f.step(time.Hour)
	_, err = ledger.New(f.db).End(t.Context(), mute.ActionID, "anna", f.now)
	f.must(err)
	f.step(time.Minute)
	f.want("12:00 first delivered 13:01")

	for range 3 {
		f.now = f.now.Add(5 * time.Minute)
		f.scrape(errors.New("503 Service Unavailable"))
	}
	f.step(0)
	f.step(24 * time.Hour)
	f.scrape(nil)
	f.step(time.Minute)
	f.want("12:00 first delivered 13:01", "13:16 unreadable delivered 13:16", "13:16 reminder delivered 13:16",
		"13:16 reminder delivered 13:16", "13:17 readable delivered 13:17")
}

func TestWhatBecomesCriticalAtNightCallsPeople(t *testing.T) {
	f := newFiled(t)
	f.calm = Calm{Quiet: []QuietSpan{{12 * time.Hour, 18 * time.Hour}}}
	f.shows("a", major, normalize.StateInvestigating)
	f.step(time.Hour)
	f.want("13:00 first held")
	f.shows("a", critical, normalize.StateInvestigating)
	f.step(time.Minute)
	f.want("13:00 first delivered 13:01")
	all, err := ledger.New(f.db).Deliveries(t.Context(), ledger.DeliveryFilter{})
	f.must(err)
	if len(all) != 1 || all[0].Mention != 1 || len(all[0].EventIDs) != 2 {
		t.Errorf("deliveries %+v; want one that tells both events and calls people", all)
	}
}

// Several processes on one file, as serve and digest are, plan each message once.
func TestPlannersSideBySide(t *testing.T) {
	f := newFiled(t)
	f.calm = Calm{}
	for n := range 10 {
		f.shows(fmt.Sprint(n), major, normalize.StateInvestigating)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := f.planner().Plan(context.Background()); err != nil && !errors.Is(err, ledger.ErrPlanned) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := len(f.told()); got != 10 {
		t.Errorf("%d messages for ten incidents:\n%v", got, f.told())
	}
}

func TestNoAlertsWithoutRoutes(t *testing.T) {
	f := newFiled(t)
	p := f.planner()
	p.Routes = nil
	f.shows("a", critical, normalize.StateInvestigating)
	plan, err := p.Plan(t.Context())
	f.must(err)
	if len(plan.Add) != 0 {
		t.Errorf("planned without a route: %+v", plan)
	}
}

func TestExplain(t *testing.T) {
	f := newFiled(t)
	f.shows("a", minor, normalize.StateInvestigating)
	f.step(time.Hour)
	f.shows("a", critical, normalize.StateInvestigating)
	f.step(time.Hour)
	f.shows("a", critical, normalize.StateResolved)
	f.step(time.Hour)
	events, err := query.New(f.db).EventsAfter(t.Context(), 0, 0)
	f.must(err)
	for _, tt := range []struct {
		kind     normalize.EventKind
		matched  bool
		why      string
		messages []string
		planned  int
	}{
		{normalize.EventIncidentOpened, false, "severity minor is below major", nil, 0},
		{normalize.EventSeverityChanged, true, "event severity_changed; severity critical is at least major",
			[]string{"first pending"}, 1},
		{normalize.EventIncidentResolved, true, "event incident_resolved; severity critical is at least major",
			[]string{"resolved held"}, 1},
	} {
		t.Run(string(tt.kind), func(t *testing.T) {
			n := slices.IndexFunc(events, func(e query.Event) bool { return e.Kind == tt.kind })
			if n < 0 {
				t.Fatalf("no event of that kind in %+v", events)
			}
			x, err := f.planner().Explain(t.Context(), events[n].EventID)
			f.must(err)
			if v := x.Verdicts[0]; v.Matched != tt.matched || v.Why != tt.why {
				t.Errorf("verdict %+v; want %v, %q", v, tt.matched, tt.why)
			}
			var messages []string
			for _, m := range x.Messages {
				messages = append(messages, m.Reason+" "+string(m.State))
			}
			if diff := cmp.Diff(tt.messages, messages); diff != "" || len(x.Planned) != tt.planned {
				t.Errorf("messages (-want +got):\n%s\nplanned: %+v", diff, x.Planned)
			}
		})
	}
	for kind, open := range map[normalize.EventKind]bool{
		normalize.EventIncidentOpened: true, normalize.EventUpdatePosted: true, normalize.EventStateChanged: true,
		normalize.EventSeverityChanged: true, normalize.EventIncidentEdited: true,
		normalize.EventIncidentReopened: true, normalize.EventIncidentLeftFeed: true,
		normalize.EventMaintenanceScheduled: true, normalize.EventMaintenanceStarted: true,
		normalize.EventIncidentResolved: false, normalize.EventMaintenanceCompleted: false,
		normalize.EventPostmortemPosted: false,
	} {
		subjects := map[int64]route.Subject{
			1: {Incident: query.Incident{State: string(normalize.StateResolved)}},
			2: {Incident: query.Incident{State: string(normalize.StateMonitoring)}},
		}
		for id := range int64(4) { // some of them are on record
			asItWas(subjects, query.Event{Kind: kind, IncidentID: id})
		}
		if over := subjects[1].Over(); over == open || len(subjects) != 2 {
			t.Errorf("at %s, an incident that has ended since counts as over: %v", kind, over)
		}
		if got := subjects[2].State; got != string(normalize.StateMonitoring) {
			t.Errorf("at %s, an open incident is %s", kind, got)
		}
	}
	if _, err := f.planner().Explain(t.Context(), 4711); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("of an event that is not there: %v", err)
	}
}
