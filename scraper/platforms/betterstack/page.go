package betterstack

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

var (
	selHeading     = cascadia.MustCompile("h1")
	selSection     = cascadia.MustCompile(".section")
	selSectionName = cascadia.MustCompile(".section-toggle > div.truncate, .section-toggle > div:first-child")
	resourceEntity = cascadia.MustCompile(`.section-content [data-url*="/r/"]`)
	selName        = cascadia.MustCompile(".truncate")
	selIcon        = cascadia.MustCompile("svg[class]")
	selFavicon     = cascadia.MustCompile(`link[rel="icon"][href*="/favicons/"]`)
	selCanonical   = cascadia.MustCompile(`link[rel="canonical"][href]`)
	selSiteName    = cascadia.MustCompile(`meta[property="og:title"][content]`)
	selLink        = cascadia.MustCompile(`a[href*="/incident/"]`)
	selLinkTitle   = cascadia.MustCompile("p, h2, h3")
	report         = cascadia.MustCompile("#status-report-container")
	selTitle       = cascadia.MustCompile("h2")
	selLabel       = cascadia.MustCompile("span.font-medium")
)

// colorWords are the words for the colours that the page shows a state with.
var colorWords = map[string]string{
	"text-statuspage-green": "operational", "text-statuspage-yellow": "degraded",
	"text-statuspage-red": "downtime", "text-statuspage-blue": "maintenance",
}

// colorWord returns the word for an icon's colour, "" for one in grey.
func colorWord(icon *goquery.Selection) string {
	for class := range strings.FieldsSeq(icon.AttrOr("class", "")) {
		if word := colorWords[class]; word != "" {
			return word
		}
	}
	return ""
}

// names reports whether a page has the product's style sheets or its link.
func names(body []byte) bool {
	return bytes.Contains(body, []byte("betterstack.com")) || bytes.Contains(body, []byte("betteruptime.com"))
}

// readPage reads the home page, a page of the history, or the page of a report.
func readPage(s scraper.Source, p page.Page, body []byte) (scraper.Result, error) {
	if !names(body) {
		return scraper.Result{}, unexpected(p)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return scraper.Result{}, page.Errorf("HTML that cannot be read: %v", err)
	}
	res := scraper.Result{PageURL: page.SourceHome(doc.FindMatcher(selCanonical).AttrOr("href", ""), s.URL, p.URL)}
	res.PageName = strings.TrimSuffix(page.OneLine(doc.FindMatcher(selSiteName).AttrOr("content", "")), " status")
	if report := doc.FindMatcher(report); report.Length() > 0 {
		return readReport(p, doc, report.First(), res)
	}
	sections := doc.FindMatcher(selSection)
	heading := page.OneLine(doc.FindMatcher(selHeading).First().Text())
	listed := linkedReports(doc, res.PageURL)
	switch {
	case sections.Length() > 0 && heading != "":
		res.Document = page.DocHome
		res.Components, res.Findings = sectionResources(sections)
		res.Indicator = cmp.Or(faviconWord(doc), heading)
		res.Coverage.Components = len(res.Components) > 0 && len(res.Findings) == 0
	case len(listed) > 0, bytes.Contains(body, []byte("No incidents reported")):
		res.Document = page.DocHistory
	default:
		return scraper.Result{}, unexpected(p)
	}
	if page.BreaksOff(body) {
		res.Coverage = scraper.Coverage{}
		if len(listed)+len(res.Components) == 0 {
			return scraper.Result{}, page.Errorf("a page of Better Stack that breaks off before its end")
		}
	}
	for i := range listed {
		listed[i].Document = res.Document
		known, ok := s.Known[listed[i].ID]
		if s.URL != "" && (!ok || !known.Over || known.Excerpt) {
			res.Follow = append(
				res.Follow,
				scraper.Request{URL: reportURL(strings.TrimSuffix(s.URL, "/"), listed[i].ID), Optional: true},
			)
		}
	}
	res.Incidents = listed
	if s.Mode == scraper.Backfill && res.Document == page.DocHistory {
		res.Follow = append(res.Follow, olderQuarter(s, p)...)
	}
	return res, nil
}

// faviconWord returns the page's state, after which its icon is named.
func faviconWord(doc *goquery.Document) string {
	_, name, _ := strings.Cut(doc.FindMatcher(selFavicon).AttrOr("href", ""), "/favicons/")
	word, _, found := strings.Cut(name, "-")
	if !found {
		return ""
	}
	return word
}

