package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize/markdown"
)

func (a *app) muteCommand() *cobra.Command {
	var until, length, reason string
	c := &cobra.Command{
		Use:   "mute VENDOR|INCIDENT-ID",
		Short: "Hold the alerts about a vendor or an incident for a time",
		Long: `mute holds alerts about a vendor, or about one incident by its number, until a time. No alert is lost:
when the mute ends, incidents that are still open are announced; the others are in the digest.

  vendorwatch mute github --for 2h --reason "they move to a new region"
  vendorwatch mute 17 --until 2026-11-24T09:00:00Z`,
		Args:              takes(1, 1, "a vendor or the number of an incident"),
		ValidArgsFunction: a.recordedVendors,
		RunE: func(cmd *cobra.Command, args []string) error {
			end, err := muteUntil(until, length, time.Now().UTC())
			if err != nil {
				return err
			}
			return a.mute(cmd.Context(), args[0], end, reason)
		},
	}
	c.Flags().StringVar(&until, "until", "", "when it ends (2026-11-24T09:00:00Z; UTC unless it names a zone)")
	c.Flags().StringVar(&length, "for", "", "how long it lasts (2h, 3d)")
	c.Flags().StringVar(&reason, "reason", "", "why, for others who look for the alerts")
	c.AddCommand(a.muteListCommand(), a.muteEndCommand())
	return c
}

// muteUntil is when a mute that begins now ends.
func muteUntil(until, length string, now time.Time) (time.Time, error) {
	switch {
	case until == "" && length == "":
		return time.Time{}, usagef("say how long: --for 2h, or --until 2026-11-24T09:00:00Z")
	case until != "" && length != "":
		return time.Time{}, usagef("--for and --until both say when it ends; keep one of the two")
	case length != "":
		var d config.Duration
		if err := d.UnmarshalText([]byte(length)); err != nil || d.Duration <= 0 {
			return time.Time{}, usagef("--for: %q is not a length of time; write for example 2h or 3d", length)
		}
		return now.Add(d.Duration), nil
	}
	end, err := flags.Time("until", until)
	if err != nil {
		return time.Time{}, err
	}
	if !end.After(now) {
		return time.Time{}, usagef("--until %s is in the past; write for example %s, or --for 2h", until,
			now.Add(2*time.Hour).Format("2006-01-02T15:04:00Z"))
	}
	return end, nil
}

func (a *app) mute(ctx context.Context, what string, until time.Time, reason string) error {
	file, err := a.openToWrite(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	m := ledger.Mute{Reason: strings.TrimSpace(reason)}
	if id, err := strconv.ParseInt(what, 10, 64); err == nil {
		m.IncidentID = id
	} else {
		var hint string
		if m.Vendor, hint, err = vendorNamed(ctx, file, what); err != nil {
			return err
		}
		if m.Vendor == "" {
			return usagef("%s has no vendor %q; %s (a number mutes an incident)", file.Path(), what, hint)
		}
	}
	made, err := ledger.New(file).Mute(ctx, m, until, time.Now().UTC())
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("there is no incident %s in %s; vendorwatch incidents lists them", what, file.Path())
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "mute %d: no alerts about %s until %s\n", made.MuteID, muted(made),
		terminal.Moment(made.UntilAt))
	return nil
}

// muted says in words what is muted.
func muted(m ledger.Mute) string {
	if m.IncidentID != 0 {
		return fmt.Sprintf("incident %d (%s: %s)", m.IncidentID, m.Vendor, words.Short(markdown.Plain(m.Title), 60))
	}
	return m.Vendor
}
