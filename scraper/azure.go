package scraper

import (
	"bytes"
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
)

func init() { Register("azure", azure{}) }

// azure reads the RSS feed of Azure Status, known from bytes. It lists what is open and nothing else: a
// channel without items says that all is well, and what is no longer listed is over, mitigated or
// taken back. There is no history, and no severity. Of an incident it shows the words of now only.
type azure struct{}

const wantAzure = `the feed of Azure Status (a channel titled "Azure Status" that links to a page /status of Azure)`

// azureFeed is the document that the status page links to.
const azureFeed = "/en-us/status/feed/"

// Start asks for the feed.
func (azure) Start(s Source) []Request {
	u := strings.TrimSuffix(s.URL, "/")
	if strings.HasSuffix(u, "/feed") {
		return []Request{{URL: u + "/"}}
	}
	return []Request{{URL: HomeOf(azure{}, u) + azureFeed}}
}

// Home returns scheme and host: one host serves one status page.
func (azure) Home(page *url.URL) string { return siteOf(page) }

// Describe says what is read of Azure Status.
func (azure) Describe() Description {
	return Description{
		Name:      "Azure Status",
		Documents: []string{"RSS feed"},
		History:   "none: the feed lists what is open; of an incident it shows the newest words only",
		Fields:    []string{"url", "state", "started_at", "resolved_at", "updates", "affected"},
		Source:    FromBytes,
	}
}

// Parse reads the feed. It returns an error that wraps ErrShape for another feed, and for one that breaks off.
func (azure) Parse(s Source, p Page) (Result, error) {
	feed, err := readRSS(p, wantAzure)
	if err != nil {
		return Result{}, err
	}
	if oneLine(feed.Title) != "Azure Status" || !isAzurePage(feed.Link) {
		return Result{}, notWanted(p, wantAzure)
	}
	res := Result{Document: "feed", PageName: "Azure", PageURL: azurePage(feed.Link), Coverage: Coverage{Open: true}}
	for _, item := range feed.Items {
		res.Incidents = append(res.Incidents, azureItem(item))
	}
	return res, nil
}

// readRSS reads an RSS feed to its end.
func readRSS(p Page, want string) (*gofeed.Feed, error) {
	body := feedBody(p)
	if !isFeed(body) {
		return nil, notWanted(p, want)
	}
	if err := wholeXML(body); err != nil {
		return nil, shapeErrorf("a feed that cannot be read to its end: %v", err)
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(declaredUTF8(body)))
	if err != nil || feed.FeedType != "rss" {
		return nil, notWanted(p, want)
	}
	return feed, nil
}

var azureHost = regexp.MustCompile(`(?i)(?:^|\.)azure\.(?:com|microsoft\.com|status\.microsoft)$|^status\.azure\.(?:com|us|cn)$|^azurestatus[a-z0-9-]*\.azurewebsites\.net$`)

// isAzurePage reports whether an address is that of Azure's status page; the feed names the host that
// made it, which is another from one request to the next.
func isAzurePage(address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	return err == nil && azureHost.MatchString(u.Hostname()) && strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), "/status")
}

// azurePage returns the address that people use in place of the host that made the feed.
func azurePage(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !isAzurePage(address) {
		return ""
	}
	if strings.HasSuffix(strings.ToLower(u.Hostname()), ".azurewebsites.net") {
		u.Host = "azure.status.microsoft"
	}
	u.Scheme = "https"
	return strings.TrimSuffix(u.String(), "/")
}

// The texts begin with the time of the first effects, and, once it is over, of the last.
var (
	azureStarted = regexp.MustCompile(`(?i)\b(?:starting|started|beginning|began) (?:(?:at|from)\s+)?(?:(?:approximately|about|around)\s+)?(\d{1,2}:\d{2} UTC on ` + azureDate + `)`)
	azureBetween = regexp.MustCompile(`(?i)\bbetween (\d{1,2}:\d{2})(?: UTC)?(?: on (` + azureDate + `))? and (\d{1,2}:\d{2}) UTC on (` + azureDate + `)`)
)

const azureDate = `(?:\d{1,2} [a-z]+,? \d{4}|[a-z]+ \d{1,2},? \d{4})`

// azureOver reports whether a word found in a text says that it is over.
func azureOver(word string) bool {
	switch normalize.Word(word) {
	case "mitigated", "resolved", "fixed", "completed":
		return true
	}
	return false
}

// azureItem reads one item. Its guid is made of the first title. The text is replaced as things go on,
// under the same time: that of the first publication, by which the update is known.
func azureItem(item *gofeed.Item) normalize.Raw {
	published := normalize.RawTime{Text: strings.TrimSpace(item.Published)}
	raw := normalize.Raw{
		Document: "feed",
		ID:       strings.TrimSpace(item.GUID),
		URL:      azurePage(item.Link),
		Kind:     string(normalize.KindIncident),
		Title:    oneLine(item.Title),
		State:    itemState(item.Title, nil, item.Description),
		Started:  published,
		Created:  published,
	}
	if raw.ID == "" {
		raw.URL = "" // it is the page's, and would make one incident of all
	}
	text := visible(item.Description)
	if m := azureBetween.FindStringSubmatch(text); m != nil {
		raw.Started = normalize.RawTime{Text: m[1] + " UTC on " + cmp.Or(m[2], m[4])}
		if azureOver(raw.State) {
			raw.Resolved = normalize.RawTime{Text: m[3] + " UTC on " + m[4]}
		}
	} else if m := azureStarted.FindStringSubmatch(text); m != nil {
		raw.Started = normalize.RawTime{Text: m[1]}
	}
	for _, category := range item.Categories {
		c := normalize.RawComponent{Name: oneLine(category)}
		if slices.Contains(azureRegions, c.Name) {
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
		update := normalize.RawUpdate{ID: id, State: raw.State, Posted: published, Body: body, Format: normalize.FormatHTML}
		if azureOver(raw.State) {
			update.State = "" // it was not over at the time that is printed
		}
		raw.Updates = []normalize.RawUpdate{update}
	}
	return raw
}

// azureRegions are the regions by the names that the feed's categories use, which stand there beside
// those of services; see https://learn.microsoft.com/azure/reliability/regions-list .
var azureRegions = []string{
	"Global", "Non-Regional", "Australia Central", "Australia Central 2", "Australia East", "Australia Southeast", "Austria East", "Belgium Central",
	"Brazil South", "Brazil Southeast", "Canada Central", "Canada East", "Central India", "Central US", "Chile Central", "China East", "China East 2",
	"China East 3", "China North", "China North 2", "China North 3", "Denmark East", "East Asia", "East US", "East US 2", "East US 3", "France Central",
	"France South", "Germany North", "Germany West Central", "Indonesia Central", "Israel Central", "Italy North", "Japan East", "Japan West", "Jio India Central",
	"Jio India West", "Korea Central", "Korea South", "Malaysia West", "Mexico Central", "New Zealand North", "North Central US", "North Europe", "Norway East",
	"Norway West", "Poland Central", "Qatar Central", "South Africa North", "South Africa West", "South Central US", "South India", "Southeast Asia",
	"Spain Central", "Sweden Central", "Sweden South", "Switzerland North", "Switzerland West", "Taiwan North", "UAE Central", "UAE North", "UK South", "UK West",
	"USDoD Central", "USDoD East", "USGov Arizona", "USGov Texas", "USGov Virginia", "West Central US", "West Europe", "West India", "West US", "West US 2", "West US 3",
}
