package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/record"
	"vendorwatch/normalize/racetest"
)

func TestAPIFilters(t *testing.T) {
	r := Rich(t, web.Options{})
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"vendor=acme&kind=incident", []string{"Slow in Europe", "API answers are slow",
			"Access denied for all users"}},
		{"vendor=ACME&kind=maintenance", []string{"Database upgrade"}},
		{"severity=major", []string{"Last words", "API answers are slow"}},
		{"severity=minor&vendor=odds", []string{"Something odd", "Exports fail"}},
		{"state=investigating", []string{"Last words", "Slow in Europe", "Minor Service Outage, no incident posted",
			"Exports fail"}},
		{"state=open&kind=incident", []string{"Last words", "Slow in Europe",
			"Minor Service Outage, no incident posted", "Something odd", "API answers are slow"}},
		{"kind=notice", []string{"New terms of service"}},
		{"q=disk", []string{"API answers are slow"}},
		{"q=router+change", []string{"Router change, second try", "Router change"}},
		{"component=Prod2&kind=incident", []string{"Slow in Europe", "Access denied for all users"}},
		{"since=2026-11-23T08:00:00Z&until=2026-11-23T11:00:00Z&kind=incident", []string{"Moods are slow",
			"Minor Service Outage, no incident posted", "API answers are slow"}},
		{"until=2026-11-20&kind=incident", []string{"Access denied for all users"}},
		{"since=2026-11-23T12:59:00%2B02:00&kind=incident", []string{"Last words", "Slow in Europe",
			"Minor Service Outage, no incident posted", "Something odd"}},
	} {
		if diff := cmp.Diff(c.want, Names(Decoded(t, r.Get("/api/v1/incidents?"+c.query)), "incidents",
			"title")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.query, diff)
		}
	}
	for path, want := range map[string][]string{
		"/api/v1/components?vendor=acme":                {"Web Client", "Web Client", "API"},
		"/api/v1/components?vendor=acme&status=unknown": {},
		"/api/v1/components?status=unknown":             {"Beta"},
	} {
		if diff := cmp.Diff(want, Names(Decoded(t, r.Get(path)), "components", "name")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", path, diff)
		}
	}
	if got := Names(Decoded(t, r.Get("/api/v1/sources?vendor=acme")), "sources", "platform"); !cmp.Equal(got,
		[]string{"statuspage", "pingoru"}) {
		t.Errorf("sources of acme: %q", got)
	}
	if got := Names(Decoded(t, r.Get("/api/v1/updates?vendor=fresh")), "updates", "body"); len(got) != 0 {
		t.Errorf("updates of a vendor that has none: %q", got)
	}
}

func TestAPIVendorState(t *testing.T) {
	r := Rich(t, web.Options{})
	got := map[string]string{}
	for _, each := range Decoded(t, r.Get("/api/v1/vendors"))["vendors"].([]any) {
		v := each.(map[string]any)
		got[v["slug"].(string)] = fmt.Sprintf("%v %v readable=%v", v["status"], v["because"], v["readable"])
	}
	want := map[string]string{"acme": "partial_outage incident readable=true",
		"blind": "unknown unreadable readable=false", "dropped": "unknown unreadable readable=false",
		"fresh": "unknown never_read readable=false", "moody": "degraded_performance page readable=true",
		"odds": "unknown incident readable=true", "quiet": "operational nothing_open readable=true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states (-want +got)\n%s", diff)
	}
}

// walk reads a listing page by page. between is called after each page.
func walk(t *testing.T, r *Record, path, list, id string, between func()) []string {
	t.Helper()
	var all []string
	for after := ""; ; {
		doc := Decoded(t, r.Get(path+after))
		all = append(all, Names(doc, list, id)...)
		next, _ := doc["next"].(string)
		if next == "" {
			return all
		}
		if len(all) > 1000 {
			t.Fatalf("%s does not end", path)
		}
		after = "&after=" + next
		between()
	}
}

