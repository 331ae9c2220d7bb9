package watch

import (
	"errors"
	"strings"
	"testing"
	"time"

	"vendorwatch/scraper"
)

const broken = `{"page":{"id":"p1","name":"Acme","url":"https://status.acme.example","time_zone":"Etc/UTC",` +
	`"updated_at":"2026-03-01T10:05:00.000Z"},` +
	`"status":{"indicator":"major","description":"Partial System Outage"},"components":[{"id":"c1","name":"Anvils",` +
	`"status":"partial_outage"}],` +
	`"incidents":[{"id":"i1","name":"Anvils float","status":"investigating","impact":"major",` +
	`"created_at":"2026-03-01T10:00:00.000Z",` +
	`"updated_at":"2026-03-01T10:05:00.000Z","started_at":"2026-03-01T10:00:00.000Z","resolved_at":null,` +
	`"shortlink":"https://stspg.io/i1",` +
	`"incident_updates":[{"id":"u1","status":"investigating","body":"We look.",` +
	`"created_at":"2026-03-01T10:05:00.000Z","display_at":"2026-03-01T10:05:00.000Z"}],` +
	`"components":[{"id":"c1","name":"Anvils","status":"partial_outage"}]}],"scheduled_maintenances":[]}`

func savedPage(body, url string, at time.Time) scraper.Page {
	return scraper.Page{URL: url, Status: 200, Body: []byte(body), At: at}
}

// TestReadCapture holds which platform a saved page is read as, and what is said of one that cannot be read.
// utf16 writes ASCII as UTF-16 with a byte order mark.
func utf16(ascii string) string {
	return "\xfe\xff\x00" + strings.Join(strings.Split(ascii, ""), "\x00")
}

func TestReadCapture(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 10, 0, 0, time.UTC)
	for _, c := range []struct {
		name, platform, body, url string
		want, incident            string
		shape                     bool
		err                       string
	}{
		{"found by its shape", "", broken, "https://status.acme.example/api/v2/summary.json", "statuspage",
			"https://status.acme.example/incidents/i1", false, ""},
		{"named", "statuspage", broken, "", "statuspage", "https://status.acme.example/incidents/i1", false, ""},
		{"another platform's", "cstate", broken, "", "cstate", "", true, ""},
		{"in UTF-16", "", utf16(broken), "", "statuspage", "https://status.acme.example/incidents/i1", false, ""},
		{"packed, and it breaks off", "", "\x1f\x8b\x08", "", "", "", true, "gzip"},
		{"no page of a platform", "", "<html><title>Anvils</title></html>", "", "", "", true, `titled "Anvils"`},
		{"a platform that is not known", "telepathy", broken, "", "telepathy", "", false, "telepathy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			platform, got := ReadCapture(Source{Vendor: "acme", Platform: c.platform}, savedPage(c.body, c.url, at))
			if platform != c.want || errors.Is(got.Err, scraper.ErrShape) != c.shape ||
				(got.Err == nil) != (c.incident != "") {
				t.Errorf("platform %q, error %v", platform, got.Err)
			}
			if got.Err != nil && !strings.Contains(got.Err.Error(), c.err) {
				t.Errorf("error %v, want %q in it", got.Err, c.err)
			}
			if c.incident != "" && (len(got.Read.Incidents) != 1 || got.Read.Incidents[0].URL != c.incident) {
				t.Errorf("read: %+v", got.Read.Incidents)
			}
		})
	}
}

// TestImportSavesACaptureAtItsTime holds that saved pages, in any order, give a record that is dated by them, that one
// which could not be read closes nothing, and that times are not the import's.
func TestImportSavesACaptureAtItsTime(t *testing.T) {
	w, s := watcher(t, nil)
	w.Now = func() time.Time { t.Error("the clock was asked"); return time.Now() }
	s.Schedule = nil
	at := func(minute int) time.Time { return time.Date(2026, 3, 1, 10, minute, 0, 0, time.UTC) }
	save := func(body string, minute int, outcome string) {
		t.Helper()
		_, c := ReadCapture(s, savedPage(body, s.URL+"/api/v2/summary.json", at(minute)))
		saved, err := w.Import(t.Context(), s, c)
		if err != nil || string(saved.Outcome) != outcome {
			t.Errorf("outcome %q, error %v; want %q", saved.Outcome, err, outcome)
		}
	}
	save(broken, 10, "changed")
	save(`{"message":"Forbidden"}`, 20, "unreadable")
	i, err := w.DB.IncidentByKey(t.Context(), "i1", time.Now())
	if err != nil || i.State != "investigating" || i.FirstSeenAt != "2026-03-01T10:10:00.000Z" || i.LeftFeedAt != "" {
		t.Errorf("%+v, %v", i.Incident, err)
	}
	save(quiet, 30, "changed")
	i, err = w.DB.IncidentByKey(t.Context(), "i1", time.Now())
	if err != nil || i.LeftFeedAt != "2026-03-01T10:30:00.000Z" {
		t.Errorf("left the list at %q, %v", i.LeftFeedAt, err)
	}
	if got := health(t, w); got.LatestAt != "2026-03-01T10:30:00.000Z" || got.LastSuccessAt != "" ||
		got.Indicator != "none" || got.OpenIncidents != 0 {
		t.Errorf("health: %+v", got)
	}
	scrapes, err := w.DB.RecentScrapes(t.Context(), 10)
	if err != nil || len(scrapes) != 3 {
		t.Fatalf("%d scrapes, %v", len(scrapes), err)
	}
	for _, sc := range scrapes {
		if sc.TookMS != 0 || sc.Bytes == 0 {
			t.Errorf("a scrape that took %d ms and read %d bytes", sc.TookMS, sc.Bytes)
		}
	}
	s.ID = 99
	if _, err := w.Import(t.Context(), s, Capture{Page: savedPage(quiet, "", at(40))}); err == nil ||
		!strings.Contains(err.Error(), `source "acme": save: `) {
		t.Errorf("no such source: %v", err)
	}
}

func TestPageAddress(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 10, 0, 0, time.UTC)
	_, whole := ReadCapture(Source{Vendor: "acme"}, savedPage(broken, "https://acme.statuspage.io/api/v2/summary.json",
		at))
	_, nameless := ReadCapture(Source{Vendor: "acme"}, savedPage(broken, "", at))
	byIncident := nameless
	byIncident.Read.PageURL = ""
	byIncident.Read.Incidents[0].URL = "https://third.example/incidents/i1"
	for _, c := range []struct {
		name, platform string
		of             Capture
		want           string
	}{
		{"where it was saved from", "statuspage", whole, "https://acme.statuspage.io"},
		{"what it says of itself", "statuspage", nameless, "https://status.acme.example"},
		{"where its incidents are", "statuspage", byIncident, "https://third.example"},
		{"nothing tells", "statuspage", Capture{}, ""},
		{"no such platform", "telepathy", whole, ""},
	} {
		if got := PageAddress(c.platform, c.of); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
