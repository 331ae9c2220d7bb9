package digest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/report/channel/blockkit"
	"vendorwatch/cmd/internal/report/channel/channeltest"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/reporttest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// One week of one vendor, from scrapes to the text of the digest.
func TestBuildFromTheFile(t *testing.T) {
	w := reporttest.NewWorld(t)
	ctx := t.Context()
	start := time.Date(2025, 11, 17, 8, 0, 0, 0, time.UTC)
	vendor, err := w.Record.EnsureVendor(ctx, query.Vendor{Slug: "octoforge", Name: "Octoforge"})
	w.Must(err)
	source, err := w.Record.EnsureSource(ctx, vendor, "https://status.octoforge.example", "statuspage")
	w.Must(err)
	w.Must(w.Record.SetWatched(ctx, []int64{source}))
	update := func(key string, state normalize.State, at time.Time, body string) normalize.Update {
		return normalize.Update{Key: key, State: state, PostedAt: at, Body: body}
	}
	save := func(at time.Time, incidents ...normalize.Incident) {
		t.Helper()
		_, err := w.Record.SaveScrape(ctx, record.Scrape{SourceID: source, At: at, HTTPStatus: 200, Requests: 1,
			Incidents: incidents, CoverageStart: start.Add(-time.Hour)})
		w.Must(err)
	}
	old := normalize.Incident{Key: "old", Kind: normalize.KindIncident, Title: "Slow searches",
		URL:      "https://status.octoforge.example/incidents/old",
		Severity: normalize.SeverityMinor, State: normalize.StateMonitoring, StartedAt: start.Add(-48 * time.Hour),
		StartGiven: true,
		Updates: []normalize.Update{update("o1", normalize.StateMonitoring, start.Add(-48*time.Hour),
			"A fix is out.")}}
	push := normalize.Incident{Key: "push", Kind: normalize.KindIncident, Title: "Pushes <fail>",
		URL:      "https://status.octoforge.example/incidents/push",
		Severity: normalize.SeverityMinor, State: normalize.StateInvestigating, StartedAt: start.Add(24 * time.Hour),
		StartGiven: true,
		Components: []normalize.Component{{Key: "c1", Name: "Git", Group: "Core", Status: normalize.StatusMajor}},
		Updates: []normalize.Update{update("p1", normalize.StateInvestigating, start.Add(24*time.Hour),
			"We look into it.")}}
	work := normalize.Incident{Key: "work", Kind: normalize.KindMaintenance, Title: "New disks",
		Severity: normalize.SeverityNone, State: normalize.StateScheduled,
		ScheduledStartAt: start.Add(9 * 24 * time.Hour), ScheduledEndAt: start.Add(9*24*time.Hour + 2*time.Hour),
		Updates: []normalize.Update{update("w1", normalize.StateScheduled, start.Add(24*time.Hour),
			"We change disks.")}}

	save(start, old)
	save(start.Add(24*time.Hour+2*time.Minute), old, push, work)
	push.Severity = normalize.SeverityCritical
	save(start.Add(24*time.Hour+10*time.Minute), old, push, work)
	push.State, push.ResolvedAt = normalize.StateResolved, start.Add(24*time.Hour+45*time.Minute)
	push.Updates = append(push.Updates, update("p2", normalize.StateResolved, push.ResolvedAt, "It works **again**."))
	save(start.Add(25*time.Hour), old, push, work)
	push.StatedDuration = 50 * time.Minute
	push.Updates = append(push.Updates, update("p3", normalize.StatePostmortem, start.Add(72*time.Hour),
		"# Cause\n\nA disk was full for 50 minutes."))
	save(start.Add(73*time.Hour), old, push, work)
	for n := range 3 {
		_, err := w.Record.SaveScrape(ctx, record.Scrape{SourceID: source,
			At: start.Add(96*time.Hour + time.Duration(n)*time.Minute), HTTPStatus: 200, Requests: 1,
			Err: errors.New("not the expected page: a login page"), Unreadable: true})
		w.Must(err)
	}

	monday := start.Add(7 * 24 * time.Hour)
	d, err := digest.Build(ctx, w.DB, digest.Window{Since: start.Add(-time.Minute), Until: monday},
		digest.Options{Zone: time.UTC, Now: monday})
	w.Must(err)
	want := `1 open when last read · 1 new since 17 November (1 over), 1 postmortem · 1 page unreadable
Mon 17 Nov 07:59 UTC to Mon 24 Nov 08:00 UTC

OPEN (1)
  Octoforge: Slow searches · minor · open when last read Thu 20 Nov 09:00 UTC · monitoring · started
    Sat 15 Nov 08:00 UTC · open when we began to watch
    https://status.octoforge.example/incidents/old

NEW, AND OVER (1)
  Octoforge: Pushes <fail> · critical · lasted 45 min (the vendor's postmortem says 50 min) ·
    started Tue 18 Nov 08:00 UTC · severity minor → critical (worse) · postmortem published · Core ›
    Git
    “Cause: A disk was full for 50 minutes.”
    https://status.octoforge.example/incidents/push

MAINTENANCE AHEAD (1)
  Octoforge: New disks · scheduled · Wed 26 Nov 08:00–10:00 UTC, 2 h
    https://status.octoforge.example

COULD NOT READ (1)
  Octoforge: since Fri 21 Nov 08:00 UTC (3 d), last read Thu 20 Nov 09:00 UTC: not the expected
    page: a login page
    https://status.octoforge.example
`
	got, _, _ := strings.Cut(message.DigestText(d, 100), "\n0 of 1 vendor")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("digest (-want +got):\n%s", diff)
	}
	for _, w := range blockkit.Digest(d) {
		channeltest.CheckSlack(t, w)
	}
}
