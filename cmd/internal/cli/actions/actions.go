// Package actions has the commands for what people do about vendors and incidents: mute holds alerts, ack takes an
// incident on, note writes words for others, actions lists all of it.
package actions

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/shell"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/normalize/markdown"
)

// Shell is what the commands take from the command line.
type Shell struct {
	shell.Shell
	OpenToWrite func(context.Context) (*db.DB, error)
	// finds the vendor of a name; without one, it says what there is instead
	Vendor   func(ctx context.Context, file *db.DB, name string) (slug, hint string, err error)
	Complete cobra.CompletionFunc // completes a vendor
}

// Commands returns the commands.
func Commands(s Shell) []*cobra.Command {
	return []*cobra.Command{s.muteCommand(), s.ackCommand(), s.noteCommand(), s.listCommand()}
}

const anIncident = "the number of an incident; vendorwatch incidents shows it"

func (s Shell) ackCommand() *cobra.Command {
	var who, text string
	var back bool
	c := &cobra.Command{
		Use:   "ack INCIDENT-ID",
		Short: "Acknowledge an incident: say that you take care of it, which stops its reminders",
		Long: `ack says that somebody takes care of an incident. Reminders of it stop, and its messages, its page and
the digest say who does. Alerts go on: a worse state or the end is told. If the incident is reopened, it is to be
acknowledged anew.

  vendorwatch ack 17 --text "we have moved to the other region"
  vendorwatch ack 17 --back`,
		Args: s.Takes(1, 1, anIncident),
		RunE: func(cmd *cobra.Command, args []string) error {
			if back {
				return s.takeBack(cmd.Context(), args[0], who)
			}
			return s.act(cmd.Context(), query.ActionAcknowledge, args[0], who, text)
		},
	}
	whoFlag(c, &who)
	c.Flags().StringVar(&text, "text", "", "words for others")
	c.Flags().BoolVar(&back, "back", false, "take the acknowledgement back")
	c.MarkFlagsMutuallyExclusive("text", "back")
	return c
}

func (s Shell) noteCommand() *cobra.Command {
	var who string
	c := &cobra.Command{
		Use:   "note INCIDENT-ID TEXT",
		Short: "Write a note to an incident, for others who read its messages or its page",
		Args:  s.Takes(2, -1, anIncident+", and the note"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.act(cmd.Context(), query.ActionNote, args[0], who, strings.Join(args[1:], " "))
		},
	}
	whoFlag(c, &who)
	return c
}

func whoFlag(c *cobra.Command, who *string) {
	c.Flags().StringVar(who, "who", "", "who does it (default: the user of this shell)")
}

