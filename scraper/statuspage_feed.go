package scraper

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"vendorwatch/normalize"
)

// spFeed is /history.atom or /history.rss: the 25 newest incidents, each with its whole timeline as
// HTML. Only the elements of the one kind or the other are filled.
type spFeed struct {
	XMLName xml.Name
	ID      string    `xml:"id"`
	Title   string    `xml:"title"`
	Links   []spLink  `xml:"link"`
	Entries []spEntry `xml:"entry"`
	Channel *struct {
		Title       string    `xml:"title"`
		Link        string    `xml:"link"`
		Description string    `xml:"description"`
		Items       []spEntry `xml:"item"`
	} `xml:"channel"`
}

type spLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
	Text string `xml:",chardata"`
}

type spEntry struct {
	ID          string   `xml:"id"`
	GUID        string   `xml:"guid"`
	Published   string   `xml:"published"`
	PubDate     string   `xml:"pubDate"`
	Updated     string   `xml:"updated"`
	Links       []spLink `xml:"link"`
	Title       string   `xml:"title"`
	Content     string   `xml:"content"`
	Description string   `xml:"description"`
}

var (
	atomID         = regexp.MustCompile(`^tag:[^,]+,2005:/history`)
	entryID        = regexp.MustCompile(`^tag:[^,]+,2005:Incident/`)
	scheduledEvent = regexp.MustCompile(`^THIS IS A SCHEDULED EVENT\s+(\S.*)$`)
)

// readStatuspageFeed reads the Atom or RSS feed.
func readStatuspageFeed(s Source, p Page, body []byte) (spResult, error) {
	var feed spFeed
	decoder := xml.NewDecoder(bytes.NewReader(body))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // a Page is UTF-8 already
	if err := decoder.Decode(&feed); err != nil {
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) {
			return spResult{}, shapeErrorf("a broken feed: %s", syntax.Error())
		}
		return spResult{}, notStatuspage(p)
	}
	out := spResult{}
	entries, own := feed.Entries, ""
	switch {
	case feed.Channel == nil && atomID.MatchString(strings.TrimSpace(feed.ID)):
		out.Document, out.PageName = docAtom, feedName(feed.Title)
		own = linkOf(feed.Links)
	case feed.Channel != nil && isStatuspageRSS(feed):
		out.Document, out.PageName = docRSS, feedName(feed.Channel.Title)
		entries, own = feed.Channel.Items, feed.Channel.Link
	default:
		return spResult{}, notStatuspage(p)
	}
	out.PageURL = pageHome(own, s.URL, p.URL)
	read := 0
	for _, e := range entries {
		raw := e.raw(out.Document, out.PageURL)
		read += len(raw.Updates)
		out.Incidents = append(out.Incidents, raw)
		if since := e.published(); out.Coverage.Since == "" || before(since, out.Coverage.Since) {
			out.Coverage.Since = since
		}
	}
	if len(entries) > 0 && read == 0 {
		return spResult{}, shapeErrorf("a feed of Statuspage whose entries hold no updates (<small>time</small> <strong>state</strong>)")
	}
	return out, nil
}

// isStatuspageRSS tells Statuspage's RSS from others': the title's end, and the description, which is
// the product's name or, in feeds of before 2015, the title again. Every item links to an incident.
func isStatuspageRSS(f spFeed) bool {
	c := f.Channel
	if !strings.HasSuffix(oneLine(c.Title), "Incident History") ||
		(oneLine(c.Description) != "Statuspage" && oneLine(c.Description) != oneLine(c.Title)) {
		return false
	}
	for _, item := range c.Items {
		if incidentID(linkOf(item.Links)) == "" && incidentID(item.GUID) == "" {
			return false
		}
	}
	return true
}

func feedName(title string) string {
	return strings.TrimSuffix(strings.TrimSuffix(oneLine(title), " - Incident History"), " Status")
}

