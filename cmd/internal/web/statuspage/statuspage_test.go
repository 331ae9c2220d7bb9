package statuspage_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

// told is an incident in the fields that both the file and Statuspage's documents have.
type told struct {
	Maintenance                                       bool
	Title, State, StartedAt, ResolvedAt, FromAt, ToAt string
	Severity                                          string // not for maintenances: Statuspage has a word of its own
	Components                                        []string
	Posts                                             []string
}

// onFile is what the file holds for a vendor, without what filters hide and posts that were removed.
func onFile(t *testing.T, r *Record, vendor string) map[string]told {
	t.Helper()
	list, err := r.Incidents(t.Context(), query.Filter{Vendor: vendor})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]told{}
	for _, i := range list {
		if i.Filtered == 1 {
			continue
		}
		whole, err := r.IncidentByID(t.Context(), i.IncidentID, Now)
		if err != nil {
			t.Fatal(err)
		}
		o := told{Maintenance: i.Kind == "maintenance", Title: i.Title, State: i.State, StartedAt: i.StartedAt,
			ResolvedAt: i.ResolvedAt, FromAt: i.ScheduledStartAt, ToAt: i.ScheduledEndAt}
		if !o.Maintenance {
			o.Severity = i.Severity
		}
		for _, c := range whole.AffectedComponents {
			o.Components = append(o.Components, c.GroupName+"›"+c.Name)
		}
		Before := "unknown"
		for _, u := range whole.Updates {
			state := u.State
			if state == "update" {
				state = Before
			}
			if u.RemovedAt == "" {
				o.Posts = append(o.Posts, fmt.Sprintf("%s %s %s", u.PostedAt, state, u.Body))
				Before = state
			}
		}
		slices.Sort(o.Components)
		out[fmt.Sprint(i.IncidentID)] = o
	}
	return out
}

// readBack is what our own reader of Statuspage learns from what we serve below a base address.
func readBack(t *testing.T, r *Record, base string) (map[string]told, []string) {
	t.Helper()
	platform, err := platforms.Lookup("statuspage")
	if err != nil {
		t.Fatal(err)
	}
	var raws []normalize.Raw
	var parts []string
	groups := map[string]string{}
	for _, name := range []string{"summary", "incidents", "scheduled-maintenances"} {
		a := r.Get(base + "/api/v2/" + name + ".json")
		if a.Status != 200 {
			t.Fatalf("%s: status %d\n%s", name, a.Status, a.Text)
		}
		page := scraper.Page{URL: r.URL + base + "/api/v2/" + name + ".json", Status: 200,
			ContentType: a.Header.Get("Content-Type"), Body: []byte(a.Text), At: Now}
		if got := platforms.Detect(page); got != "statuspage" {
			t.Errorf("%s is taken for a page of %q", name, got)
		}
		result, err := platform.Parse(scraper.Source{URL: r.URL + base}, page)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, c := range result.Components {
			groups[c.ID] = c.Group
			parts = append(parts, fmt.Sprintf("%s›%s %s", c.Group, c.Name, c.Status))
		}
		raws = append(raws, result.Incidents...)
	}
	incidents, _ := normalize.Incidents(raws, scraper.WordsOf(platform))
	out := map[string]told{}
	for _, i := range incidents {
		o := told{Maintenance: i.Kind == normalize.KindMaintenance, Title: i.Title, State: string(i.State),
			StartedAt: normalize.FormatTime(i.StartedAt), ResolvedAt: normalize.FormatTime(i.ResolvedAt),
			FromAt: normalize.FormatTime(i.ScheduledStartAt), ToAt: normalize.FormatTime(i.ScheduledEndAt)}
		if !o.Maintenance {
			o.Severity = string(i.Severity)
		}
		for _, c := range i.Components {
			o.Components = append(o.Components, groups[c.Key]+"›"+c.Name)
		}
		for _, u := range i.Updates {
			o.Posts = append(o.Posts, fmt.Sprintf("%s %s %s", normalize.FormatTime(u.PostedAt), u.State, u.Body))
		}
		slices.Sort(o.Components)
		out[i.Key] = o
	}
	return out, parts
}

