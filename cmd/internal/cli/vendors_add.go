package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/config"
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
		Short: "Find out what a status page is made with, and how to watch it",
		Long: `add reads the status page at an address, or that of a vendor of the built-in catalogue, finds by the shape
of what is served there which platform it is made with, shows the newest incidents that would be stored, and
prints the lines for config.toml. --write appends them to the file.

It follows redirects, and asks the page's own server only, 45 times at the most. A page that no platform
reads is called what it is: a login page, a feed that it links to, a parked domain.`,
		Args: takes(1, 1, "the address of a status page, or the name of a well-known vendor"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.vendorsAdd(cmd.Context(), f, args[0]) },
	}
	c.Flags().BoolVar(&f.write, "write", false, "append the vendor to the config file")
	c.Flags().StringVar(&f.name, "name", "", "the vendor's name (default: as the catalogue or the page has it)")
	a.jsonFlag(c)
	return c
}

// added is what vendors add found, as JSON prints it.
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
	c, err := config.LoadToRead(a.configPath, channelKinds())
	switch {
	case err == nil:
	case f.write || !errors.Is(err, fs.ErrNotExist) || a.configPath != "config.toml":
		return err
	default:
		c = &config.Config{Fetch: config.DefaultFetch()}
	}
	fetcher := collector(c.Fetch)
	entry, known := scraper.Entry{}, false
	if !strings.Contains(target, "/") {
		entry, known = scraper.LookupVendor(target)
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
	out := added{Name: nameOf(f.name, found.URL, in.PageName, entry), PageURL: found.URL, Platform: found.Platform, Problem: in.Error, Incidents: newestFirst(in.Incidents)}
	var text strings.Builder
	writeTOML(&text, scraper.Entry{Name: out.Name, Page: out.PageURL, Platform: out.Platform})
	out.TOML = text.String()
	if owner := watchedAs(c, found.URL); owner != "" {
		if f.write {
			return fmt.Errorf("%s is in %s already: vendor %q reads it; nothing was written", found.URL, a.configPath, owner)
		}
		fmt.Fprintf(a.stderr, "%s is in %s already: vendor %q reads it\n", found.URL, a.configPath, owner)
	}
	if f.write {
		if err := config.Append(a.configPath, out.TOML, channelKinds()); err != nil {
			return err
		}
		out.Written = true
	}
	return a.printAdded(out)
}

// collector fetches pages as the config file says.
func collector(f config.Fetch) *scraper.Collector {
	o := scraper.FetchOptions{
		UserAgent: f.UserAgent, Timeout: f.RequestTimeout.Duration, Delay: f.Delay.Duration,
		MaxBytes: int(f.MaxBytes), Retries: f.Retries, RespectRobots: f.RespectRobots,
	}
	if f.Contact != "" {
		o.UserAgent = f.Agent()
	}
	return scraper.NewCollector(o)
}

// addressesOf returns the addresses that a target may mean, to be tried in order.
func addressesOf(target string, entry scraper.Entry, known bool) ([]string, error) {
	if known {
		return []string{entry.Page}, nil
	}
	text := strings.TrimSpace(target)
	if text, _, _ = strings.Cut(text, "#"); !strings.Contains(text, "://") {
		if !strings.ContainsAny(text, ".:/") {
			words := fmt.Sprintf("the catalogue has no vendor %q; give the address of its status page", target)
			if near := scraper.FindVendors(target); len(near) > 0 {
				words += ", or write " + near[0].Name
			}
			return nil, errors.New(words)
		}
		text = "https://" + text
	}
	address, err := config.PageURL(text)
	if err != nil {
		return nil, usagef("%v", err)
	}
	if strings.Contains(target, "://") {
		return []string{address}, nil
	}
	return []string{address, "http://" + strings.TrimPrefix(address, "https://")}, nil
}

// findPage tells what is at the first of the addresses that can be reached.
func (a *app) findPage(ctx context.Context, f scraper.Fetcher, addresses []string, entry scraper.Entry, known bool) (scraper.Found, error) {
	var first error
	for _, address := range addresses {
		found, err := platforms.Find(ctx, f, scraper.Source{Name: "added", URL: address})
		var other *scraper.Unrecognised
		var status *scraper.HTTPError
		switch {
		case err == nil:
			fmt.Fprintf(a.stderr, "%s is made with %s (asked %s)\n", found.URL, found.Platform, words.Count(found.Asked, "time"))
			return found, nil
		case ctx.Err() != nil:
			return found, err
		case known && slices.Contains(platforms.Names(), entry.Platform):
			// Its shape does not tell, or it is not at home; where the catalogue knows it, reading it decides.
			return scraper.Found{URL: entry.Page, Platform: entry.Platform}, nil
		case errors.As(err, &other):
			a.offer(other)
			return found, err
		case errors.As(err, &status), errors.Is(err, scraper.ErrBlocked):
			return found, err
		}
		if first == nil {
			first = err
		}
	}
	return scraper.Found{}, first
}

// offer says how a page that no platform knows could be watched all the same.
func (a *app) offer(page *scraper.Unrecognised) {
	if len(page.Feeds) > 0 {
		fmt.Fprintln(a.stderr, "The page links to a feed. If that is one of incidents, it can be watched with:")
		fmt.Fprintln(a.stderr)
		for _, feed := range page.Feeds {
			writeTOML(a.stderr, scraper.Entry{Name: nameOf("", feed, "", scraper.Entry{}), Page: feed, Platform: scraper.Generic})
			fmt.Fprintln(a.stderr)
		}
	}
	fmt.Fprintln(a.stderr, `Any page that shows incidents can be read with selectors of your own: platform = "custom", see docs/custom-pages.md.`)
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
		t := a.table("Started", "Severity", "State", "Title", "Components")
		for _, i := range out.Incidents[:min(newestShown, len(out.Incidents))] {
			var parts []string
			for _, c := range i.Components {
				parts = append(parts, c.Name)
			}
			t.AppendRow(table.Row{minute(beginOf(i)), i.Severity, i.State, words.Short(markdown.Plain(i.Title), 70), words.Short(markdown.Plain(strings.Join(parts, ", ")), 40)})
		}
		t.Render()
		fmt.Fprintln(a.stdout)
	}
	fmt.Fprint(a.stdout, out.TOML)
	fmt.Fprintf(a.stderr, "%s would be stored, %d of them open\n", words.Count(len(out.Incidents), "incident"), open)
	if out.Problem != "" {
		fmt.Fprintln(a.stderr, "not all could be read:", out.Problem)
	}
	if out.Written {
		fmt.Fprintf(a.stderr, "written to %s; a service that runs takes it up at a SIGHUP\n", a.configPath)
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
	for _, e := range scraper.Catalogue() {
		if strings.TrimRight(e.Page, "/") == page {
			return e.Name
		}
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
	slices.SortStableFunc(out, func(a, b watch.InspectedIncident) int { return strings.Compare(beginOf(b), beginOf(a)) })
	return notNil(out)
}

func beginOf(i watch.InspectedIncident) string {
	if i.StartedAt == "" {
		return i.ScheduledStartAt
	}
	return i.StartedAt
}
