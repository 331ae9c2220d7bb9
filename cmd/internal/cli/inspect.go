package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"vendorwatch/cmd/internal/cli/service"
	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/watch"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
	"vendorwatch/scraper/platforms/custom"
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
		err = printInspection(a.stdout, in)
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
	if f.platform != "" {
		if _, err := platforms.Lookup(f.platform); err != nil {
			return s, fetch, usagef("--platform: %v", err)
		}
	}
	load := config.LoadToRead
	if f.vendor != "" {
		load = config.Load
	}
	c, err := load(a.configPath, service.ChannelKinds())
	switch {
	case err == nil:
		fetch = c.Fetch
	case f.vendor != "" || !errors.Is(err, fs.ErrNotExist) || a.configPath != "config.toml":
		return s, fetch, err
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

// printInspection prints an inspection.
func printInspection(w io.Writer, in watch.Inspection) error {
	p := &inspectionPrinter{w: w}
	platform := in.Platform
	if platform == "" {
		platform = "unknown"
	}
	p.line("platform  %s", platform)
	p.line("documents")
	for _, d := range in.Documents {
		status := ""
		if d.HTTPStatus != 0 {
			status = fmt.Sprint(d.HTTPStatus, "  ")
		}
		p.line("    %s%s  %d bytes  %s", status, d.URL, d.Bytes,
			cmp.Or(d.Error, fmt.Sprintf("%s: %s", d.Document, words.Count(d.Incidents, "incident"))))
	}
	p.selectors(in.Selectors)
	if in.Error == "" || len(in.Incidents) > 0 {
		p.line("\n%s", words.Count(len(in.Incidents), "incident"))
	}
	for _, i := range in.Incidents {
		p.incident(i)
	}
	if len(in.Components) > 0 {
		p.line("\n%s", words.Count(len(in.Components), "component"))
	}
	for _, c := range in.Components {
		p.line("    %s  %s", label(c), meaning(c.VendorStatus, c.Status))
	}
	if in.Error == "" {
		p.line("\n%s", words.Count(len(in.Findings), "finding"))
	}
	for _, f := range in.Findings {
		p.line("    %s%s %q: %s", prefixed(f.Key), f.Field, f.Value, f.Problem)
	}
	switch {
	case in.Error != "" || in.AllOpen:
	case in.Platform == scraper.Custom:
		p.line("\nAn incident that disappears from the page is not recorded as gone. If the page lists every open " +
			"incident, write complete = true.")
	default:
		p.line("\nAn incident that disappears from these documents is not recorded as gone, since they may not list " +
			"every open one.")
	}
	return p.err
}

// An inspectionPrinter writes lines until one fails.
type inspectionPrinter struct {
	w   io.Writer
	err error
}

func (p *inspectionPrinter) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}

func (p *inspectionPrinter) selectors(matches []custom.Match) {
	if len(matches) > 0 {
		p.line("\nselectors")
	}
	for _, m := range matches {
		found := fmt.Sprintf("%d matches", m.Count)
		switch {
		case m.Places == 0:
			found = fmt.Sprintf("not tried: there is no %s", m.Within)
		case m.Count == 0 && m.Within == "page":
			found = "NOTHING MATCHES"
		case m.Count == 0:
			found = fmt.Sprintf("NOTHING MATCHES in any of %s", words.Count(m.Places, m.Within))
		case m.Count == 1 && m.Within == "page":
			found = "1 match"
		case m.Within != "page":
			found = fmt.Sprintf("in %d of %s", m.Matched, words.Count(m.Places, m.Within))
		}
		p.line("    %-17s %s  %s", m.Key, m.Selector, found)
		for _, text := range m.First {
			p.line("    %-17s     %q", "", text)
		}
	}
}

func (p *inspectionPrinter) incident(i watch.InspectedIncident) {
	p.line("\n    %s", i.Title)
	row := func(name, value string) {
		if value != "" {
			p.line("        %-16s %s", name, value)
		}
	}
	row("key", i.Key)
	row("page", i.URL)
	row("kind", i.Kind)
	row("state", meaning(i.VendorState, i.State))
	row("severity", meaning(i.VendorSeverity, i.Severity))
	said := map[string]string{}
	for _, raw := range i.Raw {
		for name, t := range map[string]string{
			"started":         cmp.Or(raw.Started.Text, raw.Period.Text),
			"resolved":        cmp.Or(raw.Resolved.Text, raw.Period.Text),
			"scheduled start": cmp.Or(raw.ScheduledStart.Text, raw.Period.Text),
			"scheduled end":   cmp.Or(raw.ScheduledEnd.Text, raw.Period.Text),
		} {
			said[name] = cmp.Or(said[name], t)
		}
	}
	if i.Kind == string(normalize.KindMaintenance) && i.StartedAt == "" {
		said["started"] = "" // what vendors call the start of a maintenance is when they published it
	}
	row("started", meaning(said["started"], i.StartedAt))
	row("resolved", meaning(said["resolved"], i.ResolvedAt))
	row("scheduled start", meaning(said["scheduled start"], i.ScheduledStartAt))
	row("scheduled end", meaning(said["scheduled end"], i.ScheduledEndAt))
	var names []string
	for _, c := range i.Components {
		names = append(names, label(c))
	}
	row("components", strings.Join(names, ", "))
	for _, u := range i.Updates {
		row("update", fmt.Sprintf("%s; %s", meaning(u.VendorState, u.State),
			cmp.Or(meaning(u.Posted, u.PostedAt), "no time")))
		row("", words.Short(markdown.Plain(u.Body), 100))
	}
}

// meaning is a vendor's word with what it is taken to mean.
func meaning(word, ours string) string {
	switch {
	case word == "" || word == ours:
		return ours
	case ours == "":
		return fmt.Sprintf("%q is unknown", word)
	}
	return fmt.Sprintf("%q is %s", word, ours)
}

func label(c watch.InspectedComponent) string {
	if c.Group == "" {
		return c.Name
	}
	return c.Group + " › " + c.Name
}

func prefixed(key string) string {
	if key == "" {
		return ""
	}
	return key + " "
}
