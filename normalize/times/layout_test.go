package times

import (
	"testing"

	"pgregory.net/rapid"
)

// TestParseInALayout holds what a text means whose form is known beforehand.
func TestParseInALayout(t *testing.T) {
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
		got, err := Parse(Printed{Text: c.text, Layout: c.layout, Near: c.near}, c.zone)
		if err != nil || Format(got) != c.want {
			t.Errorf("%q in %q near %q in %q = %s, %v; want %s", c.text, c.layout, c.near, c.zone, Format(got), err,
				c.want)
		}
	}
}

// TestParseRefusesAnotherLayout holds that a text of another form is not guessed at.
func TestParseRefusesAnotherLayout(t *testing.T) {
	for _, c := range []struct{ text, layout, near string }{
		{"2026-04-03T14:05:00Z", "02.01.2006 15:04", ""},
		{"31.02.2026 14:05", "02.01.2006 15:04", ""},
		{"03.04.2026 14:05 XQZ", "02.01.2006 15:04 MST", ""},
		{"31.12. 23:50", "02.01. 15:04", ""},
		{"14:05", "15:04", ""},
		{"", "15:04", "2026-01-02"},
	} {
		if got, err := Parse(Printed{Text: c.text, Layout: c.layout, Near: c.near}, ""); err == nil {
			t.Errorf("%q in %q is read as %s", c.text, c.layout, Format(got))
		}
	}
}

// TestLayoutsInOtherLanguages holds that a layout may name its months and weekdays in a language, and that AM and PM
// are read in any spelling.
func TestLayoutsInOtherLanguages(t *testing.T) {
	for _, c := range []struct{ text, layout, language, want string }{
		{"27. November 2026 10:15", "2. January 2006 15:04", "de", "2026-11-27T10:15"},
		{"Fr., 27. Nov. 2026, 10:15", "Mon., 2. Jan. 2006, 15:04", "de", "2026-11-27T10:15"},
		{"Freitag, 27. März 2026", "Monday, 2. January 2006", "de", "2026-03-27T00:00"},
		{"27 nov. 2026", "2 Jan 2006", "fr", "2026-11-27T00:00"},
		{"mar. 3 mar. 2026 10:15", "Mon 2 Jan 2006 15:04", "es", "2026-03-03T10:15"},
		{"mar 3 mars 2026", "Mon 2 January 2006", "fr", "2026-03-03T00:00"},
		{"27 de noviembre de 2026 10:15 p. m.", "2 de January de 2006 3:04 PM", "es", "2026-11-27T22:15"},
		{"27. listopada 2026.", "2. January 2006.", "hr", "2026-10-27T00:00"},
		{"27 listopada 2026", "2 January 2006", "pl", "2026-11-27T00:00"},
		{"27 ноября 2026 г. 10:15", "2 January 2006 г. 15:04", "ru", "2026-11-27T10:15"},
		{"11/27/2026 10:15 pm", "01/02/2006 3:04 PM", "", "2026-11-27T22:15"},
		{"11/27/2026 10:15 Pm", "01/02/2006 3:04 pm", "", "2026-11-27T22:15"},
		{"11/27/2026 10:15a.m.", "01/02/2006 3:04PM", "", "2026-11-27T10:15"},
		{"11/27/2026 12:15 A.M.", "01/02/2006 3:04 pm", "", "2026-11-27T00:15"},
		{"Friday 27/11/2026", "Monday 02/01/2006", "en", "2026-11-27T00:00"},
	} {
		got, err := Parse(Printed{Text: c.text, Layout: c.layout, Language: c.language}, "")
		if err != nil || Format(got) != c.want+":00.000Z" {
			t.Errorf("%q in %q, %q: %s, %v; want %s", c.text, c.layout, c.language, Format(got), err, c.want)
		}
	}
	for _, c := range []struct{ text, layout, language string }{
		{"27 November 2026", "2 January 2006", "xx"},
		{"27 novembre 2026", "2 January 2006", "de"},
		{"27 November 2026 22:15 XM", "2 January 2006 15:04 PM", "de"},
		{"Friday 10:15", "Monday 15:04", ""}, // a weekday is no date
	} {
		if got, err := Parse(Printed{Text: c.text, Layout: c.layout, Language: c.language}, ""); err == nil {
			t.Errorf("%q in %q, %q is read as %s", c.text, c.layout, c.language, Format(got))
		}
	}
}

// What is printed in a layout is read in it.
func TestLayoutsReadWhatTheyPrint(t *testing.T) {
	layouts := []string{
		"02.01.2006 15:04", "01/02/2006 3:04 PM", "2006-01-02T15:04:05-07:00", "Monday, January 2, 2006 15:04 MST",
		"Jan _2 15:04", "2 Jan 06 15:04", "15:04 on 2/1/2006", "20060102150405",
	}
	rapid.Check(t, func(t *rapid.T) {
		at := utc("2000-01-01T00:00:00Z").Add(minutes(rapid.IntRange(0, 30*365*24*60).Draw(t, "minutes")))
		layout := rapid.SampledFrom(layouts).Draw(t, "layout")
		if err := CheckLayout(layout); err != nil {
			t.Fatal(err)
		}
		text := at.Format(layout)
		got, err := Parse(Printed{Text: text, Layout: layout, Near: Format(at.AddDate(0, 0, 3))}, "")
		if err != nil || !got.Equal(at) {
			t.Fatalf("%q in %q: %s, %v", text, layout, Format(got), err)
		}
	})
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
