package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/report/alert"
	"vendorwatch/cmd/internal/report/deliver"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/watch"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// loadConfig reads the config file and prints its notes.
func (a *app) loadConfig() (*config.Config, error) {
	c, err := config.Load(a.configPath, channelKinds())
	if err != nil {
		return nil, err
	}
	if a.dbPath != "" {
		c.Database = a.dbPath
	}
	for _, note := range c.Notes {
		fmt.Fprintln(a.stderr, note)
	}
	return c, nil
}

// databasePath is the file that the listing commands read: --db, else the config file's, else the default.
// A config file that is wrong is no reason not to show what the default file holds only if there is none.
func (a *app) databasePath() (string, error) {
	if a.dbPath != "" {
		return a.dbPath, nil
	}
	c, err := config.LoadToRead(a.configPath, channelKinds())
	if errors.Is(err, fs.ErrNotExist) && a.configPath == "config.toml" {
		return "vendorwatch.db", nil
	}
	if err != nil {
		return "", err
	}
	return c.Database, nil
}

// openToRead opens the file for a listing.
func (a *app) openToRead(ctx context.Context) (*db.DB, error) {
	path, err := a.databasePath()
	if err != nil {
		return nil, err
	}
	return db.OpenReadOnly(ctx, path)
}

// service is what a config describes, at work: sources, channels and the file.
type service struct {
	config  *config.Config
	db      *db.DB
	log     *slog.Logger
	now     func() time.Time
	watcher *watch.Watcher
	sources []watch.Source
	notes   []string          // what whoever starts the program should read
	senders []*deliver.Sender // one a channel
	digests *digest.Planner
	planner *alert.Planner // of alerts

	listener net.Listener // of the dashboard; nil for none
}

