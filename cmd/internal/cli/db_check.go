package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

func (a *app) dbCheckCommand() *cobra.Command {
	c := &cobra.Command{
		Use:         "check",
		Short:       "Check the file's integrity, its references and its own rules",
		Annotations: stopping.Leaves("the file was not checked whole"),
		Args:        takes(0, 0, "no arguments"),
		RunE:        func(cmd *cobra.Command, _ []string) error { return a.dbCheck(cmd.Context()) },
	}
	a.jsonFlag(c)
	return c
}

func (a *app) dbCheck(ctx context.Context) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	bar := a.bar("checking "+file.Path(), 0)
	problems, err := file.Check(ctx)
	bar.Done()
	if err != nil {
		return err
	}
	counts, err := query.New(file).Counts(ctx)
	if err != nil {
		return err
	}
	channels, err := query.New(file).ChannelHealth(ctx)
	if err != nil {
		return err
	}
	if a.asJSON {
		err = a.printJSON(struct {
			Database string                `json:"database"`
			Problems []string              `json:"problems"`
			Counts   query.Counts          `json:"counts"`
			Channels []query.ChannelHealth `json:"channels"`
		}{file.Path(), notNil(problems), counts, channels})
	} else {
		for _, p := range problems {
			fmt.Fprintln(a.stdout, p)
		}
		fmt.Fprintf(a.stdout, "%s: %s; %s, %s, %s, %s, %s, %s\n",
			file.Path(), words.Count(len(problems), "problem"), words.Count(counts.Incidents, "incident"),
			words.Count(counts.Maintenances, "maintenance"),
			words.Count(counts.Updates, "update"), words.Count(counts.Revisions, "revision"),
			words.Count(counts.Events, "event"), words.Count(counts.Findings, "finding"))
		err = a.printChannelHealth(ctx, file)
	}
	if err == nil && len(problems) > 0 {
		return errTold
	}
	return err
}
