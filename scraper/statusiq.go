package scraper

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
)

func init() { Register("statusiq", statusiq{}) }

// statusiq reads the status pages of Site24x7 StatusIQ (Zoho), known from documents only: the product's own SDKs
// for phones, https://github.com/site24x7/StatusIQ-Android-SDK and …-iOS-SDK, which read the same documents, and
// open-source readers with recorded feeds.
//
//	<page>/sp/api/u/summary_details   the components, what is open and what has ended lately, with timelines
//	<page>/rss                        the components with their statuses only; taken where the other is refused
//
// A page's owner may turn off the feed. How far back the list of what has ended goes is not said.
type statusiq struct{}

// The kinds of StatusIQ's documents, as in normalize.Raw.
const (
	statusiqSummary = "summary"
	statusiqFeed    = "feed"
)

const wantStatusiq = "the summary_details of StatusIQ (code 0, current_status and active_incident_details), or its feed of components,"

// statusiqFeedMark is in every feed of StatusIQ: the name space of its own elements.
const statusiqFeedMark = "www.site24x7.com/rssdefinitions.do"

// Start asks for the summary, else for the feed.
func (statusiq) Start(s Source) []Request {
	home := HomeOf(statusiq{}, s.URL)
	return []Request{{URL: home + "/sp/api/u/summary_details", Fallback: []Request{{URL: home + "/rss"}}}}
}

// Home returns scheme and host: StatusIQ serves one status page a host.
func (statusiq) Home(page *url.URL) string { return siteOf(page) }

// Words are StatusIQ's own beyond the common ones.
func (statusiq) Words() normalize.Words {
	return normalize.Words{
		States:   map[string]normalize.State{"acknowledged": normalize.StateInvestigating},
		Statuses: map[string]normalize.ComponentStatus{"informational": normalize.StatusOperational},
	}
}

// Describe says what is read of StatusIQ.
func (statusiq) Describe() Description {
	return Description{
		Name:      "Site24x7 StatusIQ",
		Documents: []string{"sp/api/u/summary_details", "RSS feed (components only)"},
		History:   "what summary_details lists of what has ended",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "updates", "affected", "components"},
		Source:    FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (statusiq) Marks() []string { return []string{`"active_incident_details"`, statusiqFeedMark} }

// Codes of StatusIQ, as its SDKs read them; the words beside them are in the language of the page.
var (
	siqStatuses = map[jsonText]string{"1": "Operational", "2": "Informational", "3": "Degraded Performance", "4": "Under Maintenance", "5": "Partial Outage", "6": "Major Outage"}
	siqStates   = map[jsonText]string{
		"10": "Acknowledged", "11": "Investigating", "12": "Identified", "13": "Monitoring", "14": "Resolved",
		"21": "Scheduled", "22": "In Progress", "23": "Verifying", "24": "Completed",
	}
)

// siqName returns the name of a code, else the word that stands beside it, else the code as it is.
func siqName(names map[jsonText]string, code jsonText, word string) string {
	return cmp.Or(names[code], cmp.Or(strings.TrimSpace(word), string(code)))
}

// siqPart is a component, or a group of them.
type siqPart struct {
	ID        string    `json:"enc_component_id"`
	Name      string    `json:"display_name"`
	Status    jsonText  `json:"component_status"`
	GroupID   string    `json:"enc_componentgroup_id"`
	GroupName string    `json:"componentgroup_display_name"`
	Parts     []siqPart `json:"componentgroup_components"`
}

type siqIncident struct {
	ID         string      `json:"enc_inc_id"`
	Title      string      `json:"incident_title"`
	Text       string      `json:"incident_desc"`
	Began      string      `json:"incident_began_at"`
	Ended      string      `json:"incident_ended_at"`
	Severity   string      `json:"incident_severity"`
	SeverityID jsonText    `json:"incident_severity_id"`
	Components []siqPart   `json:"incident_affected_components"`
	Updates    []siqUpdate `json:"incident_status_updates"`
}

type siqUpdate struct {
	State   string   `json:"incident_status"`
	StateID jsonText `json:"incident_status_id"`
	Text    string   `json:"incident_status_desc"`
	At      string   `json:"status_updated_at"`
}

// Parse reads a summary or a feed. It returns an error that wraps ErrShape for anything else.
func (statusiq) Parse(_ Source, p Page) (Result, error) {
	if isFeed(feedBody(p)) {
		return readStatusiqFeed(p)
	}
	var doc struct {
		Code *int `json:"code"`
		Data *struct {
			Parts  []siqPart         `json:"current_status"`
			Active []json.RawMessage `json:"active_incident_details"`
			Past   []struct {
				Incidents []json.RawMessage `json:"grp_by_incidents_list"`
			} `json:"resolved_incident_details"`
			Page struct {
				Status jsonText `json:"status"`
			} `json:"statuspage_details"`
		} `json:"data"`
	}
	if err := readJSON(p, &doc, wantStatusiq); err != nil {
		return Result{}, err
	}
	if doc.Code == nil || *doc.Code != 0 || doc.Data == nil || doc.Data.Parts == nil || doc.Data.Active == nil {
		return Result{}, notWanted(p, wantStatusiq)
	}
	res := Result{
		Document: statusiqSummary, PageURL: homeOfStatuspage(p.URL), Coverage: Coverage{Open: true, Components: true},
		Indicator: siqName(siqStatuses, doc.Data.Page.Status, ""),
	}
	for i, part := range doc.Data.Parts {
		if !part.list("", &res.Components) {
			return Result{}, shapeErrorf("a summary of StatusIQ whose component %d lacks its id or its name", i+1)
		}
	}
	lists := [][]json.RawMessage{doc.Data.Active}
	for _, day := range doc.Data.Past {
		lists = append(lists, day.Incidents)
	}
	for _, list := range lists {
		for i, text := range list {
			var in siqIncident
			if err := json.Unmarshal(text, &in); err != nil {
				return Result{}, shapeErrorf("a summary of StatusIQ whose incident %d cannot be read: %v", i+1, err)
			}
			if in.ID == "" || in.Title == "" {
				return Result{}, shapeErrorf("a summary of StatusIQ whose incident %d lacks its id or its title", i+1)
			}
			res.Incidents = append(res.Incidents, in.raw())
		}
	}
	return res, nil
}

// list adds a component, or the components of a group; ok is false if one lacks its id or its name.
func (c siqPart) list(group string, out *[]normalize.RawComponent) (ok bool) {
	if c.Name == "" && c.GroupName != "" && group == "" {
		for _, part := range c.Parts {
			if !part.list(c.GroupName, out) {
				return false
			}
		}
		return true
	}
	*out = append(*out, normalize.RawComponent{ID: c.ID, Name: c.Name, Group: group, Status: siqName(siqStatuses, c.Status, "")})
	return c.ID != "" && c.Name != ""
}

func (in siqIncident) raw() normalize.Raw {
	raw := normalize.Raw{
		Document: statusiqSummary, ID: in.ID, Kind: string(normalize.KindIncident), Title: in.Title, Message: in.Text,
		Impact: siqName(siqStatuses, in.SeverityID, in.Severity), Started: rawTime(in.Began, ""), Resolved: rawTime(in.Ended, ""),
	}
	if raw.Impact == siqStatuses["2"] {
		raw.Kind = string(normalize.KindNotice)
	}
	planned := raw.Impact == siqStatuses["4"]
	for _, c := range in.Components {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: c.ID, Name: c.Name, Group: c.GroupName})
	}
	for _, u := range in.Updates {
		planned = planned || strings.HasPrefix(string(u.StateID), "2")
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			State: siqName(siqStates, u.StateID, u.State), Posted: rawTime(u.At, ""), Body: u.Text, Format: formatOf(u.Text),
		})
	}
	if planned {
		raw.Kind = string(normalize.KindMaintenance)
	}
	oldestFirst(raw.Updates)
	return raw
}