// whoOr is who does it: as given, otherwise the user of the shell.
func whoOr(given string) string {
	if given != "" {
		return given
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	if name := os.Getenv("USER"); name != "" {
		return name
	}
	return "uid " + strconv.Itoa(os.Getuid())
}

// incidentID reads the number of an incident.
func incidentID(arg string) (int64, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || id <= 0 {
		return 0, flags.Mistakef("%q is not %s", arg, anIncident)
	}
	return id, nil
}

// act acknowledges an incident, or writes a note to it.
func (s Shell) act(ctx context.Context, kind query.ActionKind, arg, who, text string) error {
	id, err := incidentID(arg)
	if err != nil {
		return err
	}
	made, err := s.record(ctx, ledger.NewAction{Kind: kind, IncidentID: id, Who: whoOr(who), Text: text})
	if err != nil {
		return err
	}
	if kind == query.ActionNote {
		fmt.Fprintf(s.Stdout, "note %d: to %s\n", made.ActionID, subject(made))
		return nil
	}
	fmt.Fprintf(s.Stdout, "acknowledged: %s, by %s; its reminders stop\n", subject(made), made.Who)
	return nil
}

// record puts an action on record that is done by this command.
func (s Shell) record(ctx context.Context, n ledger.NewAction) (query.Action, error) {
	file, err := s.OpenToWrite(ctx)
	if err != nil {
		return query.Action{}, err
	}
	defer file.Close()
	n.Via = query.ViaCLI
	made, err := ledger.New(file).Act(ctx, n, time.Now().UTC())
	var bad ledger.BadAction
	switch {
	case errors.As(err, &bad):
		return made, &flags.Mistake{Err: bad}
	case errors.Is(err, db.ErrNotFound):
		return made, fmt.Errorf("there is no incident %d in %s; vendorwatch incidents lists them", n.IncidentID,
			file.Path())
	}
	return made, err
}

// takeBack ends the acknowledgement of an incident.
func (s Shell) takeBack(ctx context.Context, arg, who string) error {
	id, err := incidentID(arg)
	if err != nil {
		return err
	}
	file, err := s.OpenToWrite(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	done, err := query.New(file).ActionsAfter(ctx, "", id, 0, maxListed)
	if err != nil {
		return err
	}
	now, ended := time.Now().UTC(), 0
	for _, a := range done {
		if a.Kind == query.ActionAcknowledge && a.Holds(now) {
			if _, err := ledger.New(file).End(ctx, a.ActionID, whoOr(who), now); err != nil {
				return err
			}
			ended++
		}
	}
	if ended == 0 {
		return fmt.Errorf("incident %d is not acknowledged; vendorwatch actions --incident %d lists what was done",
			id, id)
	}
	fmt.Fprintf(s.Stdout, "incident %d is not acknowledged any more\n", id)
	return nil
}

// maxListed is how many actions are listed at most.
const maxListed = 1000

func (s Shell) listCommand() *cobra.Command {
	var vendor string
	var incident int64
	var asJSON bool
	c := &cobra.Command{
		Use:   "actions",
		Short: "List what people did: mutes, acknowledgements and notes, with who, when and from where",
		Args:  s.Takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			file, err := s.Open(cmd.Context())
			if err != nil {
				return err
			}
			defer file.Close()
			if vendor != "" {
				named := vendor
				var hint string
				if vendor, hint, err = s.Vendor(cmd.Context(), file, named); err != nil {
					return err
				}
				if vendor == "" {
					return flags.Mistakef("%s has no vendor %q; %s", file.Path(), named, hint)
				}
			}
			all, err := query.New(file).ActionsAfter(cmd.Context(), vendor, incident, 0, maxListed)
			if err != nil {
				return err
			}
			return s.list(all, asJSON)
		},
	}
	c.Flags().StringVar(&vendor, "vendor", "", "only of this vendor")
	c.Flags().Int64Var(&incident, "incident", 0, "only of the incident with this number")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	_ = c.RegisterFlagCompletionFunc("vendor", s.Complete)
	return c
}

func (s Shell) list(all []query.Action, asJSON bool) error {
	if asJSON {
		return s.JSON(append([]query.Action{}, all...)) // a list is never null
	}
	t := s.Table(terminal.Whole("ID"), terminal.Word("Kind"), terminal.Cut("What", 20), terminal.Cut("Who", 12),
		terminal.Word("Via"), terminal.When("When"), terminal.When("Ends"), terminal.Cut("Text", 20))
	for _, a := range all {
		ends := a.UntilAt
		if a.EndedAt != "" {
			ends = a.EndedAt
		}
		t.Row(a.ActionID, string(a.Kind), subject(a), a.Who, string(a.Via), terminal.Minute(a.CreatedAt),
			terminal.Minute(ends), words.Short(markdown.Plain(a.Text), 80))
	}
	t.Render()
	fmt.Fprintln(s.Stderr, words.Count(len(all), "action"))
	return nil
}

// subject says in words what an action is about.
func subject(a query.Action) string {
	if a.IncidentID != 0 {
		return fmt.Sprintf("incident %d (%s: %s)", a.IncidentID, a.Vendor, words.Short(markdown.Plain(a.Title), 60))
	}
	return a.Vendor
}
