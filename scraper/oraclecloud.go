package scraper

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
)

func init() { Register("oraclecloud", oraclecloud{}) }

// oraclecloud reads the status of Oracle Cloud Infrastructure:
//
//   - /api/v2/incident-summary.rss, one item an incident with its whole timeline as HTML;
//   - /api/v2/components.json, every service of every region, with the incidents it has;
//   - /api/v2/status.json, the state of it all in a word.
//
// Known from documents: the JSON from https://docs.oracle.com/iaas/Content/General/Concepts/status-service.htm , the
// feed from readers' notes of what was served in 2026. The depth of history is that of the feed.
type oraclecloud struct{}

const wantOracleCloud = "Oracle Cloud's incident-summary.rss, components.json (with regionHealthReports) or status.json"

// The kinds of Oracle Cloud's documents.
const (
	oracleFeed       = "feed"
	oracleComponents = "components"
	oracleStatus     = "status"
)

// Start asks for the incidents, the services and the state of it all.
func (oraclecloud) Start(s Source) []Request {
	api := HomeOf(oraclecloud{}, s.URL) + "/api/v2/"
	return []Request{{URL: api + "incident-summary.rss"}, {URL: api + "components.json"}, {URL: api + "status.json", Optional: true}}
}

// Home returns scheme and host: one host serves one status page.
func (oraclecloud) Home(page *url.URL) string { return siteOf(page) }

// Words: the same of a service and of an incident. They are written in one word in the documents and in two in their
// description. "Informational" says nothing of how a service does.
func (oraclecloud) Words() normalize.Words {
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

// Describe says what is read of Oracle Cloud.
func (oraclecloud) Describe() Description {
	return Description{
		Name:      "Oracle Cloud",
		Documents: []string{"incident-summary.rss", "components.json", "status.json"},
		History:   "what incident-summary.rss lists",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "updates", "affected", "components"},
		Source:    FromDocuments,
		Address:   "https://ocistatus.oraclecloud.com, or the page of another realm",
	}
}

// Marks returns texts of which every document of this platform has one.
func (oraclecloud) Marks() []string {
	return []string{oracleIncidentID, `"regionHealthReports"`, `"OCI"`}
}

// Parse reads any of the three documents. It returns an error that wraps ErrShape for a feed without incidents, for
// one with other items, and for a realm without regions or a region without services.
func (oraclecloud) Parse(_ Source, p Page) (Result, error) {
	body := feedBody(p)
	var res Result
	var err error
	switch {
	case isFeed(body):
		res, err = readOracleFeed(p)
	case bytes.Contains(body, []byte(`"regionHealthReports"`)):
		res, err = readOracleComponents(p)
	default:
		res, err = readOracleStatus(p)
	}
	if err != nil {
		return Result{}, err
	}
	res.PageName, res.PageURL = "Oracle Cloud", homeOfStatuspage(p.URL)
	return res, nil
}

// oracleIncidentID is what the id of an incident begins with.
const oracleIncidentID = "ocid1.oraclecloudincident."

func readOracleFeed(p Page) (Result, error) {
	feed, err := readRSS(p, wantOracleCloud)
	if err != nil {
		return Result{}, err
	}
	if len(feed.Items) == 0 {
		return Result{}, notWanted(p, wantOracleCloud)
	}
	res, read := Result{Document: oracleFeed}, 0
	for _, item := range feed.Items {
		if !strings.HasPrefix(strings.TrimSpace(item.GUID), oracleIncidentID) {
			return Result{}, notWanted(p, wantOracleCloud)
		}
		raw := oracleItem(item)
		read += len(raw.Updates)
		res.Incidents = append(res.Incidents, raw)
	}
	if read == 0 {
		return Result{}, shapeErrorf("a feed of Oracle Cloud whose items hold no updates (<small>time</small> <strong>state</strong>)")
	}
	return res, nil
}

var (
	oracleVar   = regexp.MustCompile(`(?i)</?var\b[^>]*>`)
	oracleStart = regexp.MustCompile(`(?i)\bStart Time:\s*([a-z]+ \d{1,2}, \d{4},? \d{1,2}:\d{2} UTC)`)
	oracleEnd   = regexp.MustCompile(`(?i)\bEnd Time:\s*([a-z]+ \d{1,2}, \d{4},? \d{1,2}:\d{2} UTC)`)
)

