package cli_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gocolly/colly/v2"

	"vendorwatch/cmd/internal/simulate/simtest"
	"vendorwatch/cmd/internal/watch"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/scraper"
)

// The size of the poll: a summary is about as large as GitHub's or Cloudflare's. BENCH_SOURCES makes it smaller.
const (
	pollSources     = 1000
	pollIncidents   = 20
	pollSummary     = 60_000
	pollConcurrency = 8
	pollWaiting     = 64 // scrapes under way: an unchanged one waits for others to share its commit
)

// statuspagePaths are the documents that a poll of a changed Statuspage reads.
var statuspagePaths = []string{"/api/v2/summary.json", "/api/v2/incidents.json", "/api/v2/scheduled-maintenances.json"}

// BenchmarkPoll is one poll of 1,000 sources, through the real fetcher, normaliser and file, each
// beside its floor: the least that could be done about the same bytes. ns/source is the wall time of a
// poll divided by the sources, cpu-ns/source the processors' time for it, which depends on neither the disk
// nor what else runs; "x-…" is the one and "cpu-x-…" the other in multiples of the floor's. The server takes
// its share of the same machine in all of them.
func BenchmarkPoll(b *testing.B) {
	fleet := simtest.NewFleet(sizeOf(b, "BENCH_SOURCES", pollSources), pollIncidents, pollSummary)
	if err := fleet.Start(); err != nil {
		b.Fatal(err)
	}
	defer fleet.Close()
	p := newPoll(b, fleet)
	floors := map[string]cost{}

	b.Run("first/vendorwatch", func(b *testing.B) {
		var fresh *poll
		measure(b, fleet.Len(), func() { fresh = newPoll(b, fleet) }, func() { fresh.pollAll(b, "") })
	})
	b.Run("unchanged/floor-304", func(b *testing.B) {
		f := newFloor(b, fleet)
		f.all(b, f.conditional)() // learns the validators
		floors["304"] = measure(b, fleet.Len(), nil, f.all(b, f.conditional))
	})
	b.Run("unchanged/floor-get-hash", func(b *testing.B) {
		f := newFloor(b, fleet)
		floors["get-hash"] = measure(b, fleet.Len(), nil, f.all(b, f.hash))
	})
	b.Run("unchanged/colly-goquery", func(b *testing.B) {
		f := newFloor(b, fleet)
		f.all(b, f.scrape)()
		floors["colly"] = measure(b, fleet.Len(), nil, f.all(b, f.scrape))
	})
	b.Run("unchanged/vendorwatch", func(b *testing.B) {
		p.pollAll(b, "")
		c := measure(b, fleet.Len(), nil, func() { p.pollAll(b, query.OutcomeUnchanged) })
		c.beside(b, floors, "304", "get-hash", "colly")
	})
	b.Run("changed/floor", func(b *testing.B) {
		f := newFloor(b, fleet)
		f.all(b, f.readAndInsert)() // what was there before
		floors["floor"] = measure(b, fleet.Len(), func() { changeAll(fleet) }, f.all(b, f.readAndInsert))
	})
	b.Run("changed/colly-goquery", func(b *testing.B) {
		f := newFloor(b, fleet)
		f.all(b, f.scrape)()
		floors["colly-changed"] = measure(b, fleet.Len(), func() { changeAll(fleet) }, f.all(b, f.scrape))
	})
	b.Run("changed/vendorwatch", func(b *testing.B) {
		p.pollAll(b, "")
		c := measure(b, fleet.Len(), func() { changeAll(fleet) }, func() { p.pollAll(b, query.OutcomeChanged) })
		c.beside(b, floors, "floor", "colly-changed")
	})
}

// sizeOf returns the size that the environment asks for.
func sizeOf(b *testing.B, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("%s=%q: want a number above zero", name, text)
	}
	return n
}

func changeAll(f *simtest.Fleet) {
	for i := range f.Len() {
		f.Change(i)
	}
}

// cost is what a poll took for each source, in nanoseconds.
type cost struct{ wall, cpu float64 }

