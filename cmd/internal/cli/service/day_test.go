package service

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/normalize/racetest"
)

// TestDay runs the whole service through hours of simulated time: schedule, requests over loopback, parsing, the file,
// alerts, digests and pages of the dashboard. What the vendors published is in the file once, every message is sent
// once, and the heap and the goroutines are at the end what they were after the first hour. DAY_VENDORS and DAY_HOURS
// make it long; `make crashes` runs a day of 1,000 vendors.
func TestDay(t *testing.T) {
	racetest.Skip(t, "polls for hours; TestRun and TestServe have what runs at once")
	vendors, hours := fromEnv(t, "DAY_VENDORS", 8), fromEnv(t, "DAY_HOURS", 2)
	began := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	d := &day{began: began, hours: hours, dir: t.TempDir(), scripts: scripts(vendors, began, hours)}
	d.clock.Store(began.UnixNano())
	d.serve(t)
	d.play(t, d.config, d.run)
	d.compare(t)
}

func fromEnv(t *testing.T, name string, other int) int {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		return other
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		t.Fatalf("%s=%s is not a number above 0", name, value)
	}
	return n
}

// A day is vendors, what they publish, and a service that reads them.
type day struct {
	began   time.Time
	hours   int
	dir     string
	scripts []simulate.Vendor
	urls    []string
	clock   atomic.Int64 // of the vendors, who are outside the bubble and do not see its time
	used    []use
}

// use is what the service holds at the end of an hour.
type use struct {
	hour       int
	heap       uint64 // bytes, after garbage collection
	resident   uint64 // bytes of the process, with what SQLite holds outside the heap
	goroutines int
	processor  time.Duration // of this process, with the servers of the vendors; 0 outside of Linux
	file       int64         // bytes of the file with its -wal file
}

func (u use) String() string {
	return fmt.Sprintf("hour %d: processor %.1f s, file %.2f MB, heap %.1f MB, resident %.0f MB, %d goroutines",
		u.hour, u.processor.Seconds(), float64(u.file)/1e6, float64(u.heap)/1e6, float64(u.resident)/1e6, u.goroutines)
}

// scripts are vendors of three platforms. In the hours that are simulated one in eight has an incident, one in twenty
// planned work, and one in twenty-five shows a login form for an hour.
func scripts(n int, began time.Time, hours int) []simulate.Vendor {
	chance := rand.New(rand.NewPCG(1, 2))
	within := func() time.Time {
		return began.Add(time.Duration(float64(hours)*(0.1+0.5*chance.Float64())*3600) * time.Second)
	}
	var out []simulate.Vendor
	for i := range n {
		v := simulate.Vendor{Slug: fmt.Sprintf("vendor-%04d", i), Name: fmt.Sprintf("Vendor %04d", i),
			Platform: simulate.PlatformStatuspage, CreatedAt: began.AddDate(0, -3, 0)}
		switch i % 10 {
		case 1:
			v.Platform = simulate.PlatformFeed
		case 2:
			v.Platform = simulate.PlatformPingoru
		}
		for c := range 8 {
			v.Components = append(v.Components, simulate.Component{ID: fmt.Sprintf("c%d-%d", i, c),
				Name: fmt.Sprintf("Region %d", c)})
		}
		for k := range 3 {
			at := began.AddDate(0, 0, -5*(k+1)).Add(time.Duration(chance.IntN(7200)) * time.Second)
			v.Incidents = append(v.Incidents, trouble(v, fmt.Sprintf("Logins were slow, part %d", k+1), at, "minor"))
		}
		if i%8 == 0 {
			v.Incidents = append(v.Incidents, trouble(v, "Requests fail", within(),
				[]string{"minor", "major", "critical"}[chance.IntN(3)]))
		}
		if i%20 == 3 {
			from := within()
			v.Incidents = append(v.Incidents, simulate.Incident{Name: "Work on the database", ScheduledFor: from,
				ScheduledUntil: from.Add(30 * time.Minute), Updates: []simulate.Update{
					{State: "scheduled", At: began.Add(-time.Hour), Body: "We will replace a disk."},
					{State: "in_progress", At: from, Body: "We replace it."},
					{State: "completed", At: from.Add(20 * time.Minute), Body: "It is replaced."}}})
		}
		if i%25 == 4 {
			from := within()
			v.Faults = []simulate.Fault{{Kind: simulate.FaultLogin, From: from, Until: from.Add(time.Hour)}}
		}
		out = append(out, simulate.Complete(v))
	}
	return out
}

