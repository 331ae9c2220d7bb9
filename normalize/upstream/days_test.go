package upstream_test

import (
	"archive/tar"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
	"vendorwatch/normalize/upstream"
)

const daysFolder = "../../../shared/days"

// day is one of the days on record, as its documents told it.
type day struct {
	name      string
	incidents []upstream.Incident // of the captures, with their posts as they were seen
	added     []upstream.Incident // of documents of a later date, by the vendors' own times
	ids       map[int64]string    // vendor and the vendor's id
	posts     map[int64][]upstream.Post
	world     upstream.World
	expected  expected
}

type expected struct {
	Day       string   `json:"day"`
	Families  []string `json:"families_that_stem"`
	Start     string   `json:"cause_start"`
	Window    []time.Time
	Incidents []struct {
		Vendor, Family, ID, Verdict, Words, Title string
		Likely                                    *bool
	}
	Titles []struct {
		Vendor, ID string
		TitleWords string `json:"title_words"`
	}
}

// post and entry are what the documents have in common.
type entry struct {
	id, title, impact    string
	opened, began, ended time.Time
	posts                map[string]upstream.Post // by id
	planned              bool
}

func readDay(t *testing.T, file string) day {
	t.Helper()
	d := day{name: strings.TrimSuffix(filepath.Base(file), ".expected.json"), ids: map[int64]string{},
		posts: map[int64][]upstream.Post{}}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &d.expected); err != nil {
		t.Fatal(err)
	}
	captures := unpack(t, strings.TrimSuffix(file, ".expected.json")+".tar.xz")
	type key struct{ vendor, id string }
	known := map[key]*entry{}
	page := map[string]string{}
	gone := map[key]time.Time{}
	seen := map[key]time.Time{}
	for _, name := range slices.Sorted(maps.Keys(captures)) {
		vendor := path.Base(path.Dir(name))
		at, err := time.Parse("2006-01-02T15-04-05Z.json", path.Base(name))
		if err != nil {
			continue // of a later date
		}
		host, entries := readDocument(captures[name])
		if host != "" {
			page[vendor] = host
		}
		now := map[key]bool{}
		for _, e := range entries {
			k := key{vendor, e.id}
			now[k] = true
			if known[k] == nil {
				known[k] = e
				seen[k] = at
				continue
			}
			for id, p := range e.posts {
				known[k].posts[id] = p
			}
			known[k].ended, known[k].title, known[k].impact = e.ended, e.title, e.impact
		}
		for k := range known {
			if k.vendor == vendor && !now[k] && gone[k].IsZero() {
				gone[k] = at
			}
		}
	}
	number := int64(0)
	take := func(vendor string, e *entry, end time.Time) upstream.Incident {
		number++
		d.ids[number] = vendor + " " + e.id
		i := upstream.Incident{ID: number, Vendor: vendor, Page: page[vendor], Title: e.title,
			Kind: normalize.KindIncident, Origin: normalize.OriginVendor, Severity: severity(e.impact),
			Opened: e.opened, Started: e.began, Ended: e.ended}
		if e.planned {
			i.Kind = normalize.KindMaintenance
		}
		if i.Ended.IsZero() {
			i.Ended = end
		}
		d.posts[number] = slices.Collect(maps.Values(e.posts))
		i.Says = upstream.Read(i, d.posts[number])
		return i
	}
	for _, k := range slices.SortedFunc(maps.Keys(known), func(a, b key) int {
		return cmp.Or(strings.Compare(a.vendor, b.vendor), strings.Compare(a.id, b.id))
	}) {
		d.incidents = append(d.incidents, take(k.vendor, known[k], gone[k]))
	}
	for _, name := range slices.Sorted(maps.Keys(captures)) {
		if path.Base(path.Dir(name)) != "later" || !strings.HasSuffix(name, ".json") {
			continue
		}
		vendor, _, _ := strings.Cut(path.Base(name), ".")
		host, entries := readDocument(captures[name])
		if host != "" && page[vendor] == "" {
			page[vendor] = host
		}
		for _, e := range entries {
			of := vendor
			if vendor == "titles-only" {
				of, e.id, _ = strings.Cut(e.id, "/")
			}
			if known[key{of, e.id}] == nil {
				known[key{of, e.id}] = e
				d.added = append(d.added, take(of, e, time.Time{}))
			}
		}
	}
	d.world = upstream.World{PerWeek: rates(t, page), StandsOn: footings(t, page)}
	return d
}

