package yandexcloud

import (
	"fmt"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	platformtest.ReadCaptures(t, Platform{}, func(t *testing.T, body []byte) platformtest.Tally {
		doc := platformtest.MustJSON[map[string]any](t, body)
		items, ok := doc["items"].([]any)
		if !ok {
			items = []any{doc}
		}
		var n platformtest.Tally
		for _, item := range items {
			item := item.(map[string]any)
			n.Incidents++
			if item["status"] == "open" {
				n.Open++
			}
			n.Updates += len(item["comments"].([]any))
			if item["report"] != nil {
				n.Updates++
			}
			n.Affected += len(item["services"].([]any))
			for _, r := range item["installations"].([]any) {
				n.Affected += len(r.(map[string]any)["zones"].([]any))
			}
		}
		return n
	}, "yandex-cloud/*.json")
}

func one(status, label, report string) string {
	return `{"title":"Snow","report":` + report + `,"isReportPublished":false,` +
		`"reportPublishedTime":"2026-11-25T09:00:00.000Z","id":31,"status":"` + status +
		`","startDate":"2026-11-20T03:50:00.000Z","endDate":"2026-11-20T06:15:00.000Z",` +
		`"createdAt":"2026-11-20T04:00:00.000Z","updatedAt":"2026-11-20T06:16:00.000Z","levelId":1,` +
		`"services":[{"id":2,"name":"Sledges","fullName":"Acme Sledges","status":"develop"}],"comments":[` +
		`{"content":"<p>Cleared.</p>\n","id":92,"type":"resolved","createdAt":"2026-11-20T06:15:08.112Z",` +
		`"incidentId":31},` +
		`{"content":"<p>It snows.</p>\n","id":91,"type":"investigation","createdAt":"2026-11-20T04:00:16.377Z",` +
		`"incidentId":31}],` +
		`"level":{"level":1,"label":"` + label + `","theme":"normal"},"installations":[{"code":"north",` +
		`"zones":[{"id":"north-1-a"}]}]}`
}

func TestMeaning(t *testing.T) {
	tests := []struct {
		name, status, label, report string
		severity                    normalize.Severity
		state                       normalize.State
		resolved                    string
		updates                     int
	}{
		{"over", "resolved", "Minor", "null", normalize.SeverityMinor, normalize.StateResolved,
			"2026-11-20T06:15:00.000Z", 2},
		{"over, with a report", "resolved", "Unavailable", `"<p>It was cold.</p>"`, normalize.SeverityCritical,
			normalize.StateResolved, "2026-11-20T06:15:00.000Z", 3},
		{"open, though an end is given", "open", "Minor", "null", normalize.SeverityMinor,
			normalize.StateInvestigating, "", 2},
		{"a level nobody knows", "resolved", "Chilly", "null", normalize.SeverityUnknown, normalize.StateResolved,
			"2026-11-20T06:15:00.000Z", 2},
		{"a status nobody knows", "thawing", "Minor", "null", normalize.SeverityMinor, normalize.StateUnknown, "", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := platformtest.Parsed(t, Platform{}, "https://status.acme.example/api/incidents/31?lang=ru",
				one(tt.status, tt.label, tt.report))
			got := platformtest.Incidents(t, Platform{}, res)[0]
			if got.Severity != tt.severity || got.State != tt.state ||
				normalize.FormatTime(got.ResolvedAt) != tt.resolved || len(got.Updates) != tt.updates {
				t.Errorf("got %s %s, resolved at %q, %d updates", got.Severity, got.State,
					normalize.FormatTime(got.ResolvedAt), len(got.Updates))
			}
			if got.URL != "https://status.acme.example/ru/incidents/31" {
				t.Errorf("the page is %s", got.URL)
			}
			for _, c := range got.Components {
				if c.Status != normalize.StatusUnknown {
					t.Errorf("a stage of release is taken for a status: %+v", c)
				}
			}
			if last := got.Updates[len(got.Updates)-1]; tt.report != "null" &&
				last.State != normalize.StatePostmortem {
				t.Errorf("the report is %+v", last)
			}
		})
	}
}

func TestPages(t *testing.T) {
	list := func(n, count int) string {
		return fmt.Sprintf(`{"items":[%s],"count":%d}`, strings.TrimSuffix(strings.Repeat(one("resolved", "Minor",
			"null")+",", n), ","), count)
	}
	tests := []struct {
		name, address, body string
		mode                scraper.Mode
		next                int
		open                bool
	}{
		{"a part of the list", "https://status.acme.example/api/incidents?lang=en", list(2, 300), scraper.Poll, 0,
			false},
		{"the whole list", "https://status.acme.example/api/incidents?lang=en", list(2, 2), scraper.Poll, 0, true},
		{"a backfill goes on", "https://status.acme.example/api/incidents?lang=en&page=2&perPage=100", list(2, 300),
			scraper.Backfill, 3, false},
		{"a backfill ends", "https://status.acme.example/api/incidents?lang=en&page=3&perPage=100", list(2, 300),
			scraper.Backfill, 0, false},
		{"beyond the end", "https://status.acme.example/api/incidents?lang=en&page=4&perPage=100",
			`{"items":[],"count":0}`, scraper.Backfill, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, err := Platform{}.Parse(scraper.Source{Mode: tt.mode}, page.Page{URL: tt.address,
				Body: []byte(tt.body)})
			if err != nil {
				t.Fatal(err)
			}
			next := 0
			for _, r := range res.Follow {
				next = r.NextPage
			}
			if next != tt.next || res.Coverage.Open != tt.open {
				t.Errorf("goes on at %d, open %v", next, res.Coverage.Open)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"an empty list":            `{"items":[],"count":0}`,
		"items that are not there": `{"items":[],"count":3}`,
		"no count":                 `{"items":[` + one("open", "Minor", "null") + `]}`,
		"an item of another kind":  `{"items":[{"id":1,"title":"a"}],"count":1}`,
	})
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "yandexcloud")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
