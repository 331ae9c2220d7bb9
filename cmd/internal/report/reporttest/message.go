package reporttest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
)

// SecretWord stands in every address, key, token and password of the channels of these tests.
const SecretWord = "s3cr3tS3cr3t"

// Alert is a message on one incident.
func Alert(reason message.Reason, change func(*message.AlertItem)) message.Message {
	lasted, late := int64(1560), int64(180)
	i := message.AlertItem{
		Item: message.Item{Incident: query.Incident{
			IncidentID: 17, Vendor: "kustomer", VendorName: "Kustomer", SourceID: 1, Origin: "vendor", Kind: "incident",
			Title: "[PLATFORM] Errors & delays",
			URL:   "https://status.kustomer.example/incidents/abc", PageURL: "https://status.kustomer.example",
			Severity: "major", State: "investigating",
			StartedAt: "2026-11-13T17:46:00.000Z", FirstSeenAt: "2026-11-13T17:49:00.000Z",
			Components: "Prod1 (US) › Web Client, Prod2 (EU) › Web Client",
			LatestBody: "We look into **errors** of the web client.", LatestPostedAt: "2026-11-13T17:48:00.000Z",
		}, EventIDs: []int64{3}, Owner: "customer-support"},
		RunbookURL:           "https://wiki.example.com/runbooks/kustomer",
		DetectedAfterSeconds: &late,
		DashboardURL:         "https://watch.example.com/incidents/17",
		DedupKey:             "vendorwatch-incident-17", Open: true,
	}
	if reason == message.ReasonResolved || reason == message.ReasonPostmortem {
		i.State, i.ResolvedAt, i.DurationSeconds, i.Open = "resolved", "2026-11-13T18:12:00.000Z", &lasted, false
	}
	if change != nil {
		change(&i)
	}
	return message.Message{ID: "vw-5", Reason: reason, At: "2026-11-13T17:50:00.000Z", EventIDs: []int64{3},
		Items: []message.AlertItem{i}, Zone: time.UTC}
}

// HostileText is text that no receiver may act on, and that is too long for every one of them.
var HostileText = "<!channel> <!here|x> @everyone @here <@U123> <https://evil.example|click> " +
	"[click](https://evil.example) " +
	"<script>alert(1)</script> " +
	"\u202egnp.exe\u202c \x00\x07\x1b[31m \r\nBcc: all@acme.test\r\n & \" ' ` \\ 👩‍👩‍👧‍👦 שלום " +
	strings.Repeat("ש long words ", 8000)

// HostileAlert is an alert of which every text is HostileText.
func HostileAlert() message.Message {
	return Alert(message.ReasonFirst, func(i *message.AlertItem) {
		i.Title, i.LatestBody, i.VendorName, i.Components, i.Owner = HostileText, HostileText, HostileText, HostileText,
			HostileText
		i.URL, i.RunbookURL = "javascript:alert(1)", "https://x.example/\"><script>"
	})
}

// NoSecretIn fails where a value shows SecretWord, in whatever way it is printed.
func NoSecretIn(t *testing.T, where string, values ...any) {
	t.Helper()
	for _, v := range values {
		for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
			if text := fmt.Sprintf(form, v); strings.Contains(text, SecretWord) {
				t.Errorf("%s shows the secret: %s", where, text)
			}
		}
	}
}

// SlackPath is the secret part of the webhooks of these tests.
const SlackPath = "/services/T00000000/B00000000/s3cr3tS3cr3tS3cr3t"

// NoSlackSecret fails where a text shows a part of SlackPath.
func NoSlackSecret(t *testing.T, where, text string) {
	t.Helper()
	for _, part := range []string{"s3cr3t", "T00000000", "B00000000"} {
		if strings.Contains(text, part) {
			t.Errorf("%s shows the secret: %s", where, text)
		}
	}
}

// DigestMessage is the message of a digest.
func DigestMessage(d message.Digest) message.Message {
	return message.Message{ID: "vw-7", Reason: message.ReasonDigest, At: d.UntilAt, EventIDs: d.EventIDs, Digest: &d}
}

// SourceMessage is a message on a status page.
func SourceMessage(reason message.Reason, change func(*message.SourceAlert)) message.Message {
	s := message.SourceAlert{
		Source: message.Source{
			SourceID: 3, Vendor: "kustomer", VendorName: "Kustomer", PageURL: "https://status.kustomer.example",
			SinceAt: "2026-11-13T17:20:00.000Z", LastGoodAt: "2026-11-13T17:15:00.000Z",
			Reason: "503 Service Unavailable",
		},
		Owner: "customer-support", RunbookURL: "https://wiki.example.com/runbooks/kustomer",
		Text: "the status page cannot be read", DedupKey: "vendorwatch-source-3",
		Open: reason != message.ReasonReadable,
	}
	if change != nil {
		change(&s)
	}
	return message.Message{ID: "vw-6", Reason: reason, At: "2026-11-13T17:50:00.000Z", EventIDs: []int64{4}, Source: &s,
		Zone: time.UTC}
}

