package normalize

import (
	"strings"
	"testing"
	"time"
	"vendorwatch/normalize/times"
)

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// TestKeyOfAnIncident holds what an incident is known by: the vendor's id, its address, else title and start.
func TestKeyOfAnIncident(t *testing.T) {
	key := func(raw Raw) string {
		i, _ := readRaw(raw, Words{}, times.Zones{})
		return i.Key
	}
	for address, want := range map[string]string{
		"https://status.acme.example/incidents/1":      "https://status.acme.example/incidents/1",
		"http://Status.ACME.example/incidents/1/#post": "https://status.acme.example/incidents/1",
		"https://status.acme.example/?id=1":            "https://status.acme.example/?id=1",
		"incidents/1":                                  "incidents/1",
		"%zz":                                          "%zz",
	} {
		if got := key(Raw{URL: address, Title: "x"}); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
	if got := key(Raw{ID: "7", URL: "https://status.acme.example/7"}); got != "7" {
		t.Errorf("the vendor's id became %q", got)
	}
	base := Raw{Title: "Logins fail", Started: printedAt("2026-03-01T10:00:10Z")}
	same := []Raw{
		{Title: " LOGINS  fail", Started: printedAt("2026-03-01T10:00:50Z")},
		{Title: "Logins fail", Updates: []RawUpdate{{State: "resolved",
			Posted: printedAt("2026-03-01T11:00:00+01:00")}}},
	}
	other := []Raw{
		{Title: "Logins fail", Started: printedAt("2026-03-01T10:01:00Z")},
		{Title: "Logouts fail", Started: base.Started},
		{Title: "Logins fail"},
		{Title: "Logins fail", Kind: "maintenance", ScheduledStart: printedAt("2026-03-02T10:00:00Z")},
	}
	weak := key(base)
	if !WeakKey(weak) || WeakKey("7") {
		t.Errorf("key %q", weak)
	}
	for _, raw := range same {
		if key(raw) != weak {
			t.Errorf("%+v is another incident", raw)
		}
	}
	seen := map[string]bool{weak: true}
	for _, raw := range other {
		if seen[key(raw)] {
			t.Errorf("%+v is the same incident as another", raw)
		}
		seen[key(raw)] = true
	}
}

// TestIncidentsKeepsEveryRaw holds that raws of one incident become one, and of several incidents as many.
func TestIncidentsKeepsEveryRaw(t *testing.T) {
	at := printedAt("2026-03-01T10:00:00Z")
	incidents, findings := Incidents([]Raw{
		{Document: "summary", ID: "a", Title: "Logins fail", Started: at},
		{Document: "feed", Title: "Logins fail", Started: at},
		{Document: "feed", Title: "Chats fail", Started: at},
		{Document: "feed", Title: "Chats fail", Started: printedAt("2026-03-01T10:05:00Z")},
		{Document: "page", ID: "a", Title: "Logins fail"},
	}, Words{})
	if len(incidents) != 3 || len(findings) != 0 {
		t.Fatalf("%d incidents, findings %v", len(incidents), findings)
	}
	if incidents[0].Key != "a" || len(incidents[0].Raws) != 3 {
		t.Errorf("%s has %d raws", incidents[0].Key, len(incidents[0].Raws))
	}
	if incidents, findings := Incidents(nil, Words{}); incidents != nil || findings != nil {
		t.Errorf("of nothing: %v, %v", incidents, findings)
	}
}

func TestTimesOfAnIncident(t *testing.T) {
	iso := func(clock string) RawTime { return printedAt("2026-03-01T" + clock + ":00Z") }
	for _, c := range []struct {
		name              string
		raw               Raw
		started, resolved string
		window            string
		findings          string
	}{
		{"the vendor's fields", Raw{Started: iso("09:00"), Resolved: iso("11:00"), State: "resolved",
			Updates: posts("investigating", "resolved")}, "09:00", "11:00", "", ""},
		{"the posts", Raw{Updates: posts("investigating", "monitoring", "resolved")}, "10:00", "10:20", "", ""},
		{"the entry, where there is no post", Raw{Created: iso("08:00"), State: "investigating"}, "08:00", "", "", ""},
		{"the posts before the entry", Raw{Created: iso("08:00"), Updates: posts("investigating")}, "10:00", "", "",
			""},
		{"no end while it lasts", Raw{Resolved: iso("11:00"), State: "monitoring", Updates: posts("investigating")},
			"10:00", "", "", ""},
		{"resolved, reopened and resolved", Raw{Updates: posts("investigating", "resolved", "identified", "update",
			"resolved", "resolved")}, "10:00", "10:40", "", ""},
		{"posts after the end move nothing", Raw{Updates: posts("investigating", "resolved", "update", "postmortem")},
			"10:00", "10:10", "", ""},
		{"a period", Raw{Period: RawTime{Text: "Mar 1, 10:00 - 10:30 UTC", Near: "2026-03-01"}}, "10:00", "10:30", "",
			""},
		{"fields before a period", Raw{Started: iso("09:00"),
			Period: RawTime{Text: "Mar 1, 10:00 - 10:30 UTC", Near: "2026-03-01"}}, "09:00", "10:30", "", ""},
		{"a period that cannot be read", Raw{Period: printedAt("at teatime")}, "", "", "", "started_at"},
		{"an end before the start", Raw{Started: iso("11:00"), State: "resolved", Updates: posts("resolved")}, "11:00",
			"", "", "resolved_at"},
		{"a window", Raw{Kind: "maintenance", ScheduledStart: iso("09:00"), ScheduledEnd: iso("15:00"),
			State: "scheduled"}, "", "", "09:00 15:00", ""},
		{"a window as a period", Raw{Kind: "maintenance", Period: RawTime{Text: "Mar 1, 10:00 - 10:30 UTC",
			Near: "2026-03-01"}, State: "scheduled"}, "", "", "10:00 10:30", ""},
		{"a window that ends before it begins", Raw{Kind: "maintenance", ScheduledStart: iso("15:00"),
			ScheduledEnd: iso("09:00"), State: "scheduled"}, "", "", "15:00", "scheduled_end_at"},
		{"planned work begins when it is in progress", Raw{Kind: "maintenance", ScheduledStart: iso("09:00"),
			Updates: posts("scheduled", "in_progress", "verifying", "completed")}, "10:10", "10:30", "09:00", ""},
		{"planned work that is verified", Raw{Kind: "maintenance", Updates: posts("scheduled", "verifying")}, "10:10",
			"", "", ""},
		{"the entry of planned work is no start", Raw{Kind: "maintenance", Started: iso("08:00"), Created: iso("08:00"),
			State: "scheduled"}, "", "", "", ""},
		{"done, and nobody said when it began", Raw{Kind: "maintenance", ScheduledStart: iso("09:00"),
			Updates: posts("completed")}, "09:00", "10:00", "09:00", ""},
		{"done before its window", Raw{Kind: "maintenance", ScheduledStart: iso("12:00"), Updates: posts("completed")},
			"", "10:00", "12:00", ""},
		{"done without a post", Raw{Kind: "maintenance", ScheduledStart: iso("09:00"), ScheduledEnd: iso("15:00"),
			State: "completed"}, "09:00", "15:00", "09:00 15:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.raw.ID, c.raw.Title = "a", "Logins fail"
			i, findings := read(t, c.raw)
			short := func(ts ...time.Time) string {
				var out []string
				for _, t := range ts {
					if !t.IsZero() {
						out = append(out, t.Format("15:04"))
					}
				}
				return strings.Join(out, " ")
			}
			if short(i.StartedAt) != c.started || short(i.ResolvedAt) != c.resolved ||
				short(i.ScheduledStartAt, i.ScheduledEndAt) != c.window {
				t.Errorf("started %q, resolved %q, window %q", short(i.StartedAt), short(i.ResolvedAt),
					short(i.ScheduledStartAt, i.ScheduledEndAt))
			}
			var fields []string
			for _, f := range findings {
				fields = append(fields, f.Field)
			}
			if got := strings.Join(fields, " "); got != c.findings {
				t.Errorf("findings on %q: %+v", got, findings)
			}
		})
	}
}

