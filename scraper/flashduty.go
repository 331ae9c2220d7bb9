package scraper

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"vendorwatch/normalize"
)

func init() { Register("flashduty", flashduty{}) }

// flashduty reads the status pages of Flashduty (Flashcat), such as DeepSeek's, by the JSON below
// <page>/api/status-page/<page id>:
//
//	summary/active                   the page, its components and the changes now active: known from bytes of 2026
//	change/info?change_id=…          one change with its timeline: known from bytes of 2026
//	change/list?start_at_seconds=…   the changes of a span of time: known from other readers of it only
//
// A change is an incident or a maintenance. A backfill reads the list by spans of 90 days, back to the day the
// oldest component was added. The web page itself is made by a script and tells nothing.
type flashduty struct{}

// The kinds of Flashduty's documents, as in normalize.Raw.
const (
	flashdutyActive = "active"
	flashdutyChange = "incident"
	flashdutyList   = "history"
)

var (
	flashdutyPath = regexp.MustCompile(`^/api/status-page/(\d+)(?:/|$)`)
	flashdutyID   = regexp.MustCompile(`^\d+$`)
)

// Start asks for what is active now; what else is needed follows from it. The source's address has to tell the
// id of the page, which every request needs: https://status.acme.example/?page_id=1234567890 opens the page for
// people too; the address of the API, https://status.acme.example/api/status-page/1234567890 , does as well.
func (flashduty) Start(s Source) []Request {
	base, _ := flashdutyBase(s.URL)
	if base == "" {
		return []Request{{URL: s.URL}}
	}
	r := Request{URL: base + "/summary/active"}
	if s.Mode == Backfill {
		r.NextPage = max(1, s.FromPage)
	}
	return []Request{r}
}

// Home returns the address that people open, with the id that the requests need.
func (flashduty) Home(page *url.URL) string {
	if base, id := flashdutyBase(page.String()); base != "" && page.Host != "" {
		return page.Scheme + "://" + page.Host + "/?page_id=" + id
	}
	return strings.TrimSuffix(page.String(), "/")
}