// OwnMessage is a message on an outage of our own network.
func OwnMessage(reason message.Reason, change func(*query.OwnOutage)) message.Message {
	o := query.OwnOutage{FromAt: "2026-11-13T17:20:00.000Z", Vendors: []string{"Kustomer", "Octoforge"}}
	if reason == message.ReasonOwnNetworkBack {
		o.ToAt = "2026-11-13T17:49:00.000Z"
	}
	if change != nil {
		change(&o)
	}
	return message.Message{ID: "vw-10", Reason: reason, At: "2026-11-13T17:50:00.000Z", EventIDs: []int64{}, Own: &o,
		Zone: time.UTC}
}

// TargetMessage is a message on a target.
func TargetMessage(reason message.Reason, forecast string) message.Message {
	spent, left, uptime, burn := 31.0, 12.2, 99.92, 1.4
	return message.Message{ID: "vw-11", Reason: reason, At: "2026-11-13T17:50:00.000Z", EventIDs: []int64{},
		Zone: time.UTC, Target: &servicetime.Standing{Of: "vendor", Slug: "kustomer", Name: "Kustomer",
			SLA: servicetime.SLA{Period: "2026-11", FromAt: "2026-11-01T00:00:00.000Z",
				ToAt: "2026-12-01T00:00:00.000Z", TargetPercent: 99.9, UptimePercent: &uptime, KnownPercent: 100,
				BudgetMinutes: 43.2, ImpactMinutes: &spent, BudgetLeft: &left, BurnRate: &burn, Forecast: forecast}}}
}

// Messages has a message for every reason, and one that says several incidents.
func Messages() []message.Message {
	group := Alert(message.ReasonFirst, nil)
	group.Items = append(group.Items, Alert(message.ReasonFirst,
		func(i *message.AlertItem) { i.IncidentID, i.VendorName = 18, "Octoforge" }).Items...)
	held := message.Message{ID: "vw-8", Reason: message.ReasonHeldBack, At: group.At, Zone: time.UTC,
		Held: &message.HeldBack{Count: 12, SinceAt: "2026-11-13T17:00:00.000Z", UntilAt: "2026-11-13T18:00:00.000Z"}}
	failed := message.Message{ID: "vw-9", Reason: message.ReasonChannel, At: group.At, Zone: time.UTC,
		Failed: &message.FailedChannel{Channel: "team", Refused: 2, SinceAt: "2026-11-12T17:00:00.000Z", Waiting: 4,
			LastError: "set aside after 24 h and 97 attempts: 503 Service Unavailable"}}
	acted := Alert(message.ReasonAction, func(i *message.AlertItem) {
		i.Action = &query.Action{ActionID: 3, Kind: query.ActionAcknowledge, Vendor: "kustomer", IncidentID: 17,
			Who: "anna", Via: query.ViaSlack, Text: "we have moved to the other region",
			CreatedAt: "2026-11-13T17:45:00.000Z"}
		i.Actions, i.AcknowledgedAt, i.AcknowledgedBy = []query.Action{*i.Action}, i.Action.CreatedAt, "anna"
	})
	all := []message.Message{acted, group, held, failed, OwnMessage(message.ReasonOwnNetwork, nil),
		OwnMessage(message.ReasonOwnNetworkBack, nil),
		TargetMessage(message.ReasonSLAAtRisk, query.ForecastAtRisk),
		TargetMessage(message.ReasonSLAMissed, query.ForecastMissed),
		DigestMessage(message.Digest{Headline: "All quiet on 2 pages",
			UntilAt: group.At})}
	for _, r := range []message.Reason{
		message.ReasonFirst, message.ReasonWorsened, message.ReasonLowered, message.ReasonChanged,
		message.ReasonUpdate,
		message.ReasonResolved,
		message.ReasonReopened, message.ReasonPostmortem, message.ReasonLeftFeed, message.ReasonNotWatched,
		message.ReasonMaintenance, message.ReasonReminder, message.ReasonTest,
	} {
		all = append(all, Alert(r, nil))
	}
	for _, r := range []message.Reason{
		message.ReasonUnreadable, message.ReasonReadable, message.ReasonMoved, message.ReasonComponent,
		message.ReasonReminder, message.ReasonNotWatched,
	} {
		all = append(all, SourceMessage(r, nil))
	}
	return all
}
