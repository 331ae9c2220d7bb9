package scraper

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize"
)

func init() { Register("instatus", instatus{}) }

// instatus reads the status pages of Instatus.
//
// Known from bytes: the home page of both generations (see nextData), which holds what is open with its
// timelines, the components, the timelines of the last days and the titles of three months; and /summary.json, which
// leaves out the lists that are empty. Known from other readers of the format: /v2/components.json and
// /v3/components.json, and the history api.instatus.com/public/<host>/notices/monthly/<epoch ms>?page_no=N. A backfill walks that
// history month by month to the year the product began.
//
// The host answers every path with a page, so that only the shape of an answer tells what it is.
type instatus struct{}

const (
	docMonth = "month" // a month of the history

	instatusAPI = "https://api.instatus.com/public/"
)

// firstInstatus is the month before the product was first offered.
var firstInstatus = time.Date(2019, time.December, 1, 0, 0, 0, 0, time.UTC)

// Start returns the home page, which alone has timelines and ends; where it is refused, the summary. A
// backfill begins with the home page, too, and goes on with the month FromPage stands for: 2 is the month
// it begins in.
func (instatus) Start(s Source) []Request {
	base := strings.TrimSuffix(s.URL, "/")
	if s.Mode == Backfill && s.FromPage > 1 {
		now := s.Time().UTC()
		month := time.Date(now.Year(), now.Month()-time.Month(s.FromPage-2), 1, 0, 0, 0, 0, time.UTC)
		return []Request{monthRequest(base, month, 1, s.FromPage)}
	}
	home := Request{URL: base, Fallback: []Request{{URL: base + "/summary.json"}}}
	if s.Mode == Backfill {
		home.NextPage = 1
	}
	return []Request{home}
}

// monthRequest asks for a page of a month's notices. Pages on a subdomain of instatus.com are named there
// by the subdomain.
func monthRequest(base string, month time.Time, part, next int) Request {
	host := ""
	if u, err := url.Parse(base); err == nil {
		host = strings.TrimSuffix(u.Hostname(), ".instatus.com")
	}
	return Request{
		URL:      fmt.Sprintf("%s%s/notices/monthly/%d?page_no=%d", instatusAPI, host, month.UnixMilli(), part),
		NextPage: next,
	}
}

// Home returns scheme and host, and for the history's API the page it is of.
func (instatus) Home(page *url.URL) string {
	if page.Host == "api.instatus.com" {
		if parts := strings.Split(strings.Trim(page.Path, "/"), "/"); len(parts) > 1 && parts[0] == "public" {
			if host := parts[1]; strings.Contains(host, ".") {
				return page.Scheme + "://" + host
			}
			return page.Scheme + "://" + parts[1] + ".instatus.com"
		}
	}
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + page.Host
}

