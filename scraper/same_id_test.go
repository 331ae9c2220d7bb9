package scraper_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/platformtest"
)

// TestEntriesWithOneID holds that entries which share an id are all kept, with a finding, and the same entry twice is
// one.
func TestEntriesWithOneID(t *testing.T) {
	tests := []struct {
		name      string
		swap      []string
		incidents string // their keys
		updates   string // keys of the first one's
		findings  int
	}{
		{"all differ", nil, "i1 i2", "u2 u1", 0},
		{"two incidents", []string{`"id":"i2"`, `"id":"i1"`}, "i1@2026-03-01T10:00Z i1@2026-02-01T10:00Z", "u2 u1", 2},
		{"one incident twice", []string{`"id":"i2","name":"Rockets late"`, `"id":"i1","name":"Anvils float"`}, "i1",
			"u2 u1", 0},
		{"another title, and the same start", []string{`"id":"i2"`, `"id":"i1"`, `2026-02-01`, `2026-03-01`}, "i1",
			"u2 u1", 1},
		{"two updates", []string{`"id":"u2"`, `"id":"u1"`}, "i1 i2", "u1 u1#2", 1},
		{"one update twice", []string{`{"id":"u2","status":"identified","body":"A magnet.",` +
			`"created_at":"2026-03-01T10:10:00Z"}`, `{"id":"u1","status":"investigating","body":"We look.",` +
			`"created_at":"2026-03-01T10:00:00Z"}`}, "i1 i2", "u1", 0},
	}
	reader, err := platforms.Lookup("statuspage")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, err := scraper.Read(reader, scraper.Source{URL: "https://status.acme.example"}, page.Page{
				URL:  "https://status.acme.example/api/v2/incidents.json",
				Body: []byte(platformtest.Swap(t, twoIncidents, tt.swap...))})
			if err != nil || len(res.Incidents) != 2 {
				t.Fatalf("%+v, %v", res, err)
			}
			read, findings := normalize.Incidents(res.Incidents, normalize.Words{})
			var incidents, updates []string
			for _, i := range read {
				incidents = append(incidents, i.Key)
			}
			for _, u := range read[0].Updates {
				updates = append(updates, u.Key)
			}
			if got := strings.Join(incidents, " "); got != tt.incidents {
				t.Errorf("incidents %q, want %q", got, tt.incidents)
			}
			if got := strings.Join(updates, " "); got != tt.updates {
				t.Errorf("updates %q, want %q", got, tt.updates)
			}
			findings = slices.DeleteFunc(findings, func(f normalize.Finding) bool { return f.Field == "posted_at" })
			if len(findings) != tt.findings {
				t.Errorf("findings %+v", findings)
			}
		})
	}
}

var (
	sentence  = regexp.MustCompile(`"([^"\\{}:]*[a-z] [^"\\{}]*)"`)
	tagText   = regexp.MustCompile(`>([^<>&]*[a-z] [^<>]*)<`)
	years     = regexp.MustCompile(`\b202[4-6]\b`)
	epochs    = regexp.MustCompile(`\b1[67]\d{8}(?:\d{3})?\b`)
	datedText = regexp.MustCompile(`\d\d:\d\d`)
)

// another returns an entry with the same ids, about something else that was long before.
func another(item []byte, markup bool) []byte {
	text := sentence
	if markup {
		text = tagText
	}
	out := text.ReplaceAllStringFunc(string(item), func(s string) string {
		if datedText.MatchString(s) {
			return s
		}
		if head, rest, ok := strings.Cut(s, "] "); ok && head[1] == '[' {
			return head + "] Otherwise: " + rest // the head says what kind of entry it is
		}
		return s[:1] + "Otherwise: " + s[1:]
	})
	out = strings.ReplaceAll(out, "<title><![CDATA[", "<title><![CDATA[Otherwise: ")
	out = years.ReplaceAllString(out, "2021")
	out = epochs.ReplaceAllStringFunc(out, func(s string) string { return "15" + s[2:] })
	return []byte(out)
}

// TestTwoIncidentsOfOneID shows each platform an entry of its documents twice, the second time with another text and
// time, and holds that both are read, with a finding. The same entry twice is one incident.
func TestTwoIncidentsOfOneID(t *testing.T) {
	racetest.Skip(t, "reads pages one after the other")
	if testing.Short() {
		t.Skip("reads each page many times")
	}
	tried := map[string]bool{}
	withID := map[string]bool{}
	for _, f := range fixtures(t) {
		body := page.Body(f.page)
		read := func(body []byte) ([]normalize.Incident, []normalize.Finding, bool) {
			doc := f.page
			doc.Body = body
			res, err := scraper.Read(f.reader, f.source, doc)
			if err != nil {
				return nil, nil, false
			}
			list, found := normalize.Incidents(res.Incidents, scraper.WordsOf(f.reader))
			return list, append(res.Findings, found...), true
		}
		whole, _, _ := read(body)
		for _, i := range whole {
			withID[f.platform] = withID[f.platform] || !normalize.WeakKey(i.Key) && !i.Begin().IsZero()
		}
		if len(body) > 60_000 {
			continue
		}
		join := func(a, b []byte, markup bool) []byte {
			if markup {
				return slices.Concat(a, b)
			}
			return slices.Concat(a, []byte(","), b)
		}
		for n := range 9 {
			twice := scraper.Variants(body, n, func(item []byte, m bool) []byte { return join(item, item, m) })
			instead := scraper.Variants(body, n, another)
			two := scraper.Variants(body, n, func(item []byte, m bool) []byte {
				return join(item, another(item, m), m)
			})
			for list, doc := range two {
				if other, _, _ := read(instead[list]); changed(whole, other) != 1 {
					continue // no entry of a list of incidents, or what changed is not what the platform reads
				}
				name := fmt.Sprintf("%s %s, list %s", f.platform, f.name, list)
				if same, _, _ := read(twice[list]); len(same) != len(whole) {
					t.Errorf("%s: the same entry twice makes %d incidents of %d", name, len(same), len(whole))
				}
				all, findings, ok := read(doc)
				if !ok {
					t.Errorf("%s: two entries with one id cost the page", name)
					continue
				}
				tried[f.platform] = true
				told := slices.ContainsFunc(findings, func(found normalize.Finding) bool {
					return found.Field == normalize.FieldKey || strings.Contains(found.Value, "Otherwise")
				})
				if len(all) != len(whole)+1 && !(told && len(all) == len(whole)) {
					t.Errorf("%s: %d incidents of %d and another one; findings %+v", name, len(all), len(whole),
						findings)
				}
			}
		}
	}
	// The ids of two are made of times, what has ids on the pages of two is HTML, and one has objects by id.
	for name := range withID {
		if !tried[name] && !slices.Contains([]string{"adobe", "cstate", "gatus", "pingoru", "statuscast"}, name) {
			t.Errorf("platform %q has incidents with ids, and no document of it was tried", name)
		}
	}
}

// changed returns how many incidents with an id are other ones in the second list.
func changed(was, is []normalize.Incident) int {
	n := 0
	for _, i := range was {
		for _, k := range is {
			i.Updates, k.Updates = nil, nil // another list may have them
			if i.Key == k.Key && !normalize.WeakKey(i.Key) && normalize.TwoIncidents(i, k) {
				n++
			}
		}
	}
	return n
}
