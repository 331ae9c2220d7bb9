package cli

import (
	"context"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"vendorwatch/db/query"
)

func (a *app) vendorsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "vendors",
		Short: "List the vendors and their pages, and whether each page can be read",
		Args:  noSuchCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.vendors(cmd.Context()) },
	}
	c.AddCommand(a.vendorsSearchCommand(), a.vendorsAddCommand())
	a.jsonFlag(c)
	return c
}

func (a *app) vendors(ctx context.Context) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	if a.asJSON {
		vendors, err := query.New(file).Vendors(ctx)
		if err != nil {
			return err
		}
		return a.printJSON(notNil(vendors))
	}
	list, err := query.New(file).SourceHealth(ctx)
	if err != nil {
		return err
	}
	t := a.table("Vendor", "Platform", "Health", "Last read", "Open", "Incidents", "Known since", "Gaps", "Page")
	for _, s := range list {
		t.AppendRow(table.Row{s.Vendor, s.Platform, s.Health, minute(s.LastSuccessAt), s.OpenIncidents, s.Incidents,
			minute(s.CoverageStartAt), s.Gaps, s.PageURL})
	}
	t.Render()
	for _, s := range list {
		if s.IndicatorSinceAt != "" {
			fmt.Fprintf(a.stdout, "%s: the page has said %q since %s, and no incident explains it\n", s.Vendor,
				s.Indicator, minute(s.IndicatorSinceAt))
		}
		if s.LastError != "" {
			fmt.Fprintf(a.stdout, "%s: %s\n", s.Vendor, s.LastError)
		}
	}
	return a.printChannelHealth(ctx, file)
}
