package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize/markdown"
)

// deliveryStates are the states that deliveries can be listed by.
var deliveryStates = []ledger.DeliveryState{ledger.DeliveryPending, ledger.DeliveryHeld, ledger.DeliveryDelivered, ledger.DeliveryRefused, ledger.DeliverySkipped}

func (a *app) deliveriesCommand() *cobra.Command {
	var f ledger.DeliveryFilter
	var since string
	c := &cobra.Command{
		Use:   "deliveries",
		Short: "List what was sent where, what waits, and what was refused",
		Long: `deliveries lists the messages to channels, the oldest first: those that were sent, those that wait to be sent
or tried again, those that are held until a time, those that the receiver refused for good, and those that were
skipped, with the reason for each.`,
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if f.Since, err = flagTime("since", since); err != nil {
				return err
			}
			if f.State != "" && !slices.Contains(deliveryStates, f.State) {
				return usagef("--state %q is unknown; write one of: %s", f.State, joined(deliveryStates))
			}
			return a.deliveries(cmd.Context(), f)
		},
	}
	c.Flags().StringVar(&f.Channel, "channel", "", "to this channel only")
	c.Flags().StringVar((*string)(&f.State), "state", "", "in this state only: "+joined(deliveryStates))
	c.Flags().Int64Var(&f.Incident, "incident", 0, "on this incident only, by its number")
	c.Flags().StringVar(&since, "since", "", "planned at or after this time (2026-11-23, 36h, 7d)")
	c.Flags().IntVar(&f.Limit, "limit", 50, "the newest so many; 0 for all")
	a.jsonFlag(c)
	c.AddCommand(&cobra.Command{
		Use:   "resend ID...",
		Short: "Send messages again that were refused",
		Args:  takes(1, -1, "the numbers of one or more refused deliveries"),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.resend(cmd.Context(), args) },
	})
	return c
}

func joined[T ~string](words []T) string {
	texts := make([]string, len(words))
	for n, w := range words {
		texts[n] = string(w)
	}
	return strings.Join(texts, ", ")
}

func (a *app) deliveries(ctx context.Context, f ledger.DeliveryFilter) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	list, err := ledger.New(file).Deliveries(ctx, f)
	if err != nil {
		return err
	}
	if a.asJSON {
		return a.printJSON(list)
	}
	t := a.table("ID", "Channel", "Reason", "State", "Planned", "Sent", "Tries", "About", "Why")
	for _, d := range list {
		t.AppendRow(table.Row{d.DeliveryID, d.Channel, d.Reason, d.State, minute(d.CreatedAt), minute(d.DeliveredAt), d.Attempts, words.Short(markdown.Plain(about(d)), 60), words.Short(markdown.Plain(why(d)), 90)})
	}
	t.Render()
	fmt.Fprintln(a.stderr, words.Count(len(list), "message"))
	return nil
}

// about says what a message tells of.
func about(d ledger.Delivery) string {
	switch {
	case d.Title != "":
		return d.Vendor + ": " + d.Title
	case d.Vendor != "":
		return d.Vendor
	case len(d.EventIDs) > 0:
		return words.Count(len(d.EventIDs), "event")
	}
	return ""
}

// why says why a message is in its state, where that says something.
func why(d ledger.Delivery) string {
	words := d.Note
	switch {
	case d.State == ledger.DeliveryHeld && words == "":
		words = "until " + minute(d.NotBeforeAt)
	case d.LastError != "" && d.State == ledger.DeliveryPending:
		words = "next try " + minute(d.NextAttemptAt) + ": " + d.LastError
	case d.LastError != "":
		words = d.LastError
	}
	return words
}

func (a *app) resend(ctx context.Context, args []string) error {
	var ids []int64
	for _, arg := range args {
		id, err := strconv.ParseInt(strings.TrimPrefix(arg, "vw-"), 10, 64)
		if err != nil || id <= 0 {
			return usagef("%q is not the number of a delivery; vendorwatch deliveries --state refused lists those that were refused", arg)
		}
		ids = append(ids, id)
	}
	path, err := a.databasePath()
	if err != nil {
		return err
	}
	if !fileExists(path) {
		return fmt.Errorf("there is no file %s with deliveries in it", path)
	}
	file, err := db.Open(ctx, path)
	if err != nil {
		return err
	}
	defer file.Close()
	var failed []error
	for _, id := range ids {
		err := ledger.New(file).Resend(ctx, id)
		switch {
		case errors.Is(err, db.ErrNotFound):
			err = fmt.Errorf("there is no delivery %d in %s; vendorwatch deliveries lists those there are", id, file.Path())
		case errors.Is(err, ledger.ErrNotRefused):
			err = fmt.Errorf("%w; only what was refused is sent again", err)
		case err == nil:
			fmt.Fprintf(a.stderr, "delivery %d is to be sent again; a service that runs does so within a minute\n", id)
			continue
		}
		failed = append(failed, err)
	}
	return a.tell(failed)
}

// printChannelHealth says which channels do not take what they are sent.
func (a *app) printChannelHealth(ctx context.Context, file *db.DB) error {
	health, err := query.New(file).ChannelHealth(ctx)
	if err != nil {
		return err
	}
	for _, h := range health {
		var parts []string
		if h.Waiting > 0 {
			parts = append(parts, fmt.Sprintf("%s waiting since %s", words.Count(h.Waiting, "message"), minute(h.WaitingSinceAt)))
		}
		if h.Refused > 0 {
			parts = append(parts, fmt.Sprintf("%s refused since %s", words.Count(h.Refused, "message"), minute(h.RefusedSinceAt)))
		}
		if len(parts) == 0 {
			continue
		}
		text := "channel " + h.Channel + ": " + strings.Join(parts, ", ")
		if h.LastError != "" {
			text += " (" + words.Short(markdown.Plain(h.LastError), 200) + ")"
		}
		fmt.Fprintln(a.stdout, text+"; see vendorwatch deliveries")
	}
	return nil
}
