package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"
)

func (a *app) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Watch every vendor on its schedule and send the digest on its own, until stopped",
		Long: `serve scrapes every vendor of the config file at once and then on its schedule, prints what is new
as it arrives, and sends the digest on its own schedule.

SIGTERM and SIGINT stop it within 10 seconds. SIGHUP reads the config file again; if that has a
mistake, the mistake is printed and the service goes on as before.`,
		Args: takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context()) },
	}
	a.listenFlag(c)
	return c
}

func (a *app) serve(ctx context.Context) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	s, err := a.newService(ctx, c, time.Now, a.log())
	if err != nil {
		return err
	}
	if s.listener, err = a.listenDashboard(c.Web); err != nil {
		return errors.Join(err, s.close())
	}
	for s != nil {
		running, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- s.run(running) }()
		s.log.Info("watching", "vendors", len(s.config.Vendors), "sources", len(s.sources), "database", s.config.Database, "config", a.configPath)
		next := a.untilReload(ctx, hup, a.listenAt(s.config.Web))
		stop()
		err := errors.Join(<-done, s.close())
		if err == nil && next != nil && next.listener == nil { // the address was in use by the one before
			next.listener, err = a.listenDashboard(next.config.Web)
		}
		if err != nil {
			return err
		}
		s = next
	}
	return nil
}

// untilReload waits until ctx ends, or until a SIGHUP finds a config file from which a service can be made;
// that service is returned. Its dashboard listens already unless it does so on address, which is in use still.
func (a *app) untilReload(ctx context.Context, hup <-chan os.Signal, address string) *service {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
		}
		c, err := a.loadConfig()
		if err == nil {
			var next *service
			if next, err = a.newService(ctx, c, time.Now, a.log()); err == nil {
				if a.listenAt(c.Web) != address || c.Web.Missing != "" {
					next.listener, err = a.listenDashboard(c.Web)
				}
				if err == nil {
					return next
				}
				err = errors.Join(err, next.close())
			}
		}
		fmt.Fprintf(a.stderr, "vendorwatch: SIGHUP: going on with the config as it was, since the new one cannot be used:\n%v\n", err)
	}
}

// run watches and reports until ctx ends, and returns when all work has ended.
func (s *service) run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { s.report(ctx) })
	wg.Go(func() { s.serveDashboard(ctx) })
	// The hour is of no importance; that it is not a full one keeps it apart from scrapes.
	pruning := cron.New()
	pruning.Schedule(cron.Every(23*time.Hour+17*time.Minute), cron.FuncJob(func() { s.prune(ctx) }))
	pruning.Start()
	err := s.watcher.Run(ctx, s.sources)
	<-pruning.Stop().Done()
	wg.Wait()
	return err
}

func (s *service) prune(ctx context.Context) {
	gone, err := s.db.Prune(ctx, time.Now(), s.config.KeepScrapes.Duration)
	if err != nil {
		s.log.Error("prune", "error", err)
		return
	}
	s.log.Info("prune", "scrapes", gone)
}
