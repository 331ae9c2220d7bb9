package incidentio

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

// known is what the record knows of an incident's times: "posted 10:00", "stated 10:40", or "" where nothing is known.
type known struct{ start, end string }

func knownOf(raw normalize.Raw) known {
	r := normalize.Fold([]normalize.Reading{{Seen: time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC),
		Raws: []normalize.Raw{raw}, Words: scraper.WordsOf(Platform{})}})
	word := func(b normalize.Basis, at time.Time) string {
		if b == "" {
			return ""
		}
		return string(b) + at.Format(" 15:04")
	}
	return known{word(r.StartedBasis, r.Incident.StartedAt), word(r.ResolvedBasis, r.Incident.ResolvedAt)}
}

// TestImpactsAreStartsAndEnds reads lists of incidents whose impacts have times of their own.
func TestImpactsAreStartsAndEnds(t *testing.T) {
	post := func(state, at string) string {
		id := strings.ReplaceAll(at, ":", "") + strings.ToUpper(state[:1])
		return fmt.Sprintf(`{"id":"01J9Z0VPD000000000000%s","to_status":%q,"message_string":"x",`+
			`"published_at":"2026-03-05T%s:00Z"}`, id, state, at)
	}
	impact := func(from, to string) string {
		end := `null`
		if to != "" {
			end = `"2026-03-05T` + to + `:00Z"`
		}
		return `{"component_id":"01J9Z0C0MP000000000000000B","status":"partial_outage","start_at":"2026-03-05T` + from +
			`:00Z","end_at":` + end + `,"status_page_incident_id":"01J9Z0XKNC000000000000000K"}`
	}
	posts := func(status string) []string {
		return []string{post("investigating", "10:00"), post("monitoring", "10:40"), post(status, "11:00")}
	}
	for _, tc := range []struct {
		name, status   string
		updates, parts []string
		want           known
	}{
		{"as posted", "resolved", posts("resolved"), []string{impact("10:00", "11:00")},
			known{"posted 10:00", "posted 11:00"}},
		{"over before it was resolved", "resolved", posts("resolved"), []string{impact("10:00", "10:40")},
			known{"posted 10:00", "stated 10:40"}},
		{"over before it was watched", "resolved", posts("resolved"), []string{impact("10:00", "10:20")},
			known{"posted 10:00", "stated 10:20"}},
		{"since before the first post", "resolved", posts("resolved"), []string{impact("09:15", "10:40")},
			known{"stated 09:15", "stated 10:40"}},
		{"a part that began later", "resolved", posts("resolved"), []string{impact("10:30", "10:40")},
			known{"posted 10:00", "stated 10:40"}},
		{"several components", "resolved", posts("resolved"), []string{impact("09:50", "10:10"),
			impact("10:05", "10:50")}, known{"stated 09:50", "stated 10:50"}},
		{"an impact without an end", "resolved", posts("resolved"), []string{impact("10:00", "10:10"),
			impact("10:05", "")}, known{"posted 10:00", "posted 11:00"}},
		{"no impacts", "resolved", posts("resolved"), nil, known{"posted 10:00", "posted 11:00"}},
		{"still watched", "monitoring", posts("monitoring"), []string{impact("10:00", "10:40")},
			known{"posted 10:00", ""}},
		{"went on after it was over", "resolved", []string{post("investigating", "10:00"), post("resolved", "10:40"),
			post("monitoring", "10:50"), post("resolved", "11:30")}, []string{impact("10:00", "10:40")},
			known{"posted 10:00", "posted 11:30"}},
		{"contradicted by a post", "resolved", []string{post("investigating", "10:00"), post("identified", "10:50"),
			post("resolved", "11:30")}, []string{impact("10:00", "10:40")}, known{"posted 10:00", "posted 11:30"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(`{"incidents":[{` +
				`"id":"01J9Z0XKNC000000000000000K","name":"x","status":"` + tc.status +
				`","published_at":"2026-03-05T10:00:00Z",` +
				`"component_impacts":[` + strings.Join(tc.parts, ",") + `],"updates":[` +
				strings.Join(tc.updates, ",") + `]}]}`)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, knownOf(res.Incidents[0]), cmp.AllowUnexported(known{})); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("a title of the history", func(t *testing.T) {
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: []byte(`{"component_impacts":[` +
			impact("09:30", "10:40") + `],"incident_links":[{"id":"01J9Z0XKNC000000000000000K","name":"x",` +
			`"status":"resolved","published_at":"2026-03-05T10:00:00Z"}]}`)})
		if err != nil {
			t.Fatal(err)
		}
		want := known{"stated 09:30", "stated 10:40"}
		if got := knownOf(res.Incidents[0]); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
}

// TestCapturedImpacts holds the ends of incidents on recorded pages against the impacts in their bytes.
func TestCapturedImpacts(t *testing.T) {
	stated := 0
	for _, path := range platformtest.CaptureFiles(t, "incident.io/*.html") {
		body := platformtest.ReadCapture(t, path)
		res, err := Platform{}.Parse(scraper.Source{}, page.Page{Body: body})
		if err != nil {
			t.Fatal(err)
		}
		ends := map[string]string{} // of all impacts, by incident
		text := platformtest.FlightText(t, body)
		for at := strings.Index(text, `"component_impacts":[`); at >= 0; {
			var impacts []impact
			list := text[at+len(`"component_impacts":`):]
			if err := json.NewDecoder(strings.NewReader(list)).Decode(&impacts); err != nil {
				t.Fatal(err)
			}
			for _, i := range impacts {
				if end := ends[i.IncidentID]; !strings.HasPrefix(end, "$") && (i.EndAt[0] == '$' || end < i.EndAt) {
					ends[i.IncidentID] = i.EndAt
				}
			}
			next := strings.Index(list, `"component_impacts":[`)
			if at += len(`"component_impacts":`) + next; next < 0 {
				break
			}
		}
		for _, raw := range res.Incidents {
			end := ends[raw.ID]
			over := raw.Kind == string(normalize.KindIncident) && raw.State == "resolved" && end != "" && end[0] != '$'
			if !over && !raw.Resolved.IsZero() || over && raw.Resolved.Text != end {
				t.Errorf("%s: %q is read to have ended %q; the last impact ends %q", filepath.Base(path), raw.Title,
					raw.Resolved.Text, end)
			}
			if over && knownOf(raw).end == "" {
				t.Errorf("%s: nothing is known of the end of %q", filepath.Base(path), raw.Title)
			}
			if strings.HasPrefix(knownOf(raw).end, "stated") {
				stated++
			}
		}
	}
	if stated < 50 {
		t.Errorf("%d ends are known from impacts", stated)
	}
}
