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
	"vendorwatch/cmd/internal/cli/setup"
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
	write      bool
	name, from string
}

func (a *app) vendorsAddCommand() *cobra.Command {
	var f addFlags
	c := &cobra.Command{
		Use:   "add NAME|URL…",
		Short: "Find vendors and what their pages are made with, and print the lines that watch them",
		Long: `add finds vendors by name in the built-in catalogue, or by the address of their status page, and prints
the lines for config.toml. --write appends them to the file, and leaves the rest of it as it is.

Of one vendor, it reads the page, detects its platform from what is served there, and shows the newest
incidents that would be stored. It follows redirects and sends at most 45 requests, to the page's own server
only. If no platform reads the page, it says what the page looks like: a login page, a parked domain, a page
that links to a feed.

Of several, and with --from, it shows what was found, what not, and what is doubtful, and asks only pages
that the catalogue does not have. A file may hold a name or an address a line, CSV, OPML, or what StatusGator
and Uptime Kuma export as JSON; - is standard input.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.from != "" {
				return nil
			}
			return takes(1, -1, "names of vendors in the catalogue, or addresses of status pages; or --from FILE")(cmd,
				args)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.vendorsAdd(cmd.Context(), f, args) },
	}
	c.Flags().StringVar(&f.from, "from", "", "a file with vendors, - for standard input")
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

func (a *app) vendorsAdd(ctx context.Context, f addFlags, targets []string) error {
	if f.from == "" && len(targets) == 1 && !strings.Contains(targets[0], ",") {
		return a.vendorsAddOne(ctx, f, targets[0])
	}
	if f.name != "" {
		return usagef("--name names one vendor; leave it out where there are several")
	}
	err := a.setup(f.write).AddMany(ctx, targets, f.from, f.write, a.asJSON)
	if errors.Is(err, setup.ErrSome) {
		return errTold
	}
	return err
}

// setup is what the commands that make a config file take; write says that it is to be changed, and has to be there.
func (a *app) setup(write bool) setup.Shell {
	return setup.Shell{Shell: a.shell(), Stdin: a.stdin, ConfigPath: func() string { return a.configPath },
		Kinds: service.ChannelKinds(),
		Config: func() (*config.Config, error) {
			if write {
				return config.LoadToRead(a.configPath, service.ChannelKinds())
			}
			return a.configIfAny()
		},
		Detect: a.detect,
	}
}

// detect reads the page at an address that the catalogue does not have.
func (a *app) detect(ctx context.Context, address string) (found scraper.Found, name string, err error) {
	c, err := a.configOrDefault()
	if err != nil {
		return found, "", err
	}
	fetcher := service.Collector(c.Fetch)
	addresses, err := addressesOf(address, scraper.Entry{}, false)
	if err != nil {
		return found, "", err
	}
	if found, err = a.findPage(ctx, c, fetcher, addresses, scraper.Entry{}, false); err != nil {
		return found, "", err
	}
	in, err := watch.Inspect(ctx, fetcher, watch.Source{Vendor: "added", URL: found.URL, Platform: found.Platform,
		Reading: watch.Reading{Described: c.Described}})
	if err == nil && in.Error != "" && len(in.Incidents) == 0 {
		err = errors.New(in.Error)
	}
	return found, nameOf("", found.URL, in.PageName, scraper.Entry{}), err
}

func (a *app) vendorsAddOne(ctx context.Context, f addFlags, target string) error {
	c, err := a.configOrDefault()
	if f.write {
		c, err = config.LoadToRead(a.configPath, service.ChannelKinds())
	}
	if err != nil {
		return err
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
	found, err := a.findPage(ctx, c, fetcher, addresses, entry, known)
	if err != nil {
		return err
	}
	in, err := watch.Inspect(ctx, fetcher, watch.Source{Vendor: "added", URL: found.URL, Platform: found.Platform,
		Reading: watch.Reading{Described: c.Described}})
	if err != nil {
		return err
	}
	if in.Error != "" && len(in.Incidents) == 0 {
		return errors.New(in.Error)
	}
	out := added{Name: nameOf(f.name, found.URL, in.PageName, entry), PageURL: found.URL, Platform: found.Platform,
		Problem: in.Error, Incidents: newestFirst(in.Incidents)}
	out.TOML = config.VendorTOML(out.Name, out.PageURL, out.Platform)
	if owner := setup.WatchedAs(c, found.URL, ""); owner != "" {
		if f.write {
			return fmt.Errorf("%s is already in %s, as a page of vendor %q; nothing was written", found.URL,
				a.configPath, owner)
		}
		fmt.Fprintf(a.stderr, "%s is already in %s, as a page of vendor %q\n", found.URL, a.configPath, owner)
	}
	if f.write {
		if err := config.Append(a.configPath, []string{out.TOML}, service.ChannelKinds()); err != nil {
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
		fmt.Fprintln(a.stderr, "next: paste the lines into the config file, or run this again with --write")
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
