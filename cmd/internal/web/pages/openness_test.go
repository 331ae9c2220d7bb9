package pages_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// figures reads the table of a vendor's figures: by the name of its row, the cells.
func figures(a Answer) map[string][]string {
	rows := map[string][]string{}
	a.Doc.Find("[data-part=numbers] tbody tr").Each(func(_ int, tr *goquery.Selection) {
		name := tr.Find("th").Text()
		tr.Find("td").Each(func(_ int, c *goquery.Selection) {
			rows[name] = append(rows[name], strings.Join(strings.Fields(c.Text()), " "))
		})
	})
	return rows
}

// twoFaced is a vendor that shortens and lowers some of its incidents when they are over, and writes some postmortems.
func twoFaced(t *testing.T) (r *Record, vendorID int64) {
	r = NewRecord(t, web.Options{})
	source := r.Vendor(query.Vendor{Slug: "acme", Name: "Acme"})
	save := func(ago time.Duration, incidents ...normalize.Raw) {
		r.Save(record.Scrape{SourceID: source, At: Before(ago), AllOpen: true, CoverageStart: Before(400 * Day),
			Incidents: Read(incidents...)})
	}
	save(390 * Day)
	for n, days := range []int{200, 60, 50, 20, 3} {
		began := time.Duration(days) * Day
		id := fmt.Sprint("i", n)
		first := Says("investigating", Before(began-10*Minute), "Some requests fail.")
		over := Says("resolved", Before(began-2*Hour), "All is well again.")
		i := Incident(id, "Trouble "+id, "critical", nil, first)
		i.Started = At(Before(began))
		save(began-20*Minute, i)
		i.Updates, i.State = append(i.Updates, over), "resolved"
		save(began-3*Hour, i)
		if n%2 == 0 { // once it is over, it was less
			i.Impact = "minor"
			save(began-4*Hour, i)
		} else {
			i.Updates = append(i.Updates, Says("postmortem", Before(began-5*Hour), "A disk was full."))
			save(began-5*Hour, i)
		}
	}
	save(Minute)
	v, err := r.DB.Vendor(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	return r, v.VendorID
}

// What the page of a vendor counts in each span is what stats and v_honesty have of it, with the sample behind it.
func TestOpennessIsThatOfStats(t *testing.T) {
	r, id := twoFaced(t)
	got := figures(r.Page("/vendors/acme"))
	write := func(cases, of int) string {
		if of == 0 {
			return "–"
		}
		return fmt.Sprintf("%d of %d", cases, of)
	}
	want, told := map[string][]string{}, 0
	for _, since := range []time.Time{Now.AddDate(0, 0, -30), Now.AddDate(0, 0, -90), Now.AddDate(-1, 0, 0)} {
		measures, err := r.DB.Honesty(t.Context(), id, since, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range measures {
			row := map[string]string{"never_posted": "Silences: ", "promise_broken": "Silences: ",
				"post_removed": "Edits: ", "severity_lowered": "Edits: ", "shortened": "Edits: ",
				"postmortem_missing": "Postmortems missing (major incidents)"}[m.Measure]
			switch {
			case m.Measure == "first_word":
				want["Median time to first post"] = append(want["Median time to first post"],
					fmt.Sprintf("%s of %d", words.Minutes(m.Value), m.Cases))
			case row != "":
				if m.Measure != "postmortem_missing" {
					row += words.Measure(m.Measure)
				}
				want[row] = append(want[row], write(m.Cases, m.Of))
				told += m.Cases
			}
		}
		with, of, err := r.DB.PostmortemShare(t.Context(), id, db.Stamp(since))
		if err != nil {
			t.Fatal(err)
		}
		want["Postmortems written"] = append(want["Postmortems written"], write(with, of))
		told += with
	}
	for name, cells := range want {
		if fmt.Sprint(got[name]) != fmt.Sprint(cells) {
			t.Errorf("%s: %q, want %q", name, got[name], cells)
		}
	}
	if told == 0 {
		t.Error("there is nothing to tell")
	}
	for name, cells := range map[string]string{
		"Postmortems written":                          "[1 of 2 2 of 4 2 of 5]",
		"Median time to resolve":                       "[2 h of 2 2 h of 4 2 h of 5]",
		"Median time to first post":                    "[10 min of 2 10 min of 4 10 min of 5]",
		"Edits: " + words.Measure("severity_lowered"):  "[1 of 2 2 of 4 3 of 5]",
		"Silences: " + words.Measure("promise_broken"): "[– – –]",
		"Postmortems missing (major incidents)":        "[0 of 1 0 of 2 0 of 2]",
	} {
		if fmt.Sprint(got[name]) != cells {
			t.Errorf("%s: %q, want %s", name, got[name], cells)
		}
	}
}

// Of a vendor that was never read, nothing is known, and nothing is 0.
func TestOpennessUnknown(t *testing.T) {
	r := NewRecord(t, web.Options{})
	r.Vendor(query.Vendor{Slug: "new", Name: "Never Read"})
	rows := figures(r.Page("/vendors/new"))
	if len(rows) != 12 {
		t.Errorf("%d rows: %q", len(rows), rows)
	}
	for name, cells := range rows {
		for _, c := range cells {
			if !strings.HasPrefix(c, "–") {
				t.Errorf("%s: %q", name, c)
			}
		}
	}
}
