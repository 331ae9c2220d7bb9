//go:build browser

package pages_test

import (
	"fmt"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// scene is a record as a company might have it: a dozen vendors, of which one is down, one is slow, one has
// maintenance, one reports trouble without an incident, one cannot be read, and the others are quiet.
func scene(t *testing.T) *Record {
	r := NewRecord(t, web.Options{Version: "v1.0.0", Poll: 100 * time.Millisecond})
	sources := map[string]int64{}
	for _, v := range []query.Vendor{
		{Slug: "ledgerline", Name: "Ledgerline", Homepage: "https://ledgerline.example", Owner: "payments team",
			RunbookURL: "https://wiki.example/runbooks/ledgerline"},
		{Slug: "mailferry", Name: "Mailferry", Owner: "growth"},
		{Slug: "parcelwise", Name: "Parcelwise", Owner: "logistics"},
		{Slug: "cloudharbor", Name: "Cloudharbor", Owner: "platform"},
		{Slug: "signpost", Name: "Signpost Identity", Owner: "security"},
		{Slug: "tessera", Name: "Tessera CDN"}, {Slug: "quillbase", Name: "Quillbase"},
		{Slug: "voxbridge", Name: "Voxbridge"},
		{Slug: "gridpoint", Name: "Gridpoint Maps"}, {Slug: "stackyard", Name: "Stackyard CI"},
		{Slug: "loomtext", Name: "Loomtext"},
		{Slug: "harvestdesk", Name: "Harvestdesk"},
	} {
		sources[v.Slug] = r.Vendor(v)
		r.Save(record.Scrape{SourceID: sources[v.Slug], At: Before(100 * Day), AllOpen: true,
			CoverageStart: Before(400 * Day)})
	}
	ledgerline(r, sources["ledgerline"])
	if err := r.SetServices(t.Context(), []record.Service{
		{Slug: "checkout", Name: "Checkout", Owner: "payments team", Critical: true, Needs: []record.Need{
			{Text: "ledgerline: Card payments", Vendor: "ledgerline", Component: "Card payments"},
			{Text: "tessera", Vendor: "tessera"}}},
		{Slug: "newsletter", Name: "Newsletter", Owner: "growth", Needs: []record.Need{
			{Text: "mailferry", Vendor: "mailferry"}}},
		{Slug: "returns", Name: "Returns", Needs: []record.Need{{Text: "parcelwise", Vendor: "parcelwise"}}},
	}); err != nil {
		t.Fatal(err)
	}

	late := Incident("late", "Mail to some mailboxes arrives late", "minor",
		[]normalize.RawComponent{{ID: "out", Name: "Outbound delivery"}},
		Says("investigating", Before(5*Hour+10*Minute), "Some messages to large mailbox providers wait up to 40 "+
			"minutes in our queues. Nothing is lost."),
		Says("identified", Before(4*Hour), "One of our sending ranges is throttled. We are moving traffic to others."),
		Says("monitoring", Before(35*Minute), "Queues are draining; new messages leave at once."))
	r.Save(record.Scrape{SourceID: sources["mailferry"], At: Before(5 * Hour), AllOpen: true,
		Incidents: Read(Incident("late", late.Title, "minor", late.Components, late.Updates[:1]...))})
	r.Save(record.Scrape{SourceID: sources["mailferry"], At: Before(30 * Minute), AllOpen: true,
		Incidents: Read(late)})

	now1 := Incident("disks", "Replacement of storage nodes, Frankfurt", "maintenance", nil,
		Says("scheduled", Before(6*Day),
			"We replace the oldest storage nodes. Volumes stay readable throughout."),
		Says("in_progress", Before(50*Minute), "The work has begun."))
	now1.Kind, now1.ScheduledStart, now1.ScheduledEnd = "maintenance", At(Before(Hour)), At(Now.Add(2*Hour))
	next := Incident("routers", "Router upgrade, Oregon", "maintenance", nil,
		Says("scheduled", Before(2*Day), "Short interruptions of up to 30 seconds."))
	next.Kind, next.ScheduledStart, next.ScheduledEnd = "maintenance", At(Now.Add(44*Hour)), At(Now.Add(47*Hour))
	done := Incident("kernel", "Kernel updates of all hosts", "maintenance", nil,
		Says("scheduled", Before(20*Day), "Hosts restart one by one."), Says("completed", Before(12*Day),
			"All hosts run the new kernel."))
	done.Kind, done.ScheduledStart, done.ScheduledEnd = "maintenance", At(Before(12*Day+3*Hour)), At(Before(12*Day))
	r.Save(record.Scrape{SourceID: sources["cloudharbor"], At: Before(11 * Day), AllOpen: true, Incidents: Read(done)})
	r.Save(record.Scrape{SourceID: sources["cloudharbor"], At: Before(50 * Minute), AllOpen: true,
		Incidents: Read(now1, next)})

	r.Save(record.Scrape{SourceID: sources["signpost"], At: Before(25 * Minute), AllOpen: true, Indicator: "minor"})
	r.Save(record.Scrape{SourceID: sources["parcelwise"], At: Before(105 * Minute), AllOpen: true})
	for n := range 4 {
		r.Save(record.Scrape{SourceID: sources["parcelwise"], At: Before(time.Duration(100-5*n) * Minute),
			HTTPStatus: 503, Requests: 1, Took: 900 * time.Millisecond,
			Err: fmt.Errorf("fetch https://status.parcelwise.example: 503 Service Unavailable")})
	}
	for n, slug := range []string{"tessera", "quillbase", "voxbridge", "gridpoint", "stackyard", "loomtext",
		"harvestdesk", "mailferry", "cloudharbor", "signpost"} {
		s := record.Scrape{SourceID: sources[slug], At: Before(time.Duration(20*(n+1)) * time.Second), Unchanged: true,
			HTTPStatus: 304, Requests: 1, Took: time.Duration(80+7*n) * time.Millisecond}
		r.Save(s)
	}
	return r
}

// ledgerline has three months of history, with a postmortem that states more impact than its page did, and is down
// now.
func ledgerline(r *Record, source int64) {
	var all []normalize.Component
	add := func(group string, names ...string) {
		for _, name := range names {
			all = append(all, normalize.Component{Key: group + name, Name: name, Group: group,
				Status: normalize.StatusOperational, VendorStatus: "operational"})
		}
	}
	add("Europe", "Card payments", "Checkout page", "Payouts")
	add("North America", "Card payments", "Checkout page", "Payouts")
	add("", "Dashboard", "Webhooks")
	parts := func(keys ...string) (out []normalize.RawComponent) {
		for _, k := range keys {
			for _, c := range all {
				if c.Key == k {
					out = append(out, normalize.RawComponent{ID: c.Key, Name: c.Name, Group: c.Group})
				}
			}
		}
		return out
	}
	save := func(at time.Time, incidents ...normalize.Raw) {
		r.Save(record.Scrape{SourceID: source, At: at, AllOpen: true, AllComponents: true,
			CoverageStart: Before(400 * Day), Took: 140 * time.Millisecond, HTTPStatus: 200,
			Requests: 1, Bytes: 48_200, Incidents: Read(incidents...), Components: all})
	}
	ended := func(id, title, impact string, days int, lasting time.Duration, keys ...string) normalize.Raw {
		start := Before(time.Duration(days)*Day + 3*Hour)
		return Incident(id, title, impact, parts(keys...), Says("investigating", start, "We are looking into "+
			"reports of "+title+"."),
			Says("monitoring", start.Add(lasting*3/4), "A fix is in place."), Says("resolved", start.Add(lasting),
				"This incident is over."))
	}
	save(Before(99*Day),
		ended("a", "Webhooks are delayed", "minor", 83, 2*Hour, "Webhooks"),
		ended("b", "Payouts run late in North America", "major", 71, 5*Hour, "North AmericaPayouts"),
		ended("c", "Dashboard shows stale balances", "minor", 64, 50*Minute, "Dashboard"),
		ended("d", "Card payments fail in Europe", "critical", 52, 95*Minute, "EuropeCard payments",
			"EuropeCheckout page"),
		ended("e", "Errors on the checkout page", "major", 38, 3*Hour, "North AmericaCheckout page"),
		ended("f", "Webhooks are sent twice", "minor", 29, 26*Hour, "Webhooks"),
		ended("g", "Slow sign-in to the dashboard", "minor", 17, 40*Minute, "Dashboard"))

	denied := Incident("denied", "Merchants are signed out and see “403 Forbidden”", "major",
		parts("EuropeCheckout page", "North AmericaCheckout page", "Dashboard"),
		Says("investigating", Before(6*Day+2*Hour), "We are looking into reports that merchants cannot sign in and "+
			"are answered with `403 Forbidden`."),
		Says("identified", Before(6*Day+2*Hour-9*Minute), "A firewall rule that went out this morning refuses valid "+
			"sessions."),
		Says("resolved", Before(6*Day+2*Hour-21*Minute), "The rule was taken back; all merchants can sign in."))
	first := denied
	first.Updates, first.State = denied.Updates[:1], "investigating"
	first.Title = "Some merchants see “403 Forbidden”"
	save(Before(6*Day+2*Hour-3*Minute), first)
	save(Before(6*Day+2*Hour-22*Minute), denied)
	denied.Updates = append(denied.Updates[:2:2], denied.Updates[2], Says("postmortem", Before(3*Day),
		"## What happened\nA new rule of our firewall refused sessions that were older than **eight hours**. It was "+
			"in force for 78 minutes, from 08:48 to 10:06 UTC; this page told of the last 21 of them.\n\n"+
			"## What we changed\n- Rules of the firewall go to one region first, for an hour.\n- An alert watches "+
			"the share of `403` answers.\n\n> We apologise to all who could not work that morning.\n\nDetails: "+
			"[engineering notes](https://ledgerline.example/notes/403)."))
	denied.Updates[2].Body = "The rule was taken back; nearly all merchants can sign in."
	save(Before(3*Day-5*Minute), denied)

	for n := range all {
		switch all[n].Key {
		case "EuropeCard payments":
			all[n].Status, all[n].VendorStatus = normalize.StatusMajor, "major_outage"
		case "EuropeCheckout page":
			all[n].Status, all[n].VendorStatus = normalize.StatusDegraded, "degraded_performance"
		}
	}
	down := Incident("down", "Card payments are declined in Europe", "critical",
		parts("EuropeCard payments", "EuropeCheckout page"),
		Says("investigating", Before(96*Minute), "Most card payments in Europe are declined since 10:24 UTC. Other "+
			"means of payment work."),
		Says("identified", Before(71*Minute), "Our link to the card networks in Amsterdam lost its certificate. "+
			"Traffic is moving to Dublin."),
		Says("update", Before(12*Minute), "About half of the payments go through again. We expect the rest within "+
			"the hour."))
	first = down
	first.Updates, first.State = down.Updates[:1], "investigating"
	save(Before(92*Minute), first)
	save(Before(10*Minute), down)
	r.Save(record.Scrape{SourceID: source, At: Before(30 * time.Second), Unchanged: true, HTTPStatus: 304, Requests: 1,
		Took: 60 * time.Millisecond})
}