// oracleItem reads one incident of the feed. Its title names the service, the region and a reference.
func oracleItem(item *gofeed.Item) normalize.Raw {
	content := oracleVar.ReplaceAllString(item.Description, " ")
	raw := normalize.Raw{
		Document: oracleFeed,
		ID:       strings.TrimSpace(item.GUID),
		URL:      strings.TrimSpace(item.Link),
		Kind:     string(normalize.KindIncident),
		Title:    oneLine(item.Title),
		Updated:  rawTime(item.Published, ""),
	}
	raw.Updates, _ = feedUpdates(content, raw.Updated.Text)
	if len(raw.Updates) == 0 {
		raw.Message, raw.Excerpt = visible(content), true
	}
	raw.State = stateOf(raw.Updates)
	text := visible(blockBreak.ReplaceAllString(content, " "))
	if m := oracleStart.FindStringSubmatch(text); m != nil {
		raw.Started = normalize.RawTime{Text: m[1]}
	}
	if m := oracleEnd.FindStringSubmatch(text); m != nil && normalize.Word(raw.State) == "resolved" {
		raw.Resolved = normalize.RawTime{Text: m[1]}
	}
	// "Multiple Regions" is no place: named as one, it would be hidden by a filter for a region it stands for.
	if parts := strings.Split(raw.Title, " | "); len(parts) >= 2 && !oracleSeveral(parts[0]) && !oracleSeveral(parts[1]) {
		raw.Components = []normalize.RawComponent{{Name: strings.TrimSpace(parts[0]), Group: strings.TrimSpace(parts[1])}}
	}
	return raw
}

func oracleSeveral(name string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(name)), "multiple ")
}

type oracleRealm struct {
	Realm   string          `json:"realm"`
	Regions *[]oracleRegion `json:"regionHealthReports"`
}

type oracleRegion struct {
	Name     string           `json:"regionName"`
	Services *[]oracleService `json:"serviceHealthReports"`
}

type oracleService struct {
	Name      string             `json:"serviceName"`
	Status    string             `json:"serviceStatus"`
	Incidents *[]oracleReference `json:"incidents"`
}

type oracleReference struct {
	ID       string `json:"incidentId"`
	Severity string `json:"severity"`
}

func readOracleComponents(p Page) (Result, error) {
	var realm oracleRealm
	if err := readJSON(p, &realm, wantOracleCloud); err != nil {
		return Result{}, err
	}
	if realm.Realm == "" || realm.Regions == nil || len(*realm.Regions) == 0 {
		return Result{}, notWanted(p, wantOracleCloud)
	}
	res := Result{Document: oracleComponents, Coverage: Coverage{Components: true}}
	at := map[string]int{}
	for _, region := range *realm.Regions {
		if region.Name == "" || region.Services == nil || len(*region.Services) == 0 {
			return Result{}, notWanted(p, wantOracleCloud)
		}
		for _, service := range *region.Services {
			if service.Name == "" || service.Status == "" || service.Incidents == nil {
				return Result{}, notWanted(p, wantOracleCloud)
			}
			component := normalize.RawComponent{Name: service.Name, Group: region.Name, Status: service.Status}
			res.Components = append(res.Components, component)
			for _, ref := range *service.Incidents {
				if ref.ID == "" {
					return Result{}, notWanted(p, wantOracleCloud)
				}
				n, seen := at[ref.ID]
				if !seen {
					n = len(res.Incidents)
					at[ref.ID] = n
					// Only the feed has the title; until it lists the incident, this is its first half.
					res.Incidents = append(res.Incidents, normalize.Raw{
						Document: oracleComponents, ID: ref.ID, Kind: string(normalize.KindIncident), Impact: ref.Severity,
						Title: service.Name + " | " + region.Name, Excerpt: true,
					})
				}
				raw := &res.Incidents[n]
				raw.Components = append(raw.Components, component)
				if worse(ref.Severity, raw.Impact, oraclecloud{}.Words()) {
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

type oracleState struct {
	Page *struct {
		ID      *jsonText `json:"id"` // never there
		Name    string    `json:"name"`
		Updated string    `json:"updated_at"`
	} `json:"page"`
	Status *struct {
		Indicator   string `json:"indicator"` // none, minor, major, critical
		Description string `json:"description"`
	} `json:"status"`
	Incidents  *[]any `json:"incidents"`  // never there
	Components *[]any `json:"components"` // never there
}

func readOracleStatus(p Page) (Result, error) {
	var doc oracleState
	if err := readJSON(p, &doc, wantOracleCloud); err != nil {
		return Result{}, err
	}
	if doc.Page == nil || doc.Page.ID != nil || doc.Page.Name != "OCI" || doc.Page.Updated == "" || doc.Incidents != nil || doc.Components != nil ||
		doc.Status == nil || doc.Status.Indicator == "" || doc.Status.Description == "" {
		return Result{}, notWanted(p, wantOracleCloud)
	}
	return Result{Document: oracleStatus, Indicator: doc.Status.Indicator, Headline: doc.Status.Description}, nil
}
