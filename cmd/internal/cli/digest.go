package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/report"
	"vendorwatch/db"
)

func (a *app) digestCommand() *cobra.Command {
	var since string
	var dryRun, asSlack bool
	c := &cobra.Command{
		Use:   "digest",
		Short: "Send the digest of what is new since the last one, now",
		Long: `digest sends what is new since the last digest to the channels of the config file, and writes down that
it was delivered. With --dry-run, --json, --slack or --since it is printed instead: nothing is sent, and
nothing written down.`,
		Args: takes(0, 0, "no arguments, only flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, err := flagTime("since", since)
			if err != nil {
				return err
			}
			if !dryRun && !a.asJSON && !asSlack && from.IsZero() {
				return a.sendDigest(cmd.Context())
			}
			return a.printDigest(cmd.Context(), from, asSlack)
		},
	}
	c.Flags().StringVar(&since, "since", "", "everything since this time (2026-11-23, 36h, 7d), whether it was reported or not")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "print the text of the digest that would be sent")
	c.Flags().BoolVar(&asSlack, "slack", false, "print the Slack message, as JSON")
	a.jsonFlag(c)
	return c
}

func (a *app) sendDigest(ctx context.Context) error {
	c, err := a.loadConfig()
	if err != nil {
		return err
	}
	s, err := a.newService(ctx, c, time.Now, a.quietLog())
	if err != nil {
		return err
	}
	defer s.close()
	var failed []error
	for _, r := range s.reporters {
		if err := r.Send(ctx); err != nil {
			failed = append(failed, err)
		}
	}
	return a.tell(failed)
}

// printDigest prints a digest of the first channel's pending news, or of everything since a time.
func (a *app) printDigest(ctx context.Context, since time.Time, asSlack bool) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	reader, channel, err := a.digestReader()
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	window := report.Window{Since: since, Until: now}
	if since.IsZero() {
		window, err = pendingWindow(ctx, file, channel, now)
		if err != nil {
			return err
		}
	}
	digest, err := report.Build(ctx, file, window, report.Options{Zone: reader.Zone, Now: now, Edits: reader.Edits})
	if err != nil {
		return err
	}
	switch {
	case asSlack:
		return a.printJSON(report.SlackBlocks(digest))
	case a.asJSON:
		return a.printJSON(digest)
	}
	_, err = fmt.Fprint(a.stdout, report.Text(digest, 0))
	return err
}

// pendingWindow is what the next digest of a channel would tell. A channel that was never used will begin
// with the last day.
func pendingWindow(ctx context.Context, file *db.DB, channel string, now time.Time) (report.Window, error) {
	w := report.Window{Until: now}
	events, err := file.Pending(ctx, channel)
	if errors.Is(err, db.ErrNotFound) {
		w.Since = now.Add(-24 * time.Hour)
		return w, nil
	}
	if err != nil {
		return w, err
	}
	w.Events = append([]db.Event{}, events...)
	w.Since, err = file.LastDelivered(ctx, channel)
	return w, err
}

// digestReader is for whom a digest is printed, by the digest and its first channel in the config file; UTC
// and stdout without one.
func (a *app) digestReader() (config.Digest, string, error) {
	c, err := config.Load(a.configPath)
	if errors.Is(err, fs.ErrNotExist) && a.configPath == "config.toml" {
		return config.Digest{Zone: time.UTC}, "stdout", nil
	}
	if err != nil {
		return config.Digest{}, "", err
	}
	d := c.Digests[0]
	if len(d.Channels) == 0 {
		return d, "stdout", nil
	}
	return d, d.Channels[0], nil
}
