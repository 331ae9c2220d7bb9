package web_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db"
	"vendorwatch/db/query"
)

// size is how much a generated file holds. Each incident has five updates.
type size struct{ vendors, incidents int }

// benchSize is a tenth of the size for which the dashboard is built, which is 10,000 vendors with 200,000 incidents
// and 1,000,000 updates. BENCH_VENDORS and BENCH_INCIDENTS set other numbers.
func benchSize(b *testing.B) size {
	return size{numberOf(b, "BENCH_VENDORS", 1000), numberOf(b, "BENCH_INCIDENTS", 20_000)}
}

// numberOf reads a number from the environment.
func numberOf(b *testing.B, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 10 {
		b.Fatalf("%s=%q is not a number from 10", name, text)
	}
	return n
}

// BenchmarkPages requests every page, API path and feed of a file of benchSize. bytes/op is the size of the answer;
// cpu-first-ms, cpu-p50-ms and cpu-p99-ms are the processors' time for one of them, which hardly depends on what else
// runs. Trends of all vendors are kept for a minute; cpu-first-ms has what it takes to make them.
func BenchmarkPages(b *testing.B) {
	n := benchSize(b)
	path := generated(b, n)
	file, err := db.OpenReadOnly(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	handler := web.New(file, web.Options{Now: func() time.Time { return Now }}).Handler()
	vendor, incident := fmt.Sprintf("vendor-%d", n.vendors/2), fmt.Sprint(n.incidents/2)
	pages, err := query.New(file).History(b.Context(), query.HistoryFilter{})
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range []string{
		"/", "/wall", "/trends", "/trends?vendor=" + vendor + "&component=checkout",
		"/services", "/services/service-3", "/vendors", "/vendors?page=2",
		"/vendors/" + vendor, "/vendors/" + vendor + "?severity=major",
		"/vendors/" + vendor + "/maintenance.ics", "/incidents/" + incident,
		"/incidents/" + incident + "/json",
		"/history", "/history?after=" + url.QueryEscape(pages.Next), "/history?q=payments",
		"/history?q=payments+timeout&severity=major", "/history?q=the", "/history?q=zebra",
		"/history?vendor=" + vendor, "/history?component=checkout",
		"/history?component=checkout&severity=critical&kind=incident", "/history?severity=critical",
		"/history?kind=maintenance",
		"/history?kind=notice", "/history?state=open", "/history?state=identified",
		"/history?since=2020-01-01&until=2020-12-31", "/history.csv?limit=500", "/history.json?limit=500",
		"/maintenance", "/maintenance?page=50", "/health", "/health?page=3", "/healthz", "/readyz",
		"/api/v1/vendors", "/api/v1/vendors/" + vendor, "/api/v1/vendors/" + vendor + "/stats",
		"/api/v1/sources", "/api/v1/sources?vendor=" + vendor,
		"/api/v1/components", "/api/v1/components?vendor=" + vendor,
		"/api/v1/components?status=major_outage", "/api/v1/incidents", "/api/v1/incidents?limit=500",
		"/api/v1/incidents?updated_since=2026-11-22", "/api/v1/incidents?vendor=" + vendor + "&q=timeout",
		"/api/v1/incidents/" + incident, "/api/v1/incidents/" + incident + "/updates", "/api/v1/updates",
		"/api/v1/updates?vendor=" + vendor, "/api/v1/updates?after=" + incident,
		"/api/v1/events", "/api/v1/events?after=" + incident, "/api/v1/health", "/api/v1/openapi.json",
		"/api/v1/ok", "/api/v1/services",
		"/api/v2/summary.json", "/api/v2/status.json", "/api/v2/incidents.json", "/api/v2/incidents/unresolved.json",
		"/api/v2/components.json",
		"/vendors/" + vendor + "/api/v2/summary.json", "/vendors/" + vendor + "/api/v2/incidents.json",
		"/feed.atom", "/vendors/" + vendor + "/feed.atom", "/feed.atom?severity=major", "/feed.json",
		"/maintenance.ics",
		"/vendors/" + vendor + "/badge.svg", "/metrics",
	} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			weight := 0
			var took []time.Duration
			// The first request of each kind also prepares its statements, once on each connection.
			began := processorTime(b)
			fetch(b, handler, path)
			first := processorTime(b) - began
			for b.Loop() {
				began := processorTime(b)
				weight = fetch(b, handler, path)
				took = append(took, processorTime(b)-began)
			}
			b.ReportMetric(float64(weight), "bytes/op")
			slices.Sort(took)
			b.ReportMetric(float64(first)/1e6, "cpu-first-ms")
			b.ReportMetric(float64(took[len(took)/2])/1e6, "cpu-p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100])/1e6, "cpu-p99-ms")
		})
	}
}