// measure runs do for as long as the benchmark wants, with before, if there is any, outside of the measured
// time, and reports and returns what it took.
func measure(b *testing.B, sources int, before, do func()) cost {
	b.Helper()
	b.ReportAllocs()
	var used time.Duration
	for b.Loop() {
		if before != nil {
			b.StopTimer()
			before()
			b.StartTimer()
		}
		began := processorTime(b)
		pprof.Do(b.Context(), pprof.Labels("benchmark", b.Name()), func(context.Context) { do() })
		used += processorTime(b) - began
	}
	polled := float64(b.N * sources)
	c := cost{wall: float64(b.Elapsed()) / polled, cpu: float64(used) / polled}
	b.ReportMetric(c.wall, "ns/source")
	b.ReportMetric(c.cpu, "cpu-ns/source")
	return c
}

// beside reports a cost in multiples of those floors that were measured.
func (c cost) beside(b *testing.B, floors map[string]cost, names ...string) {
	for _, name := range names {
		if f, measured := floors[name]; measured {
			b.ReportMetric(c.wall/f.wall, "x-"+name)
			b.ReportMetric(c.cpu/f.cpu, "cpu-x-"+name)
		}
	}
}

// processorTime is how long this process has been running on processors.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// inParallel calls do for each source, with so many at one time.
func inParallel(b *testing.B, workers, sources int, do func(i int) error) {
	b.Helper()
	next := make(chan int)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range sources {
		next <- i
	}
	close(next)
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
}

// poll is a watcher of a fleet, past its baseline.
type poll struct {
	watcher *watch.Watcher
	sources []watch.Source
}

