package oraclecloud

import (
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/platformtest"
)

const (
	cork = `<?xml version='1.0' encoding='UTF-8'?><rss version="2.0"><channel><title>OCI Status</title>` +
		`<link>https://ocistatus.oraclecloud.com</link><description>Incidents</description><item>` +
		`<title>Cork Supply | Cellar South (Graz) | 33cc44dd</title><description>` +
		`&lt;p&gt;&lt;small&gt;Nov&lt;var data-var='date'&gt;23&lt;/var&gt;&lt;var data-var='time'&gt;09:40&lt;/va` +
		`r&gt; UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Identified&lt;/strong&gt; - The cork ` +
		`jams.&lt;br&gt;&lt;strong&gt;Start Time:&lt;/strong&gt; November 23, 2026, 08:55 ` +
		`UTC&lt;br&gt;&lt;strong&gt;End Time:&lt;/strong&gt; November 23, 2026, 09:30 UTC&lt;/p&gt;` +
		`&lt;p&gt;&lt;small&gt;Nov&lt;var data-var='date'&gt;23&lt;/var&gt;&lt;var data-var='time'&gt;09:12&lt;/va` +
		`r&gt; UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Investigating&lt;/strong&gt; - Corks run out.&lt;/p&gt;` +
		`</description><pubDate>Mon, 23 Nov 2026 09:40:00 UTC</pubDate>` +
		`<link>https://ocistatus.oraclecloud.com/#/incidents/ocid1.oraclecloudincident.oc1.iad.a</link>` +
		`<guid>ocid1.oraclecloudincident.oc1.iad.a</guid></item></channel></rss>`
	cellar = `{"realm":"OC1","regionHealthReports":[{"regionId":"r1","regionName":"Cellar South (Graz)",` +
		`"regionCanonicalName":"cellar-graz-1","geographicAreaName":"Europe","serviceHealthReports":[` +
		`{"serviceId":"s1","serviceName":"Cork Supply","serviceCanonicalName":"cork-supply",` +
		`"serviceStatus":"ServiceDisruption","incidents":[{"incidentId":"ocid1.oraclecloudincident.oc1.iad.a",` +
		`"severity":"ServiceDisruption"}]},` +
		`{"serviceId":"s2","serviceName":"Barrels","serviceCanonicalName":"barrels",` +
		`"serviceStatus":"NormalPerformance","incidents":[]}]}]}`
	calm = `{"page":{"name":"OCI","updated_at":"2026-11-23T11:55:00.101Z"},"status":{"indicator":"none",` +
		`"description":"No Service Outage"}}`
)

func TestCloudFeed(t *testing.T) {
	tests := []struct {
		name     string
		change   []string
		state    normalize.State
		resolved string
		affected int
	}{
		{name: "open; an end that is told of ends nothing", state: normalize.StateIdentified, affected: 1},
		{name: "over at the time that is told", change: []string{"Identified", "Resolved"},
			state: normalize.StateResolved, resolved: "2026-11-23T09:30:00.000Z", affected: 1},
		{name: "several regions are no region", change: []string{"Cellar South (Graz)", "Multiple Regions"},
			state: normalize.StateIdentified},
		{name: "several services are no service", change: []string{"Cork Supply", "Multiple Services"},
			state: normalize.StateIdentified},
		{name: "a title of another form", change: []string{" | ", " / "}, state: normalize.StateIdentified},
		{name: "an unknown state", change: []string{"Identified", "Corked"}, state: normalize.StateUnknown,
			affected: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := platformtest.Incidents(t, Platform{}, platformtest.Parsed(t, Platform{}, "",
				strings.NewReplacer(tt.change...).Replace(cork)))[0]
			if got.Key != "ocid1.oraclecloudincident.oc1.iad.a" || got.State != tt.state ||
				len(got.Components) != tt.affected || normalize.FormatTime(got.ResolvedAt) != tt.resolved {
				t.Errorf("got %s %s, affected %+v, resolved at %q", got.Key, got.State, got.Components,
					normalize.FormatTime(got.ResolvedAt))
			}
			if len(got.Updates) != 2 ||
				normalize.FormatTime(got.Updates[0].PostedAt) != "2026-11-23T09:12:00.000Z" ||
				normalize.FormatTime(got.StartedAt) != "2026-11-23T08:55:00.000Z" {
				t.Errorf("started at %s with %+v", normalize.FormatTime(got.StartedAt), got.Updates)
			}
		})
	}
}

