package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vendorwatch/cmd/internal/config/tomlcheck"
	"vendorwatch/cmd/internal/secret"
	"vendorwatch/normalize"
)

const minimal = `fetch.contact = "ops@acme.test"
[[vendor]]
name = "GitHub"
url = "https://www.githubstatus.com"
`

func parse(t *testing.T, text string) *Config {
	t.Helper()
	c, err := Parse("config.toml", []byte(text), testKinds, environment)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	want := &Config{
		Database: "vendorwatch.db", Schedule: "*/5 * * * *", TimeZone: "UTC", Timeout: Duration{time.Minute},
		Concurrency: 8,
		LateAfter:   Duration{24 * time.Hour}, KeepScrapes: Duration{720 * time.Hour},
		Fetch: Fetch{
			UserAgent: "vendorwatch", Contact: "ops@acme.test", RequestTimeout: Duration{20 * time.Second},
			Delay: Duration{time.Second}, MaxBytes: 16 << 20, Retries: 3, WhenOpen: Duration{time.Minute},
		},
		Digests: []Digest{{Name: "daily", Kind: DigestNews,
			Schedule: "0 9 * * 1-5", TimeZone: "UTC", CatchUp: Duration{12 * time.Hour},
			WhenEmpty: "send"}},
		Calm: Calm{QuietZone: "UTC", BreakThrough: normalize.SeverityCritical, Flapping: Duration{5 * time.Minute},
			Group: Duration{2 * time.Minute}, Cap: 60},
		Delivery: Delivery{RetryFor: Duration{24 * time.Hour}, RetryRejectedFor: Duration{10 * time.Minute}},
		Web:      Web{Listen: "127.0.0.1:8080"},
		Reminders: Reminders{
			Maintenance: Durations{{24 * time.Hour}, {time.Hour}},
			SilentAfter: Duration{4 * time.Hour}, Unreadable: Duration{24 * time.Hour},
		},
		Vendors: []Vendor{{
			Name: "GitHub", Slug: "github", URL: "https://www.githubstatus.com", Platform: "statuspage",
			Schedule: "*/5 * * * *", Timeout: Duration{time.Minute}, Enabled: true,
			Sources: []Source{{
				URL: "https://www.githubstatus.com", Platform: "statuspage", Schedule: "*/5 * * * *",
				Timeout: Duration{time.Minute},
			}},
		}},
	}
	got := parse(t, minimal)
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool {
		return p.Last().String() == ".Cron" || p.Last().String() == ".Zone" ||
			p.Last().Type() == reflect.TypeFor[secret.Text]()
	}, cmp.Ignore())); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
	if got.Zone != time.UTC || got.Digests[0].Zone != time.UTC || got.Digests[0].Cron == nil ||
		got.Vendors[0].Sources[0].Cron == nil {
		t.Errorf("zones %v, %v and schedules %v, %v are not all made", got.Zone, got.Digests[0].Zone,
			got.Digests[0].Cron, got.Vendors[0].Sources[0].Cron)
	}
}