// sectionResources returns the services of the home page, with its sections as groups.
func sectionResources(sections *goquery.Selection) (out []normalize.RawComponent, nameless []normalize.Finding) {
	sections.Each(func(_ int, section *goquery.Selection) {
		group := page.OneLine(section.FindMatcher(selSectionName).First().Text())
		entries := section.FindMatcher(resourceEntity)
		entries.Each(func(n int, r *goquery.Selection) {
			address := r.AttrOr("data-url", "")
			part := normalize.RawComponent{ID: address[strings.LastIndex(address, "/")+1:], Group: group}
			part.Name = page.OneLine(r.FindMatcher(selName).First().Text())
			part.Status = colorWord(r.FindMatcher(selIcon).First())
			if part.Name == "" {
				nameless = append(nameless, page.Nameless("components", n+1, entries.Length()))
				return
			}
			out = append(out, part)
		})
	})
	return out, nameless
}

// linkedReports returns the reports that a page links to, by their titles only.
func linkedReports(doc *goquery.Document, home string) []normalize.Raw {
	var out []normalize.Raw
	seen := map[string]bool{}
	doc.FindMatcher(selLink).Each(func(_ int, a *goquery.Selection) {
		id := reportID(a.AttrOr("href", ""))
		if id == "" || seen[id] {
			return
		}
		seen[id] = true
		title := page.OneLine(a.FindMatcher(selLinkTitle).First().Text())
		if title == "" {
			title = page.OneLine(a.Text())
		}
		out = append(out, normalize.Raw{ID: id, URL: reportURL(home, id), Title: title, Excerpt: true})
	})
	return out
}

// readReport reads the page of one report: a title, and below it the updates, newest first, each with
// a label and a time that the page shows in the reader's zone.
func readReport(
	p page.Page,
	doc *goquery.Document,
	report *goquery.Selection,
	res scraper.Result,
) (scraper.Result, error) {
	res.Document = page.DocIncidentPage
	raw := normalize.Raw{Document: res.Document, Title: page.OneLine(report.FindMatcher(selTitle).First().Text())}
	raw.ID = cmp.Or(reportID(p.URL), reportID(doc.FindMatcher(selCanonical).AttrOr("href", "")))
	raw.URL = reportURL(res.PageURL, raw.ID)
	var colors []string
	report.FindMatcher(selIcon).Each(func(_ int, icon *goquery.Selection) { colors = append(colors, colorWord(icon)) })
	raw.Impact = worstState(colors)
	for _, node := range timesBelow(report.Nodes[0]) {
		at := page.Time(localTime(node), "")
		label := labelOf(node)
		if label == "" {
			if raw.Started.IsZero() && len(raw.Updates) == 0 {
				raw.Started = at
			}
			continue
		}
		block := blockOf(node, report.Nodes[0])
		text := strings.Replace(page.OneLine(spacedText(block)), label, "", 1)
		text = strings.Replace(text, page.OneLine(spacedText(node)), "", 1)
		raw.Updates = append(
			raw.Updates,
			normalize.RawUpdate{State: label, Posted: at, Body: page.OneLine(text), Format: normalize.FormatText},
		)
	}
	if raw.Title == "" || raw.Started.IsZero() && len(raw.Updates) == 0 {
		return scraper.Result{}, page.Errorf("a report of Better Stack without its title, or without a time")
	}
	page.OldestFirst(raw.Updates)
	raw.State = page.LatestState(raw.Updates)
	if raw.Impact == "maintenance" {
		raw.Kind = string(normalize.KindMaintenance)
	}
	res.Incidents = []normalize.Raw{raw}
	return res, nil
}

const localTimeAttr = "local-time-datetime-value"

// localTime returns the time that an element shows in the reader's zone, "" for any other element.
func localTime(n *html.Node) string {
	for _, a := range n.Attr {
		if strings.HasSuffix(a.Key, localTimeAttr) {
			return a.Val
		}
	}
	return ""
}

// timesBelow returns the elements below n that show a time, in the page's order.
func timesBelow(n *html.Node) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if localTime(d) != "" {
			out = append(out, d)
		}
	}
	return out
}

// labelOf returns the label that stands before a time, "" if there is none.
func labelOf(n *html.Node) string {
	for s := n.PrevSibling; s != nil; s = s.PrevSibling {
		if s.Type == html.ElementNode && selLabel.Match(s) {
			return page.OneLine(spacedText(s))
		}
	}
	return ""
}

// blockOf returns the largest element around a time that holds no other time.
func blockOf(n, root *html.Node) *html.Node {
	for n.Parent != nil && n.Parent != root && len(timesBelow(n.Parent)) < 2 {
		n = n.Parent
	}
	return n
}

func spacedText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return b.String()
}
