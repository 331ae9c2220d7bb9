package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/secret"
	"vendorwatch/normalize"
)

const screen = "[[channel]]\nname = \"screen\"\ntype = \"stdout\"\n"

func TestRoutes(t *testing.T) {
	tests := []struct {
		name, text string
		want       []Route
	}{
		{"nothing is alerted where nobody asks for it", "", nil},
		{"[alerts] is a route for what is bad", screen + "[alerts]\nchannels = [\"screen\"]\n",
			[]Route{{Name: "alerts", Match: Match{Severity: normalize.SeverityMajor, Events: AlertEvents()},
				Channels: []string{"screen"}}}},
		{"a route has the same defaults",
			screen + "[[route]]\nname = \"a\"\nvendors = [\"GIT*\"]\nchannels = [\"screen\"]\n",
			[]Route{{Name: "a", Match: Match{Vendors: []string{"GIT*"}, Severity: normalize.SeverityMajor,
				Events: AlertEvents()}, Channels: []string{"screen"}}}},
		{"planned work and notices have no severity", screen + `
[[route]]
name = "work"
kinds = ["maintenance"]
events = ["maintenance_scheduled"]
channels = ["screen"]
continue = true
mention = "critical"
`, []Route{{Name: "work", Match: Match{Kinds: []normalize.Kind{normalize.KindMaintenance},
			Severity: normalize.SeverityNone,
			Events:   []normalize.EventKind{normalize.EventMaintenanceScheduled}}, Channels: []string{"screen"},
			Continue: true, Mention: normalize.SeverityCritical}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, parse(t, minimal+tt.text).Routes); diff != "" {
				t.Errorf("routes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCalm(t *testing.T) {
	c := parse(t, minimal+`
[calm]
quiet_hours = ["22:00-07:00", "12:30 – 13:00", "18:00-24:00"]
quiet_days = ["Saturday", "sun", "sat"]
quiet_zone = "Europe/Berlin"
flapping = "0s"
`).Calm
	spans := []QuietSpan{{22 * time.Hour, 7 * time.Hour}, {12*time.Hour + 30*time.Minute, 13 * time.Hour},
		{18 * time.Hour, 24 * time.Hour}}
	if diff := cmp.Diff(spans, c.Spans); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Weekday{time.Saturday, time.Sunday}, c.Days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	if c.Zone.String() != "Europe/Berlin" || c.Flapping.Duration != 0 || c.Group.Duration != 2*time.Minute {
		t.Errorf("calm = %+v", c)
	}
}

func TestSeveralDigests(t *testing.T) {
	c := parse(t, minimal+screen+`
[[digest]]
name = "daily"
[[digest]]
name = "weekly"
schedule = "0 8 * * 1"
time_zone = "Europe/Berlin"
window = "7d"
severity = "major"
channels = ["screen"]
catch_up = "2d"
when_empty = "skip"
`)
	if c.Digests[0].WhenEmpty != "send" || c.Digests[1].WhenEmpty != "skip" {
		t.Errorf("when empty: %q, %q", c.Digests[0].WhenEmpty, c.Digests[1].WhenEmpty)
	}
	if len(c.Digests) != 2 || c.Digests[0].Schedule != "0 9 * * 1-5" ||
		c.Digests[1].Window.Duration != 7*24*time.Hour ||
		c.Digests[1].Severity != normalize.SeverityMajor || c.Digests[1].CatchUp.Duration != 48*time.Hour ||
		c.Digests[1].Zone.String() != "Europe/Berlin" {
		t.Errorf("digests = %+v", c.Digests)
	}
	summary := strings.Join(c.Summary(time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)), "\n")
	for _, want := range []string{`next digest "daily" Mon 2026-11-23 09:00 UTC`,
		`next digest "weekly" Mon 2026-11-23 08:00 CET to stdout`} {
		if !strings.Contains(summary, want) {
			t.Errorf("the summary lacks %q:\n%s", want, summary)
		}
	}
}

// TestChannelValues holds what each sort of key is given, secrets from variables and from files.
func TestChannelValues(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "config.toml")
	text := minimal + `
[[channel]]
name = "hook"
type = "webhook"
url_env = "VW_TEST_URL"
secret_file = "password"
headers = { "X-Team" = "ops" }
headers_env = { Authorization = "VW_TEST_TOKEN" }
[[channel]]
name = "mail"
type = "email"
host = "smtp.acme.test"
port = 25
tls = "none"
user = ""
to = ["a@acme.test"]
[[channel]]
name = "log"
type = "jsonl"
path = "alerts.jsonl"
[[channel]]
name = "screen"
type = "jsonl"
path = "-"
[[channel]]
name = "unset"
type = "webhook"
url_env = "VW_TEST_UNSET"
[[channel]]
name = "no file"
url_file = "absent"
`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("VW_TEST_TOKEN", "verysecret")
	t.Setenv("VW_TEST_URL", "https://hooks.acme.test/x")
	c, err := Load(path, testKinds)
	if err != nil {
		t.Fatal(err)
	}
	want := []Channel{
		{Name: "hook", Type: "webhook", Values: map[string]any{
			"url": "https://hooks.acme.test/x", "secret": "hunter2", "headers": map[string]string{"X-Team": "ops"},
			"headers_env": map[string]string{"Authorization": "verysecret"},
		}},
		{Name: "mail", Type: "email", Values: map[string]any{
			"host": "smtp.acme.test", "port": 25, "tls": "none", "to": []string{"a@acme.test"},
		}},
		{Name: "log", Type: "jsonl", Values: map[string]any{"path": filepath.Join(dir, "alerts.jsonl")}},
		{Name: "screen", Type: "jsonl", Values: map[string]any{"path": "-"}},
		{Name: "unset", Type: "webhook", Values: map[string]any{"url": ""}, Missing: "VW_TEST_UNSET"},
		{Name: "no file", Type: "slack", Values: map[string]any{"url": ""}, Missing: filepath.Join(dir, "absent")},
	}
	for _, ch := range c.Channels {
		for key, value := range ch.Values {
			ch.Values[key] = revealed(value)
		}
	}
	if diff := cmp.Diff(want, c.Channels); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	notes := strings.Join(c.Notes, "\n")
	for _, note := range []string{
		`channel "unset": VW_TEST_UNSET is not set; its messages wait until it is`,
		`channel "mail": tls is none, so that others on the way can read the mail`,
	} {
		if !strings.Contains(notes, note) {
			t.Errorf("notes: %s\nlack %s", notes, note)
		}
	}
}

// revealed is a value with its secrets shown.
func revealed(value any) any {
	switch v := value.(type) {
	case secret.Text:
		return v.Reveal()
	case map[string]secret.Text:
		shown := map[string]string{}
		for name, s := range v {
			shown[name] = s.Reveal()
		}
		return shown
	}
	return value
}
