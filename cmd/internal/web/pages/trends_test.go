package pages_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
)

// rawIncident is a row of incidents, as anybody may read it from the file.
type rawIncident struct {
	vendor, severity string
	started, ended   time.Time // zero: not known; of what is open now
	counted          time.Time
	open             bool
}

// rawIncidents reads the rows from which the figures are made, by SQL of the test's own.
func rawIncidents(t *testing.T, r *Record) (rows []rawIncident) {
	t.Helper()
	conn, err := sql.Open("sqlite", "file:"+filepath.ToSlash(r.File.Path())+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	found, err := conn.QueryContext(t.Context(), `SELECT v.slug, i.severity, coalesce(i.started_at, ''),
		coalesce(i.resolved_at, ''), i.first_seen_at, i.open
		FROM incidents i JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id) WHERE i.kind = 'incident'`)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var i rawIncident
		var started, resolved, seen string
		if err := found.Scan(&i.vendor, &i.severity, &started, &resolved, &seen, &i.open); err != nil {
			t.Fatal(err)
		}
		at := func(text string) time.Time {
			m, err := time.Parse(normalize.TimeLayout, text)
			if text != "" && err != nil {
				t.Fatal(err)
			}
			return m
		}
		i.started, i.ended, i.counted = at(started), at(resolved), at(started)
		if i.counted.IsZero() {
			i.counted = at(seen)
		}
		if i.open {
			i.ended = Now
		}
		rows = append(rows, i)
	}
	if err := found.Err(); err != nil || len(rows) == 0 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows
}

func (i rawIncident) known() bool { return !i.started.IsZero() && !i.ended.IsZero() }

// table reads a table of a page: the cells of each row.
func table(a Answer, id string) (rows [][]string) {
	a.Doc.Find("#" + id + " tbody tr").Each(func(_ int, tr *goquery.Selection) {
		var cells []string
		tr.Find("th, td").Each(func(_ int, c *goquery.Selection) { cells = append(cells, c.Text()) })
		rows = append(rows, cells)
	})
	return rows
}

// tangled is a record of two vendors: incidents that overlap, go on, or are of unknown length, and weeks that were not
// seen.
func tangled(t *testing.T, seed uint64) *Record {
	r := NewRecord(t, web.Options{})
	random := rand.New(rand.NewPCG(seed, 1))
	for n, since := range []time.Duration{400 * Day, 30 * Day} {
		id := r.Vendor(query.Vendor{Slug: []string{"acme", "globex"}[n], Name: []string{"Acme", "Globex"}[n]})
		r.Save(record.Scrape{SourceID: id, At: Before(30 * Minute), AllOpen: true, CoverageStart: Before(since)})
		var raws []normalize.Raw
		for k := range 25 {
			began := Before(time.Duration(1+random.IntN(min(int(since/Minute), 90*24*60)-2)) * Minute)
			i := Incident(fmt.Sprint("i", k), fmt.Sprint("Trouble ", k),
				[]string{"minor", "major", "critical", "none", "odd"}[random.IntN(5)], nil,
				Says("investigating", began, "x"))
			lasts := began.Add(time.Duration(random.IntN(40*60)) * Minute)
			switch {
			case k%8 == 5: // it goes on
				i.Updates[0] = Says("investigating", Before(time.Duration(k*2)*Hour), "x")
				i.Created, i.Updated = i.Updates[0].Posted, i.Updates[0].Posted
			case k%8 == 3: // nobody says when it began or ended
				i.Created, i.Updated = normalize.RawTime{}, normalize.RawTime{}
				i.Updates[0].Posted, i.State = normalize.RawTime{}, "resolved"
				i.Updates[0].State = "resolved"
			case lasts.Before(Now):
				i.Updates = append(i.Updates, Says("resolved", lasts, "y"))
				i.State = "resolved"
			}
			raws = append(raws, i)
		}
		r.Save(record.Scrape{SourceID: id, At: Before(Minute), AllOpen: true, Incidents: Read(raws...)})
	}
	return r
}

