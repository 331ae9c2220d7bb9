package statuspage

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// follow returns the pages that are needed beyond this one, all on the source's host.
func follow(s scraper.Source, p page.Page, r Reading) []scraper.Request {
	base := homeOf(s.URL)
	if page.SiteOf(p.URL) != "" && !strings.HasPrefix(p.URL, base) {
		base = page.SiteOf(s.URL) // nothing was there
	}
	if base == "" {
		return nil
	}
	c := crawl{source: s, base: base, page: p, result: r}
	switch {
	case s.Mode == scraper.Backfill && r.Document == page.DocHistory:
		return c.backfill()
	case s.Mode == scraper.Backfill:
		return nil
	}
	switch r.Document {
	case page.DocSummary:
		return []scraper.Request{
			{URL: base + "/api/v2/incidents.json", Optional: true},
			{URL: base + "/api/v2/scheduled-maintenances.json", Optional: true},
		}
	case page.DocIncidents:
		return c.unlisted(func(k normalize.Kind) bool { return k != normalize.KindMaintenance })
	case page.DocMaintenances:
		return c.unlisted(func(k normalize.Kind) bool { return k == normalize.KindMaintenance })
	case page.DocHome:
		return c.home()
	case page.DocHistory:
		return c.history()
	}
	return nil
}

// crawl is what the decision to follow depends on.
type crawl struct {
	source scraper.Source
	base   string
	page   page.Page
	result Reading
}

// historyRequest asks for three months of history, from page 1, the newest, on.
func historyRequest(base string, page int) scraper.Request {
	n := strconv.Itoa(page)
	return scraper.Request{
		URL: base + "/history.json?page=" + n, NextPage: page,
		Fallback: []scraper.Request{{URL: base + "/history?page=" + n, NextPage: page}},
	}
}

// incidentRequest asks for one incident: by the API, by the JSON beside its page, by its page.
func (c crawl) incidentRequest(id string) scraper.Request {
	page := c.pageRequest(id)
	bare := scraper.Request{
		URL:      c.base + "/incidents/" + id + ".json",
		Fallback: []scraper.Request{page},
		Optional: true,
	}
	return scraper.Request{
		URL:      c.base + "/api/v2/incidents/" + id + ".json",
		Fallback: []scraper.Request{bare},
		Optional: true,
	}
}

// pageRequest asks for an incident's page. An incident that the vendor has taken down is no failure of
// the scrape.
func (c crawl) pageRequest(id string) scraper.Request {
	return scraper.Request{URL: c.base + "/incidents/" + id, Optional: true}
}

// unlisted asks for the incidents that are open in the database and are not among the newest any more.
func (c crawl) unlisted(kind func(normalize.Kind) bool) []scraper.Request {
	var out []scraper.Request
	for _, key := range c.openUnlisted() {
		if kind(c.source.Known[key].Kind) {
			out = append(out, c.incidentRequest(idOfKey(key)))
		}
	}
	return out
}

// openUnlisted returns the keys of what is open in the database and not in the result, in order.
func (c crawl) openUnlisted() []string {
	listed := map[string]bool{}
	for _, raw := range c.result.Incidents {
		listed[raw.ID] = true
	}
	var out []string
	for _, key := range slices.Sorted(maps.Keys(c.source.Known)) {
		if id := idOfKey(key); id != "" && !c.source.Known[key].Over && !listed[id] {
			out = append(out, key)
		}
	}
	return out
}

var idPattern = lazyregexp.New(`^[0-9A-Za-z_-]+$`)

// idOfKey returns the vendor's id in a key of the record: the key itself, or the end of the address
// where the incident was read without its id.
func idOfKey(key string) string {
	if idPattern.MatchString(key) {
		return key
	}
	return page.IncidentID(key)
}

// home asks for the page of each incident of which the home page says something new, and of each that
// is open in the database and has left the home page; on the first visit also for the history.
func (c crawl) home() []scraper.Request {
	var out []scraper.Request
	for _, raw := range c.result.Incidents {
		if known, ok := c.source.Known[raw.ID]; raw.ID != "" && (!ok || saysMore(raw, known)) {
			out = append(out, c.pageRequest(raw.ID))
		}
	}
	for _, key := range c.openUnlisted() {
		out = append(out, c.pageRequest(idOfKey(key)))
	}
	if len(c.source.Known) == 0 {
		out = append(out, scraper.Request{URL: c.base + "/history", Optional: true})
	}
	return out
}

// saysMore reports whether a listing shows what the database lacks.
func saysMore(raw normalize.Raw, known scraper.Known) bool {
	over := overWords[strings.ToLower(raw.State)]
	postmortem := slices.ContainsFunc(raw.Updates, func(u normalize.RawUpdate) bool {
		return strings.EqualFold(u.State, "postmortem")
	})
	return known.Excerpt || len(raw.Updates) > known.Updates || (postmortem && !known.Postmortem) ||
		(over && !known.Over)
}

var overWords = map[string]bool{"resolved": true, "completed": true, "postmortem": true}

// history asks for the pages of the incidents that the database does not hold.
func (c crawl) history() []scraper.Request {
	var out []scraper.Request
	for _, raw := range c.result.Incidents {
		if _, ok := c.source.Known[raw.ID]; !ok && raw.ID != "" {
			out = append(out, c.pageRequest(raw.ID))
		}
	}
	return out
}

// backfill asks for each incident of the months that is not on the record whole, and then for the
// months before.
func (c crawl) backfill() []scraper.Request {
	var out []scraper.Request
	for _, raw := range c.result.Incidents {
		known, ok := c.source.Known[raw.ID]
		if raw.ID != "" && (!ok || known.Excerpt || !known.Over) {
			out = append(out, c.incidentRequest(raw.ID))
		}
	}
	if c.reachesFirstDay() {
		return out
	}
	return append(out, historyRequest(c.base, c.pageNumber()+1))
}

// firstDay is the year the product began, for pages that do not tell when they were made.
var firstDay = time.Date(2012, time.December, 31, 0, 0, 0, 0, time.UTC)

// reachesFirstDay reports whether the months go back to the day the page was made and hold nothing of
// before it; incidents can be entered for days before that.
func (c crawl) reachesFirstDay() bool {
	first := c.result.since
	if first.IsZero() {
		first = firstDay
	}
	reached, older := len(c.result.months) == 0, false
	for _, m := range c.result.months {
		start := m.start()
		reached = reached || !start.After(first)
		older = older || (len(m.Incidents) > 0 && start.AddDate(0, 1, 0).Before(first))
	}
	// A server that answers every page number with the same months would be asked for ever.
	beyond := !c.page.At.IsZero() && c.page.At.AddDate(0, -3*(c.pageNumber()-1), 0).Before(first.AddDate(-1, 0, 0))
	return beyond || (reached && !older)
}

// pageNumber returns which page of the history this is, by its address.
func (c crawl) pageNumber() int {
	if u, err := url.Parse(c.page.URL); err == nil {
		if n, err := strconv.Atoi(u.Query().Get("page")); err == nil && n > 0 {
			return n
		}
	}
	return max(1, c.source.FromPage)
}
