package watch

import (
	"strings"
	"testing"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// TestAnIncidentKeepsItsIdentity imports pages of one incident that its vendor edits, moves or gives another id: it is
// stored once, and its end is told once.
func TestAnIncidentKeepsItsIdentity(t *testing.T) {
	google := func(names, begin, title, modified string) string {
		return `[{` + names + `,"begin":"` + begin + `","created":"2021-03-01T08:00:00Z","modified":"` + modified +
			`","external_desc":"` + title + `","updates":[{"created":"2021-03-01T08:10:00Z",` +
			`"when":"2021-03-01T08:10:00Z","text":"We look.","status":"SERVICE_DISRUPTION"}],"service_name":"Lamps",` +
			`"severity":"medium"}]`
	}
	const former = `"number":"21001","uri":"/incident/lamps/21001"`
	const today = `"id":"kAbc","number":"998","uri":"incidents/kAbc","end":"2021-03-01T10:00:00+00:00"`
	item := func(guid, link, title, text string) string {
		return `<?xml version="1.0"?><rss version="2.0"><channel><title>Acme</title><item><title>` + title +
			`</title><guid isPermaLink="false">` + guid + `</guid><link>` + link + `</link><pubDate>Mon, 01 Mar 2021 ` +
			`08:00:00 GMT</pubDate><description>` + text + `</description></item></channel></rss>`
	}
	for name, captures := range map[string][]string{
		"Google, title and start are edited, then every id is new": {
			google(former, "2021-03-01T08:00:00Z", "Lamps are dim", "2021-03-01T08:10:00Z"),
			google(former, "2021-03-01T07:30:00Z", "Lamps are dim in Oslo", "2021-03-01T09:05:00Z"),
			google(today, "2021-03-01T07:30:00+00:00", "Lamps are dim in Oslo", "2021-03-01T10:00:00Z"),
			google(today, "2021-03-01T07:30:00+00:00", "Lamps were dim in Oslo", "2021-03-01T10:30:00Z"),
		},
		"a feed whose guid changes": {
			item("g1", "https://acme.example/e/1", "Lamps", "Status: Investigating"),
			item("https://acme.example/e/1", "https://acme.example/e/1", "Lamps", "Status: Investigating"),
			item("g3", "https://acme.example/e/1", "Lamps", "Status: Resolved"),
		},
		"a feed whose guid stays and whose title is edited": {
			item("g1", "https://acme.example/e/1", "Lamps", "Status: Investigating"),
			item("g1", "https://acme.example/e/1", "Lamps in Oslo", "Status: Monitoring"),
			item("g1", "https://acme.example/e/2", "Lamps in Oslo", "Status: Resolved"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := watcher(t, nil)
			i := &Importer{Watcher: w, Vendor: "lamps", URL: "https://acme.example"}
			for n, body := range captures {
				at := time.Date(2021, 3, 1, 9, 10*n, 0, 0, time.UTC)
				unreadable, err := i.Take(t.Context(), "", savedPage(body, "", at))
				if err != nil || unreadable != nil {
					t.Fatalf("capture %d: %v, %v", n, unreadable, err)
				}
			}
			if err := i.Finish(t.Context()); err != nil {
				t.Fatal(err)
			}
			if i.Counts.Incidents != 1 {
				t.Errorf("%d incidents", i.Counts.Incidents)
			}
			list, err := w.DB.Incidents(t.Context(), query.Filter{AllSources: true})
			if err != nil {
				t.Fatal(err)
			}
			var states []string
			for _, in := range list {
				states = append(states, string(in.State))
			}
			if strings.Join(states, " ") != string(normalize.StateResolved) {
				t.Errorf("states %q", states)
			}
		})
	}
}
