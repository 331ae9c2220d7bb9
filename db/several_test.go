package db_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
	sharedcause "vendorwatch/db/stories"
	"vendorwatch/normalize"
)

// TestStoriesOfSeveralVendors holds that incidents of several vendors that name one provider are one story, at each
// moment as far as it was known then, whatever the order in which their pages were read.
func TestStoriesOfSeveralVendors(t *testing.T) {
	at := func(minutes int) string { return normalize.FormatTime(after(time.Duration(minutes) * time.Minute)) }
	incident := func(id, title, impact string, minute int, posts ...string) normalize.Raw {
		r := normalize.Raw{Document: "summary", ID: id, Title: title, State: "investigating", Impact: impact,
			Started: normalize.RawTime{Text: at(minute)}}
		for n, p := range posts {
			r.Updates = append(r.Updates, normalize.RawUpdate{ID: fmt.Sprint(id, n), State: "investigating", Body: p,
				Posted: normalize.RawTime{Text: at(minute + 15*n)}})
		}
		return r
	}
	pages := map[string]normalize.Raw{
		"kelp":    incident("k", "Dashboard does not load", "major", 10, "We look.", "It is due to an AWS outage."),
		"tide":    incident("t", "Payments fail", "major", 20, "Payments fail as a result of the AWS incident."),
		"gull":    incident("g", "Mail is late", "minor", 40, "We have an issue with an upstream provider."),
		"harbour": incident("h", "AWS incident awareness", "none", 45, "No Harbour services are impacted by it."),
		"reef":    incident("r", "Backups are late", "minor", 50, "A disk is full."),
	}
	kelp := pages["kelp"]
	kelp.Started.Text = at(170) // moved by the vendor since
	pages["kelp"] = kelp
	orders := [][]string{{"kelp", "tide", "gull", "harbour", "reef"}, {"reef", "gull", "harbour", "tide", "kelp"}}
	var both [][]sharedcause.Story
	for _, order := range orders {
		f := newFile(t)
		for _, vendor := range order {
			f.source = f.addSource(vendor)
			f.save(record.Scrape{At: after(2 * time.Hour), Archived: true, AllOpen: true,
				Incidents: read(pages[vendor])})
		}
		toldAt := func(minutes int) []sharedcause.Story {
			moment := after(time.Duration(minutes) * time.Minute)
			all, err := sharedcause.Stories(t.Context(), f.file,
				sharedcause.Filter{Since: t0.Add(-24 * time.Hour), At: moment})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		if got := toldAt(22); len(got) > 0 { // one names it
			t.Errorf("after 22 minutes: %+v", got)
		}
		if got := toldAt(60); len(got) != 1 {
			t.Errorf("after an hour: %+v", got)
		}
		got := toldAt(180)
		if len(got) != 1 || got[0].Provider != "aws" || got[0].NamedBy != 2 || got[0].ToldAt != at(25) {
			t.Fatalf("%v: %+v", order, got)
		}
		var members []string
		for n := range got[0].Members {
			m := &got[0].Members[n]
			members = append(members, m.Vendor+" "+string(m.Evidence))
			m.IncidentID = 0 // which is by the order of reading
		}
		if want := []string{"kelp named", "tide named", "gull unnamed"}; !slices.Equal(members, want) {
			t.Errorf("%v: %s, want %s", order, strings.Join(members, ", "), want)
		}
		both = append(both, got)
	}
	if !reflect.DeepEqual(both[0], both[1]) {
		t.Errorf("in another order:\n%+v\n%+v", both[0], both[1])
	}
}

// A story on record keeps its number while it grows, is taken back with the words that told it, and is the same one
// when they are back. What is not claimed is not told of its members.
func TestStoriesOnRecord(t *testing.T) {
	f := newFile(t)
	minute := 0
	play := func(vendor, post string) {
		t.Helper()
		if minute++; post != "" {
			f.source = f.addSource(vendor)
			f.save(record.Scrape{At: after(minutes(minute)), AllOpen: true, Incidents: read(normalize.Raw{
				Document: "summary", ID: vendor, Title: vendor + " fails", State: "investigating", Impact: "major",
				Started: normalize.RawTime{Text: normalize.FormatTime(after(minutes(1)))},
				Updates: []normalize.RawUpdate{{ID: "1", State: "investigating", Body: post,
					Posted: normalize.RawTime{Text: normalize.FormatTime(after(minutes(1)))}}}})})
		}
		k := sharedcause.Keeper{File: f.file} // all that is known is in the file
		f.must(k.Keep(t.Context(), after(minutes(minute))))
	}
	told := func(want ...string) {
		t.Helper()
		got := f.rows(`SELECT vendor, story_id, story, story_evidence FROM v_incidents WHERE story_id IS NOT NULL
			ORDER BY vendor`)
		if !slices.Equal(got, want) {
			t.Errorf("minute %d: %q, want %q", minute, got, want)
		}
		now := after(minutes(minute))
		all, err := query.New(f.file).Stories(t.Context(), now.AddDate(0, 0, -1), now)
		f.must(err)
		members := 0
		for _, s := range all {
			members += len(s.Members)
		}
		if members != len(want) {
			t.Errorf("minute %d: %d members are listed: %+v", minute, members, all)
		}
	}
	const aws = "It is due to an AWS outage."
	play("kelp", aws)
	told()
	play("tide", "Payments fail as a result of the AWS outage.")
	told("kelp|1|2 companies, 2 of which name AWS|named",
		"tide|1|2 companies, 2 of which name AWS|named")
	play("reef", "Logins fail due to the AWS outage.")
	grown := []string{"kelp|1|3 companies, 3 of which name AWS|named",
		"reef|1|3 companies, 3 of which name AWS|named",
		"tide|1|3 companies, 3 of which name AWS|named"}
	told(grown...)
	play("", "")
	told(grown...)
	play("kelp", "We look into it.")
	play("reef", "We look into it.")
	told()
	if got := f.rows(`SELECT count(*), count(withdrawn_at) FROM stories`); got[0] != "1|1" {
		t.Errorf("taken back: %q", got)
	}
	play("reef", "Logins fail due to the AWS outage.")
	told("reef|1|2 companies, 2 of which name AWS|named",
		"tide|1|2 companies, 2 of which name AWS|named")
	play("kelp", aws)
	told(grown...)
}

// Pages of an aggregator are not one company.
func TestStoriesOfAnAggregator(t *testing.T) {
	f := newFile(t)
	for _, slug := range []string{"kelp", "tide"} {
		vendor, err := f.EnsureVendor(t.Context(), query.Vendor{Slug: slug})
		if err != nil {
			t.Fatal(err)
		}
		page := "https://pingoru.io/providers/" + slug
		if f.source, err = f.EnsureSource(t.Context(), vendor, page, "pingoru"); err != nil {
			t.Fatal(err)
		}
		started := normalize.RawTime{Text: normalize.FormatTime(t0)}
		f.save(record.Scrape{At: after(time.Hour), Archived: true, AllOpen: true, Incidents: read(normalize.Raw{
			Document: "summary", ID: slug, Title: "Late due to the GitHub outage " + slug, State: "investigating",
			Started: started})})
	}
	all, err := sharedcause.Stories(t.Context(), f.file,
		sharedcause.Filter{Since: t0.Add(-time.Hour), At: after(2 * time.Hour)})
	if err != nil || len(all) != 1 || all[0].Companies != 2 {
		t.Errorf("%+v, %v", all, err)
	}
}
