// Package service runs what a config file describes: the sources are scraped, digests and alerts go to their
// channels, and the dashboard answers, over one database.
package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/report/alert"
	"vendorwatch/cmd/internal/report/deliver"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/watch"
	"vendorwatch/cmd/internal/watch/probe"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/scraper"
)

// Options are what a service needs beside its config. All but Notes may be left zero.
type Options struct {
	Now     func() time.Time // the clock of what is saved; nil means time.Now
	Log     *slog.Logger     // nil logs nothing
	Stdout  io.Writer        // for events as they arrive, and for channels that print; nil prints nothing
	Notes   io.Writer        // for what whoever starts the program should read
	Verbose bool             // prints edits of the vendors' too
	Version string           // of the program, for the dashboard

	StandsOn func(page string) []string // providers on whom the vendor of a page says that it stands; nil: nobody does

	// File is the config's file, open already. Where it is another one, New opens that of the config.
	File *db.DB
}

// Service is a config at work. Close ends it.
type Service struct {
	Config  *config.Config
	DB      *db.DB
	Watcher *watch.Watcher
	Sources []watch.Source // of the vendors that are switched on
	Log     *slog.Logger

	// Listener is where the dashboard answers; nil for nowhere. Listen makes it.
	Listener net.Listener

	o        Options
	owns     bool              // Close closes the file
	listenAt string            // the address that Listener was made for
	process  string            // this one's name in the file
	senders  []*deliver.Sender // one a channel
	digests  *digest.Planner
	planner  *alert.Planner // of alerts
	probes   []probe.Probe  // of the vendors that are switched on, and of services of ours
}

// New opens the config's file, and makes its vendors, sources and digests known there.
func New(ctx context.Context, c *config.Config, o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Stdout == nil {
		o.Stdout = io.Discard
	}
	file, owns, err := o.File, false, error(nil)
	if file == nil || !sameFile(file.Path(), c.Database) {
		if file, err = db.Open(ctx, c.Database); err != nil {
			return nil, err
		}
		owns = true
	}
	s := &Service{Config: c, DB: file, Log: o.Log, o: o, owns: owns, process: newProcess()}
	recorder := record.New(file)
	recorder.LateAfter = c.LateAfter.Duration
	s.Watcher = &watch.Watcher{
		DB: query.New(file), Record: recorder, Log: o.Log, Now: o.Now, Concurrency: c.Concurrency,
		Fetcher: Collector(c.Fetch), WhenOpen: c.Fetch.WhenOpen.Duration,
	}
	printed := s.printEvents(c.Digests[0])
	s.Watcher.OnEvents = func(events []query.Event) {
		printed(events)
		s.planner.Trigger()
	}
	notes, err := s.addSources(ctx)
	if err == nil {
		err = s.addReports(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for _, note := range notes {
		fmt.Fprintln(o.Notes, note)
	}
	return s, nil
}

func sameFile(a, b string) bool {
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}

// Close closes the file, unless it belongs to another service.
func (s *Service) Close() error {
	if !s.owns {
		return nil
	}
	return s.DB.Close()
}

// HandOver leaves the file to a service that takes the place of this one, if it has the same: what is open stays open.
func (s *Service) HandOver(next *Service) {
	if next.DB == s.DB {
		next.owns, s.owns = s.owns, false
	}
}

// Run watches, reports and serves the dashboard until ctx ends, and returns when all work has ended.
func (s *Service) Run(ctx context.Context) error {
	s.Watcher.Record.Gather = gather
	var wg sync.WaitGroup
	wg.Go(func() { s.report(ctx) })
	wg.Go(func() { s.ServeDashboard(ctx) })
	wg.Go(func() { s.answerSlack(ctx) })
	wg.Go(func() { s.probe(ctx) })
	wg.Go(func() { s.expireSignals(ctx) })
	// The hour is of no importance; that it is not a full one keeps it apart from scrapes.
	pruning := cron.New()
	pruning.Schedule(cron.Every(23*time.Hour+17*time.Minute), cron.FuncJob(func() { s.prune(ctx) }))
	pruning.Start()
	err := s.Watcher.Run(ctx, s.Sources)
	<-pruning.Stop().Done()
	wg.Wait()
	return err
}

// gather is how long an unchanged page waits for others to share its commit. Nobody waits for it, and a crash loses no
// more than that the pages of this time were read once more and were as before.
const gather = 50 * time.Millisecond

func (s *Service) prune(ctx context.Context) {
	gone, err := s.DB.Prune(ctx, time.Now(), s.Config.KeepScrapes.Duration)
	if err != nil {
		s.Log.Error("prune", "error", err)
		return
	}
	s.Log.Info("prune", "scrapes", gone)
}

// Collector fetches pages as a config says.
func Collector(f config.Fetch) *scraper.Collector {
	o := scraper.FetchOptions{
		UserAgent: f.UserAgent, Timeout: f.RequestTimeout.Duration, Delay: f.Delay.Duration,
		MaxBytes: int(f.MaxBytes), Retries: f.Retries, RespectRobots: f.RespectRobots,
		PrivateHosts: f.PrivateHosts, Roots: f.Roots,
	}
	if f.Contact != "" {
		o.UserAgent = f.Agent()
	}
	return scraper.NewCollector(o)
}
