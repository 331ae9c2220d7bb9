package simulate

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// small is a vendor with one incident: opened at noon, edited at five past, resolved at ten past.
func small(platform string, faults ...Fault) Vendor {
	c := Component{ID: "c1", Name: "API"}
	return Vendor{
		Slug: "small", Name: "Small & Sons", Platform: platform, CreatedAt: noon.AddDate(0, -5, 0),
		Components: []Component{c}, Faults: faults,
		Incidents: []Incident{{ID: "i1", Name: "API <slow>", Impact: "minor", Updates: []Update{
			{State: "investigating", At: noon, Body: "First words.", Sets: []Status{{"c1", "partial_outage"}},
				Edits: []Edit{{noon.Add(5 * time.Minute), "Better words."}}},
			{State: "resolved", At: noon.Add(10 * time.Minute), Body: "Over.", Sets: []Status{{"c1", "operational"}}},
		}}},
	}
}

// served serves a vendor at a time that the test can move.
func served(t *testing.T, v Vendor) (url string, at *time.Time) {
	t.Helper()
	now := noon.Add(time.Minute)
	server := httptest.NewServer(NewSite(v, func() time.Time { return now }))
	t.Cleanup(server.Close)
	return server.URL, &now
}

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestAnUnchangedDocumentIsNotSentAgain(t *testing.T) {
	for _, tt := range []struct{ platform, path string }{
		{PlatformStatuspage, "/api/v2/summary.json"}, {PlatformStatuspage, "/api/v2/incidents.json"},
		{PlatformStatuspage, "/"},
		{PlatformStatuspage, "/incidents/i1"}, {PlatformStatuspage, "/history.atom"},
		{PlatformStatuspage, "/history.rss"},
		{PlatformStatuspage, "/history.json?page=1"}, {PlatformPingoru, "/providers/small/outage-history"},
		{PlatformFeed, "/status/feed.atom"},
	} {
		t.Run(tt.platform+tt.path, func(t *testing.T) {
			url, now := served(t, small(tt.platform))
			first, _ := get(t, url+tt.path)
			tag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
			if first.StatusCode != http.StatusOK || !strings.HasPrefix(tag, `W/"`) || modified == "" {
				t.Fatalf("status %d, ETag %q, Last-Modified %q", first.StatusCode, tag, modified)
			}
			*now = noon.Add(2 * time.Minute)
			if again, body := get(t, url+tt.path, "If-None-Match", tag); again.StatusCode != http.StatusNotModified ||
				body != "" {
				t.Errorf("with the ETag: %d and %d bytes, want 304 and none", again.StatusCode, len(body))
			}
			if again, _ := get(t, url+tt.path, "If-Modified-Since",
				modified); again.StatusCode != http.StatusNotModified {
				t.Errorf("with the date: %d, want 304", again.StatusCode)
			}
			*now = noon.Add(11 * time.Minute)
			changed, _ := get(t, url+tt.path, "If-None-Match", tag, "If-Modified-Since", modified)
			if changed.StatusCode != http.StatusOK || changed.Header.Get("ETag") == tag {
				t.Errorf("after the resolution: %d with ETag %q, want 200 with another", changed.StatusCode,
					changed.Header.Get("ETag"))
			}
			if later, _ := get(t, url+tt.path, "If-Modified-Since", modified); later.StatusCode != http.StatusOK {
				t.Errorf("after the resolution, with the date: %d, want 200", later.StatusCode)
			}
		})
	}
}

