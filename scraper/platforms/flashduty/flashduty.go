// Package flashduty reads the status pages of Flashduty (Flashcat), such as DeepSeek's, by the JSON below
// <page>/api/status-page/<page id>:
//
//	summary/active                   the page, its components and the changes now active: known from bytes of 2026
//	change/info?change_id=…          one change with its timeline: known from bytes of 2026
//	change/list?start_at_seconds=…   the changes of a span of time: known from other readers of it only
//
// A change is an incident or a maintenance. A backfill reads the list in spans of 90 days, back to the day the oldest
// component was added. The web page itself is rendered by a script and has no data.
package flashduty

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

// The kinds of Flashduty's documents, for normalize.Raw.
const (
	docActive = "active"
	docChange = "incident"
	list      = "history"
)

var (
	path      = lazyregexp.New(`^/api/status-page/(\d+)(?:/|$)`)
	idPattern = lazyregexp.New(`^\d+$`)
)

// Start requests the active changes; other requests follow from them. The source's address must contain the id of the
// page, which every request needs: https://status.acme.example/?page_id=1234567890 opens the page for people, too.
// The address of the API, https://status.acme.example/api/status-page/1234567890 , is also accepted.
func (Platform) Start(s scraper.Source) []scraper.Request {
	base, _ := base(s.URL)
	if base == "" {
		return []scraper.Request{{URL: s.URL}}
	}
	r := scraper.Request{URL: base + "/summary/active"}
	if s.Mode == scraper.Backfill {
		r.NextPage = max(1, s.FromPage)
	}
	return []scraper.Request{r}
}

// Home returns the address that people open, with the id that the requests need.
func (Platform) Home(page *url.URL) string {
	if base, id := base(page.String()); base != "" && page.Host != "" {
		return page.Scheme + "://" + page.Host + "/?page_id=" + id
	}
	return strings.TrimSuffix(page.String(), "/")
}

// base returns the address of a page's API and the page's id, "" if the address does not contain the id.
func base(address string) (base, id string) {
	u, err := url.Parse(address)
	if err != nil {
		return "", ""
	}
	if m := path.FindStringSubmatch(u.Path); m != nil {
		id = m[1]
	} else if id = u.Query().Get("page_id"); !idPattern.MatchString(id) {
		return "", ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/api/status-page/" + id}).String(), id
}

// Words are Flashduty's own: a maintenance is "ongoing", a component "degraded".
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States:   map[string]normalize.State{"ongoing": normalize.StateInProgress},
		Statuses: map[string]normalize.ComponentStatus{"degraded": normalize.StatusDegraded},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Flashduty (Flashcat)",
		Documents: []string{"summary/active", "change/list", "change/info"},
		History:   "all, 90 days at a time",
		Fields: []string{
			"state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected", "components",
		},
		Source:  scraper.FromBoth,
		Address: "https://status.acme.example/?page_id=<id>",
	}
}

// Detect reports whether the page is a document of Flashduty. An empty list of changes is not enough to recognise it.
func (Platform) Detect(p page.Page) bool {
	if !bytes.Contains(p.Body, []byte("request_id")) {
		return false // cheaper than parsing the page
	}
	res, err := Platform{}.Parse(scraper.Source{}, p)
	return err == nil && (res.Document != list || len(res.Incidents) > 0)
}

// document is any answer. A list that is missing or null stays nil, and never counts as empty.
type document struct {
	RequestID string `json:"request_id"`
	Data      *struct {
		Page   *pageInfo `json:"page"`
		Active []change  `json:"active_changes"`
		Items  []change  `json:"items"`
		Total  int       `json:"total"`
		More   bool      `json:"has_next_page"`
		change
	} `json:"data"`
}

type pageInfo struct {
	ID         scalar      `json:"page_id"`
	Name       string      `json:"name"`
	Domain     string      `json:"custom_domain"`
	Components []component `json:"components"`
	Sections   []section   `json:"sections"`
}

type section struct {
	ID   string `json:"section_id"`
	Name string `json:"name"`
}

