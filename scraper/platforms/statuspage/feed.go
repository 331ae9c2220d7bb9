package statuspage

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// feed is /history.atom or /history.rss: the 25 newest incidents, each with its whole timeline as
// HTML. Only the elements of the one kind or the other are filled.
type feed struct {
	XMLName xml.Name
	ID      string  `xml:"id"`
	Title   string  `xml:"title"`
	Links   []link  `xml:"link"`
	Entries []entry `xml:"entry"`
	Channel *struct {
		Title       string  `xml:"title"`
		Link        string  `xml:"link"`
		Description string  `xml:"description"`
		Items       []entry `xml:"item"`
	} `xml:"channel"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
	Text string `xml:",chardata"`
}

type entry struct {
	ID          string `xml:"id"`
	GUID        string `xml:"guid"`
	Published   string `xml:"published"`
	PubDate     string `xml:"pubDate"`
	Updated     string `xml:"updated"`
	Links       []link `xml:"link"`
	Title       string `xml:"title"`
	Content     string `xml:"content"`
	Description string `xml:"description"`
}

var atomID = lazyregexp.New(`^tag:[^,]+,2005:/history`)

var entryID = lazyregexp.New(`^tag:[^,]+,2005:Incident/`)

// readFeed reads the Atom or RSS feed.
func readFeed(s scraper.Source, p page.Page, body []byte) (Reading, error) {
	var feed feed
	decoder := xml.NewDecoder(bytes.NewReader(body))
	decoder.CharsetReader = func(_ string,
		in io.Reader) (io.Reader, error) {
		return in, nil
	} // a Page is UTF-8 already
	if err := decoder.Decode(&feed); err != nil {
		var syntax *xml.SyntaxError
		if errors.As(err, &syntax) {
			return Reading{}, page.Errorf("a broken feed: %s", syntax.Error())
		}
		return Reading{}, unexpected(p)
	}
	out := Reading{}
	entries, own := feed.Entries, ""
	switch {
	case feed.Channel == nil && atomID.MatchString(strings.TrimSpace(feed.ID)):
		out.Document, out.PageName = docAtom, feedName(feed.Title)
		own = linkOf(feed.Links)
	case feed.Channel != nil && isRSS(feed):
		out.Document, out.PageName = docRSS, feedName(feed.Channel.Title)
		entries, own = feed.Channel.Items, feed.Channel.Link
	default:
		return Reading{}, unexpected(p)
	}
	out.PageURL = page.SourceHome(own, homeOf(s.URL), p.URL)
	read := 0
	for _, e := range entries {
		raw := e.raw(out.Document, out.PageURL)
		read += len(raw.Updates)
		out.Incidents = append(out.Incidents, raw)
		if since := e.published(); out.Coverage.Since == "" || page.Before(since, out.Coverage.Since) {
			out.Coverage.Since = since
		}
	}
	if len(entries) > 0 && read == 0 {
		return Reading{}, page.Errorf(
			"a feed of Statuspage whose entries hold no updates (<small>time</small> <strong>state</strong>)",
		)
	}
	return out, nil
}

// isRSS tells Statuspage's RSS from others': the title's end, and the description, which is
// the product's name or, in feeds of before 2015, the title again. Every item links to an incident.
func isRSS(f feed) bool {
	c := f.Channel
	if !strings.HasSuffix(page.OneLine(c.Title), "Incident History") ||
		(page.OneLine(c.Description) != "Statuspage" && page.OneLine(c.Description) != page.OneLine(c.Title)) {
		return false
	}
	for _, item := range c.Items {
		if page.IncidentID(linkOf(item.Links)) == "" && page.IncidentID(item.GUID) == "" {
			return false
		}
	}
	return true
}

func feedName(title string) string {
	return strings.TrimSuffix(strings.TrimSuffix(page.OneLine(title), " - Incident History"), " Status")
}

// linkOf returns the address of the web page: Atom has it in an attribute, RSS as text.
func linkOf(links []link) string {
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

func (e entry) published() string {
	if e.Published != "" {
		return strings.TrimSpace(e.Published)
	}
	return strings.TrimSpace(e.PubDate)
}

// raw reads one entry. Its published time is that of the last update, of a maintenance to come the
// beginning of its window.
func (e entry) raw(document, home string) normalize.Raw {
	id := firstID(linkOf(e.Links), e.GUID)
	raw := normalize.Raw{
		Document: document,
		ID:       id,
		URL:      page.IncidentURL(home, id),
		Title:    strings.TrimSpace(e.Title),
		Updated:  page.Time(e.Updated, ""),
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
	raw.Updates, window = page.FeedUpdates(content, near)
	raw.State, raw.Kind = page.LatestState(raw.Updates), kindOf("", raw.Updates)
	if window != "" {
		raw.Kind = string(normalize.KindMaintenance)
		if start, end, ok := splitPeriod(window); ok {
			raw.ScheduledStart, raw.ScheduledEnd = page.Time(start, near), page.Time(end, near)
		} else {
			raw.Period = page.Time(window, near)
		}
	}
	if len(raw.Updates) == 0 {
		raw.Message, raw.Excerpt = page.OneLine(page.StripTags(content)), true
	}
	return raw
}
