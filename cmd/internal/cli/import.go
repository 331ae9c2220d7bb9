package cli

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/watch"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/custom"
)

type importFlags struct {
	vendor, platform, url, at string
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "import --vendor SLUG [--platform P] [--url PAGE_URL] [--at TIME] PATH...",
		Short: "Read saved pages into the file, as if they had been scraped when they were saved",
		Long: `import reads saved pages of one vendor, files or the files of a folder in the order of their names,
through the same path as live ones. A file named by a UTC time (2026-08-22T06-30-24Z.json) was saved at that
time; other files were saved at --at, else now. The platform and the kind of document are found
from the bytes. A page that cannot be read is counted, stored as such, and empties nothing.`,
		Args: takes(1, -1, "the saved pages: files or folders"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.importPages(cmd.Context(), f, args) },
	}
	c.Flags().StringVar(&f.vendor, "vendor", "", "slug of the vendor whose pages they are (required)")
	c.Flags().StringVar(&f.platform, "platform", "", "platform that made the pages: "+
		strings.Join(platforms.Names(), ", ")+" (default: found from the bytes)")
	c.Flags().StringVar(&f.url, "url", "", "address that the pages were saved from")
	c.Flags().StringVar(&f.at, "at", "",
		"when the pages were saved, for files whose name does not tell: 2026-08-22T06:30:24Z")
	a.jsonFlag(c)
	return c
}

func (a *app) importPages(ctx context.Context, f importFlags, paths []string) error {
	if f.vendor == "" {
		return usagef("import needs --vendor SLUG, for example --vendor kustomer")
	}
	if slug := config.Slug(f.vendor); slug != f.vendor {
		return usagef("--vendor %q is no slug; write --vendor %s", f.vendor, slug)
	}
	if f.platform != "" {
		if _, err := platforms.Lookup(f.platform); err != nil {
			return usagef("--platform: %v", err)
		}
	}
	selectors, err := a.importSelectors(&f)
	if err != nil {
		return err
	}
	at := time.Now().UTC()
	if f.at != "" {
		if at, err = times.Parse(normalize.RawTime{Text: f.at}, ""); err != nil {
			return usagef("--at: %v; write for example --at 2026-08-22T06:30:24Z", err)
		}
	}
	files, err := listFiles(paths)
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
		Vendor: f.vendor, Platform: f.platform, URL: f.url, Selectors: selectors,
	}
	for _, name := range files {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("import stopped before %s: %w", name, context.Cause(ctx))
		}
		if err := a.importFile(ctx, imp, name, at); err != nil {
			return err
		}
	}
	if err := imp.Finish(ctx); err != nil {
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

// importSelectors are those of the vendor's page in the config file, where captures of the platform "custom" are
// imported; the captures are then that page's. For all other platforms there are none.
func (a *app) importSelectors(f *importFlags) (*custom.Selectors, error) {
	if f.platform != scraper.Custom {
		return nil, nil
	}
	c, err := config.LoadToRead(a.configPath, service.ChannelKinds())
	if err != nil {
		return nil, err
	}
	for _, v := range c.Vendors {
		for _, s := range v.Sources {
			if v.Slug == f.vendor && s.Selectors != nil && (f.url == "" || s.URL == strings.TrimRight(f.url, "/")) {
				f.url = s.URL
				return s.Selectors, nil
			}
		}
	}
	return nil, fmt.Errorf("--platform custom: no page of vendor %q is described in %s; write a [vendor.page] as "+
		"docs/custom-pages.md shows", f.vendor, a.configPath)
}

// importFile takes one file, saved at the time in its name, else at the time given.
func (a *app) importFile(ctx context.Context, imp *watch.Importer, name string, at time.Time) error {
	body, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if named, ok := timeInName(name); ok {
		at = named
	}
	unreadable, err := imp.Take(ctx, scraper.Page{Status: 200, Body: body, At: at})
	if unreadable != nil {
		fmt.Fprintf(a.stderr, "%s: %v\n", name, unreadable)
	}
	return err
}

var nameTime = regexp.MustCompile(`(\d{4}-\d{2}-\d{2})T(\d{2})[-:]?(\d{2})[-:]?(\d{2})(\.\d+)?Z`)

// timeInName reads the UTC time that a file is named by, with dashes or colons.
func timeInName(path string) (time.Time, bool) {
	m := nameTime.FindStringSubmatch(filepath.Base(path))
	if m == nil {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, m[1]+"T"+m[2]+":"+m[3]+":"+m[4]+m[5]+"Z")
	return t, err == nil
}

// listFiles returns the files named, and those of the folders named in the order of their names. Hidden
// files are left out.
func listFiles(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("import: %w", err)
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		before := len(files)
		err = filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if strings.HasPrefix(d.Name(), ".") && name != p {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if d.Type().IsRegular() {
				files = append(files, name)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("import: %w", err)
		}
		if len(files) == before {
			return nil, fmt.Errorf("import: the folder %s holds no files", p)
		}
	}
	return files, nil
}
