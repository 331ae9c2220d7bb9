package scraper

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vendorwatch/normalize"
)

// tally counts what a document holds.
type tally struct{ Incidents, Open, Updates, Affected, Components int }

// tallyOf counts what was read; an incident is open if its meaning says so.
func tallyOf(t *testing.T, p Platform, res Result) tally {
	t.Helper()
	incidents, findings := normalize.Incidents(res.Incidents, WordsOf(p))
	if len(incidents) != len(res.Incidents) {
		t.Errorf("%d incidents were read, and are %d", len(res.Incidents), len(incidents))
	}
	checkIncidents(t, res.Incidents, incidents, findings, WordsOf(p))
	for _, f := range findings {
		t.Errorf("finding: %+v", f)
	}
	n := tally{Incidents: len(incidents), Components: len(res.Components)}
	for _, i := range incidents {
		if !i.State.Over() {
			n.Open++
		}
		if i.StartedAt.IsZero() && i.Kind != normalize.KindMaintenance {
			t.Errorf("incident %q has no start", i.Title)
		}
		for _, u := range i.Updates {
			if u.PostedAt.IsZero() {
				t.Errorf("an update of %q lacks its time", i.Title)
			}
		}
	}
	for _, raw := range res.Incidents {
		n.Updates += len(raw.Updates)
		n.Affected += len(raw.Components)
	}
	return n
}

// readCloudCaptures reads each capture of a platform and compares with what count finds in the bytes.
func readCloudCaptures(t *testing.T, p Platform, count func(*testing.T, []byte) tally, patterns ...string) {
	t.Helper()
	for _, file := range captureFiles(t, patterns...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			page := capturePage(t, file)
			if len(page.Body) == 0 {
				mustRefuse(t, "an empty capture", p, page)
				return
			}
			if !Detects(p, page) {
				t.Error("it is not detected")
			}
			res, err := p.Parse(Source{URL: "https://status.acme.example"}, page)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(count(t, page.Body), tallyOf(t, p, res)); diff != "" {
				t.Errorf("counts (-in the file +read):\n%s", diff)
			}
		})
	}
}

// mustJSON decodes a document without any of the platforms' own types.
func mustJSON[V any](t *testing.T, body []byte) V {
	t.Helper()
	var v V
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// parsed reads a document that a platform must read.
func parsed(t *testing.T, p Platform, address, body string) Result {
	t.Helper()
	res, err := p.Parse(Source{URL: "https://status.acme.example"}, Page{URL: address, Body: []byte(body), At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// cloudIncidents gives incidents their meaning.
func cloudIncidents(t *testing.T, p Platform, res Result) []normalize.Incident {
	t.Helper()
	incidents, _ := normalize.Incidents(res.Incidents, WordsOf(p))
	return incidents
}

// refuses checks that a platform refuses each body as another page.
func refuses(t *testing.T, p Platform, bodies map[string]string) {
	t.Helper()
	for what, body := range bodies {
		res, err := p.Parse(Source{URL: "https://status.acme.example"}, Page{URL: "https://status.acme.example/", Body: []byte(body)})
		if !errors.Is(err, ErrShape) {
			t.Errorf("%s: read as %+v, error %v", what, res, err)
		}
	}
}

func TestJSONText(t *testing.T) {
	got := mustJSON[[]jsonText](t, []byte(`["1005", 1005, 1.50, true, null, "", "a\u00e9"]`))
	if want := []jsonText{"1005", "1005", "1.50", "true", "", "", "aé"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, body := range []string{`[[]]`, `[{}]`, `[{"a":1}]`} {
		var v []jsonText
		if err := json.Unmarshal([]byte(body), &v); err == nil {
			t.Errorf("%s is read as %q", body, v)
		}
	}
}

// occurrences counts matches of a pattern in the bytes.
func occurrences(body []byte, pattern string) int {
	return len(regexp.MustCompile(pattern).FindAll(bytes.ReplaceAll(body, []byte("\x00"), nil), -1))
}
