package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// gatusPage is a page of Gatus with three endpoints, of which the first ones may fail. It is the vendor's only word.
func gatusPage(t *testing.T, failing *atomic.Int32) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/api/v1/config":
			fmt.Fprint(rw, `{"oidc":false,"authenticated":true,"announcements":[]}`)
		case "/api/v1/endpoints/statuses":
			var all []string
			for n, name := range []string{"Checkout API", "Login", "Search"} {
				all = append(all, fmt.Sprintf(`{"name":%q,"group":"","key":"_%s","results":[{"status":200,`+
					`"hostname":"h","duration":1,"conditionResults":[],"success":%t,`+
					`"timestamp":"2026-03-11T11:59:00Z"}]}`, name,
					strings.ReplaceAll(strings.ToLower(name), " ", "-"), n >= int(failing.Load())))
			}
			fmt.Fprint(rw, "["+strings.Join(all, ",")+"]")
		default:
			http.NotFound(rw, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// From components that turn red to Slack: trouble that nobody posted is told as what the page shows, once when it
// begins and once when it ends.
func TestServeAlertsOfWhatNobodyPosted(t *testing.T) {
	t.Parallel()
	var failing atomic.Int32
	page := gatusPage(t, &failing)
	hook := newSlack()
	defer hook.close()
	dir := t.TempDir()
	writeConfig(t, dir, fmt.Sprintf(`database = "vendorwatch.db"
web.listen = ""
schedule = "@every 1h"
time_zone = "UTC"
[fetch]
contact = "ops@vendorwatch.test"
delay = "0s"
retries = 0
[alerts]
channels = ["team"]
[calm]
flapping = "0s"
[[channel]]
name = "team"
type = "slack"
url_env = "VENDORWATCH_SLACK_URL"
[[vendor]]
name = "Tidemark"
platform = "gatus"
url = %q
`, page))
	s := serve(t, dir, "VENDORWATCH_SLACK_URL="+hook.webhook())
	s.untilSaved(`SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL`, "1")
	const opened = `SELECT group_concat(reason || ' ' || state, ', ') FROM (SELECT * FROM deliveries
		WHERE stream = 'alerts' ORDER BY delivery_id)`
	failing.Store(3)
	s.signal(syscall.SIGHUP) // it reads every page at once when it begins anew
	s.untilSaved(`SELECT red_suspected FROM sources`, "1")
	s.signal(syscall.SIGHUP)
	s.untilSaved(opened, "first delivered")
	failing.Store(0)
	s.signal(syscall.SIGHUP)
	s.untilSaved(opened, "first delivered, resolved delivered")
	s.untilSaved(`SELECT origin || ' ' || severity || ' ' || state || ' ' || started_basis FROM v_incidents`,
		"page critical resolved seen")
	s.signal(syscall.SIGTERM)
	taken := strings.ReplaceAll(strings.Join(hook.taken(), "\n"), `\u0026`, "&")
	for _, want := range []string{"Tidemark: critical incident opened: Checkout API and 2 more: major outage, " +
		"no incident posted", "Tidemark: resolved after"} {
		if strings.Count(taken, want) == 0 {
			t.Errorf("Slack was not told %q:\n%s", want, taken)
		}
	}
	if strings.Contains(taken, "the vendor posted") || strings.Contains(taken, "by the vendor") {
		t.Errorf("what the page shows is told as a post of the vendor:\n%s", taken)
	}
}
