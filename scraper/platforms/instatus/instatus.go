// Package instatus reads the status pages of Instatus.
//
// Known from bytes: the home page of both generations (see page.NextData), which holds open incidents with their
// timelines, the components, the timelines of the last days and the titles of three months; and /summary.json, which
// leaves out empty lists. Known from other readers of the format: /v2/components.json and /v3/components.json, and
// the history api.instatus.com/public/<host>/notices/monthly/<epoch ms>?page_no=N. A backfill reads that history
// month by month, back to the year the product began.
//
// The host answers every path with a page, so that only its shape shows what an answer is.
package instatus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const (
	docMonth = "month" // a month of the history

	api = "https://api.instatus.com/public/"
)

// first is the month before the product was first offered.
var first = time.Date(2019, time.December, 1, 0, 0, 0, 0, time.UTC)

// Start returns the home page, which alone has timelines and ends, with the summary as its fallback. A backfill
// begins with the home page, too. Its later pages are months: page 2 is the current month.
func (Platform) Start(s scraper.Source) []scraper.Request {
	base := strings.TrimSuffix(s.URL, "/")
	if s.Mode == scraper.Backfill && s.FromPage > 1 {
		now := s.Time().UTC()
		month := time.Date(now.Year(), now.Month()-time.Month(s.FromPage-2), 1, 0, 0, 0, 0, time.UTC)
		return []scraper.Request{monthRequest(base, month, 1, s.FromPage)}
	}
	home := scraper.Request{URL: base, Fallback: []scraper.Request{{URL: base + "/summary.json"}}}
	if s.Mode == scraper.Backfill {
		home.NextPage = 1
	}
	return []scraper.Request{home}
}

// monthRequest requests a page of a month's notices. A page on a subdomain of instatus.com is named by the subdomain.
func monthRequest(base string, month time.Time, part, next int) scraper.Request {
	host := ""
	if u, err := url.Parse(base); err == nil {
		host = strings.TrimSuffix(u.Hostname(), ".instatus.com")
	}
	return scraper.Request{
		URL:      fmt.Sprintf("%s%s/notices/monthly/%d?page_no=%d", api, host, month.UnixMilli(), part),
		NextPage: next,
	}
}

// Home returns scheme and host; for an address of the history's API, those of the page.
func (Platform) Home(u *url.URL) string {
	if u.Host == "api.instatus.com" {
		if parts := strings.Split(strings.Trim(u.Path, "/"), "/"); len(parts) > 1 && parts[0] == "public" {
			if host := parts[1]; strings.Contains(host, ".") {
				return u.Scheme + "://" + host
			}
			return u.Scheme + "://" + parts[1] + ".instatus.com"
		}
	}
	return page.Site(u)
}

// Words are Instatus's words, which have no spaces, as normalize.Word folds them.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		States: map[string]normalize.State{
			"notstartedyet": normalize.StateScheduled, "inprogress": normalize.StateInProgress,
		},
		Severities: map[string]normalize.Severity{
			"degradedperformance": normalize.SeverityMinor, "minoroutage": normalize.SeverityMinor,
			"partialoutage": normalize.SeverityMajor, "majoroutage": normalize.SeverityCritical,
			"undermaintenance": normalize.SeverityNone,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"degradedperformance": normalize.StatusDegraded, "minoroutage": normalize.StatusPartial,
			"partialoutage": normalize.StatusPartial, "majoroutage": normalize.StatusMajor,
			"undermaintenance": normalize.StatusMaintenance,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name: "Instatus",
		Documents: []string{
			"home page, old and new", "summary.json", "components.json", "months of the history",
			"incident page",
		},
		History: "back to the product's first month",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected", "components",
		},
		Source: scraper.FromBoth,
	}
}

// Parse reads any document of Instatus; its kind is found from the bytes. It returns an error that wraps
// ErrShape for any other page, and for one of these without its lists.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	switch {
	case page.IsJSON(body):
		return readJSON(s, p, body)
	case page.IsHTML(body):
		return readPage(s, p, body)
	}
	return scraper.Result{}, unexpected(p)
}

func unexpected(p page.Page) error {
	return page.Unexpected(p, "a document of Instatus")
}

