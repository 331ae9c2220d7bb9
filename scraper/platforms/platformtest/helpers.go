package platformtest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// MustJSON decodes a document into a type of the test's own.
func MustJSON[V any](t *testing.T, body []byte) V {
	t.Helper()
	var v V
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Parsed parses a document that the platform must accept.
func Parsed(t *testing.T, p scraper.Platform, address, body string) scraper.Result {
	t.Helper()
	res, err := p.Parse(
		scraper.Source{URL: "https://status.acme.example"},
		page.Page{URL: address, Body: []byte(body), At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)},
	)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// Incidents returns the incidents of a Result with their meaning.
func Incidents(t *testing.T, p scraper.Platform, res scraper.Result) []normalize.Incident {
	t.Helper()
	incidents, _ := normalize.Incidents(res.Incidents, scraper.WordsOf(p))
	return incidents
}

// Occurrences counts the matches of a pattern in the bytes.
func Occurrences(body []byte, pattern string) int {
	return len(regexp.MustCompile(pattern).FindAll(bytes.ReplaceAll(body, []byte("\x00"), nil), -1))
}

func RSS(items string) string {
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>Acme</title>` +
		`<link>https://status.acme.example/</link>` + items + `</channel></rss>`
}

// FlightText joins the strings in a page's scripts, by other means than page.ReadNextData.
func FlightText(t *testing.T, body []byte) string {
	t.Helper()
	var text strings.Builder
	for _, m := range regexp.MustCompile(`__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)`).FindAllSubmatch(body, -1) {
		var part string
		if err := json.Unmarshal(m[1], &part); err != nil {
			t.Fatal(err)
		}
		text.WriteString(part)
	}
	return text.String()
}

// Distinct counts the different texts that a pattern's group matches.
func Distinct(text, pattern string) int {
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		seen[m[1]] = true
	}
	return len(seen)
}

// Seeds adds every page of a platform's golden cases to a fuzz target.
func Seeds(f *testing.F, platform string) {
	files, err := filepath.Glob(filepath.Join(Testdata(), platform, "*", "*"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no pages of %s (%v)", platform, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "case.json") || strings.HasSuffix(file, "error.txt") {
			continue
		}
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
}

func FixtureBytes(b *testing.B, path string) []byte {
	b.Helper()
	body, err := os.ReadFile(filepath.Join(Testdata(), path))
	if err != nil {
		b.Fatal(err)
	}
	return body
}

func BenchmarkParse(b *testing.B, p scraper.Platform, body []byte) {
	b.Helper()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	page := page.Page{URL: "https://status.acme.example/", Body: body}
	for b.Loop() {
		if _, err := p.Parse(scraper.Source{}, page); err != nil {
			b.Fatal(err)
		}
	}
}

// Swap replaces texts, and fails the test if one of them is missing.
func Swap(t testing.TB, body string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(body, pairs[i]) {
			t.Fatalf("the fixture has no %q", pairs[i])
		}
		body = strings.ReplaceAll(body, pairs[i], pairs[i+1])
	}
	return body
}
