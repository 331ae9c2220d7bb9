package statuspage

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

var selLayout = cascadia.MustCompile(".layout-content.status")

var selHistory = cascadia.MustCompile(`[data-react-class="HistoryIndex"]`)

var selCanonical = cascadia.MustCompile(`link[rel="canonical"]`)

var selOGURL = cascadia.MustCompile(`meta[property="og:url"]`)

var selAtomLink = cascadia.MustCompile(`link[type="application/atom+xml"]`)

var selIssued = cascadia.MustCompile(`meta[name="issued"]`)

var selModal = cascadia.MustCompile(`[id^="subscribe-modal-"]`)

var selCodeInput = cascadia.MustCompile(`input[name="incident_code"], input[name="incident_id"]`)

var selRows = cascadia.MustCompile(".incident-updates-container")

var selRow = cascadia.MustCompile(".update-row")

var selRowTitle = cascadia.MustCompile(".update-title")

var selRowBody = cascadia.MustCompile(".update-body")

var selRowTime = cascadia.MustCompile(".update-timestamp")

var selAgo = cascadia.MustCompile(".ago")

var selUnixMillis = cascadia.MustCompile("[data-datetime-unix]")

var selName = cascadia.MustCompile(".incident-name")

var selSubheader = cascadia.MustCompile(".subheader")

var selAffected = cascadia.MustCompile(".components-affected")

var selPlanned = cascadia.MustCompile(".scheduled-for")

var selLink = cascadia.MustCompile("a[href]")

var selComponent = cascadia.MustCompile("[data-component-id]")

var selGroup = cascadia.MustCompile(".is-group")

var selChildren = cascadia.MustCompile(".child-components-container")

var selCompName = cascadia.MustCompile(".name")

var selDirectGroup = cascadia.MustCompile(`[data-js-hook="component-group-opener"]`)

// readHTML reads a web page: home, history or incident.
func readHTML(s scraper.Source, p page.Page, body []byte) (Reading, error) {
	// The marks of the three layouts are looked for in the bytes first, so that other pages are not parsed twice.
	if !bytes.Contains(body, []byte("layout-content")) && !bytes.Contains(body, []byte("HistoryIndex")) {
		return Reading{}, unexpected(p)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return Reading{}, page.Errorf("HTML that cannot be read: %v", err)
	}
	layout := doc.FindMatcher(selLayout).First()
	if props := doc.FindMatcher(selHistory).First(); props.Length() > 0 {
		return readHistoryPage(s, p, props)
	}
	switch {
	case layout.HasClass("status-index"):
		out, err := readHome(s, p, doc)
		if page.BreaksOff(body) {
			out.Coverage = scraper.Coverage{} // what is open may stand in the part that was cut off
		}
		return out, err
	case layout.HasClass("status-incident"):
		return readIncidentPage(s, p, doc)
	case layout.HasClass("status-full-history"):
		return Reading{}, page.Errorf("a Statuspage history page without its list of incidents (HistoryIndex)")
	case layout.Length() > 0:
		return Reading{}, page.Errorf(
			"a page of Statuspage that shows no incidents%s",
			page.QuotedTitle(page.Title(doc)),
		)
	}
	return Reading{}, unexpected(p)
}

// readHistoryPage reads the properties that the page /history hands to its script.
func readHistoryPage(s scraper.Source, p page.Page, props *goquery.Selection) (Reading, error) {
	text, _ := props.Attr("data-react-props")
	var doc Document
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return Reading{}, page.Errorf(
			"a Statuspage history page whose list of incidents is %s",
			page.BrokenJSON([]byte(text), err),
		)
	}
	if kind, _ := doc.kind(); kind != page.DocHistory {
		return Reading{}, page.Errorf("a Statuspage history page whose list of incidents has no months")
	}
	return readHistory(s, p, doc)
}