// readPage reads a page's HTML by the data it was rendered from.
func readPage(s scraper.Source, p page.Page, body []byte) (scraper.Result, error) {
	data := page.ReadNextData(body)
	if data == nil {
		return scraper.Result{}, unexpected(p)
	}
	sites := data.Find(`"site"`, func(o map[string]any) bool {
		_, listed := o["activeIncidents"].([]any)
		site, ok := o["site"].(map[string]any)
		return listed && o["site"] != nil || ok && site["subdomain"] != nil && site["mainStatus"] != nil
	})
	for _, o := range sites {
		if _, listed := o["activeIncidents"].([]any); listed {
			return readHome(s, p, data, o)
		}
	}
	if len(sites) == 0 {
		return scraper.Result{}, unexpected(p)
	}
	doc := newPage(page.DocIncidentPage, home(s, p, ""))
	if err := doc.gather(data, sites[0]); err != nil || len(doc.res.Incidents) == 0 {
		return scraper.Result{}, page.Errorf(
			"a page of Instatus without its list of active incidents, and without an incident of its own",
		)
	}
	return doc.res, nil
}

// readHome reads a page that lists what is active.
func readHome(s scraper.Source, p page.Page, data *page.NextData, o map[string]any) (scraper.Result, error) {
	var doc struct {
		Site         site     `json:"site"`
		URL          string   `json:"url"`
		Active       []notice `json:"activeIncidents"`
		Maintenances []notice `json:"activeMaintenances"`
	}
	own := map[string]any{
		"site":               o["site"],
		"url":                o["url"],
		"activeIncidents":    o["activeIncidents"],
		"activeMaintenances": o["activeMaintenances"],
	}
	if err := data.Decode(own, &doc); err != nil {
		return scraper.Result{}, page.Errorf("a page of Instatus whose data cannot be read: %v", err)
	}
	if doc.Active == nil || doc.Maintenances == nil || doc.Site.Components == nil || doc.Site.Status == "" {
		return scraper.Result{}, page.Errorf(
			"a page of Instatus without its list of active incidents, of active maintenances or of components",
		)
	}
	this := newPage(page.DocHome, home(s, p, doc.URL))
	this.res.PageName = string(doc.Site.Name)
	this.res.Indicator = cmp.Or(doc.Site.MainStatus, doc.Site.Status)
	this.components(doc.Site.Components)
	this.res.Coverage = scraper.Coverage{Open: true, Components: true}
	for _, n := range doc.Active {
		if err := this.add(n, ""); err != nil {
			return scraper.Result{}, err
		}
	}
	for _, n := range doc.Maintenances {
		if err := this.add(n, string(normalize.KindMaintenance)); err != nil {
			return scraper.Result{}, err
		}
	}
	if err := this.gather(data, o); err != nil {
		return scraper.Result{}, page.Errorf("a page of Instatus whose notices cannot be read: %v", err)
	}
	if data.Cut {
		this.res.Coverage = scraper.Coverage{}
	}
	this.res.Follow = monthsWanted(s, p, this.res.Incidents)
	return this.res, nil
}

// monthsWanted requests the months of incidents of which the home page has the titles only: on the first scrape those
// of all, later those of incidents that are open in the database and have ended. A backfill begins with the month in
// which the page was fetched.
func monthsWanted(s scraper.Source, p page.Page, listed []normalize.Raw) []scraper.Request {
	base := strings.TrimSuffix(s.URL, "/")
	monthOf := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }
	switch {
	case base == "":
		return nil
	case s.Mode == scraper.Backfill && p.At.IsZero():
		return nil
	case s.Mode == scraper.Backfill:
		return []scraper.Request{monthRequest(base, monthOf(p.At.UTC()), 1, 2)}
	}
	var out []scraper.Request
	asked := map[time.Time]bool{}
	for _, raw := range listed {
		known, ok := s.Known[raw.ID]
		at, err := times.Parse(raw.Started, "")
		if month := monthOf(at); err == nil && raw.Excerpt && !asked[month] &&
			(len(s.Known) == 0 || ok && !known.Over && !raw.Resolved.IsZero()) {
			asked[month] = true
			request := monthRequest(base, month, 1, 0)
			request.Optional = true
			out = append(out, request)
		}
	}
	return out
}

// home returns the status page's address; own is the host that a document gives.
func home(s scraper.Source, p page.Page, own string) string {
	if own != "" && !strings.Contains(own, "://") {
		own = "https://" + own
	}
	if u, err := url.Parse(p.URL); own == "" && s.URL == "" && err == nil && u.Host != "" {
		own = Platform{}.Home(u)
	}
	return page.SourceHome(own, s.URL, "")
}

// readJSON reads a summary, a list of components or a month of the history.
func readJSON(s scraper.Source, p page.Page, body []byte) (scraper.Result, error) {
	var keys map[string]json.RawMessage
	if json.Unmarshal(body, &keys) != nil {
		return scraper.Result{}, unexpected(p)
	}
	switch {
	case len(keys["page"]) > 0:
		return readSummary(s, p, keys)
	case len(keys["month"]) > 0:
		return readMonth(s, p, keys["month"])
	case len(keys["components"]) > 0 && len(keys) == 1:
		return readComponents(s, p, keys["components"])
	}
	return scraper.Result{}, unexpected(p)
}

