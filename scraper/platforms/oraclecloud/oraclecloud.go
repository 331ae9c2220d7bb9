// Package oraclecloud reads the status of Oracle Cloud Infrastructure:
//
//   - /api/v2/incident-summary.rss, one item an incident with its whole timeline as HTML;
//   - /api/v2/components.json, every service of every region, with the incidents it has;
//   - /api/v2/status.json, the state of it all in a word.
//
// Known from documents: the JSON from https://docs.oracle.com/iaas/Content/General/Concepts/status-service.htm , the
// feed from readers' notes of what was served in 2026. The depth of history is that of the feed.
package oraclecloud

import (
	"bytes"
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

const wantCloud = "Oracle Cloud's incident-summary.rss, components.json (with regionHealthReports) or status.json"

// The kinds of Oracle Cloud's documents, for normalize.Raw.
const (
	docFeed    = "feed"
	components = "components"
	status     = "status"
)

// Start requests the incidents, the services and the state of it all.
func (Platform) Start(s scraper.Source) []scraper.Request {
	api := scraper.HomeOf(Platform{}, s.URL) + "/api/v2/"
	return []scraper.Request{
		{URL: api + "incident-summary.rss"},
		{URL: api + "components.json"},
		{URL: api + "status.json", Optional: true},
	}
}

// Home returns scheme and host: one host serves one status page.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words: the same of a service and of an incident. They are written in one word in the documents and in two in their
// description. "Informational" says nothing of how a service does.
func (Platform) Words() normalize.Words {
	w := normalize.Words{Severities: map[string]normalize.Severity{}, Statuses: map[string]normalize.ComponentStatus{}}
	for word, means := range map[string]struct {
		severity normalize.Severity
		status   normalize.ComponentStatus
	}{
		"normal_performance": {normalize.SeverityNone, normalize.StatusOperational},
		"informational":      {normalize.SeverityNone, normalize.StatusUnknown},
		"service_disruption": {normalize.SeverityMajor, normalize.StatusPartial},
		"service_down":       {normalize.SeverityCritical, normalize.StatusMajor},
	} {
		for _, spelling := range []string{word, strings.ReplaceAll(word, "_", "")} {
			w.Severities[spelling], w.Statuses[spelling] = means.severity, means.status
		}
	}
	return w
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Oracle Cloud",
		Documents: []string{"incident-summary.rss", "components.json", "status.json"},
		History:   "what incident-summary.rss lists",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "updates", "affected", "components",
		},
		Source:  scraper.FromDocuments,
		Address: "https://ocistatus.oraclecloud.com, or the page of another realm",
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string {
	return []string{incidentID, `"regionHealthReports"`, `"OCI"`}
}

// Parse reads any of the three documents. It returns an error that wraps ErrShape for a feed without incidents, for
// one with other items, and for a realm without regions or a region without services.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	var res scraper.Result
	var err error
	switch {
	case page.IsFeed(body):
		res, err = readFeed(p)
	case bytes.Contains(body, []byte(`"regionHealthReports"`)):
		res, err = readComponents(p)
	default:
		res, err = readStatus(p)
	}
	if err != nil {
		return scraper.Result{}, err
	}
	res.PageName, res.PageURL = "Oracle Cloud", page.SiteOf(p.URL)
	return res, nil
}

// incidentID is what the id of an incident begins with.
const incidentID = "ocid1.oraclecloudincident."

func readFeed(p page.Page) (scraper.Result, error) {
	feed, err := page.ReadRSS(p, wantCloud)
	if err != nil {
		return scraper.Result{}, err
	}
	if len(feed.Items) == 0 {
		return scraper.Result{}, page.Unexpected(p, wantCloud)
	}
	res, read := scraper.Result{Document: docFeed}, 0
	for _, item := range feed.Items {
		if !strings.HasPrefix(strings.TrimSpace(item.GUID), incidentID) {
			return scraper.Result{}, page.Unexpected(p, wantCloud)
		}
		raw := readEntry(item)
		read += len(raw.Updates)
		res.Incidents = append(res.Incidents, raw)
	}
	if read == 0 {
		return scraper.Result{}, page.Errorf(
			"a feed of Oracle Cloud whose items hold no updates (<small>time</small> <strong>state</strong>)",
		)
	}
	return res, nil
}

var (
	varTag = lazyregexp.New(`(?i)</?var\b[^>]*>`)
	start  = lazyregexp.New(`(?i)\bStart Time:\s*([a-z]+ \d{1,2}, \d{4},? \d{1,2}:\d{2} UTC)`)
	end    = lazyregexp.New(`(?i)\bEnd Time:\s*([a-z]+ \d{1,2}, \d{4},? \d{1,2}:\d{2} UTC)`)
)

