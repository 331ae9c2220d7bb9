package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/normalize/racetest"
)

// The replay is six years of captures of one real summary, which lie beside the repository. The numbers
// are those that an independent reader found in them (README of the folder), and what the reading of the
// raw JSON in this file finds.
const (
	replayFolder = "../../../../shared/replay"

	replayCaptures     = 3214
	replayUnreadable   = 22
	replayIncidents    = 718
	replayMaintenances = 244
	replayUpdates      = 2443

	// Of 86 updates the body or the displayed time has other bytes in a later capture. In two of them these
	// are a doubled space and the sub-seconds of the time, which is noise: 84 were edited by the vendor.
	replayTouched = 86
	replayEdited  = 84
	replayRenamed = 70
	replayImpacts = 8
)

// migratedAt is when the file was made, by the clock of the machine.
const migratedAt = "goose_db_version"

// replayExpected is what the independent reader wrote down.
type replayExpected struct {
	Captures, Unreadable, Incidents, Maintenances, Updates, Renamed int
	ImpactChanged                                                   int      `json:"impact_changed"`
	UpdatesRevised                                                  int      `json:"updates_revised"`
	ListedAtEnd                                                     []string `json:"listed_at_end"`
	ByID                                                            map[string]struct {
		FirstCapture                string `json:"first_capture"`
		Kind, Title, Impact, Status string
		Updates                     int
	} `json:"by_id"`
}

// TestReplay imports the captures and compares the file with both readings, id by id.
func TestReplay(t *testing.T) {
	racetest.Skip(t, "imports 3,214 captures, one after the other")
	if testing.Short() {
		t.Skip("reads 3,214 captures")
	}
	files, expected := unpackReplay(t)
	raw := readReplay(t, files)
	if raw.unreadable != replayUnreadable || len(raw.touched) != replayTouched || len(raw.edited) != replayEdited {
		t.Fatalf("the raw captures: %d unreadable, %d updates touched, %d edited", raw.unreadable, len(raw.touched),
			len(raw.edited))
	}

	path := filepath.Join(t.TempDir(), "vendorwatch.db")
	counts := importFiles(t, path, "digitalocean", filepath.Dir(files[0]))
	if counts.Captures != replayCaptures || counts.Unreadable != replayUnreadable ||
		counts.Incidents != replayIncidents+replayMaintenances ||
		counts.Updates != replayUpdates || counts.Findings != 0 {
		t.Errorf("the import counts %+v", counts)
	}
	t.Run("every incident", func(t *testing.T) { compareReplay(t, path, expected, raw) })
	t.Run("every edit", func(t *testing.T) { compareEdits(t, path, raw) })
	t.Run("every unreadable capture", func(t *testing.T) {
		got := mustQuery(t, path,
			`SELECT outcome, count(*), min(error <> '') FROM scrapes WHERE outcome NOT IN ('changed', 'unchanged')
				GROUP BY outcome`)
		if diff := cmp.Diff([]string{fmt.Sprintf("unreadable | %d | 1", replayUnreadable)}, got); diff != "" {
			t.Errorf("(- want + got)\n%s", diff)
		}
	})
	t.Run("again", func(t *testing.T) {
		before := dump(t, path, migratedAt)
		again := importFiles(t, path, "digitalocean", filepath.Dir(files[0]))
		if again != (counted{Captures: replayCaptures, Unreadable: replayUnreadable}) {
			t.Errorf("the second import counts %+v", again)
		}
		sameDump(t, before, dump(t, path, migratedAt))
	})
}

// compareReplay compares every incident with what the independent reader and the raw captures say.
func compareReplay(t *testing.T, path string, expected replayExpected, raw *replay) {
	var want []string
	kinds := map[string]int{}
	for id, e := range expected.ByID {
		kinds[e.Kind]++
		want = append(want, strings.Join([]string{id, e.Kind, e.Title, e.Impact, e.Status, fmt.Sprint(e.Updates),
			captureTime(e.FirstCapture), raw.left[id]}, " | "))
	}
	slices.Sort(want)
	if kinds["incident"] != replayIncidents || kinds["maintenance"] != replayMaintenances {
		t.Fatalf("expected are %v", kinds)
	}
	got := mustQuery(t, path, `
		SELECT source_key, kind, title, vendor_severity, vendor_state,
			(SELECT count(*) FROM incident_updates u WHERE u.incident_id = i.incident_id), first_seen_at,
			coalesce(left_feed_at, '')
		FROM incidents i WHERE origin = 'vendor' ORDER BY source_key`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("id, kind, title, impact, status, updates, first and missing capture (- want + got)\n%s", diff)
	}
	open := mustQuery(t, path, `SELECT source_key FROM v_open ORDER BY source_key`)
	if diff := cmp.Diff(expected.ListedAtEnd, open); diff != "" {
		t.Errorf("open at the end (- want + got)\n%s", diff)
	}
	updates := mustQuery(t, path, `SELECT u.source_key, u.first_seen_at FROM incident_updates u
		JOIN incidents i USING (incident_id) WHERE i.origin = 'vendor' ORDER BY u.source_key`)
	want = nil
	for id, u := range raw.updates {
		want = append(want, id+" | "+u.first)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, updates); diff != "" {
		t.Errorf("updates and their first capture (- want + got)\n%s", diff)
	}
	if left := mustQuery(t, path,
		`SELECT count(*) FROM events WHERE kind = 'incident_left_feed'`); left[0] != fmt.Sprint(raw.departures) {
		t.Errorf("%s events tell that an incident left the feed, of %d that did", left[0], raw.departures)
	}
}

