package webtest

import (
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/db/record/signals"
	"vendorwatch/db/record/targets"
	"vendorwatch/normalize"
	"vendorwatch/normalize/reach"
	"vendorwatch/normalize/target"
)

// Rich is the Story with everything else that a file can hold: an event on two pages, an incident that filters hide,
// unknown words, a notice, maintenances in every state, removed posts, a page that reports trouble without an
// incident, one that was never read and one that is no longer watched.
func Rich(t testing.TB, o web.Options) *Record { return rich.copy(t, o) }

// acted puts on record what people did about an open incident.
func acted(r *Record) {
	slow := r.IDOf("API answers are slow")
	for _, n := range []ledger.NewAction{
		{Kind: query.ActionMute, IncidentID: slow, Who: "bert", Via: query.ViaAPI, Until: Now.Add(Hour)},
		{Kind: query.ActionNote, IncidentID: slow, Who: "anna", Via: query.ViaCLI, Text: "call <b>them</b>"},
		{Kind: query.ActionAcknowledge, IncidentID: slow, Who: "anna", Via: query.ViaSlack},
	} {
		if _, err := r.Act(r.t.Context(), n, Before(20*Minute)); err != nil {
			r.t.Fatal(err)
		}
	}
	if _, err := r.End(r.t.Context(), 1, "anna", Before(10*Minute)); err != nil {
		r.t.Fatal(err)
	}
}

var rich = made{build: buildRich}

