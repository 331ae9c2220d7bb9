package azure

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	platformtest.ReadCaptures(t, Platform{}, func(t *testing.T, body []byte) platformtest.Tally {
		items := platformtest.Occurrences(body, `<item>`)
		return platformtest.Tally{Incidents: items, Open: items, Updates: items,
			Affected: platformtest.Occurrences(body, `<category>`)}
	}, "azure/*.xml")
}

const channel = `<?xml version="1.0" encoding="utf-8"?>
<rss xmlns:a10="http://www.w3.org/2005/Atom" version="2.0">
  <channel xmlns:dc="http://purl.org/dc/elements/1.1/">
    <title>Azure Status</title>
    <link>https://azurestatusprodwus.azurewebsites.net/en-us/status/</link>
    <description>Azure Status</description>
    <language>en-us</language>
    <lastBuildDate>Thu, 19 Nov 2026 18:12:58 Z</lastBuildDate>@
  </channel>
</rss>`

func with(items string) string { return strings.Replace(channel, "@", items, 1) }

func itemOf(guid, title, text string) string {
	return `<item><guid isPermaLink="false">` + guid + `</guid><link>https://azurestatusprodwus.azurewebsites.net/` +
		`en-us/status/</link><category>Kites</category><category>West US</category>` +
		`<title>` + title + ` </title><description>&lt;p&gt;` + text +
		`&lt;/p&gt;</description><pubDate>Thu, 19 Nov 2026 16:29:09 Z</pubDate></item>`
}

// TestEmptyChannel holds that an empty channel says that all is well, if it is Azure's.
func TestEmptyChannel(t *testing.T) {
	res := platformtest.Parsed(t, Platform{}, "", with(""))
	if len(res.Incidents) != 0 || !res.Coverage.Open || res.PageURL != "https://azure.status.microsoft/en-us/status" {
		t.Errorf("read %+v", res)
	}
	for _, link := range []string{"https://azure.status.microsoft/en-us/status", "https://status.azure.com/en-us/" +
		"status/", "https://azure.microsoft.com/en-us/status/"} {
		platformtest.Parsed(t, Platform{}, "", strings.Replace(with(""),
			"https://azurestatusprodwus.azurewebsites.net/en-us/status/", link, 1))
	}
	platformtest.Refuses(t, Platform{}, map[string]string{
		"another title": strings.Replace(with(""), "<title>Azure Status</title>",
			"<title>Azure Sky</title>", 1),
		"no title": strings.Replace(with(""), "<title>Azure Status</title>", "", 1),
		"another host": strings.Replace(with(""), "azurestatusprodwus.azurewebsites.net",
			"azurestatus.acme.example", 1),
		"a host that ends alike": strings.Replace(with(""), "azurestatusprodwus.azurewebsites.net",
			"notazure.com", 1),
		"another page": strings.Replace(with(""), "/en-us/status/", "/en-us/blog/", 1),
		"no link": strings.Replace(with(""),
			"<link>https://azurestatusprodwus.azurewebsites.net/en-us/status/</link>", "", 1),
		"a channel that breaks off": with("")[:len(with(""))-12],
		"Azure's name in Atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>Azure Status</title>` +
			`<id>a</id><link href="https://azure.status.microsoft/en-us/status/"/></feed>`,
		"an item where a list stood": `<?xml version="1.0"?><rss version="2.0"><item/></rss>`,
	})
}

func TestItems(t *testing.T) {
	tests := []struct {
		name, text, started string
		state               normalize.State
	}{
		{"a start in the text", "Starting at approximately 14:44 UTC on 19 November 2026, kites fell. We are " +
			"investigating.", "2026-11-19T14:44:00.000Z", normalize.StateInvestigating},
		{"a comma before the year", "Starting at 14:44 UTC on 19 November, 2026, kites fell.",
			"2026-11-19T14:44:00.000Z", normalize.StateUnknown},
		{"no start in the text", "Kites fall. We are monitoring the wind.", "2026-11-19T16:29:09.000Z",
			normalize.StateMonitoring},
		{"mitigated, still listed", "The wind was mitigated.", "2026-11-19T16:29:09.000Z", normalize.StateResolved},
		{"a start and an end in the text", "Between 23:44 UTC on 18 November 2026 and 09:10 UTC on 19 November " +
			"2026, kites fell. This is now resolved.", "2026-11-18T23:44:00.000Z", normalize.StateResolved},
		{"a start and an end of one day", "Between 07:44 and 09:10 UTC on November 19, 2026, kites fell.",
			"2026-11-19T07:44:00.000Z", normalize.StateUnknown},
		{"not mitigated", "We expect this to be mitigated soon.", "2026-11-19T16:29:09.000Z", normalize.StateUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := platformtest.Parsed(t, Platform{}, "", with(itemOf("kites", "Kites", tt.text)))
			got := platformtest.Incidents(t, Platform{}, res)[0]
			if got.Key != "kites" || got.Title != "Kites" || got.State != tt.state ||
				normalize.FormatTime(got.StartedAt) != tt.started {
				t.Errorf("got %q %q %s, started %s", got.Key, got.Title, got.State,
					normalize.FormatTime(got.StartedAt))
			}
			if got.State.Over() && strings.Contains(tt.text,
				"09:10") != (normalize.FormatTime(got.ResolvedAt) == "2026-11-19T09:10:00.000Z") {
				t.Errorf("resolved at %s", got.ResolvedAt)
			}
			if got.ResolvedAt.Equal(got.Updates[0].PostedAt) {
				t.Error("the time of publication is taken for the end")
			}
			if len(got.Components) != 2 || got.Components[0].Group != "" || got.Components[1].Group != "Regions" {
				t.Errorf("the components are %+v", got.Components)
			}
		})
	}
}

// TestItemsWithoutGuids holds that two items do not become one for sharing the page's address.
func TestItemsWithoutGuids(t *testing.T) {
	items := strings.ReplaceAll(itemOf("", "Kites", "a")+itemOf("", "Balloons", "b"),
		`<guid isPermaLink="false"></guid>`, "")
	if got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "",
		with(items))); len(got) != 2 {
		t.Errorf("%d incidents", len(got))
	}
}

// TestTextIsReplaced holds that new words under one time are an edit, not a second update.
func TestTextIsReplaced(t *testing.T) {
	var readings []normalize.Reading
	for n, text := range []string{"We are investigating.", "We are monitoring the wind."} {
		i := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "", with(itemOf("kites",
			"Kites", text))))[0]
		readings = append(readings, normalize.Reading{Raws: i.Raws, Seen: time.Date(2026, 11, 23, 9, n, 0, 0,
			time.UTC)})
	}
	r := normalize.Fold(readings)
	edited := slices.ContainsFunc(r.Revisions, func(v normalize.Revision) bool { return v.Field == "body" })
	if len(r.Updates) != 1 || !edited {
		t.Errorf("posts %+v, edits %+v", r.Updates, r.Revisions)
	}
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "azure")
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