// TestOddEntries holds what is readable and yet not what it seems.
func TestOddEntries(t *testing.T) {
	example := "When your product or service isn’t functioning as expected, let your customers know"
	for _, c := range []struct {
		name string
		raw  Raw
		kind Kind
		odd  bool
	}{
		{"an incident", Raw{Title: "Logins fail"}, KindIncident, false},
		{"the platform's example without posts", Raw{Title: "This is an example incident"}, KindIncident, true},
		{"the example's words under another title", Raw{Title: "Test",
			Updates: []RawUpdate{{State: "resolved", Posted: printedAt("2026-03-01T10:00:00Z"), Body: example}}},
			KindIncident, true},
		{"the example's title with other words", Raw{Title: "This is an example incident", Updates: posts("resolved")},
			KindIncident, false},
		{"words like the example's",
			Raw{Title: "Search", Updates: []RawUpdate{{State: "resolved", Posted: printedAt("2026-03-01T10:00:00Z"),
				Body: "It is not functioning as expected."}}}, KindIncident, false},
		{"the platform's own data", Raw{Title: "_system_metadata: x"}, KindNotice, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.raw.ID = "a"
			i, findings := read(t, c.raw)
			if i.Kind != c.kind || (len(findings) == 1 && findings[0].Field == "title") != c.odd ||
				!c.odd && len(findings) > 0 {
				t.Errorf("kind %s, findings %+v", i.Kind, findings)
			}
		})
	}
}

// TestLongWordsAreCutInFindings holds that what a finding quotes stays short, and whole characters.
func TestLongWordsAreCutInFindings(t *testing.T) {
	_, findings := read(t, Raw{ID: "a", Title: "x", Impact: strings.Repeat("ö", 301)})
	if len(findings) != 1 || findings[0].Value != strings.Repeat("ö", 300)+"…" {
		t.Errorf("findings: %+v", findings)
	}
	_, findings = read(t, Raw{ID: "a", Title: "x", Impact: strings.Repeat("ö", 300)})
	if len(findings) != 1 || findings[0].Value != strings.Repeat("ö", 300) {
		t.Errorf("findings: %+v", findings)
	}
}