// What a reader of Statuspage learns from us is what the file holds.
func TestStatuspageRoundTrip(t *testing.T) {
	racetest.Skip(t, "asks for one page after the other")
	r := Rich(t, web.Options{})
	for _, vendor := range []string{"acme", "odds", "quiet", "blind", "moody", "fresh", "dropped"} {
		t.Run(vendor, func(t *testing.T) {
			back, parts := readBack(t, r, "/vendors/"+vendor)
			if diff := cmp.Diff(onFile(t, r, vendor), back); diff != "" {
				t.Errorf("incidents (-file +read back)\n%s", diff)
			}
			v, err := r.VendorBySlug(t.Context(), vendor, Now)
			if err != nil {
				t.Fatal(err)
			}
			listed, _, err := r.VendorComponents(t.Context(), Now, v.VendorID, 100, 0)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, c := range listed {
				want = append(want, fmt.Sprintf("%s›%s %s", c.GroupName, c.Name, c.Status))
			}
			if diff := cmp.Diff(want, parts); diff != "" {
				t.Errorf("components (-file +read back)\n%s", diff)
			}
		})
	}
}

// A real Statuspage page that is read, stored, served and read again says the same.
func TestStatuspageRoundTripOfRealPages(t *testing.T) {
	racetest.Skip(t, "reads and writes captures, in one goroutine")
	files, err := filepath.Glob("../../../../../shared/captures/statuspage/*-summary-*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Log("there are no recorded pages in ../../../../shared/captures/statuspage; only our own is read")
	}
	platform, err := platforms.Lookup("statuspage")
	if err != nil {
		t.Fatal(err)
	}
	// One page of each vendor will do.
	files = slices.CompactFunc(files, func(a, b string) bool {
		a, _, _ = strings.Cut(filepath.Base(a), "-summary-")
		b, _, _ = strings.Cut(filepath.Base(b), "-summary-")
		return a == b
	})
	r := NewRecord(t, web.Options{})
	for n, file := range append(files, "../../../../scraper/testdata/statuspage/api/summary.json") {
		name := filepath.Base(file)
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		result, err := platform.Parse(scraper.Source{}, scraper.Page{Status: 200, Body: body, At: Now})
		if err != nil {
			continue // some were recorded for what is wrong with them
		}
		slug := fmt.Sprintf("vendor-%d", n)
		source := r.Vendor(query.Vendor{Slug: slug, Name: result.PageName})
		incidents, _ := normalize.Incidents(result.Incidents, normalize.Words{})
		parts, _ := normalize.Components(result.Components, normalize.Words{})
		r.Save(record.Scrape{SourceID: source, At: Before(Minute), AllOpen: true, AllComponents: true,
			Incidents: incidents, Components: parts, Indicator: result.Indicator})
		back, told := readBack(t, r, "/vendors/"+slug)
		if diff := cmp.Diff(onFile(t, r, slug), back); diff != "" {
			t.Errorf("%s: incidents (-file +read back)\n%s", name, diff)
		}
		var want []string
		for _, c := range parts {
			want = append(want, fmt.Sprintf("%s›%s %s", c.Group, c.Name, c.Status))
		}
		slices.Sort(want)
		slices.Sort(told)
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("%s: components (-page +read back)\n%s", name, diff)
		}
		status := Decoded(t, r.Get("/vendors/"+slug+"/api/v2/status.json"))["status"].(map[string]any)
		if result.Indicator != "none" && status["indicator"] == "none" {
			t.Errorf("%s: a page that says %q of itself is said to be well", name, result.Indicator)
		}
	}
}