// processorTime is how long this process has been running on processors.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// fetch requests a path, which must exist, and returns the size of the answer in bytes.
func fetch(b *testing.B, handler http.Handler, path string) int {
	w := httptest.NewRecorder()
	// A dashboard without a password answers to its own host names only.
	handler.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, "http://localhost"+path, nil))
	if w.Code != http.StatusOK {
		text, _ := io.ReadAll(w.Body)
		b.Fatalf("%s: status %d: %.300s", path, w.Code, text)
	}
	return w.Body.Len()
}

// generated makes a file of that size, spread over six years, and returns its path. One vendor in fifty has an open
// incident; one in a hundred cannot be read. If BENCH_FILE names a file, that file is made once and kept.
func generated(b *testing.B, n size) string {
	path := os.Getenv("BENCH_FILE")
	if path == "" {
		path = filepath.Join(b.TempDir(), "bench.db")
	} else if _, err := os.Stat(path); err == nil {
		return path
	}
	file, err := db.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	conn, err := sql.Open("sqlite",
		"file:"+filepath.ToSlash(
			path)+"?_pragma=synchronous(OFF)&_pragma=cache_size(-400000)&_pragma=ignore_check_constraints(1)")
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	conn.SetMaxOpenConns(1)
	run := func(statement string, args ...any) {
		if _, err := conn.ExecContext(b.Context(), statement, args...); err != nil {
			b.Fatalf("%v\n%s", err, statement)
		}
	}
	// Rows go into bare tables. Indexes and triggers are put back afterwards, which is much faster.
	run(`BEGIN`)
	var later []string
	for _, kind := range []string{"index", "trigger"} {
		for name, text := range schemaOf(b, conn, kind) {
			run(`DROP ` + kind + ` ` + name)
			later = append(later, text)
		}
	}
	const at = `strftime('%Y-%m-%dT%H:%M:%fZ', ?1, `
	moment := Now.Format("2006-01-02 15:04:05")
	const count = `WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?2) `
	run(
		count+`INSERT INTO vendors (vendor_id, slug, name, owner) SELECT k, 'vendor-' || k, 'Vendor ' || k, substr(?1,
			1, 0) || 'team ' || (k % 7) FROM n`, moment, n.vendors)
	run(count+`INSERT INTO sources (source_id, vendor_id, page_url, platform, watched, interval_seconds,
		last_attempt_at, last_success_at, consecutive_failures, failing_since_at, last_error, baseline_at, latest_at,
			coverage_start_at)
		SELECT k, k, 'https://status.vendor-' || k || '.example', 'statuspage', 1, 300, `+at+`'-60 seconds'),
			`+at+`CASE WHEN k % 100 = 7 THEN '-2 hours' ELSE '-60 seconds' END),
			CASE WHEN k % 100 = 7 THEN 9 ELSE 0 END, CASE WHEN k % 100 = 7 THEN `+at+`'-1 hours') END, CASE
				WHEN k % 100 = 7 THEN '503 Service Unavailable' END,
			`+at+`'-2190 days'), `+at+`'-60 seconds'), `+at+`'-2190 days') FROM n`, moment, n.vendors)
	run(count+`INSERT INTO components (component_id, source_id, source_key, name, group_name, status, vendor_status,
		position, first_seen_at)
		SELECT k, 1 + (k - 1) / 20, 'c' || k, CASE k % 5 WHEN 0 THEN 'Checkout' WHEN 1 THEN 'API'
			WHEN 2 THEN 'Dashboard' WHEN 3 THEN 'Webhooks' ELSE 'Search' END, 'Region ' || (k % 20 / 5),
			CASE WHEN k % 997 = 0 THEN 'major_outage' ELSE 'operational' END, 'operational', k % 20,
				`+at+`'-2190 days') FROM n`, moment, 20*n.vendors)
	run(
		`INSERT INTO component_changes (component_id, status, at) SELECT component_id, status, first_seen_at
			FROM components`)
	// The incidents of all vendors alternate, as they would in life; the newest have the highest numbers.
	run(count+`INSERT INTO incidents (incident_id, source_id, source_key, kind, title, url, severity, state,
		vendor_severity, vendor_state, started_at, resolved_at,
			scheduled_start_at, scheduled_end_at, first_seen_at, announced, start_given)
		SELECT k, s, 'i' || k, kind, CASE k % 6 WHEN 0 THEN 'Payments are declined in region '
			ELSE 'Elevated error rates in region ' END || (k % 40) || CASE k % 11 WHEN 0 THEN ' with timeout'
				ELSE '' END,
			'https://status.vendor-' || s || '.example/incidents/' || k, CASE k % 20 WHEN 0 THEN 'critical'
				WHEN 1 THEN 'major' WHEN 2 THEN 'none' ELSE 'minor' END,
			CASE WHEN kind = 'maintenance' THEN CASE WHEN open THEN 'scheduled' ELSE 'completed' END
				WHEN open THEN 'identified' ELSE 'resolved' END, 'minor', 'Resolved',
			`+at+`'-' || back || ' minutes'), CASE WHEN NOT open THEN `+at+`'-' || (back - 30 - k % 60)
				|| ' minutes') END,
			CASE WHEN kind = 'maintenance' THEN `+at+`(CASE WHEN open THEN 600 + k % 9000 ELSE -back END)
				|| ' minutes') END,
			CASE WHEN kind = 'maintenance' THEN `+at+`(CASE WHEN open THEN 700 + k % 9000 ELSE 90 - back END)
				|| ' minutes') END,
			`+at+`'-' || (back - 2) || ' minutes'), 1, k % 2
		FROM (SELECT k, 1 + k % ?3 AS s, CASE k % 25 WHEN 3 THEN 'maintenance' WHEN 4 THEN 'notice'
			ELSE 'incident' END AS kind,
			100 + (?2 - k) * 2190 * 1440 / ?2 AS back, k > ?2 - ?2 / 100 AND k % 50 IN (5, 3) AS open
				FROM n)`, moment, n.incidents, n.vendors)
	const post = `WITH RECURSIVE n (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM n WHERE k < 4) `
	run(post + `INSERT INTO incident_updates (incident_id, source_key, position, state, vendor_state, posted_at, body,
		first_seen_at)
		SELECT incident_id, 'u' || incident_id || '-' || k, k, CASE k WHEN 0 THEN 'investigating'
			WHEN 1 THEN 'identified' WHEN 4 THEN i.state ELSE 'update' END, 'Update',
			strftime('%Y-%m-%dT%H:%M:%fZ', i.started_at, (k * 7) || ' minutes'),
			CASE k WHEN 0 THEN 'We are looking into reports of failed requests. '
				WHEN 1 THEN 'The cause is a full disk of a database in region ' || (incident_id % 40) || '. '
				ELSE 'The work goes on; the next word follows within the hour. ' END || CASE
				WHEN incident_id % 9 = k THEN 'Payments may end in a timeout. ' ELSE '' END
				|| 'We apologise for the trouble that this makes.',
			strftime('%Y-%m-%dT%H:%M:%fZ', i.started_at, (k * 7 + 2) || ' minutes')
		FROM incidents i JOIN n`)
	run(`INSERT INTO incident_components (incident_id, component_id) SELECT incident_id,
		(source_id - 1) * 20 + 1 + incident_id % 20 FROM incidents
		UNION SELECT incident_id, (source_id - 1) * 20 + 1 + incident_id / 7 % 20 FROM incidents`)
	run(`INSERT INTO events (source_id, incident_id, kind, at) SELECT source_id, incident_id, 'incident_opened',
		first_seen_at FROM incidents
		UNION ALL SELECT source_id, incident_id, 'incident_resolved', resolved_at FROM incidents
			WHERE resolved_at IS NOT NULL ORDER BY 4`)
	run(
		count+`INSERT INTO scrapes (source_id, started_at, last_started_at, took_ms, outcome, http_status, requests,
				bytes)
			SELECT 1 + k % (?2 / 50),
				`+at+`'-' || (?2 - k) || ' seconds'), `+at+`'-' || (?2 - k) || ' seconds'), 120, 'unchanged', 304, 1, 0
				FROM n`, moment, 50*n.vendors)
	run(`INSERT INTO services (service_id, slug, name) SELECT vendor_id, 'service-' || vendor_id,
			'Service ' || vendor_id
		FROM vendors WHERE vendor_id <= 20`)
	run(`INSERT INTO service_needs (service_id, position, need, vendor_id, component)
		SELECT service_id, k, 'need', vendor_id, CASE k % 2 WHEN 0 THEN '' ELSE 'checkout' END
		FROM services JOIN (SELECT 0 AS k UNION SELECT 1 UNION SELECT 2)
		JOIN vendors ON vendor_id = 1 + (service_id * 37 + k * 11) % (SELECT count(*) FROM vendors)`)
	run(`INSERT INTO service_components (need_id, component_id) SELECT need_id, component_id FROM service_needs n
		JOIN sources USING (vendor_id) JOIN components c USING (source_id)
		WHERE n.component <> '' AND c.name = 'Checkout'`)
	for _, index := range []string{"incident_search", "update_search", "component_search"} {
		run(`INSERT INTO ` + index + ` (` + index + `) VALUES ('rebuild')`)
	}
	for _, text := range later {
		run(text)
	}
	run(`COMMIT`)
	return path
}

// schemaOf returns the text of every index or trigger that was written by hand, by name.
func schemaOf(b *testing.B, conn *sql.DB, kind string) map[string]string {
	rows, err := conn.QueryContext(context.WithoutCancel(b.Context()),
		`SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL`, kind)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			b.Fatal(err)
		}
		out[name] = text
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return out
}
