package pagestate

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestPointsIncludeBothEnds(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 23, 9, minute, 0, 0, time.UTC) }
	readings := []Reading{{At: at(0), Until: at(10)}, {At: at(20), Until: at(20)}}
	for want, limits := range map[string][2]time.Time{
		"0 10 20": {}, "10 20": {at(10), {}}, "0 10": {{}, at(10)}, "10": {at(1), at(19)}, "20": {at(20), at(20)},
		"": {at(21), {}},
	} {
		var got []string
		for _, p := range Points(readings, limits[0], limits[1]) {
			got = append(got, strconv.Itoa(p.At.Minute()))
			if !p.At.Equal(p.Until) {
				t.Errorf("a point lasts from %s to %s", p.At, p.Until)
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("from %s to %s: %q, want %q", limits[0], limits[1], text, want)
		}
	}
}

func TestQuotesThePageOnlyWhereItsWordDecides(t *testing.T) {
	for _, c := range []struct {
		because Because
		word    string
		quoted  bool
	}{{ByPage, "Major outage", true}, {ByPage, "", false}, {ByComponent, "All systems go", false}} {
		if got := said(Reading{Because: c.because, Word: c.word}); (got != "") != c.quoted {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
