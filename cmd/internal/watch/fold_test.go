package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

const capturesFolder = "../../../../shared/captures"

// foldCaptures reads captures, each as saved at its time, and folds the readings of each incident: in the order
// given, backwards and shuffled, which must give the same records.
func foldCaptures(t *testing.T, captures [][2]string) map[string]normalize.Record {
	t.Helper()
	type reading struct {
		key string
		normalize.Reading
	}
	var all []reading
	for _, c := range captures {
		at, err := time.Parse(time.RFC3339, c[0])
		if err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(capturesFolder, c[1]))
		if errors.Is(err, fs.ErrNotExist) {
			t.Skipf("the captures are not beside the repository: there is no %s", c[1])
		}
		if err != nil {
			t.Fatal(err)
		}
		platform, capture := ReadCapture(Source{}, scraper.Page{Body: body, At: at, Status: 200})
		if capture.Err != nil {
			t.Fatalf("%s: %v", c[1], capture.Err)
		}
		p, err := platforms.Lookup(platform)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range capture.Read.Incidents {
			r := normalize.Reading{Raws: []normalize.Raw{raw}, Seen: at, Words: scraper.WordsOf(p)}
			key := raw.ID
			if key == "" {
				key = raw.URL
			}
			all = append(all, reading{key, r})
		}
	}
	fold := func(all []reading) map[string]normalize.Record {
		of := map[string][]normalize.Reading{}
		for _, r := range all {
			of[r.key] = append(of[r.key], r.Reading)
		}
		records := map[string]normalize.Record{}
		for key, readings := range of {
			records[key] = normalize.Fold(readings)
		}
		return records
	}
	want := fold(all)
	slices.Reverse(all)
	if diff := cmp.Diff(want, fold(all)); diff != "" {
		t.Errorf("backwards (-forwards +backwards)\n%s", diff)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		random.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
		if diff := cmp.Diff(want, fold(all)); diff != "" {
			t.Errorf("shuffled (-forwards +shuffled)\n%s", diff)
		}
	}
	return want
}

func edits(r normalize.Record) []string {
	out := []string{}
	for _, v := range r.Revisions {
		out = append(out, fmt.Sprintf("%s %s %.60s→%.60s", v.Seen.Format("01-02 15:04"), v.Field, v.Old, v.New))
	}
	return out
}

// A note is posted, taken back, and then the alert is over: the page's last word holds.
func TestFoldVultr(t *testing.T) {
	names := []string{"02-07-22Z", "05-24-46Z", "06-30-27Z"}
	var captures [][2]string
	for _, n := range names {
		captures = append(
			captures,
			[2]string{"2023-02-23T" + strings.ReplaceAll(n, "-", ":"), "vultr/alerts-2023-02-23T" + n + ".json"},
		)
	}
	captures = append(
		captures,
		[2]string{"2023-02-23T08:00:00Z", "vultr/alerts-2023-02-23-resolved-after-retraction.json"},
	)
	r := foldCaptures(t, captures)["a0b43908-87d8-4751-9b5d-5d08dd9f7940"]
	if i := r.Incident; i.State != normalize.StateResolved || len(i.Updates) != 1 || len(r.Updates) != 2 {
		t.Errorf("%s with %d posts of %d", i.State, len(i.Updates), len(r.Updates))
	}
	if r.ResolvedBasis != normalize.BasisSeen || r.ResolvedAfter.Format("15:04") != "06:30" {
		t.Errorf("ended %s %s, after %s", r.Incident.ResolvedAt, r.ResolvedBasis, r.ResolvedAfter)
	}
	want := []string{"02-23 06:30 removed_at →2023-02-23T06:30:27.000Z"}
	if diff := cmp.Diff(want, edits(r)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Six years of GitHub's summaries and feeds, some of which show one incident in both forms.
func TestFoldGitHub(t *testing.T) {
	racetest.Skip(t, "imports documents one after the other")
	files, err := filepath.Glob(filepath.Join(capturesFolder, "statuspage", "github-*"))
	if err != nil || len(files) == 0 {
		t.Skipf("the captures are not beside the repository: there is no %s", capturesFolder)
	}
	var captures [][2]string
	for _, f := range files {
		name := filepath.Base(f)
		date := strings.TrimPrefix(strings.TrimPrefix(name, "github-summary-"), "github-history-")[:len("2006-01-02")]
		captures = append(captures, [2]string{date + "T12:00:00Z", "statuspage/" + name})
	}
	records := foldCaptures(t, captures)
	if len(records) < 100 {
		t.Errorf("%d incidents", len(records))
	}
	for key, r := range records {
		if len(r.Revisions) > 0 {
			t.Logf("%s: %v", key, edits(r))
		}
	}
}

// The same event by the vendor's own page and by an aggregator, page text both: the posts of both are the same.
func TestFoldKustomer(t *testing.T) {
	records := foldCaptures(t, [][2]string{
		{
			"2026-01-01T12:00:00Z",
			"kustomer/status-kustomer-com-gsb2d1xmm6j4.txt",
		}, {"2026-01-01T12:00:00Z", "pingoru/kustomer-65742.txt"},
	})
	if len(records) != 1 {
		t.Fatalf("%d records", len(records))
	}
	for _, r := range records {
		times := []string{r.Incident.StartedAt.Format("01-02 15:04"), r.Incident.ResolvedAt.Format("01-02 15:04")}
		if diff := cmp.Diff([]string{"10-08 14:09", "10-08 15:16"}, times); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		// The two date the postmortem two minutes apart.
		if len(r.Updates) != 5 {
			t.Errorf("%d posts", len(r.Updates))
		}
	}
}
