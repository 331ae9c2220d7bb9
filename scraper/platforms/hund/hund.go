// Package hund reads the status pages of Hund (hund.io) by the Atom feed that each page has, known from documents
// only: an open-source reader with a recorded feed, and https://hund.io/help/getting-started/issues .
//
//	<page>/state_feed/feed   the latest news, each with the label of its issue at that time
//
// Hund's API needs a key, and its live events are an endless stream. The feed does not list everything that is open,
// so that an issue's absence proves nothing, and components and severities are not in it.
package hund

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

const document = "feed"

const feedPath = "/state_feed/feed"

const want = "the Atom feed of a Hund page (<page>" + feedPath + ")"

var (
	// entry is the id of an entry, feedID that of a feed. An empty feed has nothing else to recognise it by.
	entry  = lazyregexp.New(`^tag:[^,]+,\d{4}:State::FeedNotifier::Entry/(\w+)$`)
	feedID = lazyregexp.New(`^tag:[^,]+,\d{4}:/state_feed\b`)
	issue  = lazyregexp.New(`/issues/(\w+)/?$`)
	label  = lazyregexp.New(`^\s*\[([^\]]{1,60})\]\s*(.*)$`)
)

// Start requests the feed.
func (Platform) Start(s scraper.Source) []scraper.Request {
	return []scraper.Request{{URL: scraper.HomeOf(Platform{}, s.URL) + feedPath}}
}

// Home returns scheme and host: Hund serves one status page a host.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words are Hund's labels in the known languages; a vendor can add others. A scheduled issue ends, any other is
// resolved. An announcement is over as soon as it is made.
func (Platform) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"assessed":           normalize.StateIdentified,
		"problem_identified": normalize.StateIdentified,
		"reopened":           normalize.StateInvestigating,
		"re_opened":          normalize.StateInvestigating,
		"maintenance":        normalize.StateInProgress,
		"started":            normalize.StateInProgress,
		"ended":              normalize.StateCompleted,
		"information":        normalize.StateResolved,
		"informational":      normalize.StateResolved,
		"gelöst":             normalize.StateResolved,
		"behoben":            normalize.StateResolved,
		"beendet":            normalize.StateCompleted,
	}}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Hund",
		Documents: []string{"state_feed/feed (Atom)"},
		History:   "what the feed lists",
		Fields:    []string{"url", "state", "started_at", "resolved_at", "updates"},
		Source:    scraper.FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{"State::FeedNotifier", "/state_feed"} }

// Parse reads the feed. It returns an error that wraps ErrShape for another feed, and for one that breaks off.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	feed, err := page.ReadFeed(p, want)
	if err != nil {
		return scraper.Result{}, err
	}
	if feed.FeedType != "atom" {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	if len(feed.Items) == 0 && !names(body) {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{
		Document: document,
		PageName: page.OneLine(feed.Title),
		PageURL:  page.SiteOf(cmp.Or(feed.Link, p.URL)),
	}
	at := map[string]int{}
	for _, item := range feed.Items {
		m := entry.FindStringSubmatch(strings.TrimSpace(item.GUID))
		if m == nil {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		raw := raw(item, m[1], p)
		n, seen := at[raw.ID]
		if !seen {
			at[raw.ID] = len(res.Incidents)
			res.Incidents = append(res.Incidents, raw)
			continue
		}
		// Feeds list the newest entry first, and its title counts.
		if was := res.Incidents[n].Title; raw.Title != was {
			res.Findings = append(res.Findings, page.OtherTitle(raw.ID, raw.Title))
		}
		res.Incidents[n].Updates = append(res.Incidents[n].Updates, raw.Updates...)
	}
	for i := range res.Incidents {
		page.OldestFirst(res.Incidents[i].Updates)
	}
	return res, nil
}

var named = lazyregexp.New(`<id>\s*([^<]*?)\s*</id>`)

// names reports whether a feed calls itself Hund's.
func names(body []byte) bool {
	m := named.FindSubmatch(body)
	return m != nil && feedID.Match(m[1])
}

// raw reads an entry: news of an issue, or of a component that changed without one. The label is in brackets before
// the title.
func raw(item *gofeed.Item, entry string, p page.Page) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		ID:       entry,
		URL:      page.Resolve(p.URL, strings.TrimSpace(item.Link)),
		Title:    page.OneLine(item.Title),
		Excerpt:  true,
	}
	up := normalize.RawUpdate{ID: entry, Body: strings.TrimSpace(cmp.Or(item.Content, item.Description))}
	up.Posted, up.Format = page.Time(cmp.Or(item.Updated, item.Published), ""), page.FormatOf(up.Body)
	if m := issue.FindStringSubmatch(raw.URL); m != nil {
		// If one entry stands for the whole issue, its updates are told apart by the time of its label.
		if raw.ID = m[1]; entry == m[1] {
			up.ID = ""
			raw.Started = page.Time(item.Published, "")
		}
	}
	if m := label.FindStringSubmatch(raw.Title); m != nil && m[2] != "" {
		up.State, raw.Title = m[1], m[2]
	}
	switch normalize.Word(up.State) {
	case "information", "informational":
		raw.Kind = string(normalize.KindNotice)
	}
	raw.Updates = []normalize.RawUpdate{up}
	return raw
}