// newService opens the config's file and makes its vendors and sources known there. now is the clock of
// what is saved.
func (a *app) newService(ctx context.Context, c *config.Config, now func() time.Time, log *slog.Logger) (*service, error) {
	file, err := db.Open(ctx, c.Database)
	if err != nil {
		return nil, err
	}
	s := &service{config: c, db: file, log: log, now: now}
	recorder := record.New(file)
	recorder.LateAfter = c.LateAfter.Duration
	s.watcher = &watch.Watcher{
		DB: query.New(file), Record: recorder, Log: s.log, Now: now, Concurrency: c.Concurrency,
		Fetcher: collector(c.Fetch),
	}
	printed := a.printEvents(c.Digests[0])
	s.watcher.OnEvents = func(events []query.Event) {
		printed(events)
		s.planner.Trigger()
	}
	err = s.addSources(ctx)
	if err == nil {
		err = s.addReports(ctx, a)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	for _, note := range s.notes {
		fmt.Fprintln(a.stderr, note)
	}
	return s, nil
}

// printEvents prints events as they arrive, with the day wherever another begins. What another record of
// the same event tells is not printed, and edits only where they are asked for.
func (a *app) printEvents(d config.Digest) func([]query.Event) {
	zone, day := d.Zone, ""
	return func(events []query.Event) {
		for _, e := range events {
			if e.Withheld == query.WithheldSameEvent || e.Withheld == query.WithheldFiltered || e.Kind == normalize.EventIncidentEdited && !d.Edits && !a.verbose {
				continue
			}
			if at, err := time.Parse(normalize.TimeLayout, e.At); err == nil {
				if d := at.In(zone).Format("Mon 2 Jan 2006 MST"); d != day {
					day = d
					fmt.Fprintf(a.stdout, "— %s\n", day)
				}
			}
			fmt.Fprintln(a.stdout, message.EventLine(e, zone))
		}
	}
}

func (s *service) addSources(ctx context.Context) error {
	for _, v := range s.config.Vendors {
		if !v.Enabled {
			continue
		}
		vendorID, err := record.New(s.db).EnsureVendor(ctx, query.Vendor{Slug: v.Slug, Name: v.Name, Homepage: v.Homepage, Owner: v.Owner, RunbookURL: v.RunbookURL})
		if err != nil {
			return err
		}
		for _, from := range v.Sources {
			id, err := record.New(s.db).EnsureSource(ctx, vendorID, from.URL, from.Platform)
			if err == nil {
				err = record.New(s.db).SetFilter(ctx, id, v.Filter.Of, s.watcher.Now())
			}
			if err != nil {
				return err
			}
			if slices.ContainsFunc(s.sources, func(o watch.Source) bool { return o.ID == id }) {
				s.notes = append(s.notes, fmt.Sprintf("vendor %q: %s is where another of its sources has moved to; take one of the two out of the config", v.Name, from.URL))
				continue
			}
			if err := s.noteMove(ctx, id, v, from); err != nil {
				return err
			}
			s.sources = append(s.sources, watch.Source{
				ID: id, Vendor: v.Slug, URL: from.URL, Platform: from.Platform, Schedule: from.Cron, Timeout: from.Timeout.Duration, Auth: from.Credentials,
				Selectors: from.Selectors,
			})
		}
	}
	ids := make([]int64, len(s.sources))
	for n, from := range s.sources {
		ids[n] = from.ID
	}
	return record.New(s.db).SetWatched(ctx, ids)
}

// noteMove says where a page is now, if the config still names where it was.
func (s *service) noteMove(ctx context.Context, id int64, v config.Vendor, from config.Source) error {
	now, err := query.New(s.db).Source(ctx, id)
	if err != nil {
		return err
	}
	if now.PageURL == from.URL && now.Platform != from.Platform {
		s.notes = append(s.notes, fmt.Sprintf("vendor %q: the page at %s is made with %s, and is read as such; write platform = %q in the config", v.Name, from.URL, now.Platform, now.Platform))
		return nil
	}
	if now.PageURL != from.URL {
		s.notes = append(s.notes, fmt.Sprintf("vendor %q: the page at %s has moved, and is followed; write url = %q and platform = %q in the config", v.Name, from.URL, now.PageURL, now.Platform))
	}
	return nil
}

func (s *service) close() error { return s.db.Close() }

// pick returns the sources of the vendors named, all if none is.
func (s *service) pick(names []string) ([]watch.Source, error) {
	if len(names) == 0 {
		return s.sources, nil
	}
	var out []watch.Source
	for _, name := range names {
		slug := ""
		for _, v := range s.config.Vendors {
			if strings.EqualFold(v.Slug, name) || strings.EqualFold(v.Name, name) {
				slug = v.Slug
				if !v.Enabled {
					return nil, fmt.Errorf("vendor %q is switched off; set enabled = true in the config file", name)
				}
			}
		}
		if slug == "" {
			var known []string
			for _, v := range s.config.Vendors {
				known = append(known, v.Slug)
			}
			return nil, usagef("vendor %q is not in the config file; write one of: %s", name, strings.Join(known, ", "))
		}
		for _, from := range s.sources {
			if from.Vendor == slug && !slices.ContainsFunc(out, func(o watch.Source) bool { return o.ID == from.ID }) {
				out = append(out, from)
			}
		}
	}
	return out, nil
}

// each runs fn for every source, side by side, and returns the errors in the sources' order.
func each(sources []watch.Source, fn func(watch.Source) error) []error {
	errs := make([]error, len(sources))
	var wg sync.WaitGroup
	for n, s := range sources {
		wg.Go(func() { errs[n] = fn(s) })
	}
	wg.Wait()
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// tell prints errors, a line each, and returns errTold if there were any.
func (a *app) tell(errs []error) error {
	for _, err := range errs {
		fmt.Fprintf(a.stderr, "vendorwatch: %v\n", err)
	}
	if len(errs) > 0 {
		return errTold
	}
	return nil
}

// fileExists reports whether there is something at path.
func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