type component struct {
	ID        string `json:"component_id"`
	SectionID string `json:"section_id"`
	Name      string `json:"name"`
	Since     scalar `json:"available_since_seconds"`
	Status    string `json:"status"` // in changes only
}

type change struct {
	ID          scalar      `json:"change_id"`
	Type        string      `json:"type"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	Status      string      `json:"status"`
	Affected    []component `json:"affected_components"`
	StartAt     scalar      `json:"start_at_seconds"`
	CloseAt     scalar      `json:"close_at_seconds"`
	EndAt       scalar      `json:"end_at_seconds"`
	Updates     []update    `json:"updates"`
}

type update struct {
	ID          string `json:"update_id"`
	At          scalar `json:"at_seconds"`
	Status      string `json:"status"`
	Description string `json:"description"`
	Changes     []struct {
		ID     string `json:"component_id"`
		Name   string `json:"component_name"` // missing where the component is gone
		Status string `json:"status"`
	} `json:"component_changes"`
}

// scalar is a number or a string as it is written, "" for null and zero.
type scalar string

// UnmarshalJSON refuses lists and objects.
func (v *scalar) UnmarshalJSON(b []byte) error {
	if b[0] == '{' || b[0] == '[' {
		return errors.New("a number or a string is expected")
	}
	*v = scalar(strings.Trim(string(b), `"`))
	if *v == "null" || *v == "0" {
		*v = ""
	}
	return nil
}

func (v scalar) time() normalize.RawTime { return normalize.RawTime{Text: string(v)} }

// Parse reads an answer of the API. It returns an error that wraps ErrShape for any other page, and for an answer
// without its list.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	var doc document
	if err := json.Unmarshal(body, &doc); err != nil || doc.RequestID == "" || doc.Data == nil {
		return scraper.Result{}, unexpected(s, p)
	}
	switch d := doc.Data; {
	case d.Page != nil && d.Page.ID != "" && d.Page.Components != nil && d.Active != nil:
		return readActive(s, p, *d.Page, d.Active)
	case d.Page != nil && d.Page.ID != "":
		return scraper.Result{}, page.Errorf("a Flashduty page without its list of components or of active_changes")
	case d.ID != "" && d.Updates != nil && d.Status != "":
		return scraper.Result{Document: docChange, Incidents: []normalize.Raw{d.raw(docChange, nil)}}, nil
	case d.Items != nil:
		raws, err := readChanges(list, d.Items, nil)
		if err != nil {
			return scraper.Result{}, err
		}
		res := scraper.Result{Document: list, Incidents: raws}
		if !d.More && d.Total <= len(raws) {
			res.Coverage.Since, res.Coverage.Until = bounds(p)
		}
		return res, nil
	}
	return scraper.Result{}, unexpected(s, p)
}

func unexpected(s scraper.Source, p page.Page) error {
	hint := ""
	if base, _ := base(s.URL); s.URL != "" && base == "" {
		hint = "; write the source's address with the id of its page: https://status.acme.example/?page_id=<id>"
	}
	return page.Errorf("%s, where an answer of Flashduty's status page API is expected%s", page.Describe(p), hint)
}

func readChanges(document string, changes []change, sections map[string]string) ([]normalize.Raw, error) {
	var out []normalize.Raw
	for _, c := range changes {
		if c.ID == "" && c.Title == "" {
			return nil, page.Errorf("a Flashduty list of changes with one that has neither change_id nor title")
		}
		out = append(out, c.raw(document, sections))
	}
	return out, nil
}

