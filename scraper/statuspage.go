package scraper

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
)

func init() { Register("statuspage", statuspage{}) }

// statuspage reads the pages of Atlassian Statuspage. Formats: https://confluence.status.atlassian.com/api
// for the JSON below /api/v2; history.json, the single incidents and the HTML are undocumented and
// read as they are served.
type statuspage struct{}

// The kinds of documents that Statuspage serves.
const (
	docSummary      = "summary"
	docStatus       = "status"
	docComponents   = "components"
	docIncidents    = "incidents"
	docMaintenances = "maintenances"
	docIncident     = "incident"
	docHistory      = "history"
	docHome         = "home"
	docIncidentPage = "incident_page"
	docIncidentText = "incident_text"
	docAtom         = "atom"
	docRSS          = "rss"
)

// Start returns the summary, or the home page where the API is refused; for a backfill the page of
// the history to begin with.
func (statuspage) Start(s Source) []Request {
	base := homeOfStatuspage(s.URL)
	if s.Mode == Backfill {
		return []Request{historyRequest(base, max(1, s.FromPage))}
	}
	return []Request{{URL: base + "/api/v2/summary.json", Fallback: []Request{{URL: base}}}}
}

// Home returns the scheme and host of the page: Statuspage serves one status page a host.
func (statuspage) Home(page *url.URL) string {
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + page.Host
}

// Parse reads any document of Statuspage; its kind is found from the bytes.
func (statuspage) Parse(s Source, p Page) (Result, error) {
	result, err := readStatuspage(s, p)
	if err == nil {
		err = askedFor(s, p, result.Document)
	}
	if err != nil {
		return Result{}, err
	}
	result.Follow = followStatuspage(s, p, result)
	return result.Result, nil
}

// askedFor returns an error for a document of Statuspage that stands in for another one. Hosts answer
// some addresses with the home page: taken for the history, it would end a backfill at once. Nor does a
// document without any list of incidents stand in for the one that has it.
func askedFor(s Source, p Page, document string) error {
	u, err := url.Parse(p.URL)
	web := document == docHome || document == docIncidentPage || document == docIncidentText
	if err == nil && u.Host != "" && web && strings.HasSuffix(u.Path, ".json") {
		return shapeErrorf("an HTML page (Statuspage's %s) where JSON was asked for", document)
	}
	starts := err == nil && u.Host != "" && slices.Contains([]string{"", "/", "/api/v2/summary.json"}, u.Path)
	if starts && (document == docStatus || document == docComponents) {
		return shapeErrorf("Statuspage's %s where its summary was asked for: it does not say which incidents are open", document)
	}
	switch document {
	case docHistory, docIncident, docIncidentPage, docIncidentText:
		return nil
	}
	if s.Mode == Backfill {
		return shapeErrorf("Statuspage's %s where its history was expected", document)
	}
	return nil
}

// spResult is a Result with what the crawl needs to know of the document beyond it.
type spResult struct {
	Result
	months []spMonth // of a history
	since  time.Time // day the page was created, of a history; zero if not told
}

// readStatuspage reads a document without regard to what is known already.
func readStatuspage(s Source, p Page) (spResult, error) {
	body := feedBody(p)
	switch {
	case len(body) == 0:
		return spResult{}, notStatuspage(p)
	case isJSON(body):
		return readStatuspageJSON(s, p, body)
	case isFeed(body):
		return readStatuspageFeed(s, p, body)
	case looksLikeHTML(body):
		return readStatuspageHTML(s, p, body)
	}
	return readStatuspageText(s, p, body)
}

// notStatuspage is the error for a page of another kind.
func notStatuspage(p Page) error { return notWanted(p, "a Statuspage document") }

// homeOfStatuspage returns scheme and host of an address, "" if it has none.
func homeOfStatuspage(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// pageHome returns the address of the status page a document belongs to: scheme and host. The document's own word (own)
// goes before the addresses of the source and of the fetched page, in this order; of two addresses that differ in the
// scheme only, the first of those is taken, since documents of one page disagree there.
func pageHome(own string, others ...string) string {
	home := homeOfStatuspage(own)
	for _, other := range others {
		other = homeOfStatuspage(other)
		if home == "" || (other != "" && hostOf(other) == hostOf(home)) {
			home = other
		}
		if home != "" && home == other {
			break
		}
	}
	return home
}

// hostOf returns the host of an address, in lower case.
func hostOf(home string) string {
	_, host, _ := strings.Cut(home, "://")
	return strings.ToLower(host)
}

var incidentPath = regexp.MustCompile(`/incidents/([0-9A-Za-z_-]+)(?:\.json)?/?(?:[?#]|$)`)

// incidentID returns the id in the address of an incident's page or JSON, "" if it has none. The
// names of the API's lists below /incidents are no ids.
func incidentID(address string) string {
	m := incidentPath.FindStringSubmatch(address)
	if m == nil || m[1] == "unresolved" {
		return ""
	}
	return m[1]
}

// incidentURL returns the address of an incident's page on its status page.
func incidentURL(home, id string) string {
	if home == "" || id == "" {
		return ""
	}
	return home + "/incidents/" + id
}

// maintenanceWords are the state words that only maintenances have.
var maintenanceWords = map[string]bool{"scheduled": true, "in progress": true, "in_progress": true, "verifying": true, "completed": true}

// kindOf tells the kind of an incident by what the document says of it: a maintenance's impact is
// "maintenance", and its updates have words of their own.
func kindOf(impact string, updates []normalize.RawUpdate) string {
	if strings.EqualFold(impact, "maintenance") {
		return string(normalize.KindMaintenance)
	}
	for _, u := range updates {
		if maintenanceWords[strings.ToLower(u.State)] {
			return string(normalize.KindMaintenance)
		}
	}
	return string(normalize.KindIncident)
}

// stateOf returns the newest update's word.
func stateOf(updates []normalize.RawUpdate) string {
	if len(updates) == 0 {
		return ""
	}
	return updates[len(updates)-1].State
}

var periodPattern = regexp.MustCompile(`^([A-Za-z]{3,9} \d{1,2}(?:, \d{4})?),? (\d{1,2}:\d{2}(?: ?[AaPp][Mm])?)` +
	`(?: ?[-–—] ?(?:([A-Za-z]{3,9} \d{1,2}(?:, \d{4})?),? )?(\d{1,2}:\d{2}(?: ?[AaPp][Mm])?))? (\S.*)$`)

// splitPeriod splits a printed period such as "Jan 30, 22:00 - Jan 31, 06:00 CET",
// "Jan 23, 14:00-20:00 UTC" or "Jan 23, 2026 14:00-20:00 UTC" into its ends, each with date and zone; a
// text with one time only has no end. ok is false if the text has another form.
func splitPeriod(text string) (start, end string, ok bool) {
	m := periodPattern.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	start = m[1] + ", " + m[2] + " " + m[5]
	if m[4] == "" {
		return start, "", true
	}
	date := m[3]
	if date == "" {
		date = m[1]
	}
	return start, date + ", " + m[4] + " " + m[5], true
}

// rawTime is a time as printed, its white space made single.
func rawTime(text, near string) normalize.RawTime {
	if text = oneLine(text); text == "" {
		return normalize.RawTime{}
	}
	return normalize.RawTime{Text: text, Near: near}
}
