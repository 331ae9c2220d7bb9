package scraper_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

const twoIncidents = `{"page":{"id":"p1","name":"Acme","url":"https://status.acme.example"},"incidents":[` +
	`{"id":"i1","name":"Anvils float","status":"investigating","created_at":"2026-03-01T10:00:00Z","impact":"minor",` +
	`"incident_updates":[{"id":"u1","status":"investigating","body":"We look.","created_at":"2026-03-01T10:00:00Z"},` +
	`{"id":"u2","status":"identified","body":"A magnet.","created_at":"2026-03-01T10:10:00Z"}]},` +
	`{"id":"i2","name":"Rockets late","status":"resolved","created_at":"2026-02-01T10:00:00Z","impact":"minor",` +
	`"incident_updates":[]}]}`

func TestReadWithABadEntry(t *testing.T) {
	tests := []struct {
		name      string
		swap      []string
		incidents []string // ids; none: the page is refused
		lost      string   // in the finding; empty: nothing is lost
	}{
		{"none", nil, []string{"i1", "i2"}, ""},
		{"an id that is a number", []string{`"id":"i1"`, `"id":17`}, []string{"17", "i2"}, ""},
		{"a name that is a number", []string{`"name":"Rockets late"`, `"name":404`}, []string{"i1", "i2"}, ""},
		{"an entry that is a number", []string{`{"id":"i2"`, `7,{"id":"i2"`}, []string{"i1", "i2"}, "7"},
		{"an entry without id and name", []string{`"id":"i2","name":"Rockets late"`, `"id":"","name":""`},
			[]string{"i1"}, "2026-02-01"},
		{"a name that is a list", []string{`"name":"Rockets late"`, `"name":["x"]`}, []string{"i1"}, "i2"},
		{"a post that is none", []string{`{"id":"u2"`, `["u3"],{"id":"u2"`}, []string{"i1", "i2"}, "u3"},
		{"no entry can be read",
			[]string{`"name":"Anvils float"`, `"name":{}`, `"name":"Rockets late"`, `"name":{}`}, nil,
			""},
		{"it is no list of incidents", []string{`"id":"p1",`, ``}, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := page.Page{URL: "https://status.acme.example/api/v2/incidents.json",
				Body: []byte(platformtest.Swap(t, twoIncidents, tt.swap...))}
			reader, err := platforms.Lookup("statuspage")
			if err != nil {
				t.Fatal(err)
			}
			res, err := scraper.Read(reader, scraper.Source{URL: "https://status.acme.example"}, doc)
			if (err == nil) != (tt.incidents != nil) || err != nil && !errors.Is(err, scraper.ErrShape) {
				t.Fatalf("error %v", err)
			}
			var ids []string
			for _, raw := range res.Incidents {
				ids = append(ids, raw.ID)
			}
			if strings.Join(ids, " ") != strings.Join(tt.incidents, " ") {
				t.Errorf("incidents %q; want %q", ids, tt.incidents)
			}
			lost := len(res.Findings) == 1 && strings.Contains(res.Findings[0].Value, tt.lost)
			if lost != (tt.lost != "") {
				t.Errorf("findings %+v; want %q", res.Findings, tt.lost)
			}
			if lost && !res.Findings[0].Lost {
				t.Errorf("the entry does not count as lost: %+v", res.Findings)
			}
			if tt.lost != "" && res.Coverage != (scraper.Coverage{}) {
				t.Errorf("it lost an entry, and covers %+v", res.Coverage)
			}
			if want := "statuspage"; err == nil && platforms.Detect(doc) != want {
				t.Errorf("detected as %q", platforms.Detect(doc))
			}
		})
	}
}

// In no document of any platform does one entry that cannot be read cost the others, and none passes for whole then.
func TestABadEntryCostsThatEntry(t *testing.T) {
	racetest.Skip(t, "reads page after page")
	seen := map[string]bool{}
	for _, f := range fixtures(t) {
		body := page.Body(f.page)
		whole, err := f.reader.Parse(f.source, f.page)
		if !page.IsJSON(body) || !json.Valid(body) || err != nil || len(body) > 20_000 {
			continue
		}
		names, lists := scraper.Lists(body)
		for n, items := range lists {
			id := f.platform + " " + names[n]
			if len(items) < 2 || seen[id] {
				continue
			}
			seen[id] = true
			doc := f.page
			doc.Body = bytes.Replace(body, items[0], []byte(`[["bad"]]`), 1)
			res, err := scraper.Read(f.reader, f.source, doc)
			if err != nil {
				t.Errorf("%s of %s: %v", id, f.name, err)
				continue
			}
			if len(res.Findings) == len(whole.Findings) && len(res.Incidents) < len(whole.Incidents) {
				t.Errorf("%s of %s: %d incidents and %d components, findings %+v", id, f.name, len(res.Incidents),
					len(res.Components), res.Findings)
			}
			if res.Coverage.Open && len(res.Incidents) < len(whole.Incidents) {
				t.Errorf("%s of %s: an incident is lost, and the list passes for whole", id, f.name)
			}
		}
	}
}