// Words are Instatus's words, which have no spaces, as Word folds them.
func (instatus) Words() normalize.Words {
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

// Describe says what is read of Instatus.
func (instatus) Describe() Description {
	return Description{
		Name:      "Instatus",
		Documents: []string{"home page, old and new", "summary.json", "components.json", "months of the history", "incident page"},
		History:   "to the product's first month",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected", "components"},
		Source:    FromBoth,
	}
}

// Parse reads any document of Instatus; its kind is found from the bytes. It returns an error that wraps
// ErrShape for any other page, and for one of these without its lists.
func (instatus) Parse(s Source, p Page) (Result, error) {
	body := feedBody(p)
	switch {
	case isJSON(body):
		return readInstatusJSON(s, p, body)
	case looksLikeHTML(body):
		return readInstatusPage(s, p, body)
	}
	return Result{}, notInstatus(p)
}

func notInstatus(p Page) error {
	return notWanted(p, "a document of Instatus")
}

// readInstatusPage reads a page's HTML by the data it was rendered from.
func readInstatusPage(s Source, p Page, body []byte) (Result, error) {
	data := readNextData(body)
	if data == nil {
		return Result{}, notInstatus(p)
	}
	sites := data.find(`"site"`, func(o map[string]any) bool {
		_, listed := o["activeIncidents"].([]any)
		site, ok := o["site"].(map[string]any)
		return listed && o["site"] != nil || ok && site["subdomain"] != nil && site["mainStatus"] != nil
	})
	for _, o := range sites {
		if _, listed := o["activeIncidents"].([]any); listed {
			return readInstatusHome(s, p, data, o)
		}
	}
	if len(sites) == 0 {
		return Result{}, notInstatus(p)
	}
	page := newInstatusPage(docIncidentPage, instatusHome(s, p, ""))
	if err := page.gather(data, sites[0]); err != nil || len(page.res.Incidents) == 0 {
		return Result{}, shapeErrorf("a page of Instatus without its list of active incidents, and without an incident of its own")
	}
	return page.res, nil
}

// readInstatusHome reads a page that lists what is active.
func readInstatusHome(s Source, p Page, data *nextData, o map[string]any) (Result, error) {
	var doc struct {
		Site         isSite     `json:"site"`
		URL          string     `json:"url"`
		Active       []isNotice `json:"activeIncidents"`
		Maintenances []isNotice `json:"activeMaintenances"`
	}
	own := map[string]any{"site": o["site"], "url": o["url"], "activeIncidents": o["activeIncidents"], "activeMaintenances": o["activeMaintenances"]}
	if err := data.decode(own, &doc); err != nil {
		return Result{}, shapeErrorf("a page of Instatus whose data cannot be read: %v", err)
	}
	if doc.Active == nil || doc.Maintenances == nil || doc.Site.Components == nil || doc.Site.Status == "" {
		return Result{}, shapeErrorf("a page of Instatus without its list of active incidents, of active maintenances or of components")
	}
	page := newInstatusPage(docHome, instatusHome(s, p, doc.URL))
	page.res.PageName = string(doc.Site.Name)
	page.res.Indicator = cmp.Or(doc.Site.MainStatus, doc.Site.Status)
	page.components(doc.Site.Components)
	page.res.Coverage = Coverage{Open: true, Components: true}
	for _, n := range doc.Active {
		if err := page.add(n, ""); err != nil {
			return Result{}, err
		}
	}
	for _, n := range doc.Maintenances {
		if err := page.add(n, string(normalize.KindMaintenance)); err != nil {
			return Result{}, err
		}
	}
	if err := page.gather(data, o); err != nil {
		return Result{}, shapeErrorf("a page of Instatus whose notices cannot be read: %v", err)
	}
	if data.cut {
		page.res.Coverage = Coverage{}
	}
	page.res.Follow = monthsWanted(s, p, page.res.Incidents)
	return page.res, nil
}

// monthsWanted asks for what the home page tells the titles of only: on the first visit for the months of all
// of them, later for those of incidents that are open on the record and have ended. A backfill begins
// with the month the page was fetched in.
func monthsWanted(s Source, p Page, listed []normalize.Raw) []Request {
	base := strings.TrimSuffix(s.URL, "/")
	monthOf := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }
	switch {
	case base == "":
		return nil
	case s.Mode == Backfill && p.At.IsZero():
		return nil
	case s.Mode == Backfill:
		return []Request{monthRequest(base, monthOf(p.At.UTC()), 1, 2)}
	}
	var out []Request
	asked := map[time.Time]bool{}
	for _, raw := range listed {
		known, ok := s.Known[raw.ID]
		at, err := normalize.ParseTime(raw.Started, "")
		if month := monthOf(at); err == nil && raw.Excerpt && !asked[month] && (len(s.Known) == 0 || ok && !known.Over && !raw.Resolved.IsZero()) {
			asked[month] = true
			request := monthRequest(base, month, 1, 0)
			request.Optional = true
			out = append(out, request)
		}
	}
	return out
}

// instatusHome returns the status page's address; own is the host a document names.
func instatusHome(s Source, p Page, own string) string {
	if own != "" && !strings.Contains(own, "://") {
		own = "https://" + own
	}
	if u, err := url.Parse(p.URL); own == "" && s.URL == "" && err == nil && u.Host != "" {
		own = instatus{}.Home(u)
	}
	return pageHome(own, s.URL)
}

// readInstatusJSON reads a summary, a list of components or a month of the history.
func readInstatusJSON(s Source, p Page, body []byte) (Result, error) {
	var keys map[string]json.RawMessage
	if json.Unmarshal(body, &keys) != nil {
		return Result{}, notInstatus(p)
	}
	switch {
	case len(keys["page"]) > 0:
		return readInstatusSummary(s, p, keys)
	case len(keys["month"]) > 0:
		return readInstatusMonth(s, p, keys["month"])
	case len(keys["components"]) > 0 && len(keys) == 1:
		return readInstatusComponents(s, p, keys["components"])
	}
	return Result{}, notInstatus(p)
}