// flashdutyBase returns the address of a page's API and the page's id, "" if the address does not tell the id.
func flashdutyBase(address string) (base, id string) {
	u, err := url.Parse(address)
	if err != nil {
		return "", ""
	}
	if m := flashdutyPath.FindStringSubmatch(u.Path); m != nil {
		id = m[1]
	} else if id = u.Query().Get("page_id"); !flashdutyID.MatchString(id) {
		return "", ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/api/status-page/" + id}).String(), id
}

// Words are Flashduty's own: a maintenance is "ongoing", a component "degraded".
func (flashduty) Words() normalize.Words {
	return normalize.Words{
		States:   map[string]normalize.State{"ongoing": normalize.StateInProgress},
		Statuses: map[string]normalize.ComponentStatus{"degraded": normalize.StatusDegraded},
	}
}

// Describe says what is read of Flashduty.
func (flashduty) Describe() Description {
	return Description{
		Name:      "Flashduty (Flashcat)",
		Documents: []string{"summary/active", "change/list", "change/info"},
		History:   "all, by spans of 90 days",
		Fields:    []string{"state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected", "components"},
		Source:    FromBoth,
		Address:   "https://status.acme.example/?page_id=<id>",
	}
}

// Detect reports whether the page is a document of Flashduty. An empty list of changes is not enough to tell.
func (flashduty) Detect(p Page) bool {
	if !bytes.Contains(p.Body, []byte("request_id")) {
		return false // before the page is parsed to say what else it is
	}
	res, err := flashduty{}.Parse(Source{}, p)
	return err == nil && (res.Document != flashdutyList || len(res.Incidents) > 0)
}

// fdDocument is any answer. Lists that are missing or null stay nil and never count as empty.
type fdDocument struct {
	RequestID string `json:"request_id"`
	Data      *struct {
		Page   *fdPage    `json:"page"`
		Active []fdChange `json:"active_changes"`
		Items  []fdChange `json:"items"`
		Total  int        `json:"total"`
		More   bool       `json:"has_next_page"`
		fdChange
	} `json:"data"`
}

type fdPage struct {
	ID         fdScalar      `json:"page_id"`
	Name       string        `json:"name"`
	Domain     string        `json:"custom_domain"`
	Components []fdComponent `json:"components"`
	Sections   []fdSection   `json:"sections"`
}

type fdSection struct {
	ID   string `json:"section_id"`
	Name string `json:"name"`
}

type fdComponent struct {
	ID        string   `json:"component_id"`
	SectionID string   `json:"section_id"`
	Name      string   `json:"name"`
	Since     fdScalar `json:"available_since_seconds"`
	Status    string   `json:"status"` // in changes only
}

type fdChange struct {
	ID          fdScalar      `json:"change_id"`
	Type        string        `json:"type"`
	Title       string        `json:"title"`
	Description string        `json:"description"`
	Status      string        `json:"status"`
	Affected    []fdComponent `json:"affected_components"`
	StartAt     fdScalar      `json:"start_at_seconds"`
	CloseAt     fdScalar      `json:"close_at_seconds"`
	EndAt       fdScalar      `json:"end_at_seconds"`
	Updates     []fdUpdate    `json:"updates"`
}

type fdUpdate struct {
	ID          string   `json:"update_id"`
	At          fdScalar `json:"at_seconds"`
	Status      string   `json:"status"`
	Description string   `json:"description"`
	Changes     []struct {
		ID     string `json:"component_id"`
		Name   string `json:"component_name"` // missing where the component is gone
		Status string `json:"status"`
	} `json:"component_changes"`
}

// fdScalar is a number or a string as it is written, "" for null and zero.
type fdScalar string

// UnmarshalJSON refuses lists and objects.
func (v *fdScalar) UnmarshalJSON(b []byte) error {
	if b[0] == '{' || b[0] == '[' {
		return errors.New("a number or a string is expected")
	}
	*v = fdScalar(strings.Trim(string(b), `"`))
	if *v == "null" || *v == "0" {
		*v = ""
	}
	return nil
}

func (v fdScalar) time() normalize.RawTime { return normalize.RawTime{Text: string(v)} }

// Parse reads an answer of the API. It returns an error that wraps ErrShape for what is none, and for one
// without the list that it should hold.
func (flashduty) Parse(s Source, p Page) (Result, error) {
	body := feedBody(p)
	var doc fdDocument
	if err := json.Unmarshal(body, &doc); err != nil || doc.RequestID == "" || doc.Data == nil {
		return Result{}, notFlashduty(s, p)
	}
	switch d := doc.Data; {
	case d.Page != nil && d.Page.ID != "" && d.Page.Components != nil && d.Active != nil:
		return readFlashdutyActive(s, p, *d.Page, d.Active)
	case d.Page != nil && d.Page.ID != "":
		return Result{}, shapeErrorf("a Flashduty page without its list of components or of active_changes")
	case d.ID != "" && d.Updates != nil && d.Status != "":
		return Result{Document: flashdutyChange, Incidents: []normalize.Raw{d.raw(flashdutyChange, nil)}}, nil
	case d.Items != nil:
		raws, err := readFlashdutyChanges(flashdutyList, d.Items, nil)
		if err != nil {
			return Result{}, err
		}
		res := Result{Document: flashdutyList, Incidents: raws}
		if !d.More && d.Total <= len(raws) {
			res.Coverage.Since, res.Coverage.Until = flashdutyBounds(p)
		}
		return res, nil
	}
	return Result{}, notFlashduty(s, p)
}

func notFlashduty(s Source, p Page) error {
	hint := ""
	if base, _ := flashdutyBase(s.URL); s.URL != "" && base == "" {
		hint = "; write the source's address with the id of its page: https://status.acme.example/?page_id=<id>"
	}
	return shapeErrorf("%s, where an answer of Flashduty's status page API is expected%s", wrongPage(p), hint)
}

func readFlashdutyChanges(document string, changes []fdChange, sections map[string]string) ([]normalize.Raw, error) {
	var out []normalize.Raw
	for _, c := range changes {
		if c.ID == "" && c.Title == "" {
			return nil, shapeErrorf("a Flashduty list of changes with one that has neither change_id nor title")
		}
		out = append(out, c.raw(document, sections))
	}
	return out, nil
}

// readFlashdutyActive reads what is active now. The page gives components no status of their own: it shows
// what an active change says of them, and "operational" for those that none names, as the list is complete.
// While a change names no component, nothing is known of those no other one names.
func readFlashdutyActive(s Source, p Page, page fdPage, active []fdChange) (Result, error) {
	sections := map[string]string{}
	for _, section := range page.Sections {
		sections[section.ID] = section.Name
	}
	raws, err := readFlashdutyChanges(flashdutyActive, active, sections)
	if err != nil {
		return Result{}, err
	}
	res := Result{
		Document: flashdutyActive, Incidents: raws, PageName: page.Name,
		Coverage: Coverage{Open: true, Components: true},
		Follow:   followFlashduty(s, p, page, active),
	}
	if page.Domain != "" {
		res.PageURL = "https://" + page.Domain + "/?page_id=" + string(page.ID)
	}
	status, silent := map[string]string{}, false
	for _, raw := range raws {
		switch normalize.Word(raw.State) {
		case "scheduled", "completed", "resolved", "cancelled", "canceled":
			continue
		}
		silent = silent || len(raw.Components) == 0
		for _, c := range raw.Components {
			status[c.ID] = flashdutyWorse(status[c.ID], c.Status)
		}
	}
	for _, c := range page.Components {
		if strings.TrimSpace(c.Name) == "" {
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

// raw reads one change. Its severity is the worst that it says of a component: after the end they are all
// "operational" again. Components that are gone from the page are named in old changes without their names.
func (c fdChange) raw(document string, sections map[string]string) normalize.Raw {
	raw := normalize.Raw{Document: document, ID: string(c.ID), Title: c.Title, State: c.Status, Kind: c.Type}
	over := slices.Contains([]string{"resolved", "completed", "cancelled", "canceled"}, normalize.Word(c.Status))
	if c.Type == string(normalize.KindMaintenance) {
		raw.ScheduledStart, raw.ScheduledEnd = c.StartAt.time(), fdScalar(cmp.Or(string(c.EndAt), string(c.CloseAt))).time()
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
			raw.Components = append(raw.Components, normalize.RawComponent{ID: id, Name: key, Group: sections[section]})
		}
		raw.Components[n].Name = cmp.Or(name, raw.Components[n].Name)
		raw.Components[n].Status = cmp.Or(status, raw.Components[n].Status)
		if normalize.Word(status) != "operational" {
			raw.Impact = flashdutyWorse(raw.Impact, status)
		}
	}
	updates := slices.Clone(c.Updates)
	slices.SortStableFunc(updates, func(a, b fdUpdate) int { return cmp.Compare(a.At.seconds(), b.At.seconds()) })
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

func (v fdScalar) seconds() int64 {
	n, _ := strconv.ParseInt(string(v), 10, 64)
	return n
}

// flashdutyWorse returns the worse of two statuses. A word that is not known stands above "degraded", as it
// does wherever severities are compared.
func flashdutyWorse(a, b string) string {
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
