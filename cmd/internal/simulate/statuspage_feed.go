package simulate

import (
	"fmt"
	"hash/crc32"
	"strings"
	"time"
)

// feedItems returns the newest 25 incidents and maintenances, as both feeds list them.
func (p page) feedItems() []story {
	return p.incidents[:min(len(p.incidents), inFeeds)]
}

// atom is history.atom. An entry's published time is that of its newest update, or the window's
// begin while the maintenance is still to come.
func (p page) atom() string {
	host := strings.TrimPrefix(strings.TrimPrefix(p.base, "http://"), "https://")
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<feed xml:lang="en-US" xmlns="http://www.w3.org/2005/Atom">
  <id>tag:%s,2005:/history</id>
  <link rel="alternate" type="text/html" href="%s"/>
  <link rel="self" type="application/atom+xml" href="%s/history.atom"/>
  <title>%s Status - Incident History</title>
  <updated>%s</updated>
  <author>
    <name>%s</name>
  </author>
`, host, p.base, p.base, esc(p.Name), p.feedStamp(p.updatedAt), esc(p.Name))
	for _, s := range p.feedItems() {
		fmt.Fprintf(&b, `  <entry>
    <id>tag:%s,2005:Incident/%d</id>
    <published>%s</published>
    <updated>%s</updated>
    <link rel="alternate" type="text/html" href="%s"/>
    <title>%s</title>
    <content type="html">%s</content>
  </entry>
`, host, feedNumber(s), p.feedStamp(publishedAt(s)), p.feedStamp(s.updatedAt), p.incidentURL(s), escText(s.title),
			escText(p.feedContent(s)))
	}
	b.WriteString("</feed>\n")
	return b.String()
}

// rss is history.rss: the same content, with the incident's address as its guid.
func (p page) rss() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel>
    <title>%s Status - Incident History</title>
    <link>%s</link>
    <description>Statuspage</description>
    <pubDate>%s</pubDate>
`, esc(p.Name), p.base, p.updatedAt.In(p.location()).Format(time.RFC1123Z))
	for _, s := range p.feedItems() {
		content := strings.ReplaceAll(escText(p.feedContent(s)), "'", "&apos;")
		fmt.Fprintf(&b, `    <item>
      <title>%s</title>
      <description>
%s      </description>
      <pubDate>%s</pubDate>
      <link>%s</link>
      <guid>%s</guid>
    </item>
`, escText(s.title), content, publishedAt(s).In(p.location()).Format(time.RFC1123Z), p.incidentURL(s), p.incidentURL(s))
	}
	b.WriteString("  </channel>\n</rss>\n")
	return b.String()
}

// feedContent is an entry's HTML: a paragraph an update, newest first.
func (p page) feedContent(s story) string {
	var b strings.Builder
	if s.Maintenance() && s.state == "scheduled" {
		fmt.Fprintf(&b, "<p><strong>THIS IS A SCHEDULED EVENT %s</strong></p>", p.historySpanPadded(s))
	}
	for i, u := range s.posts {
		fmt.Fprintf(&b, "<p><small>%s</small><br><strong>%s</strong> - %s</p>", p.homeTime(u.date), label(s.posts, i),
			flow(u.body))
	}
	return b.String()
}

// historySpanPadded is the window as the feeds print it: no year, the day padded.
func (p page) historySpanPadded(s story) string {
	from, to := s.ScheduledFor.In(p.location()), s.ScheduledUntil.In(p.location())
	day := func(t time.Time) string {
		return t.Format("Jan ") + "<var data-var='date'>" + t.Format("_2") + "</var>, "
	}
	out := day(from) + historyTime(from) + " - "
	if from.Format(time.DateOnly) != to.Format(time.DateOnly) {
		out += day(to)
	}
	return out + historyTime(to) + " " + zoneName(to)
}

func publishedAt(s story) time.Time {
	if s.Maintenance() && s.state == "scheduled" {
		return s.ScheduledFor
	}
	return s.posts[0].date
}

// feedNumber is the incident's number, which only the Atom feed shows.
func feedNumber(s story) uint32 { return 10_000_000 + crc32.ChecksumIEEE([]byte(s.ID))%30_000_000 }

func (p page) feedStamp(t time.Time) string { return p.second(t) }
