package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/coverage"
	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/services"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
)

func (a *app) incidentsCommand() *cobra.Command {
	var f query.Filter
	var since, until, severity, state, kind string
	c := &cobra.Command{
		Use:   "incidents",
		Short: "List incidents, newest first",
		Long: `incidents lists the incidents on record, newest first; with --open what is open now, the worst first and
planned work last. Times are in your time zone, in JSON in UTC.`,
		Args: takes(0, 0, "no arguments, only flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if f.Since, err = flags.Time("since", since); err != nil {
				return err
			}
			if f.Until, err = flags.Time("until", until); err != nil {
				return err
			}
			err = errors.Join(flags.Severity.Check(severity), flags.State.Check(state), flags.Kind.Check(kind))
			if err != nil {
				return err
			}
			f.Severity, f.State, f.Kind = normalize.Severity(severity), normalize.State(state), normalize.Kind(kind)
			return a.incidents(cmd.Context(), f)
		},
	}
	c.Flags().StringVar(&f.Vendor, "vendor", "", "only of this vendor (slug)")
	a.completeVendors(c, "vendor")
	c.Flags().StringVar(&f.Service, "service", "", "only what touches this service of yours, or may (slug)")
	c.Flags().BoolVar(&f.Open, "open", false, "only open ones, the worst first and planned work last")
	flags.Severity.Add(c, &severity)
	flags.State.Add(c, &state)
	flags.Kind.Add(c, &kind)
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
	if f.Service != "" {
		if err := services.Known(ctx, query.New(file), f.Service); err != nil {
			return err
		}
	}
	list, err := chosen(ctx, file, f)
	if err != nil {
		return err
	}
	if !f.Since.IsZero() {
		if err := coverage.TellGaps(ctx, a.stderr, file, f, list); err != nil {
			return err
		}
	}
	if f.Until.IsZero() || f.Until.After(time.Now()) {
		if err := coverage.TellUnknown(ctx, a.stderr, file, f.Vendor); err != nil {
			return err
		}
	}
	if a.asJSON {
		return a.printJSON(notNil(list))
	}
	a.printIncidents(list, f.Open)
	return nil
}

// printIncidents shows a list as a table; of what is open, planned work is in a table of its own.
func (a *app) printIncidents(list []query.Incident, open bool) {
	var now, planned []query.Incident
	for _, i := range list {
		if open && i.Kind == string(normalize.KindMaintenance) {
			planned = append(planned, i)
		} else {
			now = append(now, i)
		}
	}
	if len(now) > 0 || len(planned) == 0 {
		a.tabulate(now)
	}
	if len(planned) > 0 {
		if len(now) > 0 {
			fmt.Fprintln(a.stdout)
		}
		fmt.Fprintln(a.stdout, "Planned work")
		a.tabulate(planned)
	}
	var hidden []string
	kinds := map[string]int{}
	for _, i := range list {
		kinds[i.Kind]++
		if i.Filtered == 1 {
			hidden = append(hidden, strconv.FormatInt(i.IncidentID, 10))
		}
	}
	counts := []string{words.Count(kinds[string(normalize.KindIncident)], "incident")}
	if n := kinds[string(normalize.KindNotice)]; n > 0 {
		counts = append(counts, words.Count(n, "notice"))
	}
	if n := kinds[string(normalize.KindMaintenance)]; n > 0 {
		counts = append(counts, fmt.Sprintf("%d planned", n))
	}
	fmt.Fprintln(a.stderr, strings.Join(counts, ", "))
	if len(hidden) > 0 {
		fmt.Fprintf(a.stderr, "hidden by their vendors' filters and not announced: %s\n", strings.Join(hidden, ", "))
	}
}

func (a *app) tabulate(list []query.Incident) {
	t := a.table(terminal.Whole("ID"), terminal.Cut("Vendor", 8), terminal.Word("Severity"), terminal.Word("State"),
		terminal.When("Started"), terminal.Whole("Duration"), terminal.Cut("Title", 24))
	for _, i := range list {
		t.Row(i.IncidentID, i.Vendor, i.Severity, i.State, terminal.Minute(begin(i)), words.Lasted(i),
			markdown.Plain(i.Title))
	}
	t.Render()
}

// chosen are the incidents that a filter chooses: the newest first, or the worst first of those that are open.
func chosen(ctx context.Context, file *db.DB, f query.Filter) ([]query.Incident, error) {
	if !f.Open {
		return query.New(file).Incidents(ctx, f)
	}
	limit := f.Limit
	f.Limit = 0
	list, err := query.New(file).Incidents(ctx, f)
	if err != nil {
		return nil, err
	}
	worstFirst(list)
	if limit > 0 && len(list) > limit {
		list = list[:limit]
	}
	return list, nil
}

// worstFirst orders what is open: the worst severity first, then the newest; planned work is last, the next first.
func worstFirst(list []query.Incident) {
	slices.SortStableFunc(list, func(x, y query.Incident) int {
		planned := string(normalize.KindMaintenance)
		switch {
		case x.Kind == planned && y.Kind == planned:
			return strings.Compare(begin(x), begin(y))
		case x.Kind == planned:
			return 1
		case y.Kind == planned:
			return -1
		}
		return cmp.Or(cmp.Compare(normalize.Severity(y.Severity).Rank(), normalize.Severity(x.Severity).Rank()),
			strings.Compare(begin(y), begin(x)))
	})
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

// recorded is the slug of a vendor on record that was typed as an argument.
func recorded(ctx context.Context, file *db.DB, name string) (string, error) {
	slug, hint, err := vendorNamed(ctx, file, name)
	if err == nil && slug == "" {
		err = usagef("%s has no vendor %q; %s", file.Path(), name, hint)
	}
	return slug, err
}

// vendorNamed finds a vendor of the record by its slug or name. If there is none, hint says what to write instead.
func vendorNamed(ctx context.Context, file *db.DB, name string) (slug, hint string, err error) {
	vendors, err := query.New(file).Vendors(ctx, time.Now())
	if err != nil {
		return "", "", err
	}
	slug, near := words.VendorNamed(vendors, name)
	switch {
	case slug != "":
		return slug, "", nil
	case near != "":
		return "", "did you mean " + near + "?", nil
	}
	return "", "vendorwatch vendors lists those there are", nil
}
