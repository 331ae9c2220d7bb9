package feed

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/platformtest"
)

func TestCaptures(t *testing.T) {
	item := regexp.MustCompile(`<(?:item|entry)[>\s]`)
	head := regexp.MustCompile(`&lt;/small&gt;&lt;br ?/?&gt;\s*&lt;strong&gt;`)
	for _, file := range platformtest.CaptureFiles(t, "azure/*.xml", "aws/*rss*.xml", "statuspage/*.atom",
		"statuspage/*.rss") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			page := platformtest.CapturePage(t, file)
			page.URL = "https://status.acme.example/feed"
			want := filepath.Base(filepath.Dir(file)) // each has a reader of its own, which is asked before this one
			res, err := Platform{}.Parse(scraper.Source{}, page)
			if err != nil {
				t.Fatal(err)
			}
			if want := len(item.FindAll(page.Body, -1)); len(res.Incidents) != want {
				t.Errorf("%d incidents, the file has %d", len(res.Incidents), want)
			}
			if dated := len(head.FindAll(page.Body, -1)); dated > 0 {
				got := 0
				for _, raw := range res.Incidents {
					got += len(raw.Updates)
				}
				if got != dated {
					t.Errorf("%d updates, the file has %d", got, dated)
				}
			}
			incidents, findings := normalize.Incidents(res.Incidents, scraper.WordsOf(Platform{}))
			if len(incidents) != len(res.Incidents) {
				t.Errorf("%d items became %d incidents", len(res.Incidents), len(incidents))
			}
			for _, f := range findings {
				if strings.HasSuffix(f.Field, "_at") && !strings.Contains(f.Problem, "before") {
					t.Errorf("%s of %s: %q: %s", f.Field, f.Key, f.Value, f.Problem)
				}
			}
			for _, i := range incidents {
				if i.StartedAt.IsZero() && i.Kind == normalize.KindIncident {
					t.Errorf("%s has no start", i.Key)
				}
				if want != "statuspage" && i.Severity != normalize.SeverityUnknown {
					t.Errorf("%s has severity %s, the feed states none", i.Key, i.Severity)
				}
			}
		})
	}
}

// TestReadsAzuresWords holds what a reader makes of the two open items: neither feed says that it is over.
func TestReadsAzuresWords(t *testing.T) {
	for _, file := range platformtest.CaptureFiles(t, "azure/*major.xml", "azure/*westus.xml") {
		res, err := Platform{}.Parse(scraper.Source{}, platformtest.CapturePage(t, file))
		if err != nil {
			t.Fatal(err)
		}
		raw := res.Incidents[0]
		if raw.ID != "issues-connecting-to-resources-in-west-us" || normalize.Word(raw.State) != "monitoring" ||
			len(raw.Updates) != 1 || len(raw.Components) < 2 {
			t.Errorf("%s: id %q, state %q, %d updates, %d components", file, raw.ID, raw.State, len(raw.Updates),
				len(raw.Components))
		}
		if !bytes.Contains([]byte(raw.Updates[0].Body), []byte("14:44 UTC")) {
			t.Errorf("%s: the body is %q", file, raw.Updates[0].Body)
		}
	}
}
