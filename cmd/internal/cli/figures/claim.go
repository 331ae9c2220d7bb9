package figures

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/web/prose"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
	"vendorwatch/normalize/target"
)

func (s Shell) claimCommand() *cobra.Command {
	var month string
	var asHTML bool
	c := &cobra.Command{
		Use:   "claim VENDOR",
		Short: "Write the claim for a month in which a vendor missed its target, as Markdown or HTML",
		Long: `claim writes what a vendor's record says of a month, or of the quarter that it is in if its agreement
counts by quarters: the uptime as [vendor.sla] counts it, every interval, the vendor's own posts and edits, the
postmortem's minutes beside those of its page, and the time in which its pages were not read. It goes to standard
output.`,
		Args:              s.Takes(1, 1, "one vendor"),
		ValidArgsFunction: s.Vendors,
		RunE: func(cmd *cobra.Command, args []string) error {
			now := time.Now().UTC()
			at := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, -1, 0)
			if month != "" {
				var err error
				if at, err = time.Parse("2006-01", month); err != nil {
					return flags.Mistakef("--month: %q is not a month; write for example 2026-10", month)
				}
				if at.After(now) {
					return flags.Mistakef("--month: %s has not begun", month)
				}
			}
			file, err := s.Open(cmd.Context())
			if err != nil {
				return err
			}
			defer file.Close()
			slug, err := s.Vendor(cmd.Context(), file, args[0])
			if err != nil {
				return err
			}
			text, err := claimOf(cmd.Context(), query.New(file), slug, at, now)
			if err != nil {
				return err
			}
			if asHTML {
				text = fmt.Sprintf(frame, html.EscapeString(slug), headings.Replace(string(prose.Markdown(text, ""))))
			}
			_, err = fmt.Fprint(s.Stdout, text)
			return err
		},
	}
	c.Flags().StringVar(&month, "month", "", "which month, such as 2026-10 (default: the last whole one)")
	c.Flags().BoolVar(&asHTML, "html", false, "write HTML instead of Markdown")
	return c
}

