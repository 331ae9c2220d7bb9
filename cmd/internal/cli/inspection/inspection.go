// Package inspection shows people what was read from one page.
package inspection

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"vendorwatch/cmd/internal/watch"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/custom"
)

// Print writes what was found on a page, in the vendor's words and in ours, for people. The error is that of w.
func Print(w io.Writer, in watch.Inspection) error {
	p := &printer{w: w}
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

// A printer writes lines until one fails.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}

func (p *printer) selectors(matches []custom.Match) {
	if len(matches) > 0 {
		p.line("\nselectors")
	}
	for _, m := range matches {
		found := fmt.Sprintf("%d matches", m.Count)
		switch {
		case strings.HasSuffix(m.Key, "refuse"):
			found = "nothing matches, as it must be"
			if m.Count > 0 {
				found = "MATCHES, so that the page is refused"
			}
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

func (p *printer) incident(i watch.InspectedIncident) {
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
