// Package feeds makes what other programs subscribe to or embed: feeds in three forms, calendars and badges.
package feeds

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/web/prose"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
)

// The most that one feed holds.
const (
	feedEntries    = 40 // incidents
	feedUnreadable = 20 // pages that cannot be read
	feedPosts      = 30 // posts of an incident, and its components
)

// Feeds makes feeds, calendars and badges of what the file knows.
type Feeds struct{ *site.Site }

// The elements of Atom, RFC 4287.
type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle"`
	Updated  string      `xml:"updated"`
	Author   atomPerson  `xml:"author"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel   string `xml:"rel,attr"`
	Type  string `xml:"type,attr,omitempty"`
	Href  string `xml:"href,attr"`
	Title string `xml:"title,attr,omitempty"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Author     atomPerson     `xml:"author"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Content    atomText       `xml:"content"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// tagged is an id that stays the same wherever the dashboard is served (RFC 4151). The time tells it from what has
// the same number in another file.
func tagged(what string, number int64, at string) string {
	return fmt.Sprintf("tag:vendorwatch,2026:%s/%d/%s", what, number, at)
}

// scheme is the address of a set of categories.
func scheme(of string) string { return "tag:vendorwatch,2026:" + of }

// feed is what changed last, of one vendor or of all, and the pages that cannot be read. name is what the paths of this
// form of it end with.
func (s Feeds) feed(r *http.Request, name, media string) (f atomFeed, err error) {
	p, err := site.ReadParams(r, "severity", "kind")
	if err != nil {
		return f, err
	}
	q, err := site.ReadQuery(p.Values)
	if err != nil {
		return f, err
	}
	ctx, slug := r.Context(), r.PathValue("slug")
	q.Filter.Vendor = slug
	title, home, path := "Incidents of all vendors", "/", "/"+name
	var unreadable []query.SourceHealth
	var states []query.Status
	if slug == "" {
		var at query.Present
		if at, err = s.Present(ctx); err != nil {
			return f, err
		}
		states = at.Unwell
		unreadable, _, err = s.DB.FailingSources(ctx, s.Clock(), feedUnreadable)
	} else {
		var v query.VendorHealth
		if v, err = s.DB.VendorBySlug(ctx, slug, s.Clock()); err != nil {
			return f, err
		}
		unreadable, title, home = v.Sources, "Incidents of "+v.Name, "/vendors/"+slug
		path = home + path
		states = make([]query.Status, 1)
		states[0], err = s.Status(ctx, slug)
	}
	if err != nil {
		return f, err
	}
	f = atomFeed{Author: atomPerson{"vendorwatch"},
		Subtitle: "What vendors publish on their status pages, and which pages cannot be read"}
	for _, name := range []string{"severity", "kind"} {
		if word := q.Typed.Get(name); word != "" {
			title += ", " + name + " " + word
			if name == "severity" {
				title += " and worse"
			}
		}
	}
	f.Title = title
	if err := s.addIncidents(r, &f, q.Filter.Filter); err != nil {
		return f, err
	}
	for _, page := range unreadable {
		if page.Health == "unreadable" || page.Watched == 1 && page.LastSuccessAt == "" {
			f.Entries = append(f.Entries, s.unreadableEntry(r, page))
		}
	}
	for _, v := range states {
		if v.Readable() && v.Status == normalize.StatusUnknown && !v.Trouble() {
			f.Entries = append(f.Entries, s.unknownEntry(r, v))
		}
	}
	slices.SortStableFunc(f.Entries, func(a, b atomEntry) int { return strings.Compare(b.Updated, a.Updated) })
	f.Updated = atomTime(never) // for a feed that has never had an entry
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Updated
	}
	f.ID = s.Permalink(r, path) + site.Address(q.Typed)
	f.Links = []atomLink{
		{Rel: "self", Type: media, Href: f.ID},
		{Rel: "alternate", Type: "text/html", Href: s.Permalink(r, home)},
	}
	return f, nil
}

// addIncidents adds the incidents that changed last.
func (s Feeds) addIncidents(r *http.Request, f *atomFeed, chosen query.Filter) error {
	changed, err := s.DB.LastChanged(r.Context(), chosen, feedEntries)
	if err != nil {
		return err
	}
	ids, changedAt := make([]int64, len(changed)), map[int64]string{}
	for n, c := range changed {
		ids[n], changedAt[c.IncidentID] = c.IncidentID, c.ChangedAt
	}
	told, err := s.Board.Told(r.Context(), ids)
	for _, i := range told {
		f.Entries = append(f.Entries, s.incidentEntry(r, i, changedAt[i.IncidentID]))
	}
	return err
}

const atomMedia = "application/atom+xml"

// Atom is the feed as RFC 4287 has it.
func (s Feeds) Atom(r *http.Request) (site.Document, error) {
	f, err := s.feed(r, "feed.atom", atomMedia)
	if err != nil {
		return site.Document{}, err
	}
	return xmlDocument(f, atomMedia)
}

func xmlDocument(v any, media string) (site.Document, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(v); err != nil {
		return site.Document{}, fmt.Errorf("feed: %w", err)
	}
	return site.Document{Media: media + "; charset=utf-8", Body: b.Bytes()}, nil
}

// atomTime is a stored time in the form of RFC 3339, of fixed width, so that text order is time order.
func atomTime(at string) string { return words.Time(at).Format("2006-01-02T15:04:05.000Z") }

