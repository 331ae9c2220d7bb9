package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"vendorwatch/db"
	"vendorwatch/db/ledger"
)

func (a *app) deliveriesResendCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "resend ID...",
		Short: "Send refused messages again",
		Args:  takes(1, -1, "the numbers of one or more refused deliveries"),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.deliveriesResend(cmd.Context(), args) },
	}
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
