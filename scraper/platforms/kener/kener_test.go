package kener

import (
	"os"
	"path/filepath"
	"testing"

	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestStart(t *testing.T) {
	for address, want := range map[string]string{
		"https://status.acme.example":                  "https://status.acme.example/rss.xml",
		"https://status.acme.example/":                 "https://status.acme.example/rss.xml",
		"https://status.acme.example/rss.xml":          "https://status.acme.example/rss.xml",
		"https://status.acme.example/incidents/12":     "https://status.acme.example/rss.xml",
		"https://acme.example/kener/piers":             "https://acme.example/kener/piers/rss.xml",
		"https://acme.example/kener/maintenances/4":    "https://acme.example/kener/rss.xml",
		"https://acme.example/events/november-2026":    "https://acme.example/rss.xml",
		"https://acme.example/monitors/orders/rss.xml": "https://acme.example/monitors/orders/rss.xml",
	} {
		if got := (Platform{}).Start(scraper.Source{URL: address}); len(got) != 1 || got[0].URL != want {
			t.Errorf("%s begins with %+v, want %s", address, got, want)
		}
	}
}

// The feed does not list all that is open, so that nothing ends because it lacks it.
func TestProvesNoEnd(t *testing.T) {
	if res := platformtest.Parsed(t, Platform{}, "", events(t)); res.Coverage != (scraper.Coverage{}) {
		t.Errorf("covers %+v", res.Coverage)
	}
}

func TestRefuses(t *testing.T) {
	bodies := map[string]string{}
	for what, swap := range map[string][2]string{
		"another title":                   {`Kelpworks — Incidents`, `Acme — Incidents`},
		"another description":             {`Latest incidents and`, `All incidents and`},
		"no address of the page":          {`    <link>https://status.kelpworks.example</link>`, ``},
		"an item of another kind":         {`[Incident] Orders`, `[News] Orders`},
		"a guid of another kind":          {`incident-12<`, `maintenance-12<`},
		"a guid that is none of Kener's":  {`incident-12<`, `12<`},
		"an address of another event":     {`incidents/12<`, `incidents/13<`},
		"an item without a state":         {`Status: IDENTIFIED`, `Status: `},
		"a line that is no labelled part": {`Affected: Orders, Tide tables`, `Affects all`},
		"a maintenance without a window":  {`Scheduled: Tue, 01 Dec 2026 06:00:00 GMT →`, `Scheduled: `},
		"an item without a time":          {`<pubDate>Mon, 23 Nov 2026 11:20:00 GMT</pubDate>`, ``},
	} {
		bodies[what] = platformtest.Swap(t, events(t), swap[0], swap[1])
	}
	platformtest.Refuses(t, Platform{}, bodies)
}

func events(t testing.TB) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(platformtest.Testdata(), "kener", "events", "rss.xml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "kener")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
