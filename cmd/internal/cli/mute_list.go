package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize/markdown"
)

func (a *app) muteListCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List what is muted, until when and why",
		Args:  takes(0, 0, "no arguments"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.muteList(cmd.Context()) },
	}
	a.jsonFlag(c)
	return c
}

func (a *app) muteList(ctx context.Context) error {
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
	t := a.table(terminal.Whole("ID"), terminal.Cut("What", 20), terminal.When("Until"), terminal.When("Since"),
		terminal.Cut("Reason", 20))
	for _, m := range mutes {
		t.Row(m.MuteID, muted(m), terminal.Minute(m.UntilAt), terminal.Minute(m.CreatedAt),
			words.Short(markdown.Plain(m.Reason), 80))
	}
	t.Render()
	fmt.Fprintln(a.stderr, words.Count(len(mutes), "mute"))
	return nil
}
