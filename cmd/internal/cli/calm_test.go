package cli_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/cmd/internal/web"
	"vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
)

// vendorWorld is how one vendor does, and what is known of it.
type vendorWorld struct {
	Reading   string   // of its page: good, failing, stale, never, unwatched
	Indicator string   // the page's own word; empty: it has none
	Parts     []string // statuses of the page's components
	Incident  string   // severity of one that is open; empty: none is
	Hidden    bool     // a filter hides the incident
	Work      bool     // maintenance is under way
	Lists     bool     // the page lists all that is open
}

var worlds = rapid.Custom(func(t *rapid.T) vendorWorld {
	some := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	return vendorWorld{
		Reading:   some("reading", "good", "good", "good", "good", "failing", "stale", "never", "unwatched"),
		Indicator: some("indicator", "", "none", "none", "minor", "critical", "wobbly", "maintenance"),
		Parts: rapid.SliceOfN(rapid.SampledFrom([]string{"operational", "operational", "operational",
			"degraded_performance",
			"major_outage", "under_maintenance", "unknown"}), 0, 2).Draw(t, "parts"),
		Incident: some("incident", "", "", "", "minor", "critical", "none", "dreadful"),
		Hidden:   some("hidden", "no", "no", "yes") == "yes",
		Work:     some("work", "no", "no", "yes") == "yes",
		Lists:    some("lists", "yes", "yes", "no") == "yes",
	}
})

// well reports whether a vendor is known to be well: its page was read, says or shows nothing else, and nothing is
// open that concerns us.
func (w vendorWorld) well() bool {
	return w.Reading == "good" && (w.Indicator == "" || w.Indicator == "none") &&
		(w.Incident == "" || w.Hidden) && !w.Work &&
		!slices.ContainsFunc(w.Parts, func(s string) bool { return s != "operational" })
}

// live saves what the page of a vendor said in the last hour before now.
func (w vendorWorld) live(t testing.TB, r *webtest.Record, source int64, now time.Time) {
	if w.Reading == "never" {
		return
	}
	last := now.Add(-2 * webtest.Minute)
	switch w.Reading {
	case "failing":
		last = now.Add(-20 * webtest.Minute)
	case "stale":
		last = now.Add(-10 * webtest.Day)
	}
	if w.Hidden {
		if err := r.SetFilter(t.Context(), source, normalize.Filter{Components: []string{"ours"}}, last); err != nil {
			t.Fatal(err)
		}
	}
	for n := 4; n >= 0; n-- {
		at := last.Add(-time.Duration(n) * 5 * webtest.Minute)
		s := record.Scrape{SourceID: source, At: at, Indicator: w.Indicator, AllOpen: w.Lists, AllComponents: true}
		for n, status := range w.Parts {
			s.Components = append(s.Components, normalize.Component{Key: fmt.Sprint("c", n),
				Name:   fmt.Sprint("Part ", n),
				Status: normalize.ComponentStatus(status), VendorStatus: status})
		}
		begun := webtest.At(last.Add(-webtest.Hour))
		if w.Incident != "" {
			raw := normalize.Raw{Document: "incidents", ID: "i1", Title: "Errors", State: "investigating",
				Impact: w.Incident, Created: begun, Updated: begun,
				Updates: []normalize.RawUpdate{{ID: "u1", State: "investigating", Posted: begun, Body: "We look."}}}
			if w.Hidden {
				raw.Components = []normalize.RawComponent{{ID: "theirs", Name: "theirs"}}
			}
			s.Incidents = append(s.Incidents, webtest.Read(raw)...)
		}
		if w.Work {
			s.Incidents = append(s.Incidents, webtest.Read(normalize.Raw{Document: "scheduled_maintenances", ID: "m1",
				Kind: "maintenance", Title: "Moving house", State: "in_progress", Created: begun, Updated: begun,
				ScheduledStart: begun, ScheduledEnd: webtest.At(now.Add(webtest.Day))})...)
		}
		r.Save(s)
	}
	if w.Reading == "failing" {
		for n := 3; n > 0; n-- {
			r.Save(record.Scrape{SourceID: source, At: now.Add(-time.Duration(n) * 5 * webtest.Minute),
				Err: errors.New("fetch: 503")})
		}
	}
}

// inhabit makes a record of vendors as they did until now. It reports whether all that are watched are well.
func inhabit(t testing.TB, vendors []vendorWorld, now time.Time) (r *webtest.Record, allWell bool) {
	r = webtest.NewRecord(t, web.Options{Now: func() time.Time { return now }})
	var watched []int64
	allWell = true
	for n, w := range vendors {
		source := r.Vendor(query.Vendor{Slug: fmt.Sprint("v", n), Name: fmt.Sprint("Vendor ", n)})
		w.live(t, r, source, now)
		if w.Reading != "unwatched" {
			watched = append(watched, source)
			allWell = allWell && w.well()
		}
	}
	if err := r.SetWatched(t.Context(), watched); err != nil {
		t.Fatal(err)
	}
	return r, allWell && len(watched) > 0
}