// readActive reads the active changes. Components have no status of their own: the page shows the status that an
// active change gives them, and "operational" for all others, since the list is complete. While an active change
// names no component, the status of the components that no change names is unknown.
func readActive(s scraper.Source, p page.Page, info pageInfo, active []change) (scraper.Result, error) {
	sections := map[string]string{}
	for _, section := range info.Sections {
		if section.ID != "" { // components without a section have no id of one either
			sections[section.ID] = section.Name
		}
	}
	raws, err := readChanges(docActive, active, sections)
	if err != nil {
		return scraper.Result{}, err
	}
	res := scraper.Result{
		Document: docActive, Incidents: raws, PageName: info.Name,
		Coverage: scraper.Coverage{Open: true, Components: true},
		Follow:   follow(s, p, info, active),
	}
	if info.Domain != "" {
		res.PageURL = "https://" + info.Domain + "/?page_id=" + string(info.ID)
	}
	status, silent := map[string]string{}, false
	for _, raw := range raws {
		switch normalize.Word(raw.State) {
		case "scheduled", "completed", "resolved", "cancelled", "canceled":
			continue
		}
		silent = silent || len(raw.Components) == 0
		for _, c := range raw.Components {
			status[c.ID] = worse(status[c.ID], c.Status)
		}
	}
	for n, c := range info.Components {
		if strings.TrimSpace(c.Name) == "" {
			res.Findings = append(res.Findings, page.Nameless("components", n+1, len(info.Components)))
			res.Coverage.Components = false
			continue
		}
		out := normalize.RawComponent{ID: c.ID, Name: c.Name, Group: sections[c.SectionID], Status: status[c.ID]}
		if out.Status == "" && !silent {
			out.Status = "operational"
		}
		res.Components = append(res.Components, out)
	}
	return res, nil
}

// raw reads one change. Its severity is the worst status that it gave a component, since after the end all are
// "operational" again. Old changes contain components that are gone from the page, without their names.
func (c change) raw(document string, sections map[string]string) normalize.Raw {
	raw := normalize.Raw{Document: document, ID: string(c.ID), Title: c.Title, State: c.Status, Kind: c.Type}
	over := slices.Contains([]string{"resolved", "completed", "cancelled", "canceled"}, normalize.Word(c.Status))
	if c.Type == string(normalize.KindMaintenance) {
		raw.ScheduledStart, raw.ScheduledEnd = c.StartAt.time(), scalar(
			cmp.Or(string(c.EndAt), string(c.CloseAt)),
		).time()
	} else {
		raw.Started = c.StartAt.time()
	}
	if over {
		raw.Resolved = c.CloseAt.time()
	}
	if len(c.Updates) == 0 {
		raw.Message = c.Description
	}
	at := map[string]int{}
	note := func(id, section, name, status string) {
		if id == "" && name == "" {
			return
		}
		key := cmp.Or(id, name)
		n, ok := at[key]
		if !ok {
			n, at[key] = len(raw.Components), len(raw.Components)
			raw.Components = append(
				raw.Components,
				normalize.RawComponent{ID: id, Name: key, Group: sections[section]},
			)
		}
		raw.Components[n].Name = cmp.Or(name, raw.Components[n].Name)
		raw.Components[n].Status = cmp.Or(status, raw.Components[n].Status)
		if normalize.Word(status) != "operational" {
			raw.Impact = worse(raw.Impact, status)
		}
	}
	updates := slices.Clone(c.Updates)
	slices.SortStableFunc(updates, func(a, b update) int { return cmp.Compare(a.At.seconds(), b.At.seconds()) })
	for _, a := range c.Affected {
		note(a.ID, a.SectionID, a.Name, "")
	}
	for _, u := range updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: u.ID, State: u.Status, Posted: u.At.time(), Body: u.Description, Format: normalize.FormatMarkdown,
		})
		for _, change := range u.Changes {
			note(change.ID, "", change.Name, change.Status)
		}
	}
	for _, a := range c.Affected {
		note(a.ID, a.SectionID, a.Name, a.Status)
	}
	return raw
}

func (v scalar) seconds() int64 {
	n, _ := strconv.ParseInt(string(v), 10, 64)
	return n
}

// worse returns the worse of two statuses. An unknown word is worse than "degraded", as in every comparison of
// severities.
func worse(a, b string) string {
	rank := func(word string) int {
		switch normalize.Word(word) {
		case "":
			return -1
		case "operational":
			return 0
		case "maintenance", "under_maintenance":
			return 1
		case "degraded", "degraded_performance":
			return 2
		case "partial_outage":
			return 4
		case "full_outage", "major_outage":
			return 5
		}
		return 3
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}
