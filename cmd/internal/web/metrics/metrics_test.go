package metrics_test

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.yaml.in/yaml/v3"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/cmd/internal/web/metrics"
	"vendorwatch/cmd/internal/web/site"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db"
	"vendorwatch/db/board"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
)

// siteOf is the file of a record as the metrics are given it.
func siteOf(r *Record) *site.Site {
	return &site.Site{DB: r.DB, Board: board.New(r.File),
		Clock: func() time.Time { return Now }, Log: slog.New(slog.DiscardHandler)}
}

// measured is a story with messages in every state.
func measured(t *testing.T, o web.Options) *Record {
	r := Story(t, o)
	r.Vendor(query.Vendor{Slug: "new", Name: "Never Read"})
	if err := r.EnsureStream(t.Context(), ledger.StreamAlerts, Before(Hour)); err != nil {
		t.Fatal(err)
	}
	add := []ledger.NewDelivery{
		{Channel: "team", Reason: "first"}, {Channel: "team", Reason: "first"}, {Channel: "team", Reason: "first"},
		{Channel: "team", Reason: "first", State: "held", NotBefore: Now.Add(Hour)},
		{Channel: "bus", Reason: "digest", State: "skipped", Note: "no news"},
	}
	if err := r.SavePlan(t.Context(), ledger.StreamAlerts, 0, Before(20*Minute), add, nil); err != nil {
		t.Fatal(err)
	}
	if err := r.MarkDelivered(t.Context(), 1, Before(19*Minute), "ok", ""); err != nil {
		t.Fatal(err)
	}
	if err := r.MarkRefused(t.Context(), 2, Before(18*Minute), "410 Gone"); err != nil {
		t.Fatal(err)
	}
	return r
}

