// Package ibmcloud reads the feed of IBM Cloud's notifications, /status/api/notifications/feed.rss, known from
// documents: https://cloud.ibm.com/docs/get-support names it, and its form is known from other readers.
//
// Every item's text has labelled parts: type, regions, resources, start and end. The types are incident, maintenance,
// announcement, release and security. The last three are product news and make up most of the feed; they are left
// out. An item has the current text, so that its timeline grows from poll to poll. There is no severity, and the
// state is in title and text only. The history is as deep as the feed.
package ibmcloud

import (
	"cmp"
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

const want = "the feed of IBM Cloud's notifications (items of cloud.ibm.com with Type, Regions and Resources)"

const feed = "/status/api/notifications/feed.rss"

// Start requests the feed.
func (Platform) Start(s scraper.Source) []scraper.Request {
	u, err := url.Parse(s.URL)
	if err != nil || strings.HasSuffix(u.Path, ".rss") {
		return []scraper.Request{{URL: s.URL}}
	}
	return []scraper.Request{{URL: page.Site(u) + feed}}
}

// Home returns the status page of the console that an address belongs to.
func (Platform) Home(u *url.URL) string { return page.Site(u) + "/status" }

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "IBM Cloud Status",
		Documents: []string{"api/notifications/feed.rss"},
		History:   "what the feed lists; only the newest text of each incident",
		Fields: []string{
			"state", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected",
		},
		Source: scraper.FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{"cloud.ibm.com"} }

// Parse reads the feed. It returns an error that wraps ErrShape for a feed without items, and for items of another
// host or without a type.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	feed, err := page.ReadRSS(p, want)
	if err != nil {
		return scraper.Result{}, err
	}
	if len(feed.Items) == 0 {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{Document: "feed", PageName: "IBM Cloud"}
	for _, item := range feed.Items {
		labels := labels(item.Description)
		link, err := url.Parse(strings.TrimSpace(item.Link))
		if err != nil || !strings.HasSuffix("."+link.Hostname(), ".cloud.ibm.com") || labels["type"] == "" {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		res.PageURL = cmp.Or(res.PageURL, Platform{}.Home(link))
		switch strings.ToLower(labels["type"]) {
		case "announcement", "release", "security":
			continue
		}
		res.Incidents = append(res.Incidents, readEntry(item, labels))
	}
	return res, nil
}

var label = lazyregexp.New(`\b(ID|Type|Regions|Resources|Outage Start|Outage End|Update Time):`)

// labels returns the labelled parts of a text by their labels in lower case. A part ends at the next label, or at the
// end of the text. The parts are at the end of the text, so that the last one with a label counts.
func labels(description string) map[string]string {
	text := page.OneLine(page.Visible(page.BreakBlocks(description, " ")))
	labels := map[string]string{}
	found := label.FindAllStringSubmatchIndex(text, -1)
	for i, at := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		labels[strings.ToLower(text[at[2]:at[3]])] = strings.TrimSpace(text[at[1]:end])
	}
	return labels
}

// readEntry reads one incident or maintenance. Its link leads to a tab of the page.
func readEntry(item *gofeed.Item, labels map[string]string) normalize.Raw {
	raw := normalize.Raw{
		Document: "feed",
		ID:       cmp.Or(labels["id"], strings.TrimSpace(item.GUID)),
		Kind:     strings.ToLower(labels["type"]), // an unknown type becomes a finding
		Title:    page.OneLine(item.Title),
		State:    page.ItemState(item.Title, nil, item.Description),
		Created:  page.Time(item.Published, ""),
		Updated:  page.Time(labels["update time"], ""),
		Excerpt:  true,
	}
	start, end := page.Time(labels["outage start"], ""), page.Time(labels["outage end"], "")
	if raw.Kind == string(normalize.KindMaintenance) {
		raw.ScheduledStart, raw.ScheduledEnd = start, end
	} else {
		raw.Started, raw.Resolved = start, end
		if !end.IsZero() && normalize.Word(raw.State) != "resolved" {
			raw.State = "" // the end counts more than the words of the text
		}
	}
	if raw.Started.IsZero() && raw.ScheduledStart.IsZero() {
		raw.Started = raw.Created
	}
	for _, name := range names(labels["regions"]) {
		raw.Components = append(raw.Components, normalize.RawComponent{Name: name, Group: "Regions"})
	}
	for _, name := range names(labels["resources"]) {
		raw.Components = append(raw.Components, normalize.RawComponent{Name: name, Group: "Resources"})
	}
	posted := raw.Updated
	if posted.IsZero() {
		posted = raw.Created
	}
	raw.Updates = []normalize.RawUpdate{
		{State: raw.State, Posted: posted, Body: item.Description, Format: normalize.FormatHTML},
	}
	return raw
}

// names splits a list of names at its commas.
func names(list string) []string {
	var names []string
	for _, name := range strings.Split(list, ",") {
		if name = page.OneLine(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}
