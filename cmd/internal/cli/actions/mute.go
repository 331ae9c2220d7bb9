package actions

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize/markdown"
)

func (s Shell) muteCommand() *cobra.Command {
	var until, length, reason, who string
	c := &cobra.Command{
		Use:   "mute VENDOR|INCIDENT-ID",
		Short: "Hold the alerts about a vendor or an incident for a time",
		Long: `mute holds alerts about a vendor, or about one incident by its number, until a time. No alert is lost:
when the mute ends, incidents that are still open are announced; the others are in the digest.

  vendorwatch mute github --for 2h --reason "they move to a new region"
  vendorwatch mute 17 --until 2026-11-24T09:00:00Z`,
		Args:              s.Takes(1, 1, "a vendor or the number of an incident"),
		ValidArgsFunction: s.Complete,
		RunE: func(cmd *cobra.Command, args []string) error {
			end, err := muteUntil(until, length, time.Now().UTC())
			if err != nil {
				return err
			}
			return s.mute(cmd.Context(), args[0], ledger.NewAction{Kind: query.ActionMute, Who: whoOr(who),
				Text: reason, Until: end})
		},
	}
	c.Flags().StringVar(&until, "until", "", "when it ends (2026-11-24T09:00:00Z; UTC unless it names a zone)")
	c.Flags().StringVar(&length, "for", "", "how long it lasts (2h, 3d)")
	c.Flags().StringVar(&reason, "reason", "", "why, for others who look for the alerts")
	whoFlag(c, &who)
	c.AddCommand(s.muteListCommand(), s.muteEndCommand())
	return c
}

// muteUntil is when a mute that begins now ends.
func muteUntil(until, length string, now time.Time) (time.Time, error) {
	switch {
	case until == "" && length == "":
		return time.Time{}, flags.Mistakef("say how long: --for 2h, or --until 2026-11-24T09:00:00Z")
	case until != "" && length != "":
		return time.Time{}, flags.Mistakef("--for and --until both say when it ends; keep one of the two")
	case length != "":
		d, err := words.Length(length)
		if err != nil || d <= 0 {
			return time.Time{}, flags.Mistakef("--for: %q is not a length of time; write for example 2h or 3d", length)
		}
		return now.Add(d), nil
	}
	end, err := flags.Time("until", until)
	if err != nil {
		return time.Time{}, err
	}
	if !end.After(now) {
		return time.Time{}, flags.Mistakef("--until %s is in the past; write for example %s, or --for 2h", until,
			now.Add(2*time.Hour).Format("2006-01-02T15:04:00Z"))
	}
	return end, nil
}

// mute mutes the vendor of a name, or the incident of a number.
func (s Shell) mute(ctx context.Context, what string, n ledger.NewAction) (err error) {
	if n.IncidentID, err = strconv.ParseInt(what, 10, 64); err != nil {
		if n.Vendor, err = s.vendor(ctx, what); err != nil {
			return err
		}
	}
	made, err := s.record(ctx, n)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Stdout, "mute %d: no alerts about %s until %s\n", made.ActionID, subject(made),
		terminal.Moment(made.UntilAt))
	return nil
}

// vendor finds a vendor that is to be muted.
func (s Shell) vendor(ctx context.Context, name string) (string, error) {
	file, err := s.OpenToWrite(ctx)
	if err != nil {
		return "", err
	}
	defer file.Close()
	slug, hint, err := s.Vendor(ctx, file, name)
	if err == nil && slug == "" {
		err = flags.Mistakef("%s has no vendor %q; %s (a number mutes an incident)", file.Path(), name, hint)
	}
	return slug, err
}

func (s Shell) muteListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List what is muted, until when, by whom and why",
		Args:  s.Takes(0, 0, "no arguments"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return s.muteList(cmd.Context(), asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (s Shell) muteList(ctx context.Context, asJSON bool) error {
	file, err := s.Open(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	mutes, err := query.New(file).Mutes(ctx, time.Now().UTC())
	if err != nil {
		return err
	}
	if asJSON {
		return s.JSON(append([]query.Action{}, mutes...)) // a list is never null
	}
	t := s.Table(terminal.Whole("ID"), terminal.Cut("What", 20), terminal.When("Until"), terminal.When("Since"),
		terminal.Cut("Who", 12), terminal.Cut("Reason", 20))
	for _, m := range mutes {
		t.Row(m.ActionID, subject(m), terminal.Minute(m.UntilAt), terminal.Minute(m.CreatedAt), m.Who,
			words.Short(markdown.Plain(m.Text), 80))
	}
	t.Render()
	fmt.Fprintln(s.Stderr, words.Count(len(mutes), "mute"))
	return nil
}

func (s Shell) muteEndCommand() *cobra.Command {
	var who string
	c := &cobra.Command{
		Use:   "end ID",
		Short: "End a mute before its time",
		Args:  s.Takes(1, 1, "the number of a mute; vendorwatch mute list shows it"),
		RunE:  func(cmd *cobra.Command, args []string) error { return s.muteEnd(cmd.Context(), args[0], who) },
	}
	whoFlag(c, &who)
	return c
}

func (s Shell) muteEnd(ctx context.Context, arg, who string) error {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || id <= 0 {
		return flags.Mistakef("%q is not the number of a mute; vendorwatch mute list shows it", arg)
	}
	file, err := s.OpenToWrite(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	a, err := query.New(file).ActionByID(ctx, id)
	if errors.Is(err, db.ErrNotFound) || err == nil && a.Kind != query.ActionMute {
		return fmt.Errorf("there is no mute %d in %s; vendorwatch mute list shows those in force", id, file.Path())
	}
	if err == nil {
		_, err = ledger.New(file).End(ctx, id, whoOr(who), time.Now().UTC())
	}
	if err == nil {
		fmt.Fprintf(s.Stdout, "mute %d has ended; a running service announces what is still open within a minute\n", id)
	}
	return err
}
