package pagerduty

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	for _, file := range platformtest.CaptureFiles(t, "pagerduty/*") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			page := platformtest.CapturePage(t, file)
			if !scraper.Detects(Platform{}, page) {
				t.Error("it is not detected")
			}
			res, err := Platform{}.Parse(scraper.Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			// The incidents are counted in the JSON, each post by its author, whom nothing else has.
			_, data, _ := bytes.Cut(page.Body, []byte(`<script id="data" type="application/json">`))
			data, _, _ = bytes.Cut(data, []byte("</script>"))
			var doc struct {
				Summary map[string]json.RawMessage `json:"summary"`
			}
			if err := json.Unmarshal(data, &doc); err != nil {
				t.Fatal(err)
			}
			var want, got [3]int
			for _, list := range []string{"open_incidents", "resolved_incidents"} {
				var incidents []map[string]json.RawMessage
				if err := json.Unmarshal(doc.Summary[list], &incidents); err != nil {
					t.Fatal(err)
				}
				want[0] += len(incidents)
				want[1] += strings.Count(string(doc.Summary[list]), `"created_by":`)
				for _, in := range incidents {
					var updates []struct {
						Impacted []map[string]any `json:"impacted_business_services"`
					}
					if err := json.Unmarshal(in["updates"], &updates); err != nil {
						t.Fatal(err)
					}
					names := map[string]bool{}
					for _, u := range updates {
						for _, s := range u.Impacted {
							names[fmt.Sprint(s["business_service_id"])] = true
						}
					}
					want[2] += len(names)
				}
			}
			for _, raw := range res.Incidents {
				got[0]++
				got[1] += len(raw.Updates)
				got[2] += len(raw.Components)
			}
			if got != want {
				t.Errorf("%v incidents, updates and affected components; the file has %v", got, want)
			}
			if n := strings.Count(string(doc.Summary["post_status_page_services"]),
				`"is_active":true`); len(res.Components) != n {
				t.Errorf("%d components, the file has %d in use", len(res.Components), n)
			}
			if !res.Coverage.Open || !res.Coverage.Components || !strings.HasPrefix(res.Coverage.Since, "2022-06-21") {
				t.Errorf("coverage %+v", res.Coverage)
			}
			incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
			_, more := normalize.Components(res.Components, scraper.WordsOf(Platform{}))
			if len(findings)+len(more) > 0 {
				t.Errorf("findings %v %v", findings, more)
			}
			open := 0
			for _, i := range incidents {
				if !i.State.Over() {
					open++
				}
				if i.Severity == normalize.SeverityUnknown || i.State == normalize.StateUnknown ||
					i.StartedAt.IsZero() || i.State.Over() == i.ResolvedAt.IsZero() {
					t.Errorf("%s: severity %s, state %s, from %s to %s", i.Key, i.Severity, i.State, i.StartedAt,
						i.ResolvedAt)
				}
			}
			affected := 0
			for _, c := range res.Components {
				if c.Status != "all_good" {
					affected++
				}
			}
			if broken := strings.Contains(file, "minor"); broken != (open == 1) || broken != (affected == 2) {
				t.Errorf("%d open incidents, %d components not well", open, affected)
			}
		})
	}
}

// pageWith makes a page of the JSON of its summary.
func pageWith(summary string) page.Page {
	return page.Page{Body: []byte(`<html><body><script id="data" type="application/json">{"summary":` + summary +
		`}</script></body></html>`)}
}

func TestSeverityIsTheWorstOfAllPosts(t *testing.T) {
	tests := []struct{ severities, want string }{
		{`all_good minor`, "minor"},
		{`all_good minor major minor`, "major"},
		{`minor outage`, "outage"},
		{`all_good all_good`, "all_good"},
		{`all_good`, "all_good"},
		{``, ""},
		{`all_good sideways minor`, "sideways"},
		{`major sideways`, "major"},
	}
	for _, tt := range tests {
		var posts []string
		for _, s := range strings.Fields(tt.severities) {
			posts = append(posts, `{"status":"resolved","severity":"`+s+`"}`)
		}
		res, err := Platform{}.Parse(scraper.Source{},
			pageWith(`{"open_incidents":[],"post_status_page_services":[],"resolved_incidents":[{"id":"P1",`+
				`"updates":[`+strings.Join(posts, ",")+`]}]}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Incidents[0].Impact; got != tt.want {
			t.Errorf("%q: %q, want %q", tt.severities, got, tt.want)
		}
	}
}

// TestListsHaveToBeThere holds that a list which is missing or null is never taken for an empty one.
func TestListsHaveToBeThere(t *testing.T) {
	for summary, want := range map[string]scraper.Coverage{
		`{"open_incidents":[],"posts":[],"resolved_incidents":[],"post_status_page_services":[]}`: {Open: true,
			Components: true},
		`{"open_incidents":[],"resolved_incidents":[],"post_status_page_services":[]}`: {Components: true},
	} {
		res, err := Platform{}.Parse(scraper.Source{}, pageWith(summary))
		if err != nil || res.Coverage != want {
			t.Errorf("%s: %+v, %v; want %+v", summary, res.Coverage, err, want)
		}
	}
	for _, summary := range []string{
		`{"open_incidents":null,"posts":[],"resolved_incidents":[],"post_status_page_services":[]}`,
		`{"open_incidents":[],"posts":[],"post_status_page_services":[]}`,
		`{"open_incidents":[],"posts":[],"resolved_incidents":[]}`,
		`{"open_incidents":[{}],"posts":[],"resolved_incidents":[],"post_status_page_services":[]}`,
		`null`,
	} {
		platformtest.MustRefuse(t, summary, Platform{}, pageWith(summary))
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "pagerduty")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
