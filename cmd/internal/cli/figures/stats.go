// Package figures has the commands that say how vendors did: stats the figures, claim what is due under an agreement,
// export the rows that all of it is made of.
package figures

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/shell"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
)

// Shell is what the commands take from the command line.
type Shell struct {
	shell.Shell
	// Vendor returns the slug of a vendor on record that was typed, or a mistake that names the nearest
	Vendor  func(ctx context.Context, file *db.DB, typed string) (string, error)
	Vendors cobra.CompletionFunc
}

// Commands returns the commands.
func Commands(s Shell) []*cobra.Command {
	return []*cobra.Command{s.statsCommand(), s.claimCommand(), s.exportCommand()}
}

// manyVendors is more than anybody names.
const manyVendors = 10000

func (s Shell) statsCommand() *cobra.Command {
	var asJSON bool
	var services []string
	c := &cobra.Command{
		Use:   "stats [VENDOR...]",
		Short: "Say how vendors did: uptime, targets, and how openly they report their incidents",
		Long: `stats prints the uptime of vendors over 7, 30, 90 and 365 days, of the time in which their pages were
read; with targets ([vendor.sla] in the config file) also what is left of the budget. For vendors that are named it
adds how openly they report their incidents. --service prints the uptime of services of yours in their place, from all
that each needs; with targets ([service.sla]) also what is left of the budget. "–" is what is not known.`,
		Args:              s.Takes(0, manyVendors, "vendors"),
		ValidArgsFunction: s.Vendors,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			file, err := s.Open(ctx)
			if err != nil {
				return err
			}
			defer file.Close()
			if len(services) > 0 {
				if len(args) > 0 {
					return flags.Mistakef("name vendors or services, not both")
				}
				return s.serviceStats(ctx, file, services, asJSON)
			}
			all, err := s.stats(ctx, file, args)
			if err != nil {
				return err
			}
			if asJSON {
				return s.JSON(all)
			}
			s.print(all, len(args) > 0)
			return nil
		},
	}
	c.Flags().StringArrayVar(&services, "service", nil, "a service of ours, by slug or name; can be repeated")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// stats returns the figures of the vendors that were typed, or of all.
func (s Shell) stats(ctx context.Context, file *db.DB, typed []string) ([]query.Stats, error) {
	d, now := query.New(file), time.Now()
	var slugs []string
	for _, name := range typed {
		slug, err := s.Vendor(ctx, file, name)
		if err != nil {
			return nil, err
		}
		slugs = append(slugs, slug)
	}
	if len(typed) == 0 {
		vendors, err := d.Vendors(ctx, now)
		if err != nil {
			return nil, err
		}
		for _, v := range vendors {
			slugs = append(slugs, v.Slug)
		}
	}
	all := []query.Stats{}
	for _, slug := range slugs {
		one, err := d.Stats(ctx, slug, now)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// uptimeTable is a table of uptimes and targets, of vendors or services.
func (s Shell) uptimeTable(of string) *terminal.Table {
	return s.Table(terminal.Cut(of, 10), terminal.Whole("7 days"), terminal.Whole("30 days"),
		terminal.Whole("90 days"), terminal.Whole("365 days"), terminal.Whole("Known"), terminal.Whole("Target"),
		terminal.Whole("Left"), terminal.Word("Forecast"))
}

func (s Shell) print(all []query.Stats, full bool) {
	if len(all) == 0 {
		fmt.Fprintln(s.Stderr, "no vendor is on record; start vendorwatch serve")
		return
	}
	t := s.uptimeTable("Vendor")
	for _, one := range all {
		row := []any{one.Vendor}
		known := 0.0
		for _, u := range one.Uptime {
			row, known = append(row, words.Percent(u.UptimePercent)), u.KnownPercent
		}
		row = append(row, words.Percent(&known))
		if one.SLA == nil {
			row = append(row, "–", "–", "–")
		} else {
			row = append(row, targetCells(one.SLA.TargetPercent, one.SLA.BudgetLeft, one.SLA.Forecast)...)
		}
		t.Row(row...)
	}
	t.Render()
	if !full {
		return
	}
	for _, one := range all {
		fmt.Fprintf(s.Stdout, "\n%s, how openly it reports its incidents:\n", words.OneLine(one.VendorName))
		t := s.Table(terminal.Cut("Measure", 20), terminal.Whole("Value"), terminal.Whole("Median"))
		for _, h := range one.Honesty {
			t.Row(words.Measure(h.Measure), words.Measured(h), words.Minutes(h.MedianMinutes))
		}
		t.Render()
	}
}
