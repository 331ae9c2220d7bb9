package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/watch"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

// newestShown is how many incidents of a page are listed.
const newestShown = 5

type addFlags struct {
	write bool
	name  string
}

func (a *app) vendorsAddCommand() *cobra.Command {
	var f addFlags
	c := &cobra.Command{
		Use:   "add URL|NAME",
		Short: "Detect the platform of a status page, and print the lines that watch it",
		Long: `add reads the status page at an address, or that of a vendor in the built-in catalogue, detects its
platform from what is served there, shows the newest incidents that would be stored, and prints the
lines for config.toml. --write appends them to the file.

It follows redirects and sends at most 45 requests, to the page's own server only. If no platform reads
the page, it says what the page looks like: a login page, a parked domain, a page that links to a feed.`,
		Args: takes(1, 1, "the address of a status page, or the name of a vendor in the catalogue"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.vendorsAdd(cmd.Context(), f, args[0]) },
	}
	c.Flags().BoolVar(&f.write, "write", false, "append the vendor to the config file")
	c.Flags().StringVar(&f.name, "name", "", "the vendor's name (default: as the catalogue or the page has it)")
	a.jsonFlag(c)
	return c
}

// added is the result of vendors add as JSON.
type added struct {
	Name      string                    `json:"name"`
	PageURL   string                    `json:"page_url"`
	Platform  string                    `json:"platform"`
	Incidents []watch.InspectedIncident `json:"incidents"` // newest first
	TOML      string                    `json:"toml"`
	Written   bool                      `json:"written"`
	Problem   string                    `json:"problem,omitempty"` // why not all of the page could be read
}

func (a *app) vendorsAdd(ctx context.Context, f addFlags, target string) error {
	c, err := a.configIfAny()
	if f.write {
		c, err = config.LoadToRead(a.configPath, service.ChannelKinds())
	}
	if err != nil {
		return err
	}
	if c == nil {
		c = &config.Config{Fetch: config.DefaultFetch()}
	}
	fetcher := service.Collector(c.Fetch)
	entry, known := scraper.Entry{}, false
	if !strings.Contains(target, "/") {
		entry, known = scraper.LookupVendor(target)
	}
	if known && platforms.Unread(entry) != "" {
		fmt.Fprintln(a.stderr, unreadNote(entry))
	}
	addresses, err := addressesOf(target, entry, known)
	if err != nil {
		return err
	}
	found, err := a.findPage(ctx, fetcher, addresses, entry, known)
	if err != nil {
		return err
	}
	in, err := watch.Inspect(ctx, fetcher, watch.Source{Vendor: "added", URL: found.URL, Platform: found.Platform})
	if err != nil {
		return err
	}
	if in.Error != "" && len(in.Incidents) == 0 {
		return errors.New(in.Error)
	}
	out := added{Name: nameOf(f.name, found.URL, in.PageName, entry), PageURL: found.URL, Platform: found.Platform,
		Problem: in.Error, Incidents: newestFirst(in.Incidents)}
	out.TOML = config.VendorTOML(out.Name, out.PageURL, out.Platform)
	if owner := watchedAs(c, found.URL); owner != "" {
		if f.write {
			return fmt.Errorf("%s is already in %s, as a page of vendor %q; nothing was written", found.URL,
				a.configPath, owner)
		}
		fmt.Fprintf(a.stderr, "%s is already in %s, as a page of vendor %q\n", found.URL, a.configPath, owner)
	}
	if f.write {
		if err := config.Append(a.configPath, out.TOML, service.ChannelKinds()); err != nil {
			return err
		}
		out.Written = true
	}
	return a.printAdded(out)
}

func (a *app) printAdded(out added) error {
	if a.asJSON {
		return a.printJSON(out)
	}
	open := 0
	for _, i := range out.Incidents {
		if !normalize.State(i.State).Over() {
			open++
		}
	}
	if len(out.Incidents) > 0 {
		t := a.table(terminal.When("Started"), terminal.Word("Severity"),
			terminal.Word("State"), terminal.Cut("Title", 24), terminal.Cut("Components", 16))
		for _, i := range out.Incidents[:min(newestShown, len(out.Incidents))] {
			var parts []string
			for _, c := range i.Components {
				parts = append(parts, c.Name)
			}
			t.Row(terminal.Minute(beginOf(i)), i.Severity, i.State, words.Short(markdown.Plain(i.Title), 100),
				words.Short(markdown.Plain(strings.Join(parts, ", ")), 40))
		}
		t.Render()
		fmt.Fprintln(a.stdout)
	}
	fmt.Fprint(a.stdout, out.TOML)
	fmt.Fprintf(a.stderr, "%s would be stored, %d of them open\n", words.Count(len(out.Incidents), "incident"), open)
	if out.Problem != "" {
		fmt.Fprintln(a.stderr, "not everything could be read:", out.Problem)
	}
	if out.Written {
		fmt.Fprintf(a.stderr, "written to %s; a running service reads it after a SIGHUP\n", a.configPath)
	} else {
		fmt.Fprintln(a.stderr, "paste the lines into the config file, or run this again with --write")
	}
	return nil
}

// nameOf is the vendor's name: as given, else as the catalogue has it, else as the page calls itself, else its host.
func nameOf(given, page, pageName string, entry scraper.Entry) string {
	if given != "" {
		return given
	}
	if entry.Name != "" {
		return entry.Name
	}
	if e, known := scraper.LookupPage(page); known {
		return e.Name
	}
	name := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, pageName)), " ")
	for _, end := range []string{" Status Page", " System Status", " Status"} {
		name = strings.TrimSuffix(name, end)
	}
	if config.Slug(name) != "" {
		return name
	}
	u, err := url.Parse(page)
	if err != nil {
		return page
	}
	return u.Host
}

// watchedAs returns the name of the vendor whose page this is in the config file, "" if there is none.
func watchedAs(c *config.Config, page string) string {
	same := func(address string) string {
		_, rest, _ := strings.Cut(strings.TrimRight(address, "/"), "://")
		return strings.ToLower(rest)
	}
	for _, v := range c.Vendors {
		for _, s := range v.Sources {
			if same(s.URL) == same(page) {
				return v.Name
			}
		}
	}
	return ""
}

func newestFirst(list []watch.InspectedIncident) []watch.InspectedIncident {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b watch.InspectedIncident) int {
		return strings.Compare(beginOf(b),
			beginOf(a))
	})
	return notNil(out)
}

func beginOf(i watch.InspectedIncident) string {
	if i.StartedAt == "" {
		return i.ScheduledStartAt
	}
	return i.StartedAt
}
