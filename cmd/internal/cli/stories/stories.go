// Package stories has the command that lists stories: incidents of several vendors that have one cause.
package stories

import (
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/flags"
	"vendorwatch/cmd/internal/cli/shell"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/stories"
	"vendorwatch/normalize/upstream"
)

// Shell is what the command takes from the command line.
type Shell struct {
	shell.Shell
	StandsOn func(page string) []string
}

// Command returns the command.
func Command(s Shell) *cobra.Command {
	var since, at string
	var asJSON bool
	c := &cobra.Command{
		Use:   "stories",
		Short: "List what several vendors' incidents have as their one cause",
		Long: `stories looks for incidents of several vendors that stem from one provider, such as a cloud: by what
their posts say, by the provider's own incident, and by time against the usual rate of each vendor. It says for each
incident why it belongs there. docs/upstream.md says what is claimed, and what is not.`,
		Args: s.Takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			f := stories.Filter{At: time.Now(), StandsOn: s.StandsOn}
			var err error
			if at != "" {
				if f.At, err = flags.Time("at", at); err != nil {
					return err
				}
			}
			f.Since = f.At.AddDate(0, 0, -7)
			if since != "" {
				if f.Since, err = flags.Time("since", since); err != nil {
					return err
				}
			}
			file, err := s.Open(cmd.Context())
			if err != nil {
				return err
			}
			defer file.Close()
			all, err := stories.Stories(cmd.Context(), file, f)
			if err != nil {
				return err
			}
			if asJSON {
				return s.JSON(all)
			}
			return s.list(all)
		},
	}
	c.Flags().StringVar(&since, "since", "",
		"of incidents that began since: 24h, 30d, or a date (default: 7 days before --at)")
	c.Flags().StringVar(&at, "at", "", "as it was known then: a length of time ago, a date or a time (default: now)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (s Shell) list(all []stories.Story) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(s.Stderr, "no incidents of several vendors are known to have one cause")
		return err
	}
	for n, story := range all {
		if n > 0 {
			fmt.Fprintln(s.Stdout)
		}
		fmt.Fprintln(s.Stdout, headline(story))
		t := s.Table(terminal.When("Opened"), terminal.Whole("Id"), terminal.Whole("Vendor"),
			terminal.Word("Severity"), terminal.Cut("Evidence", 12), terminal.Cut("Incident", 20))
		for _, m := range story.Members {
			t.Row(terminal.Minute(m.OpenedAt), m.IncidentID, m.Vendor, string(m.Severity), evidence(m),
				words.Short(m.Title, 120))
		}
		t.Render()
	}
	return nil
}

// headline is a story in one line.
func headline(s stories.Story) string {
	cause := "cause not named"
	if s.ProviderName != "" {
		cause = s.ProviderName
	}
	if s.Region != "" {
		cause += " " + s.Region
	}
	text := fmt.Sprintf("%s: %d companies since %s", cause, s.Companies, terminal.Minute(s.StartedAt))
	if s.EndedAt != "" {
		text += ", ended " + terminal.Minute(s.EndedAt)
	}
	if s.NamedBy > 0 {
		text += fmt.Sprintf("; named by %d", s.NamedBy)
	}
	if s.OneInWeeks >= 1 {
		text += fmt.Sprintf("; by chance once in %s weeks", rounded(s.OneInWeeks))
	}
	return text
}

// evidence says why an incident belongs to its story.
func evidence(m stories.Member) string {
	chance := ""
	if m.OneIn >= 2 {
		chance = fmt.Sprintf(", 1 in %s by chance", rounded(m.OneIn))
	}
	switch m.Evidence {
	case upstream.Cause:
		return "its own incident"
	case upstream.Named:
		return "names it"
	case upstream.Unnamed:
		return "blames a provider"
	case upstream.Located:
		return "in the region"
	case upstream.StandsOn:
		return "stands on it" + chance
	}
	return "at that time" + chance
}

// rounded is a number with two digits that count: nobody knows a chance better.
func rounded(n float64) string {
	unit := math.Pow(10, math.Max(0, math.Floor(math.Log10(n))-1))
	switch n = math.Round(n/unit) * unit; {
	case n >= 1e6:
		return "over a million"
	default:
		return fmt.Sprintf("%.0f", n)
	}
}
