package services

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
)

// The exit codes of ok beside 0, all is well, and 2, wrong usage.
const (
	exitTrouble  Exit = 1
	exitNotKnown Exit = 3
)

func (s Shell) okCommand() *cobra.Command {
	var services, tags []string
	var length string
	var asJSON bool
	c := &cobra.Command{
		Use:   "ok",
		Short: "Say whether all is well, as before a deployment",
		Long: `ok says in one line whether what our services need, or vendors with a tag, are well; without --service
and --tag, whether all watched vendors are. Work that is planned within the time of --for counts as trouble.

  vendorwatch ok --service checkout --for 2h && ./deploy

It ends with 0 if all is well, 1 if something is wrong or work is planned in that time, 3 if it is not known, as
when a page was not read when it was due, and 2 after wrong usage.`,
		Args: s.Takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var ahead config.Duration
			if length != "" {
				if err := ahead.UnmarshalText([]byte(length)); err != nil || ahead.Duration < 0 {
					return flags.Mistakef("--for: %q is not a length of time; write for example 2h", length)
				}
			}
			return s.ok(cmd.Context(), query.OkFilter{Services: services, Tags: tags}, ahead.Duration, asJSON)
		},
	}
	c.Flags().StringArrayVar(&services, "service", nil, "what this service of ours needs (may be repeated)")
	c.Flags().StringArrayVar(&tags, "tag", nil, "vendors with this tag (may be repeated)")
	c.Flags().StringVar(&length, "for", "", "how far ahead planned work counts (2h, 1d)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (s Shell) ok(ctx context.Context, f query.OkFilter, ahead time.Duration, asJSON bool) error {
	now := time.Now()
	f.Until = now.Add(ahead)
	file, err := s.Open(ctx)
	if err != nil {
		return s.notKnown(err)
	}
	defer file.Close()
	d := query.New(file)
	for n, slug := range f.Services {
		f.Services[n] = strings.ToLower(strings.TrimSpace(slug))
		if known, err := d.HasService(ctx, f.Services[n]); err != nil {
			return s.notKnown(err)
		} else if !known {
			return noService(ctx, d, slug)
		}
	}
	answer, err := d.Ok(ctx, f, now)
	if errors.Is(err, db.ErrNotFound) {
		return flags.Mistakef("%v; tags are those of the config file, on record once vendorwatch serve has run", err)
	}
	if err != nil {
		return s.notKnown(err)
	}
	if asJSON {
		err = s.JSON(answer)
	} else {
		_, err = fmt.Fprintln(s.Stdout, words.Ok(answer, now))
	}
	switch {
	case err != nil:
		return err
	case answer.Verdict == query.VerdictTrouble:
		return exitTrouble
	case answer.Verdict != query.VerdictWell:
		return exitNotKnown
	}
	return nil
}

// notKnown says why there is no answer. That the file cannot be read says nothing of the vendors.
func (s Shell) notKnown(err error) error {
	fmt.Fprintf(s.Stderr, "vendorwatch: not known: %v\n", err)
	return exitNotKnown
}
