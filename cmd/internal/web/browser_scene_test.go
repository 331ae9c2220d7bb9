//go:build browser

package web

import (
	"fmt"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// scene is a record as a company might have it: a dozen vendors, of which one is down, one is slow, one works on
// its service, one calls itself unwell, one cannot be read, and the others are quiet.
func scene(t *testing.T) *record {
	r := newRecord(t, Options{Version: "v1.0.0", Poll: 100 * time.Millisecond})
	sources := map[string]int64{}
	for _, v := range []db.Vendor{
		{Slug: "ledgerline", Name: "Ledgerline", Homepage: "https://ledgerline.example", Owner: "payments team", RunbookURL: "https://wiki.example/runbooks/ledgerline"},
		{Slug: "mailferry", Name: "Mailferry", Owner: "growth"},
		{Slug: "parcelwise", Name: "Parcelwise", Owner: "logistics"},
		{Slug: "cloudharbor", Name: "Cloudharbor", Owner: "platform"},
		{Slug: "signpost", Name: "Signpost Identity", Owner: "security"},
		{Slug: "tessera", Name: "Tessera CDN"}, {Slug: "quillbase", Name: "Quillbase"}, {Slug: "voxbridge", Name: "Voxbridge"},
		{Slug: "gridpoint", Name: "Gridpoint Maps"}, {Slug: "stackyard", Name: "Stackyard CI"}, {Slug: "loomtext", Name: "Loomtext"},
		{Slug: "harvestdesk", Name: "Harvestdesk"},
	} {
		sources[v.Slug] = r.vendor(v)
		r.save(db.Scrape{SourceID: sources[v.Slug], At: before(100 * day24), AllOpen: true, CoverageStart: before(400 * day24)})
	}
	r.ledgerline(sources["ledgerline"])

	late := incident("late", "Mail to some mailboxes arrives late", "minor", []normalize.RawComponent{{ID: "out", Name: "Outbound delivery"}},
		says("investigating", before(5*hour+10*minute), "Some messages to large mailbox providers wait up to 40 minutes in our queues. Nothing is lost."),
		says("identified", before(4*hour), "One of our sending ranges is throttled. We are moving traffic to others."),
		says("monitoring", before(35*minute), "Queues are draining; new messages leave at once."))
	r.save(db.Scrape{SourceID: sources["mailferry"], At: before(5 * hour), AllOpen: true, Incidents: read(incident("late", late.Title, "minor", late.Components, late.Updates[:1]...))})
	r.save(db.Scrape{SourceID: sources["mailferry"], At: before(30 * minute), AllOpen: true, Incidents: read(late)})

	now1 := incident("disks", "Replacement of storage nodes, Frankfurt", "maintenance", nil,
		says("scheduled", before(6*day24), "We replace the oldest storage nodes. Volumes stay readable throughout."), says("in_progress", before(50*minute), "The work has begun."))
	now1.Kind, now1.ScheduledStart, now1.ScheduledEnd = "maintenance", at(before(hour)), at(now.Add(2*hour))
	next := incident("routers", "Router upgrade, Oregon", "maintenance", nil, says("scheduled", before(2*day24), "Short interruptions of up to 30 seconds."))
	next.Kind, next.ScheduledStart, next.ScheduledEnd = "maintenance", at(now.Add(44*hour)), at(now.Add(47*hour))
	done := incident("kernel", "Kernel updates of all hosts", "maintenance", nil, says("scheduled", before(20*day24), "Hosts restart one by one."), says("completed", before(12*day24), "All hosts run the new kernel."))
	done.Kind, done.ScheduledStart, done.ScheduledEnd = "maintenance", at(before(12*day24+3*hour)), at(before(12*day24))
	r.save(db.Scrape{SourceID: sources["cloudharbor"], At: before(11 * day24), AllOpen: true, Incidents: read(done)})
	r.save(db.Scrape{SourceID: sources["cloudharbor"], At: before(50 * minute), AllOpen: true, Incidents: read(now1, next)})

	r.save(db.Scrape{SourceID: sources["signpost"], At: before(25 * minute), AllOpen: true, Indicator: "minor"})
	r.save(db.Scrape{SourceID: sources["parcelwise"], At: before(105 * minute), AllOpen: true})
	for n := range 4 {
		r.save(db.Scrape{SourceID: sources["parcelwise"], At: before(time.Duration(100-5*n) * minute), HTTPStatus: 503, Requests: 1, Took: 900 * time.Millisecond,
			Err: fmt.Errorf("fetch https://status.parcelwise.example: 503 Service Unavailable")})
	}
	for n, slug := range []string{"tessera", "quillbase", "voxbridge", "gridpoint", "stackyard", "loomtext", "harvestdesk", "mailferry", "cloudharbor", "signpost"} {
		s := db.Scrape{SourceID: sources[slug], At: before(time.Duration(20*(n+1)) * time.Second), Unchanged: true, HTTPStatus: 304, Requests: 1, Took: time.Duration(80+7*n) * time.Millisecond}
		r.save(s)
	}
	return r
}

// ledgerline has three months of history, with a postmortem that tells of more than its page did, and is down now.
func (r *record) ledgerline(source int64) {
	var all []normalize.Component
	add := func(group string, names ...string) {
		for _, name := range names {
			all = append(all, normalize.Component{Key: group + name, Name: name, Group: group, Status: normalize.StatusOperational, VendorStatus: "operational"})
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
		r.save(db.Scrape{SourceID: source, At: at, AllOpen: true, AllComponents: true, CoverageStart: before(400 * day24), Took: 140 * time.Millisecond, HTTPStatus: 200,
			Requests: 1, Bytes: 48_200, Incidents: read(incidents...), Components: all})
	}
	ended := func(id, title, impact string, days int, lasting time.Duration, keys ...string) normalize.Raw {
		start := before(time.Duration(days)*day24 + 3*hour)
		return incident(id, title, impact, parts(keys...), says("investigating", start, "We are looking into reports of "+title+"."),
			says("monitoring", start.Add(lasting*3/4), "A fix is in place."), says("resolved", start.Add(lasting), "This incident is over."))
	}
	save(before(99*day24),
		ended("a", "Webhooks are delayed", "minor", 83, 2*hour, "Webhooks"), ended("b", "Payouts run late in North America", "major", 71, 5*hour, "North AmericaPayouts"),
		ended("c", "Dashboard shows stale balances", "minor", 64, 50*minute, "Dashboard"), ended("d", "Card payments fail in Europe", "critical", 52, 95*minute, "EuropeCard payments", "EuropeCheckout page"),
		ended("e", "Errors on the checkout page", "major", 38, 3*hour, "North AmericaCheckout page"), ended("f", "Webhooks are sent twice", "minor", 29, 26*hour, "Webhooks"),
		ended("g", "Slow sign-in to the dashboard", "minor", 17, 40*minute, "Dashboard"))

	denied := incident("denied", "Merchants are signed out and see “403 Forbidden”", "major", parts("EuropeCheckout page", "North AmericaCheckout page", "Dashboard"),
		says("investigating", before(6*day24+2*hour), "We are looking into reports that merchants cannot sign in and are answered with `403 Forbidden`."),
		says("identified", before(6*day24+2*hour-9*minute), "A firewall rule that went out this morning refuses valid sessions."),
		says("resolved", before(6*day24+2*hour-21*minute), "The rule was taken back; all merchants can sign in."))
	first := denied
	first.Updates, first.State = denied.Updates[:1], "investigating"
	first.Title = "Some merchants see “403 Forbidden”"
	save(before(6*day24+2*hour-3*minute), first)
	save(before(6*day24+2*hour-22*minute), denied)
	denied.Updates = append(denied.Updates[:2:2], denied.Updates[2], says("postmortem", before(3*day24),
		"## What happened\nA new rule of our firewall refused sessions that were older than **eight hours**. It was in force for 78 minutes, from 08:48 to 10:06 UTC; this page told of the last 21 of them.\n\n"+
			"## What we changed\n- Rules of the firewall go to one region first, for an hour.\n- An alert watches the share of `403` answers.\n\n> We apologise to all who could not work that morning.\n\nDetails: [engineering notes](https://ledgerline.example/notes/403)."))
	denied.Updates[2].Body = "The rule was taken back; nearly all merchants can sign in."
	save(before(3*day24-5*minute), denied)

	for n := range all {
		switch all[n].Key {
		case "EuropeCard payments":
			all[n].Status, all[n].VendorStatus = normalize.StatusMajor, "major_outage"
		case "EuropeCheckout page":
			all[n].Status, all[n].VendorStatus = normalize.StatusDegraded, "degraded_performance"
		}
	}
	down := incident("down", "Card payments are declined in Europe", "critical", parts("EuropeCard payments", "EuropeCheckout page"),
		says("investigating", before(96*minute), "Most card payments in Europe are declined since 10:24 UTC. Other means of payment work."),
		says("identified", before(71*minute), "Our link to the card networks in Amsterdam lost its certificate. Traffic is moving to Dublin."),
		says("update", before(12*minute), "About half of the payments go through again. We expect the rest within the hour."))
	first = down
	first.Updates, first.State = down.Updates[:1], "investigating"
	save(before(92*minute), first)
	save(before(10*minute), down)
	r.save(db.Scrape{SourceID: source, At: before(30 * time.Second), Unchanged: true, HTTPStatus: 304, Requests: 1, Took: 60 * time.Millisecond})
}
