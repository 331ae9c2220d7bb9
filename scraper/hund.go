package scraper

import (
	"bytes"
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
)

func init() { Register("hund", hund{}) }

// hund reads the status pages of Hund (hund.io) by the Atom feed that each page has, known from documents only: an
// open-source reader with a recorded feed, and https://hund.io/help/getting-started/issues .
//
//	<page>/state_feed/feed   the latest news, each under the label that an issue had then
//
// Hund's API wants a key, and its live events come as a stream that does not end. The feed does not tell all that
// is open, so that nothing is concluded from an issue's absence, and components and severities are not in it.
type hund struct{}

const hundFeed = "feed"

const hundFeedPath = "/state_feed/feed"

const wantHund = "the Atom feed of a Hund page (<page>" + hundFeedPath + ")"

var (
	// hundEntry is the id of an entry; hundFeedID that of a feed, which is all that an empty one has.
	hundEntry  = regexp.MustCompile(`^tag:[^,]+,\d{4}:State::FeedNotifier::Entry/(\w+)$`)
	hundFeedID = regexp.MustCompile(`^tag:[^,]+,\d{4}:/state_feed\b`)
	hundIssue  = regexp.MustCompile(`/issues/(\w+)/?$`)
	hundLabel  = regexp.MustCompile(`^\s*\[([^\]]{1,60})\]\s*(.*)$`)
)

// Start asks for the feed.
func (hund) Start(s Source) []Request {
	return []Request{{URL: HomeOf(hund{}, s.URL) + hundFeedPath}}
}

// Home returns scheme and host: Hund serves one status page a host.
func (hund) Home(page *url.URL) string { return siteOf(page) }

// Words are Hund's labels beyond the common words, in the languages known; a vendor can make others. A scheduled
// issue ends, another one is resolved. An announcement counts as over when it is made.
func (hund) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"assessed": normalize.StateIdentified, "problem_identified": normalize.StateIdentified,
		"reopened": normalize.StateInvestigating, "re_opened": normalize.StateInvestigating,
		"maintenance": normalize.StateInProgress, "started": normalize.StateInProgress, "ended": normalize.StateCompleted,
		"information": normalize.StateResolved, "informational": normalize.StateResolved,
		"gelöst": normalize.StateResolved, "behoben": normalize.StateResolved, "beendet": normalize.StateCompleted,
	}}
}

// Describe says what is read of Hund.
func (hund) Describe() Description {
	return Description{
		Name:      "Hund",
		Documents: []string{"state_feed/feed (Atom)"},
		History:   "what the feed lists",
		Fields:    []string{"url", "state", "started_at", "resolved_at", "updates"},
		Source:    FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (hund) Marks() []string { return []string{"State::FeedNotifier", "/state_feed"} }

// Parse reads the feed. It returns an error that wraps ErrShape for another feed, and for one that breaks off.
func (hund) Parse(_ Source, p Page) (Result, error) {
	body := feedBody(p)
	if !isFeed(body) {
		return Result{}, notWanted(p, wantHund)
	}
	if err := wholeXML(body); err != nil {
		return Result{}, shapeErrorf("a feed that cannot be read to its end: %v", err)
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(declaredUTF8(body)))
	if err != nil || feed.FeedType != "atom" {
		return Result{}, notWanted(p, wantHund)
	}
	if len(feed.Items) == 0 && !hundNames(body) {
		return Result{}, notWanted(p, wantHund)
	}
	res := Result{Document: hundFeed, PageName: oneLine(feed.Title), PageURL: homeOfStatuspage(cmp.Or(feed.Link, p.URL))}
	at := map[string]int{}
	for _, item := range feed.Items {
		m := hundEntry.FindStringSubmatch(strings.TrimSpace(item.GUID))
		if m == nil {
			return Result{}, notWanted(p, wantHund)
		}
		raw := hundRaw(item, m[1], p)
		n, seen := at[raw.ID]
		if !seen {
			at[raw.ID] = len(res.Incidents)
			res.Incidents = append(res.Incidents, raw)
			continue
		}
		// Feeds list the newest first, whose title is the one that holds.
		res.Incidents[n].Updates = append(res.Incidents[n].Updates, raw.Updates...)
	}
	for i := range res.Incidents {
		oldestFirst(res.Incidents[i].Updates)
	}
	return res, nil
}

var hundNamed = regexp.MustCompile(`<id>\s*([^<]*?)\s*</id>`)

// hundNames reports whether a feed calls itself Hund's.
func hundNames(body []byte) bool {
	m := hundNamed.FindSubmatch(body)
	return m != nil && hundFeedID.Match(m[1])
}

// hundRaw reads an entry: one piece of news of an issue, or of a component that changed by itself, under the label
// in brackets before its title.
func hundRaw(item *gofeed.Item, entry string, p Page) normalize.Raw {
	raw := normalize.Raw{Document: hundFeed, ID: entry, URL: resolveURL(p.URL, strings.TrimSpace(item.Link)), Title: oneLine(item.Title), Excerpt: true}
	up := normalize.RawUpdate{ID: entry, Body: strings.TrimSpace(cmp.Or(item.Content, item.Description))}
	up.Posted, up.Format = rawTime(cmp.Or(item.Updated, item.Published), ""), formatOf(up.Body)
	if m := hundIssue.FindStringSubmatch(raw.URL); m != nil {
		// Where an entry stands for its issue from first to last, its label's time tells its updates apart.
		if raw.ID = m[1]; entry == m[1] {
			up.ID = ""
			raw.Started = rawTime(item.Published, "")
		}
	}
	if m := hundLabel.FindStringSubmatch(raw.Title); m != nil && m[2] != "" {
		up.State, raw.Title = m[1], m[2]
	}
	switch normalize.Word(up.State) {
	case "information", "informational":
		raw.Kind = string(normalize.KindNotice)
	}
	raw.Updates = []normalize.RawUpdate{up}
	return raw
}
