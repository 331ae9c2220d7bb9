package hund

import (
	"errors"
	"strings"
	"testing"

	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestStart(t *testing.T) {
	for _, address := range []string{
		"https://status.oakmere.example", "https://status.oakmere.example/", "https://status.oakmere.example/" +
			"issues/66a0f2",
		"https://status.oakmere.example/state_feed/feed",
	} {
		got := Platform{}.Start(scraper.Source{URL: address})
		if len(got) != 1 || got[0].URL != "https://status.oakmere.example/state_feed/feed" {
			t.Errorf("%s starts with %+v", address, got)
		}
	}
}

func TestRefuses(t *testing.T) {
	const whole = `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">` +
		`<id>tag:status.oakmere.example,2005:/state_feed/feed</id><title>Oakmere</title></feed>`
	if _, err := (Platform{}).Parse(scraper.Source{}, page.Page{Body: []byte(whole)}); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"an empty feed of another name": {`:/state_feed/feed</id>`, `:/feed</id>`},
		"an empty feed without a name":  {`<id>tag:status.oakmere.example,2005:/state_feed/feed</id>`, ``},
		"an entry of another kind": {`</feed>`, `<entry><id>tag:status.oakmere.example,2005:Incident/1</id>` +
			`<title>/state_feed</title></entry></feed>`},
		"a feed that breaks off": {`</feed>`, ``},
		"a feed in RSS":          {whole, `<rss version="2.0"><channel><title>/state_feed</title></channel></rss>`},
	} {
		p := page.Page{Body: []byte(strings.Replace(whole, change[0], change[1], 1))}
		if res, err := (Platform{}).Parse(scraper.Source{}, p); !errors.Is(err, page.ErrShape) ||
			scraper.Detects(Platform{}, p) {
			t.Errorf("%s: read as %+v (%v)", what, res, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "hund")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