// trouble is an incident of one component with five posts, the second of which is edited, over 50 minutes.
func trouble(v simulate.Vendor, name string, at time.Time, impact string) simulate.Incident {
	c := v.Components[0].ID
	post := func(minute int, state, body string, sets ...simulate.Status) simulate.Update {
		return simulate.Update{State: state, At: at.Add(time.Duration(minute) * time.Minute), Body: body, Sets: sets}
	}
	i := simulate.Incident{Name: name, Impact: impact, Updates: []simulate.Update{
		post(0, "investigating", "We look into it.", simulate.Status{Component: c, Status: "partial_outage"}),
		post(10, "identified", "A release of ours is the cause."),
		post(20, "identified", "We take the release back."),
		post(35, "monitoring", "It is taken back.", simulate.Status{Component: c, Status: "degraded_performance"}),
		post(50, "resolved", "It is over.", simulate.Status{Component: c, Status: "operational"}),
	}}
	i.Updates[1].Edits = []simulate.Edit{{At: at.Add(14 * time.Minute), Text: "Release 12 of ours is the cause."}}
	return i
}

// serve lets each vendor answer on a port of its own, as the clock says. Connections are not kept: in a bubble one that
// waits for the next request would stop the time.
func (d *day) serve(t *testing.T) {
	for _, v := range d.scripts {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: simulate.NewSite(v, func() time.Time {
			return time.Unix(0, d.clock.Load()).UTC()
		})}
		server.SetKeepAlivesEnabled(false)
		served := make(chan struct{})
		go func() {
			defer close(served)
			_ = server.Serve(l) // until it is closed
		}()
		t.Cleanup(func() {
			if err := server.Close(); err != nil {
				t.Error(err)
			}
			<-served
		})
		url := "http://" + l.Addr().String()
		switch v.Platform {
		case simulate.PlatformPingoru:
			url += "/providers/" + v.Slug + "/outage-history"
		case simulate.PlatformFeed:
			url += "/status/feed.atom"
		}
		d.urls = append(d.urls, url)
	}
}

func (d *day) config(t *testing.T) *config.Config {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "database = %q\nweb.listen = \"\"\ntime_zone = \"UTC\"\n"+
		"[fetch]\ncontact = \"ops@vendorwatch.test\"\n"+
		"[[digest]]\nname = \"hourly\"\nschedule = \"30 * * * *\"\nchannels = [\"lines\"]\n"+
		"[alerts]\nchannels = [\"lines\"]\n"+
		"[[channel]]\nname = \"lines\"\ntype = \"jsonl\"\npath = %q\n", d.record(), d.messages())
	for i, v := range d.scripts {
		fmt.Fprintf(&b, "[[vendor]]\nname = %q\nslug = %q\nplatform = %q\nurl = %q\n", v.Name, v.Slug, v.Platform,
			d.urls[i])
	}
	c, err := config.Parse("config.toml", []byte(b.String()), ChannelKinds(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (d *day) record() string   { return filepath.Join(d.dir, "vendorwatch.db") }
func (d *day) messages() string { return filepath.Join(d.dir, "messages.jsonl") }

// run has the service work for the hours of the day, and measures it at the end of each.
func (d *day) run(t *testing.T, pages http.Handler) {
	for hour := 1; hour <= d.hours; hour++ {
		time.Sleep(59 * time.Minute) // not the full hour, at which pages are due
		for _, path := range []string{"/", "/vendors", "/health", "/history", "/metrics", "/api/v1/incidents"} {
			answer := httptest.NewRecorder()
			pages.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
			if answer.Code != http.StatusOK {
				t.Errorf("hour %d: %s answers %d", hour, path, answer.Code)
			}
		}
		time.Sleep(time.Minute - 30*time.Second)
		synctest.Wait()
		u := measured(hour, d.record())
		d.used = append(d.used, u)
		t.Log(u)
		time.Sleep(30 * time.Second)
	}
}

// play has the service work while during goes on, from the beginning of the day, in a bubble of simulated time. during
// gets the service's dashboard.
func (d *day) play(t *testing.T, config func(*testing.T) *config.Config, during func(*testing.T, http.Handler)) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(d.began))
		s, err := New(t.Context(), config(t), Options{Log: slog.New(slog.NewTextHandler(t.Output(),
			&slog.HandlerOptions{Level: slog.LevelError}))})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		go d.tick(ctx)
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		during(t, s.dashboard().Handler())
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// tick tells the vendors what time it is in the bubble.
func (d *day) tick(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			d.clock.Store(now.UnixNano())
		}
	}
}

