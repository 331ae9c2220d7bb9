package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/inspection"
	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/watch"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

type inspectFlags struct {
	vendor, page, platform string
}

func (a *app) inspectCommand() *cobra.Command {
	var f inspectFlags
	c := &cobra.Command{
		Use:   "inspect [URL|FILE] [--vendor NAME | --page FILE.toml]",
		Short: "Show what would be read from a page; nothing is stored",
		Long: `inspect reads a status page, live or saved, and shows its platform, the documents that were read, each
incident in the vendor's words with what they are taken to mean, and what could not be read.

For a page that you have described yourself (platform = "custom") it also shows what each selector
matches. --vendor takes the description from the config file; --page takes it from a file with one
[[vendor]], written as it will be in the config file. Without an address or a file, that vendor's page
is read. See docs/custom-pages.md.`,
		Args: takes(0, 1, "the address of a status page, or a saved one"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.inspect(cmd.Context(), f, strings.Join(args, ""))
		},
	}
	c.Flags().StringVar(&f.vendor, "vendor", "", "read it as the page of this vendor in the config file")
	c.Flags().StringVar(&f.page, "page", "", "read it as this file describes")
	c.Flags().StringVar(&f.platform, "platform", "", "read it as a page of this platform: "+
		strings.Join(platforms.Names(), ", ")+" (default: detected)")
	a.jsonFlag(c)
	return c
}

func (a *app) inspect(ctx context.Context, f inspectFlags, target string) error {
	s, fetch, err := a.inspectSource(f, target)
	if err != nil {
		return err
	}
	var in watch.Inspection
	if target == "" || strings.Contains(target, "://") {
		if in, err = watch.Inspect(ctx, service.Collector(fetch), s); err != nil {
			return err
		}
	} else {
		page, err := savedPage(target)
		if err != nil {
			return err
		}
		in = watch.InspectFile(page, s)
	}
	if a.asJSON {
		err = a.printJSON(in)
	} else {
		err = inspection.Print(a.stdout, in)
	}
	if err == nil && in.Error != "" {
		err = errors.New(in.Error)
	}
	return err
}

// savedPage reads a file as a page that was saved at the time in its name, else when the file was written.
func savedPage(path string) (scraper.Page, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return scraper.Page{}, fmt.Errorf("there is no file %s; for a page, write its whole address, https://…", path)
	}
	if err != nil {
		return scraper.Page{}, fmt.Errorf("inspect: %w", err)
	}
	page := scraper.Page{URL: path, Body: body}
	if at, ok := watch.TimeInName(path); ok {
		page.At = at
	} else if info, err := os.Stat(path); err == nil {
		page.At = info.ModTime().UTC()
	}
	return page, nil
}

// inspectSource is the page to read, and how pages are asked for.
func (a *app) inspectSource(f inspectFlags, target string) (watch.Source, config.Fetch, error) {
	s, fetch := watch.Source{Vendor: "inspected"}, config.DefaultFetch()
	if f.vendor != "" && f.page != "" {
		return s, fetch, usagef("--vendor and --page both describe the page; keep one of the two")
	}
	load := config.LoadToRead
	if f.vendor != "" {
		load = config.Load
	}
	c, err := load(a.configPath, service.ChannelKinds())
	switch {
	case err == nil:
		fetch, s.Described = c.Fetch, c.Described
	case f.vendor != "" || !errors.Is(err, fs.ErrNotExist) || a.configPath != "config.toml":
		return s, fetch, err
	}
	if f.platform != "" && s.Described[f.platform] == nil {
		if _, err := platforms.Lookup(f.platform); err != nil {
			return s, fetch, usagef("--platform: %v", err)
		}
	}
	switch {
	case f.page != "":
		v, err := config.LoadPage(f.page)
		if err != nil {
			return s, fetch, err
		}
		s = inspectedSource(v, target)
	case f.vendor != "":
		n := slices.IndexFunc(c.Vendors, func(v config.Vendor) bool {
			return strings.EqualFold(v.Slug, f.vendor) || strings.EqualFold(v.Name, f.vendor)
		})
		if n < 0 {
			return s, fetch, usagef("vendor %q is not in the config file", f.vendor)
		}
		s = inspectedSource(c.Vendors[n], target)
	case target == "":
		return s, fetch, usagef("inspect needs the address of a page, a saved page, --vendor or --page; see " +
			"vendorwatch inspect --help")
	case strings.Contains(target, "://"):
		s.URL = strings.TrimRight(target, "/")
		s.Platform = platforms.PlatformOf(s.URL)
	}
	s.Platform = cmp.Or(f.platform, s.Platform)
	return s, fetch, nil
}

// inspectedSource is the page of a vendor that has the address; else the first one that the config describes; else the
// first. Any other address is read like that page.
func inspectedSource(v config.Vendor, target string) watch.Source {
	from := v.Sources[0]
	for _, s := range slices.Backward(v.Sources) {
		if s.Selectors != nil {
			from = s
		}
	}
	if strings.Contains(target, "://") {
		address := strings.TrimRight(target, "/")
		if n := slices.IndexFunc(v.Sources, func(s config.Source) bool { return s.URL == address }); n >= 0 {
			from = v.Sources[n]
		}
		from.URL = address
	}
	return watch.Source{Vendor: v.Slug, URL: from.URL, Platform: from.Platform, Auth: from.Credentials,
		Reading: service.ReadingOf(from)}
}