// readEntry reads one incident of the feed. Its title names the service, the region and a reference.
func readEntry(item *gofeed.Item) normalize.Raw {
	content := varTag.ReplaceAllString(item.Description, " ")
	raw := normalize.Raw{
		Document: docFeed,
		ID:       strings.TrimSpace(item.GUID),
		URL:      strings.TrimSpace(item.Link),
		Kind:     string(normalize.KindIncident),
		Title:    page.OneLine(item.Title),
		Updated:  page.Time(item.Published, ""),
	}
	raw.Updates, _ = page.FeedUpdates(content, raw.Updated.Text)
	if len(raw.Updates) == 0 {
		raw.Message, raw.Excerpt = page.Visible(content), true
	}
	raw.State = page.LatestState(raw.Updates)
	text := page.Visible(page.BreakBlocks(content, " "))
	if m := start.FindStringSubmatch(text); m != nil {
		raw.Started = normalize.RawTime{Text: m[1]}
	}
	if m := end.FindStringSubmatch(text); m != nil && normalize.Word(raw.State) == "resolved" {
		raw.Resolved = normalize.RawTime{Text: m[1]}
	}
	// "Multiple Regions" is no place: named as one, it would be hidden by a filter for a region it stands for.
	if parts := strings.Split(raw.Title, " | "); len(parts) >= 2 && !several(parts[0]) && !several(parts[1]) {
		raw.Components = []normalize.RawComponent{
			{Name: strings.TrimSpace(parts[0]), Group: strings.TrimSpace(parts[1])},
		}
	}
	return raw
}

func several(name string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(name)), "multiple ")
}

type realm struct {
	Realm   string    `json:"realm"`
	Regions *[]region `json:"regionHealthReports"`
}

type region struct {
	Name     string     `json:"regionName"`
	Services *[]service `json:"serviceHealthReports"`
}

type service struct {
	Name      string       `json:"serviceName"`
	Status    string       `json:"serviceStatus"`
	Incidents *[]reference `json:"incidents"`
}

type reference struct {
	ID       string `json:"incidentId"`
	Severity string `json:"severity"`
}

func readComponents(p page.Page) (scraper.Result, error) {
	var realm realm
	if err := page.DecodeJSON(p, &realm, wantCloud); err != nil {
		return scraper.Result{}, err
	}
	if realm.Realm == "" || realm.Regions == nil || len(*realm.Regions) == 0 {
		return scraper.Result{}, page.Unexpected(p, wantCloud)
	}
	res := scraper.Result{Document: components, Coverage: scraper.Coverage{Components: true}}
	at := map[string]int{}
	for _, region := range *realm.Regions {
		if region.Name == "" || region.Services == nil || len(*region.Services) == 0 {
			return scraper.Result{}, page.Unexpected(p, wantCloud)
		}
		for _, service := range *region.Services {
			if service.Name == "" || service.Status == "" || service.Incidents == nil {
				return scraper.Result{}, page.Unexpected(p, wantCloud)
			}
			component := normalize.RawComponent{Name: service.Name, Group: region.Name, Status: service.Status}
			res.Components = append(res.Components, component)
			for _, ref := range *service.Incidents {
				if ref.ID == "" {
					return scraper.Result{}, page.Unexpected(p, wantCloud)
				}
				n, seen := at[ref.ID]
				if !seen {
					n = len(res.Incidents)
					at[ref.ID] = n
					// Only the feed has the title; until it lists the incident, this is its first half.
					res.Incidents = append(res.Incidents, normalize.Raw{
						Document: components, ID: ref.ID, Kind: string(normalize.KindIncident), Impact: ref.Severity,
						Title: service.Name + " | " + region.Name, Excerpt: true,
					})
				}
				raw := &res.Incidents[n]
				raw.Components = append(raw.Components, component)
				if worse(ref.Severity, raw.Impact, Platform{}.Words()) {
					raw.Impact = ref.Severity
				}
			}
		}
	}
	return res, nil
}

// worse reports whether the first word stands for a greater severity than the second.
func worse(a, b string, words normalize.Words) bool {
	rank := func(word string) int { return words.Severities[normalize.Word(word)].Rank() }
	return rank(a) > rank(b)
}

type state struct {
	Page *struct {
		ID      *page.Scalar `json:"id"` // never there
		Name    string       `json:"name"`
		Updated string       `json:"updated_at"`
	} `json:"page"`
	Status *struct {
		Indicator   string `json:"indicator"` // none, minor, major, critical
		Description string `json:"description"`
	} `json:"status"`
	Incidents  *[]any `json:"incidents"`  // never there
	Components *[]any `json:"components"` // never there
}

func readStatus(p page.Page) (scraper.Result, error) {
	var doc state
	if err := page.DecodeJSON(p, &doc, wantCloud); err != nil {
		return scraper.Result{}, err
	}
	if doc.Page == nil || doc.Page.ID != nil || doc.Page.Name != "OCI" || doc.Page.Updated == "" ||
		doc.Incidents != nil || doc.Components != nil ||
		doc.Status == nil || doc.Status.Indicator == "" ||
		doc.Status.Description == "" {
		return scraper.Result{}, page.Unexpected(p, wantCloud)
	}
	return scraper.Result{Document: status, Indicator: doc.Status.Indicator, Headline: doc.Status.Description}, nil
}
