package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// incidentIO is a list of one incident, of status, with posts ("investigating 10:00") and impacts ("10:00 10:40";
// "10:00 -" has no end).
func incidentIO(status string, posts, impacts []string) string {
	var updates, parts []string
	for n, p := range posts {
		state, at, _ := strings.Cut(p, " ")
		updates = append(updates, fmt.Sprintf(`{"id":"01J9Z0VPD0000000000000000%d","to_status":%q,`+
			`"message_string":"x","published_at":"2026-03-01T%s:00Z"}`, n, state, at))
	}
	for n, i := range impacts {
		from, to, _ := strings.Cut(i, " ")
		end := `null`
		if to != "-" {
			end = `"2026-03-01T` + to + `:00Z"`
		}
		parts = append(parts, fmt.Sprintf(`{"component_id":"01J9Z0C0MP000000000000000%d","status":"partial_outage",`+
			`"start_at":"2026-03-01T%s:00Z","end_at":%s,"status_page_incident_id":"01J9Z0XKNC000000000000000K"}`, n,
			from, end))
	}
	return `{"incidents":[{"id":"01J9Z0XKNC000000000000000K","name":"Anvils float","status":"` + status + `",` +
		`"published_at":"2026-03-01T10:00:00Z","component_impacts":[` + strings.Join(parts, ",") + `],"updates":[` +
		strings.Join(updates, ",") + `]}]}`
}

// betterStack is an index of one report with its start and end ("-" has none), and posts ("downtime 10:00").
func betterStack(state, starts, ends string, posts ...string) string {
	at := func(clock string) string {
		if clock == "-" {
			return `null`
		}
		return `"2026-03-01T` + clock + `:00.000Z"`
	}
	included := fmt.Sprintf(`{"id":"7","type":"status_report","attributes":{"title":"Anvils float",`+
		`"report_type":"manual","starts_at":%s,"ends_at":%s,"aggregate_state":%q}}`, at(starts), at(ends), state)
	for n, p := range posts {
		word, clock, _ := strings.Cut(p, " ")
		included += fmt.Sprintf(`,{"id":"9%d","type":"status_update","attributes":{"message":"m","published_at":%s,`+
			`"status_report_id":7,"affected_resources":[{"status_page_resource_id":"8","status":%q}]}}`, n, at(clock),
			word)
	}
	return `{"data":{"id":"1","type":"status_page","attributes":{"company_name":"Acme",` +
		`"aggregate_state":"operational"},"relationships":{"status_reports":{"data":[{"id":"7",` +
		`"type":"status_report"}]}}},"included":[` + included + `]}`
}

// Where a vendor states an end of its own, the length is measured to it, whichever post comes later; where it states
// none, to the post; and where only its page told, to when we saw it, with the time since it was last open as the
// uncertainty. Documents are read one each hour, from 11 o'clock.
func TestLengthOfAnIncident(t *testing.T) {
	posted := []string{"investigating 10:00", "monitoring 10:40", "resolved 11:00"}
	for name, c := range map[string]struct {
		platform string
		read     []string
		want     string // seconds, uncertainty, bases of start and end
	}{
		"incident.io, as posted": {"incidentio", []string{incidentIO("resolved", posted, nil)},
			"3600 ±0 posted posted"},
		"incident.io, impacts end before the last post": {"incidentio",
			[]string{incidentIO("resolved", posted, []string{"10:00 10:25", "10:05 10:30"})}, "1800 ±0 posted stated"},
		"incident.io, impacts begin before the first post": {"incidentio",
			[]string{incidentIO("resolved", posted, []string{"09:15 10:15"})}, "3600 ±0 stated stated"},
		"incident.io, one impact has no end": {"incidentio",
			[]string{incidentIO("resolved", posted, []string{"10:00 10:25", "10:05 -"})}, "3600 ±0 posted posted"},
		"incident.io, all impacts are over, and it is watched": {"incidentio",
			[]string{incidentIO("monitoring", posted[:2], []string{"10:00 10:25"})}, "none"},
		"incident.io, the end comes with a later reading": {"incidentio", []string{
			incidentIO("investigating", posted[:1], []string{"10:00 -"}),
			incidentIO("resolved", posted, []string{"10:00 10:25"})}, "1500 ±0 posted stated"},
		"incident.io, the end is corrected": {"incidentio", []string{
			incidentIO("resolved", posted, []string{"10:00 10:25"}),
			incidentIO("resolved", posted, []string{"10:00 10:35"})}, "2100 ±0 posted stated"},
		"incident.io, the end is taken back": {"incidentio", []string{
			incidentIO("resolved", posted, []string{"10:00 10:25"}),
			incidentIO("resolved", posted, []string{"10:00 -"})}, "3600 ±0 posted posted"},
		"incident.io, no post tells of the end": {"incidentio", []string{
			incidentIO("investigating", posted[:1], nil), incidentIO("resolved", posted[:1], nil)},
			"7200 ±3600 posted seen"},

		"Better Stack, its end": {"betterstack", []string{betterStack("downtime", "10:00", "10:45", "downtime 10:00",
			"resolved 11:00")}, "2700 ±0 posted stated"},
		"Better Stack, its start and end": {"betterstack", []string{betterStack("downtime", "09:30", "10:45",
			"downtime 10:00", "resolved 11:00")}, "4500 ±0 stated stated"},
		"Better Stack, no end, and a post": {"betterstack", []string{betterStack("operational", "10:00", "-",
			"downtime 10:00", "resolved 11:00")}, "3600 ±0 posted posted"},
		"Better Stack, an end to come": {"betterstack", []string{betterStack("downtime", "10:00", "23:00",
			"downtime 10:00")}, "none"},
		"Better Stack, open, then over by its end": {"betterstack", []string{
			betterStack("downtime", "10:00", "-", "downtime 10:00"),
			betterStack("downtime", "10:00", "11:10", "downtime 10:00")}, "4200 ±0 posted stated"},
		"Better Stack, the end is moved": {"betterstack", []string{
			betterStack("downtime", "10:00", "10:45", "downtime 10:00"),
			betterStack("downtime", "10:00", "10:20", "downtime 10:00")}, "1200 ±0 posted stated"},
	} {
		t.Run(name, func(t *testing.T) {
			w, s := watcher(t, nil)
			s.Platform, s.Schedule = c.platform, nil
			if err := w.Record.IdentifySource(t.Context(), s.ID, s.URL, c.platform); err != nil {
				t.Fatal(err)
			}
			for n, body := range c.read {
				at := time.Date(2026, 3, 1, 11+n, 0, 0, 0, time.UTC)
				_, capture := ReadCapture(s, savedPage(body, s.URL, at))
				if _, err := w.Import(t.Context(), s, capture); err != nil || capture.Err != nil {
					t.Fatal(err, capture.Err)
				}
			}
			i, err := w.DB.IncidentByID(t.Context(), 1, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			got := "none"
			if i.DurationSeconds != nil && i.DurationUncertaintySeconds != nil {
				got = fmt.Sprintf("%d ±%d %s %s", *i.DurationSeconds, *i.DurationUncertaintySeconds, i.StartedBasis,
					i.ResolvedBasis)
			}
			if got != c.want || (i.DurationSeconds == nil) != (i.DurationUncertaintySeconds == nil) {
				t.Errorf("%s, want %s (started %s, resolved %s)", got, c.want, i.StartedAt, i.ResolvedAt)
			}
		})
	}
}
