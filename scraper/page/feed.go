package page

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/normalize/times"
)

// ReadFeed parses an RSS, Atom or JSON feed. It returns Unexpected's error for a page that is no feed, and another
// error that wraps ErrShape for a feed that breaks off.
func ReadFeed(p Page, want string) (*gofeed.Feed, error) {
	body := Body(p)
	switch {
	case IsFeed(body):
		// Every page that was fetched or saved is decoded already.
		if decoded, err := Decoded(Page{Body: body}, len(body)); err == nil {
			body = decoded.Body
		}
		if err := wholeXML(body); err != nil {
			return nil, Errorf("a feed that cannot be read to its end: %v", err)
		}
		body = atomText(body)
	case !IsJSONFeed(body):
		return nil, Unexpected(p, want)
	case !objectsOnly(body):
		return nil, Errorf("a JSON feed with an item that is no object") // the parser of feeds ends the program at null
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(declareUTF8(body)))
	if err != nil {
		return nil, Errorf("a feed that cannot be read: %v", err)
	}
	for _, item := range feed.Items {
		item.PublishedParsed = dateOf(item.Published, item.PublishedParsed)
		item.UpdatedParsed = dateOf(item.Updated, item.UpdatedParsed)
	}
	return feed, nil
}

// dateOf returns a printed date as it is understood elsewhere, too: the parser of feeds does not know all forms.
func dateOf(printed string, parsed *time.Time) *time.Time {
	if at, err := times.Parse(normalize.RawTime{Text: printed}, ""); err == nil {
		return &at
	}
	return parsed
}

// ReadRSS is ReadFeed for a page that must be an RSS feed.
func ReadRSS(p Page, want string) (*gofeed.Feed, error) {
	if !IsFeed(Body(p)) {
		return nil, Unexpected(p, want)
	}
	feed, err := ReadFeed(p, want)
	if err == nil && feed.FeedType != "rss" {
		return nil, Unexpected(p, want)
	}
	return feed, err
}

// wholeXML returns an error if a feed is not whole. The parser of feeds is lenient: to it, a feed that was cut off
// between two items is a shorter feed. Stray ampersands, HTML entities and elements of HTML without an end are common
// in feeds, and no error.
func wholeXML(body []byte) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var open []string
	inside := false
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
			name := strings.ToLower(tok.Name.Local)
			open = append(open, name)
			switch name {
			case "channel":
				inside = true
			case "id", "title", "updated", "entry":
				inside = inside || len(open) == 2 // of Atom's feed element
			}
		case xml.EndElement:
			name := strings.ToLower(tok.Name.Local)
			for n := len(open) - 1; n >= 0; n-- {
				if open[n] == name {
					open = open[:n]
					break
				}
			}
		}
	}
	switch {
	case len(open) > 0:
		return errors.New("it breaks off before its last element is closed")
	case !inside:
		return errors.New("it has neither a channel nor what a feed element holds")
	}
	return nil
}

// declareUTF8 corrects the encoding in the XML declaration. A Page was decoded when it was fetched, but its
// declaration still names the old encoding, so that it would be decoded twice.
func declareUTF8(body []byte) []byte {
	if !utf8.Valid(body) {
		return body
	}
	return declaration.ReplaceAll(body, []byte("${1}utf-8${3}"))
}

// SharedLinks returns the links of a feed that lead to the status page, not to an incident: those that several items
// have, and the feed's own.
func SharedLinks(f *gofeed.Feed) map[string]bool {
	shared, seen := map[string]bool{"": true, f.Link: true}, map[string]bool{}
	for _, item := range f.Items {
		shared[item.Link] = shared[item.Link] || seen[item.Link]
		seen[item.Link] = true
	}
	return shared
}

