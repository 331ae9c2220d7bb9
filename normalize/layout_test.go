package normalize

import "testing"

// TestParseTimeInALayout holds what a text means whose form is known beforehand.
func TestParseTimeInALayout(t *testing.T) {
	for _, c := range []struct{ text, layout, near, zone, want string }{
		{"03.04.2026 14:05", "02.01.2006 15:04", "", "", "2026-04-03T14:05:00.000Z"},
		{"03/04/2026 14:05", "01/02/2006 15:04", "", "", "2026-03-04T14:05:00.000Z"},
		{"03.04.2026\u00a0 14:05", "02.01.2006 15:04", "", "Europe/Berlin", "2026-04-03T12:05:00.000Z"},
		{"03.04.2026 14:05 EDT", "02.01.2006 15:04 MST", "", "", "2026-04-03T18:05:00.000Z"},
		{"03.04.2026 14:05 CEST", "02.01.2006 15:04 MST", "", "America/New_York", "2026-04-03T12:05:00.000Z"},
		{"03.04.2026 14:05 +0530", "02.01.2006 15:04 -0700", "", "Europe/Berlin", "2026-04-03T08:35:00.000Z"},
		{"03.04.2026 14:05 Z", "02.01.2006 15:04 Z07:00", "", "Europe/Berlin", "2026-04-03T14:05:00.000Z"},
		{"31.12. 23:50", "02.01. 15:04", "2026-01-02T10:00:00Z", "", "2025-12-31T23:50:00.000Z"},
		{"23:50", "15:04", "2026-01-02", "", "2026-01-02T23:50:00.000Z"},
		{"20260403", "20060102", "", "", "2026-04-03T00:00:00.000Z"},
	} {
		got, err := ParseTime(RawTime{Text: c.text, Layout: c.layout, Near: c.near}, c.zone)
		if err != nil || FormatTime(got) != c.want {
			t.Errorf("%q in %q near %q in %q = %s, %v; want %s", c.text, c.layout, c.near, c.zone, FormatTime(got), err, c.want)
		}
	}
}

// TestParseTimeRefusesAnotherLayout holds that a text of another form is not guessed at.
func TestParseTimeRefusesAnotherLayout(t *testing.T) {
	for _, c := range []struct{ text, layout, near string }{
		{"2026-04-03T14:05:00Z", "02.01.2006 15:04", ""},
		{"31.02.2026 14:05", "02.01.2006 15:04", ""},
		{"03.04.2026 14:05 XQZ", "02.01.2006 15:04 MST", ""},
		{"31.12. 23:50", "02.01. 15:04", ""},
		{"14:05", "15:04", ""},
		{"", "15:04", "2026-01-02"},
	} {
		if got, err := ParseTime(RawTime{Text: c.text, Layout: c.layout, Near: c.near}, ""); err == nil {
			t.Errorf("%q in %q is read as %s", c.text, c.layout, FormatTime(got))
		}
	}
}

func TestCheckLayout(t *testing.T) {
	for layout, ok := range map[string]bool{
		"02.01.2006 15:04": true, "15:04": true, "Jan 2": true, "3 PM": true,
		"": false, "2006": false, "DD.MM.YYYY": false, "MST": false, "today": false,
	} {
		if err := CheckLayout(layout); (err == nil) != ok {
			t.Errorf("CheckLayout(%q) = %v", layout, err)
		}
	}
}