// compareEdits compares the revisions with the differences between the raw captures.
func compareEdits(t *testing.T, path string, raw *replay) {
	revisions := func(field string) []string {
		return mustQuery(t, path, `
			SELECT coalesce(u.source_key, i.source_key), r.seen_at, r.old_value, r.new_value
			FROM revisions r JOIN incidents i USING (incident_id) LEFT JOIN incident_updates u USING (update_id)
			WHERE r.field = ? ORDER BY r.seen_at, 1`, field)
	}
	for field, ids := range map[string]int{"title": replayRenamed, "severity": replayImpacts} {
		got := revisions(field)
		if diff := cmp.Diff(raw.edits[field], got); diff != "" {
			t.Errorf("%s (- want + got)\n%s", field, diff)
		}
		if n := countIDs(got); n != ids {
			t.Errorf("%s: %d incidents have revisions, not %d", field, n, ids)
		}
	}
	for _, field := range []string{"body", "posted_at", "scheduled_start_at", "scheduled_end_at", "started_at"} {
		got := revisions(field)
		for n := range got {
			got[n] = folded(got[n])
		}
		if diff := cmp.Diff(raw.edits[field], got); diff != "" {
			t.Errorf("%s (- want + got)\n%s", field, diff)
		}
	}
	edited := mustQuery(t, path,
		`SELECT DISTINCT u.source_key FROM revisions r JOIN incident_updates u USING (update_id) ORDER BY 1`)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(raw.edited)), edited); diff != "" {
		t.Errorf("edited updates (- want + got)\n%s", diff)
	}
}

func countIDs(rows []string) int {
	ids := map[string]bool{}
	for _, r := range rows {
		id, _, _ := strings.Cut(r, " | ")
		ids[id] = true
	}
	return len(ids)
}

// Any prefix of the captures and then the rest give the same file as the whole, ids included.
func TestReplayInTwoParts(t *testing.T) {
	racetest.Skip(t, "imports 3,214 captures, one after the other")
	if testing.Short() {
		t.Skip("unpacks 3,214 captures")
	}
	files, _ := unpackReplay(t)
	random := rand.New(rand.NewPCG(3, 2026))
	for range 3 {
		begin := random.IntN(len(files) - 200)
		window := files[begin : begin+200]
		whole := filepath.Join(t.TempDir(), "whole.db")
		importFiles(t, whole, "digitalocean", window...)
		want := dump(t, whole, migratedAt)
		for range 3 {
			cut := 1 + random.IntN(len(window)-1)
			parts := filepath.Join(t.TempDir(), "parts.db")
			importFiles(t, parts, "digitalocean", window[:cut]...)
			importFiles(t, parts, "digitalocean", window[cut:]...)
			t.Logf("captures %d to %d, cut after %d", begin, begin+len(window), cut)
			sameDump(t, want, dump(t, parts, migratedAt))
		}
	}
}

