// Package statusiq reads the status pages of Site24x7 StatusIQ (Zoho), known from documents only: the product's own
// SDKs for phones, https://github.com/site24x7/StatusIQ-Android-SDK and …-iOS-SDK, which read the same documents, and
// open-source readers with recorded feeds.
//
//	<page>/sp/api/u/summary_details   the components, what is open and what has ended lately, with timelines
//	<page>/rss                        the components with their statuses only; taken where the other is refused
//
// A page's owner may turn off the feed. How far back the list of what has ended goes is not said.
package statusiq

import (
	"bytes"
	"cmp"
	"encoding/json"
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

// The kinds of StatusIQ's documents, for normalize.Raw.
const (
	summary = "summary"
	docFeed = "feed"
)

const want = "the summary_details of StatusIQ (code 0, current_status and active_incident_details), or its feed " +
	"of components,"

// feedMark is in every feed of StatusIQ: the name space of its own elements.
const feedMark = "www.site24x7.com/rssdefinitions.do"

// Start requests the summary, else for the feed.
func (Platform) Start(s scraper.Source) []scraper.Request {
	home := scraper.HomeOf(Platform{}, s.URL)
	return []scraper.Request{
		{URL: home + "/sp/api/u/summary_details", Fallback: []scraper.Request{{URL: home + "/rss"}}},
	}
}

// Home returns scheme and host: StatusIQ serves one status page a host.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words are StatusIQ's own beyond the common ones.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States:   map[string]normalize.State{"acknowledged": normalize.StateInvestigating},
		Statuses: map[string]normalize.ComponentStatus{"informational": normalize.StatusOperational},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Site24x7 StatusIQ",
		Documents: []string{"sp/api/u/summary_details", "RSS feed (components only)"},
		History:   "the ended incidents that summary_details lists",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "updates", "affected", "components",
		},
		Source: scraper.FromDocuments,
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{`"active_incident_details"`, feedMark} }

// Codes of StatusIQ, as its SDKs read them; the words beside them are in the language of the page.
var (
	statusNames = map[page.Scalar]string{
		"1": "Operational",
		"2": "Informational",
		"3": "Degraded Performance",
		"4": "Under Maintenance",
		"5": "Partial Outage",
		"6": "Major Outage",
	}
	stateNames = map[page.Scalar]string{
		"10": "Acknowledged", "11": "Investigating", "12": "Identified", "13": "Monitoring", "14": "Resolved",
		"21": "Scheduled", "22": "In Progress", "23": "Verifying", "24": "Completed",
	}
)

// nameOf returns the name of a code, else the word that stands beside it, else the code as it is.
func nameOf(names map[page.Scalar]string, code page.Scalar, word string) string {
	return cmp.Or(names[code], cmp.Or(strings.TrimSpace(word), string(code)))
}

// part is a component, or a group of them.
type part struct {
	ID        string      `json:"enc_component_id"`
	Name      string      `json:"display_name"`
	Status    page.Scalar `json:"component_status"`
	GroupID   string      `json:"enc_componentgroup_id"`
	GroupName string      `json:"componentgroup_display_name"`
	Parts     []part      `json:"componentgroup_components"`
}

type incident struct {
	ID         string      `json:"enc_inc_id"`
	Title      string      `json:"incident_title"`
	Text       string      `json:"incident_desc"`
	Began      string      `json:"incident_began_at"`
	Ended      string      `json:"incident_ended_at"`
	Severity   string      `json:"incident_severity"`
	SeverityID page.Scalar `json:"incident_severity_id"`
	Components []part      `json:"incident_affected_components"`
	Updates    []update    `json:"incident_status_updates"`
}

type update struct {
	State   string      `json:"incident_status"`
	StateID page.Scalar `json:"incident_status_id"`
	Text    string      `json:"incident_status_desc"`
	At      string      `json:"status_updated_at"`
}

