package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
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
	c.Flags().StringVar(&f.Vendor, "vendor", "", "of this vendor only (slug)")
	c.Flags().BoolVar(&f.Open, "open", false, "open ones only")
	c.Flags().StringVar(&severity, "severity", "", "of this severity or worse: none, minor, major, critical")
	c.Flags().StringVar((*string)(&f.State), "state", "", "in this state only, such as monitoring")
	c.Flags().StringVar((*string)(&f.Kind), "kind", "", "of this kind only: incident, maintenance, notice")
	c.Flags().StringVar(&f.Search, "search", "", "with these words in the title or an update")
	c.Flags().StringVar(&since, "since", "", "started at or after this time (2026-11-23, 2026-11-23T09:00:00Z), or so long ago (36h, 7d)")
	c.Flags().StringVar(&until, "until", "", "started before this time")
	c.Flags().BoolVar(&f.AllSources, "all-sources", false, "every page's record of an event, not only the one that stands for it")
	c.Flags().IntVar(&f.Limit, "limit", 50, "at the most so many; 0 for all")
	a.jsonFlag(c)
	return c
}

func (a *app) incidents(ctx context.Context, f query.Filter) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	list, err := query.New(file).Incidents(ctx, f)
	if err != nil {
		return err
	}
	if !f.Since.IsZero() {
		if err := a.tellUnseen(ctx, file, f, list); err != nil {
			return err
		}
	}
	if f.Open {
		if err := a.tellUnreadable(ctx, file, f.Vendor); err != nil {
			return err
		}
	}
	if a.asJSON {
		return a.printJSON(notNil(list))
	}
	t := a.table("ID", "Vendor", "Severity", "State", "Started", "Duration", "Title")
	for _, i := range list {
		t.AppendRow(table.Row{i.IncidentID, i.Vendor, i.Severity, i.State, minute(begin(i)), words.Lasted(i), words.Short(markdown.Plain(i.Title), 70)})
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
		fmt.Fprintf(a.stderr, "hidden by their vendors' filters, and so not announced: %s\n", strings.Join(hidden, ", "))
	}
	return nil
}

// begin is when an incident began; of a maintenance that has not, when it is to begin.
func begin(i query.Incident) string {
	if i.StartedAt == "" {
		return i.ScheduledStartAt
	}
	return i.StartedAt
}

func (a *app) showCommand() *cobra.Command {
	var history bool
	c := &cobra.Command{
		Use:   "show ID",
		Short: "Show one incident whole",
		Long: `show prints an incident as it is now: by its number in the file, the vendor's own id, or its address.
With --history it also prints every edit by the vendor, with when it was seen.`,
		Args: takes(1, 1, "one incident: its number, the vendor's id or its address"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.show(cmd.Context(), args[0], history) },
	}
	c.Flags().BoolVar(&history, "history", false, "with every edit by the vendor")
	a.jsonFlag(c)
	return c
}

func (a *app) show(ctx context.Context, id string, history bool) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	var i query.IncidentDetail
	err = db.ErrNotFound
	if n, notNumber := strconv.ParseInt(id, 10, 64); notNumber == nil {
		i, err = query.New(file).IncidentByID(ctx, n)
	}
	if errors.Is(err, db.ErrNotFound) { // the ids of some platforms are numbers too
		i, err = query.New(file).IncidentByKey(ctx, id)
	}
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("there is no incident %q in %s; vendorwatch incidents lists those there are", id, file.Path())
	}
	if err != nil {
		return err
	}
	if a.asJSON {
		return a.printJSON(i)
	}
	a.printIncident(i, history)
	return nil
}

func (a *app) printIncident(i query.IncidentDetail, history bool) {
	p := func(label, value string) {
		if value != "" {
			fmt.Fprintf(a.stdout, "%-16s%s\n", label, value)
		}
	}
	fmt.Fprintf(a.stdout, "%s: %s\n\n", i.VendorName, i.Title)
	p("severity", ourWord(i.Severity, i.VendorSeverity))
	p("state", ourWord(i.State, i.VendorState))
	p("kind", i.Kind)
	p("started", i.StartedAt)
	p("resolved", i.ResolvedAt)
	p("scheduled", strings.Trim(i.ScheduledStartAt+" to "+i.ScheduledEndAt, " to"))
	p("duration", words.Lasted(i.Incident))
	if i.StatedDurationSeconds != nil {
		p("stated duration", words.Seconds(*i.StatedDurationSeconds)+", says the postmortem")
	}
	p("first seen", i.FirstSeenAt)
	p("left the page", i.LeftFeedAt)
	if i.Filtered == 1 {
		p("filter", "its vendor's filter hides it: on record, not announced")
	}
	p("components", i.Components)
	p("page", i.URL)
	for _, o := range i.SameEvent {
		p("same event", strings.TrimSpace(fmt.Sprintf("%d, %s, on %s %s", o.IncidentID, o.State, o.PageURL, o.URL)))
	}
	for _, u := range i.Updates {
		head := u.PostedAt + "  " + u.State
		if u.RemovedAt != "" {
			head += "  (taken off the page, seen at " + u.RemovedAt + ")"
		}
		fmt.Fprintf(a.stdout, "\n%s\n%s\n", strings.TrimSpace(head), indent(u.Body))
	}
	for n, f := range i.Findings {
		if n == 0 {
			fmt.Fprintln(a.stdout, "\nfindings")
		}
		fmt.Fprintf(a.stdout, "    %s %q: %s\n", f.Field, f.Value, f.Problem)
	}
	if !history {
		return
	}
	fmt.Fprintln(a.stdout, "\nedits by the vendor")
	for _, r := range i.Revisions {
		what := r.Field
		if r.UpdateID != 0 {
			what = fmt.Sprintf("update %d: %s", r.UpdateID, r.Field)
		}
		fmt.Fprintf(a.stdout, "    seen %s  %s\n        - %s\n        + %s\n", r.SeenAt, what, markdown.Plain(r.OldValue), markdown.Plain(r.NewValue))
	}
	if len(i.Revisions) == 0 {
		fmt.Fprintln(a.stdout, "    none was seen")
	}
}

// ourWord is our word, and the vendor's beside it where that differs.
func ourWord(ours, vendors string) string {
	if vendors == "" || normalize.Word(vendors) == ours {
		return ours
	}
	return fmt.Sprintf("%s (the vendor says %q)", ours, vendors)
}

func indent(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }

func (a *app) vendorsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "vendors",
		Short: "List the vendors, their sources and how well each can be read",
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
		t.AppendRow(table.Row{s.Vendor, s.Platform, s.Health, minute(s.LastSuccessAt), s.OpenIncidents, s.Incidents, minute(s.CoverageStartAt), s.Gaps, s.PageURL})
	}
	t.Render()
	for _, s := range list {
		if s.IndicatorSinceAt != "" {
			fmt.Fprintf(a.stdout, "%s: the page says %q since %s, and no incident says why\n", s.Vendor, s.Indicator, minute(s.IndicatorSinceAt))
		}
		if s.LastError != "" {
			fmt.Fprintf(a.stdout, "%s: %s\n", s.Vendor, s.LastError)
		}
	}
	return a.printChannelHealth(ctx, file)
}

// table is a plain table on stdout, as wide as it needs to be.
func (a *app) table(columns ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(a.stdout)
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	t.AppendHeader(table.Row(columns))
	return t
}

// minute shortens a stored time for people: "2026-11-23 10:02".
func minute(at string) string {
	if len(at) < 16 {
		return at
	}
	return strings.Replace(at[:16], "T", " ", 1)
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