// readSummary reads /summary.json. It leaves out empty lists. Only "UP", without any other key that may be such a
// list, says that nothing is open. "HASISSUES" without a list is trouble that the page shows and nobody posted.
func readSummary(s scraper.Source, p page.Page, keys map[string]json.RawMessage) (scraper.Result, error) {
	var site struct {
		Name   textValue `json:"name"`
		URL    string    `json:"url"`
		Status string    `json:"status"`
	}
	if json.Unmarshal(keys["page"], &site) != nil || site.Status == "" || site.URL == "" ||
		site.Status != strings.ToUpper(site.Status) {
		return scraper.Result{}, unexpected(p)
	}
	known := 1
	doc := newPage(page.DocSummary, home(s, p, site.URL))
	doc.res.PageName, doc.res.Indicator = string(site.Name), site.Status
	for _, list := range []struct{ key, kind string }{{"activeIncidents", ""}, {"activeMaintenances",
		string(normalize.KindMaintenance)}} {
		text, ok := keys[list.key]
		if !ok {
			continue
		}
		known++
		var notices []notice
		if err := json.Unmarshal(text, &notices); err != nil || notices == nil {
			return scraper.Result{}, page.Errorf(
				"a summary of Instatus whose %s are no list that can be read",
				list.key,
			)
		}
		for _, n := range notices {
			if err := doc.add(n, list.kind); err != nil {
				return scraper.Result{}, err
			}
		}
	}
	if known != len(keys) && known < 3 {
		return scraper.Result{}, page.Errorf("a summary of Instatus with lists of unknown names")
	}
	// What a page calls trouble and does not list may be what it listed before.
	doc.res.Coverage.Open = known > 1 || site.Status == "UP"
	if base := strings.TrimSuffix(s.URL, "/"); base != "" {
		doc.res.Follow = []scraper.Request{
			{
				URL:      base + "/v3/components.json",
				Optional: true,
				Fallback: []scraper.Request{{URL: base + "/v2/components.json", Optional: true}},
			},
		}
	}
	return doc.res, nil
}

// readComponents reads the list of components, which has no incidents.
func readComponents(s scraper.Source, p page.Page, text []byte) (scraper.Result, error) {
	var list []component
	if json.Unmarshal(text, &list) != nil || len(list) == 0 {
		return scraper.Result{}, unexpected(p)
	}
	for _, c := range list {
		if c.ID == "" || c.Name == "" || c.Status == "" || c.Status != strings.ToUpper(c.Status) {
			return scraper.Result{}, unexpected(p)
		}
	}
	page := newPage(page.DocComponents, home(s, p, ""))
	page.components(list)
	page.res.Coverage.Components = true
	return page.res, nil
}

var monthPath = lazyregexp.New(`/notices/monthly/(\d{10,14})$`)

// readMonth reads a page of a month's notices, and requests the next page or the month before.
func readMonth(s scraper.Source, p page.Page, text []byte) (scraper.Result, error) {
	var month struct {
		Notices []notice `json:"notices"`
		Last    *bool    `json:"isLastPage"`
	}
	if json.Unmarshal(text, &month) != nil || month.Notices == nil {
		return scraper.Result{}, page.Unexpected(p, "a month of Instatus's history with its notices")
	}
	page := newPage(docMonth, home(s, p, ""))
	for _, n := range month.Notices {
		if err := page.add(n, ""); err != nil {
			return scraper.Result{}, err
		}
	}
	if s.Mode == scraper.Backfill {
		page.res.Follow = olderNotices(s, p, month.Last != nil && !*month.Last && len(month.Notices) > 0)
	}
	return page.res, nil
}

// olderNotices requests the next page of p's month if more is set, otherwise the month before.
func olderNotices(s scraper.Source, p page.Page, more bool) []scraper.Request {
	u, err := url.Parse(p.URL)
	if err != nil {
		return nil
	}
	m := monthPath.FindStringSubmatch(u.Path)
	if m == nil {
		return nil
	}
	ms, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return nil
	}
	at := time.UnixMilli(ms).UTC()
	month := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
	base := strings.TrimSuffix(s.URL, "/")
	if part, err := strconv.Atoi(u.Query().Get("page_no")); more && err == nil && part < 100 {
		return []scraper.Request{monthRequest(base, month, part+1, max(2, s.FromPage))}
	}
	if month = month.AddDate(0, -1, 0); month.Before(first) {
		return nil
	}
	return []scraper.Request{monthRequest(base, month, 1, max(2, s.FromPage)+1)}
}