// Each picture's table says what an independent count over the raw rows says: minute by minute, and without the views.
func TestTrendsAreTheRawRows(t *testing.T) {
	racetest.Skip(t, "it reads in one goroutine")
	for seed := range uint64(2) {
		r := tangled(t, seed)
		rows, a := rawIncidents(t, r), r.Page("/trends")
		var weeks []time.Time
		for w := time.Date(2026, 8, 31, 0, 0, 0, 0, time.UTC); w.Before(Now); w = w.AddDate(0, 0, 7) {
			weeks = append(weeks, w)
		}
		first := weeks[0]
		open, unknown := 0, 0
		for _, i := range rows {
			if i.open {
				open++
			} else if !i.known() {
				unknown++
			}
		}
		if open == 0 || unknown < 2 {
			t.Fatalf("seed %d: %d open, %d of unknown length: too few to tell", seed, open, unknown)
		}

		want := [][]string{}
		for _, w := range weeks {
			counts := map[string]int{}
			for _, i := range rows {
				if !i.counted.Before(w) && i.counted.Before(w.AddDate(0, 0, 7)) {
					counts[i.severity]++
					counts["all"]++
				}
			}
			row := []string{w.Format("2 Jan 2006")}
			for _, s := range []string{"critical", "major", "unknown", "minor", "none", "all"} {
				row = append(row, fmt.Sprint(counts[s]))
			}
			want = append(want, row)
		}
		same(t, "weeks", table(a, "weeks0"), want)

		want = nil
		for _, vendor := range []string{"acme", "globex"} {
			covered := map[string]time.Time{"acme": Before(400 * Day), "globex": Before(30 * Day)}[vendor]
			row := []string{strings.ToUpper(vendor[:1]) + vendor[1:]}
			for _, w := range weeks {
				row = append(row, rawHours(rows, vendor, w, covered))
			}
			want = append(want, row)
		}
		got := table(a, "heat0")
		slices.SortFunc(got, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		same(t, "heat", got, want)

		counts, known := make([]int, 9), []time.Duration{}
		for _, i := range rows {
			if lasted := i.ended.Sub(i.started); i.known() && !i.open && !i.counted.Before(first) {
				known = append(known, lasted)
				n := 0
				for _, bound := range []int{15, 30, 60, 120, 240, 480, 1440, 4320} {
					if lasted >= time.Duration(bound)*Minute {
						n++
					}
				}
				counts[n]++
			}
		}
		lengths := table(a, "lengths0")
		for n := range counts {
			if lengths[n][1] != fmt.Sprint(counts[n]) {
				t.Errorf("seed %d: lengths %v, want %v", seed, lengths, counts)
			}
		}
		slices.Sort(known)
		a.Wants(t, "[data-part=lengths]", fmt.Sprintf("of %d incidents of known length; %d not over; %d of unknown",
			len(known), open, unknown))

		lately := 0
		for _, i := range rows {
			if i.known() && !i.ended.Before(Before(48*Hour)) ||
				!i.known() && !i.counted.Before(Before(48*Hour)) {
				lately++
			}
		}
		if got := len(table(a, "lately0")); got != lately {
			t.Errorf("seed %d: %d incidents of the last 48 hours, want %d", seed, got, lately)
		}
	}
}

// The calendar of a vendor says of each month what the raw rows say, and of days before the record that nothing is
// known.
func TestYearIsTheRawRows(t *testing.T) {
	racetest.Skip(t, "it reads in one goroutine")
	r := tangled(t, 7)
	rows := rawIncidents(t, r)
	for vendor, covered := range map[string]time.Time{"acme": Before(400 * Day), "globex": Before(30 * Day)} {
		var want [][]string
		var month time.Month
		minutes, days, unknown, troubled, lacks := 0, 0, 0, 0, false // lacks: there may have been more impact
		flush := func(at time.Time) {
			row := []string{at.Format("January 2006"), fmt.Sprint(days), fmt.Sprint(unknown), fmt.Sprint(troubled),
				rawLength(minutes)}
			switch {
			case unknown == days:
				row[3], row[4] = "–", "–"
			case lacks:
				row[4] = "≥ " + row[4]
			}
			want = append([][]string{row}, want...)
			minutes, days, unknown, troubled, lacks = 0, 0, 0, 0, false
		}
		first := Now.Truncate(Day).AddDate(0, 0, -364)
		month = first.Month()
		for at := first; !at.After(Now); at = at.AddDate(0, 0, 1) {
			if at.Month() != month {
				flush(at.AddDate(0, 0, -1))
				month = at.Month()
			}
			end, any := at.AddDate(0, 0, 1), false
			for m := at; m.Before(end) && m.Before(Now); m = m.Add(Minute) {
				if slices.ContainsFunc(rows, func(i rawIncident) bool {
					return i.vendor == vendor && i.known() && !m.Before(i.started) && m.Before(i.ended)
				}) {
					minutes, any = minutes+1, true
				}
			}
			any = any || slices.ContainsFunc(rows, func(i rawIncident) bool {
				return i.vendor == vendor && !i.counted.Before(at) && i.counted.Before(end)
			})
			lacks = lacks || covered.After(at) || slices.ContainsFunc(rows, func(i rawIncident) bool {
				return i.vendor == vendor && !i.known() && !i.counted.Before(at) && i.counted.Before(end)
			})
			days++
			if any {
				troubled++
			} else if !covered.Before(end) {
				unknown++
			}
		}
		flush(Now)
		same(t, vendor, table(r.Page("/vendors/"+vendor), "months"), want)
	}
}

// rawLength writes minutes as the pages write hours.
func rawLength(minutes int) string {
	if minutes >= 600 {
		return fmt.Sprintf("%.0f h", float64(minutes)/60)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(minutes)/60), ".0") + " h"
}

