package feeds

import (
	"encoding/xml"
	"net/http"
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
)

// The feed in two further forms. Both are made of the Atom feed, so that all three say the same.

// jsonFeed is JSON Feed 1.1, https://www.jsonfeed.org/version/1.1.
type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	HomePageURL string       `json:"home_page_url"`
	FeedURL     string       `json:"feed_url"`
	Description string       `json:"description"`
	Language    string       `json:"language"`
	Authors     []jsonAuthor `json:"authors"`
	Items       []jsonItem   `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonItem struct {
	ID            string       `json:"id"`
	URL           string       `json:"url"`
	ExternalURL   string       `json:"external_url,omitempty"` // the vendor's page
	Title         string       `json:"title"`
	ContentHTML   string       `json:"content_html"`
	DatePublished string       `json:"date_published"`
	DateModified  string       `json:"date_modified"`
	Authors       []jsonAuthor `json:"authors"`
	Tags          []string     `json:"tags"`
}

const jsonMedia = "application/feed+json"

// JSON is the feed as JSON Feed has it.
func (s Feeds) JSON(r *http.Request) (site.Document, error) {
	f, err := s.feed(r, "feed.json", jsonMedia)
	if err != nil {
		return site.Document{}, err
	}
	out := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: printable(f.Title),
		HomePageURL: link(f.Links, "alternate"), FeedURL: f.ID, Description: f.Subtitle, Language: "en",
		Authors: []jsonAuthor{{f.Author.Name}},
		Items:   []jsonItem{}}
	for _, e := range f.Entries {
		item := jsonItem{ID: e.ID, URL: link(e.Links, "alternate"), ExternalURL: link(e.Links, "related"),
			Title: printable(e.Title), ContentHTML: e.Content.Text, DatePublished: e.Published, DateModified: e.Updated,
			Authors: []jsonAuthor{{printable(e.Author.Name)}}, Tags: []string{}}
		for _, c := range e.Categories {
			item.Tags = append(item.Tags, printable(c.Term))
		}
		out.Items = append(out.Items, item)
	}
	d, err := site.JSON(out)
	d.Media = jsonMedia
	return d, err
}

// link is the address of the first link of that kind; empty if there is none.
func link(links []atomLink, rel string) string {
	for _, l := range links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

// The elements of RSS 2.0, and those of Atom and Dublin Core that it lacks.
type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	DC      string     `xml:"xmlns:dc,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title         string    `xml:"title"`
	Link          string    `xml:"link"`
	Description   string    `xml:"description"`
	Language      string    `xml:"language"`
	LastBuildDate string    `xml:"lastBuildDate"`
	Self          atomLink  `xml:"atom:link"`
	Items         []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string        `xml:"title"`
	Link        string        `xml:"link"`
	GUID        rssGUID       `xml:"guid"`
	PubDate     string        `xml:"pubDate"`
	Updated     string        `xml:"atom:updated"`
	Creator     string        `xml:"dc:creator"`
	Categories  []rssCategory `xml:"category"`
	Description string        `xml:"description"`
}

type rssGUID struct {
	IsPermaLink bool   `xml:"isPermaLink,attr"`
	ID          string `xml:",chardata"`
}

type rssCategory struct {
	Domain string `xml:"domain,attr"`
	Term   string `xml:",chardata"`
}

const rssMedia = "application/rss+xml"

// RSS is the feed as RSS 2.0 has it.
func (s Feeds) RSS(r *http.Request) (site.Document, error) {
	f, err := s.feed(r, "feed.rss", rssMedia)
	if err != nil {
		return site.Document{}, err
	}
	out := rssFeed{Version: "2.0", Atom: "http://www.w3.org/2005/Atom", DC: "http://purl.org/dc/elements/1.1/",
		Channel: rssChannel{Title: f.Title, Link: link(f.Links, "alternate"), Description: f.Subtitle, Language: "en",
			LastBuildDate: rssTime(f.Updated), Self: f.Links[0]}}
	for _, e := range f.Entries {
		item := rssItem{Title: e.Title, Link: link(e.Links, "alternate"), GUID: rssGUID{ID: e.ID},
			PubDate: rssTime(e.Published), Updated: e.Updated, Creator: e.Author.Name, Description: e.Content.Text}
		for _, c := range e.Categories {
			item.Categories = append(item.Categories, rssCategory{c.Scheme, c.Term})
		}
		out.Channel.Items = append(out.Channel.Items, item)
	}
	return xmlDocument(out, rssMedia)
}

// rssTime is a time of the feed as RSS has it, with four digits of the year.
func rssTime(at string) string { return words.Time(at).Format(time.RFC1123Z) }
