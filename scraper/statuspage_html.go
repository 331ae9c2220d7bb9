package scraper

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
)

// Selectors of Statuspage's HTML, the same from 2014 to 2025.
var (
	selLayout      = cascadia.MustCompile(".layout-content.status")
	selHistory     = cascadia.MustCompile(`[data-react-class="HistoryIndex"]`)
	selCanonical   = cascadia.MustCompile(`link[rel="canonical"]`)
	selOGURL       = cascadia.MustCompile(`meta[property="og:url"]`)
	selAtomLink    = cascadia.MustCompile(`link[type="application/atom+xml"]`)
	selIssued      = cascadia.MustCompile(`meta[name="issued"]`)
	selModal       = cascadia.MustCompile(`[id^="subscribe-modal-"]`)
	selCodeInput   = cascadia.MustCompile(`input[name="incident_code"], input[name="incident_id"]`)
	selRows        = cascadia.MustCompile(".incident-updates-container")
	selRow         = cascadia.MustCompile(".update-row")
	selRowTitle    = cascadia.MustCompile(".update-title")
	selRowBody     = cascadia.MustCompile(".update-body")
	selRowTime     = cascadia.MustCompile(".update-timestamp")
	selAgo         = cascadia.MustCompile(".ago")
	selUnixMillis  = cascadia.MustCompile("[data-datetime-unix]")
	selName        = cascadia.MustCompile(".incident-name")
	selSubheader   = cascadia.MustCompile(".subheader")
	selAffected    = cascadia.MustCompile(".components-affected")
	selPlanned     = cascadia.MustCompile(".scheduled-for")
	selLink        = cascadia.MustCompile("a[href]")
	selBody        = cascadia.MustCompile("body")
	selComponent   = cascadia.MustCompile("[data-component-id]")
	selGroup       = cascadia.MustCompile(".is-group")
	selChildren    = cascadia.MustCompile(".child-components-container")
	selCompName    = cascadia.MustCompile(".name")
	selDirectGroup = cascadia.MustCompile(`[data-js-hook="component-group-opener"]`)
)

// readStatuspageHTML reads a web page: home, history or incident.
func readStatuspageHTML(s Source, p Page, body []byte) (spResult, error) {
	// The marks of the three layouts are looked for in the bytes first, so that other pages are not parsed twice.
	if !bytes.Contains(body, []byte("layout-content")) && !bytes.Contains(body, []byte("HistoryIndex")) {
		return spResult{}, notStatuspage(p)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return spResult{}, shapeErrorf("HTML that cannot be read: %v", err)
	}
	layout := doc.FindMatcher(selLayout).First()
	if props := doc.FindMatcher(selHistory).First(); props.Length() > 0 {
		return readHistoryPage(s, p, props)
	}
	switch {
	case layout.HasClass("status-index"):
		out, err := readHome(s, p, doc)
		if openEnded(body) {
			out.Coverage = Coverage{} // what is open may stand in the part that was cut off
		}
		return out, err
	case layout.HasClass("status-incident"):
		return readIncidentPage(s, p, doc)
	case layout.HasClass("status-full-history"):
		return spResult{}, shapeErrorf("a Statuspage history page without its list of incidents (HistoryIndex)")
	case layout.Length() > 0:
		return spResult{}, shapeErrorf("a page of Statuspage that shows no incidents%s", quotedTitle(oneLine(doc.FindMatcher(selTitle).First().Text())))
	}
	return spResult{}, notStatuspage(p)
}

// readHistoryPage reads the properties that the page /history hands to its script.
func readHistoryPage(s Source, p Page, props *goquery.Selection) (spResult, error) {
	text, _ := props.Attr("data-react-props")
	var doc spDocument
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return spResult{}, shapeErrorf("a Statuspage history page whose list of incidents is %s", brokenJSON([]byte(text), err))
	}
	if kind, _ := doc.kind(); kind != docHistory {
		return spResult{}, shapeErrorf("a Statuspage history page whose list of incidents has no months")
	}
	return readHistory(s, p, doc)
}

