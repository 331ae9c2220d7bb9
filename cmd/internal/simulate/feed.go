package simulate

import (
	"fmt"
	"strings"
	"time"
)

// feedPath is where a vendor of PlatformFeed keeps its feed.
const feedPath = "/status/feed.atom"

// feedDocument renders the feed of a vendor that is on no known platform: an entry an incident,
// edited in place, whose words alone tell the state.
func feedDocument(p page, path string) (document, bool) {
	if path != feedPath {
		return document{}, false
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>%s service health</title>
  <id>%s</id>
  <link href="%s"/>
  <link rel="self" href="%s"/>
  <updated>%s</updated>
`, esc(p.Name), p.base+feedPath, p.base+"/status", p.base+feedPath, p.updatedAt.UTC().Format(time.RFC3339))
	for _, s := range p.incidents {
		u := s.posts[0]
		link := p.base + "/status/events/" + s.ID
		fmt.Fprintf(&b, `  <entry>
    <title>%s</title>
    <id>%s</id>
    <link href="%s"/>
    <published>%s</published>
    <updated>%s</updated>
    <content type="html">%s</content>
  </entry>
`, escText(s.title), link, link, s.startedAt.UTC().Format(time.RFC3339), u.date.UTC().Format(time.RFC3339),
			escText("<p>"+label(s.posts, 0)+": "+flow(u.body)+"</p>"))
	}
	b.WriteString("</feed>\n")
	return document{contentType: "application/atom+xml; charset=utf-8", body: []byte(b.String()),
		changedAt: p.updatedAt}, true
}
