// Package azure reads the RSS feed of Azure Status, known from bytes. It lists open incidents only: a channel without
// items says that there are none, and an incident that is no longer listed was resolved, mitigated or withdrawn.
// There is no history and no severity. Of an incident only the current text is shown.
package azure

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = `the feed of Azure Status (a channel titled "Azure Status" that links to a page /status of Azure)`

// feed is the document that the status page links to.
const feed = "/en-us/status/feed/"

// Start requests the feed.
func (Platform) Start(s scraper.Source) []scraper.Request {
	u := strings.TrimSuffix(s.URL, "/")
	if strings.HasSuffix(u, "/feed") {
		return []scraper.Request{{URL: u + "/"}}
	}
	return []scraper.Request{{URL: scraper.HomeOf(Platform{}, u) + feed}}
}

// Home returns scheme and host: one host serves one status page.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Azure Status",
		Documents: []string{"RSS feed"},
		History:   "none: the feed lists open incidents, and only the newest text of each",
		Fields:    []string{"url", "state", "started_at", "resolved_at", "updates", "affected"},
		Source:    scraper.FromBytes,
	}
}

// Parse reads the feed. It returns an error that wraps ErrShape for another feed, and for one that breaks off.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	feed, err := page.ReadRSS(p, want)
	if err != nil {
		return scraper.Result{}, err
	}
	if page.OneLine(feed.Title) != "Azure Status" || !isPage(feed.Link) {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{
		Document: "feed",
		PageName: "Azure",
		PageURL:  pageOf(feed.Link),
		Coverage: scraper.Coverage{Open: true},
	}
	for _, item := range feed.Items {
		res.Incidents = append(res.Incidents, readEntry(item))
	}
	return res, nil
}

var host = lazyregexp.New(
	`(?i)(?:^|\.)azure\.(?:com|microsoft\.com|status\.microsoft)$|^status\.azure\.(?:com|us|cn)$|` +
		`^azurestatus[a-z0-9-]*\.azurewebsites\.net$`,
)

// isPage reports whether an address is that of Azure's status page. The feed names the host that made it, which
// changes from request to request.
func isPage(address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	return err == nil && host.MatchString(u.Hostname()) &&
		strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), "/status")
}

// pageOf returns the public address instead of that of the host that made the feed.
func pageOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !isPage(address) {
		return ""
	}
	if strings.HasSuffix(strings.ToLower(u.Hostname()), ".azurewebsites.net") {
		u.Host = "azure.status.microsoft"
	}
	u.Scheme = "https"
	return strings.TrimSuffix(u.String(), "/")
}

// The texts begin with the start of the impact, and with its end once it is over.
var (
	started = lazyregexp.New(
		`(?i)\b(?:starting|started|beginning|began) (?:(?:at|from)\s+)?(?:(?:approximately|about|` +
			`around)\s+)?(\d{1,2}:\d{2} UTC on ` + date + `)`,
	)
	between = lazyregexp.New(
		`(?i)\bbetween (\d{1,2}:\d{2})(?: UTC)?(?: on (` + date + `))? and (\d{1,2}:\d{2}) UTC on (` + date + `)`,
	)
)

const date = `(?:\d{1,2} [a-z]+,? \d{4}|[a-z]+ \d{1,2},? \d{4})`

// over reports whether a state word means that the incident is over.
func over(word string) bool {
	switch normalize.Word(word) {
	case "mitigated", "resolved", "fixed", "completed":
		return true
	}
	return false
}

// readEntry reads one item. Its guid is made from the first title. The text is replaced as the incident develops, but
// its time stays that of the first publication, which identifies the update.
func readEntry(item *gofeed.Item) normalize.Raw {
	published := normalize.RawTime{Text: strings.TrimSpace(item.Published)}
	raw := normalize.Raw{
		Document: "feed",
		ID:       strings.TrimSpace(item.GUID),
		URL:      pageOf(item.Link),
		Kind:     string(normalize.KindIncident),
		Title:    page.OneLine(item.Title),
		State:    page.ItemState(item.Title, nil, item.Description),
		Started:  published,
		Created:  published,
	}
	if raw.ID == "" {
		raw.URL = "" // the page's own address would make all incidents one
	}
	text := page.Visible(item.Description)
	if m := between.FindStringSubmatch(text); m != nil {
		raw.Started = normalize.RawTime{Text: m[1] + " UTC on " + cmp.Or(m[2], m[4])}
		if over(raw.State) {
			raw.Resolved = normalize.RawTime{Text: m[3] + " UTC on " + m[4]}
		}
	} else if m := started.FindStringSubmatch(text); m != nil {
		raw.Started = normalize.RawTime{Text: m[1]}
	}
	for _, category := range item.Categories {
		c := normalize.RawComponent{Name: page.OneLine(category)}
		if slices.Contains(Regions, c.Name) {
			c.Group = "Regions"
		}
		if c.Name != "" && !slices.Contains(raw.Components, c) {
			raw.Components = append(raw.Components, c)
		}
	}
	if body := strings.TrimSpace(item.Description); body != "" || raw.State != "" {
		id := published.Text
		if id == "" {
			id = "text"
		}
		update := normalize.RawUpdate{
			ID:     id,
			State:  raw.State,
			Posted: published,
			Body:   body,
			Format: normalize.FormatHTML,
		}
		if over(raw.State) {
			update.State = "" // the incident was not over at the printed time
		}
		raw.Updates = []normalize.RawUpdate{update}
	}
	return raw
}

// Regions are the names of regions in the feed's categories, where they are mixed with names of services; see
// https://learn.microsoft.com/azure/reliability/regions-list .
var Regions = []string{
	"Global", "Non-Regional", "Australia Central", "Australia Central 2", "Australia East",
	"Australia Southeast", "Austria East", "Belgium Central", "Brazil South", "Brazil Southeast",
	"Canada Central", "Canada East", "Central India", "Central US", "Chile Central", "China East",
	"China East 2", "China East 3", "China North", "China North 2", "China North 3", "Denmark East",
	"East Asia", "East US", "East US 2", "East US 3", "France Central", "France South", "Germany North",
	"Germany West Central", "Indonesia Central", "Israel Central", "Italy North", "Japan East", "Japan West",
	"Jio India Central", "Jio India West", "Korea Central", "Korea South", "Malaysia West", "Mexico Central",
	"New Zealand North", "North Central US", "North Europe", "Norway East", "Norway West", "Poland Central",
	"Qatar Central", "South Africa North", "South Africa West", "South Central US", "South India",
	"Southeast Asia", "Spain Central", "Sweden Central", "Sweden South", "Switzerland North",
	"Switzerland West", "Taiwan North", "UAE Central", "UAE North", "UK South", "UK West", "USDoD Central",
	"USDoD East", "USGov Arizona", "USGov Texas", "USGov Virginia", "West Central US", "West Europe",
	"West India", "West US", "West US 2", "West US 3",
}
