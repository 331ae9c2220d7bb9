package deliver

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/alert"
	"vendorwatch/cmd/internal/report/channel/pagerduty"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
)

// pager keeps alerts as a service that pages people does: by key.
type pager struct {
	*httptest.Server
	open   []string // keys
	opened []string // every key that was ever opened
}

func newPager(t *testing.T) *pager {
	p := &pager{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var e struct {
			Action string `json:"event_action"`
			Key    string `json:"dedup_key"`
		}
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			t.Error(err)
		}
		p.open = slices.DeleteFunc(p.open, func(k string) bool { return k == e.Key })
		if e.Action == "trigger" {
			p.open = append(p.open, e.Key)
			if !slices.Contains(p.opened, e.Key) {
				p.opened = append(p.opened, e.Key)
			}
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"status":"success"}`)
	}))
	t.Cleanup(p.Close)
	return p
}

// watched is a vendor whose page a test changes, with the planner and the sender of one channel that pages people.
type watched struct {
	*reporttest.World
	planner  *alert.Planner
	sender   *Sender
	incident normalize.Incident
	parts    []normalize.Component
	gone     bool // the page does not list the incident
	broken   bool // the page cannot be read
	out      bool // the configuration does not list the page
}

func watch(t *testing.T, r route.Route, p *pager) *watched {
	w := &watched{World: reporttest.NewWorld(t), parts: []normalize.Component{
		{Key: "api", Name: strings.Repeat("API of a long name ", 20) + "A", Status: normalize.StatusOperational},
		{Key: "web", Name: strings.Repeat("API of a long name ", 20) + "B", Status: normalize.StatusOperational},
	}}
	w.incident = normalize.Incident{Key: "one", Kind: normalize.KindIncident, Title: "Trouble",
		Severity: normalize.SeverityMajor, State: normalize.StateInvestigating, StartedAt: w.At, StartGiven: true}
	w.gone = true
	c, err := pagerduty.New("pager", strings.Repeat("k", 32), p.URL, nil)
	w.Must(err)
	w.planner = alert.NewPlanner(w.DB, w.Ledger)
	r.Name, r.Channels = "pages", []string{"pager"}
	w.planner.Routes, w.planner.PerIncident, w.planner.OnCall = []route.Route{r}, r.Channels, r.Channels
	w.sender = senderTo(w.World, c, io.Discard)
	w.look()
	return w
}

// look reads the page as it is, and plans and sends what that tells.
func (w *watched) look() {
	w.T.Helper()
	if w.broken {
		w.fail()
		return
	}
	s := record.Scrape{SourceID: w.Source, At: w.At, Interval: 6 * time.Hour, HTTPStatus: 200, Requests: 1,
		CoverageStart: w.At.Add(-24 * time.Hour), Components: w.parts, AllComponents: true, AllOpen: true}
	if !w.gone {
		s.Incidents = []normalize.Incident{w.incident}
	}
	w.save(s)
}

func (w *watched) save(s record.Scrape) {
	w.T.Helper()
	w.At = w.At.Add(time.Minute)
	if !w.out {
		_, err := w.Record.SaveScrape(w.T.Context(), s)
		w.Must(err)
	}
	w.planner.Now = func() time.Time { return w.At }
	w.sender.Now = w.planner.Now
	_, err := w.planner.Plan(w.T.Context())
	w.Must(err)
	_, err = w.sender.sendDue(w.T.Context())
	w.Must(err)
}

func (w *watched) fail() {
	w.save(record.Scrape{SourceID: w.Source, At: w.At, Interval: 6 * time.Hour, HTTPStatus: 503, Requests: 1,
		Err: fmt.Errorf("503")})
}

func (w *watched) post(state normalize.State) {
	w.incident.State = state
	w.incident.Updates = append(w.incident.Updates, normalize.Update{Key: fmt.Sprint(len(w.incident.Updates)),
		State: state, PostedAt: w.At, Body: fmt.Sprintf("Post %d.", len(w.incident.Updates))})
}

// However an alert was opened and whatever becomes of what it is about, it is closed when that is over, under the key
// that opened it, and nothing is open under another.
func TestOnCallChannelsCloseWhatTheyOpened(t *testing.T) {
	racetest.Skip(t, "many stories, told one after the other")
	events := func(kinds ...normalize.EventKind) route.Route { return route.Route{Match: route.Match{Events: kinds}} }
	work := func(w *watched) {
		w.gone = false
		w.incident.Kind, w.incident.State = normalize.KindMaintenance, normalize.StateScheduled
		w.incident.ScheduledStartAt, w.incident.ScheduledEndAt = time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
	}
	opened := func(w *watched) { w.gone = false; w.look() }
	part := func(to normalize.ComponentStatus) func(w *watched) {
		return func(w *watched) { w.parts[0].Status = to; w.look() }
	}
	type step struct {
		name string
		do   func(w *watched)
	}
	unwatched := step{"taken out of the configuration", func(w *watched) { w.watch(false) }}
	incidentEnds := []step{
		unwatched,
		{"resolved", func(w *watched) { w.post(normalize.StateResolved); w.look() }},
		{"completed", func(w *watched) { w.post(normalize.StateCompleted); w.look() }},
		{"cancelled", func(w *watched) { w.post(normalize.StateCancelled); w.look() }},
		{"gone from its page", func(w *watched) { w.gone = true; w.look() }},
		{"filed as planned work, and completed", func(w *watched) {
			w.incident.Kind, w.incident.Title = normalize.KindMaintenance, "Work"
			w.post(normalize.StateInProgress)
			w.look()
			w.post(normalize.StateCompleted)
			w.look()
		}},
		{"filed as a notice, and over", func(w *watched) {
			w.incident.Kind = normalize.KindNotice
			w.look()
			w.post(normalize.StateResolved)
			w.look()
		}},
		{"without its component, and resolved", func(w *watched) {
			w.incident.Components = w.parts[1:]
			w.look()
			w.post(normalize.StateResolved)
			w.look()
		}},
		{"hidden by a filter, and resolved", func(w *watched) {
			w.Must(w.Record.SetFilter(w.T.Context(), w.Source, normalize.Filter{Components: []string{"other"},
				Severity: normalize.SeverityCritical, Kinds: []normalize.Kind{"other"}}, w.At))
			w.post(normalize.StateResolved)
			w.look()
		}},
		{"muted, and gone from its page", func(w *watched) {
			w.mute()
			w.gone = true
			w.look()
		}},
		{"muted, and resolved", func(w *watched) {
			w.mute()
			w.post(normalize.StateResolved)
			w.look()
		}},
		{"reopened, and resolved", func(w *watched) {
			w.post(normalize.StateResolved)
			w.look()
			w.post(normalize.StateInvestigating)
			w.look()
			w.post(normalize.StateResolved)
			w.look()
		}},
		{"in an hour over the cap", func(w *watched) {
			w.planner.Calm.Cap = 1
			w.post(normalize.StateResolved)
			w.look()
		}},
	}
	for _, c := range []struct {
		name  string
		route route.Route
		begin func(w *watched)
		key   string
		ends  []step
	}{
		{"an opening", route.Route{}, opened, "vendorwatch-incident-1", incidentEnds},
		{"an opening, by a route that names only that", events(normalize.EventIncidentOpened), opened,
			"vendorwatch-incident-1", incidentEnds},
		{"a component of an incident", route.Route{Match: route.Match{Components: []string{"*A"},
			Events: []normalize.EventKind{normalize.EventIncidentOpened}}}, func(w *watched) {
			w.incident.Components = w.parts[:1]
			opened(w)
		}, "vendorwatch-incident-1", incidentEnds},
		{"a severity that rose", route.Route{Match: route.Match{Severity: normalize.SeverityCritical}},
			func(w *watched) {
				opened(w)
				w.incident.Severity = normalize.SeverityCritical
				w.look()
			}, "vendorwatch-incident-1", incidentEnds},
		{"a post", events(normalize.EventUpdatePosted), func(w *watched) {
			opened(w)
			w.post(normalize.StateIdentified)
			w.look()
		}, "vendorwatch-incident-1", incidentEnds},
		{"a silent vendor", route.Route{}, func(w *watched) {
			w.planner.Reminders.SilentAfter = time.Minute
			opened(w)
			w.look()
		}, "vendorwatch-incident-1", incidentEnds},
		{"planned work that began", events(normalize.EventMaintenanceStarted), func(w *watched) {
			work(w)
			w.look()
			w.post(normalize.StateInProgress)
			w.look()
		}, "vendorwatch-incident-1", incidentEnds},
		{"planned work that is near", events(normalize.EventMaintenanceStarted), func(w *watched) {
			w.planner.Reminders.Maintenance = []time.Duration{24 * time.Hour}
			work(w)
			w.look()
		}, "vendorwatch-incident-1", incidentEnds},
		{"a page that cannot be read", events(normalize.EventSourceUnreadable), func(w *watched) {
			w.fail()
			w.fail()
			w.fail()
		}, "vendorwatch-source-1", []step{{"readable", func(w *watched) { w.look() }}, unwatched}},
		{"a component", route.Route{Match: route.Match{Severity: normalize.SeverityMajor,
			Events: []normalize.EventKind{normalize.EventComponentChanged}}}, part(normalize.StatusMajor),
			"vendorwatch-component-1", []step{
				unwatched,
				{"well", part(normalize.StatusOperational)},
				{"well, by and by", func(w *watched) {
					part(normalize.StatusDegraded)(w)
					part(normalize.StatusOperational)(w)
				}},
				{"well under another name", func(w *watched) {
					w.parts[0].Name = "Programs"
					w.look()
					part(normalize.StatusOperational)(w)
				}},
				{"gone from its page", func(w *watched) {
					w.parts = w.parts[1:]
					w.look()
				}},
				{"hidden by a filter, and well", func(w *watched) {
					w.Must(w.Record.SetFilter(w.T.Context(), w.Source, normalize.Filter{Components: []string{"other"}},
						w.At))
					part(normalize.StatusOperational)(w)
				}},
			}},
	} {
		for _, end := range c.ends {
			t.Run(c.name+"/"+end.name, func(t *testing.T) {
				p := newPager(t)
				w := watch(t, c.route, p)
				c.begin(w)
				if !slices.Equal(p.open, []string{c.key}) {
					t.Fatalf("open: %q, want %s", p.open, c.key)
				}
				end.do(w)
				w.look() // once more, to see that nothing opens again
				if len(p.open) > 0 || !slices.Equal(p.opened, []string{c.key}) {
					t.Errorf("still open: %q; opened: %q", p.open, p.opened)
				}
				before := w.sentSoFar()
				for range 3 {
					w.At = w.At.Add(time.Hour)
					w.look()
				}
				if after := w.sentSoFar(); after != before {
					t.Errorf("%d messages are planned when nothing happens", after-before)
				}
			})
		}
	}
}

// What left its page and comes back opens again, and what was two alerts before it was known to be one ends as both.
func TestOnCallAlertsThatComeBackOrMeet(t *testing.T) {
	p := newPager(t)
	w := watch(t, route.Route{}, p)
	w.gone = false
	w.look()
	w.gone = true
	w.look()
	if len(p.open) != 0 {
		t.Fatalf("open: %q", p.open)
	}
	w.gone = false
	w.look()
	if len(p.open) != 1 {
		t.Errorf("it is back, and open: %q", p.open)
	}
	second := w.incident
	second.Key, second.Title = "two", "Search is slow"
	w.save(record.Scrape{SourceID: w.Source, At: w.At, Interval: time.Hour, HTTPStatus: 200, Requests: 1,
		Incidents: []normalize.Incident{w.incident, second}})
	if len(p.open) != 2 {
		t.Fatalf("open: %q", p.open)
	}
	w.Must(w.File.Change(t.Context(), func(tx *db.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE incidents SET same_event_id = 1`)
		return err
	}))
	w.post(normalize.StateResolved)
	second.State = normalize.StateResolved
	w.save(record.Scrape{SourceID: w.Source, At: w.At, Interval: time.Hour, HTTPStatus: 200, Requests: 1,
		Incidents: []normalize.Incident{w.incident, second}})
	if len(p.open) != 0 {
		t.Errorf("open: %q", p.open)
	}
}

