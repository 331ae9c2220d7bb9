package config

import (
	"strings"
	"testing"
	"time"
)

func TestParseSchedule(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	// A Sunday in Berlin's winter time.
	now := time.Date(2026, time.November, 22, 12, 0, 30, 0, time.UTC)
	tests := []struct {
		line string
		next string // after now, in UTC
		err  string // part of the message
	}{
		{line: "*/5 * * * *", next: "2026-11-22T12:05:00Z"},
		{line: "  */5   * * * *  ", next: "2026-11-22T12:05:00Z"},
		{line: "0 9 * * 1-5", next: "2026-11-23T08:00:00Z"},
		{line: "0 9 * * mon-FRI", next: "2026-11-23T08:00:00Z"},
		{line: "0 9 ? * *", next: "2026-11-23T08:00:00Z"},
		{line: "5,35 * * * *", next: "2026-11-22T12:05:00Z"},
		{line: "30 2 29 3 *", next: "2027-03-29T00:30:00Z"}, // skipped by daylight saving in 2026
		{line: "@daily", next: "2026-11-22T23:00:00Z"},
		{line: "@hourly", next: "2026-11-22T13:00:00Z"},
		{line: "@yearly", next: "2026-12-31T23:00:00Z"},
		{line: "@every 10s", next: "2026-11-22T12:00:40Z"},
		{line: "@every 90s", next: "2026-11-22T12:02:00Z"},
		{line: "@every  2h", next: "2026-11-22T14:00:30Z"},
		{line: "CRON_TZ=America/New_York 0 9 * * *", next: "2026-11-22T14:00:00Z"},
		{line: "TZ=UTC 0 9 * * *", next: "2026-11-23T09:00:00Z"},
		{line: "CRON_TZ=UTC @daily", next: "2026-11-23T00:00:00Z"},

		{line: "", err: "there is no cron line"},
		{line: "   ", err: "there is no cron line"},
		{line: "TZ=UTC", err: "there is no cron line"},             // the library panics
		{line: "TZ=UTC@daily", err: `"UTC@daily" is not a time`},   // the library panics
		{line: "CRON_TZ=", err: `"" is not a time zone`},           // the library panics
		{line: "CRON_TZ=Local 0 9 * * *", err: `"Local" is not a`}, // differs between machines
		{line: "CRON_TZ=Europe/Berln 0 9 * * *", err: `write "Europe/Berlin"`},
		{line: "TZ=../../etc/passwd 0 9 * * *", err: "is not a time zone"},
		{line: "* * * *", err: "has 4 fields instead of five"},
		{line: "0 */5 * * * *", err: "has 6 fields instead of five"},
		{line: "9:00", err: "has 1 field instead of five"},
		{line: "61 * * * *", err: "minute: end of range (61) above maximum (59)"},
		{line: "* 24 * * *", err: "hour: end of range (24)"},
		{line: "* * 0 * *", err: "day of month: beginning of range (0)"},
		{line: "* * * 13 *", err: "month: end of range (13)"},
		{line: "0 9 * * 7", err: "Sunday is 0"},
		{line: "0 9 * * 1-7", err: "day of week: end of range (7)"},
		{line: "*/0 * * * *", err: "minute: step of range"},
		{line: "*/90 * * * *", err: "steps beyond 59"}, // the library reads it as once an hour
		{line: "*-5 * * * *", err: "cannot be understood"},
		{line: ", * * * *", err: "cannot be understood"},
		{line: "1,,2 * * * *", err: "cannot be understood"},
		{line: "+5 * * * *", err: "cannot be understood"},
		{line: "5- * * * *", err: "cannot be understood"},
		{line: "30-10 * * * *", err: "minute: beginning of range (30) beyond end"},
		{line: "* * * foo *", err: "month: failed to parse"},
		{line: "0 0 31 2 *", err: "does not fire every year"}, // never
		{line: "0 0 29 2 *", err: "does not fire every year"}, // in leap years
		{line: "@every 9s", err: "more often than every 10s"},
		{line: "@every 0s", err: "more often than every 10s"},
		{line: "@every -5m", err: "more often than every 10s"},
		{line: "@every 9000h", err: "does not fire every year"},
		{line: "@every", err: "no duration after @every"},
		{line: "@every5m", next: "2026-11-22T12:05:30Z"},
		{line: "@every 5", err: "no duration after @every"},
		{line: "@reboot", err: "unrecognized descriptor"},
	}
	for _, tt := range tests {
		s, err := ParseSchedule(tt.line, berlin)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) || !strings.Contains(err.Error(), "; write ") {
				t.Errorf("%q: error %v; want one with %q that says what to write", tt.line, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tt.line, err)
			continue
		}
		if next := s.Next(now).UTC().Format(time.RFC3339); next != tt.next {
			t.Errorf("%q fires next at %s; want %s", tt.line, next, tt.next)
		}
	}
}

func TestParseScheduleWithoutZoneIsUTC(t *testing.T) {
	s, err := ParseSchedule("0 9 * * *", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := s.Next(time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("", -5*3600)))
	if want := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("next %v; want %v", got, want)
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, line := range []string{"*/5 * * * *", "0 9 * * 1-5", "@every 90s", "@daily", "TZ=UTC",
		"CRON_TZ=Europe/Berlin 0 9 * * *",
		"TZ=UTC@daily", "0 0 31 2 *", "@every -5m", ", * * * *", "*/90 1-2/3 ? jan sun"} {
		f.Add(line)
	}
	from := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, line string) {
		s, err := ParseSchedule(line, time.UTC)
		if err != nil {
			if !strings.Contains(err.Error(), "; write ") {
				t.Errorf("%q: %v does not say what to write", line, err)
			}
			return
		}
		first := s.Next(from)
		second := s.Next(first)
		if first.IsZero() || first.After(from.AddDate(2, 0, 1)) || second.Sub(first) < shortestInterval {
			t.Errorf("%q fires at %v and %v", line, first, second)
		}
	})
}

func TestParseZone(t *testing.T) {
	for _, name := range strings.Fields(zoneNames) {
		if _, err := ParseZone(name); err != nil {
			t.Errorf("a zone that is suggested: %v", err)
		}
	}
	for name, write := range map[string]string{
		"Berlin":        `write "Europe/Berlin"`,
		"europe/berlin": `write "Europe/Berlin"`,
		"Europe/Berln":  `write "Europe/Berlin"`,
		"New York":      `write "America/New_York"`,
		"PST":           `write "America/Los_Angeles"`,
		"cest":          `write "Europe/Berlin"`,
		"Local":         "write an IANA name",
		"":              "write an IANA name",
		"Middle-earth":  "write an IANA name",
		"../passwd":     "write an IANA name",
	} {
		if _, err := ParseZone(name); err == nil || !strings.Contains(err.Error(), write) {
			t.Errorf("ParseZone(%q) = %v; want an error with %q", name, err, write)
		}
	}
	for _, zone := range zoneOfAbbreviation {
		if _, err := ParseZone(zone); err != nil {
			t.Error(err)
		}
	}
}
