package reporttest

import (
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Monday is 9:00 in Berlin, when the digest of the tests is made.
var Monday = time.Date(2025, 11, 24, 8, 0, 0, 0, time.UTC)

func Zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no time zone data for %s: %v", name, err)
	}
	return z
}

func HealthySource(id int64, vendor, name string) query.SourceHealth {
	return query.SourceHealth{SourceID: id, Vendor: vendor, VendorName: name, PageURL: "https://status." + vendor +
		".example",
		Platform: "statuspage", Watched: 1, Health: "ok", LastSuccessAt: "2025-11-24T07:58:00.000Z",
		LastAttemptAt:   "2025-11-24T07:58:00.000Z",
		CoverageStartAt: "2025-06-01T00:00:00.000Z", BaselineAt: "2025-09-01T00:00:00.000Z"}
}

func Unreadable(h query.SourceHealth, since, reason string) query.SourceHealth {
	h.Health, h.FailingSince, h.LastError, h.ConsecutiveFailures = "unreadable", since, reason, 40
	h.LastSuccessAt = since
	return h
}

func digestOf(t *testing.T, f digest.Facts) message.Digest {
	f.Incidents = map[int64]query.Incident{}
	for _, i := range f.Open {
		f.Incidents[i.IncidentID] = i
	}
	kept := f.Open[:0:0]
	for _, i := range f.Open {
		if !normalize.State(i.State).Over() && i.LeftFeedAt == "" && i.Kind != "maintenance" {
			kept = append(kept, i)
		}
	}
	f.Open = kept
	f.Statuses = statusesOf(f)
	return digest.Assemble(f, digest.Window{Since: Monday.Add(-72 * time.Hour), Until: Monday},
		digest.Options{Zone: Zone(t, "Europe/Berlin"), Now: Monday, Edits: true})
}

// statusesOf are the statuses of vendors with one page each.
func statusesOf(f digest.Facts) []query.Status {
	var out []query.Status
	for _, h := range f.Health {
		if h.Watched == 0 {
			continue
		}
		s := query.Status{Vendor: h.Vendor, VendorName: h.VendorName, Sources: 1, Status: normalize.StatusOperational,
			Because: query.BecauseNothingOpen}
		if !h.Readable() {
			s.Status, s.Because, s.SourcesUnread = normalize.StatusUnknown, query.BecauseUnreadable, 1
		}
		for _, i := range f.Open {
			if i.Vendor == h.Vendor && i.Kind == "incident" && h.Readable() {
				s.Status, s.Because, s.IncidentID = normalize.StatusPartial, query.BecauseIncident, i.IncidentID
			}
		}
		out = append(out, s)
	}
	return out
}

func QuietDigest(t *testing.T) message.Digest {
	return digestOf(t, digest.Facts{Health: []query.SourceHealth{HealthySource(1, "kustomer", "Kustomer"),
		HealthySource(2, "octoforge", "Octoforge")}})
}

func BlindDigest(t *testing.T) message.Digest {
	never := HealthySource(3, "paylane", "Paylane")
	never.Health, never.LastSuccessAt, never.CoverageStartAt, never.BaselineAt = "never", "", "", ""
	never.LastError = "fetch https://status.paylane.example: 403 Forbidden"
	never.FailingSince = "2025-11-23T07:00:00.000Z"
	stopped := HealthySource(4, "mailcart", "Mailcart")
	stopped.LastSuccessAt, stopped.Health = "2025-11-20T07:00:00.000Z", "unreadable"
	return digestOf(t, digest.Facts{Health: []query.SourceHealth{
		HealthySource(1, "kustomer", "Kustomer"),
		Unreadable(HealthySource(2, "octoforge", "Octoforge"), "2025-11-22T02:10:00.000Z",
			"fetch https://status.octoforge.example/api/v2/summary.json: not the expected page: a login page"),
		never, stopped,
	}})
}

