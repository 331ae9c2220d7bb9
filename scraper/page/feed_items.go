package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
)

// Hearing changes what was read of an item: it knows how this feed speaks.
type Hearing func(*normalize.Raw, *gofeed.Item)

// bodyOf returns the text of an item.
func bodyOf(item *gofeed.Item) string {
	if item.Content != "" {
		return item.Content
	}
	return item.Description
}

// BodyLines returns the visible lines of an item's text.
func BodyLines(item *gofeed.Item) string { return linesOf(bodyOf(item)) }

// IsTimeline reports whether an item's text is a timeline, whose entries have dates and states of their own.
func IsTimeline(item *gofeed.Item) bool { return len(DatedUpdates(bodyOf(item), nearOf(item))) > 0 }

// ReadItems reads a feed's items as incidents, in their order. Items that share a guid are the posts of one incident
// where they have its title, up to words for its state, or its address; Better Stack writes such feeds: "API went
// down", "API recovered". Otherwise the guid tells nothing, and they are several incidents. Items of one title and one
// address of their own are the posts of one incident, too, if each has a guid of its own. hear, if it is not nil, gives
// each item its last touch before it is joined with others. A finding names each guid that tells nothing.
func ReadItems(f *gofeed.Feed, p Page, hear Hearing) ([]normalize.Raw, []normalize.Finding) {
	readItem := func(item *gofeed.Item, shared map[string]bool) normalize.Raw {
		raw := ReadItem(item, p, shared)
		if hear != nil {
			hear(&raw, item)
		}
		return raw
	}
	shared := SharedLinks(f)
	byGUID := map[string][]*gofeed.Item{}
	for _, item := range f.Items {
		guid := strings.TrimSpace(item.GUID)
		byGUID[guid] = append(byGUID[guid], item)
	}
	var raws []normalize.Raw
	var findings []normalize.Finding
	done := map[string]bool{}
	ofMonitor := monitorPosts(f, shared)
	for _, item := range f.Items {
		guid := strings.TrimSpace(item.GUID)
		same := byGUID[guid]
		if posts := ofMonitor[item]; len(posts) > 1 && len(same) == 1 {
			same, guid = posts, strings.TrimSpace(posts[0].GUID)
		}
		if guid != "" && len(same) == 1 && !frontPage(item.Link) && item.Link != f.Link {
			if posts := postsAt(f, item.Link); len(posts) > 1 {
				same, guid = posts, item.Link
			}
		}
		switch {
		case guid == "" || len(same) == 1:
			raws = append(raws, readItem(item, shared))
		case ofMonitor[item] == nil && !oneIncident(same, f.Link):
			nameless := *item
			nameless.GUID = ""
			raws = append(raws, readItem(&nameless, shared))
			if !done[guid] {
				done[guid] = true
				findings = append(findings, normalize.Finding{Field: normalize.FieldKey, Value: guid,
					Problem: fmt.Sprintf("%d items of several incidents have this guid; they are told apart by their "+
						"addresses, or by title and start", len(same))})
			}
		case !done[guid]:
			done[guid] = true
			raws = append(raws, joinItems(same, shared, readItem))
			for _, other := range same {
				if subject(other.Title) != subject(same[0].Title) {
					findings = append(findings, OtherTitle(raws[len(raws)-1].ID, OneLine(other.Title)))
				}
			}
		}
	}
	return raws, findings
}

var (
	wentDown  = lazyregexp.New(`(?i)\b(?:went|is|are) down\W*$`)
	cameAgain = lazyregexp.New(`(?i)\b(?:recovered|back to normal|back up|up again)\W*$`)
)

// monitorPosts returns, by item, the items of one outage that a monitor reports, oldest first: "API went down" and the
// "API recovered" after it. Their link is that of the page, and each has a guid of its own.
func monitorPosts(f *gofeed.Feed, shared map[string]bool) map[*gofeed.Item][]*gofeed.Item {
	oldest := slices.Clone(f.Items)
	slices.Reverse(oldest)
	slices.SortStableFunc(oldest, func(a, b *gofeed.Item) int { return itemTime(a).Compare(itemTime(b)) })
	open, posts := map[string][]*gofeed.Item{}, map[*gofeed.Item][]*gofeed.Item{}
	for _, item := range oldest {
		if item.GUID == "" || !shared[item.Link] && !frontPage(item.Link) || itemTime(item).IsZero() {
			continue
		}
		switch name := subject(item.Title); {
		case wentDown.MatchString(item.Title):
			open[name] = []*gofeed.Item{item}
		case cameAgain.MatchString(item.Title) && open[name] != nil:
			outage := append(open[name], item)
			for _, post := range outage {
				posts[post] = outage
			}
			delete(open, name)
		}
	}
	return posts
}

// postsAt returns the items of an address of their own if each has a guid and all have one title, up to words for its
// state: a feed may give every post of an incident its own guid.
func postsAt(f *gofeed.Feed, link string) []*gofeed.Item {
	var posts []*gofeed.Item
	for _, item := range f.Items {
		if item.Link != link {
			continue
		}
		if item.GUID == "" || len(posts) > 0 && subject(item.Title) != subject(posts[0].Title) {
			return nil
		}
		posts = append(posts, item)
	}
	return posts
}

var statePhrase = lazyregexp.New(`(?i)[\s:–-]*\b(?:(?:is|are|was) )?(?:went down|down|recovered|back to normal|` +
	`back up|up again|` + stateNames + `)\W*$`)

// oneIncident reports whether items of one guid have one title, or one address that is not the feed's own.
func oneIncident(items []*gofeed.Item, home string) bool {
	first := items[0]
	return !slices.ContainsFunc(items, func(i *gofeed.Item) bool {
		return subject(i.Title) != subject(first.Title) && (i.Link != first.Link || i.Link == home || frontPage(i.Link))
	})
}

// subject is a title without what it says of the state.
func subject(title string) string {
	title = titleLabel.ReplaceAllString(OneLine(tag.ReplaceAllString(title, "")), " ")
	return strings.ToLower(strings.TrimSpace(statePhrase.ReplaceAllString(title, "")))
}

// joinItems makes one incident of items that are its posts: it has the title and the date of the oldest one, and the
// state of the newest one.
func joinItems(items []*gofeed.Item, shared map[string]bool,
	read func(*gofeed.Item, map[string]bool) normalize.Raw) normalize.Raw {
	oldest := slices.Clone(items)
	slices.Reverse(oldest) // feeds begin with the newest
	slices.SortStableFunc(oldest, func(a, b *gofeed.Item) int { return itemTime(a).Compare(itemTime(b)) })
	joined := read(oldest[0], shared)
	for _, item := range oldest[1:] {
		raw := read(item, shared)
		joined.State, joined.Updated, joined.Resolved = raw.State, raw.Updated, raw.Resolved
		if raw.Impact != "" {
			joined.Impact = raw.Impact
		}
		for _, u := range raw.Updates {
			if !slices.Contains(joined.Updates, u) {
				joined.Updates = append(joined.Updates, u)
			}
		}
		for _, c := range raw.Components {
			if !slices.Contains(joined.Components, c) {
				joined.Components = append(joined.Components, c)
			}
		}
	}
	return joined
}

func itemTime(item *gofeed.Item) time.Time {
	for _, at := range []*time.Time{item.UpdatedParsed, item.PublishedParsed} {
		if at != nil {
			return *at
		}
	}
	return time.Time{}
}