// Pages give each row once, even if rows are added while they are read.
func TestAPIPagesGiveEachRowOnce(t *testing.T) {
	racetest.Skip(t, "asks for hundreds of pages, one after the other")
	for _, c := range []struct{ path, list, id string }{
		{"/api/v1/incidents?limit=2", "incidents", "incident_id"},
		{"/api/v1/incidents?limit=1&kind=incident", "incidents", "incident_id"},
		{"/api/v1/updates?limit=3", "updates", "update_id"},
		{"/api/v1/events?limit=4", "events", "event_id"},
		{"/api/v1/components?limit=2", "components", "component_id"},
		{"/api/v1/sources?limit=1", "sources", "source_id"},
		{"/api/v1/vendors?limit=2", "vendors", "vendor_id"},
	} {
		t.Run(c.path, func(t *testing.T) {
			r := Rich(t, web.Options{})
			Before := Names(Decoded(t, r.Get(strings.Replace(c.path, "limit=", "limit=40", 1))), c.list, c.id)
			added := 0
			read := walk(t, r, c.path, c.list, c.id, func() {
				if added++; added < 4 {
					r.Save(record.Scrape{SourceID: r.Watched[1], At: Now.Add(time.Duration(added) * Minute),
						AllOpen: false,
						Incidents: Read(Incident(fmt.Sprint("added", added), fmt.Sprint("Added ", added), "minor", nil,
							Says("investigating", Now.Add(time.Duration(added)*Minute), "x")))})
				}
			})
			seen := map[string]bool{}
			for _, id := range read {
				if seen[id] {
					t.Errorf("%s was given twice", id)
				}
				seen[id] = true
			}
			for _, id := range Before {
				if !seen[id] {
					t.Errorf("%s was not given", id)
				}
			}
			if added < 2 {
				t.Errorf("all was read in %d pages: nothing was added meanwhile", added+1)
			}
		})
	}
}

func TestAPIUpdatedSince(t *testing.T) {
	r := Rich(t, web.Options{})
	since := func(at time.Time) []string {
		return Names(Decoded(t, r.Get("/api/v1/incidents?updated_since="+at.Format(time.RFC3339Nano))), "incidents",
			"title")
	}
	later := Now.Add(Hour)
	if got := since(later); len(got) != 0 {
		t.Fatalf("before anything happened: %q", got)
	}
	// Something is learned about an incident that began long before.
	denied := Incident("denied", "Access denied for nearly all users", "minor", ClientWeb,
		Says("investigating", Before(9*Day), "Users are answered with 403. We are looking into it."), Says("resolved",
			Before(9*Day-7*Minute), "Fixed for most users."))
	r.Save(record.Scrape{SourceID: r.Watched[0], At: later, Incidents: Read(denied)})
	if diff := cmp.Diff([]string{"Access denied for nearly all users"}, since(later)); diff != "" {
		t.Errorf("after an edit (-want +got)\n%s", diff)
	}
	if got := since(later.Add(time.Millisecond)); len(got) != 0 {
		t.Errorf("since the moment after: %q", got)
	}
}

