package statuspage

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
	"vendorwatch/scraper/platforms/platformtest"
)

// FuzzParse holds that no body panics, that what is refused says why and brings nothing, and
// that nothing is read from a body without the marks of a Statuspage document: a page that changed or
// is another's never counts as one without incidents.
func FuzzParse(f *testing.F) {
	err := filepath.WalkDir(filepath.Join(platformtest.Testdata(), "statuspage"),
		func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || d.Name() == "case.json" {
				return err
			}
			body, err := os.ReadFile(path)
			f.Add(body)
			return err
		})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"page":{"id":"a"},"incidents":[]}`))
	f.Add([]byte("T\nIncident Report for A\nUpdate"))
	known := map[string]scraper.Known{"a1b2": {}, "#1": {}}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, mode := range []scraper.Mode{scraper.Poll, scraper.Backfill} {
			source := scraper.Source{URL: orbitdesk, Mode: mode, Known: known}
			result, err := Platform{}.Parse(source, page.Page{URL: orbitdesk, Body: body, At: time.Unix(1767607200,
				0)})
			if err != nil {
				if !errors.Is(err, page.ErrShape) || strings.Contains(err.Error(), "%!") {
					t.Fatalf("error of no known class: %v", err)
				}
				if len(result.Incidents)+len(result.Components)+len(result.Follow) > 0 ||
					result.Coverage != (scraper.Coverage{}) {
					t.Fatalf("refused, and yet it says %+v", result)
				}
				continue
			}
			if !anchored(result.Document, body) {
				t.Fatalf("read as %s without its marks: %q", result.Document, body)
			}
			for _, r := range result.Follow {
				if !strings.HasPrefix(r.URL, orbitdesk+"/") {
					t.Fatalf("follows %q, off the source's host", r.URL)
				}
			}
			incidents, _ := normalize.Incidents(result.Incidents, normalize.Words{})
			if len(result.Incidents) > 0 && len(incidents) == 0 {
				t.Fatal("incidents were lost")
			}
		}
	})
}

// anchored reports whether a body has what every document of its kind has. JSON keys may be written
// in other cases or with escapes, which encoding/json takes for the same; such bodies pass.
func anchored(document string, body []byte) bool {
	marks := map[string][]string{
		page.DocSummary: {"page", "status", "components", "incidents", "scheduled_maintenances"},
		page.DocStatus:  {"page", "status"}, page.DocComponents: {"page", "components"}, page.DocIncidents: {"page",
			"incidents"},
		page.DocMaintenances: {"page", "scheduled_maintenances"}, page.DocIncident: {"incident_updates"},
		page.DocHistory: {"months"},
		page.DocHome:    {"status-index", "incidents-list", "status-day"}, page.DocIncidentPage: {"status-incident",
			"incident-name", "update-row"},
		docIncidentText: {"report for"}, docAtom: {",2005:/history"}, docRSS: {"incident history"},
	}
	lower := strings.ToLower(string(body))
	for _, mark := range marks[document] {
		if !strings.Contains(lower, mark) && !bytes.ContainsAny(body, `\&`) && isASCII(body) {
			return false
		}
	}
	return len(marks[document]) > 0
}

func isASCII(body []byte) bool {
	for _, b := range body {
		if b >= 0x80 {
			return false
		}
	}
	return true
}