// TestCloudDocumentsOfOneIncident holds that feed and services tell of one incident, and name one component.
func TestCloudDocumentsOfOneIncident(t *testing.T) {
	feed, cellar := platformtest.Parsed(t, Platform{}, "", cork), platformtest.Parsed(t, Platform{}, "", cellar)
	for _, res := range []scraper.Result{{Incidents: append(feed.Incidents, cellar.Incidents...)},
		{Incidents: append(cellar.Incidents, feed.Incidents...)}} {
		got := platformtest.Incidents(t, Platform{}, res)
		if len(got) != 1 || got[0].Title != "Cork Supply | Cellar South (Graz) | 33cc44dd" ||
			got[0].Severity != normalize.SeverityMajor || got[0].State != normalize.StateIdentified ||
			len(got[0].Components) != 1 {
			t.Errorf("they become %+v", got)
		}
	}
}

func TestCloudWords(t *testing.T) {
	for word, want := range map[string]normalize.ComponentStatus{
		"NormalPerformance":  normalize.StatusOperational,
		"Normal Performance": normalize.StatusOperational,
		"Informational":      normalize.StatusUnknown,
		"ServiceDisruption":  normalize.StatusPartial,
		"Service Down":       normalize.StatusMajor,
		"Tipsy":              normalize.StatusUnknown,
	} {
		res := platformtest.Parsed(t, Platform{}, "", strings.Replace(cellar, `"serviceStatus":"ServiceDisruption"`,
			`"serviceStatus":"`+word+`"`, 1))
		got, findings := normalize.Components(res.Components, scraper.WordsOf(Platform{}))
		if got[0].Status != want || (word == "Tipsy") != (len(findings) == 1) {
			t.Errorf("%q is %s, findings %+v", word, got[0].Status, findings)
		}
	}
}

func TestCloudRefuses(t *testing.T) {
	platformtest.Refuses(t, Platform{}, map[string]string{
		"a feed of something else": strings.Replace(cork, "<guid>ocid1.oraclecloudincident",
			"<guid>urn:incident", 1),
		"a feed without updates":  strings.ReplaceAll(cork, "small", "tiny"),
		"a feed without items":    cork[:strings.Index(cork, "<item>")] + "</channel></rss>",
		"a feed that breaks off":  cork[:len(cork)-40],
		"a realm without regions": `{"realm":"OC1","regionHealthReports":[]}`,
		"a region without services": `{"realm":"OC1","regionHealthReports":[{"regionName":"Cellar South ` +
			`(Graz)","serviceHealthReports":[]}]}`,
		"a service without its state":   strings.Replace(cellar, `"serviceStatus":"NormalPerformance",`, "", 1),
		"a service without a list":      strings.Replace(cellar, `"incidents":[]`, `"incidents":null`, 1),
		"a state of another page":       strings.Replace(calm, `"OCI"`, `"Acme"`, 1),
		"a state of a Statuspage":       strings.Replace(calm, `"name":"OCI"`, `"id":"abc","name":"OCI"`, 1),
		"a state beside incidents":      strings.Replace(calm, `"status":{`, `"incidents":[],"status":{`, 1),
		"a state without an indicator":  strings.Replace(calm, `"indicator":"none",`, "", 1),
		"the keys of a realm, all null": `{"realm":null,"regionHealthReports":null}`,
	})
}

func FuzzCloudParse(f *testing.F) {
	platformtest.Seeds(f, "oraclecloud")
	for _, body := range []string{cork, cellar, calm} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { platformtest.CheckFuzzed(t, Platform{}, body) })
}