// watch lists the page in the configuration, or takes it out. A page that is taken out is not read.
func (w *watched) watch(watched bool) {
	w.T.Helper()
	var ids []int64
	if watched {
		ids = append(ids, w.Source)
	}
	w.Must(w.Record.SetWatched(w.T.Context(), ids))
	w.out = !watched
	w.look()
}

// What is taken out of the configuration while it is open ends on call, and opens again with its page. What was over
// by then stays closed, and nobody is reminded of what nobody reads.
func TestOnCallAlertsOfPagesThatAreTakenOutAndPutBack(t *testing.T) {
	for _, c := range []struct {
		name  string
		begin func(w *watched)
		back  bool // it is still open when its page is read again
		then  func(w *watched)
	}{
		{"an incident", func(w *watched) { w.gone = false; w.look() }, true, func(*watched) {}},
		{"an incident that is over by then", func(w *watched) { w.gone = false; w.look() }, false,
			func(w *watched) { w.post(normalize.StateResolved) }},
		{"a component", func(w *watched) { w.parts[0].Status = normalize.StatusMajor; w.look() }, true,
			func(*watched) {}},
		{"a component that is well by then", func(w *watched) { w.parts[0].Status = normalize.StatusMajor; w.look() },
			false, func(w *watched) { w.parts[0].Status = normalize.StatusOperational }},
		{"a page", func(w *watched) { w.fail(); w.fail(); w.fail() }, true, func(w *watched) { w.broken = true }},
		{"a page that can be read by then", func(w *watched) { w.fail(); w.fail(); w.fail() }, false,
			func(*watched) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPager(t)
			w := watch(t, route.Route{Match: route.Match{Events: []normalize.EventKind{
				normalize.EventIncidentOpened, normalize.EventComponentChanged, normalize.EventSourceUnreadable}}}, p)
			w.planner.Reminders = alert.ReminderSettings{SilentAfter: time.Hour, Unreadable: time.Hour}
			c.begin(w)
			if w.parts[0].Status != normalize.StatusOperational {
				w.look() // the page itself is red after a second reading
			}
			opened := slices.Clone(p.open)
			if len(opened) == 0 {
				t.Fatal("nothing is open")
			}
			w.watch(false)
			for range 3 {
				w.At = w.At.Add(2 * time.Hour)
				w.look()
			}
			if len(p.open) > 0 {
				t.Fatalf("open while its page is not watched: %q", p.open)
			}
			c.then(w)
			w.watch(true)
			w.look()
			if c.back && !sameKeys(p.open, opened) || !c.back && len(p.open) > 0 {
				t.Errorf("open when its page is watched again: %q, was %q", p.open, opened)
			}
		})
	}
}

func sameKeys(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func (w *watched) mute() {
	w.T.Helper()
	_, err := w.Ledger.Act(w.T.Context(), ledger.NewAction{Kind: query.ActionMute, Vendor: "kustomer", Who: "anna",
		Via: query.ViaCLI, Until: w.At.Add(100 * time.Hour)}, w.At)
	w.Must(err)
}

func (w *watched) sentSoFar() int {
	w.T.Helper()
	all, err := w.Ledger.Deliveries(w.T.Context(), ledger.DeliveryFilter{})
	w.Must(err)
	return len(all)
}
