package flashduty

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	component := regexp.MustCompile(`"component_id":"([^"]+)"`)
	for _, file := range platformtest.CaptureFiles(t, "flashduty/*.json") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			page := platformtest.CapturePage(t, file)
			if !scraper.Detects(Platform{}, page) {
				t.Error("it is not detected")
			}
			res, err := Platform{}.Parse(scraper.Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			body := string(page.Body)
			named := map[string]bool{}
			for _, m := range component.FindAllStringSubmatch(body, -1) {
				named[m[1]] = true
			}
			want := []int{strings.Count(body, `"change_id":`), strings.Count(body, `"at_seconds":`), 0, 0}
			if strings.Contains(file, "active") {
				want[3] = len(named)
			} else {
				want[2] = len(named)
			}
			got := []int{len(res.Incidents), 0, 0, len(res.Components)}
			for _, raw := range res.Incidents {
				got[1] += len(raw.Updates)
				got[2] += len(raw.Components)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("incidents, updates, affected and all components (-want +got):\n%s", diff)
			}
			incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
			_, more := normalize.Components(res.Components, scraper.WordsOf(Platform{}))
			if len(findings)+len(more) > 0 {
				t.Errorf("findings %v %v", findings, more)
			}
			for _, i := range incidents {
				if i.Severity != normalize.SeverityMinor || i.State != normalize.StateResolved || !i.StartGiven ||
					!i.EndGiven {
					t.Errorf("%s: severity %s, state %s, from %s to %s", i.Key, i.Severity, i.State, i.StartedAt,
						i.ResolvedAt)
				}
			}
			if active := strings.Contains(file, "active"); res.Coverage.Open != active ||
				res.Coverage.Components != active {
				t.Errorf("coverage %+v", res.Coverage)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	tests := []struct{ address, base, home string }{
		{"https://status.acme.example/?page_id=12", "https://status.acme.example/api/status-page/12",
			"https://status.acme.example/?page_id=12"},
		{"https://status.acme.example?page_id=12", "https://status.acme.example/api/status-page/12",
			"https://status.acme.example/?page_id=12"},
		{"https://status.acme.example/api/status-page/12", "https://status.acme.example/api/status-page/12",
			"https://status.acme.example/?page_id=12"},
		{"https://status.acme.example/api/status-page/12/change/info?change_id=9",
			"https://status.acme.example/api/status-page/12", "https://status.acme.example/?page_id=12"},
		{"https://status.acme.example/?page_id=12a", "", "https://status.acme.example/?page_id=12a"},
		{"https://status.acme.example", "", "https://status.acme.example"},
	}
	for _, tt := range tests {
		base, _ := base(tt.address)
		u, err := url.Parse(tt.address)
		if err != nil {
			t.Fatal(err)
		}
		if home := (Platform{}).Home(u); base != tt.base || home != tt.home {
			t.Errorf("%s: base %q, home %q; want %q, %q", tt.address, base, home, tt.base, tt.home)
		}
	}
}

// TestSpansLeaveNoGap holds that each span ends where the newer one begins, that the newest one
// reaches beyond now and two months back at least, and that its address is the same for a month.
func TestSpansLeaveNoGap(t *testing.T) {
	addresses := map[string]bool{}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for range 120 {
		from, to := spanOf(day, 1)
		if to <= day.Unix() || day.Unix()-from < 60*24*3600 {
			t.Errorf("on %s the newest span is %d to %d", day, from, to)
		}
		older, end := spanOf(day, 2)
		if end != from || from-older != to-from {
			t.Errorf("on %s the span before %d is %d to %d", day, from, older, end)
		}
		addresses[spanURL("", day, 1)] = true
		day = day.Add(24 * time.Hour)
	}
	if len(addresses) > 5 {
		t.Errorf("%d addresses in 120 days", len(addresses))
	}
}

func TestScalars(t *testing.T) {
	for in, want := range map[string]string{`12`: "12", `"12"`: "12", `2258210444252287`: "2258210444252287",
		`0`: "", `null`: "", `""`: ""} {
		var v scalar
		if err := json.Unmarshal([]byte(in), &v); err != nil || string(v) != want {
			t.Errorf("%s: %q, %v; want %q", in, v, err, want)
		}
	}
	for _, in := range []string{`{}`, `[1]`} {
		var v scalar
		if err := json.Unmarshal([]byte(in), &v); err == nil {
			t.Errorf("%s is read as %q", in, v)
		}
	}
}

// TestListsHaveToBeThere holds that a list which is missing or null is never taken for an empty one.
func TestListsHaveToBeThere(t *testing.T) {
	for _, body := range []string{
		`{"request_id":"a","data":{"page":{"page_id":1,"components":[]},"active_changes":null}}`,
		`{"request_id":"a","data":{"page":{"page_id":1},"active_changes":[]}}`,
		`{"request_id":"a","data":{"page":{"components":[]},"active_changes":[]}}`,
		`{"request_id":"a","data":{"page":{"page_id":1,"components":[]},"active_changes":[{}]}}`,
		`{"request_id":"a","data":{"change_id":1,"status":"resolved"}}`,
		`{"request_id":"a","data":{"items":null}}`,
		`{"data":{"items":[]}}`,
	} {
		platformtest.MustRefuse(t, body, Platform{}, page.Page{Body: []byte(body)})
	}
	if scraper.Detects(Platform{}, page.Page{Body: []byte(`{"request_id":"a","data":{"items":[]}}`)}) {
		t.Error("an empty list of anything is taken for Flashduty's")
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "flashduty")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
