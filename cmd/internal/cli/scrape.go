package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/cmd/internal/watch"
	"vendorwatch/cmd/internal/words"
)

func (a *app) scrapeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "scrape [VENDOR...]",
		Short: "Read the vendors' pages once, now",
		Long: `scrape reads the pages of all vendors in the config file, or of those named, once, and prints what is
new. The exit code is 1 if a page could not be read.`,
		Annotations:       stopping.Leaves("the pages that were not saved are as they were before"),
		ValidArgsFunction: a.configuredVendors,
		RunE:              func(cmd *cobra.Command, args []string) error { return a.scrape(cmd.Context(), args) },
	}
}

func (a *app) scrape(ctx context.Context, names []string) error {
	s, err := a.openService(ctx, a.quietLog(), nil)
	if err != nil {
		return err
	}
	defer s.Close()
	sources, err := pick(s, names)
	if err != nil {
		return err
	}
	bar := a.bar("pages", len(sources))
	failed := each(sources, func(from watch.Source) error {
		defer bar.Add(1)
		_, err := s.Watcher.Scrape(ctx, from)
		return err
	})
	bar.Done()
	if len(failed) == 0 {
		fmt.Fprintf(a.stderr, "%s read into %s\n", words.Count(len(sources), "source"), s.Config.Database)
		a.next("vendorwatch incidents lists what is on record, vendorwatch serve keeps reading")
		return nil
	}
	if ctx.Err() != nil {
		saved := len(sources) - len(failed)
		fmt.Fprintf(a.stderr, "%d of %s read and saved\n", saved, words.Count(len(sources), "source"))
		return context.Cause(ctx)
	}
	err = a.tell(failed)
	fmt.Fprintf(a.stderr, "%d of %s could not be read\n", len(failed), words.Count(len(sources), "source"))
	return err
}
