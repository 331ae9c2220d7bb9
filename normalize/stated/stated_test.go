package stated

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
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
		{"a list of stages under it",
			"**Duration:**\n* Partial recovery: 5 hours\n* Full recovery: 1 day, 3 hours\n\n" +
				"**Backlog:** 9 days", 27 * hour},
		{"a line under it", "**Duration:**\n\n3 Days, 12 minutes\n\nQueues: 9 days", 72*hour + 12*time.Minute},
		{"without a colon", "**Duration** 2 hours, 19 minutes\n**Affected**", 2*hour + 19*time.Minute},
		{"days and minutes", "**Duration:** 1 day and 6 minutes", 24*hour + 6*time.Minute},
		{"a zero in front", "**Duration:** 01 hours, 05 minutes", hour + 5*time.Minute},
		{"no space", "**Duration:** 15 hours,12 minutes", 15*hour + 12*time.Minute},
		{"of several occurrences",
			"- First occurrence Duration: 3 hours, 40 minutes\n- Second occurrence Duration: 29 minutes",
			3*hour + 40*time.Minute},
		{"one that is cumulative",
			"**Duration:** 30 minutes\nCumulative impact duration: 2 hours, 14 minutes", 2*hour + 14*time.Minute},
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
		{"no headline: for a duration of", "Errors were seen in two zones for a duration of 2 hours, 3 minutes.",
			2*hour + 3*time.Minute},
		{"no headline: up to", "High latency for a duration of up to 1 hour and 57 minutes.", hour + 57*time.Minute},
		{"no headline: the first of several", "Logins failed for a duration of 47 minutes. Some tunnels were down " +
			"for a " +
			"duration of 8 hours and 10 minutes.", 47 * time.Minute},
		{"no headline: a period", "Retries ran for 5 minutes. Incident began at **2026-03-01 04:37** and ended at " +
			"**2026-03-01 06:35** (all times are **US/Pacific**).", hour + 58*time.Minute},
		{"no headline: a length before a period", "Between 2026-03-01 04:00 and 2026-03-01 09:00 UTC we worked " +
			"on it. The outage lasted 3 hours.", 3 * hour},
		{"no headline: two periods", "It was slow from 2026-03-01 04:00 to 2026-03-01 05:00, and down " +
			"from 2026-03-01 06:00 to 2026-03-01 06:30.", 0},
		{"the duration of another thing", "All disks were out for the duration of the incident.", 0},
		{"no headline: a part", "Users saw errors for about 26 minutes.", 26 * time.Minute},
		{"a sentence about durations is none",
			"We log the duration of each call: 5 minutes is the limit of what we keep per client.", 0},
		{"a headline of another thing", "Duration of the video: not known", 0},
		{"a range is no length", "Duration: 2-3 hours", 0},
		{"nothing", "All is well.", 0},
		{"a letter that is no unit", "It was bad for 5 m users and over 30 d users.", 0},
		{"numbers like a time of day, with hours", "Duration: 1:20 hours", hour + 20*time.Minute},
		{"numbers like a time of day, three of them", "Downtime: 00:45:12", 45*time.Minute + 12*time.Second},
		{"numbers like a time of day, explained", "Incident Duration (hh:mm): 02:17", 2*hour + 17*time.Minute},
		{"two numbers that may be minutes and seconds", "Duration: 01:17", 0},
		{"hours and minutes in one", "Duration: 1h20", hour + 20*time.Minute},
		{"units without spaces", "Duration: 2d3h", 51 * hour},
		{"a headline of the downtime", "Downtime: 40 minutes", 40 * time.Minute},
		{"a headline of the length", "Outage length: 40m", 40 * time.Minute},
		{"a headline of what was planned", "Scheduled downtime: 2 hours", 0},
		{"an estimate", "Estimated duration: 2 hours. It lasted 40 minutes.", 40 * time.Minute},
		{"a range of hours and minutes", "Duration: 14:03 - 15:20", 0},
		{"less than", "Duration: less than 5 minutes", 0},
		{"with a decimal comma", "Duration: 1,5 hours", 0},
		{"behind a range", "Duration: 14:03–15:20 UTC (1h 17m)", hour + 17*time.Minute},
		{"no headline: short units", "The incident lasted for 1h 20m.", hour + 20*time.Minute},
		{"no headline: seconds", "The API was down for 1 hour, 12 minutes and 40 seconds.",
			hour + 12*time.Minute + 40*time.Second},
		{"no headline: of a cache", "Tiles were served from an empty cache for 45 minutes.", 45 * time.Minute},
		{"no headline: what will be", "We will monitor for 24 hours.", 0},
		{"no headline: what will be, and what was", "We will keep logs for 30 days. Users saw errors for 12 minutes.",
			12 * time.Minute},
		{"no headline: a period without a date", "Between 14:03 and 15:20 UTC API requests failed.",
			hour + 17*time.Minute},
		{"no headline: a period over midnight", "From 23:40 to 00:25 UTC, logins failed.", 45 * time.Minute},
		{"no headline: a period over midnight, with days",
			"From 23:40 UTC on 3 March to 00:25 UTC on 4 March, logins failed.", 45 * time.Minute},
		{"no headline: a period with dates and a zone",
			"On March 3, 2026, from 9:15 AM PST to 11:45 AM PST, customers saw errors.", 2*hour + 30*time.Minute},
		{"no headline: a period of work", "Between 14:03 and 15:20 UTC we rolled out the new version.", 0},
		{"no headline: a period of something else", "Support is open from 9:00 to 17:00. The outage was total.", 0},
		{"no headline: two periods without dates", "An outage from 14:03 to 15:20, and again from 16:00 to 16:10.", 0},
		{"no headline: numbers that are no times", "Between 5 and 10 percent of requests failed.", 0},
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
				if seen[u.Text] {
					continue
				}
				if lengthFor.MatchString(u.Text) && Duration(u.Text) == 0 {
					t.Errorf("%s: nothing is read of %q", filepath.Base(file), lengthFor.FindString(u.Text))
				}
				if !hasHeadline(u.Text) {
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

// lengthFor is how Google writes the length of an incident into a sentence.
var lengthFor = regexp.MustCompile(`for a (?:total )?duration of (?:up to )?\d+ (?:hour|minute)`)

func hasHeadline(text string) bool {
	for line := range strings.Lines(text) {
		head, value, ok := strings.Cut(strings.ToLower(markdown.Plain(line)), "duration")
		if ok && len(head) < 20 && strings.HasPrefix(strings.TrimLeft(value, "* "), ":") {
			return true
		}
	}
	return false
}
