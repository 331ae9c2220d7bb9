// Package sorry reads the status pages of Sorry (sorryapp.com) by the public API that each page has, known from
// documents only: https://status.sorryapp.com/api , https://docs.sorryapp.com/v1/notices and open-source readers of
// it.
//
//	<page>/api/v1/status         the page's own word for its state
//	<page>/api/v1/components     the components with their states, page by page
//	<page>/api/v1/notices        incidents and maintenance of all times, page by page, each with its latest update
//	<page>/api/v1/notices/<id>   one of them with its timeline and components
//	the home page                told by its generator; it leads to the above
//
// A poll reads the first page of notices and the notices that are open or new; a backfill all of them. Sorry has no
// severities.
package sorry

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
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

// The kinds of Sorry's documents, for normalize.Raw.
const (
	status     = "status"
	components = "components"
	notices    = "notices"
	notice     = "incident"
	home       = "home"
)

const want = "a document of Sorry's page API (status, components, notices, or one notice), or a page made by Sorry,"

const path = "/api/v1/"

// made is the tag by which a web page says what made it.
var made = lazyregexp.New(`(?i)<meta\b[^>]*\bgenerator\b[^>]*\bsorryapp\.com\b`)

// Start requests the page's state, its components and its notices; a backfill for a page of notices.
func (Platform) Start(s scraper.Source) []scraper.Request {
	home := page.SiteOf(s.URL)
	if home == "" {
		return []scraper.Request{{URL: s.URL}}
	}
	if s.Mode == scraper.Backfill {
		return []scraper.Request{noticesPage(home, max(1, s.FromPage))}
	}
	return []scraper.Request{
		{URL: home + path + "notices"},
		{URL: home + path + "components", Optional: true},
		{URL: home + path + "status", Optional: true},
	}
}

func noticesPage(home string, n int) scraper.Request {
	r := scraper.Request{URL: home + path + "notices", NextPage: n}
	if n > 1 {
		r.URL += "?page=" + strconv.Itoa(n)
	}
	return r
}

// Home returns scheme and host: Sorry serves one status page a host.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words are Sorry's own. A false alarm is over, as nothing is left to do.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{"false_alarm": normalize.StateResolved},
		Statuses: map[string]normalize.ComponentStatus{
			"degraded": normalize.StatusDegraded, "partially_degraded": normalize.StatusDegraded,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name: "Sorry",
		Documents: []string{
			"api/v1/status", "api/v1/components", "api/v1/notices", "api/v1/notices/<id>", "home page",
		},
		History: "everything that api/v1/notices lists, page by page",
		Fields: []string{
			"url", "state", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates",
			"affected", "components",
		},
		Source: scraper.FromDocuments,
	}
}

// Detect reports whether the page is a document of Sorry's page API, or a web page made by Sorry.
func (Platform) Detect(p page.Page) bool {
	body := page.Body(p)
	switch {
	case page.IsJSON(body):
		if !slices.ContainsFunc(
			[]string{`"total_count"`, `"timeline_state"`, `"state"`},
			func(key string) bool { return bytes.Contains(body, []byte(key)) },
		) {
			return false // cheaper than parsing the page
		}
		_, err := Platform{}.Parse(scraper.Source{}, p)
		return err == nil
	case page.IsHTML(body):
		return made.Match(body) && !page.BreaksOff(body)
	}
	return false
}

// meta stands below every list.
type meta struct {
	Total *int   `json:"total_count"`
	Next  string `json:"next_page"` // empty on the last page
}

type part struct {
	ID     page.Scalar `json:"id"`
	Name   string      `json:"name"`
	State  string      `json:"state"`
	Parent page.Scalar `json:"parent_id"`
}

