package stated

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"vendorwatch/normalize/markdown"
)

func TestDuration(t *testing.T) {
	const hour = time.Hour
	for _, c := range []struct {
		name, text string
		want       time.Duration
	}{
		{"a headline", "Duration: 2 hrs 55 minutes", 2*hour + 55*time.Minute},
		{"days, and hours in the plural", "Duration: 1 day 1 hours, 20 minutes", 25*hour + 20*time.Minute},
		{"capitals", "- Duration: 8 Hours 31 Minutes", 8*hour + 31*time.Minute},
		{"a semicolon behind", "Duration: 2 hours, 34 minutes;", 2*hour + 34*time.Minute},
		{"bold", "**Duration:** 4 hours, 12 minutes", 4*hour + 12*time.Minute},
		{"bold without the colon", "**Duration**: 90 minutes", 90 * time.Minute},
		{"a dot too many", "**Duration:**.          5 hours, 33 minutes", 5*hour + 33*time.Minute},
		{"a heading", "## Duration: 3 days, 10 hours, 6 minutes", 82*hour + 6*time.Minute},
		{"on the next line", "**Total Duration:**\n\n2 hours 3 minutes\n\n**Affected:** all", 2*hour + 3*time.Minute},
		{"in a table", "| Start | 10:00 |\n| Duration | 1h 20m |", hour + 20*time.Minute},
		{"short units", "Duration: ~1h 5m 30s", hour + 5*time.Minute + 30*time.Second},
		{"about", "Impact duration: approximately 45 min", 45 * time.Minute},
		{"of what", "Duration of the outage: 2 hours", 2 * hour},
		{"in brackets", "Duration (hh:mm): 2 hours", 2 * hour},
		{"a fraction", "Duration: 1.5 hours", 90 * time.Minute},
		{"weeks", "Duration: 2 weeks", 14 * 24 * hour},
		{"behind the period", "**Build Impact Duration:** 3 May 2026 07:50 \\- 09:47 US/Pacific : 1 hour 57 minutes",
			hour + 57*time.Minute},
		{
			"before any other number", "Requests failed for 10 minutes in one zone.\n\nDuration: 2 hours",
			2 * hour,
		},
		{"the longest of several products", "**Build**\n- Duration: 9 hours\n\n**Deploy**\n- Duration: 12 hours",
			12 * hour},
		{
			"the total of several products",
			"- Duration: 9 hours\n- Duration: 12 hours\n\nAll in all, a total duration of 14 hours, 55 minutes.",
			14*hour + 55*time.Minute,
		},
		{"a headline of the total", "Duration: 9 hours\nOverall duration: 20 hours\nDuration: 12 hours", 20 * hour},
		{"no headline: the whole before a part",
			"Retries ran for 5 minutes. The incident lasted 3 hours and 4 minutes.", 3*hour + 4*time.Minute},
		{"no headline: the total", "It lasted 3 hours in the west, a total of 4 hours.", 4 * hour},
		{"no headline: three units", "an outage that lasted 1 day 1 hours, 20 minutes", 25*hour + 20*time.Minute},
		{"no headline: a part", "Users saw errors for about 26 minutes.", 26 * time.Minute},
		{"a sentence about durations is none",
			"We log the duration of each call: 5 minutes is the limit of what we keep per client.", 0},
		{"a headline of another thing", "Duration of the video: not known", 0},
		{"a range is no length", "Duration: 2-3 hours", 0},
		{"nothing", "All is well.", 0},
		{"a letter that is no unit", "It was bad for 5 m users and over 30 d users.", 0},
		{"nothing printed under it", "Duration:\n\nNot known yet.", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Duration(c.text); got != c.want {
				t.Errorf("%q: %s, want %s", c.text, got, c.want)
			}
		})
	}
}

// TestDurationGooglesHistory holds what recorded reports of Google Cloud state in their headlines against the start
// and the end that their JSON has.
func TestDurationGooglesHistory(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "captures", "google-cloud", "*.json"))
	if err != nil || len(files) == 0 {
		t.Skip("there is no ../shared/captures/google-cloud")
	}
	stated, exact := 0, 0
	seen := map[string]bool{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var incidents []struct {
			Begin, End time.Time
			Updates    []struct{ Text string }
		}
		if json.Unmarshal(body, &incidents) != nil {
			continue // one incident, or another form
		}
		for _, i := range incidents {
			for _, u := range i.Updates {
				if seen[u.Text] || !hasHeadline(u.Text) {
					continue
				}
				seen[u.Text] = true
				d := Duration(u.Text)
				if d == 0 {
					t.Errorf("%s: nothing is read of %.200q", filepath.Base(file), u.Text)
				}
				stated++
				if (d - i.End.Sub(i.Begin)).Abs() <= time.Minute {
					exact++
				}
			}
		}
	}
	if stated < 15 || exact < stated/2 {
		t.Errorf("of %d headlines, %d agree with the JSON", stated, exact)
	}
}

func hasHeadline(text string) bool {
	for line := range strings.Lines(text) {
		head, value, ok := strings.Cut(strings.ToLower(markdown.Plain(line)), "duration")
		if ok && len(head) < 20 && strings.HasPrefix(strings.TrimLeft(value, "* "), ":") {
			return true
		}
	}
	return false
}
