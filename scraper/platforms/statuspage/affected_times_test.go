package statuspage

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

// affectedIn returns since when and until when the incident of a document affected its one component: "10:00–10:40".
func affectedIn(t *testing.T, body string) string {
	t.Helper()
	p := page.Page{Body: []byte(body)}
	res, err := Platform{}.Parse(scraper.Source{URL: "https://status.acme.example"}, p)
	if err != nil {
		t.Fatal(err)
	}
	incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
	if len(findings) > 0 || len(incidents) != 1 || len(incidents[0].Components) != 1 {
		t.Fatalf("%+v %+v", incidents, findings)
	}
	c, out := incidents[0].Components[0], ""
	if !c.StartedAt.IsZero() {
		out += c.StartedAt.Format("15:04")
	}
	if out += "–"; !c.ResolvedAt.IsZero() {
		out += c.ResolvedAt.Format("15:04")
	}
	return out
}

func TestTimesOfComponents(t *testing.T) {
	post := func(at, was, is string) string {
		return `{"id":"u` + at + `","status":"monitoring","body":"x","created_at":"2026-11-27T` + at +
			`:00Z","display_at":"2026-11-27T` + at + `:00Z","affected_components":[{"code":"c1","name":"IDE",` +
			`"old_status":"` + was + `","new_status":"` + is + `"}]}`
	}
	silent := `{"id":"u2","status":"update","body":"x","created_at":"2026-11-27T10:20:00Z",` +
		`"display_at":"2026-11-27T10:20:00Z","affected_components":null}`
	const well, slow, down = "operational", "degraded_performance", "major_outage"
	for _, tc := range []struct {
		name           string
		status, at     string // of the component, and when it was last touched
		resolved, want string
		posts          []string // newest first
	}{
		{"down, and still so", down, "10:00", "", "10:00–", []string{post("10:00", well, down)}},
		{"worse in between", down, "10:30", "", "10:00–", []string{silent, post("10:30", slow, down),
			post("10:00", well, slow)}},
		{"well with the post that resolved it", well, "11:00", "11:00", "10:00–11:00",
			[]string{post("11:00", down, well), post("10:00", well, down)}},
		{"well with a post before", well, "10:40", "11:00", "10:00–10:40",
			[]string{post("11:00", well, well), post("10:40", down, well), post("10:00", well, down)}},
		{"well between two posts", well, "10:40", "11:00", "10:00–10:40",
			[]string{post("11:00", well, well), post("10:00", well, down)}},
		{"well between two posts, and touched since", well, "14:00", "11:00", "10:00–",
			[]string{post("11:00", well, well), post("10:00", well, down)}},
		{"well while it is open", well, "10:40", "", "10:00–10:40", []string{silent, post("10:00", well, down)}},
		{"well, and no post says so", well, "10:40", "11:00", "10:00–10:40", []string{post("10:00", well, down)}},
		{"well, touched after the end", well, "14:00", "11:00", "10:00–", []string{post("10:00", well, down)}},
		{"well, touched before it was down", well, "09:00", "", "10:00–", []string{post("10:00", well, down)}},
		{"down twice", well, "12:00", "12:00", "10:00–12:00", []string{post("12:00", down, well),
			post("11:00", well, down), post("10:30", down, well), post("10:00", well, down)}},
		{"down again", down, "11:00", "", "10:00–", []string{post("11:00", well, down), post("10:30", down, well),
			post("10:00", well, down)}},
		{"joined later", well, "11:00", "11:00", "10:30–11:00", []string{post("11:00", slow, well),
			post("10:30", well, slow), post("10:00", well, well)}},
		{"never touched", well, "09:00", "11:00", "–", []string{post("11:00", well, well),
			post("10:00", well, well)}},
		{"no post tells", down, "10:00", "", "–", []string{silent}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			part := `{"id":"c1","name":"IDE","status":"` + tc.status + `","updated_at":"2026-11-27T` + tc.at +
				`:00Z","group":false}`
			state, end := "monitoring", "null"
			if tc.resolved != "" {
				state, end = "resolved", `"2026-11-27T`+tc.resolved+`:00Z"`
			}
			got := affectedIn(t, `{"page":{"id":"qz1","name":"Quartzline","url":"https://status.quartzline.example"},`+
				`"status":{"indicator":"none","description":""},"scheduled_maintenances":[],"components":[`+part+
				`],"incidents":[{"id":"i1","name":"Slow","status":"`+state+`","impact":"minor","created_at":`+
				`"2026-11-27T10:00:00Z","resolved_at":`+end+`,"components":[`+part+`],"incident_updates":[`+
				strings.Join(tc.posts, ",")+`]}]}`)
			if got != tc.want {
				t.Errorf("affected %s, want %s", got, tc.want)
			}
		})
	}
	t.Run("the case", func(t *testing.T) {
		body, err := os.ReadFile(filepath.Join(platformtest.Captures(), "..", "cases",
			"component-recovered-before-resolve", "summary.json"))
		if err != nil {
			t.Skip("there is no ../shared/cases: ", err)
		}
		if got := affectedIn(t, string(body)); got != "03:02–10:00" {
			t.Errorf("affected %s", got)
		}
	})
}