type entry struct {
	ID         page.Scalar `json:"id"`
	Type       string      `json:"type"` // planned, unplanned, general
	State      string      `json:"state"`
	Subject    string      `json:"subject"`
	URL        string      `json:"url"`
	Link       string      `json:"link"`
	Begins     string      `json:"begins_at"` // planned only, as is Ends
	Ends       string      `json:"ends_at"`
	Began      string      `json:"began_at"`
	Ended      string      `json:"ended_at"`
	Created    string      `json:"created_at"`
	Updated    string      `json:"updated_at"`
	Latest     *update     `json:"latest_update"` // in lists only
	Components []part      `json:"components"`    // of one notice only, as are Updates
	Updates    []update    `json:"updates"`
}

type update struct {
	ID      page.Scalar `json:"id"`
	State   string      `json:"state"`
	Content string      `json:"content"`
	Created string      `json:"created_at"`
}

// Parse reads a document of the page API, or a web page that leads to it. It returns an error that wraps ErrShape
// for anything else.
func (r Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if page.IsHTML(body) && made.Match(body) && !page.BreaksOff(body) && page.SiteOf(p.URL) != "" {
		return scraper.Result{
			Document: home,
			Part:     true,
			Follow:   r.Start(scraper.Source{URL: page.SiteOf(p.URL), Mode: s.Mode, FromPage: s.FromPage}),
		}, nil
	}
	var keys map[string]json.RawMessage
	if err := page.DecodeJSON(p, &keys, want); err != nil {
		return scraper.Result{}, err
	}
	var meta meta
	list := len(keys) == 2 && json.Unmarshal(keys["meta"], &meta) == nil && meta.Total != nil
	switch {
	case list && keys["notices"] != nil:
		return readNotices(s, p, keys["notices"], meta)
	case list && keys["components"] != nil:
		return readComponents(p, keys["components"], meta)
	case len(keys) == 1 && keys["notice"] != nil:
		var e entry
		if err := json.Unmarshal(keys["notice"], &e); err != nil || !e.whole() || e.Updates == nil {
			return scraper.Result{}, page.Errorf(
				"a notice of Sorry that lacks what they have (id, type, state, subject, updates)",
			)
		}
		return scraper.Result{
			Document:  notice,
			Incidents: []normalize.Raw{e.raw(notice)},
			PageURL:   page.SiteOf(p.URL),
		}, nil
	case len(keys) == 1 && keys["page"] != nil:
		return readStatus(p, keys["page"])
	}
	return scraper.Result{}, page.Unexpected(p, want)
}