// rawHours counts the minutes of a week in which a vendor had an incident.
func rawHours(rows []rawIncident, vendor string, from, covered time.Time) string {
	to := from.AddDate(0, 0, 7)
	minutes, known, unknown := 0, 0, 0
	for at := from; at.Before(to) && at.Before(Now); at = at.Add(Minute) {
		for _, i := range rows {
			if i.vendor == vendor && i.known() && !at.Before(i.started) && at.Before(i.ended) {
				minutes++
				break
			}
		}
	}
	for _, i := range rows {
		switch {
		case i.vendor != vendor:
		case !i.known() && !i.counted.Before(from) && i.counted.Before(to):
			unknown++
		case i.known() && i.started.Before(to) && (i.ended.After(from) || !i.started.Before(from)):
			known++
		}
	}
	seen := covered.Before(to)
	text := rawLength(minutes)
	switch {
	case known == 0 && (unknown > 0 || !seen):
		return "–"
	case unknown > 0 || covered.After(from):
		return "≥ " + text
	}
	return text
}

func same(t *testing.T, what string, got, want [][]string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\n%v\nwant\n%v", what, got, want)
	}
}

// Where nothing began, or nothing ended, words stand in place of an empty picture. What is drawn is as wide as the page
// where it stands alone.
func TestTrendsHasNoEmptyPicture(t *testing.T) {
	r := NewRecord(t, web.Options{})
	id := r.Vendor(query.Vendor{Slug: "acme", Name: "Acme"})
	pictures := func(part string, a Answer) int { return a.Doc.Find("[data-part=" + part + "] svg").Length() }
	r.Save(record.Scrape{SourceID: id, At: Before(2 * Day), AllOpen: true, CoverageStart: Before(400 * Day)})
	a := r.Page("/trends")
	a.Wants(t, "[data-part=weeks]", "No incident on record began in this window.")
	a.Wants(t, "[data-part=lengths]", "No incident on record that began in this window has ended.")
	a.Wants(t, "[data-part=lately]", "No incident is on record.")
	for _, part := range []string{"weeks", "lengths", "lately"} {
		if n := pictures(part, a); n != 0 || a.Doc.Find("#"+part+"0").Length() != 0 {
			t.Errorf("%s: %d empty pictures", part, n)
		}
	}

	open := Incident("a", "Trouble", "major", nil, Says("investigating", Before(Day), "x"))
	r.Save(record.Scrape{SourceID: id, At: Before(Hour), AllOpen: true, Incidents: Read(open)})
	a = r.Page("/trends")
	a.Wants(t, "[data-part=lengths]", "No incident on record that began in this window has ended; 1 not over.")
	if pictures("lengths", a) != 0 || pictures("weeks", a) != 3 {
		t.Errorf("one is open: %d pictures of lengths, %d of weeks", pictures("lengths", a), pictures("weeks", a))
	}

	open.Updates, open.State = append(open.Updates, Says("resolved", Before(2*Minute), "y")), "resolved"
	r.Save(record.Scrape{SourceID: id, At: Before(Minute), AllOpen: true, Incidents: Read(open)})
	a = r.Page("/trends")
	a.Wants(t, "[data-part=lengths]", "Median 23 h 58 min, 90th percentile 23 h 58 min, of 1 incident of known length.")
	for _, part := range []string{"lately", "weeks", "heat", "lengths"} {
		broad := a.Doc.Find("[data-part="+part+"] .broad svg").AttrOr("viewBox", "")
		narrow := a.Doc.Find("[data-part="+part+"] .narrow svg").AttrOr("viewBox", "")
		slim := a.Doc.Find("[data-part="+part+"] .slim svg").AttrOr("viewBox", "")
		if !strings.HasPrefix(broad, "0 0 1240 ") || !strings.HasPrefix(narrow, "0 0 640 ") ||
			!strings.HasPrefix(slim, "0 0 358 ") {
			t.Errorf("%s: %q, %q and %q", part, broad, narrow, slim)
		}
	}
	if n := r.Page("/trends?vendor=acme&component=api,web").Doc.Find(".broad").Length(); n != 0 {
		t.Errorf("%d broad pictures side by side", n)
	}
}

