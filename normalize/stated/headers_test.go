package stated

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	headerLine = regexp.MustCompile(`(?im)^[^\n:.]{0,25}duration:?\*{0,2}:?(?:\*\*)?\.?[^\n]*`)
	headerUnit = regexp.MustCompile(`(?i)(\d+) +(day|hour|minute)s?\b`)
)

// headersOf reads the headers of a text by other means than Duration: every number of the line before a unit counts.
func headersOf(text string) (lengths []time.Duration, total time.Duration) {
	for _, at := range headerLine.FindAllStringIndex(text, -1) {
		line := text[at[0]:at[1]]
		if !strings.Contains(line, ":") {
			continue
		}
		if !headerUnit.MatchString(line) { // on the next line that is not empty
			line += strings.SplitN(strings.TrimSpace(text[at[1]:]), "\n", 2)[0]
		}
		var d time.Duration
		for _, m := range headerUnit.FindAllStringSubmatch(line, -1) {
			n, _ := strconv.Atoi(m[1])
			d += time.Duration(n) * map[string]time.Duration{"day": 24 * time.Hour, "hour": time.Hour,
				"minute": time.Minute}[strings.ToLower(m[2])]
		}
		if d == 0 {
			continue
		}
		if lengths = append(lengths, d); strings.Contains(strings.ToLower(line), "total duration") {
			total = d
		}
	}
	return lengths, total
}

// TestDurationOfEveryHeader holds that the header of a recorded report goes before any other number of its text.
func TestDurationOfEveryHeader(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "captures", "google-cloud", "*.json"))
	if err != nil || len(files) == 0 {
		t.Skip("there is no ../shared/captures/google-cloud")
	}
	headers, texts := 0, map[string]bool{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(body, &doc); err != nil {
			t.Fatal(err)
		}
		eachText(doc, func(text string) {
			lengths, want := headersOf(text)
			headers += len(lengths)
			if len(lengths) == 0 || texts[text] {
				return
			}
			texts[text] = true
			if want == 0 {
				want = slices.Max(lengths)
			}
			got := Duration(text)
			if several := len(lengths) > 1 && statedTotal.MatchString(text); several && got >= want {
				return // the total is more than any of them
			}
			if got != want {
				t.Errorf("%s: %s is read of the headers %s in %.300q", filepath.Base(file), got, lengths, text)
			}
		})
	}
	if headers < 40 || len(texts) < 15 {
		t.Errorf("%d headers are in %d texts", headers, len(texts))
	}
}

func eachText(v any, do func(string)) {
	switch v := v.(type) {
	case string:
		do(v)
	case []any:
		for _, e := range v {
			eachText(e, do)
		}
	case map[string]any:
		for _, e := range v {
			eachText(e, do)
		}
	}
}

// TestHeaderBeforeOtherNumbers sets each form of a header among sentences that have lengths of their own.
func TestHeaderBeforeOtherNumbers(t *testing.T) {
	const hour = time.Hour
	noise := []string{
		"Requests failed for 10 minutes in one zone, and retries lasted 4 hours.",
		"The incident lasted 19 hours and 2 minutes, a total of 3 days.",
		"The incident began at 2026-03-01 04:37 and ended at 2026-03-01 06:35 UTC.",
	}
	for header, want := range map[string]time.Duration{
		"Duration: 2 hrs 55 minutes":                                                  2*hour + 55*time.Minute,
		"Duration: 1 day 1 hours, 20 minutes":                                         25*hour + 20*time.Minute,
		"Duration: 2 hours, 34 minutes;   \r":                                         2*hour + 34*time.Minute,
		"Duration: 50 minutes;   \r":                                                  50 * time.Minute,
		"**Duration:**.          5 hours, 33 minutes ":                                5*hour + 33*time.Minute,
		"**Duration:**. 5 hours, 33 minutes":                                          5*hour + 33*time.Minute,
		"**Duration:** 1 hours, 13 minutes":                                           hour + 13*time.Minute,
		"**Duration:** 3 days, 10 hours, 6 minutes":                                   82*hour + 6*time.Minute,
		"**Duration:** 30 minutes":                                                    30 * time.Minute,
		"- Duration: 8 Hours 31 Minutes":                                              8*hour + 31*time.Minute,
		"- Duration: 9 Hours, 24 Minutes":                                             9*hour + 24*time.Minute,
		"**Total Duration:**\n\n2 hours 3 minutes\n":                                  2*hour + 3*time.Minute,
		"**Mail Impact Duration:** 18 May 2026 07:50 \\- 08:40 UTC : 50 minutes":      50 * time.Minute,
		"* **Duration**: 2 hours and 5 minutes":                                       2*hour + 5*time.Minute,
		"Duration – 45 minutes":                                                       45 * time.Minute,
		"**Duration** 2 hours, 19 minutes":                                            2*hour + 19*time.Minute,
		"**Duration:** 1 day and 6 minutes":                                           24*hour + 6*time.Minute,
		"**Duration:** 01 hours, 05 minutes":                                          hour + 5*time.Minute,
		"**Duration:** 15 hours,12 minutes":                                           15*hour + 12*time.Minute,
		"**Duration:** 4 hours, 7 minutes,":                                           4*hour + 7*time.Minute,
		"**Cumulative Duration:** 8 hours, 35 minutes":                                8*hour + 35*time.Minute,
		"**Duration:**\n3 Days, 12 minutes":                                           72*hour + 12*time.Minute,
		"**Duration:**\n* Partial recovery: 5 hours\n* Full recovery: 1 day, 3 hours": 27 * hour,
		"**Duration:** 30 minutes\n\nCumulative impact duration: 2 hours, 14 minutes": 2*hour + 14*time.Minute,
		"DURATION: 1 HOUR 5 MINS":                                                     hour + 5*time.Minute,
		"Incident duration: 1 hour, 30 minutes (10:00 – 11:30 UTC)":                   90 * time.Minute,
	} {
		for n := range noise {
			for _, text := range []string{header + "\n\n" + noise[n], noise[n] + "\n\n" + header + "\n\nThat was all.",
				"# Report\n\n" + noise[n] + "\n" + header} {
				if got := Duration(text); got != want {
					t.Errorf("%q: %s, want %s", text, got, want)
				}
			}
		}
	}
}
