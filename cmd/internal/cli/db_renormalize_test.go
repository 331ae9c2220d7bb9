package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/db"
	"vendorwatch/db/dbtest"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

// emptyFile puts a migrated file at a path.
var emptyFile = dbtest.Empty(db.Open)

// What every platform's pages say is stored, by one reading and by one a document, the newest first and last,
// with updates that the page shows no more, and with texts that lost their form. The mapping is what it was: to read
// the stored words again changes no row.
func TestRenormalizeChangesNothingByItself(t *testing.T) {
	racetest.Skip(t, "reads stored words one after the other")
	t.Parallel()
	files, err := filepath.Glob("../../../scraper/testdata/*/*/raw.json")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d cases of platforms: %v", len(files), err)
	}
	path := filepath.Join(t.TempDir(), "x.db")
	emptyFile(t, path)
	file, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	begin := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	type page struct {
		id       int64
		platform string
		name     string
	}
	var pages []page
	platforms := map[string]bool{}
	for _, name := range files {
		parts := strings.Split(filepath.ToSlash(name), "/")
		platform, of := parts[len(parts)-3], parts[len(parts)-3]+"-"+parts[len(parts)-2]
		if platform == scraper.Custom {
			continue // its words are in each case's own description
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var read struct {
			Incidents  []normalize.Raw          `json:"incidents"`
			Components []normalize.RawComponent `json:"components"`
		}
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		platforms[platform] = true
		for way, scrapes := range readings(read.Incidents) {
			vendor, err := record.New(file).EnsureVendor(t.Context(),
				query.Vendor{Slug: strings.ToLower(of + "-" + way)})
			if err != nil {
				t.Fatal(err)
			}
			id, err := record.New(file).EnsureSource(t.Context(), vendor, "https://"+of+"-"+way+".example", platform)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, page{id, platform, of + " " + way})
			for n, raws := range scrapes {
				incidents, findings := normalize.Incidents(raws, words(t, platform))
				components, more := normalize.Components(read.Components, words(t, platform))
				_, err := record.New(file).SaveScrape(t.Context(),
					record.Scrape{SourceID: id, At: begin.Add(time.Duration(n) * time.Hour),
						Incidents: incidents, Words: words(t, platform), Components: components,
						Findings: slices.Concat(findings, more)})
				if err != nil {
					t.Fatalf("%s: %v", of, err)
				}
			}
		}
	}
	if len(platforms) < 20 {
		t.Errorf("cases of %d platforms only", len(platforms))
	}
	before := dump(t, path)
	for _, p := range pages {
		known := func(platform string) (normalize.Words, bool) { return words(t, platform), true }
		done, err := record.New(file).Renormalize(t.Context(), p.id, begin, false, known)
		if err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		if len(done.Changes) > 0 || done.Changed > 0 || done.Wordless > 0 {
			t.Errorf("%s: %+v", p.name, done)
		}
	}
	if diff := cmp.Diff(before, dump(t, path)); diff != "" {
		t.Errorf("rows (-before +after)\n%s", diff)
	}
}

// readings are ways in which the same words may be read, each a row of scrapes.
func readings(raws []normalize.Raw) map[string][][]normalize.Raw {
	byDocument := map[string][]normalize.Raw{}
	var documents []string
	for _, r := range raws {
		if byDocument[r.Document] == nil {
			documents = append(documents, r.Document)
		}
		byDocument[r.Document] = append(byDocument[r.Document], r)
	}
	var each, shorter [][]normalize.Raw
	for _, d := range documents {
		each = append(each, byDocument[d])
	}
	backwards := slices.Clone(each)
	slices.Reverse(backwards)
	cut := slices.Clone(raws)
	for n := range cut {
		if u := cut[n].Updates; len(u) > 1 {
			cut[n].Updates = u[:len(u)-1]
		}
	}
	shorter = [][]normalize.Raw{raws, cut}
	flat := slices.Clone(raws)
	for n := range flat {
		flat[n].Updates = slices.Clone(flat[n].Updates)
		for m := range flat[n].Updates {
			flat[n].Updates[m].Body = strings.ReplaceAll(flat[n].Updates[m].Body, "\n\n", "\n")
		}
	}
	return map[string][][]normalize.Raw{"once": {raws}, "each": each, "backwards": backwards, "shorter": shorter,
		"longer": {cut, raws}, "flatter": {raws, flat}}
}

func words(t *testing.T, platform string) normalize.Words {
	t.Helper()
	p, err := platforms.Lookup(platform)
	if err != nil {
		t.Fatal(err)
	}
	return scraper.WordsOf(p)
}
