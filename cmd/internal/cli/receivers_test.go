package cli_test

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// handDigest is a config file's channel with a digest that is only sent by hand.
const handDigest = `[[digest]]
schedule = "0 0 1 1 *"
channels = ["one"]
[[channel]]
name = "one"
url_env = "SLACK_ONE"
[[channel]]
name = "two"
url_env = "SLACK_TWO"
`

// A digest by hand sends its own message and leaves alone what waits for the service.
func TestADigestByHandSendsOnlyItself(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "kustomer")
	hook := newSlack()
	t.Cleanup(hook.close)
	dir := folder(t, w, []string{"kustomer"}, handDigest)
	record := filepath.Join(dir, "vendorwatch.db")
	planMessages(t, record, 3)

	c := program(dir, nil, "digest")
	out, err := c.CombinedOutput()
	if c.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "SLACK_ONE is not set; the message waits") {
		t.Errorf("without a secret: %v\n%s", err, out)
	}
	want := []string{"digest | one | pending | 1", "test | one | pending | 3",
		"test | two | pending | 3"}
	states := `SELECT reason, channel, state, count(*) FROM deliveries GROUP BY 1, 2, 3 ORDER BY 1, 2`
	if got := mustQuery(t, record, states); !slices.Equal(got, want) {
		t.Errorf("deliveries %q", got)
	}
	env := []string{"SLACK_ONE=" + hook.webhook()}
	if out, err := program(dir, env, "digest").CombinedOutput(); err != nil || len(out) > 0 &&
		!strings.Contains(string(out), "SLACK_TWO") {
		t.Errorf("with the secret: %v\n%s", err, out)
	}
	want[0] = "digest | one | delivered | 1"
	if got := mustQuery(t, record, states); !slices.Equal(got, want) || len(hook.taken()) != 1 {
		t.Errorf("deliveries %q, and %d messages arrived", got, len(hook.taken()))
	}

	// The service sends what waits for the channel that has its secret, in order, and holds the rest.
	s := serve(t, dir, env...)
	s.untilSaved(`SELECT count(*) FROM deliveries WHERE channel = 'one' AND state = 'delivered'`, "4")
	s.untilSaved(`SELECT DISTINCT state, attempts, last_error FROM deliveries WHERE channel = 'two'`,
		"pending | 0 | not configured: SLACK_TWO is not set; the message waits until it is")
	s.stop()
	if n := len(hook.taken()); n != 4 {
		t.Errorf("%d messages arrived", n)
	}
}

// Of two services on one file one delivers; the other takes over when that is killed.
func TestTwoServicesOnOneFile(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "kustomer")
	hook := newSlack()
	t.Cleanup(hook.close)
	dir := folder(t, w, []string{"kustomer"}, handDigest)
	record := filepath.Join(dir, "vendorwatch.db")
	planMessages(t, record, 40)
	env := []string{"SLACK_ONE=" + hook.webhook(), "SLACK_TWO=" + hook.webhook()}
	first := serve(t, dir, env...)
	first.untilSaved(`SELECT count(*) FROM leases`, "1")
	second := serve(t, dir, env...)
	second.untilSaid("another process plans and sends the messages")
	first.untilSaved(`SELECT count(*) FROM deliveries WHERE state <> 'delivered'`, "0")
	if out := second.out.String(); strings.Contains(out, "delivered") {
		t.Errorf("the second service delivered too:\n%s", out)
	}
	first.signal(syscall.SIGKILL)
	<-first.ended
	planMessages(t, record, 1)
	second.untilSaved(`SELECT count(*) FROM deliveries WHERE state <> 'delivered'`, "0")
	second.stop()
	ids := map[string]bool{}
	for _, m := range hook.taken() {
		ids[messageID(m)] = true
	}
	if len(ids) != 82 || len(hook.taken()) != 82 {
		t.Errorf("%d messages arrived, %d of them different", len(hook.taken()), len(ids))
	}
	if got := mustQuery(t, record, `SELECT count(*) FROM leases WHERE holder <> ''`)[0]; got != "0" {
		t.Errorf("%s leases are left", got)
	}
}
