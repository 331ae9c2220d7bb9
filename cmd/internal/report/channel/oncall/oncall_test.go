package oncall

import (
	"strings"
	"testing"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/normalize"
)

func TestWhatAMessageDoesToItsAlert(t *testing.T) {
	open := func(i *message.AlertItem) { i.Open = true }
	gone := func(i *message.AlertItem) { i.LeftFeedAt, i.Open = "2026-11-13T18:00:00.000Z", false }
	component := func(s *message.SourceAlert) { s.Component, s.DedupKey = "Core › API", "vendorwatch-component-12" }
	work := func(i *message.AlertItem) { i.Kind, i.State, i.Open = "maintenance", "completed", false }
	const incident, page = "vendorwatch-incident-17", "vendorwatch-source-3"
	for _, c := range []struct {
		name    string
		message message.Message
		action  Action
		key     string
	}{
		{"it opens", reporttest.Alert(message.ReasonFirst, nil), Open, incident},
		{"it is worse", reporttest.Alert(message.ReasonWorsened, nil), Open, incident},
		{"an update", reporttest.Alert(message.ReasonUpdate, nil), Add, incident},
		{"another state", reporttest.Alert(message.ReasonChanged, nil), Add, incident},
		{"a postmortem before the end", reporttest.Alert(message.ReasonPostmortem, open), Add, incident},
		{"nobody posts any more", reporttest.Alert(message.ReasonReminder, nil), Open, incident},
		{"it ended", reporttest.Alert(message.ReasonResolved, nil), Close, incident},
		{"a postmortem after the end", reporttest.Alert(message.ReasonPostmortem, nil), Ignore, incident},
		{"it opened, and is over by now", reporttest.Alert(message.ReasonFirst, gone), Ignore, incident},
		{"it left its page", reporttest.Alert(message.ReasonLeftFeed, gone), Close, incident},
		{"again", reporttest.Alert(message.ReasonReopened, nil), Open, incident},
		{"planned work ended", reporttest.Alert(message.ReasonMaintenance, work), Close, incident},
		{"a test", reporttest.Alert(message.ReasonTest, nil), Open, "vendorwatch-test"},
		{"a test without an incident", message.Message{Reason: message.ReasonTest}, Open, "vendorwatch-test"},
		{"a page cannot be read", reporttest.SourceMessage(message.ReasonUnreadable, nil), Open, page},
		{"a page can be read again", reporttest.SourceMessage(message.ReasonReadable, nil), Close, page},
		{"a page moved", reporttest.SourceMessage(message.ReasonMoved, nil), Ignore, ""},
		{"a component", reporttest.SourceMessage(message.ReasonComponent, component), Open,
			"vendorwatch-component-12"},
		{"how many were held back", message.Message{Reason: message.ReasonHeldBack, Held: &message.HeldBack{Count: 3}},
			Ignore, ""},
		{"a digest", message.Message{Reason: message.ReasonDigest, Digest: &message.Digest{}}, Ignore, ""},
	} {
		a := Of(c.message)
		if a.Action != c.action || a.Key != c.key {
			t.Errorf("%s: %s %q, want %s %q", c.name, a.Action, a.Key, c.action, c.key)
		}
		if (a.Action == Ignore) != (a.Why != "") {
			t.Errorf("%s: why nothing is sent: %q", c.name, a.Why)
		}
	}
}

func TestWhatAnAlertSays(t *testing.T) {
	a := Of(reporttest.Alert(message.ReasonFirst, nil))
	want := Alert{
		Action: Open, Key: "vendorwatch-incident-17",
		Summary:  "Kustomer: major incident opened: [PLATFORM] Errors & delays",
		Severity: normalize.SeverityMajor, Vendor: "Kustomer", Class: "incident",
		Component: "Prod1 (US) › Web Client, Prod2 (EU) › Web Client", StartedAt: "2026-11-13T17:46:00.000Z",
	}
	if a.Action != want.Action || a.Key != want.Key || a.Summary != want.Summary || a.Severity != want.Severity ||
		a.Vendor != want.Vendor || a.Class != want.Class || a.Component != want.Component ||
		a.StartedAt != want.StartedAt {
		t.Errorf("got  %+v\nwant %+v", a, want)
	}
	var links []string
	for _, l := range a.Links {
		links = append(links, l.URL)
	}
	if got := strings.Join(links,
		" "); got != "https://status.kustomer.example/incidents/abc https://status.kustomer.example "+
		"https://wiki.example.com/runbooks/kustomer https://watch.example.com/incidents/17" {
		t.Errorf("links %s", got)
	}
	for name, value := range map[string]string{
		"reason": "first", "message_id": "vw-5", "incident_id": "17", "vendor": "kustomer", "severity": "major",
		"state": "investigating",
		"title": "[PLATFORM] Errors & delays", "latest_update": "We look into errors of the web client.",
		"owner":      "customer-support",
		"started_at": "2026-11-13T17:46:00.000Z", "resolved_at": "",
	} {
		if a.Details[name] != value {
			t.Errorf("detail %s is %q, want %q", name, a.Details[name], value)
		}
	}
	source := Of(reporttest.SourceMessage(message.ReasonUnreadable, nil))
	if source.Class != "status_page" || source.Details["problem"] != "503 Service Unavailable" ||
		len(source.Links) != 2 || source.Severity != normalize.SeverityUnknown {
		t.Errorf("of a page: %+v", source)
	}
}
