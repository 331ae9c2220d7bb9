package scraper

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"vendorwatch/normalize"
)

func init() { Register("sorry", sorry{}) }

// sorry reads the status pages of Sorry (sorryapp.com) by the public API that each page has, known from documents
// only: https://status.sorryapp.com/api , https://docs.sorryapp.com/v1/notices and open-source readers of it.
//
//	<page>/api/v1/status         the page's own word for its state
//	<page>/api/v1/components     the components with their states, page by page
//	<page>/api/v1/notices        incidents and maintenance of all times, page by page, each with its latest update
//	<page>/api/v1/notices/<id>   one of them with its timeline and components
//	the home page                told by its generator; it leads to the above
//
// A poll reads the first page of notices and the notices that are open or new; a backfill all of them. Sorry has no
// severities.
type sorry struct{}

// The kinds of Sorry's documents, as in normalize.Raw.
const (
	sorryStatus     = "status"
	sorryComponents = "components"
	sorryNotices    = "notices"
	sorryNotice     = "incident"
	sorryHome       = "home"
)

const wantSorry = "a document of Sorry's page API (status, components, notices, or one notice), or a page made by Sorry,"

const sorryPath = "/api/v1/"

// sorryMade is the tag by which a web page says what made it.
var sorryMade = regexp.MustCompile(`(?i)<meta\b[^>]*\bgenerator\b[^>]*\bsorryapp\.com\b`)

// Start asks for the page's state, its components and its notices; a backfill for a page of notices.
func (sorry) Start(s Source) []Request {
	home := homeOfStatuspage(s.URL)
	if home == "" {
		return []Request{{URL: s.URL}}
	}
	if s.Mode == Backfill {
		return []Request{sorryNoticesPage(home, max(1, s.FromPage))}
	}
	return []Request{
		{URL: home + sorryPath + "notices"},
		{URL: home + sorryPath + "components", Optional: true},
		{URL: home + sorryPath + "status", Optional: true},
	}
}

func sorryNoticesPage(home string, n int) Request {
	r := Request{URL: home + sorryPath + "notices", NextPage: n}
	if n > 1 {
		r.URL += "?page=" + strconv.Itoa(n)
	}
	return r
}

// Home returns scheme and host: Sorry serves one status page a host.
func (sorry) Home(page *url.URL) string { return siteOf(page) }

// Words are Sorry's own. A false alarm is over, as nothing is left to do.
func (sorry) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{"false_alarm": normalize.StateResolved},
		Statuses: map[string]normalize.ComponentStatus{
			"degraded": normalize.StatusDegraded, "partially_degraded": normalize.StatusDegraded,
		},
	}
}

