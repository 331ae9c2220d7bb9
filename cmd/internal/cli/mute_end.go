package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/db"
	"vendorwatch/db/ledger"
)

func (a *app) muteEndCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "end ID",
		Short: "End a mute before its time",
		Args:  takes(1, 1, "the number of a mute; vendorwatch mute list shows it"),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.muteEnd(cmd.Context(), args[0]) },
	}
}

func (a *app) muteEnd(ctx context.Context, arg string) error {
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
		return fmt.Errorf("there is no mute %d in %s; vendorwatch mute list shows those in force", id, file.Path())
	}
	if err == nil {
		fmt.Fprintf(a.stdout, "mute %d has ended; a running service announces what is still open within a minute\n", id)
	}
	return err
}