func TestStatuspageLists(t *testing.T) {
	r := Rich(t, web.Options{})
	for _, c := range []struct {
		path, list string
		want       []string
	}{
		{"/vendors/odds/api/v2/summary.json", "incidents", []string{"Something odd"}},
		{"/vendors/odds/api/v2/summary.json", "scheduled_maintenances", []string{"Database move"}},
		{"/vendors/odds/api/v2/incidents.json", "incidents",
			[]string{"Something odd", "Exports fail", "New terms of service"}},
		{"/vendors/odds/api/v2/incidents/unresolved.json", "incidents", []string{"Something odd"}},
		{"/vendors/odds/api/v2/scheduled-maintenances.json", "scheduled_maintenances",
			[]string{"Database move", "Router change, second try", "Network upgrade", "Router change"}},
		{"/vendors/odds/api/v2/scheduled-maintenances/upcoming.json", "scheduled_maintenances", []string{}},
		{"/vendors/odds/api/v2/scheduled-maintenances/active.json", "scheduled_maintenances",
			[]string{"Database move"}},
		{"/vendors/acme/api/v2/incidents/unresolved.json", "incidents", []string{"API answers are slow"}},
		{"/vendors/acme/api/v2/scheduled-maintenances/upcoming.json", "scheduled_maintenances",
			[]string{"Database upgrade"}},
		{"/vendors/acme/api/v2/scheduled-maintenances/active.json", "scheduled_maintenances", []string{}},
		{"/vendors/acme/api/v2/components.json", "components", []string{"Prod1 (US)", "Web Client", "Prod2 (EU)",
			"Web Client", "API"}},
		{"/vendors/odds/api/v2/components.json", "components", []string{"Prod1 (US)", "Web Client", "Prod2 (EU)",
			"Web Client"}},
		{"/api/v2/summary.json", "components", []string{"Acme", "Blindside", "Fresh", "Moody", "Odds & Ends",
			"Quiet Corp"}},
		{"/api/v2/summary.json", "incidents", []string{"Moody: Minor Service Outage, no incident posted",
			"Odds & Ends: Something odd", "Acme: API answers are slow"}},
		{"/api/v2/summary.json", "scheduled_maintenances",
			[]string{"Acme: Database upgrade", "Odds & Ends: Database move"}},
		{"/api/v2/components.json", "components", []string{"Acme", "Blindside", "Fresh", "Moody", "Odds & Ends",
			"Quiet Corp"}},
		{"/api/v2/incidents.json", "incidents", []string{"Moody: Minor Service Outage, no incident posted",
			"Odds & Ends: Something odd", "Moody: Moods are slow",
			"Moody: Minor Service Outage, no incident posted", "Acme: API answers are slow",
			"Odds & Ends: Exports fail",
			"Odds & Ends: New terms of service", "Acme: Access denied for all users"}},
	} {
		if diff := cmp.Diff(c.want, Names(Decoded(t, r.Get(c.path)), c.list, "name")); diff != "" {
			t.Errorf("%s %s (-want +got)\n%s", c.path, c.list, diff)
		}
	}
}

// What nobody could look at is never reported as operational.
func TestStatuspageIndicator(t *testing.T) {
	r := Rich(t, web.Options{})
	for _, c := range []struct{ base, indicator, description string }{
		{"/vendors/acme", "major", "Partial System Outage"},
		{"/vendors/quiet", "none", "All Systems Operational"},
		{"/vendors/blind", "unknown", "Status page was last read at 2026-11-13T12:00:00.000Z"},
		{"/vendors/odds", "unknown", "Trouble of unknown severity"},
		{"/vendors/moody", "minor", "Minor Service Outage"},
		{"/vendors/fresh", "unknown", "Status page has never been read"},
		{"/vendors/dropped", "unknown", "Not watched: the configuration lists no status page of this vendor"},
		{"", "major", "Of 6 vendors: 3 with trouble or under maintenance, 2 cannot be read"},
	} {
		for _, name := range []string{"summary", "status"} {
			got := Decoded(t, r.Get(c.base+"/api/v2/"+name+".json"))["status"]
			if diff := cmp.Diff(map[string]any{"indicator": c.indicator, "description": c.description},
				got); diff != "" {
				t.Errorf("%s %s (-want +got)\n%s", c.base, name, diff)
			}
		}
	}
	all := Decoded(t, r.Get("/api/v2/components.json"))
	if diff := cmp.Diff([]string{"partial_outage", "unknown", "unknown", "degraded_performance", "unknown",
		"operational"}, Names(all, "components", "status")); diff != "" {
		t.Errorf("vendors as components (-want +got)\n%s", diff)
	}
}

// After a day without scrapes, nothing is known, of what was broken either; the sentence says what was known last.
func TestStatuspageAfterSilence(t *testing.T) {
	r := Rich(t, web.Options{Now: func() time.Time { return Now.Add(Day) }})
	if got := Names(Decoded(t, r.Get("/vendors/acme/api/v2/components.json")), "components", "status"); !cmp.Equal(got,
		[]string{"unknown", "unknown", "unknown", "unknown", "unknown"}) {
		t.Errorf("Acme's components: %q", got)
	}
	for base, want := range map[string]string{
		"/vendors/acme": "There was major trouble when it was last read; status page was last read at " +
			"2026-11-23T11:59:00.000Z",
		"/vendors/quiet": "Status page was last read at 2026-11-23T11:59:00.000Z",
	} {
		got := Decoded(t, r.Get(base+"/api/v2/status.json"))["status"].(map[string]any)
		if got["description"] != want || got["indicator"] != "unknown" {
			t.Errorf("%s: %v, want %q", base, got, want)
		}
	}
}

