package pages_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
)

// Addresses choose vendors. What nobody has is a mistake, and never an empty page that looks like calm.
func TestNowOfChosenVendors(t *testing.T) {
	r := Rich(t, web.Options{})
	all := r.Page("/").Says(".cells")
	for _, c := range []struct {
		query string
		has   []string
		lacks string
	}{
		{"?tag=core", []string{"Acme", "Odds & Ends"}, "Moody"},
		{"?tag=CORE", []string{"Acme", "Odds & Ends"}, "Moody"},
		{"?owner=platform-team", []string{"Acme"}, "Odds & Ends"},
		{"?service=mails", []string{"Fresh"}, "Acme"},
		{"?service=checkout", []string{"Acme", "Moody"}, "Odds & Ends"},
		{"?tag=core&owner=platform-team", []string{"Acme"}, "Odds & Ends"},
	} {
		for _, path := range []string{"/" + c.query, "/wall" + c.query} {
			cells := r.Page(path).Says(".cells")
			for _, name := range c.has {
				if !strings.Contains(cells, name) || !strings.Contains(all, name) {
					t.Errorf("%s does not show %s: %s", path, name, cells)
				}
			}
			if strings.Contains(cells, c.lacks) || !strings.Contains(all, c.lacks) {
				t.Errorf("%s shows %s", path, c.lacks)
			}
		}
	}
	r.Page("/?tag=core").Wants(t, "main", "Only vendors with the tag core", "as a wall screen")
	for path, says := range map[string]string{
		"/?tag=cord": "Did you mean core?", "/wall?tag=cord": "Did you mean core?",
		"/?owner=platform": "platform-team", "/?service=mail": "Did you mean mails?",
		"/?tags=core": "There is no parameter", "/?tag=core&tag=x": "given twice", "/wall?page=0": "not a number",
	} {
		if a := r.Get(path); a.Status != 400 || !strings.Contains(a.Says("main"), says) {
			t.Errorf("%s: status %d, %s; want %q", path, a.Status, a.Says("main"), says)
		}
	}
}

// crowdOf has so many vendors that Now shows tables; what open says is open at each.
func crowdOf(t *testing.T, vendors int, open func(n int) []normalize.Incident) *Record {
	r := NewRecord(t, web.Options{})
	for n := range vendors {
		id := r.Vendor(query.Vendor{Slug: fmt.Sprintf("v%03d", n), Name: fmt.Sprintf("Vendor %03d", n)})
		r.Save(record.Scrape{SourceID: id, At: Before(40 * Day), AllOpen: true})
		r.Save(record.Scrape{SourceID: id, At: Before(Minute), AllOpen: true, Incidents: open(n)})
	}
	return r
}

// One row is one incident, the worst first. Those without a word for a week are folded behind the others, and counted.
func TestNowFoldsWhatIsSilent(t *testing.T) {
	r := crowdOf(t, 9, func(n int) []normalize.Incident {
		began := []time.Time{Before(Hour), Before(8 * Day), Before(9 * Day)}[n%3]
		i := Incident("i", fmt.Sprintf("Trouble %d", n), []string{"minor", "critical", "major"}[n/3], nil,
			Says("investigating", began, "x"))
		if n%3 == 2 { // begun long ago, and not silent
			i.Updates = append(i.Updates, Says("update", Before(2*Day), "y"))
		}
		return Read(i)
	})
	a := r.Page("/")
	if got := a.Doc.Find("[data-part=open] .card").Length(); got != 0 {
		t.Errorf("%d cards with nine vendors", got)
	}
	titles := func(where string) string {
		var list []string
		for _, link := range a.Doc.Find(where + " tbody td.wide a").EachIter() {
			list = append(list, strings.TrimPrefix(link.Text(), "Trouble "))
		}
		return strings.Join(list, " ")
	}
	if got := titles("[data-part=open] > .scroll"); got != "3 5 6 8 0 2" {
		t.Errorf("open, in this order: %s", got)
	}
	if got := titles("[data-part=open] > details"); got != "4 7 1" {
		t.Errorf("silent, in this order: %s", got)
	}
	a.Wants(t, "[data-part=open] summary", "3 open incidents without a word for a week")
	a.Wants(t, ".verdict", "9 open incidents at 9 vendors")
}

// What happened to one incident is one row of the news.
func TestNewsBelongsTogether(t *testing.T) {
	r := NewRecord(t, web.Options{})
	id := r.Vendor(query.Vendor{Slug: "acme", Name: "Acme"})
	posts := []normalize.RawUpdate{Says("investigating", Before(5*Hour), "a"), Says("identified", Before(4*Hour), "b"),
		Says("monitoring", Before(3*Hour), "c"), Says("resolved", Before(2*Hour), "d")}
	r.Save(record.Scrape{SourceID: id, At: Before(6 * Hour), AllOpen: true, AllComponents: true,
		Components: Components(normalize.StatusOperational)})
	for n := range posts {
		r.Save(record.Scrape{SourceID: id, At: Before(time.Duration(5*60-60*n-1) * Minute), AllOpen: true,
			Incidents:     Read(Incident("i", "Calls fail", "major", nil, posts[:n+1]...)),
			AllComponents: true, Components: Components([]normalize.ComponentStatus{normalize.StatusMajor,
				normalize.StatusPartial, normalize.StatusPartial, normalize.StatusOperational}[n])})
	}
	a := r.Page("/")
	if rows := a.Doc.Find(".news li").Length(); rows != 2 {
		t.Errorf("%d rows, want one of the incident and one of the components: %s", rows, a.Says(".news"))
	}
	a.Wants(t, ".news", "Acme Calls fail", "opened", "resolved")
}

// The wall shows all of its vendors in parts that follow each other, each of them once.
func TestWallTakesTurns(t *testing.T) {
	r := crowdOf(t, 100, func(n int) []normalize.Incident {
		if n >= 15 {
			return nil
		}
		return Read(Incident("i", fmt.Sprintf("Trouble %d.", n), "minor", nil,
			Says("investigating", Before(Hour), "x")))
	})
	seen, path := map[string]int{}, "/wall"
	for range 3 {
		a := r.Page(path)
		for _, s := range a.Doc.Find(".cells b, .big a").EachIter() {
			seen[s.Text()]++
		}
		path = a.Doc.Find("[data-next]").AttrOr("data-next", "")
	}
	if path != "/wall?page=1" {
		t.Errorf("after the last part comes %q", path)
	}
	for name, times := range seen {
		if times != 1 {
			t.Errorf("%s is shown %d times", name, times)
		}
	}
	if len(seen) != 115 {
		t.Errorf("%d things are shown, want 100 vendors and 15 incidents", len(seen))
	}
}

// The box finds every vendor, also those that the grid does not show.
func TestVendorsAreFoundByName(t *testing.T) {
	r := crowdOf(t, 160, func(int) []normalize.Incident { return nil })
	a := r.Page("/")
	if shown := a.Doc.Find(".cells li").Length(); shown != 150 {
		t.Errorf("%d vendors in the grid", shown)
	}
	if _, partial := a.Doc.Find("form.quick").Attr("data-partial"); !partial {
		t.Error("the box searches only what is shown")
	}
	const one = "Vendor 159 no open incident"
	for words, want := range map[string]string{"vendor+159": one, "V159": one, "zebra": "", "15+vendor+9+x": ""} {
		if got := r.Page("/vendors?q=" + words).Says(".cells"); got != want {
			t.Errorf("%s finds %q, want %q", words, got, want)
		}
	}
	r.Page("/vendors?q=zebra").Wants(t, "main", "No vendor on record is named so")
}