// samples are the lines of metrics with a prefix.
func samples(a Answer, prefix string) []string {
	out := []string{}
	for line := range strings.Lines(a.Text) {
		if strings.HasPrefix(line, prefix) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

func TestMetrics(t *testing.T) {
	r := measured(t, web.Options{Version: "v1.2.3"})
	a := r.Page("/metrics")
	for prefix, want := range map[string][]string{
		"vendorwatch_open_incidents{": {
			`vendorwatch_open_incidents{severity="critical",vendor="acme"} 0`,
			`vendorwatch_open_incidents{severity="critical",vendor="quiet"} 0`,
			`vendorwatch_open_incidents{severity="major",vendor="acme"} 1`,
			`vendorwatch_open_incidents{severity="major",vendor="quiet"} 0`,
			`vendorwatch_open_incidents{severity="minor",vendor="acme"} 0`,
			`vendorwatch_open_incidents{severity="minor",vendor="quiet"} 0`,
			`vendorwatch_open_incidents{severity="none",vendor="acme"} 0`,
			`vendorwatch_open_incidents{severity="none",vendor="quiet"} 0`,
			`vendorwatch_open_incidents{severity="unknown",vendor="acme"} 0`,
			`vendorwatch_open_incidents{severity="unknown",vendor="quiet"} 0`,
		},
		"vendorwatch_source_up{": {
			`vendorwatch_source_up{page="https://status.acme.example",vendor="acme"} 1`,
			`vendorwatch_source_up{page="https://status.blind.example",vendor="blind"} 0`,
			`vendorwatch_source_up{page="https://status.new.example",vendor="new"} 0`,
			`vendorwatch_source_up{page="https://status.quiet.example",vendor="quiet"} 1`,
		},
		"vendorwatch_source_consecutive_failures{": {
			`vendorwatch_source_consecutive_failures{page="https://status.acme.example",vendor="acme"} 0`,
			`vendorwatch_source_consecutive_failures{page="https://status.blind.example",vendor="blind"} 3`,
			`vendorwatch_source_consecutive_failures{page="https://status.new.example",vendor="new"} 0`,
			`vendorwatch_source_consecutive_failures{page="https://status.quiet.example",vendor="quiet"} 0`,
		},
		`vendorwatch_source_last_success_timestamp_seconds{page="https://status.acme`: {
			fmt.Sprintf(
				`vendorwatch_source_last_success_timestamp_seconds`+
					`{page="https://status.acme.example",vendor="acme"} %g`,
				float64(Before(Minute).Unix())),
		},
		`vendorwatch_source_last_success_timestamp_seconds{page="https://status.new`: {
			`vendorwatch_source_last_success_timestamp_seconds{page="https://status.new.example",vendor="new"} 0`,
		},
		`vendorwatch_source_last_scrape_duration_seconds{page="https://status.acme`: {
			`vendorwatch_source_last_scrape_duration_seconds{page="https://status.acme.example",vendor="acme"} 0.12`,
		},
		"vendorwatch_source_last_scrape_outcome{": {
			`vendorwatch_source_last_scrape_outcome{outcome="changed",` +
				`page="https://status.acme.example",vendor="acme"} 1`,
			`vendorwatch_source_last_scrape_outcome{outcome="failed",` +
				`page="https://status.blind.example",vendor="blind"} 1`,
			`vendorwatch_source_last_scrape_outcome{outcome="unchanged",` +
				`page="https://status.quiet.example",vendor="quiet"} 1`,
		},
		"vendorwatch_deliveries{": {
			`vendorwatch_deliveries{channel="bus",state="delivered"} 0`,
			`vendorwatch_deliveries{channel="bus",state="held"} 0`,
			`vendorwatch_deliveries{channel="bus",state="pending"} 0`,
			`vendorwatch_deliveries{channel="bus",state="refused"} 0`,
			`vendorwatch_deliveries{channel="bus",state="skipped"} 1`,
			`vendorwatch_deliveries{channel="team",state="delivered"} 1`,
			`vendorwatch_deliveries{channel="team",state="held"} 1`,
			`vendorwatch_deliveries{channel="team",state="pending"} 1`,
			`vendorwatch_deliveries{channel="team",state="refused"} 1`,
			`vendorwatch_deliveries{channel="team",state="skipped"} 0`,
		},
		"vendorwatch_delivery_oldest_waiting_age_seconds{": {
			`vendorwatch_delivery_oldest_waiting_age_seconds{channel="bus"} 0`,
			`vendorwatch_delivery_oldest_waiting_age_seconds{channel="team"} 1200`,
		},
	} {
		if diff := cmp.Diff(want, samples(a, prefix)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", prefix, diff)
		}
	}
	last, err := r.LastEventID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := samples(a, "vendorwatch_last_event_id "); !slices.Equal(got,
		[]string{fmt.Sprintf("vendorwatch_last_event_id %d", last)}) || last == 0 {
		t.Errorf("last event %d: %q", last, got)
	}
	if got := samples(a, "vendorwatch_build_info{"); len(got) != 1 || !strings.Contains(got[0], `version="v1.2.3"`) {
		t.Errorf("build info %q", got)
	}
}

func TestMetricsKeepConventions(t *testing.T) {
	r := measured(t, web.Options{})
	problems, err := testutil.GatherAndLint(metrics.Registry(siteOf(r)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// A service that hangs reads nothing and fails at nothing. It must not be taken for one that works.
func TestMetricsOfPagesThatAreNotAskedAnyMore(t *testing.T) {
	r := Story(t, web.Options{Now: func() time.Time { return Now.Add(6 * Hour) }})
	a := r.Page("/metrics")
	for _, line := range samples(a, "vendorwatch_source_up{") {
		if !strings.HasSuffix(line, " 0") {
			t.Error(line)
		}
	}
	if diff := cmp.Diff([]string{`vendorwatch_open_incidents{severity="major",vendor="acme"} 1`},
		samples(a, "vendorwatch_open_incidents{")); diff != "" {
		t.Errorf("what is not known is not 0 (-want +got)\n%s", diff)
	}
}

func TestMetricsOfAFileThatCannotBeRead(t *testing.T) {
	r := NewRecord(t, web.Options{})
	if _, err := metrics.Registry(siteOf(r)).Gather(); err != nil {
		t.Fatal(err)
	}
	if err := r.File.Close(); err != nil {
		t.Fatal(err)
	}
	if a := r.Get("/metrics"); a.Status != http.StatusInternalServerError || len(samples(a, "vendorwatch_")) > 0 {
		t.Errorf("status %d\n%s", a.Status, a.Text)
	}
}

var (
	metricName = regexp.MustCompile(`\b(?:vendorwatch|process|go)_[a-z0-9_]+`)
	labelsUsed = regexp.MustCompile(`(vendorwatch_[a-z0-9_]+)\{([^}]*)\}`)
	labelName  = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)`)
)

// known checks that every metric and label of an expression is among those served.
func known(t *testing.T, where, expr string, given map[string]string) {
	t.Helper()
	names := metricName.FindAllString(expr, -1)
	if len(names) == 0 {
		t.Errorf("%s asks for no metric: %s", where, expr)
	}
	for _, name := range names {
		if _, ok := given[name]; !ok {
			t.Errorf("%s: there is no metric %s", where, name)
		}
	}
	for _, use := range labelsUsed.FindAllStringSubmatch(expr, -1) {
		for _, label := range labelName.FindAllStringSubmatch(use[2], -1) {
			if !strings.Contains(given[use[1]], label[1]+`="`) && label[1] != "job" {
				t.Errorf("%s: %s has no label %s", where, use[1], label[1])
			}
		}
	}
	if strings.Count(expr, "(") != strings.Count(expr, ")") || strings.Count(expr, "{") != strings.Count(expr, "}") ||
		strings.Count(expr, `"`)%2 != 0 {
		t.Errorf("%s: brackets do not match: %s", where, expr)
	}
}

// givenOut are the metrics of a file, each with its lines.
func givenOut(t *testing.T) map[string]string {
	given := map[string]string{}
	for line := range strings.Lines(measured(t, web.Options{}).Page("/metrics").Text) {
		if name := metricName.FindString(line); name != "" && !strings.HasPrefix(line, "#") {
			given[name] += line
		}
	}
	return given
}

func TestAlertRules(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	type rule struct {
		Alert       string            `yaml:"alert"`
		Expr        string            `yaml:"expr"`
		For         string            `yaml:"for"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations"`
	}
	var file struct {
		Groups []struct {
			Name  string `yaml:"name"`
			Rules []rule `yaml:"rules"`
		} `yaml:"groups"`
	}
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		t.Fatal(err)
	}
	given := givenOut(t)
	alerts := map[string]bool{}
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			if alerts[r.Alert] || !regexp.MustCompile(`^Vendorwatch[A-Za-z]+$`).MatchString(r.Alert) {
				t.Errorf("alert %q", r.Alert)
			}
			alerts[r.Alert] = true
			known(t, r.Alert, r.Expr, given)
			if r.For != "" {
				if _, err := time.ParseDuration(r.For); err != nil {
					t.Errorf("%s: %v", r.Alert, err)
				}
			}
			if r.Labels["severity"] != "warning" && r.Labels["severity"] != "critical" ||
				r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("%s lacks a severity or words", r.Alert)
			}
		}
	}
	if len(alerts) < 6 {
		t.Errorf("only %v", slices.Sorted(maps.Keys(alerts)))
	}
}

