// Package cachet reads the API of Cachet, both of its generations:
//
//	2.x: api/v1/incidents, api/v1/components/groups, api/v1/components, api/v1/schedules
//	3.x: api/incidents, api/components, api/schedules, which are JSON:API
//
// They are known from the program's source: the presenters and controllers of 2.4, the resources of 3.x. Lists are
// paged: a poll reads the newest page of incidents, a backfill all pages.
//
// Incidents have no severity. In 2.x, they give only the number of their component, which is left out. Groups and
// components are separate lists in 2.x: the request for the components carries the groups' names in its fragment,
// which is not sent to the server. Incidents stay in their lists, so that their absence proves nothing.
//
// Times have no zone. They are the server's, which is UTC unless its owner has changed that.
package cachet

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

// The kinds of Cachet's documents, for normalize.Raw.
const (
	groups     = "groups"
	components = "components"
	incidents  = "incidents"
	schedules  = "schedules"
)

// perPage is the number of entries requested per page; the server returns 100 at most.
const perPage = 100

// Start requests the incidents, components and schedules of 2.x, with those of 3.x as fallbacks.
func (Platform) Start(s scraper.Source) []scraper.Request {
	if s.Mode == scraper.Backfill {
		n := max(1, s.FromPage)
		return []scraper.Request{{
			URL: listURL(s.URL, "/api/v1/incidents", "sort=id&order=desc", n), NextPage: n,
			Fallback: []scraper.Request{
				{URL: listURL(s.URL, "/api/incidents", "include=components,updates", n), NextPage: n},
			},
		}}
	}
	return []scraper.Request{
		{
			URL:      listURL(s.URL, "/api/v1/incidents", "sort=id&order=desc", 1),
			Fallback: []scraper.Request{{URL: listURL(s.URL, "/api/incidents", "include=components,updates", 1)}},
		},
		{
			URL:      listURL(s.URL, "/api/v1/components/groups", "sort=id&order=asc", 1),
			Fallback: []scraper.Request{{URL: listURL(s.URL, "/api/components", "include=group", 1)}},
		},
		{
			// 2.3 and before have none.
			URL: listURL(s.URL, "/api/v1/schedules", "sort=id&order=desc", 1),
			Fallback: []scraper.Request{
				{URL: listURL(s.URL, "/api/schedules", "include=components,updates&sort=-id", 1), Optional: true},
			},
		},
	}
}

func listURL(home, path, query string, page int) string {
	u := home + path + "?" + query + "&per_page=" + strconv.Itoa(perPage)
	if page > 1 {
		u += "&page=" + strconv.Itoa(page)
	}
	return u
}

var below = lazyregexp.New(`/(?:api/.*|(?:incidents|schedules?|dashboard)/.*|rss|atom)?$`)

// Home returns the address without Cachet's own paths. From 3.x on, Cachet may be in a folder of a site.
func (Platform) Home(u *url.URL) string {
	if u.Host == "" {
		return u.String()
	}
	return page.Site(u) + below.ReplaceAllString(u.EscapedPath(), "")
}

// Words are Cachet's numbers. Those of incidents and of schedules overlap, so that schedules get words; see
// scheduleWord.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			// Scheduled before 2.4, reported in 3.x: the rest of the entry tells which.
			"0": normalize.StateUnknown,
			"1": normalize.StateInvestigating, "2": normalize.StateIdentified,
			"3": normalize.StateMonitoring, "4": normalize.StateResolved,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"1": normalize.StatusOperational,
			"2": normalize.StatusDegraded,
			"3": normalize.StatusPartial,
			"4": normalize.StatusMajor,
			"5": normalize.StatusUnknown,
			"6": normalize.StatusMaintenance,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name: "Cachet 2 and 3",
		Documents: []string{
			"api/v1/components/groups", "api/v1/components", "api/v1/incidents", "api/v1/schedules",
			"api/components", "api/incidents", "api/schedules",
		},
		History: "all",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected", "components",
		},
		Source: scraper.FromDocuments,
	}
}

func unexpected(p page.Page) error {
	return page.Unexpected(p, "a list of components, incidents or schedules of Cachet's API")
}

// Parse reads one page of a list. It returns an error that wraps ErrShape for a page that is not one of Cachet's, and
// for a list of components without a component.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	var doc struct {
		Data     []json.RawMessage `json:"data"`
		Included []json.RawMessage `json:"included"`
		Meta     struct {
			Pagination *paging     `json:"pagination"` // 2.x
			Path       string      `json:"path"`       // 3.x
			Page       int         `json:"current_page"`
			PerPage    page.Scalar `json:"per_page"`
		} `json:"meta"`
		Links *struct {
			Next string `json:"next"`
		} `json:"links"`
	}
	if !page.IsJSON(body) || json.Unmarshal(body, &doc) != nil || doc.Data == nil {
		return scraper.Result{}, unexpected(p)
	}
	var res scraper.Result
	var err error
	next := false
	switch page := doc.Meta.Pagination; {
	case page.whole():
		res, err = read2(p, doc.Data)
		next = *page.Page < *page.Pages
	case page == nil && doc.Meta.Page > 0 && doc.Meta.PerPage != "" && doc.Links != nil:
		res, err = read3(p, doc.Meta.Path, doc.Data, doc.Included)
		next = doc.Links.Next != ""
	default:
		return scraper.Result{}, unexpected(p)
	}
	if err != nil {
		return scraper.Result{}, err
	}
	pages(&res, s, p, next)
	return res, nil
}

// paging is the position of a page in a list of 2.x.
type paging struct {
	Total *int `json:"total"`
	Count *int `json:"count"`
	Page  *int `json:"current_page"`
	Pages *int `json:"total_pages"`
	Links *struct {
		Next string `json:"next_page"`
	} `json:"links"`
}

func (p *paging) whole() bool {
	return p != nil && p.Total != nil && p.Count != nil && p.Page != nil && p.Pages != nil && p.Links != nil
}

var pageNumber = lazyregexp.New(`&page=\d+`)

// pages asks for the next page. Cachet's own links lack the query, and use the address that the server believes is
// its own.
func pages(r *scraper.Result, s scraper.Source, p page.Page, next bool) {
	u, err := url.Parse(p.URL)
	if err != nil || u.Host == "" {
		return
	}
	n, err := strconv.Atoi(u.Query().Get("page"))
	if err != nil || n < 1 {
		n = 1
	}
	address, fragment, _ := strings.Cut(p.URL, "#")
	address = pageNumber.ReplaceAllString(address, "") + "&page=" + strconv.Itoa(n+1)
	if fragment != "" {
		address += "#" + fragment
	}
	switch {
	case r.Document == components:
		r.Part = n > 1 || next
		r.Coverage.Components = !next
		if next && n < 100 {
			r.Follow = []scraper.Request{{URL: address}}
		}
	case r.Document == incidents && s.Mode == scraper.Backfill && next:
		r.Follow = []scraper.Request{{URL: address, NextPage: n + 1}}
	}
}

// scheduleWord returns the word for a schedule's state: a number in both generations, 0 upcoming, 1 in progress,
// 2 complete. Any other number is not left to mean what it means of an incident.
func scheduleWord(number string) string {
	switch number {
	case "0":
		return "upcoming"
	case "1":
		return "in progress"
	case "2":
		return "complete"
	}
	return "schedule status " + number
}

// end tells when a schedule ends: planned while it is ahead, and done once it is complete.
func end(raw *normalize.Raw, at string) {
	if raw.State == "complete" {
		raw.Resolved = page.Time(at, "")
		return
	}
	raw.ScheduledEnd = page.Time(at, "")
}