// frame is the page around a claim in HTML.
const frame = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Claim: %s</title>
<style>body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto }
table { border-collapse: collapse } td, th { padding: .2rem .6rem; border: 1px solid #999; text-align: left }</style>
%s</html>
`

// headings are those of a page of its own: prose makes them for a place within another.
var headings = strings.NewReplacer("<h4", "<h1", "</h4>", "</h1>", "<h5", "<h2", "</h5>", "</h2>", "<h6", "<h3",
	"</h6>", "</h3>")

// claim is a claim while it is written.
type claim struct {
	strings.Builder
	d    *query.DB
	now  time.Time
	sla  query.SLA
	goal target.Target
}

// claimOf writes the claim of the period that the month is in, or of what of it has passed.
func claimOf(ctx context.Context, d *query.DB, slug string, month, now time.Time) (string, error) {
	v, err := d.Vendor(ctx, slug)
	if err != nil {
		return "", err
	}
	c := claim{d: d, now: now}
	if c.goal, err = d.Target(ctx, v.VendorID); errors.Is(err, db.ErrNotFound) {
		return "", flags.Mistakef("%s has no target on record; write [vendor.sla] with its target into the config "+
			"file, and start or restart vendorwatch serve", slug)
	} else if err != nil {
		return "", err
	}
	at := month.AddDate(0, 1, 0).Add(-time.Millisecond)
	if c.goal.Period == "quarter" {
		at = month.AddDate(0, 3-(int(month.Month())-1)%3, 0).Add(-time.Millisecond)
	}
	if at.After(now) {
		at = now
	}
	if c.sla, err = d.SLA(ctx, v.VendorID, at); err != nil {
		return "", err
	}
	stretches, err := d.SLAStretches(ctx, v.VendorID, at)
	if err != nil {
		return "", err
	}
	c.head(v)
	var unseen, counts []query.Stretch
	for _, s := range stretches {
		if s.What == query.StretchUnseen {
			unseen = append(unseen, s)
		} else {
			counts = append(counts, s)
		}
	}
	if err := c.intervals(ctx, counts); err != nil {
		return "", err
	}
	c.blind(unseen)
	return c.String(), nil
}

func (c *claim) line(format string, args ...any) { fmt.Fprintf(c, format+"\n", args...) }

func (c *claim) head(v query.Vendor) {
	s := c.sla
	c.line("# %s: availability in %s", escape(v.Name), s.Period)
	c.line("")
	if words.Time(s.ToAt).After(c.now) {
		c.line("The period is not over. This is what is on record up to %s.", moment(normalize.FormatTime(c.now)))
		c.line("")
	}
	c.line("| | |\n|---|---|")
	c.line("| Period | %s to %s |", moment(s.FromAt), moment(s.ToAt))
	c.line("| Target | %s |", words.Percent(&s.TargetPercent))
	c.line("| Availability of the time that is known | %s |", words.Percent(s.UptimePercent))
	c.line("| Time that is known | %s |", words.Percent(&s.KnownPercent))
	c.line("| Availability if all other time was without impact | %s |", words.Percent(s.AtBestPercent))
	c.line("| Impact | %s |", words.Minutes(s.ImpactMinutes))
	c.line("| Impact that the target allows | %s |", words.Minutes(&s.BudgetMinutes))
	c.line("| Credit due | %s |", words.Percent(s.CreditPercent))
	if s.UnknownLength > 0 {
		c.line("| Not included | %s of unknown length |", words.Count(s.UnknownLength, "incident"))
	}
	c.line("")
	c.line("%s", escape(counted(c.goal)))
	c.line("")
}

// counted says what counts.
func counted(t target.Target) string {
	text := "Incidents of every severity count"
	if len(t.Severities) > 0 {
		text = "Incidents of severity " + strings.Join(t.Severities, ", ") + " count"
	}
	if len(t.Components) > 0 {
		text += ", if they affect " + strings.Join(t.Components, ", ") + " or name no component"
	}
	if t.Maintenance {
		return text + ". Planned work counts too. What overlaps counts once."
	}
	return text + ". Planned work does not. What overlaps counts once."
}

func (c *claim) intervals(ctx context.Context, counts []query.Stretch) error {
	c.line("## Intervals\n")
	if len(counts) == 0 {
		c.line("None is on record.\n")
		return nil
	}
	c.line("Times are in UTC.\n\n| From | To | In the period | Severity | Incident |\n|---|---|---|---|---|")
	details := make([]query.IncidentDetail, len(counts))
	for n, s := range counts {
		var err error
		if details[n], err = c.d.IncidentByID(ctx, s.IncidentID, c.now); err != nil {
			return err
		}
		length := "not known"
		if s.ToAt.After(s.FromAt) {
			length = words.Duration(s.ToAt.Sub(s.FromAt))
		}
		c.line("| %s | %s | %s | %s | %s |", stamp(s.FromAt), stamp(s.ToAt), length, details[n].Severity,
			escape(details[n].Title))
	}
	told := map[int64]bool{} // an incident has an interval for each component that counts
	for _, i := range details {
		if !told[i.IncidentID] {
			c.incident(i)
		}
		told[i.IncidentID] = true
	}
	return nil
}

// incident writes the vendor's own account of an incident.
func (c *claim) incident(i query.IncidentDetail) {
	c.line("\n## %s\n", escape(i.Title))
	known := words.Moments(moment)
	if i.StartedAt != "" {
		c.line("- Start: %s", known.Known(i.StartedAt, i.StartedBasis, i.StartedAfter, "well"))
	}
	if i.ResolvedAt != "" {
		c.line("- End: %s", known.Known(i.ResolvedAt, i.ResolvedBasis, i.ResolvedAfter, "open"))
	}
	if i.Components != "" {
		c.line("- Components: %s", escape(i.Components))
	}
	page, stated := "–", "–"
	if i.DurationSeconds != nil {
		page = words.Seconds(*i.DurationSeconds)
	}
	if i.StatedDurationSeconds != nil {
		stated = words.Seconds(*i.StatedDurationSeconds)
	}
	c.line("- Length by the page: %s; by the postmortem: %s", page, stated)
	if i.RedBeforePostSeconds != nil {
		c.line("- The page was red %s before the first post", words.Seconds(*i.RedBeforePostSeconds))
	}
	if address := prose.Outside(i.URL); address != "" {
		c.line("- Page: <%s>", address)
	} else if address := prose.Outside(i.PageURL); address != "" {
		c.line("- Page: <%s>", address)
	}
	who := "The vendor's posts"
	if i.ByPage() {
		who = "What its page showed; the vendor posted nothing, and the words are ours"
	}
	c.line("\n### %s\n", who)
	for _, u := range i.Updates {
		gone := ""
		if u.RemovedAt != "" {
			gone = ", removed from the page, as seen " + moment(u.RemovedAt)
		}
		c.line("**%s**, %s%s\n\n%s", escape(words.Spell(u.State)), moment(u.PostedAt), gone, quote(u.Body))
	}
	if len(i.Revisions) == 0 {
		return
	}
	c.line("### Edits after publication\n\n| Seen | What | Before | After |\n|---|---|---|---|")
	for _, r := range i.Revisions {
		c.line("| %s | %s | %s | %s |", moment(r.SeenAt), escape(words.Spell(r.Field)),
			escape(words.Short(markdown.Plain(r.OldValue), 300)), escape(words.Short(markdown.Plain(r.NewValue), 300)))
	}
}

func (c *claim) blind(unseen []query.Stretch) {
	c.line("\n## What was not seen\n")
	if len(unseen) == 0 {
		c.line("Every page of the vendor was read throughout the period.")
		return
	}
	c.line("In this time at least one of its pages was not read. What was wrong then and no post mentions later is " +
		"not included.\n")
	for _, s := range unseen {
		c.line("- %s to %s (%s)", stamp(s.FromAt), stamp(s.ToAt), words.Duration(s.ToAt.Sub(s.FromAt)))
	}
}

// moment writes a stored time in UTC; "–" where it is not known.
func moment(at string) string { return stamp(words.Time(at)) }

func stamp(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

var escaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
	"<", `\<`, ">", `\>`, "|", `\|`, "#", `\#`, "!", `\!`, "&", `\&`, "~", `\~`)

// escape is a vendor's text as one line in which nothing is Markdown.
func escape(text string) string { return escaper.Replace(words.OneLine(text)) }

// quote is a vendor's post as a quotation in which nothing is Markdown.
func quote(body string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(markdown.Plain(body), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			b.WriteString(">\n")
			continue
		}
		b.WriteString("> " + escape(line) + "\n")
	}
	return b.String()
}