func TestAPIRefusesWhatItDoesNotUnderstand(t *testing.T) {
	r := Rich(t, web.Options{Prefix: "/status"})
	for _, c := range []struct {
		method, path string
		status       int
		detail       string
	}{
		{"GET", "/api/v1/incidents?vendors=acme", 400,
			`There is no parameter "vendors"; there are: updated_since, limit, q, vendor,`},
		{"GET", "/api/v1/services?limit=1", 400, `There is no parameter "limit"; this path takes none.`},
		{"GET", "/api/v1/incidents?limit=1&limit=2", 400, "The parameter limit is given twice."},
		{"GET", "/api/v1/incidents?limit=0", 400, `limit="0" is not a number from 1 to 500.`},
		{"GET", "/api/v1/incidents?limit=501", 400, `limit="501" is not a number from 1 to 500.`},
		{"GET", "/api/v1/incidents?after=x", 400, `after="x" is nothing that next gave.`},
		{"GET", "/api/v1/incidents?vendor=acmee", 400,
			`vendor="acmee" is not on record; /status/api/v1/vendors lists the slugs of those that are.`},
		{"GET", "/api/v1/incidents?severity=huge", 400,
			`severity="huge" is not known; write one of: critical, major, minor, none.`},
		{"GET", "/api/v1/incidents?since=yesterday", 400,
			`since="yesterday" is not a time; write one like 2026-11-23T10:02:05Z, or a day like 2026-11-23.`},
		{"GET", "/api/v1/incidents?q=%zz", 400, "The part of the address after ? cannot be read."},
		{"GET", "/api/v1/components?status=fine", 400, `status="fine" is not known; write one of: operational,`},
		{"GET", "/api/v1/components?vendor=nobody", 400, `vendor="nobody" is not on record`},
		{"GET", "/api/v1/sources?vendor=nobody", 400, `vendor="nobody" is not on record`},
		{"GET", "/api/v1/updates?vendor=nobody", 400, `vendor="nobody" is not on record`},
		{"GET", "/api/v1/updates?after=-1", 400, `after="-1" is not a number from 0 to`},
		{"GET", "/api/v1/events?since=1", 400, `There is no parameter "since"; there are: after, limit.`},
		{"GET", "/api/v1/vendors/nobody", 404, "Nothing is on record under this address."},
		{"GET", "/api/v1/incidents/999999", 404, "Nothing is on record under this address."},
		{"GET", "/api/v1/incidents/1e3", 404, "Nothing is on record under this address."},
		{"GET", "/api/v1/incidents/999999/updates", 404, "Nothing is on record under this address."},
		{"GET", "/api/v1/nothing", 404, "There is no such path; see /status/api/v1/openapi.json for those that " +
			"there are."},
		{"GET", "/api/", 404, "There is no such path"},
		{"POST", "/api/v1/incidents", 405, "This path only reads; ask with GET."},
		{"DELETE", "/api/v1/incidents/1", 405, "This path only reads"},
		{"PUT", "/vendors/acme/api/v2/summary.json", 405, "This path only reads"},
		{"GET", "/api/v1/incidents?q=" + strings.Repeat("x", 4<<10), 414, "The address is too long."},
	} {
		for _, prefix := range []string{"", "/status"} {
			a := r.Get(prefix+c.path, func(req *http.Request) { req.Method = c.method })
			var p struct {
				Type, Title, Detail string
				Status              int
			}
			if err := json.Unmarshal([]byte(a.Text), &p); err != nil {
				t.Errorf("%s %.60s: %v\n%s", c.method, c.path, err, a.Text)
				continue
			}
			if a.Status != c.status || p.Status != c.status || !strings.HasPrefix(p.Detail, c.detail) ||
				p.Title != http.StatusText(c.status) || p.Type != "about:blank" ||
				a.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %.60s: %d %s %+v\nwant %d %s", c.method, c.path, a.Status, a.Header.Get("Content-Type"),
					p, c.status, c.detail)
			}
			if c.status == 405 && a.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: Allow is %q", c.method, c.path, a.Header.Get("Allow"))
			}
		}
	}
}

// Without the password, the answer is a problem and reveals nothing.
func TestAPIAuth(t *testing.T) {
	r := Rich(t, web.Options{Auth: web.Auth{}.Bearer("sesame"), Prefix: "/status"})
	for _, path := range []string{"/api/v1/vendors", "/status/api/v1/events", "/api/v1/openapi.json",
		"/api/v2/summary.json", "/vendors/acme/api/v2/summary.json", "/api/nothing"} {
		a := r.Get(path)
		if a.Status != 401 || a.Header.Get("Content-Type") != "application/problem+json" ||
			a.Header.Get("WWW-Authenticate") == "" || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, headers %v", path, a.Status, a.Header)
		}
		a = r.Get(path, func(req *http.Request) { req.Header.Set("Authorization", "Bearer sesame") })
		if want := map[bool]int{true: 404, false: 200}[path == "/api/nothing"]; a.Status != want {
			t.Errorf("%s with the token: status %d", path, a.Status)
		}
	}
}