func (s Feeds) incidentEntry(r *http.Request, i query.IncidentDetail, changed string) atomEntry {
	begin := i.FirstSeenAt
	if i.StartedAt != "" {
		begin = min(i.StartedAt, begin)
	}
	e := atomEntry{
		ID:        tagged("incident", i.IncidentID, i.FirstSeenAt),
		Title:     i.VendorName + ": " + markdown.Plain(i.Title),
		Published: atomTime(begin),
		Updated:   atomTime(changed),
		Author:    atomPerson{i.VendorName},
		Links: []atomLink{{Rel: "alternate", Type: "text/html",
			Href: s.Permalink(r, "/incidents/"+strconv.FormatInt(i.IncidentID, 10))}},
		Categories: []atomCategory{
			{i.Severity, scheme("severity")},
			{i.State, scheme("state")},
			{i.Kind, scheme("kind")},
		},
	}
	if !i.Posted() {
		e.Author.Name = "vendorwatch"
	}
	if page := ownPage(i.URL, i.PageURL); page != "" {
		e.Links = append(e.Links, atomLink{Rel: "related", Type: "text/html", Href: page,
			Title: "On the vendor’s page"})
	}
	for n, c := range i.AffectedComponents {
		if n == feedPosts {
			break
		}
		name := c.Name
		if c.GroupName != "" {
			name = c.GroupName + " › " + name
		}
		e.Categories = append(e.Categories, atomCategory{name, scheme("component")})
	}
	e.Content = atomText{"html", s.timeline(i)}
	return e
}

// ownPage is the vendor's page for the incident, else the vendor's status page; empty if neither is a web address.
func ownPage(url, pageURL string) string {
	if page := prose.Outside(url); page != "" {
		return page
	}
	return prose.Outside(pageURL)
}

// timeline is an incident as HTML: one sentence of ours, then the vendor's posts, the newest first. It has the form of
// Statuspage's feeds, which programs know how to read.
func (s Feeds) timeline(i query.IncidentDetail) string {
	var b strings.Builder
	b.WriteString("<p>" + escape(prose.Opening(i)) + "</p>\n")
	if i.Kind == string(normalize.KindMaintenance) && i.ScheduledStartAt != "" {
		b.WriteString("<p>Planned for " + string(prose.Window(i.Incident, time.UTC)) + "</p>\n")
	}
	if i.LeftFeedAt != "" && !normalize.State(i.State).Over() {
		b.WriteString("<p>" + escape(prose.Ending(i.Incident, s.Clock())) + "</p>\n")
	}
	base := ownPage(i.URL, i.PageURL)
	for n, u := range slices.Backward(i.Updates) {
		if len(i.Updates)-n > feedPosts {
			fmt.Fprintf(&b, "<p>%s not shown.</p>\n", escape(words.Count(n+1, "earlier post")))
			break
		}
		posted, state := "time unknown", words.Spell(u.State)
		if t := words.Time(u.PostedAt); !t.IsZero() {
			posted = t.Format("2 Jan 2006, 15:04:05 UTC")
		}
		if u.RemovedAt != "" {
			state += ", later removed from the page"
		}
		fmt.Fprintf(&b, "<p><small>%s</small><br><strong>%s</strong></p>\n%s\n", posted,
			escape(strings.ToUpper(state[:1])+state[1:]), prose.Markdown(u.Body, base))
	}
	return b.String()
}

// never is the date of an entry about something that has none.
const never = "1970-01-01T00:00:00.000Z"

// unknownEntry tells of a vendor all of whose pages were read, and of which nothing is known all the same: one was not
// read in full, or says how it does in a word that nobody knows.
func (s Feeds) unknownEntry(r *http.Request, v query.Status) atomEntry {
	at := atomTime(cmp.Or(v.SinceAt, v.ReadableAt, never))
	return atomEntry{
		ID:        tagged("unknown", v.VendorID, v.Vendor),
		Title:     v.VendorName + ": whether it is well is not known",
		Published: at,
		Updated:   at,
		Author:    atomPerson{"vendorwatch"},
		Links: []atomLink{{Rel: "alternate", Type: "text/html",
			Href: s.Permalink(r, "/vendors/"+url.PathEscape(v.Vendor))}},
		Categories: []atomCategory{{"unknown", scheme("status")}},
		Content:    atomText{"html", "<p>" + escape(words.StatusSentence(v)) + "</p>"},
	}
}

func (s Feeds) unreadableEntry(r *http.Request, page query.SourceHealth) atomEntry {
	// Where it was due and no attempt was made, none has failed.
	at, since := cmp.Or(page.FailingSince, page.LastSuccessAt, never), " has never been read"
	if page.LastSuccessAt != "" {
		since = " has not been readable since " + words.Time(at).Format(time.RFC1123)
	}
	text := page.PageURL + since + ". Whether the vendor has an incident is not known."
	if page.LastError != "" {
		text += " Last error: " + page.LastError
	}
	return atomEntry{
		ID:        tagged("unreadable", page.SourceID, at),
		Title:     page.VendorName + ": status page cannot be read",
		Published: atomTime(at),
		Updated:   atomTime(at),
		Author:    atomPerson{"vendorwatch"},
		Links: []atomLink{{Rel: "alternate", Type: "text/html",
			Href: s.Permalink(r, "/vendors/"+url.PathEscape(page.Vendor))}},
		Categories: []atomCategory{{"source_unreadable", scheme("event")}},
		Content:    atomText{"html", "<p>" + escape(text) + "</p>"},
	}
}
