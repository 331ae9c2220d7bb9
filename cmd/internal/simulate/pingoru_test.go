package simulate

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// pingoruMarks are the visible words by which a page of Pingoru is read, in their order.
var pingoruMarks = regexp.MustCompile(`(?m)(incident$|View vendor source →|The incident has been resolved; the full ` +
	`update timeline is below\.|` +
	`^Started|^Resolved$|^Duration|^Detected by Pingoru|^Affected components|^Update timeline|` +
	`(investigating|identified|monitoring|resolved|postmortem) \w{3} \d\d, \d{4}, \d\d:\d\d [AP]M UTC|` +
	` Outage History$|right now$|^There were \d+ |^Source: |^Affected: |^Timeline · \d updates$)`)

// marks lists them as they come, with what varies taken out.
func marks(text string) []string {
	var out []string
	for _, m := range pingoruMarks.FindAllString(text, -1) {
		m = regexp.MustCompile(` \w{3} \d\d, \d{4}, .*`).ReplaceAllString(m, " TIME")
		out = append(out, regexp.MustCompile(`\d+`).ReplaceAllString(m, "N"))
	}
	return out
}

// visible is the text that a browser shows, a line a block.
func visible(t *testing.T, body []byte) string {
	t.Helper()
	doc := parse(t, body)
	doc.Find("head, nav, footer").Remove()
	doc.Find("dt, dd, p, h1, h2, summary, article, ol").AppendHtml("\n")
	var lines []string
	for line := range strings.Lines(doc.Find("body").Text()) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func TestPingoruPagesHaveTheLabelsOfRealOnes(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "..", "shared", "captures", "pingoru")
	real, err := os.ReadFile(filepath.Join(dir, "cyberfox-2264799.txt"))
	if os.IsNotExist(err) {
		t.Skipf("no recorded pages in %s to compare with", dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	at := func(m int) time.Time { return noon.Add(time.Duration(m) * time.Minute) }
	v := Complete(Vendor{
		Slug: "mill", Name: "Mill", Platform: PlatformPingoru, CreatedAt: noon.AddDate(0, -1, 0),
		Components: []Component{{ID: "c", Name: "Wheel"}},
		Incidents: []Incident{{Name: "Wheel stands still", Impact: "minor", Updates: []Update{
			{State: "investigating", At: at(0), Body: "It stands.", Sets: []Status{{"c", "major_outage"}}},
			{State: "identified", At: at(10), Body: "A branch."}, {State: "monitoring", At: at(20), Body: "It turns."},
			{State: "resolved", At: at(169), Body: "It turns well."},
		}}},
	})
	p := v.at(at(200), "http://aggregator")
	doc, found := pingoruDocument(p, "/providers/mill/incidents/"+pingoruNumber(p.incidents[0]))
	if !found {
		t.Fatal("the incident has no page")
	}
	text := visible(t, doc.body)
	if diff := cmp.Diff(marks(string(real)), marks(text)); diff != "" {
		t.Errorf("labels (-real +ours):\n%s\n%s", diff, text)
	}
	for _, line := range []string{"Minor Resolved View vendor source →", "May 04, 2026, 12:00 PM UTC", "2h 49m",
		"Wheel",
		"Mill experienced a minor incident on May 4, 2026 affecting Wheel, lasting 2h 49m. The incident has been " +
			"resolved; the full update timeline is below."} {
		if !strings.Contains("\n"+text+"\n", "\n"+line+"\n") {
			t.Errorf("no line %q in:\n%s", line, text)
		}
	}

	history, err := os.ReadFile(filepath.Join(dir, "kustomer-outage-history.txt"))
	if err != nil {
		t.Fatal(err)
	}
	doc, _ = pingoruDocument(p, "/providers/mill/outage-history")
	text = visible(t, doc.body)
	// The recorded page is cut off in its first incident's timeline.
	want, got := marks(string(history)), marks(text)
	if n := 8; cmp.Diff(want[:n], got[:n]) != "" {
		t.Errorf("labels of the history (-real +ours):\n%s\n%s", cmp.Diff(want[:n], got[:n]), text)
	}
}
