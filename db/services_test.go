package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// needing sets services that need things of the file's vendor: "checkout" of its components, "invoices" of all.
func (f *file) needing(component string) {
	f.t.Helper()
	err := f.SetServices(f.t.Context(), []record.Service{
		{Slug: "checkout", Name: "checkout", Critical: true,
			Needs: []record.Need{{Text: "acme: " + component, Vendor: "acme", Component: component}}},
		{Slug: "invoices", Name: "invoices", Needs: []record.Need{{Text: "acme", Vendor: "acme"}}},
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// serviceText is how a service does, in one line.
func (f *file) serviceText(slug string, at time.Time) string {
	f.t.Helper()
	s, err := f.Service(f.t.Context(), slug, at)
	if err != nil {
		f.t.Fatal(err)
	}
	text := fmt.Sprintf("%s because %s", s.Status, s.Because)
	if s.Severity != "" {
		text += ", " + string(s.Severity)
	}
	if s.IncidentID != 0 {
		text += ", on record"
	}
	if s.NeedsInTrouble+s.NeedsUnknown > 0 {
		text += fmt.Sprintf(", %d in trouble, %d unknown", s.NeedsInTrouble, s.NeedsUnknown)
	}
	return text
}

// naming is an open incident that names components.
func naming(id, impact string, names ...string) normalize.Raw {
	raw := withImpact(id, impact)
	for _, name := range names {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: strings.ToLower(name), Name: name})
	}
	return raw
}

// What a service needs of a vendor's components is judged by what concerns these.
func TestServices(t *testing.T) {
	const interval = 5 * time.Minute
	at := after(interval)
	// listing is a page that lists the components Card payments and API in a status each.
	listing := func(cards, api normalize.ComponentStatus, raws ...normalize.Raw) record.Scrape {
		return record.Scrape{At: t0, AllOpen: true, Interval: interval, AllComponents: true, Incidents: read(raws...),
			Components: []normalize.Component{
				{Key: "card payments", Name: "Card payments", Status: cards, VendorStatus: string(cards)},
				{Key: "api", Name: "API", Status: api, VendorStatus: string(api)}}}
	}
	const well, red = normalize.StatusOperational, normalize.StatusMajor
	fails := func(f *file) {
		for n := range 3 {
			f.save(record.Scrape{At: after(time.Duration(n+1) * time.Minute), Interval: interval, Err: errRefused})
		}
	}
	for name, c := range map[string]struct {
		world    func(f *file)
		need     string // "" stands for Card payments
		checkout string
		invoices string
	}{
		"nothing was read": {world: func(*file) {},
			checkout: "unknown because never_read, 0 in trouble, 1 unknown",
			invoices: "unknown because never_read, 0 in trouble, 1 unknown"},
		"all is well": {world: func(f *file) { f.save(listing(well, well)) },
			checkout: "operational because component", invoices: "operational because component"},
		"the needed component is red": {world: func(f *file) { f.save(listing(red, well)) },
			checkout: "major_outage because component, critical, 1 in trouble, 0 unknown",
			invoices: "partial_outage because component, major, on record, 1 in trouble, 0 unknown"},
		"another component is red": {world: func(f *file) { f.save(listing(well, red)) },
			checkout: "operational because component",
			invoices: "partial_outage because component, major, on record, 1 in trouble, 0 unknown"},
		"an incident of the needed component": {
			world:    func(f *file) { f.save(listing(well, well, naming("x", "major", "Card payments"))) },
			checkout: "partial_outage because incident, major, on record, 1 in trouble, 0 unknown",
			invoices: "partial_outage because incident, major, on record, 1 in trouble, 0 unknown"},
		"a critical incident of another": {
			world:    func(f *file) { f.save(listing(well, well, naming("x", "critical", "API"))) },
			checkout: "operational because component",
			invoices: "major_outage because incident, critical, on record, 1 in trouble, 0 unknown"},
		"an incident that names no component": {
			world:    func(f *file) { f.save(listing(well, well, naming("x", "minor"))) },
			checkout: "degraded_performance because incident, minor, on record, 1 in trouble, 0 unknown",
			invoices: "degraded_performance because incident, minor, on record, 1 in trouble, 0 unknown"},
		"an incident of unknown severity": {
			world:    func(f *file) { f.save(listing(well, well, naming("x", "whimsical", "Card payments"))) },
			checkout: "unknown because incident, unknown, on record, 1 in trouble, 0 unknown",
			invoices: "unknown because incident, unknown, on record, 1 in trouble, 0 unknown"},
		"a red word of the page that nothing explains": {world: func(f *file) {
			f.save(listing(well, well))
			f.page(f.source, "major", "page")
		}, checkout: "partial_outage because page, major, 1 in trouble, 0 unknown",
			invoices: "partial_outage because page, major, 1 in trouble, 0 unknown"},
		"a red word of the page that another component explains": {world: func(f *file) {
			f.save(listing(well, red))
			f.page(f.source, "major", "page")
		}, checkout: "operational because component",
			invoices: "partial_outage because page, major, on record, 1 in trouble, 0 unknown"},
		"the needed component under maintenance": {
			world:    func(f *file) { f.save(listing(normalize.StatusMaintenance, well)) },
			checkout: "under_maintenance because component", invoices: "under_maintenance because component"},
		"a word that is not known": {world: func(f *file) { f.save(listing(normalize.StatusUnknown, well)) },
			checkout: "unknown because component, 0 in trouble, 1 unknown",
			invoices: "unknown because component, 0 in trouble, 1 unknown"},
		"the page cannot be read": {world: func(f *file) { f.save(listing(well, well)); fails(f) },
			checkout: "unknown because unreadable, 0 in trouble, 1 unknown",
			invoices: "unknown because unreadable, 0 in trouble, 1 unknown"},
		"the page cannot be read, and was red": {
			world:    func(f *file) { f.save(listing(red, well, naming("x", "major", "Card payments"))); fails(f) },
			checkout: "unknown because unreadable, 0 in trouble, 1 unknown",
			invoices: "unknown because unreadable, major, on record, 0 in trouble, 1 unknown"},
		"a name that the page does not list": {world: func(f *file) { f.save(listing(well, well)) }, need: "Crad",
			checkout: "unknown because no_component, 0 in trouble, 1 unknown",
			invoices: "operational because component"},
		"a page that lists no components": {
			world:    func(f *file) { f.save(record.Scrape{At: t0, AllOpen: true, Interval: interval}) },
			checkout: "operational because nothing_open", invoices: "operational because nothing_open"},
		"a page that lists none, and an incident that names another": {
			world: func(f *file) {
				f.save(record.Scrape{At: t0, AllOpen: true, Interval: interval,
					Incidents: read(naming("x", "major", "API"))})
			},
			checkout: "operational because nothing_open",
			invoices: "partial_outage because incident, major, on record, 1 in trouble, 0 unknown"},
		"a page that lists none, and an incident that names it": {
			world: func(f *file) {
				f.save(record.Scrape{At: t0, AllOpen: true, Interval: interval,
					Incidents: read(naming("x", "major", "Card payments"))})
			},
			checkout: "partial_outage because incident, major, on record, 1 in trouble, 0 unknown",
			invoices: "partial_outage because incident, major, on record, 1 in trouble, 0 unknown"},
		"what filters hide": {world: func(f *file) {
			f.save(listing(well, well, naming("x", "major", "Card payments")))
			f.page(f.source, "none", "component")
			_ = f.exec(`INSERT INTO filtered_incidents (incident_id, since_at) SELECT incident_id, first_seen_at
				FROM incidents`)
		}, checkout: "operational because component", invoices: "operational because component"},
	} {
		t.Run(name, func(t *testing.T) {
			need := c.need
			if need == "" {
				need = "Card payments"
			}
			before, later := newFile(t), newFile(t)
			before.needing(need)
			c.world(before)
			c.world(later)
			later.needing(need) // the configuration may come after the components
			for _, f := range []*file{before, later} {
				if got := f.serviceText("checkout", at); got != c.checkout {
					t.Errorf("checkout: %s\nwant      %s", got, c.checkout)
				}
				if got := f.serviceText("invoices", at); got != c.invoices {
					t.Errorf("invoices: %s\nwant      %s", got, c.invoices)
				}
			}
		})
	}
}

// Of several needs the worst counts: what is known to be wrong, then what is not known, then planned work.
func TestServiceOfSeveralVendors(t *testing.T) {
	f := newFile(t)
	second := f.addSource("bolt")
	if err := f.SetWatched(t.Context(), []int64{f.source, second}); err != nil {
		t.Fatal(err)
	}
	if err := f.SetServices(t.Context(), []record.Service{{Slug: "shop", Name: "Shop", Needs: []record.Need{
		{Text: "acme", Vendor: "acme"}, {Text: "bolt: API", Vendor: "bolt", Component: "API"}}}}); err != nil {
		t.Fatal(err)
	}
	says := func(want string) {
		t.Helper()
		if got := f.serviceText("shop", after(minute)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	f.save(record.Scrape{At: t0, AllOpen: true, Interval: hour, Incidents: read(work("w", t0, "in_progress"))})
	says("unknown because never_read, 0 in trouble, 1 unknown")
	if _, err := f.SaveScrape(t.Context(), record.Scrape{SourceID: second, At: t0, AllOpen: true,
		Interval: hour}); err != nil {
		t.Fatal(err)
	}
	says("under_maintenance because maintenance, on record")
	if _, err := f.SaveScrape(t.Context(), record.Scrape{SourceID: second, At: after(minute), AllOpen: true,
		Interval: hour, Incidents: read(naming("x", "minor", "API"))}); err != nil {
		t.Fatal(err)
	}
	says("degraded_performance because incident, minor, on record, 1 in trouble, 0 unknown")
}

// An incident says which services it touches, and a listing can be of one service.
func TestIncidentsSayWhatTheyTouch(t *testing.T) {
	f := newFile(t)
	f.needing("Card payments")
	f.save(record.Scrape{At: t0, AllOpen: true, Interval: hour, Incidents: read(
		naming("cards", "major", "Card payments", "API"), naming("api", "critical", "API"),
		naming("all", "minor"))})
	got := map[string]string{}
	listing, err := f.Incidents(t.Context(), query.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range listing {
		got[i.SourceKey] = i.Touches + " / " + i.MayTouch
	}
	want := map[string]string{"cards": "checkout, invoices / ", "api": "invoices / ", "all": "invoices / checkout"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for service, want := range map[string]string{"checkout": "all cards", "invoices": "all api cards", "other": ""} {
		var keys []string
		page, err := f.History(t.Context(), query.HistoryFilter{Filter: query.Filter{Service: service}})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Incidents {
			keys = append(keys, i.SourceKey)
		}
		slices.Sort(keys)
		if got := strings.Join(keys, " "); got != want {
			t.Errorf("incidents of %s: %q, want %q", service, got, want)
		}
	}
}

// Services that the configuration does not have any more are gone, and needs follow it.
func TestSetServices(t *testing.T) {
	f := newFile(t)
	f.needing("API")
	err := f.SetServices(t.Context(), []record.Service{{Slug: "invoices", Name: "Invoices", Owner: "billing",
		RunbookURL: "https://wiki.example", Needs: []record.Need{{Text: "acme: X", Vendor: "acme", Component: "X"}}}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"invoices|Invoices|billing|https://wiki.example|0|acme: X"}
	if diff := cmp.Diff(want, f.rows(`SELECT slug, name, owner, runbook_url, critical, need
		FROM services JOIN service_needs USING (service_id)`)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	err = f.SetServices(t.Context(), []record.Service{{Slug: "x", Name: "x",
		Needs: []record.Need{{Text: "nobody", Vendor: "nobody"}}}})
	if err == nil || !strings.Contains(err.Error(), `service "x" needs "nobody"`) {
		t.Errorf("a vendor that is not on record: %v", err)
	}
	if n := len(f.rows(`SELECT 1 FROM services WHERE slug = 'invoices'`)); n != 1 {
		t.Error("a configuration that was refused has changed the file")
	}
}

// The views are what the queries ask, but for the clock.
func TestViewAndQueryOfServicesAreOne(t *testing.T) {
	f := newFile(t)
	f.needing("API")
	now := time.Now().UTC()
	f.save(record.Scrape{At: now.Add(-time.Second), AllOpen: true, Interval: hour})
	for _, at := range []time.Time{now, now.Add(20 * hour)} {
		all, err := f.Services(t.Context(), at)
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		needs, err := f.ServiceNeeds(t.Context(), "", at)
		if err != nil || len(needs) != 2 {
			t.Fatal(needs, err)
		}
		stale := at != now
		if unknown := all[0].Status == normalize.StatusUnknown; unknown != stale {
			t.Errorf("at %s: %s", at, all[0].Status)
		}
	}
	want := []string{"checkout|operational", "invoices|operational"}
	if diff := cmp.Diff(want, f.rows(`SELECT service, status FROM v_services ORDER BY service`)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What is known to be wrong goes before what is not known, and planned work counts within the time asked about.
func TestOk(t *testing.T) {
	const interval = 5 * time.Minute
	planned := func(id string, start time.Time, names ...string) normalize.Raw {
		raw := work(id, start, "scheduled")
		for _, name := range names {
			raw.Components = append(raw.Components, normalize.RawComponent{ID: strings.ToLower(name), Name: name})
		}
		return raw
	}
	read1 := func(raws ...normalize.Raw) func(*file) {
		return func(f *file) {
			f.save(record.Scrape{At: t0, AllOpen: true, Interval: interval, Incidents: read(raws...)})
		}
	}
	services := query.OkFilter{Services: []string{"checkout"}}
	tagged := query.OkFilter{Tags: []string{"Money"}}
	for name, c := range map[string]struct {
		world func(*file)
		ask   query.OkFilter
		ahead time.Duration
		want  string
	}{
		"well": {read1(), services, 0, "well of 1:"},
		"our own network fails": {func(f *file) {
			read1()(f)
			f.must(f.exec(`INSERT INTO own_outages (from_at, vendors) VALUES (?, '["Bolt","Gull"]')`, db.Stamp(t0)))
		}, services, 0, "not_known of 1:"},
		"nothing was read": {func(*file) {}, services, 0, "not_known of 1: not_known acme: API"},
		"trouble": {read1(naming("x", "major", "API")),
			services, 0, "trouble of 1: trouble acme: API x"},
		"trouble elsewhere":         {read1(naming("x", "major", "Web")), services, 0, "well of 1:"},
		"trouble elsewhere, by tag": {read1(naming("x", "major", "Web")), tagged, 0, "trouble of 1: trouble acme x"},
		"trouble anywhere": {read1(naming("x", "major", "Web")),
			query.OkFilter{}, 0, "trouble of 1: trouble acme x"},
		"work under way": {read1(work("w", t0, "in_progress")),
			services, 0, "trouble of 1: trouble acme: API w"},
		"work later than asked": {read1(planned("w", after(3*hour))), services, 2 * hour, "well of 1:"},
		"work within the time": {read1(planned("w", after(hour))),
			services, 2 * hour, "trouble of 1: planned acme: API w"},
		"work of another component": {read1(planned("w", after(hour), "Web")), services, 2 * hour, "well of 1:"},
		"work of the needed component": {read1(planned("w", after(hour), "API")),
			services, 2 * hour, "trouble of 1: planned acme: API w"},
		"work that is over": {read1(planned("w", after(-30*hour))), services, 2 * hour, "well of 1:"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			f.needing("API")
			if err := f.SetTags(t.Context(), map[string][]string{"acme": {"money", " "}, "nobody": {"x"}}); err != nil {
				t.Fatal(err)
			}
			c.world(f)
			c.ask.Until = after(c.ahead)
			ok, err := f.Ok(t.Context(), c.ask, t0)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%s of %d:", ok.Verdict, ok.Asked)
			for _, r := range ok.Reasons {
				word := string(r.Verdict)
				if r.Planned {
					word = "planned"
				}
				got += " " + word + " " + orElse(r.Need, r.Vendor)
				if r.IncidentID != 0 {
					got += " " + f.rows(`SELECT source_key FROM incidents WHERE incident_id = ?`, r.IncidentID)[0]
				}
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	f := newFile(t)
	for _, ask := range []query.OkFilter{{Services: []string{"nobody"}}, {Tags: []string{"nobody"}}} {
		if _, err := f.Ok(t.Context(), ask, t0); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("%+v: %v", ask, err)
		}
	}
	if err := f.SetWatched(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if ok, err := f.Ok(t.Context(), query.OkFilter{}, t0); err != nil || ok.Verdict != query.VerdictNotKnown {
		t.Errorf("nothing is watched: %+v, %v", ok, err)
	}
}

func orElse(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}
