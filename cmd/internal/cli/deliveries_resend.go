package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
)

func (a *app) deliveriesResendCommand() *cobra.Command {
	var all bool
	var since string
	var f ledger.DeliveryFilter
	c := &cobra.Command{
		Use:   "resend ID... | --all [--channel NAME] [--since TIME]",
		Short: "Send refused messages again",
		Long: `resend sends messages again that were refused, or set aside because their receiver was down for too
long: those with these numbers, or all, of one channel or since a time. A message keeps its number, and
says how an incident is now if that has ended.`,
		Args: takes(0, -1, "the numbers of refused deliveries, or --all"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if f.Since, err = flags.Time("since", since); err != nil {
				return err
			}
			switch chosen := f.Channel != "" || since != ""; {
			case all && len(args) > 0:
				return usagef("--all does not go with numbers; write one or the other")
			case chosen && !all:
				return usagef("--channel and --since choose among all refused messages; add --all")
			case !all && len(args) == 0:
				return usagef("which messages? write their numbers, or --all; vendorwatch deliveries --state refused " +
					"lists them")
			case all:
				return a.resendAll(cmd.Context(), f)
			}
			return a.deliveriesResend(cmd.Context(), args)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "all that were refused")
	c.Flags().StringVar(&f.Channel, "channel", "", "of these, only those to this channel")
	c.Flags().StringVar(&since, "since", "", "of these, only those planned at or after this time (2026-11-23, 36h, 7d)")
	return c
}

func (a *app) deliveriesResend(ctx context.Context, args []string) error {
	var ids []int64
	for _, arg := range args {
		id, err := strconv.ParseInt(strings.TrimPrefix(arg, "vw-"), 10, 64)
		if err != nil || id <= 0 {
			return usagef("%q is not the number of a delivery; vendorwatch deliveries --state refused lists those "+
				"that were refused", arg)
		}
		ids = append(ids, id)
	}
	file, err := a.openToWrite(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	var failed []error
	for _, id := range ids {
		err := ledger.New(file).Resend(ctx, id)
		switch {
		case errors.Is(err, db.ErrNotFound):
			err = fmt.Errorf("there is no delivery %d in %s; vendorwatch deliveries lists them", id, file.Path())
		case errors.Is(err, ledger.ErrNotRefused):
			err = fmt.Errorf("%w; only refused messages can be sent again", err)
		case err == nil:
			fmt.Fprintf(a.stderr, "delivery %d will be sent again; a running service does so within a minute\n", id)
			continue
		}
		failed = append(failed, err)
	}
	return a.tell(failed)
}

// resendAll sends again what a filter chooses.
func (a *app) resendAll(ctx context.Context, f ledger.DeliveryFilter) error {
	file, err := a.openToWrite(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	n, err := service.ResendAll(ctx, ledger.New(file), f)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stderr, words.Count(n, "message")+" will be sent again; a running service does so within a minute")
	return nil
}