func TestSourcesTakeWhatTheirVendorSays(t *testing.T) {
	c := parse(t, `
schedule = "@every 1m"
timeout = "2m"
[fetch]
contact = "https://acme.test/status"
[[vendor]]
name = "Acme Corp. (EU)"
url = "HTTPS://Status.Acme.test:443/eu/"
schedule = "@every 2m"
timeout = "1d"
tags = ["a", "b"]
enabled = false
homepage = "https://acme.test/"
[[vendor.source]]
url = "http://feeds.acme.test:80/a?x=1"
[[vendor.source]]
url = "https://other.acme.test/b%2Fc/"
platform = "feed"
schedule = "@every 3m"
timeout = "3m"
[[vendor]]
name = "Solo"
[[vendor.source]]
url = "https://solo.test"
`)
	type row struct{ URL, Platform, Schedule, Timeout string }
	var got []row
	for _, v := range c.Vendors {
		for _, s := range v.Sources {
			got = append(got, row{s.URL, s.Platform, s.Schedule, s.Timeout.String()})
		}
	}
	want := []row{
		{"https://status.acme.test/eu", "statuspage", "@every 2m", "24h0m0s"},
		{"http://feeds.acme.test/a?x=1", "statuspage", "@every 2m", "24h0m0s"},
		{"https://other.acme.test/b%2Fc", "feed", "@every 3m", "3m0s"},
		{"https://solo.test", "statuspage", "@every 1m", "2m0s"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	v := c.Vendors[0]
	if v.Slug != "acme-corp-eu" || v.Enabled || v.Homepage != "https://acme.test" ||
		c.Vendors[1].URL != "https://solo.test" {
		t.Errorf("vendor = %+v", v)
	}
	if got, want := c.Fetch.Agent(), "vendorwatch (+https://acme.test/status)"; got != want {
		t.Errorf("Agent = %q; want %q", got, want)
	}
}

func TestChannels(t *testing.T) {
	tests := []struct {
		name, urlEnv string
		wantMissing  string
		wantURL      string
		wantNote     string
	}{
		{"the URL comes from the environment", "TEAM_URL", "", "https://hooks.slack.test/services/T0/B0/verysecret",
			""},
		{"without it the messages wait", "UNSET", "UNSET", "",
			`channel "team": UNSET is not set; its messages wait until it is`},
		{"http is pointed out", "PLAIN_URL", "", "http://127.0.0.1:9/verysecret",
			`channel "team": the URL in PLAIN_URL is http, not https: anyone on the network path can read it`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := parse(t, minimal+"[[channel]]\nname = \"team\"\nurl_env = \""+tt.urlEnv+
				"\"\n[[digest]]\nchannels = [\"team\"]\n")
			ch := c.Channels[0]
			if address := ch.Values["url"].(secret.Text).Reveal(); ch.Type != "slack" || ch.Missing != tt.wantMissing ||
				address != tt.wantURL {
				t.Errorf("channel = %s %q %s; want slack %q %s", ch.Type, ch.Missing, address, tt.wantMissing,
					tt.wantURL)
			}
			if note := strings.Join(c.Notes, "\n"); note != tt.wantNote {
				t.Errorf("note = %q; want %q", note, tt.wantNote)
			}
		})
	}
}

func TestSummary(t *testing.T) {
	now := time.Date(2026, time.November, 22, 12, 0, 30, 0, time.UTC)
	text := minimal + "[[channel]]\nname = \"team\"\nurl_env = \"%\"\n[[digest]]\ntime_zone = " +
		"\"Europe/Berlin\"\nchannels = [\"team\"]\n" +
		"[[vendor]]\nname = \"Off\"\nurl = \"https://off.test\"\nenabled = false\nschedule = \"@every 10s\"\n"
	for env, to := range map[string]string{"UNSET": `slack channel "team" as soon as UNSET is set`,
		"TEAM_URL": `slack channel "team"`} {
		c := parse(t, strings.Replace(text, "%", env, 1))
		want := append([]string{
			"2 vendors, 1 source; 1 switched off",
			"next scrape Sun 2026-11-22 12:05 UTC",
			"next digest Mon 2026-11-23 09:00 CET to " + to,
			"no alerts: there is neither [alerts] nor a [[route]]",
			"record in vendorwatch.db",
		}, c.Notes...)
		if diff := cmp.Diff(want, c.Summary(now)); diff != "" {
			t.Errorf("with %s (-want +got):\n%s", env, diff)
		}
	}
	c := parse(t, minimal)
	if got := strings.Join(c.Summary(now), "\n"); !strings.Contains(got,
		"to stdout because digest.channels names no channel") {
		t.Errorf("summary without a channel:\n%s", got)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "my.toml")
	if _, err := Load(path, testKinds); !errors.Is(err, fs.ErrNotExist) ||
		!strings.Contains(err.Error(), "--config") || strings.Count(err.Error(), "exist") != 1 {
		t.Errorf("of a file that is not there: %v", err)
	}
	// As an editor on Windows saves it.
	text := "\xef\xbb\xbf" + strings.ReplaceAll(minimal, "\n", "\r\n")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, testKinds)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "vendorwatch.db"); c.Database != want {
		t.Errorf("Database = %q; want %q, beside the config file", c.Database, want)
	}
	if notes := c.Summary(time.Now()); len(notes) < 3 {
		t.Errorf("Summary = %q", notes)
	}
	if err := os.WriteFile(path, []byte(text+"x = 1\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var mistakes tomlcheck.Mistakes
	if _, err := Load(path, testKinds); !errors.As(err, &mistakes) || mistakes[0].File != path ||
		mistakes[0].Line != 5 {
		t.Errorf("Load of a wrong file: %v", err)
	}
}

// TestDefaultFile holds that the file at the top level is a start that is short and right.
func TestDefaultFile(t *testing.T) {
	data, err := os.ReadFile("../../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("config.toml", data, testKinds, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(data), "\n"); n > 80 {
		t.Errorf("it has %d lines, which nobody reads in two minutes", n)
	}
	if len(c.Vendors) != 10 || c.Digests[0].Schedule != "0 9 * * 1-5" || c.Channels[0].Missing == "" ||
		len(c.Notes) != 2 {
		t.Errorf("%d vendors, digest %+v, channels %+v, notes %q", len(c.Vendors), c.Digests[0], c.Channels, c.Notes)
	}
}

// TestExampleShowsDefaults holds the comment of the example: what it shows is what a key has when it
// is left out, but for the keys that have no fixed default.
func TestExampleShowsDefaults(t *testing.T) {
	data, err := os.ReadFile("reference/example.toml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("config.toml", data, testKinds, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := parse(t, minimal)
	c.Fetch.Contact = d.Fetch.Contact
	for name, pair := range map[string][2]any{
		"fetch": {c.Fetch, d.Fetch}, "database": {c.Database, d.Database}, "schedule": {c.Schedule, d.Schedule},
		"time_zone": {c.TimeZone, d.TimeZone}, "timeout": {c.Timeout, d.Timeout},
		"concurrency": {c.Concurrency, d.Concurrency},
		"late_after":  {c.LateAfter, d.LateAfter}, "keep_scrapes": {c.KeepScrapes, d.KeepScrapes},
		"web.listen": {c.Web.Listen, d.Web.Listen}, "calm": {c.Calm, d.Calm}, "reminders": {c.Reminders, d.Reminders},
		"digest.name":     {c.Digests[0].Name, d.Digests[0].Name},
		"digest.catch_up": {c.Digests[0].CatchUp, d.Digests[0].CatchUp},
		"digest.schedule": {c.Digests[0].Schedule, d.Digests[0].Schedule},
		"digest.edits":    {c.Digests[0].Edits, d.Digests[0].Edits},
	} {
		if diff := cmp.Diff(pair[1], pair[0], cmpopts.EquateEmpty(),
			cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
			t.Errorf("%s differs from its default (-default +file):\n%s", name, diff)
		}
	}
}

func TestContact(t *testing.T) {
	for contact, good := range map[string]bool{
		"ops@acme.test": true, "mailto:ops@acme.test": true, "https://acme.test/contact": true,
		"": false, "me": false, "acme.test": false, "@acme.test": false, "ops@localhost": false,
		"Ops <ops@acme.test>": false, "ops@acme.test, b@acme.test": false, "öps@acme.test": false,
		"https://user:pw@acme.test": false, "ftp://acme.test": false, "ops@acme.\ntest": false,
	} {
		if GoodContact(contact) != good {
			t.Errorf("GoodContact(%q) = %v; want %v", contact, !good, good)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "../../../config.toml", "reference/example.toml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := string(data)
		c, err := Parse("config.toml", data, testKinds, environment)
		if string(data) != before {
			t.Error("Parse changed its input")
		}
		if err != nil {
			var mistakes tomlcheck.Mistakes
			if !errors.As(err, &mistakes) || len(mistakes) == 0 {
				t.Fatalf("error %#v is not a list of mistakes", err)
			}
			return
		}
		for _, v := range c.Vendors {
			if v.Name == "" || !slugForm.MatchString(v.Slug) || len(v.Sources) == 0 {
				t.Errorf("vendor %+v is not whole", v)
			}
			for _, s := range v.Sources {
				if s.Cron == nil || s.Timeout.Duration <= 0 || s.URL == "" || s.Platform == "" {
					t.Errorf("source %+v is not whole", s)
				}
			}
		}
		if len(c.Vendors) == 0 || c.Digests[0].Cron == nil || c.Digests[0].Zone == nil {
			t.Errorf("config %+v is not whole", c)
		}
	})
}
