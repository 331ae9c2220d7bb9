package alert

import (
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/reporttest"
)

func TestQuietHours(t *testing.T) {
	berlin := reporttest.Zone(t, "Europe/Berlin")
	night := QuietSpan{22 * time.Hour, 7 * time.Hour}
	weekend := []time.Weekday{time.Saturday, time.Sunday}
	tests := []struct {
		name     string
		calm     Calm
		at, want string // in Calm.Zone; want is empty where it is not quiet
	}{
		{"no quiet hours", Calm{Zone: berlin}, "2026-11-23 03:00", ""},
		{"by day", Calm{Zone: berlin, Quiet: []QuietSpan{night}}, "2026-11-23 12:00", ""},
		{"before midnight", Calm{Zone: berlin, Quiet: []QuietSpan{night}}, "2026-11-23 23:30", "2026-11-24 07:00"},
		{"after midnight", Calm{Zone: berlin, Quiet: []QuietSpan{night}}, "2026-11-24 06:59", "2026-11-24 07:00"},
		{"at the first minute", Calm{Zone: berlin, Quiet: []QuietSpan{night}}, "2026-11-23 22:00", "2026-11-24 07:00"},
		{"at the last", Calm{Zone: berlin, Quiet: []QuietSpan{night}}, "2026-11-24 07:00", ""},
		{"the night in which the clocks go forward is as long on the wall",
			Calm{Zone: berlin, Quiet: []QuietSpan{night}}, "2026-03-28 23:00", "2026-03-29 07:00"},
		{"and the one in which they go back", Calm{Zone: berlin, Quiet: []QuietSpan{night}}, "2026-10-25 02:30",
			"2026-10-25 07:00"},
		{"within one day", Calm{Zone: berlin, Quiet: []QuietSpan{{12 * time.Hour, 13 * time.Hour}}}, "2026-11-23 12:30",
			"2026-11-23 13:00"},
		{"spans that touch are one", Calm{Zone: berlin, Quiet: []QuietSpan{night, {7 * time.Hour, 8 * time.Hour}}},
			"2026-11-23 23:00", "2026-11-24 08:00"},
		{"until midnight", Calm{Zone: berlin, Quiet: []QuietSpan{{20 * time.Hour, 24 * time.Hour}}}, "2026-11-23 21:00",
			"2026-11-24 00:00"},
		{"a weekend with its nights", Calm{Zone: berlin, Quiet: []QuietSpan{night}, QuietDays: weekend},
			"2026-11-27 22:30", "2026-11-30 07:00"},
		{"a weekend alone", Calm{Zone: berlin, QuietDays: weekend}, "2026-11-28 10:00", "2026-11-30 00:00"},
		{"the day after it", Calm{Zone: berlin, QuietDays: weekend}, "2026-11-30 00:00", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at, err := time.ParseInLocation("2006-01-02 15:04", tt.at, berlin)
			if err != nil {
				t.Fatal(err)
			}
			until, quiet := tt.calm.quietUntil(at)
			got := ""
			if quiet {
				got = until.In(berlin).Format("2006-01-02 15:04")
			}
			if got != tt.want {
				t.Errorf("quiet at %s until %q; want %q", tt.at, got, tt.want)
			}
		})
	}
}
