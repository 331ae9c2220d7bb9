package pages

import (
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/web/trends"
	"vendorwatch/normalize"
)

// TestPartlyKnown holds that no time of which a part is not known is drawn or written as time without impact.
func TestPartlyKnown(t *testing.T) {
	hour := time.Hour
	known := func(seen float64, impact time.Duration, unknown int) trends.Cell {
		return trends.Cell{Known: true, Stated: true, Seen: seen, Impact: impact, Unknown: unknown}
	}
	for name, c := range map[string]struct {
		cell               trends.Cell
		class, words, year string
	}{
		"all known":           {known(1, 0, 0), "f-heat0", "0 h", "y-well"},
		"all known, impact":   {known(1, hour, 0), "f-heat2", "1 h", ""},
		"nothing known":       {trends.Cell{}, "f-unseen", "–", "y-unseen"},
		"a part known":        {known(.25, 0, 0), "f-partly", "≥ 0 h", "y-partly"},
		"nearly all known":    {known(.999, 0, 0), "f-partly", "≥ 0 h", "y-partly"},
		"a part, impact":      {known(.5, hour, 0), "f-heat2", "≥ 1 h", ""},
		"of unknown length":   {trends.Cell{Known: true, Seen: 1, Unknown: 1}, "f-unseen", "–", ""},
		"of 0 and of unknown": {known(1, 0, 1), "f-partly", "≥ 0 h", ""},
	} {
		if got := heatClass(c.cell); got != c.class {
			t.Errorf("%s is drawn as %s, want %s", name, got, c.class)
		}
		if got := heatWords(c.cell); got != c.words {
			t.Errorf("%s is told as %s, want %s", name, got, c.words)
		}
		if c.year == "" {
			continue
		}
		year := drawYear([]trends.Day{{At: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Cell: c.cell}})
		if len(year.Paths) != 1 || year.Paths[0].Class != c.year {
			t.Errorf("a day of %s is drawn as %+v, want %s", name, year.Paths, c.year)
		}
	}
	if got := monthHours(trends.Month{Days: 30, Partly: 1}); got != "≥ 0 h" {
		t.Errorf("a month of which a part is not known has %s of impact", got)
	}
	half := trends.Cell{Known: true, Seen: .5}
	year := drawYear([]trends.Day{{At: time.Now(), Cell: half, Worst: normalize.SeverityMinor},
		{At: time.Now(), Cell: half}})
	for _, words := range []string{"1 with incidents", "1 without incidents of which a part is not known"} {
		if !strings.Contains(year.Words, words) {
			t.Errorf("%q does not say %q", year.Words, words)
		}
	}
}