// Parse reads a summary or a feed. It returns an error that wraps ErrShape for anything else.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	if page.IsFeed(page.Body(p)) {
		return readFeed(p)
	}
	var doc struct {
		Code *int `json:"code"`
		Data *struct {
			Parts  []part            `json:"current_status"`
			Active []json.RawMessage `json:"active_incident_details"`
			Past   []struct {
				Incidents *[]json.RawMessage `json:"grp_by_incidents_list"`
			} `json:"resolved_incident_details"`
			Page struct {
				Status page.Scalar `json:"status"`
			} `json:"statuspage_details"`
		} `json:"data"`
	}
	if err := page.DecodeJSON(p, &doc, want); err != nil {
		return scraper.Result{}, err
	}
	if doc.Code == nil || *doc.Code != 0 || doc.Data == nil || doc.Data.Parts == nil || doc.Data.Active == nil {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{
		Document: summary, PageURL: page.SiteOf(p.URL), Coverage: scraper.Coverage{Open: true, Components: true},
		Indicator: nameOf(statusNames, doc.Data.Page.Status, ""),
	}
	for i, part := range doc.Data.Parts {
		if !part.list("", &res.Components) {
			return scraper.Result{}, page.Errorf(
				"a summary of StatusIQ whose component %d lacks its id or its name",
				i+1,
			)
		}
	}
	lists := [][]json.RawMessage{doc.Data.Active}
	for i, day := range doc.Data.Past {
		if day.Incidents == nil {
			return scraper.Result{}, page.Errorf("a summary of StatusIQ whose day %d lacks its list of incidents", i+1)
		}
		lists = append(lists, *day.Incidents)
	}
	for _, list := range lists {
		for i, text := range list {
			var in incident
			if err := json.Unmarshal(text, &in); err != nil {
				return scraper.Result{}, page.Errorf(
					"a summary of StatusIQ whose incident %d cannot be read: %v",
					i+1,
					err,
				)
			}
			if in.ID == "" || in.Title == "" {
				return scraper.Result{}, page.Errorf(
					"a summary of StatusIQ whose incident %d lacks its id or its title",
					i+1,
				)
			}
			res.Incidents = append(res.Incidents, in.raw())
		}
	}
	return res, nil
}

// list adds a component, or the components of a group; ok is false if one lacks its id or its name.
func (c part) list(group string, out *[]normalize.RawComponent) (ok bool) {
	if c.Name == "" && c.GroupName != "" && group == "" {
		for _, part := range c.Parts {
			if !part.list(c.GroupName, out) {
				return false
			}
		}
		return true
	}
	*out = append(
		*out,
		normalize.RawComponent{ID: c.ID, Name: c.Name, Group: group, Status: nameOf(statusNames, c.Status, "")},
	)
	return c.ID != "" && c.Name != ""
}

func (in incident) raw() normalize.Raw {
	raw := normalize.Raw{
		Document: summary, ID: in.ID, Kind: string(normalize.KindIncident), Title: in.Title, Message: in.Text,
		Impact: nameOf(
			statusNames,
			in.SeverityID,
			in.Severity,
		), Started: page.Time(in.Began, ""), Resolved: page.Time(in.Ended, ""),
	}
	if raw.Impact == statusNames["2"] {
		raw.Kind = string(normalize.KindNotice)
	}
	planned := raw.Impact == statusNames["4"]
	for _, c := range in.Components {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: c.ID, Name: c.Name, Group: c.GroupName})
	}
	for _, u := range in.Updates {
		planned = planned || strings.HasPrefix(string(u.StateID), "2")
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			State: nameOf(
				stateNames,
				u.StateID,
				u.State,
			), Posted: page.Time(u.At, ""), Body: u.Text, Format: page.FormatOf(u.Text),
		})
	}
	if planned {
		raw.Kind = string(normalize.KindMaintenance)
	}
	page.OldestFirst(raw.Updates)
	return raw
}

var itemTitle = lazyregexp.New(`^(.+) - ([^-]+)$`)

// readFeed reads a feed, which has an item a component: "Mail - Operational". What is no such item is an
// incident. Items have an id only while all is well, so that a component goes by its name.
func readFeed(p page.Page) (scraper.Result, error) {
	if !bytes.Contains(p.Body, []byte(feedMark)) {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	feed, err := page.ReadRSS(p, want)
	if err != nil {
		return scraper.Result{}, err
	}
	if len(feed.Items) == 0 {
		return scraper.Result{}, page.Errorf(
			"a feed of StatusIQ without a component: its owner may have turned it off",
		)
	}
	res := scraper.Result{
		Document: docFeed,
		PageURL:  page.SiteOf(cmp.Or(feed.Link, p.URL)),
		PageName: page.OneLine(strings.TrimSuffix(strings.TrimSpace(feed.Title), "- Status")),
	}
	shared := page.SharedLinks(feed)
	for _, item := range feed.Items {
		if c, ok := component(item); ok {
			res.Components = append(res.Components, c)
			continue
		}
		raw := page.ReadItem(item, p, shared)
		if u, err := url.Parse(raw.URL); err == nil && raw.ID == "" {
			raw.ID = u.Fragment // which alone tells one page of the script from another
		}
		res.Incidents = append(res.Incidents, raw)
	}
	return res, nil
}

// component reads an item that tells a component's status, in its title and once more in its text.
func component(item *gofeed.Item) (c normalize.RawComponent, ok bool) {
	m := itemTitle.FindStringSubmatch(page.OneLine(item.Title))
	if m == nil || page.OneLine(item.Description) != m[1]+" is "+m[2] {
		return c, false
	}
	return normalize.RawComponent{Name: m[1], Status: m[2]}, true
}