// measured is what is held at the end of an hour, and the size of the file of that name.
func measured(hour int, file string) use {
	runtime.GC()
	runtime.GC() // what the first one has emptied, such as pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u := use{hour: hour, heap: m.HeapAlloc, goroutines: runtime.NumGoroutine(), processor: processorTime()}
	for _, name := range []string{file, file + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			u.file += info.Size()
		}
	}
	var pages uint64
	if stat, err := os.ReadFile("/proc/self/statm"); err == nil {
		if _, err := fmt.Sscan(string(stat), new(uint64), &pages); err == nil {
			u.resident = pages * uint64(os.Getpagesize())
		}
	}
	return u
}

// processorTime is what Linux says that this process has used of processors, in its steps of 10 ms.
func processorTime() time.Duration {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	// The second field is the command in parentheses; utime and stime are the 14th and the 15th.
	fields := strings.Fields(string(stat[strings.LastIndex(string(stat), ")")+1:]))
	var ticks time.Duration
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0
		}
		ticks += time.Duration(n)
	}
	return ticks * 10 * time.Millisecond
}

// compare holds what is on record against what the vendors published, the messages against the ledger, and the end of
// the day against its first hour.
func (d *day) compare(t *testing.T) {
	file := d.opened(t)
	const of = ` JOIN sources USING (source_id) JOIN vendors USING (vendor_id) `
	incidents := counts(t, file, `SELECT slug, count(*) FROM incidents`+of+`GROUP BY slug`)
	posts := counts(t, file, `SELECT slug, count(*) FROM incident_updates JOIN incidents USING (incident_id)`+of+
		`GROUP BY slug`)
	unreadable := counts(t, file, `SELECT slug, count(*) FROM events`+of+
		`WHERE kind = 'source_unreadable' GROUP BY slug`)
	for _, v := range d.scripts {
		want := 0
		for _, i := range v.Incidents {
			if v.Platform == simulate.PlatformFeed {
				want++ // an entry is one text, with all posts in it
				continue
			}
			want += len(i.Updates)
		}
		if incidents[v.Slug] != len(v.Incidents) || posts[v.Slug] != want || unreadable[v.Slug] != len(v.Faults) {
			t.Errorf("%s, on %s: %d incidents, %d posts, unreadable %d times; published were %d, %d and %d", v.Slug,
				v.Platform, incidents[v.Slug], posts[v.Slug], unreadable[v.Slug], len(v.Incidents), want, len(v.Faults))
		}
	}
	sent := counts(t, file, `SELECT state, count(*) FROM deliveries GROUP BY state`)
	lines, err := os.ReadFile(d.messages())
	if err != nil {
		t.Fatal(err)
	}
	arrived := map[string]bool{}
	for line := range strings.Lines(string(lines)) {
		var m struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil || m.ID == "" || arrived[m.ID] {
			t.Errorf("a message without an id, or a second one under it: %v\n%s", err, line)
		}
		arrived[m.ID] = true
	}
	if len(arrived) != sent["delivered"] || sent["pending"]+sent["refused"] > 0 {
		t.Errorf("%d messages arrived; deliveries: %v", len(arrived), sent)
	}
	t.Log(counts(t, file, `SELECT 'incidents', count(*) FROM incidents
		UNION ALL SELECT 'incident_updates', count(*) FROM incident_updates
		UNION ALL SELECT 'readings', count(*) FROM readings UNION ALL SELECT 'events', count(*) FROM events
		UNION ALL SELECT 'scrapes', count(*) FROM scrapes UNION ALL SELECT 'scrapes.times', sum(times) FROM scrapes
		UNION ALL SELECT 'deliveries', count(*) FROM deliveries UNION ALL SELECT 'revisions', count(*) FROM revisions
		UNION ALL SELECT 'component_changes', count(*) FROM component_changes`))
	first, last := d.used[0], d.used[len(d.used)-1]
	if last.heap > first.heap*5/4+8<<20 || last.goroutines > first.goroutines+5 {
		t.Errorf("it grows: from %s to %s", first, last)
	}
}

// opened is the record, to be read.
func (d *day) opened(t *testing.T) *sql.DB {
	t.Helper()
	file, err := sql.Open("sqlite", "file:"+filepath.ToSlash(d.record())+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// counts is a query for names and numbers.
func counts(t *testing.T, file *sql.DB, query string) map[string]int {
	t.Helper()
	rows, err := file.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var of string
		var n int
		if err := rows.Scan(&of, &n); err != nil {
			t.Fatal(err)
		}
		out[of] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
