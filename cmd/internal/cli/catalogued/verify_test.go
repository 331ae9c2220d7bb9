package catalogued_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vendorwatch/cmd/internal/cli/catalogued"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/platformtest"
)

// serve answers with a summary of a platform's test case, and 404 to all else.
func serve(t *testing.T, platform, saved string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(platformtest.Testdata(), platform, saved, "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	return listen(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v2/summary.json" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(body)
	})
}

func listen(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func TestVerify(t *testing.T) {
	classic, compatible := serve(t, "statuspage", "healthy"), serve(t, "incidentio", "compatible_healthy")
	blog := listen(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("<!doctype html><title>Acme blog</title><p>All about anvils.</p>"))
	})
	moved := listen(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, classic+r.URL.Path, http.StatusMovedPermanently)
	})
	gone := listen(t, func(http.ResponseWriter, *http.Request) {})
	shut := httptest.NewServer(http.NotFoundHandler())
	shut.Close()
	either := []string{"statuspage", "incidentio"}

	for name, c := range map[string]struct {
		entry   scraper.Entry
		finding string
		now     *scraper.Entry
		why     string
	}{
		"as the catalogue says": {scraper.Entry{Page: classic, Platform: "statuspage"}, "same", nil, ""},
		"not known until now": {scraper.Entry{Page: classic, ServedBy: either, Evidence: "lists 3"}, "changed",
			&scraper.Entry{Page: classic, Platform: "statuspage", Evidence: "bytes"}, "it is made with statuspage"},
		"its imitator": {scraper.Entry{Page: compatible, ServedBy: either, Evidence: "lists 3"}, "changed",
			&scraper.Entry{Page: compatible, Platform: "incidentio", Evidence: "bytes"}, "it is made with incidentio"},
		"another platform": {scraper.Entry{Page: compatible, Platform: "statuspage"}, "changed",
			&scraper.Entry{Page: compatible, Platform: "incidentio", Evidence: "bytes"},
			"it is made with incidentio, not with statuspage"},
		"moved": {scraper.Entry{Page: moved, Platform: "statuspage", AlsoAt: []string{"status.acme.test"}},
			"changed",
			&scraper.Entry{Page: classic, Platform: "statuspage",
				AlsoAt: []string{strings.TrimPrefix(moved, "http://"), "status.acme.test"}},
			"it has moved to " + classic},
		"no status page": {scraper.Entry{Page: blog, Platform: "statuspage"}, "unread", nil,
			"no platform reads " + blog},
		"empty": {scraper.Entry{Page: gone}, "unread", nil, "no platform reads " + gone},
		"dead":  {scraper.Entry{Page: shut.URL, Platform: "statuspage"}, "dead", nil, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			fetcher := scraper.NewCollector(scraper.FetchOptions{Retries: -1, PrivateHosts: []string{"127.0.0.1"}})
			c.entry.Name = "Acme"
			if c.now != nil {
				c.now.Name = "Acme"
			}
			got, err := catalogued.Verify(t.Context(), fetcher, c.entry)
			if err != nil {
				t.Fatal(err)
			}
			if got.Finding != c.finding || !strings.Contains(got.Why, c.why) {
				t.Errorf("%s, because %q; want %s, because %q", got.Finding, got.Why, c.finding, c.why)
			}
			if diff := cmp.Diff(c.now, got.Now, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the row now (-want +got)\n%s", diff)
			}
		})
	}
}

// TestHunks holds that what verify prints is a change of one row of the catalogue.
func TestHunks(t *testing.T) {
	file, err := os.ReadFile("../../../../scraper/catalogue.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(file), "\n")
	e, _ := scraper.LookupVendor("GitHub")
	now := e
	now.Platform = "incidentio"
	head, rest, _ := strings.Cut(catalogued.Hunk(e, now, true), "@@ -")
	if head != "--- a/scraper/catalogue.tsv\n+++ b/scraper/catalogue.tsv\n" {
		t.Errorf("it begins %q", head)
	}
	var line int
	for n, text := range lines {
		if strings.HasPrefix(text, "GitHub\t") {
			line = n + 1
		}
	}
	want := fmt.Sprintf("%d +%d @@\n-%s\n+%s\n", line, line, lines[line-1], now.Row())
	if rest != want {
		t.Errorf("the hunk is %q, want %q", rest, want)
	}
}