// readIncidentPage reads the page of one incident or maintenance.
func readIncidentPage(s scraper.Source, p page.Page, doc *goquery.Document) (Reading, error) {
	container := doc.FindMatcher(selRows).First()
	rows := container.FindMatcher(selRow)
	name := doc.FindMatcher(selName).First()
	if rows.Length() == 0 || name.Length() == 0 {
		return Reading{}, page.Errorf("a Statuspage incident page without its name or its updates (.update-row)")
	}
	own := canonical(doc)
	home := page.SourceHome(own, homeOf(s.URL), p.URL)
	id := firstID(own, p.URL)
	if id == "" {
		id = modalID(doc)
	}
	out := Reading{Result: scraper.Result{Document: page.DocIncidentPage, PageURL: home}}
	subheader := doc.FindMatcher(selSubheader).First()
	out.PageName = page.OneLine(subheader.FindMatcher(selLink).First().Text())
	raw := normalize.Raw{
		Document:   page.DocIncidentPage,
		ID:         id,
		URL:        page.IncidentURL(home, id),
		Title:      strings.TrimSpace(name.Text()),
		Impact:     impactClass(name),
		Components: affectedBy(container.FindMatcher(selAffected).First().Text()),
	}
	rows.Each(func(_ int, row *goquery.Selection) {
		stamp := row.FindMatcher(selRowTime).First()
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			State:  page.OneLine(row.FindMatcher(selRowTitle).First().Text()),
			Posted: postedAt(stamp, ""),
			Body:   page.RenderBody(page.Nodes(row.FindMatcher(selRowBody).First())),
			Format: normalize.FormatHTML,
		})
	})
	slices.Reverse(raw.Updates)
	setWindow(&raw, container.FindMatcher(selPlanned).First().Text())
	raw.State, raw.Kind = page.LatestState(raw.Updates), kindOf(raw.Impact, raw.Updates)
	if strings.Contains(strings.ToLower(page.OneLine(subheader.Text())), "scheduled maintenance report") {
		raw.Kind = string(normalize.KindMaintenance)
	}
	out.Incidents = []normalize.Raw{raw}
	return out, nil
}

// setWindow reads the window that a maintenance's page prints above its updates, and reports whether the
// text is one: "Jan 23, 2026 14:00-20:00 UTC".
func setWindow(raw *normalize.Raw, text string) bool {
	start, end, ok := splitPeriod(page.OneLine(text))
	if ok && end != "" {
		raw.ScheduledStart, raw.ScheduledEnd = page.Time(start, ""), page.Time(end, "")
	}
	return ok && end != ""
}

// postedAt reads the time of an update. The machine's time (milliseconds since 1970) is the same
// instant as the printed one and has seconds; without it the printed one is taken.
func postedAt(stamp *goquery.Selection, near string) normalize.RawTime {
	if unix, ok := stamp.FindMatcher(selUnixMillis).First().Attr("data-datetime-unix"); ok {
		if ms, err := strconv.ParseInt(strings.TrimSpace(unix), 10, 64); err == nil && ms > 0 {
			return normalize.RawTime{Text: time.UnixMilli(ms).UTC().Format(time.RFC3339)}
		}
	}
	stamp = stamp.Clone()
	stamp.FindMatcher(selAgo).Remove()
	text := page.OneLine(stamp.Text())
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "Posted"), " on "))
	return page.Time(text, near)
}

// canonical returns the address the page gives for itself, or that of its feed.
func canonical(doc *goquery.Document) string {
	for _, try := range []struct {
		sel  goquery.Matcher
		attr string
	}{{selOGURL, "content"}, {selCanonical, "href"}, {selAtomLink, "href"}} {
		if address, ok := doc.FindMatcher(try.sel).First().Attr(try.attr); ok && page.SiteOf(address) != "" {
			return address
		}
	}
	return ""
}

func firstID(addresses ...string) string {
	for _, address := range addresses {
		if id := page.IncidentID(address); id != "" {
			return id
		}
	}
	return ""
}

// modalID returns the id in the subscription form of an incident page.
func modalID(doc *goquery.Document) string {
	if id, ok := doc.FindMatcher(selModal).First().Attr("id"); ok {
		return strings.TrimPrefix(id, "subscribe-modal-")
	}
	id, _ := doc.FindMatcher(selCodeInput).First().Attr("value")
	return id
}

// impactClass returns the word of a class such as "impact-minor", "" if there is none.
func impactClass(sel *goquery.Selection) string { return page.ClassWord(sel, "impact-") }

// htmlComponents reads the page's components, without the groups. An element inside a group's list of
// children belongs to that group.
func htmlComponents(doc *goquery.Document) []normalize.RawComponent {
	var out []normalize.RawComponent
	seen := map[string]bool{}
	doc.FindMatcher(selComponent).Each(func(_ int, c *goquery.Selection) {
		id, _ := c.Attr("data-component-id")
		status, ok := c.Attr("data-component-status")
		group := c.ClosestMatcher(selGroup)
		child := group.Length() > 0 && c.ClosestMatcher(selChildren).Length() > 0
		if !ok || seen[id] || (group.Length() > 0 && !child) || c.IsMatcher(selDirectGroup) {
			return
		}
		seen[id] = true
		component := normalize.RawComponent{
			ID:     id,
			Name:   strings.TrimSpace(c.FindMatcher(selCompName).First().Text()),
			Status: status,
		}
		if child {
			component.Group = strings.TrimSpace(group.FindMatcher(selCompName).First().Text())
		}
		out = append(out, component)
	})
	return out
}