// An unreadable capture at the border of two parts belongs to the page as it does in the whole.
func TestReplayInPartsOfUnreadableCaptures(t *testing.T) {
	racetest.Skip(t, "imports captures one after the other")
	t.Parallel()
	dir := t.TempDir()
	w := startWorld(t, "kustomer")
	var files []string
	for n := range 6 {
		name := filepath.Join(dir, w.Now().Format("2006-01-02T15-04-05Z")+".json")
		if n == 0 || n == 3 || n == 5 {
			if err := os.WriteFile(name, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		} else {
			save(t, w.sites["kustomer"], "/api/v2/summary.json", name)
		}
		files = append(files, name)
		w.step(7 * time.Minute)
	}
	whole := filepath.Join(t.TempDir(), "whole.db")
	importFiles(t, whole, "kustomer", dir)
	want := dump(t, whole, migratedAt)
	for cut := 1; cut < len(files); cut++ {
		parts := filepath.Join(t.TempDir(), "parts.db")
		importFiles(t, parts, "kustomer", files[:cut]...)
		importFiles(t, parts, "kustomer", files[cut:]...)
		t.Logf("cut after %d of %d", cut, len(files))
		sameDump(t, want, dump(t, parts, migratedAt))
	}
}

// Captures of two vendors, in any interleaving, say of each vendor what its own captures alone say.
func TestReplayOfTwoVendors(t *testing.T) {
	racetest.Skip(t, "imports 3,214 captures, one after the other")
	if testing.Short() {
		t.Skip("unpacks 3,214 captures")
	}
	files, _ := unpackReplay(t)
	random := rand.New(rand.NewPCG(3, 2027))
	captures := map[string][]string{"north": files[:150], "south": files[1500:1650]}
	one := filepath.Join(t.TempDir(), "one after the other.db")
	for _, slug := range []string{"north", "south"} {
		importFiles(t, one, slug, captures[slug]...)
	}
	want := allFacts(t, one)
	for range 2 {
		rest := maps.Clone(captures)
		mixed := filepath.Join(t.TempDir(), "mixed.db")
		for len(rest["north"])+len(rest["south"]) > 0 {
			slug := []string{"north", "south"}[random.IntN(2)]
			n := min(1+random.IntN(20), len(rest[slug]))
			if n == 0 {
				continue
			}
			importFiles(t, mixed, slug, rest[slug][:n]...)
			rest[slug] = rest[slug][n:]
		}
		sameDump(t, want, allFacts(t, mixed))
	}
}

// Captures in any order leave the same incidents and updates, each as it was last and first seen when it was
// first captured.
func TestReplayInAnyOrder(t *testing.T) {
	racetest.Skip(t, "imports 3,214 captures, one after the other")
	if testing.Short() {
		t.Skip("unpacks 3,214 captures")
	}
	files, _ := unpackReplay(t)
	random := rand.New(rand.NewPCG(3, 2028))
	for range 4 {
		begin := random.IntN(len(files) - 60)
		window := slices.Clone(files[begin : begin+60])
		told := func() map[string][]string {
			path := filepath.Join(t.TempDir(), "vendorwatch.db")
			importFiles(t, path, "digitalocean", window...)
			all := allFacts(t, path)
			return map[string][]string{"incidents": all["incidents"], "updates": all["updates"],
				"incident_components": all["incident_components"]}
		}
		want := told()
		random.Shuffle(len(window), func(a, b int) { window[a], window[b] = window[b], window[a] })
		t.Logf("captures %d to %d", begin, begin+len(window))
		sameDump(t, want, told())
	}
}

// An import holds one capture at a time: what is live on the heap does not grow with their number.
func TestAnImportStreams(t *testing.T) {
	racetest.Skip(t, "measures memory, which the detector needs several times as much of")
	const few, bound = 50, 4 << 20 // a capture is 90 KB: 150 more of them would be 13 MB
	held := map[int]uint64{}
	for _, n := range []int{few, few, 4 * few} { // the first is to warm up
		folder, _ := writeCaptures(t, n)
		done, looks := make(chan struct{}), make(chan []uint64)
		go func() {
			sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
			var live []uint64
			for {
				select {
				case <-done:
					looks <- live
					return
				case <-time.After(5 * time.Millisecond):
					runtime.GC()
					metrics.Read(sample)
					live = append(live, sample[0].Value.Uint64())
				}
			}
		}()
		if counts := importFiles(t, filepath.Join(t.TempDir(), "vendorwatch.db"), "acme",
			folder); counts.Captures != n {
			t.Fatalf("%+v", counts)
		}
		close(done)
		live := <-looks
		if len(live) == 0 {
			t.Fatal("the heap was never looked at")
		}
		// What is kept of all captures is there towards the end at any moment; what one capture takes
		// while it is read comes and goes.
		last := live[len(live)*3/4:]
		slices.Sort(last)
		held[n] = last[len(last)/2]
	}
	t.Logf("%d captures: %d KB, %d captures: %d KB", few, held[few]>>10, 4*few, held[4*few]>>10)
	if held[4*few] > held[few]+bound {
		t.Errorf("%d captures hold %d bytes, %d captures %d", few, held[few], 4*few, held[4*few])
	}
}

// allFacts is facts with the times at which we saw things, which saved pages bring along.
func allFacts(t *testing.T, path string) map[string][]string {
	t.Helper()
	out := facts(t, path)
	const of = ` FROM incidents i JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id) `
	for name, statement := range map[string]string{
		"incidents first seen": `SELECT slug, i.source_key, i.first_seen_at, i.left_feed_at` + of + `ORDER BY 1, 2`,
		"updates first seen": `SELECT slug, i.source_key, u.source_key, u.first_seen_at, u.removed_at` + of +
			`JOIN incident_updates u USING (incident_id) ORDER BY 1, 2, 3`,
		"revisions seen": `SELECT slug, i.source_key, u.source_key, r.field, r.seen_at` + of +
			`JOIN revisions r USING (incident_id)
			LEFT JOIN incident_updates u USING (update_id) ORDER BY slug, r.revision_id`,
		"events at": `SELECT slug, e.kind, e.at FROM events e JOIN sources USING (source_id)
			JOIN vendors USING (vendor_id) ORDER BY slug, e.event_id`,
		"components seen": `SELECT slug, c.source_key, c.first_seen_at, c.gone_at FROM components c
			JOIN sources USING (source_id)
			JOIN vendors USING (vendor_id) ORDER BY 1, 2`,
		"component_changes at": `SELECT slug, c.source_key, x.status, x.at FROM component_changes x
			JOIN components c USING (component_id)
			JOIN sources USING (source_id) JOIN vendors USING (vendor_id) ORDER BY 1, 2, 4`,
	} {
		out[name] = mustQuery(t, path, statement)
	}
	return out
}

// sameDump compares two dumps and shows the first differences of each table.
func sameDump(t *testing.T, want, got map[string][]string) {
	t.Helper()
	for _, table := range slices.Sorted(maps.Keys(want)) {
		if slices.Equal(want[table], got[table]) {
			continue
		}
		lacks, has := without(want[table], got[table]), without(got[table], want[table])
		t.Errorf("%s: %d rows are not as they should be, first of them\n- %s\n+ %s", table, max(len(lacks), len(has)),
			strings.Join(lacks[:min(3, len(lacks))], "\n- "), strings.Join(has[:min(3, len(has))], "\n+ "))
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("tables (- want + got)\n%s", diff)
	}
}

func without(rows, others []string) []string {
	there := map[string]bool{}
	for _, r := range others {
		there[r] = true
	}
	var out []string
	for _, r := range rows {
		if !there[r] {
			out = append(out, r)
		}
	}
	return out
}

// counted is what import says it found.
type counted struct{ Captures, Unreadable, Incidents, Updates, Revisions, Events, Findings int }

func importFiles(t *testing.T, path, vendor string, files ...string) counted {
	t.Helper()
	var out, talk bytes.Buffer
	args := append([]string{"--db", path, "import", "--vendor", vendor, "--json"}, files...)
	if code := cli.Run(t.Context(), args, strings.NewReader(""), &out, &talk); code != 0 {
		t.Fatalf("import: exit code %d\n%s", code, &talk)
	}
	var n counted
	if err := json.Unmarshal(out.Bytes(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// unpackReplay returns the captures in the order of their times.
func unpackReplay(t *testing.T) ([]string, replayExpected) {
	t.Helper()
	var expected replayExpected
	text, err := os.ReadFile(filepath.Join(replayFolder, "digitalocean.expected.json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the captures are not beside the repository: there is no ../shared/replay")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &expected); err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("xz"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("with CI=true nothing may be skipped, and there is no xz to unpack the captures with (apt-get " +
				"install xz-utils)")
		}
		t.Skip("there is no xz to unpack the captures with (apt-get install xz-utils)")
	}
	dir := t.TempDir()
	if out, err := exec.Command("tar", "-xJf", filepath.Join(replayFolder, "digitalocean.tar.xz"), "-C",
		dir).CombinedOutput(); err != nil {
		t.Fatalf("tar: %v: %s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	if err != nil || len(files) != replayCaptures {
		t.Fatalf("%d captures in the archive: %v", len(files), err)
	}
	slices.Sort(files)
	return files, expected
}

// replay is what the raw captures say, read without any of the program's own code.
type replay struct {
	unreadable int
	departures int                      // times that an incident was missing for the first time
	left       map[string]string        // by id: first capture in which it is missing for good
	updates    map[string]*replayUpdate // by id
	touched    map[string]bool          // updates of which the body or the displayed time changed by a byte
	edited     map[string]bool          // of these, those in which more than noise changed
	edits      map[string][]string      // by column: id | time of the capture | before | after
}

type replayUpdate struct {
	first string // capture
	body  string
	shown string // display_at
}

type replayIncident struct {
	ID, Name, Impact string
	StartedAt        string `json:"started_at"`
	UpdatedAt        string `json:"updated_at"`
	ScheduledFor     string `json:"scheduled_for"`
	ScheduledUntil   string `json:"scheduled_until"`
	Updates          []struct {
		ID, Body  string
		DisplayAt string `json:"display_at"`
	} `json:"incident_updates"`
}

func readReplay(t *testing.T, files []string) *replay {
	t.Helper()
	r := &replay{left: map[string]string{}, updates: map[string]*replayUpdate{}, touched: map[string]bool{},
		edited: map[string]bool{}, edits: map[string][]string{}}
	last := map[string]replayIncident{}
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		at := captureTime(strings.TrimSuffix(filepath.Base(name), ".json"))
		var doc struct {
			Incidents    []replayIncident
			Maintenances []replayIncident `json:"scheduled_maintenances"`
		}
		if json.Unmarshal(body, &doc) != nil {
			r.unreadable++
			continue
		}
		listed := map[string]bool{}
		incidents := append(doc.Incidents, doc.Maintenances...)
		slices.SortFunc(incidents, func(a, b replayIncident) int { return strings.Compare(a.ID, b.ID) })
		for _, i := range incidents {
			listed[i.ID] = true
			was, known := last[i.ID]
			if i.UpdatedAt < was.UpdatedAt {
				continue // one capture shows an incident as it had been before: it came from a cache
			}
			if known {
				r.compare(i.ID, at, was, i)
			}
			last[i.ID] = i
			r.timeline(i, at)
		}
		for id := range last {
			switch {
			case listed[id]:
				delete(r.left, id)
			case r.left[id] == "":
				r.left[id] = at
				r.departures++
			}
		}
	}
	for _, rows := range r.edits {
		slices.SortFunc(rows, func(a, b string) int { return strings.Compare(timeThenID(a), timeThenID(b)) })
	}
	return r
}

func timeThenID(row string) string {
	words := strings.SplitN(row, " | ", 3)
	return words[1] + words[0]
}

// compare notes what changed in an incident between two captures.
func (r *replay) compare(id, at string, was, is replayIncident) {
	note := func(field, before, after string) {
		if before != after {
			r.edits[field] = append(r.edits[field], strings.Join([]string{id, at, before, after}, " | "))
		}
	}
	note("title", was.Name, is.Name)
	note("severity", was.Impact, is.Impact)
	for field, times := range map[string][2]string{
		"scheduled_start_at": {was.ScheduledFor, is.ScheduledFor},
		"scheduled_end_at":   {was.ScheduledUntil, is.ScheduledUntil},
		"started_at":         {was.StartedAt, is.StartedAt},
	} {
		if field == "started_at" && is.ScheduledFor != "" {
			continue // of a maintenance, this is when its entry was made
		}
		if toSecond(times[0]) != toSecond(times[1]) {
			note(field, times[0], times[1])
		}
	}
}

// timeline notes new updates of an incident, and what changed in those that are known.
func (r *replay) timeline(i replayIncident, at string) {
	for _, u := range i.Updates {
		k := r.updates[u.ID]
		if k == nil {
			r.updates[u.ID] = &replayUpdate{first: at, body: u.Body, shown: u.DisplayAt}
			continue
		}
		if k.body != u.Body || k.shown != u.DisplayAt {
			r.touched[u.ID] = true
		}
		if before, after := folded(k.body), folded(u.Body); before != after {
			r.edits["body"] = append(r.edits["body"], strings.Join([]string{u.ID, at, before, after}, " | "))
			r.edited[u.ID] = true
		}
		if toSecond(k.shown) != toSecond(u.DisplayAt) {
			r.edits["posted_at"] = append(r.edits["posted_at"],
				strings.Join([]string{u.ID, at, k.shown, u.DisplayAt}, " | "))
			r.edited[u.ID] = true
		}
		k.body, k.shown = u.Body, u.DisplayAt
	}
}

// folded is a text without what is formatting noise: HTML entities are characters, any white space is one
// space.
func folded(s string) string { return strings.Join(strings.Fields(html.UnescapeString(s)), " ") }

// toSecond is a time without its sub-seconds.
func toSecond(s string) string { return s[:min(len(s), len("2006-01-02T15:04:05"))] }

// captureTime turns the name of a capture into its time as stored.
func captureTime(name string) string {
	at, err := time.Parse("2006-01-02T15-04-05Z", name)
	if err != nil {
		return name
	}
	return at.Format("2006-01-02T15:04:05.000Z")
}
