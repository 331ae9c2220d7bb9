package db_test

import (
	"strings"
	"testing"
	"time"
)

func TestImpactDuring(t *testing.T) {
	f := newFile(t)
	f.save(seen(t0,
		outage("long-over", after(-100*hour), "investigating", "resolved"),
		outage("just-over", after(-hour), "investigating", "monitoring", "resolved"),
		outage("open", after(-50*hour), "investigating"),
		outage("later", after(20*hour), "investigating", "resolved"),
		work("work", after(hour), "scheduled")))
	for _, c := range []struct {
		since, until time.Duration
		want         string
	}{
		{-24 * hour, 24 * hour, "open just-over later"},
		{-24 * hour, 0, "open just-over"},
		{-55 * time.Minute, 0, "open just-over"}, // it went on for ten minutes
		{-49 * time.Minute, 0, "open"},
		{-200 * hour, -99 * hour, "long-over"},
		{-200 * hour, -101 * hour, ""},
	} {
		got, err := f.ImpactDuring(t.Context(), after(c.since), after(c.until))
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, i := range got {
			keys = append(keys, f.rows(`SELECT source_key FROM incidents WHERE incident_id = ?`, i.IncidentID)...)
		}
		if s := strings.Join(keys, " "); s != c.want {
			t.Errorf("from %s to %s: %q, want %q", c.since, c.until, s, c.want)
		}
	}
}
