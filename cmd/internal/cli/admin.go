package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
)

func (a *app) configCommand() *cobra.Command {
	return group("config", "Look at the config file", &cobra.Command{
		Use:   "check",
		Short: "Say what the config file describes, or every mistake in it",
		Args:  takes(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			notes, err := config.Check(a.configPath, channelKinds())
			if err != nil {
				return err
			}
			for _, n := range notes {
				fmt.Fprintln(a.stdout, n)
			}
			return nil
		},
	})
}

func (a *app) dbCommand() *cobra.Command {
	check := &cobra.Command{
		Use:   "check",
		Short: "Check the file: its integrity, its references and its own rules",
		Args:  takes(0, 0, "no arguments"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.dbCheck(cmd.Context()) },
	}
	a.jsonFlag(check)
	backup := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the file while it is in use",
		Args:  takes(1, 1, "the name of the copy"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := a.openToRead(cmd.Context())
			if err != nil {
				return err
			}
			defer file.Close()
			if err := file.Backup(cmd.Context(), args[0]); err != nil {
				return err
			}
			fmt.Fprintf(a.stderr, "%s copied to %s\n", file.Path(), args[0])
			return nil
		},
	}
	var keep string
	prune := &cobra.Command{
		Use:   "prune",
		Short: "Delete old rows of the table scrapes; incidents are kept for ever",
		Args:  takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var d config.Duration
			if err := d.UnmarshalText([]byte(keep)); err != nil {
				return usagef("--older-than: %v", err)
			}
			return a.dbPrune(cmd.Context(), d.Duration)
		},
	}
	prune.Flags().StringVar(&keep, "older-than", "30d", "delete rows older than this (30d, 720h); those of failures are kept longer")
	return group("db", "Look after the SQLite file", check, backup, prune, a.renormalizeCommand())
}

func (a *app) dbCheck(ctx context.Context) error {
	file, err := a.openToRead(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	problems, err := file.Check(ctx)
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
			file.Path(), words.Count(len(problems), "problem"), words.Count(counts.Incidents, "incident"), words.Count(counts.Maintenances, "maintenance"),
			words.Count(counts.Updates, "update"), words.Count(counts.Revisions, "revision"), words.Count(counts.Events, "event"), words.Count(counts.Findings, "finding"))
		err = a.printChannelHealth(ctx, file)
	}
	if err == nil && len(problems) > 0 {
		return errTold
	}
	return err
}

func (a *app) dbPrune(ctx context.Context, keep time.Duration) error {
	path, err := a.databasePath()
	if err != nil {
		return err
	}
	if !fileExists(path) {
		return fmt.Errorf("there is no file %s to prune", path)
	}
	file, err := db.Open(ctx, path)
	if err != nil {
		return err
	}
	defer file.Close()
	gone, err := file.Prune(ctx, time.Now(), keep)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "%s deleted\n", words.Count(int(gone), "scrape"))
	return nil
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  takes(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			version, sqlite := versions()
			_, err := fmt.Fprintf(a.stdout, "vendorwatch %s (modernc.org/sqlite %s)\n", version, sqlite)
			return err
		},
	}
}

// versions are those of the program and of the SQLite in it.
func versions() (version, sqlite string) {
	version, sqlite = "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, m := range info.Deps {
			if m.Path == "modernc.org/sqlite" {
				sqlite = m.Version
			}
		}
	}
	return version, sqlite
}
