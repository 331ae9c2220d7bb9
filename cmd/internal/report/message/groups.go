package message

import (
	"net/url"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
)

// Group is a titled list of a digest in words: of incidents and maintenance, or of vendors, components and pages.
type Group struct {
	Title string
	Lines []Line
}

// Groups is everything that a digest tells below its headline, in the order in which it is told: what is open or not
// known to be well, what is over, planned work, what was written afterwards, and what could not be read.
func (d Digest) Groups() []Group {
	if d.Review != nil {
		return d.reviewGroups()
	}
	groups := map[string][]Line{}
	for _, s := range d.Sections() {
		for _, i := range s.Items {
			groups[s.Title] = append(groups[s.Title], d.Line(i))
		}
	}
	for _, s := range d.NotWell {
		groups[NotWellTitle] = append(groups[NotWellTitle], lineOf(s.VendorName, s.Vendor, "", d.NotWellText(s)))
	}
	for _, p := range d.Components {
		groups[componentsTitle] = append(groups[componentsTitle], lineOf(p.VendorName, p.Vendor, "", p.Text()))
	}
	for _, s := range d.Unreadable {
		groups[unreadableTitle] = append(groups[unreadableTitle],
			lineOf(s.VendorName, s.Vendor, s.PageURL, d.UnreadableText(s)))
	}
	for _, s := range d.ReadableAgain {
		groups[readableTitle] = append(groups[readableTitle],
			lineOf(s.VendorName, s.Vendor, s.PageURL, d.ReadableText(s)))
	}
	for _, s := range d.Moved {
		groups[MovedTitle] = append(groups[MovedTitle], lineOf(s.VendorName, s.Vendor, s.PageURL, "its "+s.Reason))
	}
	var out []Group
	for _, title := range []string{openTitle, NotWellTitle, overTitle, resolvedTitle, goneTitle, componentsTitle,
		runningTitle, upcomingTitle, endedTitle, postmortemsTitle, changedTitle, pastTitle,
		unreadableTitle, readableTitle, MovedTitle} {
		if lines := groups[title]; len(lines) > 0 {
			out = append(out, Group{title, lines})
		}
	}
	return out
}

// lineOf is a line on a vendor or one of its pages.
func lineOf(name, slug, link, text string) Line {
	return Line{Vendor: VendorName(name, slug, 40), Link: WebLink(link), Facts: []string{text}}
}

// WindowURL is the address of our dashboard that lists exactly the incidents of the window; empty without a dashboard.
func (d Digest) WindowURL() string {
	if d.DashboardURL == "" {
		return ""
	}
	base := strings.TrimRight(d.DashboardURL, "/")
	if d.FromAt == "" {
		return base + "/history"
	}
	second := func(at string) string { return words.Time(at).UTC().Truncate(time.Second).Format(time.RFC3339) }
	return base + "/history?" + url.Values{"since": {second(d.FromAt)}, "until": {second(d.UntilAt)}}.Encode()
}