// readDocument reads the shapes in which the days are kept.
func readDocument(body []byte) (host string, all []*entry) {
	var statuspage struct {
		Page      struct{ URL string }
		Incidents []struct {
			ID, Name, Impact string
			Created          string `json:"created_at"`
			Resolved         string `json:"resolved_at"`
			Updates          []struct {
				ID, Body  string
				DisplayAt string `json:"display_at"`
				Created   string `json:"created_at"`
			} `json:"incident_updates"`
		}
		Active []struct {
			ID      json.Number
			Title   string
			Type    string
			Created string `json:"date_created"`
			Notes   []struct {
				Created string `json:"date_created"`
				Body    string
			}
		} `json:"active_incidents"`
		Alerts []struct {
			ID, Region, Subject, Status string
			Start                       string `json:"start_date"`
			Entries                     []struct {
				Updated string `json:"updated_at"`
				Message string
			}
		} `json:"service_alerts"`
	}
	if json.Unmarshal(body, &statuspage) == nil {
		if u, err := url.Parse(statuspage.Page.URL); err == nil {
			host = u.Host
		}
		for _, i := range statuspage.Incidents {
			e := &entry{id: i.ID, title: i.Name, impact: i.Impact, opened: when(i.Created), ended: when(i.Resolved),
				posts: map[string]upstream.Post{}}
			for _, u := range i.Updates {
				e.posts[u.ID] = upstream.Post{At: when(u.Created), Text: u.Body}
			}
			all = append(all, e)
		}
		for _, i := range statuspage.Active {
			e := &entry{id: i.ID.String(), title: i.Title, impact: i.Type, opened: when(i.Created),
				posts: map[string]upstream.Post{}, planned: i.Type == "maintenance"}
			for _, n := range i.Notes {
				e.posts[n.Created] = upstream.Post{At: when(n.Created), Text: n.Body}
			}
			all, host = append(all, e), "slack-status.com"
		}
		for _, i := range statuspage.Alerts {
			e := &entry{id: i.ID, title: i.Subject, impact: "minor", opened: when(i.Start),
				posts:   map[string]upstream.Post{},
				planned: strings.Contains(strings.ToLower(i.Subject), "maintenance")}
			for _, n := range i.Entries {
				e.posts[n.Updated] = upstream.Post{At: when(n.Updated), Text: n.Message}
			}
			all, host = append(all, e), "status.vultr.com"
		}
		return host, all
	}
	var list []struct {
		ID, Title, Impact, Vendor string
		Begin, Created, End       string
		Severity                  string
		OpenedAt                  string `json:"opened_at"`
		ResolvedAt                string `json:"resolved_at"`
		Description               string `json:"external_desc"`
		Updates                   []struct{ Created, Text string }
	}
	if json.Unmarshal(body, &list) != nil {
		return "", nil
	}
	for _, i := range list {
		e := &entry{id: i.ID, title: cmp.Or(i.Title, i.Description), impact: cmp.Or(i.Impact, i.Severity),
			opened: when(cmp.Or(i.OpenedAt, i.Created)), began: when(i.Begin), ended: when(cmp.Or(i.ResolvedAt, i.End)),
			posts: map[string]upstream.Post{}}
		if i.Vendor != "" {
			e.id = i.Vendor + "/" + i.ID
		} else {
			host = "status.cloud.google.com"
		}
		for _, u := range i.Updates {
			e.posts[u.Created] = upstream.Post{At: when(u.Created), Text: u.Text}
		}
		all = append(all, e)
	}
	return host, all
}