// Each document shows what had been published by its time: no more, no less.
func TestAPageShowsWhatWasPublishedByItsTime(t *testing.T) {
	url, now := served(t, small(PlatformStatuspage))
	for _, tt := range []struct {
		name         string
		at           time.Time
		path         string
		shows, lacks string
		missing      bool
	}{
		{name: "before", at: noon.Add(-time.Second), path: "/api/v2/incidents.json", shows: `"incidents":[]`,
			lacks: "First words"},
		{name: "before, its own page", at: noon.Add(-time.Second), path: "/incidents/i1", missing: true},
		{name: "opened", at: noon, path: "/api/v2/summary.json", shows: `"body":"First words."`, lacks: "Better words"},
		{name: "component follows", at: noon, path: "/api/v2/components.json", shows: `"status":"partial_outage"`,
			lacks: `"status":"operational"`},
		{name: "page follows", at: noon, path: "/api/v2/status.json", shows: `"indicator":"minor"`,
			lacks: "All Systems"},
		{name: "edited", at: noon.Add(5 * time.Minute), path: "/incidents/i1", shows: "Better words.",
			lacks: "First words"},
		{name: "by itself, as JSON", at: noon, path: "/incidents/i1.json", shows: `"incident":{"id":"i1"`,
			lacks: "Better words"},
		{name: "by itself, in the API", at: noon, path: "/api/v2/incidents/i1.json", shows: `"incident":{"id":"i1"`,
			lacks: "Better words"},
		{name: "what the API has no page for", at: noon, path: "/api/v2/incidents/i1", missing: true},
		{name: "title escaped", at: noon, path: "/", shows: "API &lt;slow&gt;", lacks: "API <slow>"},
		{name: "resolved, in the list", at: noon.Add(10 * time.Minute), path: "/api/v2/incidents.json",
			shows: `"resolved_at":"2026-05-04T12:10:00.000Z"`, lacks: `"resolved_at":null`},
		{name: "resolved, gone from what is open", at: noon.Add(10 * time.Minute),
			path: "/api/v2/incidents/unresolved.json", shows: `"incidents":[]`, lacks: "Over."},
		{name: "resolved, home", at: noon.Add(10 * time.Minute), path: "/", shows: `page-status status-none`,
			lacks: "unresolved-incident"},
		{name: "a page that is none", at: noon, path: "/api/v2/nothing.json", missing: true},
		{name: "history goes down to the creation", at: noon, path: "/history.json?page=2", shows: `"name":"December"`,
			lacks: `"name":"November"`},
		{name: "and ends there", at: noon, path: "/history.json?page=3", shows: `"months":[]`, lacks: "December"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			*now = tt.at
			resp, body := get(t, url+tt.path)
			if tt.missing {
				if resp.StatusCode != http.StatusNotFound {
					t.Errorf("status %d, want 404", resp.StatusCode)
				}
				return
			}
			if !strings.Contains(body, tt.shows) || strings.Contains(body, tt.lacks) {
				t.Errorf("want %q and not %q in:\n%s", tt.shows, tt.lacks, body)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		kind   FaultKind
		path   string
		status int
		body   string // in the body
	}{
		{kind: FaultAPIRefused, path: "/api/v2/summary.json", status: 403, body: "Forbidden"},
		{kind: FaultAPIRefused, path: "/history.json", status: 403, body: "Forbidden"},
		{kind: FaultAPIRefused, path: "/", status: 200, body: "unresolved-incident"},
		{kind: FaultLogin, path: "/api/v2/summary.json", status: 200, body: `type="password"`},
		{kind: FaultMarketing, path: "/", status: 200, body: "free trial"},
	} {
		t.Run(string(tt.kind)+tt.path, func(t *testing.T) {
			url, now := served(t, small(PlatformStatuspage, Fault{Kind: tt.kind, From: noon,
				Until: noon.Add(3 * time.Minute)}))
			resp, body := get(t, url+tt.path)
			if resp.StatusCode != tt.status || !strings.Contains(body, tt.body) {
				t.Errorf("status %d, want %d with %q in the body:\n%s", resp.StatusCode, tt.status, tt.body, body)
			}
			for name, moment := range map[string]time.Time{"before": noon.Add(-time.Second),
				"after": noon.Add(3 * time.Minute)} {
				*now = moment
				if resp, body := get(t, url+"/api/v2/summary.json"); resp.StatusCode != http.StatusOK ||
					!strings.HasPrefix(body, `{"page":`) {
					t.Errorf("%s the fault: status %d:\n%s", name, resp.StatusCode, body)
				}
			}
		})
	}
}

func TestWorldServesEachVendorAtItsPage(t *testing.T) {
	pingoru, feed := small(PlatformPingoru), small(PlatformFeed)
	pingoru.Slug, feed.Slug = "seen", "fed"
	w := New(func() time.Time { return noon }, small(PlatformStatuspage), pingoru, feed)
	if got := w.URL("small"); got != "" {
		t.Errorf("URL before Start %q, want none", got)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for slug, title := range map[string]string{"small": "<title>Small &amp; Sons Status</title>",
		"seen": "Small &amp; Sons Outage History", "fed": "<title>Small &amp; Sons service health</title>"} {
		resp, body := get(t, w.URL(slug))
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, title) ||
			!strings.Contains(body, "API &lt;slow&gt;") {
			t.Errorf("%s at %s: status %d, want %q in:\n%s", slug, w.URL(slug), resp.StatusCode, title, body)
		}
	}
	if w.URL("nobody") != "" {
		t.Error("a vendor that does not exist has a page")
	}
}

func TestIncidentPagesSayWhatIsAffected(t *testing.T) {
	parts := []Component{{ID: "a", Name: "Web", Group: "EU"}, {ID: "b", Name: "API", Group: "EU"},
		{ID: "c", Name: "Email"}, {ID: "d", Name: "Web", Group: "US"}}
	for _, tt := range []struct {
		sets []string
		want string
	}{
		{[]string{"c"}, "This incident affects: Email."},
		{[]string{"a", "b"}, "This incident affects: EU (Web, API)."},
		{[]string{"a", "d"}, "This incident affects: EU (Web) and US (Web)."},
		{[]string{"a", "b", "c", "d"}, "This incident affects: EU (Web, API), Email, and US (Web)."},
		{nil, ""},
	} {
		u := Update{State: "investigating", At: noon}
		for _, id := range tt.sets {
			u.Sets = append(u.Sets, Status{id, "major_outage"})
		}
		p := Complete(Vendor{Slug: "v", Components: parts, Incidents: []Incident{{Name: "x",
			Updates: []Update{u}}}}).at(noon, "")
		if got := p.affects(p.incidents[0]); got != tt.want {
			t.Errorf("affected %v: %q, want %q", tt.sets, got, tt.want)
		}
	}
}

// Of a back-filled incident the dates lie in the past, and only its creation tells.
func TestABackfilledIncidentHasItsOwnDates(t *testing.T) {
	v := small(PlatformStatuspage)
	v.Incidents = []Incident{{ID: "late", Name: "Added later", Impact: "minor", StartedAt: noon.Add(-3 * time.Hour),
		Updates: []Update{
			{State: "resolved", At: noon, DisplayAt: noon.Add(-2 * time.Hour), Body: "For the record."},
		}}}
	url, now := served(t, v)
	*now = noon
	_, body := get(t, url+"/api/v2/incidents.json")
	for _, want := range []string{
		`"created_at":"2026-05-04T12:00:00.000Z"`, `"started_at":"2026-05-04T09:00:00.000Z"`,
		`"resolved_at":"2026-05-04T10:00:00.000Z"`,
		`"display_at":"2026-05-04T10:00:00.000Z"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in:\n%s", want, body)
		}
	}
	if _, page := get(t, url+"/incidents/late"); !strings.Contains(page, "<var data-var='time'>10:00</var> UTC") {
		t.Errorf("its page does not show the date it was given:\n%s", page)
	}
}

// What a vendor takes away is gone from every document, from one moment to the next.
func TestARemovedIncidentIsGone(t *testing.T) {
	v := small(PlatformStatuspage)
	v.Incidents[0].RemovedAt = noon.Add(2 * time.Minute)
	url, now := served(t, v)
	for _, path := range []string{"/api/v2/summary.json", "/", "/history.json", "/history.atom"} {
		*now = noon.Add(time.Minute)
		first, body := get(t, url+path)
		if !strings.Contains(body, "slow") {
			t.Errorf("%s does not show the incident:\n%s", path, body)
		}
		*now = noon.Add(2 * time.Minute)
		second, body := get(t, url+path, "If-None-Match", first.Header.Get("ETag"))
		if second.StatusCode != http.StatusOK || strings.Contains(body, "slow") {
			t.Errorf("%s: status %d, and the incident is still there:\n%s", path, second.StatusCode, body)
		}
	}
	if resp, _ := get(t, url+"/incidents/i1"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("its own page: %d, want 404", resp.StatusCode)
	}
}

// Where the zone has no offset at the moment, Statuspage writes +00:00; only UTC is Z.
func TestTimesCarryThePagesOffset(t *testing.T) {
	winter, summer := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), time.Date(2026, 7, 2, 3, 4, 5, 6e6, time.UTC)
	for _, tt := range []struct{ zone, winter, summer string }{
		{"", "2026-01-02T03:04:05.006Z", "2026-07-02T03:04:05.006Z"},
		{"Etc/UTC", "2026-01-02T03:04:05.006Z", "2026-07-02T03:04:05.006Z"},
		{"Europe/London", "2026-01-02T03:04:05.006+00:00", "2026-07-02T04:04:05.006+01:00"},
		{"America/New_York", "2026-01-01T22:04:05.006-05:00", "2026-07-01T23:04:05.006-04:00"},
	} {
		p := page{Vendor: Vendor{Zone: tt.zone}}
		if got := p.stamp(winter); got != tt.winter {
			t.Errorf("%q in winter: %s, want %s", tt.zone, got, tt.winter)
		}
		if got := p.stamp(summer); got != tt.summer {
			t.Errorf("%q in summer: %s, want %s", tt.zone, got, tt.summer)
		}
	}
}