// Each answer has an ETag, by which it is not sent again. HEAD is GET without the body.
func TestAPIConditional(t *testing.T) {
	r := Rich(t, web.Options{})
	for _, path := range []string{"/api/v1/vendors", "/api/v1/vendors/acme", "/api/v1/sources", "/api/v1/components",
		"/api/v1/incidents", "/api/v1/incidents/1", "/api/v1/incidents/1/updates",
		"/api/v1/updates", "/api/v1/events", "/api/v1/health", "/api/v1/openapi.json", "/api/v2/summary.json",
		"/vendors/acme/api/v2/incidents.json"} {
		full := r.Page(path)
		tag := full.Header.Get("ETag")
		again := r.Get(path, func(req *http.Request) { req.Header.Set("If-None-Match", `"other", W/`+tag) })
		if again.Status != 304 || again.Text != "" || again.Header.Get("ETag") != tag {
			t.Errorf("%s: status %d, %d bytes where nothing has changed", path, again.Status, len(again.Text))
		}
		plain := func(req *http.Request) { req.Header.Set("Accept-Encoding", "identity") }
		head := r.Get(path, plain, func(req *http.Request) { req.Method = "HEAD" })
		if head.Status != 200 || head.Text != "" || head.Header.Get("Content-Length") != fmt.Sprint(len(full.Text)) ||
			head.Header.Get("ETag") != r.Get(path, plain).Header.Get("ETag") {
			t.Errorf("HEAD %s: status %d, length %s of %d", path, head.Status, head.Header.Get("Content-Length"),
				len(full.Text))
		}
		if full.Header.Get("Access-Control-Allow-Origin") != "" ||
			full.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, full.Header)
		}
	}
	tag := r.Page("/api/v1/incidents").Header.Get("ETag")
	r.Save(record.Scrape{SourceID: r.Watched[1], At: Now,
		Incidents: Read(Incident("new", "New", "minor", nil, Says("investigating", Now, "x")))})
	if a := r.Get("/api/v1/incidents",
		func(req *http.Request) { req.Header.Set("If-None-Match", tag) }); a.Status != 200 {
		t.Errorf("status %d though there is a new incident", a.Status)
	}
	head := r.Get("/api/v1/events",
		func(req *http.Request) { req.Method = "HEAD"; req.Header.Set("Accept", "text/event-stream") })
	if head.Status != 200 || head.Header.Get("Content-Type") != "application/json" {
		t.Errorf("HEAD of the stream: status %d %s", head.Status, head.Header.Get("Content-Type"))
	}
}

func TestAPIBehindAPrefix(t *testing.T) {
	r := Rich(t, web.Options{Prefix: "/status"})
	if got := Decoded(t, r.Get("/status/api/v1/vendors/acme"))["api_url"]; got != "/status/api/v1/vendors/acme" {
		t.Errorf("api_url %q", got)
	}
	servers := Decoded(t, r.Get("/status/api/v1/openapi.json"))["servers"].([]any)
	if got := servers[0].(map[string]any)["url"]; got != "/status/" {
		t.Errorf("server of the document: %q", got)
	}
	page := Decoded(t, r.Get("/status/vendors/acme/api/v2/status.json"))["page"].(map[string]any)
	if got := page["url"]; got != r.URL+"/status/vendors/acme" {
		t.Errorf("page of Acme: %q", got)
	}
}

// stream reads events until there are enough, the stream ends, or the test does.
func stream(t *testing.T, r *Record, path, last string, want int) (events []SSE, start string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lines, start := OpenStream(t, r, ctx, path, last)
	for len(events) < want {
		e, ok := NextEvent(lines)
		if !ok {
			t.Fatalf("the stream ended after %d events of %d: %v", len(events), want, lines.Err())
		}
		events = append(events, e)
	}
	return events, start
}

