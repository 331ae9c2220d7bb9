package cli_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// From the page to Slack: what is bad is told when it opens and when it ends, each once, through a mute and
// through services that begin and end.
func TestServeAlerts(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "kustomer")
	hook := newSlack()
	defer hook.close()
	dir := folder(t, w, []string{"kustomer"}, `[alerts]
channels = ["team"]
[calm]
flapping = "0s"
[[channel]]
name = "team"
url_env = "VENDORWATCH_SLACK_URL"
`)
	const alerts = `SELECT group_concat(reason || ' ' || state || ' ' || title, ', ') FROM (SELECT * FROM v_deliveries
		WHERE stream = 'alerts' ORDER BY delivery_id)`
	s := serve(t, dir, "VENDORWATCH_SLACK_URL="+hook.webhook())
	s.untilSaved(`SELECT count(*) FROM sources WHERE baseline_at IS NOT NULL`, "1")

	if out, err := program(dir, nil, "mute", "kustomer", "--for", "1h", "--reason",
		"known").CombinedOutput(); err != nil {
		t.Fatalf("mute: %v\n%s", err, out)
	}
	w.step(35 * time.Minute)
	s.signal(syscall.SIGHUP) // it reads every page at once when it begins anew
	s.untilSaved(alerts, "first held Logins fail with a 403")
	if taken := hook.taken(); len(taken) != 0 {
		t.Errorf("told while muted: %q", taken)
	}
	s.stop()

	if out, err := program(dir, nil, "mute", "end", "1").CombinedOutput(); err != nil {
		t.Fatalf("mute end: %v\n%s", err, out)
	}
	s = serve(t, dir, "VENDORWATCH_SLACK_URL="+hook.webhook())
	s.untilSaved(alerts, "first delivered Logins fail with a 403")
	w.step(20 * time.Minute)
	s.signal(syscall.SIGHUP)
	s.untilSaved(alerts, "first delivered Logins fail with a 403, resolved delivered Logins fail with a 403")
	s.stop()

	taken := hook.taken()
	if len(taken) != 2 || !strings.Contains(taken[0], "major incident opened") ||
		!strings.Contains(taken[1], "resolved after") {
		t.Errorf("Slack took %d messages:\n%s", len(taken), strings.Join(taken, "\n"))
	}
	for n, message := range taken {
		if id := messageID(message); id != fmt.Sprintf("vw-%d", n+1) {
			t.Errorf("message %d has the id %q", n+1, id)
		}
	}
	if bad := hook.complaints(); len(bad) > 0 {
		t.Errorf("Slack would not take: %q", bad)
	}
}