func when(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

func severity(word string) normalize.Severity {
	switch word {
	case "none", "minor", "major", "critical":
		return normalize.Severity(word)
	case "low":
		return normalize.SeverityMinor
	case "medium":
		return normalize.SeverityMajor
	case "high":
		return normalize.SeverityCritical
	}
	return normalize.SeverityUnknown
}

// unpack reads an archive with tar and xz.
func unpack(t *testing.T, file string) map[string][]byte {
	t.Helper()
	out, err := exec.Command("xz", "-dc", file).Output()
	if err != nil {
		t.Skipf("xz cannot unpack %s: %v", file, err)
	}
	files := map[string][]byte{}
	r := tar.NewReader(strings.NewReader(string(out)))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func table(t *testing.T, file string) [][]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Skip(err)
	}
	var all [][]string
	for line := range strings.Lines(string(b)) {
		all = append(all, strings.Split(strings.TrimRight(line, "\n"), "\t"))
	}
	return all
}

// rates reads how many incidents a week each company opens: by its own history where there is one, else as seen.
func rates(t *testing.T, page map[string]string) map[string]float64 {
	best := map[string]struct {
		order   int
		perWeek float64
	}{}
	order := []string{"archive-all", "archive-2023", "archive-2024", "archive-2025", "archive-last-52w", "atlas-2024",
		"atlas-2026"}
	for _, f := range table(t, filepath.Join(daysFolder, "rates.tsv"))[1:] {
		n := slices.Index(order, f[1])
		perWeek, err := strconv.ParseFloat(f[6], 64)
		if err == nil && n >= best[f[0]].order {
			best[f[0]] = struct {
				order   int
				perWeek float64
			}{n, perWeek}
		}
	}
	all := map[string]float64{}
	for vendor, r := range best {
		all[companyOf(vendor, page)] += r.perWeek
	}
	return all
}

func companyOf(vendor string, page map[string]string) string {
	if host := page[vendor]; host != "" {
		return upstream.Company(host)
	}
	return vendor
}

// footings reads who is known to stand on whom, in their own words.
func footings(t *testing.T, page map[string]string) map[string][]upstream.Footing {
	all := map[string][]upstream.Footing{}
	for _, f := range table(t, filepath.Join(daysFolder, "../stands_on.tsv"))[1:] {
		if f[3] != "words" && f[3] != "sub" && f[3] != "inc" {
			continue
		}
		provider, region, ok := upstream.Place(f[1])
		if !ok {
			continue
		}
		vendor := strings.ToLower(strings.NewReplacer(" Cloud", "", " Atlas", "", " ", "-").Replace(f[0]))
		company := companyOf(vendor, page)
		all[company] = append(all[company], upstream.Footing{Provider: provider, Region: region})
	}
	return all
}

// allDays are read once; who changes them copies them.
var allDays []day

func days(t *testing.T) []day {
	if len(allDays) > 0 {
		return allDays
	}
	files, err := filepath.Glob(filepath.Join(daysFolder, "*.expected.json"))
	if err != nil || len(files) == 0 {
		t.Skip("../shared/days is not here")
	}
	for _, f := range files {
		allDays = append(allDays, readDay(t, f))
	}
	return allDays
}

// found is what the stories of a day are held to: the reader's verdicts.
type score struct{ right, missed, wrong int }

// TestDays holds the stories of each day to what an independent reader found in its words: at the end of the day, and
// at moments of it, when less was known.
func TestDays(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads ten archives")
	}
	racetest.Skip(t, "it reads ten archives in one goroutine")
	var sum score
	for _, d := range days(t) {
		t.Run(d.name, func(t *testing.T) {
			for _, with := range []string{"captures", "all documents"} {
				incidents := d.incidents
				if with == "all documents" {
					incidents = slices.Concat(d.incidents, d.added)
				}
				got := d.hold(t, with, incidents)
				sum.right, sum.missed, sum.wrong = sum.right+got.right, sum.missed+got.missed, sum.wrong+got.wrong
			}
		})
	}
	precision := float64(sum.right) / float64(sum.right+sum.wrong)
	recall := float64(sum.right) / float64(sum.right+sum.missed)
	t.Logf("members by the reader's verdicts: right %d, wrong %d, missed %d; precision %.2f, recall %.2f", sum.right,
		sum.wrong, sum.missed, precision, recall)
	if precision < 0.98 || recall < 0.85 {
		t.Errorf("precision %.2f, recall %.2f; want at least 0.98 and 0.85", precision, recall)
	}
}

