package cli

import (
	"context"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/web"
)

// listenFlag adds --listen, which stands before the config file's address.
func (a *app) listenFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.listen, "listen", "", `address of the dashboard, host:port; "off" for none (default: listen under [web], else 127.0.0.1:8080)`)
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

// listenDashboard opens the dashboard's address; the listener is nil if there is to be none.
func (a *app) listenDashboard(c config.Web) (net.Listener, error) {
	address := a.listenAt(c)
	if address == "" {
		return nil, nil
	}
	if c.Missing != "" {
		return nil, fmt.Errorf("dashboard: the environment variable %s is not set, and without its secret everybody could read; set it where vendorwatch is started, or leave its key under [web] out of the config file", c.Missing)
	}
	return web.Listen(address)
}

// dashboard is the handler of what the file knows.
func (s *service) dashboard() *web.Server {
	c := s.config.Web
	var auth web.Auth
	if !c.Token.IsZero() {
		auth = auth.Bearer(c.Token.Reveal())
	}
	if !c.Password.IsZero() {
		auth = auth.Basic(c.User, c.Password.Reveal())
	}
	version, _ := versions()
	return web.New(s.db, web.Options{
		Prefix: c.Prefix, DashboardURL: s.config.DashboardURL, Auth: auth, Now: s.now, Log: s.log, Version: version,
	})
}

// serveDashboard answers on the service's listener, if it has one, until ctx ends.
func (s *service) serveDashboard(ctx context.Context) {
	if s.listener == nil {
		return
	}
	s.log.Info("dashboard", "address", dashboardURL(s.listener, s.config.Web.Prefix))
	if err := s.dashboard().Serve(ctx, s.listener); err != nil {
		s.log.Error("dashboard", "error", err)
	}
}

// dashboardURL is the address that a browser on this machine reaches a listener by.
func dashboardURL(l net.Listener, prefix string) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + prefix + "/"
}
