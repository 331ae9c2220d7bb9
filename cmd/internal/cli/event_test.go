package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/cmd/internal/cli"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/normalize"
	"vendorwatch/normalize/racetest"
)

const sharedCaptures = "../../../../shared/captures"

// run runs the program in this process, and returns what it printed.
func run(t *testing.T, args ...string) string {
	t.Helper()
	var out, talk bytes.Buffer
	if code := cli.Run(t.Context(), args, strings.NewReader(""), &out, &talk); code != 0 {
		t.Fatalf("vendorwatch %s: exit code %d\n%s", strings.Join(args, " "), code, &talk)
	}
	return out.String()
}

// One event of October 2025, from the vendor's own page and from an aggregator, read in either order, and
// then everything else that there is of this vendor.
func TestOneEventOnTwoRealPages(t *testing.T) {
	racetest.Skip(t, "imports, each in one goroutine")
	t.Parallel()
	if _, err := os.Stat(sharedCaptures); err != nil {
		t.Skip("the captures are not beside the repository: there is no ../shared/captures")
	}
	pages := map[string][2]string{
		"own": {"https://status.kustomer.com/incidents/gsb2d1xmm6j4",
			filepath.Join(sharedCaptures, "kustomer", "status-kustomer-com-gsb2d1xmm6j4.txt")},
		"pingoru": {"https://pingoru.io/providers/kustomer/incidents/65742",
			filepath.Join(sharedCaptures, "pingoru", "kustomer-65742.txt")},
	}
	for _, order := range [][]string{{"own", "pingoru"}, {"pingoru", "own"}} {
		t.Run(strings.Join(order, " before "), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "vendorwatch.db")
			for _, page := range order {
				run(t, "--db", path, "import", "--vendor", "kustomer", "--at", "2025-10-17T00:00:00Z", "--url",
					pages[page][0], pages[page][1])
			}
			look := func(want []string, statement string) {
				t.Helper()
				if diff := cmp.Diff(want, mustQuery(t, path, statement)); diff != "" {
					t.Errorf("%s (-want +got)\n%s", statement, diff)
				}
			}
			look([]string{"65742 | gsb2d1xmm6j4", "gsb2d1xmm6j4 | gsb2d1xmm6j4"}, `
				SELECT i.source_key, o.source_key FROM incidents i JOIN incidents o ON o.incident_id = i.same_event_id
				ORDER BY i.source_key`)
			look([]string{"2025-10 | 1"}, `SELECT month, incidents FROM v_monthly`)
			look([]string{"1"}, `SELECT incidents FROM v_scorecard`)
			look([]string{"1"}, `SELECT count(*) <= 1 FROM events WHERE kind = 'incident_opened' AND withheld IS NULL`)
			look([]string{"1"}, `SELECT sum(announced) <= 1 FROM incidents`)

			if list := run(t, "--db", path, "incidents"); strings.Count(list, "Delays in processing Prod 2") != 1 {
				t.Errorf("the list:\n%s", list)
			}
			if list := run(t, "--db", path, "incidents", "--all-sources"); strings.Count(list,
				"Delays in processing Prod 2") != 2 {
				t.Errorf("the list of all sources:\n%s", list)
			}
			for id, other := range map[string]string{"gsb2d1xmm6j4": pages["pingoru"][0], "65742": pages["own"][0]} {
				shown := run(t, "--db", path, "show", id)
				if !strings.Contains(shown, "same event") || !strings.Contains(shown, other) {
					t.Errorf("show %s does not name %s:\n%s", id, other, shown)
				}
			}

			captures, err := filepath.Glob(filepath.Join(sharedCaptures, "pingoru", "kustomer-*.txt"))
			if err != nil || len(captures) < 10 {
				t.Fatalf("%d captures: %v", len(captures), err)
			}
			for _, c := range captures {
				id := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(c), "kustomer-"), ".txt")
				run(t, "--db", path, "import", "--vendor", "kustomer", "--at", "2026-11-01T00:00:00Z", "--url",
					"https://pingoru.io/providers/kustomer/incidents/"+id, c)
			}
			look([]string{"65742", "gsb2d1xmm6j4"},
				`SELECT source_key FROM incidents WHERE same_event_id IS NOT NULL ORDER BY source_key`)
			look([]string{"1"}, `SELECT count(*) > 10 FROM incidents WHERE same_event_id IS NULL`)
			if problems := run(t, "--db", path, "db", "check"); !strings.Contains(problems, " 0 problems") {
				t.Error(problems)
			}
		})
	}
}

// What the vendor takes off a timeline stays in the record, marked, until the vendor shows it again.
func TestShowMarksWhatTheVendorTookAway(t *testing.T) {
	racetest.Skip(t, "runs one command after the other")
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vendorwatch.db")
	file, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	vendor, err := record.New(file).EnsureVendor(t.Context(), query.Vendor{Slug: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	source, err := record.New(file).EnsureSource(t.Context(), vendor, "https://status.acme.example", "statuspage")
	if err != nil {
		t.Fatal(err)
	}
	post := func(id, at, body string) normalize.RawUpdate {
		return normalize.RawUpdate{ID: id, State: "investigating", Posted: normalize.RawTime{Text: at}, Body: body,
			Format: normalize.FormatMarkdown}
	}
	first := post("1", "2026-03-01T10:00:00Z", "Mails are late.")
	guess := post("2", "2026-03-01T10:10:00Z", "It is our provider's fault.")
	shown := func(minutes int, updates ...normalize.RawUpdate) string {
		t.Helper()
		incidents, _ := normalize.Incidents([]normalize.Raw{{Document: "summary", ID: "a", Title: "Mails are late",
			State: "investigating", Impact: "minor", Updates: updates}}, normalize.Words{})
		at := time.Date(2026, 3, 1, 10, 10+minutes, 0, 0, time.UTC)
		if _, err := record.New(file).SaveScrape(t.Context(),
			record.Scrape{SourceID: source, At: at, AllOpen: true, Incidents: incidents}); err != nil {
			t.Fatal(err)
		}
		return run(t, "--db", path, "show", "a")
	}
	mark := fmt.Sprintf("%s  investigating  (removed by the vendor, seen at %s)\n    It is our provider's fault.",
		terminal.Moment("2026-03-01T10:10:00.000Z"), terminal.Moment("2026-03-01T10:20:00.000Z"))
	if text := shown(0, first, guess); strings.Contains(text, "removed by the vendor") {
		t.Errorf("before:\n%s", text)
	}
	if text := shown(10, first); !strings.Contains(text, mark) || strings.Count(text, "removed by the vendor") != 1 {
		t.Errorf("taken away:\n%s", text)
	}
	if text := shown(20, first, guess); strings.Contains(text, "removed by the vendor") ||
		!strings.Contains(text, "It is our provider's fault.") {
		t.Errorf("back:\n%s", text)
	}
}