// A stream resumes where the reader stopped, with nothing lost and nothing twice, and has what the listing has.
func TestAPIEventStream(t *testing.T) {
	r := Rich(t, web.Options{Poll: 2 * time.Millisecond})
	schema := newContract(t).schema(t, "/components/schemas/Event")
	listed := Decoded(t, r.Get("/api/v1/events?limit=500"))["events"].([]any)
	if len(listed) < 10 {
		t.Fatalf("only %d events", len(listed))
	}
	id := func(n int) string { return fmt.Sprint(listed[n].(map[string]any)["event_id"]) }

	// All events in three connections, each of which resumes after the one before.
	var got []SSE
	for _, part := range []int{4, 3, len(listed) - 7} {
		path, last := "/api/v1/events?after=0", ""
		if len(got) > 0 {
			last = got[len(got)-1].ID // the browser asks for the address it began with, and adds this header
		}
		events, _ := stream(t, r, path, last, part)
		got = append(got, events...)
	}
	for n, e := range got {
		var value any
		if err := json.Unmarshal([]byte(e.Data), &value); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(listed[n], value); diff != "" || e.ID != id(n) ||
			e.Name != listed[n].(map[string]any)["kind"] {
			t.Errorf("event %d is %+v (-listed +sent)\n%s", n, e, diff)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
	}

	newest := id(len(listed) - 1)
	for _, c := range []struct{ name, path, last, start string }{
		{"who says nothing gets what comes", "/api/v1/events", "", newest},
		{"the address says where to begin", "/api/v1/events?after=" + id(2), "", id(2)},
		{"the header goes before the address", "/api/v1/events?after=" + id(2), id(5), id(5)},
		{"a reader that had nothing gets all", "/api/v1/events", "0", "0"},
		{"a number of another file is not waited for", "/api/v1/events", "999999", newest},
		{"a header that is no number is none", "/api/v1/events?after=" + id(1), "x", id(1)},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if _, start := OpenStream(t, r, ctx, c.path, c.last); start != c.start {
			t.Errorf("%s: it begins after %s, want %s", c.name, start, c.start)
		}
		cancel()
	}

	// What is learned while a stream is open is sent on it.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lines, _ := OpenStream(t, r, ctx, "/api/v1/events", "")
	r.Save(record.Scrape{SourceID: r.Watched[1], At: Now,
		Incidents: Read(Incident("new", "Something new", "minor", nil, Says("investigating", Now, "x")))})
	e, ok := NextEvent(lines)
	if !ok || e.Name != "incident_opened" || !strings.Contains(e.Data, `"title":"Something new"`) {
		t.Errorf("after an incident has opened: %+v", e)
	}
}

func TestAPIEventsAfter(t *testing.T) {
	r := Rich(t, web.Options{})
	all := Names(Decoded(t, r.Get("/api/v1/events")), "events", "event_id")
	for n := range all {
		if got := Names(Decoded(t, r.Get("/api/v1/events?after="+all[n])), "events", "event_id"); !slices.Equal(got,
			all[n+1:]) {
			t.Errorf("after %s: %q, want %q", all[n], got, all[n+1:])
		}
	}
	if got := fmt.Sprint(Decoded(t, r.Get("/api/v1/health"))["last_event_id"]); got != all[len(all)-1] {
		t.Errorf("last_event_id %s, want %s", got, all[len(all)-1])
	}
	withheld := map[string]bool{}
	for _, each := range Decoded(t, r.Get("/api/v1/events"))["events"].([]any) {
		if why, ok := each.(map[string]any)["withheld"].(string); ok {
			withheld[why] = true
		}
	}
	if !withheld["same_event"] || !withheld["filtered"] {
		t.Errorf("of what channels are not told, only %v is listed", withheld)
	}
}
