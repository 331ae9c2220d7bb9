package times

import (
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, text, near, zone, want string
	}{
		{"RFC 3339 with milliseconds", "2026-08-28T17:22:02.368Z", "", "", "2026-08-28T17:22:02.368Z"},
		{"RFC 3339 with an offset", "2019-11-22T14:00:00.5-08:00", "", "", "2019-11-22T22:00:00.500Z"},
		{"offset without a colon", "2021-02-19T22:34:10+0000", "", "", "2021-02-19T22:34:10.000Z"},
		{"Ruby's form", "2026-01-05 10:00:00 UTC", "", "", "2026-01-05T10:00:00.000Z"},
		{"no zone, the page has one", "2026-07-05T10:00:00", "", "America/New_York", "2026-07-05T14:00:00.000Z"},
		{"no zone anywhere is UTC", "2026-07-05 10:00", "", "", "2026-07-05T10:00:00.000Z"},
		{"RSS", "Tue, 21 Jan 2020 21:00:29 +0000", "", "", "2020-01-21T21:00:29.000Z"},
		{"RSS with GMT", "Tue, 21 Jan 2020 21:00:29 GMT", "", "", "2020-01-21T21:00:29.000Z"},
		{"a part of a second in prose", "Nov 8, 2025 14:07:05.25 UTC", "", "", "2025-11-08T14:07:05.250Z"},
		{"epoch seconds", "1746709641", "", "", "2025-05-08T13:07:21.000Z"},
		{"epoch milliseconds", "1746709641000", "", "", "2025-05-08T13:07:21.000Z"},
		{"aggregator", "Aug 29, 2025, 05:46 PM UTC", "", "", "2025-08-29T17:46:00.000Z"},
		{"midnight on a twelve-hour clock", "Aug 29, 2025, 12:04 AM UTC", "", "", "2025-08-29T00:04:00.000Z"},
		{"noon on a twelve-hour clock", "Aug 29, 2025, 12:04 PM UTC", "", "", "2025-08-29T12:04:00.000Z"},
		{"incident page", "Oct 16, 2025 - 12:42 EDT", "", "", "2025-10-16T16:42:00.000Z"},
		{"Posted in front", "Posted May 08, 2025 - 14:07 BST", "", "", "2025-05-08T13:07:00.000Z"},
		{"full month, day first", "8 November 2025 14:07 GMT", "", "", "2025-11-08T14:07:00.000Z"},
		{"weekday and ordinal", "Saturday, November 8th, 2025 at 2:07 pm PST", "", "", "2025-11-08T22:07:00.000Z"},
		{"space-padded day, year near", "Nov  2, 16:09 PST", "Nov 2, 2020", "", "2020-11-03T00:09:00.000Z"},
		{"January page about December", "Dec 28, 23:50 UTC", "2026-01-05", "", "2025-12-28T23:50:00.000Z"},
		{"December page about January", "Jan 3, 02:00 UTC", "2025-12-20", "", "2026-01-03T02:00:00.000Z"},
		{"leap day", "Feb 29, 22:00 GMT", "February 2024", "", "2024-02-29T22:00:00.000Z"},
		{"only the time, day near", "14:07 UTC", "2025-11-08", "", "2025-11-08T14:07:00.000Z"},
		{"offset as a zone", "Feb 3, 2021 - 09:00 GMT+08", "", "", "2021-02-03T01:00:00.000Z"},
		{"negative offset", "Feb 3, 2021 - 09:00 -03", "", "", "2021-02-03T12:00:00.000Z"},
		{"half-hour offset", "Feb 3, 2021 - 09:00 +0530", "", "", "2021-02-03T03:30:00.000Z"},
		{"MST", "Jan 12, 2021 - 09:00 MST", "", "", "2021-01-12T16:00:00.000Z"},
		{"EST", "Jan 12, 2021 - 09:00 EST", "", "", "2021-01-12T14:00:00.000Z"},
		{"CET", "Jan 12, 2021 - 09:00 CET", "", "", "2021-01-12T08:00:00.000Z"},
		{"JST", "Jan 12, 2021 - 09:00 JST", "", "", "2021-01-12T00:00:00.000Z"},
		{"KST", "Jan 12, 2021 - 09:00 KST", "", "", "2021-01-12T00:00:00.000Z"},
		{"AEDT", "Jan 12, 2021 - 09:00 AEDT", "", "", "2021-01-11T22:00:00.000Z"},
		{"NZDT", "Jan 12, 2021 - 09:00 NZDT", "", "", "2021-01-11T20:00:00.000Z"},
		{"PDT", "Jul 12, 2021 - 09:00 PDT", "", "", "2021-07-12T16:00:00.000Z"},
		{"IST where the page is Irish", "Jul 12, 2021 - 09:00 IST", "", "Dublin", "2021-07-12T08:00:00.000Z"},
		{"IST where the page says nothing is India's", "Jul 12, 2021 - 09:00 IST", "", "", "2021-07-12T03:30:00.000Z"},
		{"CST where the page is Chinese", "Jul 12, 2021 - 09:00 CST", "", "Beijing", "2021-07-12T01:00:00.000Z"},
		{"CST where the page is American", "Jan 12, 2021 - 09:00 CST", "", "Central Time (US & Canada)",
			"2021-01-12T15:00:00.000Z"},
		{"the repeated hour, before", "Nov 1, 2020 - 01:30 EDT", "", "America/New_York", "2020-11-01T05:30:00.000Z"},
		{"the repeated hour, after", "Nov 1, 2020 - 01:30 EST", "", "America/New_York", "2020-11-01T06:30:00.000Z"},
		{"PT without daylight saving said", "Jul 12, 2021, 9:00 AM PT", "", "", "2021-07-12T16:00:00.000Z"},
		{"a date alone is its midnight", "May 1, 2026", "", "", "2026-05-01T00:00:00.000Z"},
		{"no-break space", "Nov\u00a02, 2020\u00a016:09 UTC", "", "", "2020-11-02T16:09:00.000Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(Printed{Text: tt.text, Near: tt.near}, tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			if Format(got) != tt.want {
				t.Errorf("Parse(%q near %q in %q) = %s, want %s", tt.text, tt.near, tt.zone, Format(got), tt.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "—", "soon", "5 minutes ago", "Nov 2, 16:09 PST", // no year near
		"Feb 30, 2024 10:00 UTC", "Feb 29, 2023 10:00 UTC", "Nov 2, 2020 25:00 UTC", "Nov 2, 2020 10:61 UTC",
		"Nov 2, 2020 13:00 XYZT", "Nov 2, 2020 9:00 GMT+25", "14:07 UTC", "Nov 2, 0020 10:00 UTC", "12/11/2020",
		"99999999999999999",
	} {
		if got, err := Parse(Printed{Text: text}, ""); err == nil {
			t.Errorf("Parse(%q) = %s, want an error", text, Format(got))
		} else if !got.IsZero() {
			t.Errorf("Parse(%q) gives an error and the time %s", text, got)
		}
	}
}

func TestParsePeriod(t *testing.T) {
	tests := []struct{ name, text, near, start, end string }{
		{"within a day", "Feb 29, 22:00 - 23:00 GMT", "February 2024", "2024-02-29T22:00:00.000Z",
			"2024-02-29T23:00:00.000Z"},
		{"without length", "Jan 31, 22:31 - 22:31 UTC", "January 2024", "2024-01-31T22:31:00.000Z",
			"2024-01-31T22:31:00.000Z"},
		{"across midnight", "Jan 30, 22:00 - Jan 31, 06:00 CET", "2021-01-20", "2021-01-30T21:00:00.000Z",
			"2021-01-31T05:00:00.000Z"},
		{"across midnight without a date", "Jan 30, 22:00 - 06:00 UTC", "January 2021", "2021-01-30T22:00:00.000Z",
			"2021-01-31T06:00:00.000Z"},
		{"across the year", "Dec 31, 22:00 - Jan 1, 02:00 UTC", "December 2025", "2025-12-31T22:00:00.000Z",
			"2026-01-01T02:00:00.000Z"},
		{"across the year, year printed at the end", "Dec 31, 22:00 - Jan 1, 2026 02:00 UTC", "",
			"2025-12-31T22:00:00.000Z", "2026-01-01T02:00:00.000Z"},
		{"across a change of the clocks", "Mar 28, 23:00 PST - Mar 29, 05:00 PDT", "March 2026",
			"2026-03-29T07:00:00.000Z", "2026-03-29T12:00:00.000Z"},
		{"across a change to winter time, its zone beside the end only", "Oct 25, 01:00 - 02:03 CET", "October 2026",
			"2026-10-24T23:00:00.000Z", "2026-10-25T01:03:00.000Z"},
		{"across a change to summer time, its zone beside the end only", "Mar 29, 01:30 - 03:10 CEST", "March 2026",
			"2026-03-29T00:30:00.000Z", "2026-03-29T01:10:00.000Z"},
		{"across a change on the other side of the world", "Nov 1, 00:30 - 03:00 PST", "November 2026",
			"2026-11-01T07:30:00.000Z", "2026-11-01T11:00:00.000Z"},
		{"the day before a change", "Oct 24, 01:00 - 02:03 CEST", "October 2026", "2026-10-23T23:00:00.000Z",
			"2026-10-24T00:03:00.000Z"},
		{"a start alone", "Feb 29, 22:00 GMT", "February 2024", "2024-02-29T22:00:00.000Z", ""},
		{"the date's own dash is no period", "Oct 16, 2025 - 12:42 EDT", "", "2025-10-16T16:42:00.000Z", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start, end, err := ParsePeriod(Printed{Text: tt.text, Near: tt.near}, "")
			if err != nil {
				t.Fatal(err)
			}
			if Format(start) != tt.start || Format(end) != tt.end {
				t.Errorf("got %s to %s, want %s to %s", Format(start), Format(end), tt.start, tt.end)
			}
		})
	}
}

// Whatever is printed, reading it does not panic, and what is read can be stored and read back.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"Aug 29, 2025, 05:46 PM UTC", "Nov 2, 16:09 PST", "Feb 29, 22:00 - 23:00 GMT",
		"1746709641000", "2026-08-28T17:22:02.368Z", "Oct 16, 2025 - 12:42 GMT+08", "24:00",
		"Dec 31, 22:00 - Jan 1, 2026 02:00 UTC"} {
		f.Add(s, "2026-01-05", "London")
	}
	f.Fuzz(func(t *testing.T, text, near, zone string) {
		if at, err := Parse(Printed{Text: text, Near: near}, zone); err == nil {
			back, err := time.Parse(Layout, Format(at))
			if err != nil || !back.Equal(at) {
				t.Fatalf("%q was read as %s, which reads back as %s (%v)", text, at, back, err)
			}
		}
		start, end, err := ParsePeriod(Printed{Text: text, Near: near}, zone)
		if err == nil && !end.IsZero() && Format(start) == "" {
			t.Fatalf("%q has an end and no start", text)
		}
	})
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }
