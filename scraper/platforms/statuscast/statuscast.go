// Package statuscast reads the home page of StatusCast, known from bytes of 2023. A home page is made of widgets the
// vendor chooses: lists of incidents (those now open, those of some days, maintenance), a grid of
// components by day, and free HTML. Each incident is shown with its newest post only, so that a timeline
// grows from poll to poll. History goes as far back as the vendor's lists do, days to a year.
//
// A list of open incidents is left out altogether while there is none, as is one that a vendor never put
// there. An incident's absence therefore proves nothing, and no Result claims that it does.
package statuscast

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const home = "home"

// Selectors of StatusCast's home page.
var (
	selBody      = cascadia.MustCompile("body.statuspage.page-index")
	selWidgets   = cascadia.MustCompile(".widgets .widget[data-id]")
	selList      = cascadia.MustCompile(".widget-incidentlist")
	selGroups    = cascadia.MustCompile(".incident-list-group-wrapper")
	selRow       = cascadia.MustCompile(".incident-row")
	selHead      = cascadia.MustCompile(".incident-body")
	selTitle     = cascadia.MustCompile("h2.incident-title")
	selLink      = cascadia.MustCompile("a.incident-partial-title-url[href]")
	selDate      = cascadia.MustCompile(".incident-date")
	selBadge     = cascadia.MustCompile(".badge-component:not(.badge-component-more)")
	selPost      = cascadia.MustCompile(".incident-update-body")
	selPostDate  = cascadia.MustCompile(".incident-update-when")
	selPostText  = cascadia.MustCompile(".incident-update-text")
	selPostState = cascadia.MustCompile(".incident-status")
	selGrid      = cascadia.MustCompile("table.historygrid")
	selGridRow   = cascadia.MustCompile("tbody tr[data-id][data-pid]")
	selGridName  = cascadia.MustCompile("a.notranslate")
	selGridDay   = cascadia.MustCompile(`td > i[class*="component-"]`)
	selIndicator = cascadia.MustCompile(".current-status-comp-status-text")
	selRSS       = cascadia.MustCompile("a#rssfeed[href]")
)

// Start requests the home page.
func (Platform) Start(s scraper.Source) []scraper.Request { return []scraper.Request{{URL: s.URL}} }

// Home returns the scheme and host of the page: StatusCast serves one status page a host.
func (Platform) Home(page *url.URL) string {
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + page.Host
}

// Words are StatusCast's types of incident and its statuses of components; see
// https://support.statuscast.com/docs/webhook-notification . "Service unavailable" does not say how much of the
// service is, so that it is less than critical.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		Severities: map[string]normalize.Severity{
			"serviceunavailable":     normalize.SeverityMajor,
			"unavailable":            normalize.SeverityMajor,
			"performance":            normalize.SeverityMinor,
			"degradedperformance":    normalize.SeverityMinor,
			"performancedegradation": normalize.SeverityMinor,
			"scheduledmaintenance":   normalize.SeverityNone,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"available": normalize.StatusOperational, "informational": normalize.StatusOperational,
			"degraded": normalize.StatusDegraded, "unavailable": normalize.StatusMajor,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "StatusCast",
		Documents: []string{"home page"},
		History:   "what the home page lists, from days to a year; only the newest post of each incident",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "updates",
			"affected", "components",
		},
		Source: scraper.FromBytes,
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{"widget-incidentlist", "historygrid"} }

func hasWidgets(body []byte) bool {
	return bytes.Contains(body, []byte("widget-incidentlist")) || bytes.Contains(body, []byte("historygrid"))
}

func unexpected(p page.Page) error {
	return page.Unexpected(p, "the home page of StatusCast")
}

// Parse reads a home page. It returns an error that wraps ErrShape for a page without StatusCast's widgets,
// and for one whose lists hold incidents that cannot be read.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if !hasWidgets(body) {
		return scraper.Result{}, unexpected(p)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return scraper.Result{}, page.Errorf("HTML that cannot be read: %v", err)
	}
	widgets := doc.FindMatcher(selWidgets)
	lists, grid := widgets.FilterMatcher(selList), widgets.FindMatcher(selGrid).First()
	if doc.FindMatcher(selBody).Length() == 0 || lists.Length()+grid.Length() == 0 {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{
		Document:  home,
		PageName:  name(page.Title(doc)),
		PageURL:   addressOf(doc, p),
		Indicator: page.OneLine(doc.FindMatcher(selIndicator).First().Text()),
	}
	var lost []normalize.Finding
	for _, list := range lists.EachIter() {
		rows := list.FindMatcher(selRow)
		if heads := list.FindMatcher(selHead).Length(); heads != rows.Length() ||
			rows.Length() == 0 && list.FindMatcher(selGroups).Length() > 0 {
			return scraper.Result{}, page.Errorf(
				"a StatusCast page whose list of incidents has %d rows and %d incidents",
				rows.Length(),
				heads,
			)
		}
		for _, row := range rows.EachIter() {
			raw, ok := incident(row, p)
			if !ok && rows.Length() == 1 { // one among others is left out where pages are read
				lost = append(lost, page.LeftOut("incidents", row.Text(), "it has no address", 1, 1))
				continue
			}
			if !ok {
				return scraper.Result{}, page.Errorf(
					"a StatusCast page that lists an incident without its address",
				)
			}
			// An open incident stands in the list of open ones and in that of the last days.
			if !slices.ContainsFunc(
				res.Incidents,
				func(r normalize.Raw) bool { return r.ID == raw.ID && sameWords(r, raw) },
			) {
				res.Incidents = append(res.Incidents, raw)
			}
		}
	}
	res.Components, res.Findings = components(grid)
	res.Findings = append(res.Findings, lost...)
	if len(lost) > 0 && (len(res.Components) == 0 || page.BreaksOff(body)) {
		return scraper.Result{}, page.Errorf("a StatusCast page that lists an incident without its address")
	}
	if len(res.Components) == 0 && (grid.Length() > 0 || lists.Length() == 0) {
		return scraper.Result{}, page.Errorf("a StatusCast page whose grid shows no component")
	}
	root, _ := grid.Attr("data-requestcomponentid")
	settings, _ := grid.Attr("data-settings")
	res.Coverage.Components = root == "0" && strings.Contains(settings, `"RootComponentId":"0"`) &&
		len(res.Findings) == 0 &&
		!page.BreaksOff(body)
	return res, nil
}

// sameWords reports whether two entries of one incident say the same.
func sameWords(a, b normalize.Raw) bool {
	return a.Title == b.Title && a.State == b.State && slices.Equal(a.Components, b.Components) &&
		slices.Equal(a.Updates, b.Updates)
}

var id = lazyregexp.New(`/incident/(\d+)/?$`)

// incident reads one entry of a list; ok is false for one without its address.
func incident(row *goquery.Selection, p page.Page) (raw normalize.Raw, ok bool) {
	head := row.FindMatcher(selHead).First()
	href, _ := head.FindMatcher(selLink).First().Attr("href")
	address := page.Resolve(p.URL, unarchived(strings.TrimSpace(href)))
	raw = normalize.Raw{
		Document: home,
		Title:    page.OneLine(head.FindMatcher(selTitle).First().Text()),
		Impact:   page.ClassWord(head, "incident-type-"),
		State:    page.ClassWord(head, "incident-status-"),
		Excerpt:  true,
	}
	if u, err := url.Parse(address); err == nil {
		if m := id.FindStringSubmatch(u.Path); m != nil {
			raw.ID = m[1]
		}
		if u.Host != "" {
			raw.URL = address
		}
	}
	at := normalize.RawTime{Text: page.OneLine(head.FindMatcher(selDate).First().Text())}
	switch normalize.Word(raw.Impact) {
	case "scheduledmaintenance", "maintenance":
		raw.Kind, raw.ScheduledStart = string(normalize.KindMaintenance), at
	case "informational":
		raw.Kind, raw.Started = string(normalize.KindNotice), at
	default:
		raw.Kind, raw.Started = string(normalize.KindIncident), at
	}
	for _, badge := range head.FindMatcher(selBadge).EachIter() {
		if name := page.OneLine(badge.Text()); name != "" {
			raw.Components = append(raw.Components, normalize.RawComponent{Name: name})
		}
	}
	for _, post := range row.FindMatcher(selPost).EachIter() {
		text := post.FindMatcher(selPostText).First()
		state := text.FindMatcher(selPostState).First()
		word := strings.Trim(page.OneLine(state.Text()), "[]")
		state.Remove()
		html, _ := text.Html()
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			State:  word,
			Posted: normalize.RawTime{Text: page.OneLine(post.FindMatcher(selPostDate).First().Text())},
			Body:   strings.TrimSpace(strings.ReplaceAll(html, "\ufeff", "")), // litter of the editor, invisible
			Format: normalize.FormatHTML,
		})
	}
	slices.Reverse(raw.Updates)
	// The class says it in one word, the newest post as readers see it.
	if n := len(raw.Updates); n > 0 && raw.Updates[n-1].State != "" {
		raw.State = raw.Updates[n-1].State
	}
	return raw, raw.ID != "" || raw.URL != ""
}

// components reads the grid: a row a component, the newest day first. What is shown is the worst of
// the day, so that a component which has recovered keeps its word until midnight.
func components(grid *goquery.Selection) (out []normalize.RawComponent, nameless []normalize.Finding) {
	paths := map[string]string{}
	rows := grid.FindMatcher(selGridRow)
	for n, row := range rows.EachIter() {
		id, _ := row.Attr("data-id")
		parent, _ := row.Attr("data-pid")
		name := page.OneLine(row.FindMatcher(selGridName).First().Text())
		if name == "" {
			nameless = append(nameless, page.Nameless("components", n+1, rows.Length()))
			continue
		}
		c := normalize.RawComponent{ID: id, Name: name, Group: paths[parent]}
		paths[id] = name
		if c.Group != "" {
			paths[id] = c.Group + " / " + name
		}
		c.Status = page.ClassWord(row.FindMatcher(selGridDay).First(), "component-")
		out = append(out, c)
	}
	return out, nameless
}

var archivePrefix = lazyregexp.New(`^(?:https?://web\.archive\.org)?/web/\d{4,14}(?:[a-z]{2}_)?/(https?://.*)$`)

// unarchived returns the address that the Wayback Machine rewrote, which is the only one that stays.
func unarchived(address string) string {
	if m := archivePrefix.FindStringSubmatch(address); m != nil {
		return m[1]
	}
	return address
}

var titlePattern = lazyregexp.New(`(?i)^status page for (.+?)(?: \| .*)?$`)

// name returns the vendor's name in the title "Status Page for acme | Service Status …".
func name(title string) string {
	if m := titlePattern.FindStringSubmatch(title); m != nil {
		return m[1]
	}
	return ""
}

// addressOf returns the page's address: that of its feed without the last part, else its own.
func addressOf(doc *goquery.Document, p page.Page) string {
	feed, _ := doc.FindMatcher(selRSS).First().Attr("href")
	address := page.Resolve(p.URL, unarchived(strings.TrimSpace(feed)))
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return scraper.HomeOf(Platform{}, address)
}