// readIncidentPage reads the page of one incident or maintenance.
func readIncidentPage(s Source, p Page, doc *goquery.Document) (spResult, error) {
	container := doc.FindMatcher(selRows).First()
	rows := container.FindMatcher(selRow)
	name := doc.FindMatcher(selName).First()
	if rows.Length() == 0 || name.Length() == 0 {
		return spResult{}, shapeErrorf("a Statuspage incident page without its name or its updates (.update-row)")
	}
	own := canonical(doc)
	home := pageHome(own, s.URL, p.URL)
	id := firstID(own, p.URL)
	if id == "" {
		id = modalID(doc)
	}
	out := spResult{Result: Result{Document: docIncidentPage, PageURL: home}}
	subheader := doc.FindMatcher(selSubheader).First()
	out.PageName = oneLine(subheader.FindMatcher(selLink).First().Text())
	raw := normalize.Raw{
		Document:   docIncidentPage,
		ID:         id,
		URL:        incidentURL(home, id),
		Title:      strings.TrimSpace(name.Text()),
		Impact:     impactClass(name),
		Components: affectedBy(container.FindMatcher(selAffected).First().Text()),
	}
	rows.Each(func(_ int, row *goquery.Selection) {
		stamp := row.FindMatcher(selRowTime).First()
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			State:  oneLine(row.FindMatcher(selRowTitle).First().Text()),
			Posted: postedAt(stamp, ""),
			Body:   bodyHTML(nodesOf(row.FindMatcher(selRowBody).First())),
			Format: normalize.FormatHTML,
		})
	})
	slices.Reverse(raw.Updates)
	setWindow(&raw, container.FindMatcher(selPlanned).First().Text())
	raw.State, raw.Kind = stateOf(raw.Updates), kindOf(raw.Impact, raw.Updates)
	if strings.Contains(strings.ToLower(oneLine(subheader.Text())), "scheduled maintenance report") {
		raw.Kind = string(normalize.KindMaintenance)
	}
	out.Incidents = []normalize.Raw{raw}
	return out, nil
}

// setWindow reads the window that a maintenance's page prints above its updates, and reports whether the
// text is one: "Jan 23, 2026 14:00-20:00 UTC".
func setWindow(raw *normalize.Raw, text string) bool {
	start, end, ok := splitPeriod(oneLine(text))
	if ok && end != "" {
		raw.ScheduledStart, raw.ScheduledEnd = rawTime(start, ""), rawTime(end, "")
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
	text := oneLine(stamp.Text())
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "Posted"), " on "))
	return rawTime(text, near)
}

// canonical returns the address the page gives for itself, or that of its feed.
func canonical(doc *goquery.Document) string {
	for _, try := range []struct {
		sel  goquery.Matcher
		attr string
	}{{selOGURL, "content"}, {selCanonical, "href"}, {selAtomLink, "href"}} {
		if address, ok := doc.FindMatcher(try.sel).First().Attr(try.attr); ok && homeOfStatuspage(address) != "" {
			return address
		}
	}
	return ""
}

func firstID(addresses ...string) string {
	for _, address := range addresses {
		if id := incidentID(address); id != "" {
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
func impactClass(sel *goquery.Selection) string { return classWord(sel, "impact-") }

// classWord returns what follows the prefix in a class of the element: "minor" of "impact-minor"; "" if no class has it.
func classWord(sel *goquery.Selection, prefix string) string {
	class, _ := sel.Attr("class")
	for _, name := range strings.Fields(class) {
		if word, ok := strings.CutPrefix(name, prefix); ok {
			return word
		}
	}
	return ""
}

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
		component := normalize.RawComponent{ID: id, Name: strings.TrimSpace(c.FindMatcher(selCompName).First().Text()), Status: status}
		if child {
			component.Group = strings.TrimSpace(group.FindMatcher(selCompName).First().Text())
		}
		out = append(out, component)
	})
	return out
}