func RichDigest(t *testing.T) message.Digest {
	incident := func(id int64, vendor, name, title, severity, state, started, resolved string) query.Incident {
		i := query.Incident{IncidentID: id, Vendor: vendor, VendorName: name, SourceID: 1, PageURL: "https://status." +
			vendor + ".example",
			Platform: "statuspage", SourceKey: title, Origin: "vendor", Kind: "incident", Title: title,
			URL:      "https://status." + vendor + ".example/incidents/" + string(rune('a'+id)),
			Severity: severity, State: state, VendorState: state, StartedAt: started, ResolvedAt: resolved,
			FirstSeenAt: started, Announced: 1}
		if resolved != "" {
			i.DurationSeconds = new(int64(words.Time(resolved).Sub(words.Time(started)) / time.Second))
		}
		return i
	}
	outage := incident(1, "kustomer", "Kustomer", "[PLATFORM] [403 ERROR] <PROD 1 & 2>", "minor", "resolved",
		"2025-11-23T17:46:00.000Z", "2025-11-23T17:54:00.000Z")
	outage.Components = "Prod1 (US) › Web Client, Prod2 (EU) › Web Client"
	outage.LatestBody = "A change of our firewall has been **taken back**; every area works again.\n\n" +
		"* watched for *one hour*"
	outage.StatedDurationSeconds = new(int64(26 * 60))
	queue := incident(2, "kustomer", "Kustomer", "Messages arrive late", "major", "identified",
		"2025-11-24T06:55:00.000Z", "")
	queue.Components = "Prod1 (US) › Channels"
	queue.LatestBody = "We found a queue that is stuck & restart it."
	git := incident(3, "octoforge", "Octoforge", "Pushes fail", "critical", "investigating", "2025-11-24T07:59:30.000Z",
		"")
	git.LatestBody = "We are looking into it."
	old := incident(4, "paylane", "Paylane", "Payouts to some banks are delayed", "unknown", "monitoring",
		"2025-10-02T10:00:00.000Z", "")
	was := incident(5, "paylane", "Paylane", "Dashboard slow", "minor", "resolved", "2025-11-20T10:00:00.000Z",
		"2025-11-22T09:00:00.000Z")
	gone := incident(6, "mailcart", "Mailcart", "Bounces not shown", "none", "investigating",
		"2025-11-20T10:00:00.000Z", "")
	gone.LeftFeedAt = "2025-11-22T10:00:00.000Z"
	late := incident(7, "mailcart", "Mailcart", "Sending was down in spring", "major", "resolved",
		"2025-04-02T10:00:00.000Z", "2025-04-02T12:30:00.000Z")
	firstLook := incident(8, "datahut", "Datahut", "Imports fail for files over 2 GB", "major", "identified",
		"2025-11-01T10:00:00.000Z", "")
	edited := incident(9, "datahut", "Datahut", "Search down", "major", "resolved", "2025-11-10T10:00:00.000Z",
		"2025-11-10T11:00:00.000Z")
	work := func(id int64, title, state, start, end string) query.Incident {
		i := incident(id, "octoforge", "Octoforge", title, "none", state, "", "")
		i.Kind, i.ScheduledStartAt, i.ScheduledEndAt = "maintenance", start, end
		return i
	}
	f := digest.Facts{
		Open: []query.Incident{outage, queue, git, old, was, gone, late, firstLook, edited,
			work(13, "Certificates renewed", "completed", "2025-11-22T01:00:00.000Z", "2025-11-22T02:00:00.000Z")},
		Maintenance: []query.Incident{
			work(10, "Database upgrade", "in_progress", "2025-11-24T07:00:00.000Z", "2025-11-24T09:00:00.000Z"),
			work(11, "Network work in Frankfurt", "scheduled", "2025-11-29T23:00:00.000Z", "2025-11-30T03:00:00.000Z"),
		},
		Health: []query.SourceHealth{HealthySource(1, "kustomer", "Kustomer"),
			HealthySource(2, "octoforge", "Octoforge"), HealthySource(3, "paylane", "Paylane"),
			HealthySource(4, "mailcart", "Mailcart"), HealthySource(5, "datahut", "Datahut"),
			Unreadable(HealthySource(6, "cloudbay", "Cloudbay"), "2025-11-23T02:10:00.000Z",
				"fetch https://status.cloudbay.example/api/v2/summary.json: 503 Service Unavailable")},
	}
	f.Health[4].BaselineAt, f.Health[4].CoverageStartAt = "2025-11-23T12:00:00.000Z", "2025-11-23T12:00:00.000Z"
	f.Health[3].ConsecutiveFailures, f.Health[3].Health = 1, "failing"
	f.Health = append(f.Health, HealthySource(7, "archive", "Archive"))
	f.Health[6].Watched, f.Health[6].LastSuccessAt, f.Health[6].LatestAt = 0, "", "2025-11-20T10:00:00.000Z"
	stretch := func(h query.SourceHealth, from, to string, why query.GapReason) query.Gap {
		return query.Gap{SourceID: h.SourceID, Vendor: h.Vendor, VendorName: h.VendorName, PageURL: h.PageURL,
			Watched: h.Watched, FromAt: from, ToAt: to, Reason: why}
	}
	f.Gaps = []query.Gap{
		stretch(f.Health[6], "2025-11-21T08:00:00.000Z", "", query.GapNotWatched),
		stretch(f.Health[5], "2025-11-23T02:10:00.000Z", "", query.GapUnreadable),
		stretch(f.Health[4], "2025-11-21T08:00:00.000Z", "2025-11-23T12:00:00.000Z", query.GapNotYetWatched),
		stretch(f.Health[1], "2025-11-22T09:00:00.000Z", "2025-11-22T12:30:00.000Z", query.GapUnreadable),
		stretch(f.Health[1], "2025-11-23T20:00:00.000Z", "2025-11-23T23:15:00.000Z", query.GapNotWatched),
	}
	id := int64(100)
	event := func(kind normalize.EventKind, i query.Incident, detail ...string) {
		id++
		e := query.Event{EventID: id, Kind: kind, At: "2025-11-23T18:00:00.000Z", SourceID: i.SourceID,
			IncidentID: i.IncidentID,
			Vendor:     i.Vendor, VendorName: i.VendorName, Title: i.Title, Severity: i.Severity, State: i.State,
			URL: i.URL, Detail: map[string]string{}}
		for n := 0; n+1 < len(detail); n += 2 {
			e.Detail[detail[n]] = detail[n+1]
		}
		if kind == normalize.EventPostmortemPosted {
			e.Body = "# Summary\nA policy was too strict, for **26 minutes**."
		}
		f.Events = append(f.Events, e)
	}
	event(normalize.EventIncidentOpened, outage)
	event(normalize.EventUpdatePosted, outage)
	event(normalize.EventIncidentResolved, outage)
	event(normalize.EventPostmortemPosted, outage)
	event(normalize.EventIncidentOpened, queue)
	event(normalize.EventSeverityChanged, queue, "from", "minor", "to", "major")
	event(normalize.EventIncidentOpened, git)
	event(normalize.EventUpdatePosted, old)
	event(normalize.EventUpdatePosted, old)
	event(normalize.EventIncidentResolved, was)
	event(normalize.EventIncidentLeftFeed, gone)
	event(normalize.EventIncidentOpened, late, "late", "true")
	event(normalize.EventIncidentOpened, firstLook, "already_open", "true")
	event(normalize.EventIncidentEdited, edited, "fields", "title, body")
	event(normalize.EventMaintenanceCompleted, f.Open[9])
	event(normalize.EventComponentChanged, query.Incident{SourceID: 2, Vendor: "octoforge", VendorName: "Octoforge"},
		"component", "Core › Git", "from", "operational", "to", "major_outage")
	event(normalize.EventComponentChanged, query.Incident{SourceID: 2, Vendor: "octoforge", VendorName: "Octoforge"},
		"component", "Core › Webhooks", "from_name", "Core › Hooks", "to_name", "Core › Webhooks")
	event(normalize.EventSourceReadable, query.Incident{SourceID: 3, Vendor: "paylane", VendorName: "Paylane"},
		"unreadable_since", "2025-11-23T12:00:00.000Z")
	return digestOf(t, f)
}