func readStatus(p page.Page, text json.RawMessage) (scraper.Result, error) {
	var doc struct {
		Name  string          `json:"name"`
		State string          `json:"state"`
		Text  string          `json:"state_text"`
		URL   string          `json:"url"`
		Links json.RawMessage `json:"links"`
	}
	if json.Unmarshal(text, &doc) != nil || doc.Name == "" || doc.State == "" || doc.URL == "" ||
		doc.Text == "" && doc.Links == nil {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	return scraper.Result{
		Document:  status,
		PageName:  page.OneLine(doc.Name),
		PageURL:   page.SiteOf(doc.URL),
		Indicator: doc.State,
		Headline:  doc.Text,
	}, nil
}

// readComponents reads a page of components. A component stands in the group of the one above it, where that
// is on the same page.
func readComponents(p page.Page, text json.RawMessage, meta meta) (scraper.Result, error) {
	var parts []part
	if json.Unmarshal(text, &parts) != nil || parts == nil {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{Document: components, PageURL: page.SiteOf(p.URL)}
	byID := map[page.Scalar]part{}
	for i, part := range parts {
		if part.ID == "" || part.Name == "" {
			return scraper.Result{}, page.Errorf(
				"a list of Sorry's components whose entry %d lacks its id or its name",
				i+1,
			)
		}
		byID[part.ID] = part
	}
	for _, part := range parts {
		c := part.raw()
		c.Group = byID[part.Parent].Name
		res.Components = append(res.Components, c)
	}
	res.Part = meta.Next != "" || pageOf(p.URL) > 1
	res.Coverage.Components = meta.Next == "" && (pageOf(p.URL) > 1 || meta.whole(len(parts)))
	if meta.Next != "" {
		res.Follow = []scraper.Request{{URL: page.Resolve(p.URL, meta.Next), Optional: true}}
	}
	return res, nil
}

func (c part) raw() normalize.RawComponent {
	return normalize.RawComponent{ID: string(c.ID), Name: c.Name, Status: c.State}
}

// whole reports whether a list has as many entries as it announces: the last page of a saved list, whose address nobody
// told, looks like the only one otherwise.
func (m meta) whole(listed int) bool { return m.Total == nil || *m.Total <= listed }

// pageOf returns the number of the page that an address asks for.
func pageOf(address string) int {
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

// readNotices reads a page of notices. What is wanted of each beyond its latest update is on its own page.
func readNotices(s scraper.Source, p page.Page, text json.RawMessage, meta meta) (scraper.Result, error) {
	var entries []entry
	if json.Unmarshal(text, &entries) != nil || entries == nil {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	home, n := page.SiteOf(p.URL), pageOf(p.URL)
	res := scraper.Result{Document: notices, PageURL: home}
	listed := map[string]bool{}
	for i, e := range entries {
		if !e.whole() {
			return scraper.Result{}, page.Errorf(
				"a list of Sorry's notices whose entry %d lacks what they have (id, type, state, subject)",
				i+1,
			)
		}
		id := string(e.ID)
		listed[id] = true
		res.Incidents = append(res.Incidents, e.raw(notices))
		if known, ok := s.Known[id]; !ok || !known.Over || known.Excerpt || e.Ended == "" {
			res.Follow = append(res.Follow, follow(home, id)...)
		}
	}
	all := meta.Next == "" && n == 1 && meta.whole(len(entries))
	res.Coverage.Open = all
	switch {
	case s.Mode == scraper.Backfill && meta.Next != "":
		next := noticesPage(home, n+1)
		next.URL = page.Resolve(p.URL, meta.Next)
		res.Follow = append(res.Follow, next)
	case s.Mode == scraper.Poll && n == 1 && !all:
		// A notice that has been open for long stands on a later page, where its end would not be seen.
		for _, id := range slices.Sorted(maps.Keys(s.Known)) {
			if !s.Known[id].Over && !listed[id] {
				res.Follow = append(res.Follow, follow(home, id)...)
			}
		}
	}
	return res, nil
}

var idPattern = lazyregexp.New(`^\w+$`)

// follow asks for one notice; not for one whose id cannot stand in an address, nor where none is known.
func follow(home, id string) []scraper.Request {
	if home == "" || !idPattern.MatchString(id) {
		return nil
	}
	return []scraper.Request{{URL: home + path + "notices/" + id, Optional: true}}
}

// whole reports whether a notice has what every notice has.
func (e entry) whole() bool {
	return e.ID != "" && e.Type != "" && e.State != "" && e.Subject != ""
}

var kinds = map[string]normalize.Kind{
	"planned": normalize.KindMaintenance, "unplanned": normalize.KindIncident, "general": normalize.KindNotice,
}

func (e entry) raw(document string) normalize.Raw {
	raw := normalize.Raw{
		Document: document, ID: string(e.ID), URL: cmp.Or(e.URL, e.Link), Kind: string(kinds[e.Type]),
		Title: e.Subject, State: e.State,
		Started: page.Time(
			e.Began,
			"",
		), Resolved: page.Time(e.Ended, ""), Created: page.Time(e.Created, ""), Updated: page.Time(e.Updated, ""),
		ScheduledStart: page.Time(e.Begins, ""), ScheduledEnd: page.Time(e.Ends, ""),
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
			updates = []update{*e.Latest}
			updates[0].State = cmp.Or(e.Latest.State, e.State)
		}
	}
	for _, u := range updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: string(
				u.ID,
			), State: u.State, Posted: page.Time(u.Created, ""), Body: u.Content, Format: page.FormatOf(u.Content),
		})
	}
	page.OldestFirst(raw.Updates)
	return raw
}
