package service

import (
	"context"
	"fmt"
	"net"
	"slices"

	"vendorwatch/cmd/internal/web"
)

// Listen opens the dashboard's address; an empty one opens nothing. It refuses where the config asks for a secret that
// is not set.
func (s *Service) Listen(address string) error {
	if address == "" {
		return nil
	}
	if missing := s.Config.Web.Missing; missing != "" {
		return fmt.Errorf("dashboard: the environment variable %s is not set, and without its secret everybody could "+
			"read the dashboard; "+
			"set it where vendorwatch is started, or remove its key under [web] from the config file", missing)
	}
	l, err := web.Listen(address)
	s.Listener, s.listenAt = l, address
	return err
}

// dashboard is the handler of what the file knows.
func (s *Service) dashboard() *web.Server {
	c := s.Config.Web
	var auth web.Auth
	if !c.Token.IsZero() {
		auth = auth.Bearer(c.Token.Reveal())
	}
	if !c.Password.IsZero() {
		auth = auth.Basic(c.User, c.Password.Reveal())
	}
	if !c.WriteToken.IsZero() {
		auth = auth.Writer(c.WriteToken.Reveal())
	}
	if !c.PushToken.IsZero() {
		auth = auth.Pusher(c.PushToken.Reveal())
	}
	hosts := c.Hosts
	if host, _, err := net.SplitHostPort(s.listenAt); err == nil && host != "" {
		hosts = append(slices.Clone(hosts), host)
	}
	return web.New(s.DB, web.Options{
		Prefix: c.Prefix, DashboardURL: s.Config.DashboardURL, Hosts: hosts, Auth: auth, Now: s.o.Now,
		OnAction: s.planner.Trigger,
		Signals:  s.Watcher.Record.Signals(),
		Told:     web.Told{OnEvents: s.Watcher.Tell, ReadNow: s.Watcher.ReadNow, Pushed: s.Watcher.Pushed},
		Log:      s.Log, Version: s.o.Version,
		Zone: s.Config.Zone,
		Late: func() web.Lateness { return web.Lateness(s.Watcher.Lateness()) },
	})
}

// ServeDashboard answers on the service's listener, if it has one, until ctx ends.
func (s *Service) ServeDashboard(ctx context.Context) {
	if s.Listener == nil {
		return
	}
	s.Log.Info("dashboard", "address", s.DashboardURL())
	if err := s.dashboard().Serve(ctx, s.Listener); err != nil {
		s.Log.Error("dashboard", "error", err)
	}
}

// DashboardURL is the address by which a browser on this machine reaches the listener.
func (s *Service) DashboardURL() string {
	host, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + s.Config.Web.Prefix + "/"
}
