package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
)

func (a *app) showCommand() *cobra.Command {
	var history bool
	c := &cobra.Command{
		Use:   "show ID",
		Short: "Show one incident in full",
		Long: `show prints an incident as it is now. Name it by its number in the file, by the vendor's own id, or by
its address. --history also prints every edit by the vendor and when it was seen. Times are in your time
zone, in JSON in UTC.`,
		Args: takes(1, 1, "one incident: its number, the vendor's id or its address"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.show(cmd.Context(), args[0], history) },
	}
	c.Flags().BoolVar(&history, "history", false, "also print every edit by the vendor")
	a.jsonFlag(c)
	return c
}

func (a *app) show(ctx context.Context, id string, history bool) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	now := time.Now()
	var i query.IncidentDetail
	err = db.ErrNotFound
	if n, notNumber := strconv.ParseInt(id, 10, 64); notNumber == nil {
		i, err = query.New(file).IncidentByID(ctx, n, now)
	}
	if errors.Is(err, db.ErrNotFound) { // the ids of some platforms are numbers too
		i, err = query.New(file).IncidentByKey(ctx, id, now)
	}
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("there is no incident %q in %s; vendorwatch incidents lists them", id, file.Path())
	}
	if err != nil {
		return err
	}
	if a.asJSON {
		return a.printJSON(i)
	}
	unread, err := query.New(file).UnreadSources(ctx, now, []int64{i.SourceID})
	if err == nil {
		a.printIncident(i, history, unread[i.SourceID] && !normalize.State(i.State).Over())
	}
	return err
}

func (a *app) printIncident(i query.IncidentDetail, history, unread bool) {
	screen := a.screen()
	p := func(label, value string) {
		if value != "" {
			fmt.Fprintf(a.stdout, "%-16s%s\n", label, strings.TrimLeft(screen.Wrap(value, 16), " "))
		}
	}
	fmt.Fprintf(a.stdout, "%s\n\n", screen.Wrap(i.VendorName+": "+i.Title, 0))
	p("severity", ourWord(i.Severity, i.VendorSeverity))
	p("state", ourWord(i.State, i.VendorState))
	if unread {
		p("as of", "the last reading of its page, which is not read now: how it is now is not known")
	}
	p("kind", i.Kind)
	p("reported by", words.ReportedBy(i.Incident))
	p("story", strings.TrimPrefix(words.Story(i.Incident), "one story: "))
	p("started", words.Moments(terminal.Moment).Known(i.StartedAt, i.StartedBasis, i.StartedAfter, "well"))
	p("resolved", words.Moments(terminal.Moment).Known(i.ResolvedAt, i.ResolvedBasis, i.ResolvedAfter, "open"))
	p("scheduled", strings.Trim(terminal.Moment(i.ScheduledStartAt)+" to "+terminal.Moment(i.ScheduledEndAt), " to"))
	p("duration", words.Lasted(i.Incident))
	if i.StatedDurationSeconds != nil {
		p("stated duration", words.Seconds(*i.StatedDurationSeconds)+", according to the postmortem")
	}
	p("first seen", terminal.Moment(i.FirstSeenAt))
	p("left the page", terminal.Moment(i.LeftFeedAt))
	if i.Filtered == 1 {
		p("filter", "hidden by its vendor's filter: recorded, not announced")
	}
	for _, a := range i.Actions {
		p(words.ActionLabel(a), words.Action(a, terminal.Moment))
	}
	p("components", i.Components)
	for _, c := range i.AffectedComponents {
		if c.ResolvedAt != "" {
			p("recovered", words.Moments(terminal.Moment).Recovered(c))
		}
	}
	p("page", i.URL)
	for _, o := range i.SameEvent {
		p("same event", strings.TrimSpace(fmt.Sprintf("%d, %s, on %s %s", o.IncidentID, o.State, o.PageURL, o.URL)))
	}
	for _, u := range i.Updates {
		head := terminal.Moment(u.PostedAt) + "  " + u.State
		if u.RemovedAt != "" {
			head += "  (removed by the vendor, seen at " + terminal.Moment(u.RemovedAt) + ")"
		}
		fmt.Fprintf(a.stdout, "\n%s\n%s\n", strings.TrimSpace(head), screen.Wrap(u.Body, 4))
	}
	for n, f := range i.Findings {
		if n == 0 {
			fmt.Fprintln(a.stdout, "\nfindings")
		}
		fmt.Fprintln(a.stdout, screen.Wrap(fmt.Sprintf("%s %q: %s", f.Field, f.Value, f.Problem), 4))
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
		fmt.Fprintf(a.stdout, "    seen %s  %s\n%s\n%s\n", terminal.Moment(r.SeenAt), what,
			screen.Wrap("- "+markdown.Plain(r.OldValue), 8), screen.Wrap("+ "+markdown.Plain(r.NewValue), 8))
	}
	if len(i.Revisions) == 0 {
		fmt.Fprintln(a.stdout, "    none")
	}
}

// ourWord is our word, with the vendor's if that differs.
func ourWord(ours, vendors string) string {
	if vendors == "" || normalize.Word(vendors) == ours {
		return ours
	}
	return fmt.Sprintf("%s (the vendor says %q)", ours, vendors)
}
