package cli

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

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
	c.Flags().StringVar(&f.platform, "platform", "", "platform that made the pages: "+strings.Join(platforms.Names(), ", ")+" (default: found from the bytes)")
	c.Flags().StringVar(&f.url, "url", "", "address that the pages were saved from")
	c.Flags().StringVar(&f.at, "at", "", "when the pages were saved, for files whose name does not tell: 2026-08-22T06:30:24Z")
	a.jsonFlag(c)
	return c
}

// importCounts is what an import brought; of what the file holds, only what is new to it is counted.
type importCounts struct {
	Captures   int `json:"captures"`
	Unreadable int `json:"unreadable"`
	Incidents  int `json:"incidents"`
	Updates    int `json:"updates"`
	Revisions  int `json:"revisions"`
	Events     int `json:"events"`
	Findings   int `json:"findings"`
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
	imp := &importer{app: a, flags: f, at: at, selectors: selectors, db: file, watcher: &watch.Watcher{DB: query.New(file), Record: record.New(file), Log: a.quietLog(), Now: time.Now, Concurrency: 1}, sources: map[string]watch.Source{}}
	for _, name := range files {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("import stopped before %s: %w", name, context.Cause(ctx))
		}
		if err := imp.file(ctx, name); err != nil {
			return err
		}
	}
	if err := imp.finish(ctx); err != nil {
		return err
	}
	if a.asJSON {
		return a.printJSON(imp.counts)
	}
	n := imp.counts
	_, err = fmt.Fprintf(a.stdout, "captures %d, unreadable %d; new in %s: incidents %d, updates %d, revisions %d, events %d, findings %d\n",
		n.Captures, n.Unreadable, path, n.Incidents, n.Updates, n.Revisions, n.Events, n.Findings)
	return err
}

// importSelectors are those of the vendor's page in the config file, where captures of the platform "custom" are
// imported; the captures are then that page's. For all other platforms there are none.
func (a *app) importSelectors(f *importFlags) (*custom.Selectors, error) {
	if f.platform != scraper.Custom {
		return nil, nil
	}
	c, err := config.LoadToRead(a.configPath, channelKinds())
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
	return nil, fmt.Errorf("--platform custom: no page of vendor %q is described in %s; write a [vendor.page] as docs/custom-pages.md shows", f.vendor, a.configPath)
}

// unknownPlatform is that of a page of which no capture could be read yet.
const unknownPlatform = "unknown"

// importer takes the captures of one import, in order.
type importer struct {
	app   *app
	flags importFlags
	at    time.Time
	db    *db.DB

	selectors *custom.Selectors // of the platform "custom"

	watcher *watch.Watcher
	sources map[string]watch.Source // by platform
	counts  importCounts
	last    string          // platform of the capture before
	waiting []watch.Capture // unreadable ones before the first that tells whose page they are
}

func (i *importer) file(ctx context.Context, name string) error {
	body, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	at := i.at
	if named, ok := timeInName(name); ok {
		at = named
	}
	page := scraper.Page{URL: i.flags.url, Status: 200, Body: body, At: at}
	platform, capture := i.read(page)
	i.counts.Captures++
	if capture.Err != nil {
		i.counts.Unreadable++
		fmt.Fprintf(i.app.stderr, "%s: %v\n", name, capture.Err)
	}
	if platform == "" {
		platform = i.last // an unreadable capture belongs to the page among whose captures it lies
	}
	if platform == "" {
		capture.Page.Body = nil
		i.waiting = append(i.waiting, capture)
		return nil
	}
	i.last = platform
	return i.save(ctx, platform, capture)
}

// read reads a capture as the one before it was read, where that succeeds: to find the platform anew would
// be to read every capture twice.
func (i *importer) read(page scraper.Page) (string, watch.Capture) {
	source := watch.Source{Vendor: i.flags.vendor, Selectors: i.selectors}
	if i.flags.platform == "" && i.last != "" && i.last != scraper.Generic {
		source.Platform = i.last
		if platform, capture := watch.ReadCapture(source, page); capture.Err == nil {
			return platform, capture
		}
	}
	source.Platform = i.flags.platform
	return watch.ReadCapture(source, page)
}

// finish saves what waited in vain for a readable capture: with the vendor's only page, where it has one.
func (i *importer) finish(ctx context.Context) error {
	if len(i.waiting) == 0 {
		return nil
	}
	known, err := query.New(i.db).SourcesOf(ctx, i.flags.vendor)
	if err != nil {
		return err
	}
	platform := unknownPlatform
	if len(known) == 1 {
		platform = known[0].Platform
	}
	last := i.waiting[len(i.waiting)-1]
	i.waiting = i.waiting[:len(i.waiting)-1]
	return i.save(ctx, platform, last)
}

func (i *importer) save(ctx context.Context, platform string, c watch.Capture) error {
	source, err := i.source(ctx, platform, c)
	if err != nil {
		return err
	}
	for _, c := range append(i.waiting, c) {
		saved, err := i.watcher.Import(ctx, source, c)
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		i.counts.Incidents += saved.Incidents
		i.counts.Updates += saved.Updates
		i.counts.Revisions += saved.Revisions
		i.counts.Events += len(saved.Events)
		i.counts.Findings += saved.Findings
	}
	i.waiting = nil
	return nil
}

// source is where a capture belongs: the vendor's page on that platform. Without an address anywhere, its
// page is called "import:" and the vendor's slug.
func (i *importer) source(ctx context.Context, platform string, c watch.Capture) (watch.Source, error) {
	if s, ok := i.sources[platform]; ok {
		return s, nil
	}
	known, err := query.New(i.db).SourcesOf(ctx, i.flags.vendor)
	if err != nil {
		return watch.Source{}, err
	}
	address := watch.PageAddress(platform, c)
	if len(known) == 1 && known[0].Platform == unknownPlatform && platform != unknownPlatform {
		// The first capture that can be read tells whose the unreadable ones before it were.
		page := cmp.Or(address, known[0].PageURL)
		if err := record.New(i.db).IdentifySource(ctx, known[0].SourceID, page, platform); err != nil {
			return watch.Source{}, err
		}
		known[0].PageURL, known[0].Platform = page, platform
	}
	known = slices.DeleteFunc(known, func(s query.Source) bool {
		return s.Platform != platform || i.flags.url != "" && s.PageURL != address
	})
	s := watch.Source{Vendor: i.flags.vendor, URL: address, Platform: platform, Selectors: i.selectors}
	switch {
	case len(known) == 1:
		s.ID, s.URL = known[0].SourceID, known[0].PageURL
	default:
		if s.URL == "" {
			s.URL = "import:" + i.flags.vendor
		}
		vendorID, err := record.New(i.db).EnsureVendor(ctx, query.Vendor{Slug: i.flags.vendor})
		if err != nil {
			return s, err
		}
		if s.ID, err = record.New(i.db).EnsureSource(ctx, vendorID, s.URL, platform); err != nil {
			return s, err
		}
	}
	i.sources[platform] = s
	return s, nil
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
