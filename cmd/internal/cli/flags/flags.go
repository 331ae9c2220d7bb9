// Package flags reads what is typed behind the flags of commands. Its errors are mistakes in the command line.
package flags

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
)

// A Mistake is a mistake in the command line.
type Mistake struct{ Err error }

func (e *Mistake) Error() string { return e.Err.Error() }

// Unwrap implements errors.Unwrap.
func (e *Mistake) Unwrap() error { return e.Err }

// Mistakef is a Mistake with that text, as fmt.Errorf makes it.
func Mistakef(format string, args ...any) error { return &Mistake{fmt.Errorf(format, args...)} }

// Time reads the value of the flag of that name: a time, a date, or a length of time before now such as 36h or 7d. An
// empty value gives the zero time.
func Time(name, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(value, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return time.Now().UTC().AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(value); err == nil && d >= 0 {
		return time.Now().UTC().Add(-d), nil
	}
	t, err := times.Parse(normalize.RawTime{Text: value}, "")
	if err != nil {
		return time.Time{}, Mistakef("--%s: %v; write for example 2026-11-23, 2026-11-23T09:00:00Z, 36h or 7d",
			name, err)
	}
	return t, nil
}

// A Choice is a flag that takes one of several words, or none.
type Choice struct {
	Name, Usage string
	Words       []string
}

// The words that flags of incidents take.
var (
	Severity = Choice{"severity", "only of this severity or worse", Plain(normalize.Severities())}
	State    = Choice{"state", "only in this state", Plain(normalize.States())}
	Kind     = Choice{"kind", "only of this kind", Plain(normalize.Kinds())}
)

// Plain are words as texts.
func Plain[W ~string](list []W) []string {
	out := make([]string, len(list))
	for n, w := range list {
		out[n] = string(w)
	}
	return out
}

// Add gives a command the flag. A shell completes its words.
func (f Choice) Add(c *cobra.Command, value *string) {
	c.Flags().StringVar(value, f.Name, "", f.Usage+": "+strings.Join(f.Words, ", "))
	_ = c.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(f.Words, cobra.ShellCompDirectiveNoFileComp))
}

// Check refuses a word that the flag does not take: an empty list for it would look like none there are.
func (f Choice) Check(value string) error {
	if value == "" || slices.Contains(f.Words, value) {
		return nil
	}
	if near := words.Nearest(value, f.Words); near != "" {
		return Mistakef("--%s %q is unknown; did you mean %s?", f.Name, value, near)
	}
	return Mistakef("--%s %q is unknown; write one of: %s", f.Name, value, strings.Join(f.Words, ", "))
}