func (d day) hold(t *testing.T, with string, incidents []upstream.Incident) score {
	var got score
	world := d.world
	world.PerWeek = map[string]float64{}
	for _, i := range incidents {
		world.PerWeek[upstream.Company(i.Page)] = d.world.PerWeek[upstream.Company(i.Page)]
		if i.Page == "" {
			world.PerWeek[i.Vendor] = d.world.PerWeek[i.Vendor]
			delete(world.PerWeek, "")
		}
	}
	verdicts := map[string]string{}
	for _, e := range d.expected.Incidents {
		verdicts[e.Vendor+" "+e.ID] = e.Verdict
	}
	var moments []time.Time
	from, until := d.expected.Window[0], d.expected.Window[1]
	step := 20 * time.Minute
	if until.Sub(from) > 4*24*time.Hour {
		step = 2 * time.Hour
	}
	for at := from; at.Before(until); at = at.Add(step) {
		moments = append(moments, at)
	}
	var before []upstream.Story
	for n, at := range append(moments, until) {
		var recent []upstream.Incident
		for _, i := range upstream.Known(incidents, at) {
			if i.Opened.After(from.Add(-24 * time.Hour)) {
				recent = append(recent, i)
			}
		}
		stories := upstream.Stories(recent, world)
		if d.expected.Start == "" && len(stories) > 0 {
			t.Errorf("%s, %s: %d stories in a quiet week: %+v", with, at.Format(time.RFC3339), len(stories), stories)
		}
		d.tellChanges(t, with, at, before, stories, verdicts)
		before = stories
		if n < len(moments) {
			continue
		}
		members := map[string]bool{}
		for _, s := range stories {
			for _, m := range s.Members {
				members[d.ids[m.Incident]] = true
			}
		}
		there := map[string]bool{}
		for _, i := range incidents {
			there[d.ids[i.ID]] = true
		}
		for id, verdict := range verdicts {
			switch {
			case !there[id]:
			case verdict == "not" && members[id]:
				got.wrong++
				t.Logf("%s: wrong: %s", with, id)
			case verdict == "stems" && members[id]:
				got.right++
			case verdict == "stems":
				got.missed++
				t.Logf("%s: missed: %s", with, id)
			}
		}
	}
	return got
}

// tellChanges prints how the stories grew, and holds that none falls apart and none holds what the reader excludes.
func (d day) tellChanges(t *testing.T, with string, at time.Time, before, now []upstream.Story,
	verdicts map[string]string) {
	for _, s := range now {
		grew := true
		for _, b := range before {
			if len(b.Members) == len(s.Members) && b.Provider == s.Provider &&
				b.EndedAt.IsZero() == s.EndedAt.IsZero() {
				grew = false
			}
		}
		var vendors []string
		for _, m := range s.Members {
			vendors = append(vendors, m.Vendor+" "+string(m.Evidence))
			if verdicts[d.ids[m.Incident]] == "not" {
				t.Errorf("%s, %s: %s is a member: %+v", with, at.Format(time.RFC3339), d.ids[m.Incident], m)
			}
		}
		if grew {
			t.Logf("%s, %s: %q %q of %d companies, named by %d, once in %.0f weeks, ended %v: %s", with,
				at.Format("02 15:04"), s.Provider, s.Region, s.Companies, s.NamedBy, s.OneIn, !s.EndedAt.IsZero(),
				strings.Join(vendors, ", "))
		}
	}
	for _, b := range before {
		heirs := 0
		for _, s := range now {
			if slices.ContainsFunc(s.Members, func(m upstream.Member) bool {
				return slices.ContainsFunc(b.Members, func(o upstream.Member) bool { return o.Incident == m.Incident })
			}) {
				heirs++
			}
		}
		if heirs != 1 {
			t.Errorf("%s, %s: the story of %q became %d", with, at.Format(time.RFC3339), b.Provider, heirs)
		}
	}
}
