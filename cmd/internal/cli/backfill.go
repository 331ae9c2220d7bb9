package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"
	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/cmd/internal/watch"
)

func (a *app) backfillCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backfill [VENDOR...]",
		Short: "Read the whole history of the vendors' pages",
		Long: `backfill reads the history of all vendors in the config file, or of those named, page by page back to
the first day, and stores it without announcing it. If it is stopped, what was read is kept, and the
next backfill continues from there.`,
		Annotations:       stopping.Leaves("what was read is saved, and the next backfill continues from there"),
		ValidArgsFunction: a.configuredVendors,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.backfill(cmd.Context(), args) },
	}
}

func (a *app) backfill(ctx context.Context, names []string) error {
	s, err := a.openService(ctx, a.log(), nil)
	if err != nil {
		return err
	}
	defer s.Close()
	sources, err := pick(s, names)
	if err != nil {
		return err
	}
	bars := a.bars(len(sources))
	if bars != nil {
		go bars.Render()
	}
	failed := each(sources, func(from watch.Source) error {
		bar := &progress.Tracker{Message: from.Vendor}
		if bars != nil {
			bars.AppendTracker(bar)
		}
		done, err := s.Watcher.Backfill(ctx, from, func(p watch.Progress) {
			bar.SetValue(int64(p.Page))
			bar.UpdateMessage(fmt.Sprintf("%s: %d history pages, %d incidents new", from.Vendor, p.Page, p.Incidents))
		})
		if err != nil {
			bar.MarkAsErrored()
			return err
		}
		bar.MarkAsDone()
		s.Log.Info("backfill", "vendor", from.Vendor, "history_pages", done.Page, "incidents", done.Incidents,
			"updates", done.Updates)
		return nil
	})
	if bars != nil {
		bars.Stop()
		for bars.IsRenderInProgress() {
			time.Sleep(10 * time.Millisecond)
		}
	}
	if len(failed) == 0 {
		a.next("vendorwatch incidents lists what is on record, vendorwatch stats sums it up")
	}
	return a.tell(failed)
}

// bars shows progress on a terminal; it is nil elsewhere, where the log does.
func (a *app) bars(n int) progress.Writer {
	if !a.terminal {
		return nil
	}
	w := progress.NewWriter()
	w.SetOutputWriter(a.logTo) // it moves the cursor, and shows slugs only
	w.SetNumTrackersExpected(n)
	w.SetAutoStop(false)
	w.SetUpdateFrequency(200 * time.Millisecond)
	w.SetMessageLength(60)
	w.SetTrackerPosition(progress.PositionRight)
	return w
}
