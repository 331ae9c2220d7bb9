package scraper

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"vendorwatch/normalize"
)

func init() { Register("yandexcloud", yandexCloud{}) }

// yandexCloud reads the status API of Yandex Cloud, known from bytes; the addresses are those that its
// status page and the client library github.com/essentialkaos/ycs use:
//
//   - /api/incidents: a page of incidents, newest first, each with its comments and report;
//   - /api/incidents/<id>: one of them.
//
// The history is paged through to its first incident.
type yandexCloud struct{}

const wantYandexCloud = "Yandex Cloud's list of incidents (with items and count) or one incident (with comments and installations)"

// yandexPerPage is how many incidents a page of the history is asked to hold.
const yandexPerPage = 100

// The kinds of Yandex Cloud's documents.
const (
	yandexList     = "incidents"
	yandexIncident = "incident"
)

// Start asks for the newest incidents; for a backfill for the page of the history to begin with.
func (yandexCloud) Start(s Source) []Request {
	home := HomeOf(yandexCloud{}, s.URL)
	if s.Mode == Backfill {
		return []Request{yandexHistory(home, max(1, s.FromPage))}
	}
	return []Request{{URL: home + "/api/incidents?installation=all&lang=en"}}
}

func yandexHistory(home string, page int) Request {
	return Request{
		URL:      fmt.Sprintf("%s/api/incidents?installation=all&lang=en&page=%d&perPage=%d", home, page, yandexPerPage),
		NextPage: page,
	}
}

// Home returns scheme and host: one host serves one status page.
func (yandexCloud) Home(page *url.URL) string { return siteOf(page) }

// Words are the vendor's own; "Unavailable" is the higher of its two levels.
func (yandexCloud) Words() normalize.Words {
	return normalize.Words{
		States:     map[string]normalize.State{"open": normalize.StateInvestigating, "report": normalize.StatePostmortem, "withreport": normalize.StateResolved},
		Severities: map[string]normalize.Severity{"unavailable": normalize.SeverityCritical},
	}
}

// Describe says what is read of Yandex Cloud's status API.
func (yandexCloud) Describe() Description {
	return Description{
		Name:      "Yandex Cloud",
		Documents: []string{"api/incidents", "api/incidents/<id>"},
		History:   "all, page by page to the first incident",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "updates", "postmortem", "affected"},
		Source:    FromBytes,
	}
}

type yandexItem struct {
	ID            jsonText         `json:"id"`
	Title         string           `json:"title"`
	Status        string           `json:"status"` // open, resolved
	Start         string           `json:"startDate"`
	End           string           `json:"endDate"` // also of some that are open
	Created       string           `json:"createdAt"`
	Updated       string           `json:"updatedAt"`
	Report        string           `json:"report"` // HTML
	ReportTime    string           `json:"reportPublishedTime"`
	Level         yandexLevel      `json:"level"`
	Services      []yandexService  `json:"services"`
	Comments      *[]yandexComment `json:"comments"` // newest first
	Installations *[]yandexRegion  `json:"installations"`
}

type yandexLevel struct {
	Label string `json:"label"`
}

type yandexService struct {
	ID   jsonText `json:"id"`
	Name string   `json:"name"`
}

type yandexComment struct {
	ID      jsonText `json:"id"`
	Type    string   `json:"type"` // investigation, update, resolved
	Content string   `json:"content"`
	Created string   `json:"createdAt"`
}

type yandexRegion struct {
	Code  string `json:"code"`
	Zones []struct {
		ID string `json:"id"`
	} `json:"zones"`
}

// Parse reads a list or one incident. It returns an error that wraps ErrShape for anything else, and
// for a first page without incidents: there is a history, so that an empty list is not to be believed.
func (yandexCloud) Parse(s Source, p Page) (Result, error) {
	var doc struct {
		Items *[]yandexItem `json:"items"`
		Count *int          `json:"count"`
		yandexItem
	}
	if err := readJSON(p, &doc, wantYandexCloud); err != nil {
		return Result{}, err
	}
	res := Result{}
	if p.URL != "" {
		res.PageURL = HomeOf(yandexCloud{}, p.URL)
	}
	if doc.Items == nil {
		if !doc.valid() {
			return Result{}, notWanted(p, wantYandexCloud)
		}
		res.Document = yandexIncident
		res.Incidents = []normalize.Raw{doc.raw(yandexIncident, p, res.PageURL)}
		return res, nil
	}
	page := yandexPageNumber(p.URL)
	items := *doc.Items
	if doc.Count == nil || len(items) > *doc.Count || len(items) == 0 && (*doc.Count > 0 || page < 2) {
		return Result{}, notWanted(p, wantYandexCloud)
	}
	res.Document = yandexList
	for _, item := range items {
		if !item.valid() {
			return Result{}, notWanted(p, wantYandexCloud)
		}
		res.Incidents = append(res.Incidents, item.raw(yandexList, p, res.PageURL))
		if res.Coverage.Since == "" || before(item.Start, res.Coverage.Since) {
			res.Coverage.Since = item.Start
		}
		if page > 1 && (res.Coverage.Until == "" || before(res.Coverage.Until, item.Start)) {
			res.Coverage.Until = item.Start // what is newer stands on the pages before
		}
	}
	res.Coverage.Open = page < 2 && len(items) == *doc.Count
	if s.Mode == Backfill && page*yandexPerPage < *doc.Count && len(items) > 0 {
		res.Follow = []Request{yandexHistory(res.PageURL, page+1)}
	}
	return res, nil
}

// valid reports whether an incident has what every one has.
func (i yandexItem) valid() bool {
	return i.ID != "" && i.Start != "" && i.Status != "" && i.Comments != nil && i.Installations != nil
}

// yandexPageNumber returns the page of the history that an address names, 1 if it names none.
func yandexPageNumber(address string) int {
	if u, err := url.Parse(address); err == nil {
		if n, err := strconv.Atoi(u.Query().Get("page")); err == nil && n > 0 {
			return n
		}
	}
	return 1
}

var languageCode = regexp.MustCompile(`^[a-z]{2}$`)

// raw reads one incident. The status of its services tells their stage of release, not their health.
func (i yandexItem) raw(document string, p Page, home string) normalize.Raw {
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
		raw.Components = append(raw.Components, normalize.RawComponent{ID: string(s.ID), Name: s.Name, Group: "Services"})
	}
	for _, region := range *i.Installations {
		for _, zone := range region.Zones {
			raw.Components = append(raw.Components, normalize.RawComponent{ID: zone.ID, Name: zone.ID, Group: region.Code})
		}
	}
	for _, c := range slices.Backward(*i.Comments) {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(c.ID), State: c.Type, Posted: normalize.RawTime{Text: c.Created}, Body: c.Content, Format: normalize.FormatHTML,
		})
	}
	if i.Report != "" {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: "report", State: "report", Posted: normalize.RawTime{Text: i.ReportTime}, Body: i.Report, Format: normalize.FormatHTML,
		})
	}
	return raw
}