// With many vendors only those have series that are not well, and the totals count all.
func TestMetricsOfManyVendors(t *testing.T) {
	r := Story(t, web.Options{})
	const many = 1001
	write := func(statement string, args ...any) {
		t.Helper()
		if err := r.File.Change(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), statement, args...)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	write(`WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?)
		INSERT INTO vendors (vendor_id, slug) SELECT 1000 + k, 'calm-' || k FROM n`, many)
	write(`INSERT INTO sources (vendor_id, page_url, watched, interval_seconds, last_attempt_at, last_success_at)
		SELECT vendor_id, 'https://' || slug || '.example', 1, 300, ?1, ?1 FROM vendors WHERE vendor_id > 1000`,
		db.Stamp(Before(Minute)))
	a := r.Page("/metrics")
	for prefix, want := range map[string][]string{
		`vendorwatch_vendor_status{status="operational"`: {
			`vendorwatch_vendor_status{status="operational",vendor="acme"} 0`,
			`vendorwatch_vendor_status{status="operational",vendor="blind"} 0`,
		},
		"vendorwatch_source_up{": {`vendorwatch_source_up{page="https://status.blind.example",vendor="blind"} 0`},
		`vendorwatch_vendors{status="operational"`: {
			fmt.Sprintf(`vendorwatch_vendors{status="operational"} %d`, many+1)},
		"vendorwatch_sources": {"vendorwatch_sources 1004", "vendorwatch_sources_up 1003"},
	} {
		if got := samples(a, prefix); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", prefix, got, want)
		}
	}
	if n := strings.Count(a.Text, "\nvendorwatch_"); n > 150 {
		t.Errorf("%d series", n)
	}
}