// linkOf returns the address of the web page: Atom has it in an attribute, RSS as text.
func linkOf(links []spLink) string {
	for _, l := range links {
		if l.Rel == "self" {
			continue
		}
		if l.Href != "" {
			return strings.TrimSpace(l.Href)
		}
		if text := strings.TrimSpace(l.Text); text != "" {
			return text
		}
	}
	return ""
}

func (e spEntry) published() string {
	if e.Published != "" {
		return strings.TrimSpace(e.Published)
	}
	return strings.TrimSpace(e.PubDate)
}

// raw reads one entry. Its published time is that of the last update, of a maintenance to come the
// beginning of its window.
func (e spEntry) raw(document, home string) normalize.Raw {
	id := firstID(linkOf(e.Links), e.GUID)
	raw := normalize.Raw{
		Document: document,
		ID:       id,
		URL:      incidentURL(home, id),
		Title:    strings.TrimSpace(e.Title),
		Updated:  rawTime(e.Updated, ""),
	}
	if id == "" && entryID.MatchString(e.ID) {
		raw.ID = strings.TrimSpace(e.ID)
	}
	content := e.Content
	if content == "" {
		content = e.Description
	}
	near := e.published()
	var window string
	raw.Updates, window = feedUpdates(content, near)
	raw.State, raw.Kind = stateOf(raw.Updates), kindOf("", raw.Updates)
	if window != "" {
		raw.Kind = string(normalize.KindMaintenance)
		if start, end, ok := splitPeriod(window); ok {
			raw.ScheduledStart, raw.ScheduledEnd = rawTime(start, near), rawTime(end, near)
		} else {
			raw.Period = rawTime(window, near)
		}
	}
	if len(raw.Updates) == 0 {
		raw.Message, raw.Excerpt = oneLine(stripTags(content)), true
	}
	return raw
}

// feedUpdate is what begins an update in a feed: "<p><small>Aug 21, 00:37 UTC</small><br>
// <strong>Resolved</strong> - ". Its text goes on to the next of them, whatever tags it leaves open:
// taken apart as elements, an unclosed <li> of the vendor's would swallow the updates that follow.
var feedUpdate = regexp.MustCompile(`(?i)<p>\s*<small>([^<]*(?:<var\b[^>]*>[^<]*</var>[^<]*)*)</small>\s*<br ?/?>\s*<strong>([^<]*)</strong>(?:\s*-)?`)

// feedUpdates reads the timeline, oldest update first, and the window of a maintenance to come, which
// stands before it.
func feedUpdates(content, near string) (updates []normalize.RawUpdate, window string) {
	starts := feedUpdate.FindAllStringSubmatchIndex(content, -1)
	head := content
	if len(starts) > 0 {
		head = content[:starts[0][0]]
	}
	if m := scheduledEvent.FindStringSubmatch(oneLine(stripTags(head))); m != nil {
		window = m[1]
	}
	for i, at := range starts {
		end := len(content)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		body := strings.TrimSuffix(strings.TrimSpace(content[at[1]:end]), "</p>")
		updates = append(updates, normalize.RawUpdate{
			State:  oneLine(stripTags(content[at[4]:at[5]])),
			Posted: rawTime(stripTags(content[at[2]:at[3]]), near),
			Body:   fragmentHTML(body),
			Format: normalize.FormatHTML,
		})
	}
	slices.Reverse(updates)
	return updates, window
}

// fragmentHTML makes a fragment whole: what it leaves open is closed.
func fragmentHTML(fragment string) string {
	if !strings.ContainsAny(fragment, "<&") {
		return strings.TrimSpace(fragment)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(fragment))
	if err != nil {
		return html.EscapeString(fragment)
	}
	return bodyHTML(nodesOf(doc.FindMatcher(selBody).First()))
}

// before reports whether time a lies before b; feeds write times as Atom or RSS does.
func before(a, b string) bool {
	at, err := normalize.ParseTime(normalize.RawTime{Text: a}, "")
	if err != nil {
		return false
	}
	bt, err := normalize.ParseTime(normalize.RawTime{Text: b}, "")
	return err != nil || at.Before(bt)
}
