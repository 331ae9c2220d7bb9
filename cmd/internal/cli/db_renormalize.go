package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/custom"
)

func (a *app) dbRenormalizeCommand() *cobra.Command {
	var vendor string
	var dryRun bool
	c := &cobra.Command{
		Use:   "renormalize",
		Short: "Interpret the vendors' stored words again, after a mapping was corrected",
		Long: `renormalize derives states, severities, kinds, times, updates and findings again from the vendors' stored
words, with the mapping that this version and the config file have now; likewise how components were doing, how
bad pages were by themselves, and the incidents made of that. Nothing is announced, no event is written, and what
the stored words do not mention stays as it is. A second run changes nothing.

  vendorwatch db renormalize --dry-run`,
		Annotations: stopping.Leaves("the pages done so far stay done; run it again for the others"),
		Args:        takes(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dryRun {
				cmd.Annotations = nil // it leaves nothing behind
			}
			return a.dbRenormalize(cmd.Context(), vendor, dryRun)
		},
	}
	c.Flags().StringVar(&vendor, "vendor", "", "only this vendor (slug or name)")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only print what would change")
	a.jsonFlag(c)
	return c
}

func (a *app) dbRenormalize(ctx context.Context, vendor string, dryRun bool) error {
	pages, err := a.describedPages()
	if err != nil {
		return err
	}
	file, err := a.openToWrite(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	sources, err := renormalizable(ctx, file, vendor)
	if err != nil {
		return err
	}
	done := []record.Renormalized{}
	bar := a.bar("pages", len(sources))
	defer bar.Done()
	for _, s := range sources {
		bar.Add(1)
		selectors := pages[s.Vendor+" "+s.PageURL]
		vocabulary := func(platform string) (normalize.Words, bool) {
			p, err := platforms.Lookup(platform)
			if err != nil || platform == scraper.Custom && selectors == nil {
				return normalize.Words{}, false
			}
			if platform == scraper.Custom {
				p = selectors
			}
			return scraper.WordsOf(p), true
		}
		if _, known := vocabulary(s.Platform); !known {
			why := fmt.Sprintf("the platform %q is not known", s.Platform)
			if s.Platform == scraper.Custom {
				why = "the config file does not say how to read it"
			}
			bar.Say(a.stderr, fmt.Sprintf("%s: %s is left as before: %s", s.Vendor, s.PageURL, why))
			continue
		}
		r, err := record.New(file).Renormalize(ctx, s.SourceID, time.Now(), dryRun, vocabulary)
		if err != nil {
			return err
		}
		if r.Wordless > 0 {
			bar.Say(a.stderr, fmt.Sprintf("%s: %s: %s left as before, because the vendor's words are not "+
				"stored, or only in part", s.Vendor, s.PageURL, words.Count(r.Wordless, "incident")))
		}
		done = append(done, r)
	}
	bar.Done()
	if a.asJSON {
		return a.printJSON(done)
	}
	a.printRenormalized(done, dryRun)
	return nil
}

func (a *app) printRenormalized(done []record.Renormalized, dryRun bool) {
	t := a.table(terminal.Cut("Vendor", 10), terminal.Whole("Field"),
		terminal.Cut("From", 12), terminal.Cut("To", 12), terminal.Whole("Rows"))
	read, changed := 0, 0
	for _, r := range done {
		read, changed = read+r.Incidents, changed+r.Changed
		for _, c := range r.Changes {
			t.Row(r.Vendor, c.Field, words.Short(markdown.Plain(c.From), 60),
				words.Short(markdown.Plain(c.To), 60), c.Count)
		}
	}
	if t.Len() > 0 {
		t.Render()
	}
	verb := "changed"
	if dryRun {
		verb = "would change"
	}
	fmt.Fprintf(a.stderr, "%s of %s interpreted again, %d %s\n", words.Count(read, "incident"),
		words.Count(len(done), "page"), changed, verb)
}

// renormalizable returns the pages of a vendor, or of all.
func renormalizable(ctx context.Context, file *db.DB, vendor string) ([]query.Source, error) {
	slug, err := knownVendor(ctx, file, vendor)
	if err != nil {
		return nil, err
	}
	if slug != "" {
		return query.New(file).SourcesOf(ctx, slug)
	}
	vendors, err := query.New(file).Vendors(ctx, time.Now())
	if err != nil {
		return nil, err
	}
	var sources []query.Source
	for _, v := range vendors {
		of, err := query.New(file).SourcesOf(ctx, v.Slug)
		if err != nil {
			return nil, err
		}
		sources = append(sources, of...)
	}
	return sources, nil
}

// describedPages returns the selectors of the pages that the config file describes, by vendor and address.
// Without a config file there are none.
func (a *app) describedPages() (map[string]*custom.Selectors, error) {
	c, err := a.configIfAny()
	if c == nil || err != nil {
		return nil, err
	}
	pages := map[string]*custom.Selectors{}
	for _, v := range c.Vendors {
		for _, s := range v.Sources {
			if s.Selectors != nil {
				pages[v.Slug+" "+strings.TrimRight(s.URL, "/")] = s.Selectors
			}
		}
	}
	return pages, nil
}
