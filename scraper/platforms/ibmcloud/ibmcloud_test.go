package ibmcloud

import (
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper/platforms/platformtest"
)

const cheese = `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>IBM Cloud Status</title>` +
	`<link>https://cloud.ibm.com/status</link><description>d</description>` +
	`<item><title>Rinds crack</title><description><![CDATA[We are looking into it. ID: an old one. <br/>ID: ` +
	`CHS0044  <br/>Type: incident  <br/>Regions: eu-de, us-south  <br/>Resources: cheese-store  ` +
	`<br/>Outage Start: Mon Nov 23 2026 09:50:00 GMT+0000  <br/>Update Time: Mon Nov 23 2026 10:15:00 GMT+0000]]>` +
	`</description>` +
	`<link>https://cloud.ibm.com/status?selected=status</link><guid isPermaLink="false">g-1</guid>` +
	`<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate></item>` +
	`<item><title>A new slicer</title><description><![CDATA[It slices. <br/>Type: announcement  <br/>Regions: ` +
	`global  <br/>Resources: slicer]]></description>` +
	`<link>https://cloud.ibm.com/status?selected=announcement</link><guid isPermaLink="false">g-2</guid>` +
	`<pubDate>Mon, 16 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>`

func TestMeaning(t *testing.T) {
	const start = "Outage Start: Mon Nov 23 2026 09:50:00 GMT+0000"
	tests := []struct {
		name     string
		change   []string
		kind     normalize.Kind
		state    normalize.State
		started  string
		resolved string
	}{
		{name: "open, in no known words", kind: normalize.KindIncident, state: normalize.StateUnknown,
			started: "2026-11-23T09:50:00.000Z"},
		{name: "open, by its text", change: []string{"We are looking into it.", "We are investigating."},
			kind: normalize.KindIncident, state: normalize.StateInvestigating, started: "2026-11-23T09:50:00.000Z"},
		{name: "open, by its title", change: []string{"<title>Rinds", "<title>MONITORING: Rinds"},
			kind: normalize.KindIncident, state: normalize.StateMonitoring, started: "2026-11-23T09:50:00.000Z"},
		{name: "over, by its end", change: []string{start, start + "  <br/>Outage End: Mon Nov 23 2026 10:05:00 " +
			"GMT+0000", "We are looking into it.", "We are investigating."},
			kind: normalize.KindIncident, state: normalize.StateResolved, started: "2026-11-23T09:50:00.000Z",
			resolved: "2026-11-23T10:05:00.000Z"},
		{name: "without a start", change: []string{start, ""}, kind: normalize.KindIncident,
			state: normalize.StateUnknown, started: "2026-11-23T10:00:00.000Z"},
		{name: "a maintenance that has an end is not over by it", change: []string{"Type: incident",
			"Type: maintenance", "<title>Rinds", "<title>SCHEDULED: Rinds", start,
			start + "  <br/>Outage End: Mon Nov 23 2026 23:05:00 GMT+0000"},
			kind: normalize.KindMaintenance, state: normalize.StateScheduled},
		{name: "an unknown type is an incident", change: []string{"Type: incident", "Type: mystery"},
			kind: normalize.KindIncident, state: normalize.StateUnknown, started: "2026-11-23T09:50:00.000Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := platformtest.Parsed(t, Platform{}, "", strings.NewReplacer(tt.change...).Replace(cheese))
			got := platformtest.Incidents(t, Platform{}, res)
			if len(got) != 1 || got[0].Key != "CHS0044" || got[0].Kind != tt.kind || got[0].State != tt.state {
				t.Fatalf("got %+v", got)
			}
			if started, resolved := normalize.FormatTime(got[0].StartedAt),
				normalize.FormatTime(got[0].ResolvedAt); started != tt.started || resolved != tt.resolved {
				t.Errorf("from %q to %q", started, resolved)
			}
			if len(got[0].Components) != 3 || len(got[0].Updates) != 1 {
				t.Errorf("affected %+v, updates %+v", got[0].Components, got[0].Updates)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"a feed without items":   cheese[:strings.Index(cheese, "<item>")] + "</channel></rss>",
		"an item without a type": strings.Replace(cheese, "Type: announcement", "Sort: announcement", 1),
		"an item of elsewhere": strings.Replace(cheese, "https://cloud.ibm.com/status?selected=status",
			"https://status.acme.example/1", 1),
		"a host of a like name": strings.ReplaceAll(cheese, "https://cloud.ibm.com/",
			"https://notcloud.ibm.com.example/"),
		"a feed that breaks off": cheese[:len(cheese)-30],
	})
}

func FuzzParse(f *testing.F) {
	platformtest.Seeds(f, "ibmcloud")
	f.Add([]byte(cheese))
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
