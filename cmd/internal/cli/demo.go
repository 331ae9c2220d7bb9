package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/simulate"
)

func (a *app) demoCommand() *cobra.Command {
	var keepRunning bool
	length := simulate.DemoLength
	c := &cobra.Command{
		Use:   "demo",
		Short: "See it work: invented vendors, nine days in less than a minute",
		Long: `demo serves invented vendors on this machine, in the formats of real status pages, and watches them as
serve would: incidents open, are edited, are resolved and get a postmortem; one page breaks and another
comes back. It needs no network, no account and no set-up. At the end it prints the digest, and queries
to try on the file.`,
		Annotations: stopping.Leaves("the record of the demo ends early"),
		Args:        takes(0, 0, "no arguments, only flags"),
		RunE:        func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), length, keepRunning) },
	}
	c.Flags().BoolVar(&keepRunning, "keep-running", false, "keep watching and serving afterwards, until Ctrl-C")
	a.listenFlag(c)
	c.Flags().DurationVar(&length, "length", length, "how long the demo takes")
	return c
}

// demoEnd is how long the demo keeps watching when its story has ended, to see the last events.
const demoEnd = 2500 * time.Millisecond

// demoInterval is the wall time between two scrapes of a simulated vendor.
const demoInterval = time.Second

func (a *app) demo(ctx context.Context, length time.Duration, keepRunning bool) error {
	path := a.dbPath
	if path == "" {
		path = "vendorwatch-demo.db"
	}
	if err := removeDatabase(path); err != nil {
		return err
	}
	world, clock := simulate.Demo(time.Now, length)
	if err := world.Start(); err != nil {
		return err
	}
	defer world.Close()
	s, err := a.newService(ctx, demoConfig(world, path), clock.Now, a.quietLog(), nil)
	if err != nil {
		return err
	}
	defer s.Close()
	for n := range s.Sources {
		s.Sources[n].Interval = clock.Most(2 * demoInterval)
	}
	fmt.Fprintln(a.stdout, "Vendors simulated on this machine, each in the format of a real status page:")
	for _, v := range world.Vendors() {
		fmt.Fprintf(a.stdout, "  %-16s %-11s %s\n", v.Name, v.Platform, world.URL(v.Slug))
	}
	if err := a.listenDemo(s); err != nil {
		return err
	}
	if s.Listener != nil {
		fmt.Fprintf(a.stdout, "\nThe dashboard is at %s\n", s.DashboardURL())
	}
	fmt.Fprintf(a.stdout, "\nNine days pass in %s. Events as they arrive:\n\n", length.Round(time.Second))

	watching, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		var dashboard sync.WaitGroup
		dashboard.Go(func() { s.ServeDashboard(watching) })
		err := s.Watcher.Run(watching, s.Sources)
		dashboard.Wait()
		done <- err
	}()
	select {
	case <-ctx.Done():
	case <-time.After(clock.Remaining() + demoEnd):
	}
	if err = context.Cause(ctx); err == nil {
		err = a.demoReport(ctx, s)
	}
	if err == nil && keepRunning && ctx.Err() == nil {
		fmt.Fprintln(a.stdout, "\nStill watching; Ctrl-C stops it.")
		<-ctx.Done()
	}
	stop()
	return errors.Join(err, <-done)
}

// listenDemo opens the dashboard's address. If none is asked for and the usual one is in use, any free one will do:
// the demo is to work beside everything else.
func (a *app) listenDemo(s *service.Service) error {
	err := s.Listen(a.listenAt(config.Web{Listen: "127.0.0.1:8080"}))
	if err != nil && a.listen == "" {
		return s.Listen("127.0.0.1:0")
	}
	return err
}

// demoReport prints the digest and examples of what can be done with the file.
func (a *app) demoReport(ctx context.Context, s *service.Service) error {
	fmt.Fprintln(a.stdout, "\nThe digest of these nine days:")
	fmt.Fprintln(a.stdout)
	if failed := s.SendDigests(ctx, ""); len(failed) > 0 {
		return errors.Join(failed...)
	}
	path, err := filepath.Abs(s.DB.Path())
	if err != nil {
		path = s.DB.Path()
	}
	_, err = fmt.Fprintf(a.stdout, `
The record is in %[1]s. Try these queries in the sqlite3 shell or any other:

  sqlite3 %[2]s "SELECT vendor, title, severity, duration_seconds, stated_duration_seconds, components FROM `+
		`v_incidents WHERE kind = 'incident' ORDER BY started_at DESC"
  sqlite3 %[2]s "SELECT vendor, title, posted_at, state, body FROM v_updates WHERE vendor = 'kustomer' ORDER BY `+
		`posted_at"
  sqlite3 %[2]s "SELECT vendor, health, last_error FROM v_source_health"

or vendorwatch itself:

  %[3]s --db %[2]s incidents
`, path, s.DB.Path(), invoked())
	return err
}

// invoked is how to start the program again: by its name, or as go run did, whose program is gone afterwards.
func invoked() string {
	path, err := os.Executable()
	if err == nil && strings.Contains(filepath.ToSlash(path), "/go-build") {
		return "go run ./cmd/vendorwatch"
	}
	return filepath.Base(os.Args[0])
}

// demoConfig describes the simulated vendors, scraped every second.
func demoConfig(world *simulate.World, path string) *config.Config {
	c := &config.Config{
		Database: path, Concurrency: 8, LateAfter: config.Duration{Duration: 24 * time.Hour},
		Fetch: config.Fetch{
			UserAgent: "vendorwatch-demo", Contact: "demo@localhost",
			RequestTimeout: config.Duration{Duration: 2 * time.Second}, MaxBytes: 16 << 20,
		},
		Digests: []config.Digest{{Name: "daily", Zone: time.UTC, Edits: true}},
	}
	for _, v := range world.Vendors() {
		c.Vendors = append(c.Vendors, config.Vendor{
			Name: v.Name, Slug: v.Slug, Enabled: true,
			Sources: []config.Source{{
				URL: world.URL(v.Slug), Platform: v.Platform,
				Cron: cron.Every(demoInterval), Timeout: config.Duration{Duration: 5 * time.Second},
			}},
		})
	}
	return c
}

// removeDatabase deletes the file of an earlier demo. It refuses a file of any other name, so that no record is lost to
// a demo.
func removeDatabase(path string) error {
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if filepath.Base(path) != "vendorwatch-demo.db" && fileExists(name) {
			return fmt.Errorf("demo needs a new file, and %s exists; delete it, or name another with --db", name)
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("demo: %w", err)
		}
	}
	return nil
}
