package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize/markdown"
)

func (a *app) muteCommand() *cobra.Command {
	var until, length, reason string
	c := &cobra.Command{
		Use:   "mute VENDOR|INCIDENT-ID",
		Short: "Keep alerts of a vendor or an incident back for a time",
		Long: `mute keeps alerts of a vendor, or of one incident by its number, back until a time. They are held, not lost: when
the mute ends, what is still open is told, and what is over is left to the digest.

  vendorwatch mute github --for 2h --reason "they move to a new region"
  vendorwatch mute 17 --until 2026-11-24T09:00:00Z`,
		Args: takes(1, 1, "a vendor or the number of an incident"),
		RunE: func(cmd *cobra.Command, args []string) error {
			end, err := muteEnd(until, length, time.Now().UTC())
			if err != nil {
				return err
			}
			return a.mute(cmd.Context(), args[0], end, reason)
		},
	}
	c.Flags().StringVar(&until, "until", "", "when it ends (2026-11-24T09:00:00Z; UTC unless it names a zone)")
	c.Flags().StringVar(&length, "for", "", "how long it lasts (2h, 3d)")
	c.Flags().StringVar(&reason, "reason", "", "why, for whoever wonders where the alerts are")
	list := &cobra.Command{
		Use: "list", Short: "List what is muted, until when and why", Args: takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.mutes(cmd.Context()) },
	}
	a.jsonFlag(list)
	c.AddCommand(list, &cobra.Command{
		Use: "end ID", Short: "End a mute before its time", Args: takes(1, 1, "the number of a mute; vendorwatch mute list shows it"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.unmute(cmd.Context(), args[0]) },
	})
	return c
}

// muteEnd is when a mute ends that begins now.
func muteEnd(until, length string, now time.Time) (time.Time, error) {
	switch {
	case until == "" && length == "":
		return time.Time{}, usagef("say how long: --for 2h, or --until 2026-11-24T09:00:00Z")
	case until != "" && length != "":
		return time.Time{}, usagef("--for and --until say the same; keep one of the two")
	case length != "":
		var d config.Duration
		if err := d.UnmarshalText([]byte(length)); err != nil || d.Duration <= 0 {
			return time.Time{}, usagef("--for: %q is not a length of time; write for example 2h or 3d", length)
		}
		return now.Add(d.Duration), nil
	}
	end, err := flagTime("until", until)
	if err != nil {
		return time.Time{}, err
	}
	if !end.After(now) {
		return time.Time{}, usagef("--until %s is not ahead; write for example %s, or --for 2h", until, now.Add(2*time.Hour).Format("2006-01-02T15:04:00Z"))
	}
	return end, nil
}

// openToWrite opens the file for a change of what it holds. It makes none.
func (a *app) openToWrite(ctx context.Context) (*db.DB, error) {
	path, err := a.databasePath()
	if err != nil {
		return nil, err
	}
	if !fileExists(path) {
		return nil, fmt.Errorf("there is no file %s; vendorwatch serve or scrape makes it", path)
	}
	return db.Open(ctx, path)
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
	} else if m.Vendor, err = vendorSlug(ctx, file, what); err != nil {
		return err
	}
	made, err := ledger.New(file).Mute(ctx, m, until, time.Now().UTC())
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("there is no incident %s in %s; vendorwatch incidents lists those there are", what, file.Path())
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "mute %d: no alerts of %s until %s UTC\n", made.MuteID, muted(made), minute(made.UntilAt))
	return nil
}

// vendorSlug finds a vendor of the record by its slug or name.
func vendorSlug(ctx context.Context, file *db.DB, name string) (string, error) {
	vendors, err := query.New(file).Vendors(ctx)
	if err != nil {
		return "", err
	}
	var slugs []string
	for _, v := range vendors {
		if strings.EqualFold(v.Slug, name) || strings.EqualFold(v.Name, name) {
			return v.Slug, nil
		}
		slugs = append(slugs, v.Slug)
	}
	return "", usagef("there is no vendor %q; write the number of an incident, or one of: %s", name, strings.Join(slugs, ", "))
}

// muted says in words what is muted.
func muted(m ledger.Mute) string {
	if m.IncidentID != 0 {
		return fmt.Sprintf("incident %d (%s: %s)", m.IncidentID, m.Vendor, words.Short(markdown.Plain(m.Title), 60))
	}
	return m.Vendor
}

func (a *app) mutes(ctx context.Context) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	mutes, err := ledger.New(file).Mutes(ctx, time.Now().UTC())
	if err != nil {
		return err
	}
	if a.asJSON {
		return a.printJSON(mutes)
	}
	t := a.table("ID", "What", "Until (UTC)", "Since", "Reason")
	for _, m := range mutes {
		t.AppendRow(table.Row{m.MuteID, muted(m), minute(m.UntilAt), minute(m.CreatedAt), words.Short(markdown.Plain(m.Reason), 80)})
	}
	t.Render()
	fmt.Fprintln(a.stderr, words.Count(len(mutes), "mute"))
	return nil
}

func (a *app) unmute(ctx context.Context, arg string) error {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || id <= 0 {
		return usagef("%q is not the number of a mute; vendorwatch mute list shows it", arg)
	}
	file, err := a.openToWrite(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	err = ledger.New(file).Unmute(ctx, id, time.Now().UTC())
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("there is no mute %d in %s; vendorwatch mute list shows those that hold", id, file.Path())
	}
	if err == nil {
		fmt.Fprintf(a.stdout, "mute %d has ended; a service that runs tells what is still open within a minute\n", id)
	}
	return err
}
