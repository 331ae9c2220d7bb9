// Package kener reads the status pages of Kener by the RSS feed that each page has at rss.xml. It is known from the
// program's source alone: https://github.com/rajnandan1/kener . Its API needs a key.
//
// The feed has the last ninety days, fifty events at the most, so that an event's absence proves nothing. Of an
// incident it has the state, the newest comment and its time; of a maintenance the state and the window. It has neither
// severities nor the page's components.
package kener

import (
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const (
	document = "feed"
	want     = "the RSS feed of a Kener page (<page>/rss.xml, items that are an [Incident] or a [Maintenance])"
	about    = "Latest incidents and scheduled maintenance for "
	titled   = " — Incidents & Maintenance"
)

// Start requests the feed.
func (Platform) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{{URL: scraper.HomeOf(Platform{}, s.URL) + "/rss.xml"}}
}

var below = lazyregexp.New(`/(?:rss\.xml|incidents/\d+|maintenances/\d+|monitors/[^/]+|events/[^/]+)?/?$`)

// Home returns the address without Kener's own paths. One server may have several pages.
func (Platform) Home(u *url.URL) string { return page.Above(u, below) }

// Words are the states of a maintenance. One that is ready has not begun.
func (Platform) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"ready": normalize.StateScheduled, "ongoing": normalize.StateInProgress,
	}}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Kener",
		Documents: []string{"rss.xml"},
		History:   "what the feed lists, 90 days at the most; only the newest comment of each incident",
		Fields: []string{
			"url", "state", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates",
			"affected",
		},
		Source: scraper.FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{about} }

// Parse reads the feed. It returns an error that wraps ErrShape for a feed that does not call itself Kener's, and for
// an item that is neither of its two kinds or does not tell its state.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	feed, err := page.ReadRSS(p, want)
	if err != nil {
		return scraper.Result{}, err
	}
	name, ok := strings.CutPrefix(feed.Description, about)
	if !ok || name == "" || feed.Title != name+titled || !page.IsAddress(feed.Link) {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{Document: document, PageName: name, PageURL: strings.TrimSuffix(feed.Link, "/")}
	for _, item := range feed.Items {
		raw, ok := read(item)
		if !ok {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		res.Incidents = append(res.Incidents, raw)
	}
	return res, nil
}

var (
	guid  = lazyregexp.New(`^(incident|maintenance)-(\d+)$`)
	title = lazyregexp.New(`^\[(Incident|Maintenance)\] (.+)$`)
)

// read reads an item. Its lines are labelled parts, an empty line, and the comment or description.
func read(item *gofeed.Item) (normalize.Raw, bool) {
	id, named := guid.FindStringSubmatch(item.GUID), title.FindStringSubmatch(page.OneLine(item.Title))
	if id == nil || named == nil || strings.ToLower(named[1]) != id[1] ||
		!strings.HasSuffix(item.Link, "/"+id[1]+"s/"+id[2]) || item.Published == "" {
		return normalize.Raw{}, false
	}
	head, body, _ := strings.Cut(page.UnixLines(item.Description), "\n\n")
	parts := map[string]string{}
	for _, line := range strings.Split(head, "\n") {
		label, text, ok := strings.Cut(line, ": ")
		if !ok {
			return normalize.Raw{}, false
		}
		parts[label] = text
	}
	raw := normalize.Raw{
		Document: document, ID: item.GUID, URL: item.Link, Kind: id[1], Title: named[2], State: parts["Status"],
		Components: affected(parts["Affected"]), Excerpt: true,
	}
	if raw.State == "" {
		return normalize.Raw{}, false
	}
	up := normalize.RawUpdate{Body: strings.TrimSpace(body), Format: page.FormatOf(body)}
	if raw.Kind == string(normalize.KindMaintenance) {
		start, end, ok := strings.Cut(parts["Scheduled"], " → ")
		if !ok {
			return normalize.Raw{}, false
		}
		raw.ScheduledStart = page.Time(start, "")
		if end != "open-ended" {
			raw.ScheduledEnd = page.Time(end, "")
		}
		if up.Body != "" {
			up.ID, up.State = "description", "update" // when it was written is not told
			raw.Updates = []normalize.RawUpdate{up}
		}
		return raw, true
	}
	if up.Body == "" {
		raw.Started = page.Time(item.Published, "")
		return raw, true
	}
	up.State, up.Posted = raw.State, page.Time(item.Published, "")
	raw.Updates = []normalize.RawUpdate{up}
	return raw, true
}

// affected splits a list of names. "All monitors" stands for the page itself.
func affected(list string) []normalize.RawComponent {
	var out []normalize.RawComponent
	for _, name := range strings.Split(list, ", ") {
		if name = page.OneLine(name); name != "" && list != "All monitors" {
			out = append(out, normalize.RawComponent{Name: name})
		}
	}
	return out
}