var statusiqItem = regexp.MustCompile(`^(.+) - ([^-]+)$`)

// readStatusiqFeed reads a feed, which has an item a component: "Mail - Operational". What is no such item is an
// incident. Items have an id only while all is well, so that a component goes by its name.
func readStatusiqFeed(p Page) (Result, error) {
	if !bytes.Contains(p.Body, []byte(statusiqFeedMark)) {
		return Result{}, notWanted(p, wantStatusiq)
	}
	feed, err := readRSS(p, wantStatusiq)
	if err != nil {
		return Result{}, err
	}
	if len(feed.Items) == 0 {
		return Result{}, shapeErrorf("a feed of StatusIQ without a component: its owner may have turned it off")
	}
	res := Result{Document: statusiqFeed, PageURL: homeOfStatuspage(cmp.Or(feed.Link, p.URL)), PageName: oneLine(strings.TrimSuffix(strings.TrimSpace(feed.Title), "- Status"))}
	shared := sharedLinks(feed)
	for _, item := range feed.Items {
		if c, ok := statusiqComponent(item); ok {
			res.Components = append(res.Components, c)
			continue
		}
		raw := readItem(item, p, shared)
		if u, err := url.Parse(raw.URL); err == nil && raw.ID == "" {
			raw.ID = u.Fragment // which alone tells one page of the script from another
		}
		res.Incidents = append(res.Incidents, raw)
	}
	return res, nil
}

// statusiqComponent reads an item that tells a component's status, in its title and once more in its text.
func statusiqComponent(item *gofeed.Item) (c normalize.RawComponent, ok bool) {
	m := statusiqItem.FindStringSubmatch(oneLine(item.Title))
	if m == nil || oneLine(item.Description) != m[1]+" is "+m[2] {
		return c, false
	}
	return normalize.RawComponent{Name: m[1], Status: m[2]}, true
}