func newPoll(b *testing.B, fleet *simtest.Fleet) *poll {
	ctx := b.Context()
	file, err := db.Open(ctx, filepath.Join(b.TempDir(), "poll.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	recorder := record.New(file)
	recorder.Gather = 50 * time.Millisecond // as the service has it
	p := &poll{watcher: &watch.Watcher{
		DB: query.New(file), Record: recorder, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Now: time.Now, Concurrency: pollConcurrency,
		Fetcher: scraper.NewCollector(scraper.FetchOptions{UserAgent: "vendorwatch-benchmark (ops@example.com)",
			Timeout: 30 * time.Second, MaxBytes: 20 << 20}),
	}}
	for i := range fleet.Len() {
		vendor, err := recorder.EnsureVendor(ctx, query.Vendor{Slug: fleet.Slug(i)})
		if err != nil {
			b.Fatal(err)
		}
		id, err := recorder.EnsureSource(ctx, vendor, fleet.URL(i), "statuspage")
		if err != nil {
			b.Fatal(err)
		}
		p.sources = append(p.sources, watch.Source{ID: id, Vendor: fleet.Slug(i), URL: fleet.URL(i),
			Platform: "statuspage", Timeout: time.Minute})
	}
	return p
}

// pollAll scrapes every source once and holds each to the outcome; empty means any.
func (p *poll) pollAll(b *testing.B, want query.Outcome) {
	b.Helper()
	inParallel(b, pollWaiting, len(p.sources), func(i int) error {
		saved, err := p.watcher.Scrape(context.Background(), p.sources[i])
		switch {
		case err != nil:
			return err
		case want != "" && saved.Outcome != want:
			return fmt.Errorf("source %s: outcome %s, want %s", p.sources[i].Vendor, saved.Outcome, want)
		case want == query.OutcomeChanged && saved.Updates != 1:
			return fmt.Errorf("source %s: %d new updates, want 1", p.sources[i].Vendor, saved.Updates)
		}
		return nil
	})
}

// floor does with a fleet the least that could be done: no politeness, no manners, no history.
type floor struct {
	fleet  *simtest.Fleet
	client *http.Client
	file   *sql.DB
	etags  []string
	sums   [][sha256.Size]byte
	known  []map[string]bool // ids of updates, by source
}

func newFloor(b *testing.B, fleet *simtest.Fleet) *floor {
	dsn := "file:" + filepath.ToSlash(filepath.Join(b.TempDir(), "floor.db")) +
		"?_txlock=immediate&_pragma=busy_timeout(15000)&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&" +
		"_pragma=synchronous(FULL)"
	file, err := sql.Open("sqlite", dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	file.SetMaxOpenConns(1)
	_, err = file.Exec(`CREATE TABLE updates (source INTEGER, id TEXT, state TEXT, at TEXT, body TEXT) STRICT`)
	if err != nil {
		b.Fatal(err)
	}
	// http.DefaultClient keeps 100 connections, and would make one anew for almost each of more hosts.
	client := &http.Client{Transport: &http.Transport{}}
	b.Cleanup(client.CloseIdleConnections)
	f := &floor{fleet: fleet, client: client, file: file, etags: make([]string, fleet.Len()),
		sums: make([][sha256.Size]byte, fleet.Len())}
	for range fleet.Len() {
		f.known = append(f.known, map[string]bool{})
	}
	return f
}

// all returns what does something with each vendor of the fleet.
func (f *floor) all(b *testing.B, do func(i int) error) func() {
	return func() { inParallel(b, pollConcurrency, f.fleet.Len(), do) }
}

func (f *floor) get(i int, path, etag string) ([]byte, *http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, f.fleet.URL(i)+path, nil)
	if err != nil {
		return nil, nil, err
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return body, resp, err
}

// conditional asks for a summary with the validator of the last answer.
func (f *floor) conditional(i int) error {
	known := f.etags[i]
	_, resp, err := f.get(i, statuspagePaths[0], known)
	if err != nil {
		return err
	}
	if known != "" && resp.StatusCode != http.StatusNotModified {
		return fmt.Errorf("summary %d: %s, want 304", i, resp.Status)
	}
	f.etags[i] = resp.Header.Get("ETag")
	return nil
}

// hash gets a summary and compares its hash with the last one's.
func (f *floor) hash(i int) error {
	body, _, err := f.get(i, statuspagePaths[0], "")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	if f.sums[i] != [sha256.Size]byte{} && f.sums[i] != sum {
		return fmt.Errorf("summary %d changed", i)
	}
	f.sums[i] = sum
	return nil
}

// floorDocument is what bare code would decode of the three documents.
type floorDocument struct {
	Components []struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	} `json:"components"`
	Incidents    []floorIncident `json:"incidents"`
	Maintenances []floorIncident `json:"scheduled_maintenances"`
}

type floorIncident struct {
	ID      string `json:"id"`
	Updates []struct {
		ID        string `json:"id"`
		Status    string `json:"status"`
		Body      string `json:"body"`
		DisplayAt string `json:"display_at"`
	} `json:"incident_updates"`
}

// readAndInsert gets the documents, decodes them and inserts the updates that it has not met before, in
// one transaction a source.
func (f *floor) readAndInsert(i int) error {
	var incidents []floorIncident
	for _, path := range statuspagePaths {
		body, _, err := f.get(i, path, "")
		if err != nil {
			return err
		}
		var doc floorDocument
		if err := json.Unmarshal(body, &doc); err != nil {
			return err
		}
		incidents = append(append(incidents, doc.Incidents...), doc.Maintenances...)
	}
	tx, err := f.file.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, incident := range incidents {
		for _, u := range incident.Updates {
			if f.known[i][u.ID] {
				continue
			}
			f.known[i][u.ID] = true
			if _, err := tx.Exec(`INSERT INTO updates VALUES (?, ?, ?, ?, ?)`, i, u.ID, u.Status, u.DisplayAt,
				u.Body); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// scrape reads the home page as a simple scraper does: colly gets it, goquery finds the incidents, and what was not met
// before is inserted. It sends no validators.
func (f *floor) scrape(i int) error {
	c := colly.NewCollector(colly.AllowURLRevisit())
	c.WithTransport(f.client.Transport)
	var posts []string
	c.OnHTML("html", func(e *colly.HTMLElement) {
		e.DOM.Find(".unresolved-incident .update").Each(func(_ int, s *goquery.Selection) {
			posts = append(posts, s.Text())
		})
	})
	if err := c.Visit(f.fleet.URL(i) + "/"); err != nil {
		return err
	}
	if len(posts) == 0 {
		return fmt.Errorf("home page %d shows no post", i)
	}
	tx, err := f.file.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, post := range posts {
		if f.known[i][post] {
			continue
		}
		f.known[i][post] = true
		if _, err := tx.Exec(`INSERT INTO updates VALUES (?, '', '', '', ?)`, i, post); err != nil {
			return err
		}
	}
	return tx.Commit()
}