func TestStatuspageShape(t *testing.T) {
	r := Rich(t, web.Options{DashboardURL: "https://watch.example/here"})
	doc := Decoded(t, r.Get("/vendors/acme/api/v2/summary.json"))
	if diff := cmp.Diff(map[string]any{"id": "acme", "name": "Acme", "url": "https://watch.example/here/vendors/acme",
		"time_zone": "Etc/UTC", "updated_at": "2026-11-23T11:59:00.000Z"}, doc["page"]); diff != "" {
		t.Errorf("page (-want +got)\n%s", diff)
	}
	list := doc["components"].([]any)
	group, web := list[0].(map[string]any), list[1].(map[string]any)
	if group["group"] != true || group["status"] != "partial_outage" ||
		!cmp.Equal(group["components"], []any{web["id"]}) || web["group_id"] != group["id"] {
		t.Errorf("group and component do not name each other:\n%v\n%v", group, web)
	}
	slow := doc["incidents"].([]any)[0].(map[string]any)
	posts := slow["incident_updates"].([]any)
	if got := posts[0].(map[string]any); got["status"] != "identified" ||
		got["display_at"] != normalize.FormatTime(Before(95*Minute)) || got["incident_id"] != slow["id"] {
		t.Errorf("the newest post is first, but there is %v", got)
	}
	if want := "https://watch.example/here/incidents/" + slow["id"].(string); slow["shortlink"] != want ||
		slow["page_id"] != "acme" {
		t.Errorf("shortlink %v, want %s", slow["shortlink"], want)
	}
	work := doc["scheduled_maintenances"].([]any)[0].(map[string]any)
	if work["impact"] != "maintenance" || work["scheduled_for"] != normalize.FormatTime(Now.Add(20*Hour)) ||
		work["scheduled_until"] != normalize.FormatTime(Now.Add(22*Hour)) {
		t.Errorf("maintenance %v", work)
	}
	other := Decoded(t, r.Get("/api/v2/incidents.json"))["incidents"].([]any)[1].(map[string]any)
	vendor := other["components"].([]any)[0].(map[string]any)
	if other["page_id"] != "vendorwatch" || vendor["id"] != "odds" || vendor["name"] != "Odds & Ends" {
		t.Errorf("incident of all vendors: %v", other)
	}
	for path, want := range map[string]int{
		"/vendors/nobody/api/v2/summary.json": 404, "/vendors/acme/api/v2/other.json": 404,
		"/vendors/acme/api/v2/summary": 404, "/api/v2/summary": 404, "/vendors/acme/api/v2/summary.json?x=1": 400,
	} {
		if a := r.Get(path); a.Status != want || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: status %d %s, want %d", path, a.Status, a.Header.Get("Content-Type"), want)
		}
	}
}

// Our summaries have every key that real ones have, and no other. Some recorded ones lack a key that was added later.
func TestStatuspageHasEveryKeyOfRealOnes(t *testing.T) {
	files, err := filepath.Glob("../../../../../shared/captures/statuspage/*-summary-*.json")
	if err != nil || len(files) == 0 {
		t.Skip("there are no recorded summaries in ../../../../shared/captures/statuspage")
	}
	r := Rich(t, web.Options{})
	ours := map[string]bool{}
	for _, base := range []string{"/vendors/acme", "/vendors/odds", ""} {
		KeysOf(any(Decoded(t, r.Get(base+"/api/v2/summary.json"))), "", ours)
	}
	theirs := map[string]bool{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if json.Unmarshal(body, &doc) == nil {
			KeysOf(doc, "", theirs)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(theirs)) {
		if !ours[key] && !strings.Contains(key, ".affected_components[]") {
			t.Errorf("real ones have %s", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(ours)) {
		if !theirs[key] {
			t.Errorf("no real one has %s", key)
		}
	}
}
