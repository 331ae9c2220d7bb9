package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/words"
)

func (a *app) dbPruneCommand() *cobra.Command {
	var keep string
	c := &cobra.Command{
		Use:         "prune",
		Short:       "Delete old rows of the table scrapes; incidents are never deleted",
		Annotations: stopping.Leaves("nothing was deleted"),
		Args:        takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var d config.Duration
			if err := d.UnmarshalText([]byte(keep)); err != nil {
				return usagef("--older-than: %v", err)
			}
			return a.dbPrune(cmd.Context(), d.Duration)
		},
	}
	c.Flags().StringVar(&keep, "older-than", "30d",
		"delete rows older than this (30d, 720h); rows of failures are kept longer")
	return c
}

func (a *app) dbPrune(ctx context.Context, keep time.Duration) error {
	file, err := a.openToWrite(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	bar := a.bar("pruning "+file.Path(), 0)
	gone, err := file.Prune(ctx, time.Now(), keep)
	bar.Done()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "%s deleted\n", words.Count(int(gone), "scrape"))
	return nil
}