// readInstatusSummary reads /summary.json. It leaves out a list that is empty: only "UP", with nothing
// beside the page that could be such a list under another name, says that there is none.
func readInstatusSummary(s Source, p Page, keys map[string]json.RawMessage) (Result, error) {
	var site struct {
		Name   isText `json:"name"`
		URL    string `json:"url"`
		Status string `json:"status"`
	}
	if json.Unmarshal(keys["page"], &site) != nil || site.Status == "" || site.URL == "" || site.Status != strings.ToUpper(site.Status) {
		return Result{}, notInstatus(p)
	}
	known := 1
	page := newInstatusPage(docSummary, instatusHome(s, p, site.URL))
	page.res.PageName, page.res.Indicator = string(site.Name), site.Status
	for _, list := range []struct{ key, kind string }{{"activeIncidents", ""}, {"activeMaintenances", string(normalize.KindMaintenance)}} {
		text, ok := keys[list.key]
		if !ok {
			continue
		}
		known++
		var notices []isNotice
		if err := json.Unmarshal(text, &notices); err != nil || notices == nil {
			return Result{}, shapeErrorf("a summary of Instatus whose %s are no list that can be read", list.key)
		}
		for _, n := range notices {
			if err := page.add(n, list.kind); err != nil {
				return Result{}, err
			}
		}
	}
	switch {
	case known != len(keys) && known < 3:
		return Result{}, shapeErrorf("a summary of Instatus with lists of unknown names")
	case known == 1 && site.Status != "UP":
		return Result{}, shapeErrorf("a summary of Instatus that says %s and lists nothing", site.Status)
	}
	page.res.Coverage.Open = true
	if base := strings.TrimSuffix(s.URL, "/"); base != "" {
		page.res.Follow = []Request{{URL: base + "/v3/components.json", Optional: true, Fallback: []Request{{URL: base + "/v2/components.json", Optional: true}}}}
	}
	return page.res, nil
}

// readInstatusComponents reads the list of components, which says nothing of incidents.
func readInstatusComponents(s Source, p Page, text []byte) (Result, error) {
	var list []isComponent
	if json.Unmarshal(text, &list) != nil || len(list) == 0 {
		return Result{}, notInstatus(p)
	}
	for _, c := range list {
		if c.ID == "" || c.Name == "" || c.Status == "" || c.Status != strings.ToUpper(c.Status) {
			return Result{}, notInstatus(p)
		}
	}
	page := newInstatusPage(docComponents, instatusHome(s, p, ""))
	page.components(list)
	page.res.Coverage.Components = true
	return page.res, nil
}

var monthPath = regexp.MustCompile(`/notices/monthly/(\d{10,14})$`)

// readInstatusMonth reads a page of a month's notices and asks for the next page, or the month before.
func readInstatusMonth(s Source, p Page, text []byte) (Result, error) {
	var month struct {
		Notices []isNotice `json:"notices"`
		Last    *bool      `json:"isLastPage"`
	}
	if json.Unmarshal(text, &month) != nil || month.Notices == nil {
		return Result{}, notWanted(p, "a month of Instatus's history with its notices")
	}
	page := newInstatusPage(docMonth, instatusHome(s, p, ""))
	for _, n := range month.Notices {
		if err := page.add(n, ""); err != nil {
			return Result{}, err
		}
	}
	if s.Mode == Backfill {
		page.res.Follow = olderNotices(s, p, month.Last != nil && !*month.Last && len(month.Notices) > 0)
	}
	return page.res, nil
}

// olderNotices asks for the next page of the month that p is of, where more is set, else for the month before.
func olderNotices(s Source, p Page, more bool) []Request {
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
		return []Request{monthRequest(base, month, part+1, max(2, s.FromPage))}
	}
	if month = month.AddDate(0, -1, 0); month.Before(firstInstatus) {
		return nil
	}
	return []Request{monthRequest(base, month, 1, max(2, s.FromPage)+1)}
}