// TestNoOutputCallsWellWhatIsNotKnownToBe holds in random worlds that no page, document, message or metric says or
// colours a vendor well unless that is known, and that it says so where it is.
func TestNoOutputCallsWellWhatIsNotKnownToBe(t *testing.T) {
	racetest.Skip(t, "asks for hundreds of pages, one after the other")
	for seed := range 20 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			vendors := rapid.SliceOfN(worlds, 1, 4).Example(seed)
			r, allWell := inhabit(t, vendors, webtest.Now)
			for n, w := range vendors {
				if w.Reading != "good" {
					text := r.Get("/api/v1/components?vendor=v" + fmt.Sprint(n)).Text
					if strings.Contains(strings.ReplaceAll(text, " ", ""), `"status":"operational"`) {
						t.Errorf("a component of a page that is not read is called well: %s", text)
					}
				}
				checkUnread(t, r, n, w)
				says := vendorOutputs(t, r, fmt.Sprint("v", n))
				maps.Copy(says, toolOutputs(t, r, fmt.Sprint("v", n)))
				for output, says := range says {
					if says != w.well() && (says || w.Lists) {
						t.Errorf("%s: %+v is called well: %t", output, w, says)
					}
				}
			}
			says := sumOutputs(t, r)
			maps.Copy(says, digestOutputs(t, r.DB, webtest.Now))
			maps.Copy(says, toolsOfAll(t, r))
			for output, says := range says {
				if says && !allWell {
					t.Errorf("%s: all is called well: %+v", output, vendors)
				}
			}
		})
	}
}

// checkUnread holds that what tells of a page as such, or of work on it, says whether the page is read now.
func checkUnread(t *testing.T, r *webtest.Record, n int, w vendorWorld) {
	slug, name := fmt.Sprint("v", n), fmt.Sprint("Vendor ", n)
	badge := r.Get("/health").Doc.Find(`[data-part="sources"] tr:has(a[href="/vendors/` + slug + `"]) .badge`)
	if badge.Length() != 1 || badge.HasClass("ok") != (w.Reading == "good") {
		t.Errorf("/health calls the page of %+v %q", w, badge.Text())
	}
	unread := w.Reading != "good"
	for _, path := range []string{"/maintenance.ics", "/vendors/" + slug + "/maintenance.ics"} {
		folded := strings.ReplaceAll(r.Get(path).Text, "\r\n ", "")
		for event := range strings.SplitSeq(folded, "BEGIN:VEVENT") {
			if !strings.Contains(event, "SUMMARY:"+name+":") {
				continue
			}
			if strings.Contains(event, "STATUS:CONFIRMED") == unread ||
				strings.Contains(event, "when last read") != unread {
				t.Errorf("%s says of work of %+v: %s", path, w, event)
			}
		}
	}
	if unread && w.Reading != "unwatched" {
		if feed := r.Get("/feed.atom").Text; !strings.Contains(feed, name+": status page cannot be read") {
			t.Errorf("the feed of all vendors does not tell of the page of %+v: %s", w, feed)
		}
	}
}

// vendorOutputs reports for each output that tells of one vendor whether it calls it well.
func vendorOutputs(t *testing.T, r *webtest.Record, slug string) map[string]bool {
	says := map[string]bool{}
	var one struct{ Status, Because string }
	decode(t, r.Get("/api/v1/vendors/"+slug).Text, &one)
	says["API"] = one.Status == "operational" && one.Because != "incident"
	var list struct {
		Vendors []struct{ Vendor, Status, Because string }
	}
	decode(t, r.Get("/api/v1/vendors").Text, &list)
	for _, v := range list.Vendors {
		if v.Vendor == slug {
			says["list of the API"] = v.Status == "operational" && v.Because != "incident"
		}
	}
	if len(list.Vendors) == 0 {
		t.Error("the API lists no vendor")
	}
	says["badge"] = strings.Contains(r.Get("/vendors/"+slug+"/badge.svg").Text, "#1a7440")
	var page struct{ Status struct{ Indicator string } }
	decode(t, r.Get("/vendors/"+slug+"/api/v2/status.json").Text, &page)
	says["Statuspage"] = page.Status.Indicator == "none" && one.Because != "incident" // it lists one of impact none
	for _, path := range []string{"/", "/wall", "/vendors"} {
		doc := r.Get(path).Doc
		cell := doc.Find(`a.cell[href="/vendors/` + slug + `"], tr:has(a[href="/vendors/` + slug + `"]) .badge`)
		if cell.Length() == 0 {
			t.Errorf("%s does not show %s", path, slug)
		}
		says["page "+path] = cell.HasClass("ok")
	}
	says["vendor's page"] = r.Get("/vendors/" + slug).Doc.Find(".headline .badge").HasClass("ok")
	for line := range strings.Lines(r.Get("/metrics").Text) {
		if strings.HasPrefix(line, "vendorwatch_vendor_status{") && strings.Contains(line, `vendor="`+slug+`"`) &&
			strings.Contains(line, `status="operational"`) && one.Because != "incident" {
			says["metrics"] = strings.HasSuffix(line, " 1\n")
		}
	}
	return says
}

// sumOutputs reports for each output that tells of all vendors whether it calls all of them well.
func sumOutputs(t *testing.T, r *webtest.Record) map[string]bool {
	says := map[string]bool{}
	for _, path := range []string{"/", "/wall"} {
		verdict := r.Get(path).Doc.Find("section.verdict")
		says["verdict of "+path] = verdict.HasClass("ok") || strings.Contains(verdict.Text(), "All quiet")
	}
	feed := r.Get("/feed.atom").Text
	says["feed of all"] = !strings.Contains(feed, "known") && !strings.Contains(feed, "status page cannot be read") &&
		!strings.Contains(feed, "<entry>")
	var page struct{ Status struct{ Indicator string } }
	decode(t, r.Get("/api/v2/status.json").Text, &page)
	says["Statuspage of all"] = page.Status.Indicator == "none"
	return says
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
}