func buildRich(r *Record) {
	buildStory(r)
	t := r.t
	acted(r)
	acme := r.Watched[0]

	// An aggregator reports an incident of Acme's too.
	vendor, err := r.VendorBySlug(t.Context(), "acme", Now)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := r.EnsureSource(t.Context(), vendor.VendorID, "https://pingoru.io/providers/acme", "pingoru")
	if err != nil {
		t.Fatal(err)
	}
	r.Watched = append(r.Watched, copied)
	if err := r.SetWatched(t.Context(), r.Watched); err != nil {
		t.Fatal(err)
	}
	slow := Incident("copy-of-slow", "API answers are slow", "major", nil,
		Says("investigating", Before(3*Hour), "Calls take seconds."), Says("identified", Before(95*Minute),
			"A disk is full."))
	r.Save(record.Scrape{SourceID: copied, At: Before(30 * Minute), AllOpen: true, Incidents: Read(slow)})

	// Unknown words for state and impact, and a time that cannot be read.
	odd := Incident("odd", "Something odd", "catastrophic", nil,
		Says("pondering", Before(50*Minute), "We think about it."), Says("update", Before(40*Minute), "We still do."))
	odd.State = "pondering"
	odd.Updates[0].Created = At(Before(48 * Minute))
	odd.Resolved = normalize.RawTime{Text: "the day after tomorrow"}
	notice := Incident("terms", "New terms of service", "none", nil,
		Says("investigating", Before(2*Day), "From March on."), Says("resolved", Before(2*Day-Minute), "That is all."))
	notice.Kind = "notice"
	gone := Incident("gone", "Exports fail", "minor", []normalize.RawComponent{{ID: "api", Name: "API"}},
		Says("investigating", Before(5*Hour), "We look into it."), Says("monitoring", Before(4*Hour),
			"It seems better."))
	gone.Components[0].Started, gone.Components[0].Resolved = At(Before(5*Hour)), At(Before(4*Hour))
	done := Incident("done", "Network upgrade", "maintenance", ClientWeb, Says("scheduled", Before(4*Day), "Planned."),
		Says("in_progress", Before(3*Day), "Begun."),
		Says("verifying", Before(3*Day-Hour), "Looking."), Says("completed", Before(3*Day-2*Hour), "Over."))
	done.Kind, done.ScheduledStart, done.ScheduledEnd = "maintenance", At(Before(3*Day)), At(Before(3*Day-2*Hour))
	running := Incident("running", "Database move", "maintenance", ClientWeb,
		Says("scheduled", Before(Day), "Planned."), Says("in_progress", Before(20*Minute), "Begun."))
	running.Kind, running.ScheduledStart, running.ScheduledEnd = "maintenance", At(Before(20*Minute)), At(
		Now.Add(Hour))
	forgotten := Incident("forgotten", "Router change", "maintenance", nil,
		Says("scheduled", Before(6*Day), "Planned."))
	forgotten.Kind, forgotten.ScheduledStart, forgotten.ScheduledEnd = "maintenance", At(Before(5*Day)), At(
		Before(5*Day-Hour))
	off := Incident("off", "Router change, second try", "maintenance", nil,
		Says("scheduled", Before(4*Day), "Planned."), Says("cancelled", Before(3*Day), "Not needed."))
	off.Kind, off.ScheduledStart, off.ScheduledEnd = "maintenance", At(Before(2*Day)), At(Before(2*Day-Hour))

	odds := r.Vendor(query.Vendor{Slug: "odds", Name: "Odds & Ends"})
	r.Save(record.Scrape{SourceID: odds, At: Before(7 * Day), AllOpen: true})
	incidents, findings := normalize.Incidents([]normalize.Raw{odd, notice, gone, done, running, forgotten, off},
		normalize.Words{})
	parts := Components(normalize.StatusMaintenance)
	parts = append(parts, normalize.Component{Key: "new", Name: "Beta", Group: "Prod2 (EU)",
		Status: normalize.StatusUnknown, VendorStatus: "wobbly"})
	r.Save(record.Scrape{SourceID: odds, At: Before(30 * Minute), AllOpen: true, AllComponents: true,
		Incidents: incidents, Findings: findings, Components: parts})
	gone.Updates = gone.Updates[:1]
	gone.State = "investigating"
	incidents, _ = normalize.Incidents([]normalize.Raw{odd, gone, running}, normalize.Words{})
	r.Save(record.Scrape{SourceID: odds, At: Before(20 * Minute), AllOpen: true, AllComponents: true,
		Incidents: incidents, Findings: findings, Components: parts})
	incidents, _ = normalize.Incidents([]normalize.Raw{odd, running}, normalize.Words{})
	r.Save(record.Scrape{SourceID: odds, At: Before(Minute), AllOpen: true, AllComponents: true, Incidents: incidents,
		Findings: findings, Components: parts[:2]})

	// A page that reports trouble without an incident, one that was never read, one that is no longer watched.
	moody := r.Vendor(query.Vendor{Slug: "moody", Name: "Moody"})
	// It was red twice before; the second time the vendor posted that later.
	late := func(updates ...normalize.RawUpdate) []normalize.Incident {
		return Read(Incident("late", "Moods are slow", "minor", nil, updates...))
	}
	posted := Says("investigating", Before(75*Minute), "We look into it.")
	for n, incidents := range [][]normalize.Incident{nil, nil, nil, nil, nil, nil, late(posted),
		late(posted, Says("resolved", Before(62*Minute), "It is well.")), nil} {
		r.Save(record.Scrape{SourceID: moody, At: Before(time.Duration(130-10*n) * Minute), AllOpen: true,
			Indicator:     []string{"none", "minor", "minor", "none", "minor", "minor", "minor", "none", "none"}[n],
			IndicatorText: "Minor Service Outage", Incidents: incidents})
	}
	for n := range 4 {
		r.Save(record.Scrape{SourceID: moody, At: Before(time.Duration(40-10*n) * Minute), AllOpen: true,
			Indicator: []string{"none", "minor", "minor", "minor"}[n], IndicatorText: "Minor Service Outage"})
	}
	r.Save(record.Scrape{SourceID: moody, At: Before(Minute), AllOpen: true, Indicator: "minor",
		IndicatorText: "Minor Service Outage"})
	r.Vendor(query.Vendor{Slug: "fresh", Name: "Fresh"})
	dropped := r.Vendor(query.Vendor{Slug: "dropped", Name: "Dropped"})
	r.Save(record.Scrape{SourceID: dropped, At: Before(Hour), AllOpen: true})
	r.Save(record.Scrape{SourceID: dropped, At: Before(Minute), AllOpen: true,
		Incidents: Read(Incident("last", "Last words", "critical", nil,
			Says("investigating", Before(2*Minute), "It burns.")))})
	r.Watched = r.Watched[:len(r.Watched)-1]
	if err := r.SetWatched(t.Context(), r.Watched); err != nil {
		t.Fatal(err)
	}

	// Acme's filters hide what affects only its European service.
	eu := Incident("eu", "Slow in Europe", "minor", ClientWeb[1:],
		Says("investigating", Before(10*Minute), "Somewhat slow. Next update in 2 hours."))
	if err := r.SetFilter(t.Context(), acme, normalize.Filter{Components: []string{"Prod1 *", "API"}},
		Now); err != nil {
		t.Fatal(err)
	}
	r.Save(record.Scrape{SourceID: acme, At: Before(30 * time.Second), AllOpen: false, Incidents: Read(eu)})
	r.Save(record.Scrape{SourceID: copied, At: Before(Minute), AllOpen: true, Incidents: Read(slow)})

	promise := target.Target{TargetPercent: 99.9, Period: "month", Credits: []target.Credit{{Below: 99.9, Percent: 10}}}
	if err := targets.Set(t.Context(), r.File, vendor.VendorID, &promise); err != nil {
		t.Fatal(err)
	}

	// Our own monitoring saw the second trouble of Moody before it was posted; and our own network failed for a while.
	own := r.Signals()
	alert := signals.Signal{Vendor: "moody", Fingerprint: "f", Name: "MoodyErrors", Severity: normalize.SeverityMajor,
		Summary: "5 % of calls fail", StartedAt: Before(80 * Minute)}
	for n := range 2 {
		if _, err := own.SaveSignals(t.Context(), []signals.Signal{alert}, Before(79*Minute-time.Duration(n)*15*
			Minute)); err != nil {
			t.Fatal(err)
		}
		alert.EndedAt = Before(64 * Minute)
	}
	ids, err := own.SetProbes(t.Context(), []signals.Probe{
		{Name: "Acme API", Vendor: "acme", URL: "https://api.acme.example", Severity: normalize.SeverityMajor,
			Every: Minute},
		{Name: "Odds", Vendor: "odds", URL: "https://odds.example", Severity: normalize.SeverityMinor, Every: Minute},
	}, Now)
	if err != nil {
		t.Fatal(err)
	}
	for n, at := range []time.Duration{50 * Minute, 49 * Minute, 48 * Minute, 2 * Minute} {
		for name, id := range ids {
			_, err := own.SaveProbe(t.Context(), signals.Result{Error: "no answer within 10s", Result: reach.Result{
				Probe: id, At: Before(at), Took: time.Second, OK: n == 2 || n == 3 && name == "Odds"}})
			if err != nil {
				t.Fatal(err)
			}
		}
	}

	oneCause(r, "API answers are slow", "Exports fail")

	// Services of ours: one that needs a component that is in trouble, one whose vendor was never read, one in calm.
	if err := r.SetTags(t.Context(), map[string][]string{"acme": {"core"}, "odds": {"core"}}); err != nil {
		t.Fatal(err)
	}
	if err := r.SetServices(t.Context(), []record.Service{
		{Slug: "checkout", Name: "Checkout", Owner: "payments", Critical: true,
			RunbookURL: "https://wiki.example/runbooks/checkout", Needs: []record.Need{
				{Text: "acme: API", Vendor: "acme", Component: "API"},
				{Text: "moody: Nothing like it", Vendor: "moody", Component: "Nothing like it"}}},
		{Slug: "mails", Name: "Mails", Needs: []record.Need{{Text: "fresh", Vendor: "fresh"}}},
	}); err != nil {
		t.Fatal(err)
	}
}

// oneCause puts a story on record that two incidents belong to.
func oneCause(r *Record, titles ...string) {
	r.t.Helper()
	err := r.File.Change(r.t.Context(), func(tx *db.Tx) error {
		at := db.Stamp(Before(20 * Minute))
		_, err := tx.Exec(r.t.Context(), `INSERT INTO stories (story_id, provider, provider_name, region, summary,
				companies, named_by, one_in_weeks, started_at, ended_at, told_at, first_seen_at)
			VALUES (1, 'aws', 'AWS', 'us-east-1', '2 companies, 1 of which name AWS us-east-1', 2, 1, 60, ?1, ?2, ?1,
				?1)`, at, db.Stamp(Before(5*Minute)))
		for n := 0; n < len(titles) && err == nil; n++ {
			_, err = tx.Exec(r.t.Context(), `INSERT INTO story_members (incident_id, story_id, evidence, words, one_in,
				since_at) VALUES (?, 1, 'named', 'It is due to <b>AWS</b>.', 12, ?)`, r.IDOf(titles[n]), at)
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}