// ReadItem reads one item as an incident; shared is what SharedLinks returns. The guid becomes the incident's id,
// unless it is the item's own address. Without a guid, a link that other items have, too, is left out: title and
// start then identify the incident.
func ReadItem(item *gofeed.Item, p Page, shared map[string]bool) normalize.Raw {
	raw := normalize.Raw{
		Document: "feed_item",
		ID:       strings.TrimSpace(item.GUID),
		URL:      Resolve(p.URL, strings.TrimSpace(item.Link)),
		Title:    OneLine(htmlTag.ReplaceAllString(item.Title, "")),
		Updated:  normalize.RawTime{Text: strings.TrimSpace(item.Updated)},
	}
	switch {
	case IsAddress(raw.ID) && (raw.URL == "" || sameAddress(raw.ID, raw.URL)):
		raw.ID, raw.URL = "", raw.ID
	case raw.ID == "" && (shared[item.Link] || frontPage(raw.URL)):
		raw.URL = ""
	}
	published := strings.TrimSpace(item.Published)
	if published == "" {
		published = raw.Updated.Text
	}
	body := bodyOf(item)
	raw.Impact = StatedImpact(item.Categories, body)
	raw.Components = slices.DeleteFunc(NamedParts(item.Categories), func(c normalize.RawComponent) bool {
		return strings.EqualFold(c.Name, raw.Impact) // a category can be the severity that the text states
	})
	if end := item.Custom["maintenanceEndDate"]; end != "" {
		raw.Kind = string(normalize.KindMaintenance)
		raw.ScheduledStart, raw.ScheduledEnd = normalize.RawTime{Text: published}, normalize.RawTime{Text: end}
	}
	if raw.Updates = DatedUpdates(body, nearOf(item)); len(raw.Updates) > 0 {
		// The timeline has its own times. In such feeds, the time of publication may be that of the first entry, of
		// the newest, or of a maintenance's window.
		if raw.Period = ScheduledWindow(body, nearOf(item)); !raw.Period.IsZero() {
			raw.Kind = string(normalize.KindMaintenance)
		} else if at := item.PublishedParsed; at != nil && raw.Kind == "" && before(*at, raw.Updates[0].Posted) {
			raw.Created, raw.Started = normalize.RawTime{Text: published}, normalize.RawTime{Text: published}
		}
		raw.Resolved = StatedEnd(body)
		return raw
	}
	raw.Created = normalize.RawTime{Text: published}
	if raw.Kind == "" {
		raw.Started = raw.Created
	}
	if raw.State = ItemState(raw.Title, item.Categories, body); raw.State == "" {
		raw.State = titleEnd.FindString(raw.Title)
	}
	raw.Resolved = StatedEnd(body)
	if body = strings.TrimSpace(body); body != "" || raw.State != "" {
		posted := raw.Updated
		if posted.IsZero() {
			posted = raw.Created
		}
		raw.Updates = []normalize.RawUpdate{{State: raw.State, Posted: posted, Body: body, Format: feedFormat(body)}}
	}
	return raw
}

func before(at time.Time, printed normalize.RawTime) bool {
	then, err := times.Parse(printed, "")
	return err == nil && at.Before(then)
}

// titleEnd is the end of a title that says that all is over.
var titleEnd = lazyregexp.New(`(?i)\b(?:back to normal|back up|up again)$`)

// nearOf returns the item's last time as RFC 3339, which gives the entries of its timeline their year.
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

var feedRoot = lazyregexp.New(
	`^(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*)*(?:<\?[^>]*\?>\s*)*<(?:[a-zA-Z]+:)?(feed|rss|RDF)\b`,
)

// IsFeed reports whether a body begins as RSS or Atom does.
func IsFeed(body []byte) bool { return feedRoot.Match(body[:min(len(body), 2000)]) }

// objectsOnly reports whether all items of a JSON feed are objects.
func objectsOnly(body []byte) bool {
	var doc struct {
		Items []json.RawMessage `json:"items"`
	}
	return json.Unmarshal(body, &doc) == nil &&
		!slices.ContainsFunc(doc.Items, func(item json.RawMessage) bool { return item[0] != '{' })
}

// IsJSONFeed reports whether a body is a whole JSON document that calls itself a JSON Feed and has a list of items;
// see https://www.jsonfeed.org/version/1.1/ .
func IsJSONFeed(body []byte) bool {
	if len(body) == 0 || body[0] != '{' {
		return false
	}
	var doc struct {
		Version string             `json:"version"`
		Items   *[]json.RawMessage `json:"items"`
	}
	return json.Unmarshal(body, &doc) == nil && strings.Contains(doc.Version, "jsonfeed.org/version/") &&
		doc.Items != nil
}