// The address chooses vendors side by side, components and the window; what is not known in it is a mistake.
func TestTrendsByAddress(t *testing.T) {
	r := Rich(t, web.Options{})
	a := r.Page("/trends?vendor=acme,moody")
	if n := a.Doc.Find("[data-part=weeks] svg").Length(); n != 2 {
		t.Errorf("%d pictures side by side, want 2", n)
	}
	for path, part := range map[string]string{"/trends": "lately",
		fmt.Sprint("/incidents/", r.IDOf("API answers are slow")): "story"} {
		r.Page(path).Wants(t, "[data-part="+part+"]", "2 companies, 1 of which name AWS us-east-1")
	}
	if text := r.Page("/services/checkout").Says("[data-part=uptime]"); strings.Contains(text, "%!") ||
		!strings.Contains(text, " h") {
		t.Errorf("the uptime of a service: %s", text)
	}
	// Both vendors, one with another record of the same event, stand beside the line, in each of three pictures.
	if n := r.Page("/trends").Doc.Find("[data-part=lately] .f-story").Length(); n != 6 {
		t.Errorf("%d vendors of a story in three pictures, want 6", n)
	}
	r.Page("/trends?component=api").Wants(t, "[data-part=lately]", "API answers are slow")
	if text := r.Page("/trends?component=zebra").Says("[data-part=lately]"); !strings.Contains(text, "No incident") {
		t.Errorf("a component that there is not: %s", text)
	}
	if err := r.SetTags(t.Context(), map[string][]string{"acme": {"core", "eu"}, "moody": {"edge"}}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		"/trends?tag=core,Edge":                     {"core", "edge"},
		"/trends?tag=core,+core":                    nil,
		"/trends?vendor=acme&component=api,web":     {"acme: api", "acme: web"},
		"/trends?component=api,web,zebra&tag=core":  {"api", "web", "zebra"},
		"/trends?vendor=acme,moody&component=api":   {"acme", "moody"},
		"/trends?tag=core,eu,edge&until=2026-11-22": {"core", "eu", "edge"},
	} {
		var got []string
		for _, h := range r.Page(path).Doc.Find("[data-part=weeks] h3").EachIter() {
			got = append(got, h.Text())
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	for n, has := range []bool{true, false} {
		group := r.Page("/trends?tag=core,edge").Doc.Find("[data-part=heat] .beside > div").Eq(n)
		if got := strings.Contains(group.Text(), "Acme"); got != has {
			t.Errorf("group %d tells of Acme: %v, want %v", n, got, has)
		}
	}
	for path, says := range map[string]string{
		"/trends?tag=core,cord": "Did you mean core?", "/trends?tag=core,edge&vendor=acme": "of one of them only",
		"/trends?vendor=acme,moody&component=api,web": "of one of them only", "/trends?tag=a,b,c,d,e": "one to 4 can",
		"/trends?vendor=acne": "Did you mean acme?", "/trends?vendor=a,b,c,d,e": "one to 4 can",
		"/trends?tag=cord":         "Did you mean core?",
		"/trends?since=yesterday":  "is not a time",
		"/trends?since=2020-01-01": "53 weeks", "/trends?since=2026-11-20&until=2026-10-01": "after since",
		"/trends?vendor=moody&tag=core": "none of the vendors", "/trends?wok=1": "no parameter",
	} {
		if a := r.Get(path); a.Status != 400 || !strings.Contains(a.Says("main"), says) {
			t.Errorf("%s: status %d, %s; want %q", path, a.Status, a.Says("main"), says)
		}
	}
}
