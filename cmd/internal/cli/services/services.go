// Package services has the commands about services of ours: services lists them, ok says whether all is well.
package services

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/shell"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Shell is what the commands take from the command line.
type Shell struct {
	shell.Shell
}

// Exit is an error that is told already, with the code that the program ends with.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Commands returns the commands.
func Commands(s Shell) []*cobra.Command { return []*cobra.Command{s.servicesCommand(), s.okCommand()} }

func (s Shell) servicesCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "services [SERVICE]",
		Short: "List our services, and whether each has what it needs; or what one needs",
		Args:  s.Takes(0, 1, "one service"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := s.Open(cmd.Context())
			if err != nil {
				return err
			}
			defer file.Close()
			if len(args) == 1 {
				return s.one(cmd.Context(), query.New(file), args[0], asJSON)
			}
			return s.all(cmd.Context(), query.New(file), asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (s Shell) all(ctx context.Context, d *query.DB, asJSON bool) error {
	all, err := d.Services(ctx, time.Now())
	if err != nil {
		return err
	}
	if asJSON {
		return s.JSON(append([]query.ServiceStatus{}, all...)) // a list is never null
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(s.Stderr, "there is no service; write a [[service]] into the config file, and start or "+
			"restart vendorwatch serve")
		return err
	}
	t := s.Table(terminal.Whole("Service"), terminal.Word("State"), terminal.When("Since"), terminal.Whole("Needs"),
		terminal.Whole("In trouble"), terminal.Whole("Not known"), terminal.Cut("Owner", 10))
	for _, one := range all {
		since := ""
		if one.Status != normalize.StatusOperational {
			since = terminal.Minute(one.SinceAt)
		}
		t.Row(one.Service, words.Service(one), since, one.Needs, one.NeedsInTrouble, one.NeedsUnknown, one.Owner)
	}
	t.Render()
	return nil
}

// service is one service as --json has it.
type service struct {
	query.ServiceStatus
	Needed []query.ServiceNeed `json:"needed"`
}

func (s Shell) one(ctx context.Context, d *query.DB, slug string, asJSON bool) error {
	now := time.Now()
	one, err := d.Service(ctx, slug, now)
	if errors.Is(err, db.ErrNotFound) {
		return noService(ctx, d, slug)
	}
	if err != nil {
		return err
	}
	needs, err := d.ServiceNeeds(ctx, slug, now)
	if err != nil {
		return err
	}
	if asJSON {
		return s.JSON(service{one, needs})
	}
	fmt.Fprintf(s.Stdout, "%s: %s\n", one.Service, words.Service(one))
	t := s.Table(terminal.Whole("Need"), terminal.Word("State"), terminal.When("Since"), terminal.When("Read"),
		terminal.Cut("Components", 20))
	for _, n := range needs {
		since, components := "", words.Short(n.Components, 80)
		if n.Status != normalize.StatusOperational {
			since = terminal.Minute(n.SinceAt)
		}
		switch {
		case n.Component == "":
			components = "all"
		case components == "":
			components = "none on record"
		}
		t.Row(n.Need, words.Need(n.Status, n.Severity, n.Because), since, terminal.Minute(n.ReadableAt), components)
	}
	t.Render()
	return nil
}

// Known returns an error that says which services there are, unless there is one of that slug.
func Known(ctx context.Context, d *query.DB, slug string) error {
	known, err := d.HasService(ctx, slug)
	if err != nil || known {
		return err
	}
	return noService(ctx, d, slug)
}

// Slug returns the slug of the service that was typed, by slug or name, or an error that says which there are.
func Slug(ctx context.Context, d *query.DB, typed string) (string, error) {
	all, err := d.Services(ctx, time.Now())
	if err != nil {
		return "", err
	}
	for _, one := range all {
		if words.Fold(one.Service) == words.Fold(typed) || words.Fold(one.Name) == words.Fold(typed) {
			return one.Service, nil
		}
	}
	return "", noService(ctx, d, typed)
}

// noService says that there is no such service, and which there are.
func noService(ctx context.Context, d *query.DB, slug string) error {
	all, err := d.Services(ctx, time.Now())
	if err != nil {
		return err
	}
	var known []string
	for _, one := range all {
		known = append(known, one.Service)
	}
	hint := "write a [[service]] into the config file, and start or restart vendorwatch serve"
	if near := words.Nearest(slug, known); near != "" {
		hint = "did you mean " + near + "?"
	} else if len(known) > 0 {
		hint = "write one of: " + words.And(known)
	}
	return flags.Mistakef("there is no service %q; %s", slug, hint)
}
