package catalogued

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

func (s Shell) verifyCommand() *cobra.Command {
	pause := time.Second
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify [NAME…]",
		Short: "Ask the pages of the catalogue whether what it says of them is still so",
		Long: `verify reads the status page of each named vendor, or of all, one after the other. It prints a patch for
scraper/catalogue.tsv with what is another platform or address by now, and says which pages do not answer, or are
read by no platform. It changes nothing.`,
		Annotations: stopping.Leaves("the vendors after the last one printed were not asked"),
		RunE: func(cmd *cobra.Command, args []string) error {
			entries, err := named(args)
			if err != nil {
				return err
			}
			fetcher, err := s.Fetcher()
			if err != nil {
				return err
			}
			return s.verify(cmd.Context(), fetcher, entries, pause, asJSON)
		},
	}
	c.Flags().DurationVar(&pause, "pause", pause, "how long to wait between two vendors")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// Verdict is what became of a row of the catalogue.
type Verdict struct {
	Name    string         `json:"name"`
	Finding string         `json:"finding"` // same, changed, unread (no platform reads it), dead (no answer)
	Why     string         `json:"why,omitempty"`
	Now     *scraper.Entry `json:"now,omitempty"` // the row as it would have to be, where it has changed
}

// Verify asks the page of an entry. The error is the context's; a page that does not answer is a finding.
func Verify(ctx context.Context, f scraper.Fetcher, e scraper.Entry) (Verdict, error) {
	v := Verdict{Name: e.Name}
	found, err := platforms.Find(ctx, f, scraper.Source{Name: "verified", URL: e.Page})
	var other *scraper.Unrecognised
	switch {
	case ctx.Err() != nil:
		return v, context.Cause(ctx)
	case errors.As(err, &other):
		v.Finding, v.Why = "unread", err.Error()
		return v, nil
	case err != nil:
		v.Finding, v.Why = "dead", err.Error()
		return v, nil
	}
	now := e
	if found.Platform != e.Platform {
		now.Platform, now.ServedBy, now.Evidence = found.Platform, []string{}, "bytes"
		v.Why = fmt.Sprintf("it is made with %s, not with %s", found.Platform, Platform(e))
		if e.Platform == "" {
			v.Why = "it is made with " + found.Platform
		}
	}
	if page := strings.TrimRight(found.URL, "/"); host(page) != host(e.Page) {
		now.Page = page
		now.AlsoAt = slices.DeleteFunc(append([]string{withoutScheme(e.Page)}, e.AlsoAt...), func(address string) bool {
			return address == withoutScheme(page)
		})
		v.Why = strings.TrimPrefix(v.Why+"; it has moved to "+page, "; ")
	}
	if v.Finding = "same"; v.Why != "" {
		v.Finding, v.Now = "changed", &now
	}
	return v, nil
}

func host(page string) string {
	u, err := url.Parse(page)
	if err != nil {
		return page
	}
	return u.Host
}

func withoutScheme(page string) string {
	_, address, _ := strings.Cut(page, "://")
	return address
}

// verify asks one page after the other, and prints each verdict as it comes.
func (s Shell) verify(ctx context.Context, f scraper.Fetcher, entries []scraper.Entry, pause time.Duration,
	asJSON bool) error {
	all := []Verdict{}
	counts := map[string]int{}
	for n, e := range entries {
		if n > 0 {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(pause):
			}
		}
		v, err := Verify(ctx, f, e)
		if err != nil {
			return err
		}
		all = append(all, v)
		counts[v.Finding]++
		if asJSON {
			continue
		}
		if v.Now != nil {
			fmt.Fprint(s.Stdout, hunk(e, *v.Now, counts["changed"] == 1))
		}
		if v.Why != "" {
			fmt.Fprintf(s.Stderr, "%s: %s: %s\n", e.Name, v.Finding, v.Why)
		}
	}
	if asJSON {
		return s.JSON(all)
	}
	_, err := fmt.Fprintf(s.Stderr, "%d as the catalogue says, %d changed, %d read by no platform, "+
		"%d without an answer\n", counts["same"], counts["changed"], counts["unread"], counts["dead"])
	return err
}

// hunk returns the change of a row as a part of a unified diff without context lines, which git apply --unidiff-zero
// takes.
func hunk(old, now scraper.Entry, first bool) string {
	line := 2 + slices.IndexFunc(scraper.Catalogue(), func(e scraper.Entry) bool { return e.Name == old.Name })
	text := fmt.Sprintf("@@ -%d +%d @@\n-%s\n+%s\n", line, line, old.Row(), now.Row())
	if first {
		text = "--- a/scraper/catalogue.tsv\n+++ b/scraper/catalogue.tsv\n" + text
	}
	return text
}
