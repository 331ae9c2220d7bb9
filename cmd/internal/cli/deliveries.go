package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize/markdown"
)

// choiceDelivery are the states that deliveries can be listed by.
var choiceDelivery = flags.Choice{Name: "state", Usage: "only in this state", Words: flags.Plain(
	[]ledger.DeliveryState{ledger.DeliveryPending, ledger.DeliveryHeld,
		ledger.DeliveryDelivered, ledger.DeliveryRefused, ledger.DeliverySkipped})}

func (a *app) deliveriesCommand() *cobra.Command {
	var f ledger.DeliveryFilter
	var since string
	c := &cobra.Command{
		Use:   "deliveries",
		Short: "List the messages to channels: sent, waiting, held, refused, skipped",
		Long: `deliveries lists the messages to channels, the oldest first: delivered, pending (waiting to be sent or
retried), held until a time, refused by the receiver for good, and skipped, with the reason.`,
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if f.Since, err = flags.Time("since", since); err != nil {
				return err
			}
			if err = choiceDelivery.Check(string(f.State)); err != nil {
				return err
			}
			return a.deliveries(cmd.Context(), f)
		},
	}
	c.Flags().StringVar(&f.Channel, "channel", "", "only to this channel")
	choiceDelivery.Add(c, (*string)(&f.State))
	c.Flags().Int64Var(&f.Incident, "incident", 0, "only about this incident, by its number")
	c.Flags().StringVar(&since, "since", "", "only planned at or after this time (2026-11-23, 36h, 7d)")
	c.Flags().IntVar(&f.Limit, "limit", 50, "at most this many, the newest; 0 for all")
	a.jsonFlag(c)
	c.AddCommand(a.deliveriesResendCommand())
	return c
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
	t := a.table(terminal.Whole("ID"), terminal.Whole("Channel"), terminal.Whole("Reason"), terminal.Word("State"),
		terminal.When("Planned"), terminal.When("Sent"), terminal.Whole("Tries"), terminal.Cut("About", 20),
		terminal.Cut("Why", 20))
	for _, d := range list {
		t.Row(d.DeliveryID, d.Channel, d.Reason, d.State, terminal.Minute(d.CreatedAt), terminal.Minute(d.DeliveredAt),
			d.Attempts, words.Short(markdown.Plain(service.About(d)), 60),
			words.Short(markdown.Plain(service.Why(d, terminal.Moment)), 90))
	}
	t.Render()
	fmt.Fprintln(a.stderr, words.Count(len(list), "message"))
	return nil
}
