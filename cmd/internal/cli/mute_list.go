package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

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
	t := a.table("ID", "What", "Until (UTC)", "Since", "Reason")
	for _, m := range mutes {
		t.AppendRow(table.Row{m.MuteID, muted(m), minute(m.UntilAt), minute(m.CreatedAt),
			words.Short(markdown.Plain(m.Reason), 80)})
	}
	t.Render()
	fmt.Fprintln(a.stderr, words.Count(len(mutes), "mute"))
	return nil
}
