// Package yandexcloud reads the status API of Yandex Cloud, known from bytes; the addresses are those that its
// status page and the client library github.com/essentialkaos/ycs use:
//
//   - /api/incidents: a page of incidents, newest first, each with its comments and report;
//   - /api/incidents/<id>: one of them.
//
// The history is paged through to its first incident.
package yandexcloud

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const want = "Yandex Cloud's list of incidents (with items and count) or one incident (with comments and " +
	"installations)"

// perPage is how many incidents a page of the history is asked to hold.
const perPage = 100

// The kinds of Yandex Cloud's documents, for normalize.Raw.
const (
	list     = "incidents"
	incident = "incident"
)

// Start requests the newest incidents; for a backfill, the page of the history to begin with.
func (Platform) Start(s scraper.Source) []scraper.Request {
	home := scraper.HomeOf(Platform{}, s.URL)
	if s.Mode == scraper.Backfill {
		return []scraper.Request{history(home, max(1, s.FromPage))}
	}
	return []scraper.Request{{URL: home + "/api/incidents?installation=all&lang=en"}}
}

func history(home string, page int) scraper.Request {
	return scraper.Request{
		URL:      fmt.Sprintf("%s/api/incidents?installation=all&lang=en&page=%d&perPage=%d", home, page, perPage),
		NextPage: page,
	}
}

// Home returns scheme and host: one host serves one status page.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words are the vendor's own; "Unavailable" is the higher of its two levels.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"open":       normalize.StateInvestigating,
			"report":     normalize.StatePostmortem,
			"withreport": normalize.StateResolved,
		},
		Severities: map[string]normalize.Severity{"unavailable": normalize.SeverityCritical},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Yandex Cloud",
		Documents: []string{"api/incidents", "api/incidents/<id>"},
		History:   "all, page by page to the first incident",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "updates", "postmortem", "affected",
		},
		Source: scraper.FromBytes,
	}
}

type item struct {
	ID            page.Scalar `json:"id"`
	Title         string      `json:"title"`
	Status        string      `json:"status"` // open, resolved
	Start         string      `json:"startDate"`
	End           string      `json:"endDate"` // also of some that are open
	Created       string      `json:"createdAt"`
	Updated       string      `json:"updatedAt"`
	Report        string      `json:"report"` // HTML
	ReportTime    string      `json:"reportPublishedTime"`
	Level         level       `json:"level"`
	Services      []service   `json:"services"`
	Comments      *[]comment  `json:"comments"` // newest first
	Installations *[]region   `json:"installations"`
}

type level struct {
	Label string `json:"label"`
}

type service struct {
	ID   page.Scalar `json:"id"`
	Name string      `json:"name"`
}

type comment struct {
	ID      page.Scalar `json:"id"`
	Type    string      `json:"type"` // investigation, update, resolved
	Content string      `json:"content"`
	Created string      `json:"createdAt"`
}

type region struct {
	Code  string `json:"code"`
	Zones []struct {
		ID string `json:"id"`
	} `json:"zones"`
}

// Parse reads a list or one incident. It returns an error that wraps ErrShape for anything else, and
// for a first page without incidents: there is a history, so that an empty list is not credible.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	var doc struct {
		Items *[]item `json:"items"`
		Count *int    `json:"count"`
		item
	}
	if err := page.DecodeJSON(p, &doc, want); err != nil {
		return scraper.Result{}, err
	}
	res := scraper.Result{}
	if p.URL != "" {
		res.PageURL = scraper.HomeOf(Platform{}, p.URL)
	}
	if doc.Items == nil {
		if !doc.valid() {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		res.Document = incident
		res.Incidents = []normalize.Raw{doc.raw(incident, p, res.PageURL)}
		return res, nil
	}
	n := pageNumber(p.URL)
	items := *doc.Items
	if doc.Count == nil || len(items) == 0 && (*doc.Count > 0 || n < 2) {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res.Document = list
	for _, item := range items {
		if !item.valid() {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		res.Incidents = append(res.Incidents, item.raw(list, p, res.PageURL))
		if res.Coverage.Since == "" || page.Before(item.Start, res.Coverage.Since) {
			res.Coverage.Since = item.Start
		}
		if n > 1 && (res.Coverage.Until == "" || page.Before(res.Coverage.Until, item.Start)) {
			res.Coverage.Until = item.Start // what is newer stands on the pages before
		}
	}
	res.Coverage.Open = n < 2 && len(items) >= *doc.Count
	if s.Mode == scraper.Backfill && n*perPage < *doc.Count && len(items) > 0 {
		res.Follow = []scraper.Request{history(res.PageURL, n+1)}
	}
	return res, nil
}

// valid reports whether an incident has what every one has.
func (i item) valid() bool {
	return i.ID != "" && i.Start != "" && i.Status != "" && i.Comments != nil && i.Installations != nil
}

// pageNumber returns the page of the history that an address names, 1 if it names none.
func pageNumber(address string) int {
	if u, err := url.Parse(address); err == nil {
		if n, err := strconv.Atoi(u.Query().Get("page")); err == nil && n > 0 {
			return n
		}
	}
	return 1
}

var languageCode = lazyregexp.New(`^[a-z]{2}$`)

// raw reads one incident. The status of its services tells their stage of release, not their health.
func (i item) raw(document string, p page.Page, home string) normalize.Raw {
	raw := normalize.Raw{
		Document: document,
		ID:       string(i.ID),
		Kind:     string(normalize.KindIncident),
		Title:    i.Title,
		State:    i.Status,
		Impact:   i.Level.Label,
		Started:  normalize.RawTime{Text: i.Start},
		Resolved: normalize.RawTime{Text: i.End},
		Created:  normalize.RawTime{Text: i.Created},
		Updated:  normalize.RawTime{Text: i.Updated},
	}
	if home != "" {
		language := "en"
		if u, err := url.Parse(p.URL); err == nil && languageCode.MatchString(u.Query().Get("lang")) {
			language = u.Query().Get("lang")
		}
		raw.URL = home + "/" + language + "/incidents/" + url.PathEscape(raw.ID)
	}
	for _, s := range i.Services {
		raw.Components = append(
			raw.Components,
			normalize.RawComponent{ID: string(s.ID), Name: s.Name, Group: "Services"},
		)
	}
	for _, region := range *i.Installations {
		for _, zone := range region.Zones {
			raw.Components = append(
				raw.Components,
				normalize.RawComponent{ID: zone.ID, Name: zone.ID, Group: region.Code},
			)
		}
	}
	for _, c := range slices.Backward(*i.Comments) {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(
				c.ID,
			), State: c.Type, Posted: normalize.RawTime{Text: c.Created}, Body: c.Content,
			Format: normalize.FormatHTML,
		})
	}
	if i.Report != "" {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: "report", State: "report", Posted: normalize.RawTime{Text: i.ReportTime}, Body: i.Report,
			Format: normalize.FormatHTML,
		})
	}
	return raw
}
