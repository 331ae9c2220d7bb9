package scraper

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
)

func init() { Register("feed", feed{}) }

// feed reads any RSS, Atom or JSON feed whose items are incidents.
type feed struct{}

// Start asks for the feed itself.
func (feed) Start(s Source) []Request { return []Request{{URL: s.URL}} }

// Describe says what is read of a feed.
func (feed) Describe() Description {
	return Description{
		Name:      "Any feed",
		Documents: []string{"RSS", "Atom", "JSON Feed"},
		History:   "what the feed lists",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at", "updates", "affected"},
		Source:    FromBoth,
		Address:   "the feed's own",
	}
}

// Detect reports whether the page is an RSS, Atom or JSON feed.
func (feed) Detect(p Page) bool { return isFeed(feedBody(p)) || isJSONFeed(feedBody(p)) }

// Parse reads every item as one incident. It returns an error that wraps ErrShape for what is no feed
// and for a feed that breaks off.
//
// A feed is no list of what is open: an item that is missing may have been dropped for its age. All
// that may be concluded is that nothing is missing since the oldest item.
func (feed) Parse(_ Source, p Page) (Result, error) {
	body := feedBody(p)
	switch {
	case isFeed(body):
		if err := wholeXML(body); err != nil {
			return Result{}, shapeErrorf("a feed that cannot be read to its end: %v", err)
		}
	case !isJSONFeed(body):
		return Result{}, notWanted(p, "an RSS, Atom or JSON feed")
	}
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(declaredUTF8(body)))
	if err != nil {
		return Result{}, shapeErrorf("a feed that cannot be read: %v", err)
	}
	res := Result{Document: "feed", PageName: oneLine(parsed.Title)}
	if u := resolveURL(p.URL, parsed.Link); strings.HasPrefix(u, "http") {
		res.PageURL = strings.TrimSuffix(u, "/")
	}
	var oldest time.Time
	dated := true
	shared := sharedLinks(parsed)
	for _, item := range parsed.Items {
		res.Incidents = append(res.Incidents, readItem(item, p, shared))
		at := item.PublishedParsed
		if at == nil {
			at = item.UpdatedParsed
		}
		switch {
		case at == nil:
			dated = false
		case oldest.IsZero() || at.Before(oldest):
			oldest = *at
		}
	}
	if dated && !oldest.IsZero() {
		res.Coverage.Since = oldest.UTC().Format(time.RFC3339)
	}
	return res, nil
}

// feedBody returns a page's body without a byte order mark and the white space around it.
func feedBody(p Page) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(p.Body, []byte("\xef\xbb\xbf")))
}

// isJSONFeed reports whether the body is a whole JSON document that calls itself a JSON Feed and has a
// list of items; see https://www.jsonfeed.org/version/1.1/ .
func isJSONFeed(body []byte) bool {
	if len(body) == 0 || body[0] != '{' {
		return false
	}
	var doc struct {
		Version string             `json:"version"`
		Items   *[]json.RawMessage `json:"items"`
	}
	return json.Unmarshal(body, &doc) == nil && strings.Contains(doc.Version, "jsonfeed.org/version/") && doc.Items != nil
}

// wholeXML reports what keeps a feed from being whole: the parser of feeds is lenient, and takes
// one that was cut off between two items for a shorter one. Feeds with stray ampersands and HTML
// entities are common and no sign of that.
func wholeXML(body []byte) error {
	d := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(body, []byte("?")))) // only the tags matter here
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	depth, inside := 0, false
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			depth++
			switch strings.ToLower(tok.Name.Local) {
			case "channel":
				inside = true
			case "id", "title", "updated", "entry":
				inside = inside || depth == 2 // of Atom's feed element
			}
		case xml.EndElement:
			depth--
		}
	}
	switch {
	case depth > 0:
		return errors.New("it breaks off before its last element is closed")
	case !inside:
		return errors.New("it has neither a channel nor what a feed element holds")
	}
	return nil
}

var declaredEncoding = regexp.MustCompile(`^(<\?xml[^>]*?encoding=["'])[^"']*(["'])`)

