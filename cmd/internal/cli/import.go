package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/cli/stopping"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/watch"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

type importFlags struct {
	vendor, platform, url, at string
	every                     time.Duration
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "import --vendor SLUG [--platform P] [--url PAGE_URL] [--at TIME] PATH...",
		Short: "Import saved pages, as if they had been scraped when they were saved",
		Long: `import reads saved pages of one vendor in the same way as live ones: files, or the files in a folder
in the order of their names. A file with a UTC time in its name (2026-08-22T06-30-24Z.json) counts as
saved at that time, other files at the time of --at, else now. The platform and the kind of document
are detected. A page that cannot be read is counted and recorded as a failed scrape; it closes no
incident. Where two lie further apart than --every, and no history covers that time, there is a coverage gap.`,
		Annotations: stopping.Leaves("what was read is saved, unless saving took too long; import all of it again: " +
			"what is in the file is not saved twice"),
		Args: takes(1, -1, "the saved pages: files or folders"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.importPages(cmd.Context(), f, args) },
	}
	c.Flags().StringVar(&f.vendor, "vendor", "", "slug of the vendor that published the pages (required)")
	c.Flags().StringVar(&f.platform, "platform", "", "platform of the pages: "+strings.Join(platforms.Names(), ", ")+
		" (default: detected)")
	c.Flags().StringVar(&f.url, "url", "", "address from which the pages were saved")
	c.Flags().StringVar(&f.at, "at", "", "when they were saved, if their names have no time: 2026-08-22T06:30:24Z")
	c.Flags().DurationVar(&f.every, "every", 15*time.Minute, "how often the pages were saved: 15m, 1h, 24h")
	a.jsonFlag(c)
	return c
}

func (a *app) importPages(ctx context.Context, f importFlags, paths []string) error {
	if f.vendor == "" {
		return usagef("import needs --vendor SLUG, for example --vendor kustomer")
	}
	if slug := config.Slug(f.vendor); slug != f.vendor {
		return usagef("--vendor %q is not a slug; write --vendor %s", f.vendor, slug)
	}
	if f.every <= 0 {
		return usagef("--every %s: it must be above zero; write for example --every 1h", f.every)
	}
	reading, err := a.importReading(&f)
	if err != nil {
		return err
	}
	at := time.Now().UTC()
	if f.at != "" {
		if at, err = times.Parse(normalize.RawTime{Text: f.at}, ""); err != nil {
			return usagef("--at: %v; write for example --at 2026-08-22T06:30:24Z", err)
		}
	}
	files, err := watch.CaptureFiles(paths)
	if err != nil {
		return err
	}
	path, err := a.databasePath()
	if err != nil {
		return err
	}
	file, err := db.Open(ctx, path)
	if err != nil {
		return err
	}
	defer file.Close()
	imp := &watch.Importer{
		Watcher: &watch.Watcher{DB: query.New(file), Record: record.New(file), Log: a.quietLog(), Now: time.Now,
			Concurrency: 1},
		Vendor: f.vendor, Platform: f.platform, URL: f.url, Reading: reading, Every: f.every,
	}
	// What was read before an interrupt or a file that cannot be opened is saved all the same, if that does not take
	// long.
	saving, done := stopping.Outlasting(ctx)
	defer done()
	err = a.importFiles(ctx, saving, imp, files, at)
	err = errors.Join(err, imp.Finish(saving))
	if err != nil {
		return err
	}
	if a.asJSON {
		return a.printJSON(imp.Counts)
	}
	n := imp.Counts
	_, err = fmt.Fprintf(a.stdout,
		"captures %d, unreadable %d; new in %s: incidents %d, updates %d, revisions %d, events %d, findings %d\n",
		n.Captures, n.Unreadable, path, n.Incidents, n.Updates, n.Revisions, n.Events, n.Findings)
	return err
}

// importReading returns what the config file, if there is one, says of how the vendor's pages are read: of the page of
// --url and --platform, else what it says of any of them. Captures of the platform "custom" need such a page, and are
// taken for its captures; a page that a file describes is named by that, or by --url.
func (a *app) importReading(f *importFlags) (watch.Reading, error) {
	c, err := config.LoadToRead(a.configPath, service.ChannelKinds())
	none := errors.Is(err, fs.ErrNotExist)
	if err != nil && !none {
		return watch.Reading{}, err
	}
	if none {
		c = &config.Config{}
	}
	named, described := f.platform, c.Described[f.platform]
	if _, err := platforms.Lookup(f.platform); f.platform != "" && described == nil && err != nil {
		return watch.Reading{}, usagef("--platform: %v", err)
	}
	if described != nil {
		f.platform = scraper.Custom
	}
	if none && f.platform == scraper.Custom {
		return watch.Reading{}, err
	}
	var any watch.Reading
	for _, v := range c.Vendors {
		if v.Slug != f.vendor {
			continue
		}
		any.TimeZone = v.TimeZone
		for _, s := range v.Sources {
			any.Dialect = cmp.Or(any.Dialect, s.Dialect)
			meant := (f.url == "" || s.URL == strings.TrimRight(f.url, "/")) &&
				(described == nil || s.Selectors == described)
			if meant && s.Platform == cmp.Or(f.platform, s.Platform) &&
				(f.platform != scraper.Custom || s.Selectors != nil) {
				if f.platform == scraper.Custom {
					f.url = s.URL
				}
				return service.ReadingOf(s), nil
			}
		}
	}
	switch {
	case described != nil && f.url != "":
		any.Selectors = described
	case described != nil:
		return watch.Reading{}, fmt.Errorf("--platform %s: vendor %q has no such page in %s; add --url with the "+
			"address of its page", named, f.vendor, a.configPath)
	case f.platform == scraper.Custom:
		return watch.Reading{}, fmt.Errorf("--platform custom: %[2]s describes no page of vendor %[1]q; write a "+
			"[vendor.page] as docs/custom-pages.md shows", f.vendor, a.configPath)
	}
	return any, nil
}

// importFiles takes the files until ctx ends. What it has begun goes on until saving ends.
func (a *app) importFiles(ctx, saving context.Context, imp *watch.Importer, files []string, at time.Time) error {
	bar := a.bar("import", len(files))
	defer bar.Done()
	for _, name := range files {
		if ctx.Err() != nil {
			fmt.Fprintf(a.stderr, "stopped before %s\n", name)
			return context.Cause(ctx)
		}
		if err := a.importFile(saving, imp, name, at, bar); err != nil {
			return err
		}
		bar.Add(1)
	}
	return nil
}

// importFile takes one file, saved at the time in its name, else at the time given.
func (a *app) importFile(ctx context.Context, imp *watch.Importer, name string, at time.Time,
	bar *terminal.Bar) error {
	body, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if named, ok := watch.TimeInName(name); ok {
		at = named
	}
	unreadable, err := imp.Take(ctx, filepath.ToSlash(name), scraper.Page{Status: 200, Body: body, At: at})
	if unreadable != nil {
		bar.Say(a.stderr, fmt.Sprintf("%s: %v", name, unreadable))
	}
	return err
}