// Describe says what is read of Sorry.
func (sorry) Describe() Description {
	return Description{
		Name:      "Sorry",
		Documents: []string{"api/v1/status", "api/v1/components", "api/v1/notices", "api/v1/notices/<id>", "home page"},
		History:   "all that api/v1/notices lists, page by page",
		Fields:    []string{"url", "state", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected", "components"},
		Source:    FromDocuments,
	}
}

// Detect reports whether the page is a document of Sorry's page API, or a web page made by Sorry.
func (sorry) Detect(p Page) bool {
	body := feedBody(p)
	switch {
	case isJSON(body):
		if !slices.ContainsFunc([]string{`"total_count"`, `"timeline_state"`, `"state"`}, func(key string) bool { return bytes.Contains(body, []byte(key)) }) {
			return false // before the page is parsed to say what else it is
		}
		_, err := sorry{}.Parse(Source{}, p)
		return err == nil
	case looksLikeHTML(body):
		return sorryMade.Match(body) && !openEnded(body)
	}
	return false
}

// sorryMeta stands below every list.
type sorryMeta struct {
	Total *int   `json:"total_count"`
	Next  string `json:"next_page"` // empty on the last page
}

type sorryPart struct {
	ID     jsonText `json:"id"`
	Name   string   `json:"name"`
	State  string   `json:"state"`
	Parent jsonText `json:"parent_id"`
}

type sorryEntry struct {
	ID         jsonText      `json:"id"`
	Type       string        `json:"type"` // planned, unplanned, general
	State      string        `json:"state"`
	Subject    string        `json:"subject"`
	URL        string        `json:"url"`
	Link       string        `json:"link"`
	Begins     string        `json:"begins_at"` // planned only, as is Ends
	Ends       string        `json:"ends_at"`
	Began      string        `json:"began_at"`
	Ended      string        `json:"ended_at"`
	Created    string        `json:"created_at"`
	Updated    string        `json:"updated_at"`
	Latest     *sorryUpdate  `json:"latest_update"` // in lists only
	Components []sorryPart   `json:"components"`    // of one notice only, as are Updates
	Updates    []sorryUpdate `json:"updates"`
}

type sorryUpdate struct {
	ID      jsonText `json:"id"`
	State   string   `json:"state"`
	Content string   `json:"content"`
	Created string   `json:"created_at"`
}

// Parse reads a document of the page API, or a web page that leads to it. It returns an error that wraps ErrShape
// for anything else.
func (r sorry) Parse(s Source, p Page) (Result, error) {
	body := feedBody(p)
	if looksLikeHTML(body) && sorryMade.Match(body) && !openEnded(body) && homeOfStatuspage(p.URL) != "" {
		return Result{Document: sorryHome, Part: true, Follow: r.Start(Source{URL: homeOfStatuspage(p.URL), Mode: s.Mode, FromPage: s.FromPage})}, nil
	}
	var keys map[string]json.RawMessage
	if err := readJSON(p, &keys, wantSorry); err != nil {
		return Result{}, err
	}
	var meta sorryMeta
	list := len(keys) == 2 && json.Unmarshal(keys["meta"], &meta) == nil && meta.Total != nil
	switch {
	case list && keys["notices"] != nil:
		return readSorryNotices(s, p, keys["notices"], meta)
	case list && keys["components"] != nil:
		return readSorryComponents(p, keys["components"], meta)
	case len(keys) == 1 && keys["notice"] != nil:
		var e sorryEntry
		if err := json.Unmarshal(keys["notice"], &e); err != nil || !e.whole() || e.Updates == nil {
			return Result{}, shapeErrorf("a notice of Sorry that lacks what they have (id, type, state, subject, updates)")
		}
		return Result{Document: sorryNotice, Incidents: []normalize.Raw{e.raw(sorryNotice)}, PageURL: homeOfStatuspage(p.URL)}, nil
	case len(keys) == 1 && keys["page"] != nil:
		return readSorryStatus(p, keys["page"])
	}
	return Result{}, notWanted(p, wantSorry)
}

func readSorryStatus(p Page, text json.RawMessage) (Result, error) {
	var page struct {
		Name  string          `json:"name"`
		State string          `json:"state"`
		Text  string          `json:"state_text"`
		URL   string          `json:"url"`
		Links json.RawMessage `json:"links"`
	}
	if json.Unmarshal(text, &page) != nil || page.Name == "" || page.State == "" || page.URL == "" || page.Text == "" && page.Links == nil {
		return Result{}, notWanted(p, wantSorry)
	}
	return Result{Document: sorryStatus, PageName: oneLine(page.Name), PageURL: homeOfStatuspage(page.URL), Indicator: page.State, Headline: page.Text}, nil
}

// readSorryComponents reads a page of components. A component stands in the group of the one above it, where that
// is on the same page.
func readSorryComponents(p Page, text json.RawMessage, meta sorryMeta) (Result, error) {
	var parts []sorryPart
	if json.Unmarshal(text, &parts) != nil || parts == nil {
		return Result{}, notWanted(p, wantSorry)
	}
	res := Result{Document: sorryComponents, PageURL: homeOfStatuspage(p.URL)}
	byID := map[jsonText]sorryPart{}
	for i, part := range parts {
		if part.ID == "" || part.Name == "" {
			return Result{}, shapeErrorf("a list of Sorry's components whose entry %d lacks its id or its name", i+1)
		}
		byID[part.ID] = part
	}
	for _, part := range parts {
		c := part.raw()
		c.Group = byID[part.Parent].Name
		res.Components = append(res.Components, c)
	}
	res.Part = meta.Next != "" || sorryPageOf(p.URL) > 1
	res.Coverage.Components = meta.Next == ""
	if meta.Next != "" {
		res.Follow = []Request{{URL: resolveURL(p.URL, meta.Next), Optional: true}}
	}
	return res, nil
}

func (c sorryPart) raw() normalize.RawComponent {
	return normalize.RawComponent{ID: string(c.ID), Name: c.Name, Status: c.State}
}

// sorryPageOf returns the number of the page that an address asks for.
func sorryPageOf(address string) int {
	u, err := url.Parse(address)
	if err != nil {
		return 1
	}
	n, err := strconv.Atoi(u.Query().Get("page"))
	if err != nil {
		return 1
	}
	return n
}

// readSorryNotices reads a page of notices. What is wanted of each beyond its latest update is on its own page.
func readSorryNotices(s Source, p Page, text json.RawMessage, meta sorryMeta) (Result, error) {
	var entries []sorryEntry
	if json.Unmarshal(text, &entries) != nil || entries == nil {
		return Result{}, notWanted(p, wantSorry)
	}
	home, n := homeOfStatuspage(p.URL), sorryPageOf(p.URL)
	res := Result{Document: sorryNotices, PageURL: home}
	listed := map[string]bool{}
	for i, e := range entries {
		if !e.whole() {
			return Result{}, shapeErrorf("a list of Sorry's notices whose entry %d lacks what they have (id, type, state, subject)", i+1)
		}
		id := string(e.ID)
		listed[id] = true
		res.Incidents = append(res.Incidents, e.raw(sorryNotices))
		if known, ok := s.Known[id]; !ok || !known.Over || known.Excerpt || e.Ended == "" {
			res.Follow = append(res.Follow, sorryFollow(home, id)...)
		}
	}
	all := meta.Next == "" && n == 1
	res.Coverage.Open = all
	switch {
	case s.Mode == Backfill && meta.Next != "":
		next := sorryNoticesPage(home, n+1)
		next.URL = resolveURL(p.URL, meta.Next)
		res.Follow = append(res.Follow, next)
	case s.Mode == Poll && n == 1 && !all:
		// A notice that has been open for long stands on a later page, where its end would not be seen.
		for _, id := range slices.Sorted(maps.Keys(s.Known)) {
			if !s.Known[id].Over && !listed[id] {
				res.Follow = append(res.Follow, sorryFollow(home, id)...)
			}
		}
	}
	return res, nil
}

var sorryID = regexp.MustCompile(`^\w+$`)

// sorryFollow asks for one notice; not for one whose id cannot stand in an address, nor where none is known.
func sorryFollow(home, id string) []Request {
	if home == "" || !sorryID.MatchString(id) {
		return nil
	}
	return []Request{{URL: home + sorryPath + "notices/" + id, Optional: true}}
}

// whole reports whether a notice has what every notice has.
func (e sorryEntry) whole() bool {
	return e.ID != "" && e.Type != "" && e.State != "" && e.Subject != ""
}

var sorryKinds = map[string]normalize.Kind{
	"planned": normalize.KindMaintenance, "unplanned": normalize.KindIncident, "general": normalize.KindNotice,
}

func (e sorryEntry) raw(document string) normalize.Raw {
	raw := normalize.Raw{
		Document: document, ID: string(e.ID), URL: cmp.Or(e.URL, e.Link), Kind: string(sorryKinds[e.Type]), Title: e.Subject, State: e.State,
		Started: rawTime(e.Began, ""), Resolved: rawTime(e.Ended, ""), Created: rawTime(e.Created, ""), Updated: rawTime(e.Updated, ""),
		ScheduledStart: rawTime(e.Begins, ""), ScheduledEnd: rawTime(e.Ends, ""),
	}
	if raw.Kind == "" {
		raw.Kind = e.Type // which becomes a finding
	}
	for _, c := range e.Components {
		// What a component is like is said of now, not of then.
		raw.Components = append(raw.Components, normalize.RawComponent{ID: string(c.ID), Name: c.Name})
	}
	updates := e.Updates
	if updates == nil {
		raw.Excerpt = true
		if e.Latest != nil {
			updates = []sorryUpdate{*e.Latest}
			updates[0].State = cmp.Or(e.Latest.State, e.State)
		}
	}
	for _, u := range updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(u.ID), State: u.State, Posted: rawTime(u.Created, ""), Body: u.Content, Format: formatOf(u.Content),
		})
	}
	oldestFirst(raw.Updates)
	return raw
}