// declaredUTF8 corrects the encoding that the XML declaration names: a Page that was decoded when it was
// fetched still carries the old name, and would be decoded twice.
func declaredUTF8(body []byte) []byte {
	if !utf8.Valid(body) {
		return body
	}
	return declaredEncoding.ReplaceAll(body, []byte("${1}utf-8${2}"))
}

// sharedLinks returns the links that lead to the status page, not to an incident: those of several
// items, and the feed's own.
func sharedLinks(f *gofeed.Feed) map[string]bool {
	shared, seen := map[string]bool{"": true, f.Link: true}, map[string]bool{}
	for _, item := range f.Items {
		shared[item.Link] = shared[item.Link] || seen[item.Link]
		seen[item.Link] = true
	}
	return shared
}

// readItem reads one item. Its key is its guid, as feeds mean it to be. A guid that is the item's own
// address says nothing beyond it, so that the address is the key. Without a guid, an address that is
// not the item's own tells nothing apart, and is left out: title and start have to.
func readItem(item *gofeed.Item, p Page, shared map[string]bool) normalize.Raw {
	raw := normalize.Raw{
		Document: "feed_item",
		ID:       strings.TrimSpace(item.GUID),
		URL:      resolveURL(p.URL, strings.TrimSpace(item.Link)),
		Title:    oneLine(tag.ReplaceAllString(item.Title, "")),
		Updated:  normalize.RawTime{Text: strings.TrimSpace(item.Updated)},
	}
	switch {
	case isAddress(raw.ID) && (raw.URL == "" || sameAddress(raw.ID, raw.URL)):
		raw.ID, raw.URL = "", raw.ID
	case raw.ID == "" && (shared[item.Link] || frontPage(raw.URL)):
		raw.URL = ""
	}
	published := strings.TrimSpace(item.Published)
	if published == "" {
		published = raw.Updated.Text
	}
	body := item.Content
	if body == "" {
		body = item.Description
	}
	raw.Impact = statedImpact(item.Categories, body)
	raw.Components = namedParts(item.Categories)
	if end := item.Custom["maintenanceEndDate"]; end != "" {
		raw.Kind = string(normalize.KindMaintenance)
		raw.ScheduledStart, raw.ScheduledEnd = normalize.RawTime{Text: published}, normalize.RawTime{Text: end}
	}
	if raw.Updates = datedUpdates(body, nearOf(item)); len(raw.Updates) > 0 {
		// The timeline has its own times. What such feeds call published is the time of its newest entry,
		// or of a maintenance's window, as often as that of its first.
		if raw.Period = window(body, nearOf(item)); !raw.Period.IsZero() {
			raw.Kind = string(normalize.KindMaintenance)
		}
		return raw
	}
	raw.Created = normalize.RawTime{Text: published}
	if raw.Kind == "" {
		raw.Started = raw.Created
	}
	raw.State = itemState(raw.Title, item.Categories, body)
	if body = strings.TrimSpace(body); body != "" || raw.State != "" {
		posted := raw.Updated
		if posted.IsZero() {
			posted = raw.Created
		}
		raw.Updates = []normalize.RawUpdate{{State: raw.State, Posted: posted, Body: body, Format: formatOf(body)}}
	}
	return raw
}

// isAddress reports whether a text is an absolute address of the web.
func isAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func sameAddress(a, b string) bool {
	_, a, _ = strings.Cut(strings.TrimSuffix(a, "/"), "://")
	_, b, _ = strings.Cut(strings.TrimSuffix(b, "/"), "://")
	return strings.EqualFold(a, b)
}

// frontPage reports whether an address is that of a site, not of a page of it.
func frontPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == ""
}

// nearOf returns the item's last time as RFC 3339: entries of its timeline lack the year.
func nearOf(item *gofeed.Item) string {
	at := item.UpdatedParsed
	if at == nil {
		at = item.PublishedParsed
	}
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

var anyTag = regexp.MustCompile(`<[a-zA-Z/!][^>]*>|&(?:[a-z]+|#\d+);`)

// formatOf tells whether a text is HTML or plain, in the words of normalize.RawUpdate.
func formatOf(body string) string {
	if anyTag.MatchString(body) {
		return normalize.FormatHTML
	}
	return normalize.FormatText
}

var tag = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
