package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
)

func (a *app) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Read every vendor's pages on schedule, send alerts and digests, until stopped",
		Long: `serve reads the pages of every vendor in the config file at once and then on schedule, prints what is
new as it arrives, and sends alerts and digests. It also serves the dashboard.

SIGTERM and SIGINT stop it within 10 seconds. SIGHUP makes it read the config file again; if there is
a mistake in the file, it is printed, and the service continues with the config as it was. If the
database file is removed or replaced, the service saves what was in it to a copy, and takes up the file
that is put in its place.`,
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
	s, err := a.openService(ctx, a.log(), nil)
	if err != nil {
		return err
	}
	if err := s.Listen(a.listenAt(s.Config.Web)); err != nil {
		return errors.Join(err, s.Close())
	}
	for s != nil {
		running, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- s.Run(running) }()
		s.Log.Info("watching", "vendors", len(s.Config.Vendors), "sources", len(s.Sources), "database",
			s.Config.Database, "config", a.configPath)
		next, moved := a.untilReload(ctx, hup, s)
		stop()
		err := <-done
		switch {
		case moved != nil:
			next, err = s.TakeUp(ctx, moved)
		case next != nil:
			s.HandOver(next)
			err = errors.Join(err, s.Close())
		default:
			err = errors.Join(err, s.Close())
		}
		if err == nil && next != nil && next.Listener == nil { // the address was in use by the service before
			err = next.Listen(a.listenAt(next.Config.Web))
		}
		if err != nil {
			return err
		}
		s = next
	}
	return nil
}

// untilReload waits until ctx ends, or until a SIGHUP finds a config file that can be put to work; its service is
// returned. The dashboard of that one listens already, unless it is to listen on the address of s, which is still in
// use. The error says that the file of s is not at its path any more.
func (a *app) untilReload(ctx context.Context, hup <-chan os.Signal, s *service.Service) (*service.Service, error) {
	address := a.listenAt(s.Config.Web)
	watching, stop := context.WithCancel(ctx)
	defer stop()
	moved := make(chan error, 1)
	go func() { moved <- s.UntilMoved(watching) }()
	for {
		select {
		case <-ctx.Done():
			return nil, nil
		case err := <-moved:
			return nil, err
		case <-hup:
		}
		next, err := a.openService(ctx, a.log(), s.DB)
		if err == nil {
			if wanted := a.listenAt(next.Config.Web); wanted != address || next.Config.Web.Missing != "" {
				err = next.Listen(wanted)
			}
			if err == nil {
				return next, nil
			}
			err = errors.Join(err, next.Close())
		}
		fmt.Fprintf(a.stderr, "vendorwatch: SIGHUP: the config file cannot be used; the service continues with the "+
			"config as it was:\n%v\n", err)
	}
}

// listenFlag adds --listen, which overrides the config file's address.
func (a *app) listenFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.listen, "listen", "",
		`address of the dashboard, host:port; "off" for none (default: listen under [web], else 127.0.0.1:8080)`)
}

// listenAt is the address that the flag and the config file agree on; empty for no dashboard.
func (a *app) listenAt(c config.Web) string {
	switch a.listen {
	case "":
		return c.Listen
	case "off":
		return ""
	}
	return a.listen
}
