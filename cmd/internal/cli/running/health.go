// Package running has the commands about the program itself: whether it works, which version it is, its manual.
package running

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/shell"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
)

// Shell is what the commands take from the command line.
type Shell struct {
	shell.Shell
	Config func() (*config.Config, error) // the config file, which has to be there
}

// patience is how long the service may take to answer.
const patience = 5 * time.Second

// HealthCommand returns the command that asks the running service whether it works.
func HealthCommand(s Shell) *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "health",
		Short: "Say whether the service works, for containers and monitoring",
		Long: `health asks the service that runs on this machine, by the address of its dashboard in the config file,
whether it can read its file. Without a dashboard, it looks whether a service holds the file. The exit code is
0 if it works, and 1 if not.`,
		Args: s.Takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return s.health(cmd.Context(), listen) },
	}
	c.Flags().StringVar(&listen, "listen", "", "address of the dashboard, host:port (default: listen under [web])")
	return c
}

func (s Shell) health(ctx context.Context, listen string) error {
	c, err := s.Config()
	if err != nil {
		return err
	}
	if listen == "" {
		listen = c.Web.Listen
	}
	if listen == "" || listen == "off" {
		return s.held(ctx)
	}
	address, err := readyAddress(listen, c.Web.Prefix)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("health: %w", err)
	}
	switch {
	case !c.Web.Token.IsZero():
		r.Header.Set("Authorization", "Bearer "+c.Web.Token.Reveal())
	case c.Web.User != "":
		r.SetBasicAuth(c.Web.User, c.Web.Password.Reveal())
	}
	// The service is on this machine: no proxy stands between.
	client := &http.Client{Transport: &http.Transport{}}
	answer, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("the service does not answer: %w; is vendorwatch serve running?", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 200))
		return fmt.Errorf("the service at %s answers %s: %s", address, answer.Status, text)
	}
	_, err = fmt.Fprintln(s.Stdout, "the service works")
	return err
}

// readyAddress is where the service says whether it can read its file. One that listens on all addresses of the
// machine is asked on the loopback.
func readyAddress(listen, prefix string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("health: %w; write host:port, such as 127.0.0.1:8080", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip != nil && ip.To4() == nil {
			host = "::1"
		}
	}
	return "http://" + net.JoinHostPort(host, port) + prefix + "/readyz", nil
}

// held looks whether a service holds the file, by the lease of the messages, which it renews.
func (s Shell) held(ctx context.Context) error {
	file, err := s.Open(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	lease, err := ledger.New(file).LeaseHeld(ctx)
	if errors.Is(err, db.ErrNotFound) || err == nil && lease.UntilAt < db.Stamp(time.Now()) {
		return errors.New("no service holds the file; is vendorwatch serve running?")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Stdout, "the service works")
	return err
}
