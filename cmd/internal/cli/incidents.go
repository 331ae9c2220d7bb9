package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize/markdown"
)

func (a *app) incidentsCommand() *cobra.Command {
	var f query.Filter
	var since, until, severity string
	c := &cobra.Command{
		Use:   "incidents",
		Short: "List incidents, newest first",
		Args:  takes(0, 0, "no arguments, only flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if f.Since, err = flagTime("since", since); err != nil {
				return err
			}
			if f.Until, err = flagTime("until", until); err != nil {
				return err
			}
			if f.Severity, err = flagSeverity(severity); err != nil {
				return err
			}
			return a.incidents(cmd.Context(), f)
		},
	}
	c.Flags().StringVar(&f.Vendor, "vendor", "", "only of this vendor (slug)")
	c.Flags().BoolVar(&f.Open, "open", false, "only open ones")
	c.Flags().StringVar(&severity, "severity", "", "only of this severity or worse: none, minor, major, critical")
	c.Flags().StringVar((*string)(&f.State), "state", "", "only in this state, such as monitoring")
	c.Flags().StringVar((*string)(&f.Kind), "kind", "", "only of this kind: incident, maintenance, notice")
	c.Flags().StringVar(&f.Search, "search", "", "only with these words in the title or an update")
	c.Flags().StringVar(&since, "since", "",
		"only started at or after this time (2026-11-23, 2026-11-23T09:00:00Z) or within this long (36h, 7d)")
	c.Flags().StringVar(&until, "until", "", "only started before this time")
	c.Flags().BoolVar(&f.AllSources, "all-sources", false,
		"also list what further pages of a vendor say about the same event")
	c.Flags().IntVar(&f.Limit, "limit", 50, "at most this many; 0 for all")
	a.jsonFlag(c)
	return c
}

func (a *app) incidents(ctx context.Context, f query.Filter) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	if f.Vendor, err = knownVendor(ctx, file, f.Vendor); err != nil {
		return err
	}
	list, err := query.New(file).Incidents(ctx, f)
	if err != nil {
		return err
	}
	if !f.Since.IsZero() {
		if err := a.tellUnseen(ctx, file, f, list); err != nil {
			return err
		}
	}
	if f.Until.IsZero() || f.Until.After(time.Now()) {
		if err := a.tellUnknown(ctx, file, f.Vendor); err != nil {
			return err
		}
	}
	if a.asJSON {
		return a.printJSON(notNil(list))
	}
	t := a.table("ID", "Vendor", "Severity", "State", "Started", "Duration", "Title")
	for _, i := range list {
		t.AppendRow(table.Row{i.IncidentID, i.Vendor, i.Severity, i.State, minute(begin(i)), words.Lasted(i),
			words.Short(markdown.Plain(i.Title), 70)})
	}
	t.Render()
	var hidden []string
	for _, i := range list {
		if i.Filtered == 1 {
			hidden = append(hidden, strconv.FormatInt(i.IncidentID, 10))
		}
	}
	fmt.Fprintln(a.stderr, words.Count(len(list), "incident"))
	if len(hidden) > 0 {
		fmt.Fprintf(a.stderr, "hidden by their vendors' filters and not announced: %s\n", strings.Join(hidden, ", "))
	}
	return nil
}

// begin is when an incident began, or when a maintenance is scheduled to begin.
func begin(i query.Incident) string {
	if i.StartedAt == "" {
		return i.ScheduledStartAt
	}
	return i.StartedAt
}

// knownVendor finds a vendor of the record by its slug or name; none is asked for if the name is empty. An empty list
// for a misspelt name would look like a vendor without incidents.
func knownVendor(ctx context.Context, file *db.DB, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	slug, hint, err := vendorNamed(ctx, file, name)
	if err == nil && slug == "" {
		err = usagef("--vendor: %s has no vendor %q; %s", file.Path(), name, hint)
	}
	return slug, err
}

// vendorNamed finds a vendor of the record by its slug or name. If there is none, hint says what to write instead.
func vendorNamed(ctx context.Context, file *db.DB, name string) (slug, hint string, err error) {
	vendors, err := query.New(file).Vendors(ctx, time.Now())
	if err != nil {
		return "", "", err
	}
	var known []string
	for _, v := range vendors {
		if strings.EqualFold(v.Slug, name) || strings.EqualFold(v.Name, name) {
			return v.Slug, "", nil
		}
		known = append(known, v.Slug)
	}
	if near := words.Nearest(name, known); near != "" {
		return "", "did you mean " + near + "?", nil
	}
	return "", "vendorwatch vendors lists those there are", nil
}
