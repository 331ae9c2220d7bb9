package times

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// periodText is what a period is tested by: what is printed, the date near by, the page's zone and the two times.
type periodText struct{ text, near, zone, start, end string }

func (c periodText) check(t *testing.T, start, end time.Time, err error) {
	t.Helper()
	got, want := Format(start)+" to "+Format(end), c.start+" to "+c.end
	short := strings.NewReplacer(":00.000Z", "")
	if short.Replace(got) != want || err != nil {
		t.Errorf("%q near %q in %q: %s, %v; want %s", c.text, c.near, c.zone, short.Replace(got), err, want)
	}
}

// TestPeriodsShareWhatIsPrintedOnce holds that a date, a zone and AM or PM beside one of the times hold for both.
func TestPeriodsShareWhatIsPrintedOnce(t *testing.T) {
	for _, c := range []periodText{
		{"May 3, 2026, 2:50 - 4:55 AM", "", "", "2026-05-03T02:50", "2026-05-03T04:55"},
		{"May 3, 2026, 2:50 - 4:55 PM", "", "", "2026-05-03T14:50", "2026-05-03T16:55"},
		{"May 3, 2026, 11:30 - 12:15 PM", "", "", "2026-05-03T11:30", "2026-05-03T12:15"},
		{"May 3, 2026, 11:50 - 1:10 AM", "", "", "2026-05-03T23:50", "2026-05-04T01:10"},
		{"May 3, 2026, 12:10 - 1:10 AM", "", "", "2026-05-03T00:10", "2026-05-03T01:10"},
		{"May 3, 2026, 11:50 PM - 1:10", "", "", "2026-05-03T23:50", "2026-05-04T01:10"},
		{"May 3, 2026, 9:50 AM - 1:10", "", "", "2026-05-03T09:50", "2026-05-03T13:10"},
		{"May 3, 2026, 14:50 - 4:55 PM", "", "", "2026-05-03T14:50", "2026-05-03T16:55"},
		{"May 3, 2026, 0:50 - 4:55 PM", "", "", "2026-05-03T00:50", "2026-05-03T16:55"},
		{"May 3, 2026 2:50 - May 4, 2026 4:55 PM", "", "", "2026-05-03T14:50", "2026-05-04T16:55"},
		{"May 3, 2026, 2 - 4 PM", "", "", "2026-05-03T14:00", "2026-05-03T16:00"},
		{"May 3, 2026, 2-4:30pm", "", "", "2026-05-03T14:00", "2026-05-03T16:30"},
		{"May 3, 2026, 22:00 EDT - 23:00", "", "", "2026-05-04T02:00", "2026-05-04T03:00"},
		{"May 3, 2026, 22:00 - 23:00 EDT", "", "Europe/Berlin", "2026-05-04T02:00", "2026-05-04T03:00"},
		{"May 3, 2026, 22:00 EDT - 05:00 CEST", "", "", "2026-05-04T02:00", "2026-05-04T03:00"},
		{"2026-05-03 07:56 - 10:24 US/Pacific", "", "", "2026-05-03T14:56", "2026-05-03T17:24"},
		{"Mar 28, 23:00 PST - Mar 29, 05:00", "March 2026", "", "2026-03-29T07:00", "2026-03-29T13:00"},
		{"22:00 - 23:00 UTC on May 3, 2026", "", "", "2026-05-03T22:00", "2026-05-03T23:00"},
		{"23:00 - 1:00 UTC on May 3, 2026", "", "", "2026-05-02T23:00", "2026-05-03T01:00"},
		{"22:00 - 23:00 PST", "2026-03-01", "", "2026-03-02T06:00", "2026-03-02T07:00"},
		{"between 2 and 4:55 AM on May 3, 2026", "", "", "2026-05-03T02:00", "2026-05-03T04:55"},
		{"May 3, 2026, from 22:00 to 23:00", "", "", "2026-05-03T22:00", "2026-05-03T23:00"},
		{"22:00–23:00 UTC, May 3, 2026", "", "", "2026-05-03T22:00", "2026-05-03T23:00"},
		{"2026-05-03T22:00:00Z - 2026-05-04T01:00:00+01:00", "", "", "2026-05-03T22:00", "2026-05-04T00:00"},
		{"2026-05-03T22:00Z/2026-05-03T23:00Z", "", "", "2026-05-03T22:00", "2026-05-03T23:00"},
		{"3. Mai 2026, 22:00 bis 23:00 Uhr", "", "Europe/Berlin", "2026-05-03T20:00", "2026-05-03T21:00"},
		{"3 mai 2026 de 22h00 à 23h30", "", "", "2026-05-03T22:00", "2026-05-03T23:30"},
		{"2026年5月3日 22:00 ～ 23:00", "", "", "2026-05-03T22:00", "2026-05-03T23:00"},
		{"Oct 25, 01:00 - 02:03 MEZ", "October 2026", "", "2026-10-24T23:00", "2026-10-25T01:03"},
		{"Oct 25, 00:30 CEST - 02:40", "October 2026", "", "2026-10-24T22:30", "2026-10-25T00:40"},
		{"Oct 25, 00:30 CEST - 03:40", "October 2026", "", "2026-10-24T22:30", "2026-10-25T02:40"},
		{"Dec 31, 22:00 - Jan 1, 2026 02:00 UTC", "", "", "2025-12-31T22:00", "2026-01-01T02:00"},
		{"Jan 1, 2026 22:00 - Jan 2 02:00 UTC", "", "", "2026-01-01T22:00", "2026-01-02T02:00"},
	} {
		start, end, err := ParsePeriod(Printed{Text: c.text, Near: c.near}, c.zone)
		c.check(t, start, end, err)
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	for _, c := range []Printed{
		{Text: ""}, {Text: "soon"}, {Text: "22:00 - 23:00"}, {Text: "May 3, 22:00 - 23:00"}, {Text: "May 3 - May 4"},
		{Text: "Feb 30, 2026 22:00 - 23:00"}, {Text: "May 3, 2026 22:00 - Feb 29, 2026 23:00"},
		{Text: "May 3, 2026 22:00 - 25:00"},
		{Text: "May 3, 0026 22:00 - 23:00"}, {Text: "May 3, 2026 22:00 XQT - 23:00"},
		{Text: "22:00 - 23:00", Near: "nonsense"},
		{Text: "May 3, 2026 22:00 - May 4, 3026 23:00"}, {Text: "22:00 - Feb 30, 2026 23:00"},
		{Text: "22:00 - May 4, 2026 23:00 XQT"},
	} {
		start, end, err := ParsePeriod(c, "")
		if err == nil || !start.IsZero() || !end.IsZero() {
			t.Errorf("%q: %s to %s, %v", c.Text, Format(start), Format(end), err)
		}
	}
}

// However little of a period is printed twice, both of its times are read as they were.
func TestPeriodsAreReadAsPrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "America/New_York", "Europe/Berlin",
			"Asia/Tokyo"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		start := utc("2024-01-01T00:00:00Z").Add(time.Duration(rapid.IntRange(0, 1000*24*60).Draw(t,
			"start")) * time.Minute).In(loc)
		end := start.Add(time.Duration(rapid.IntRange(1, 11*60).Draw(t, "length")) * time.Minute)
		if _, before := start.Zone(); before != offsetOf(end) || before != offsetOf(start.Add(-3*time.Hour)) {
			t.Skip() // the clocks are changed: an hour is printed twice
		}
		clocks := rapid.SampledFrom([][2]string{
			{"15:04", "15:04"}, {"3:04 PM", "3:04 PM"}, {"3:04", "3:04 PM"}, {"3:04pm", "3:04pm"},
			{"15:04 MST", "15:04"}, {"3:04", "3:04pm MST"},
		}).Draw(t, "clocks")
		separator := rapid.SampledFrom([]string{" - ", " – ", " to ", " until "}).Draw(t, "separator")
		day := start.Format("January 2, 2006")
		text := day + ", " + start.Format(clocks[0]) + separator + end.Format(clocks[1])
		if rapid.Bool().Draw(t, "behind") {
			text = start.Format(clocks[0]) + separator + end.Format(clocks[1]) + ", " + end.Format("2 January 2006")
		}
		from, to, err := ParsePeriod(Printed{Text: text}, loc.String())
		if err != nil || !from.Equal(start) || !to.Equal(end) {
			t.Fatalf("%q in %s: %s to %s, %v; want %s to %s", text, loc, Format(from), Format(to), err, Format(start),
				Format(end))
		}
		posted := end.Add(time.Duration(rapid.IntRange(0, 12*60).Draw(t, "posted")) * time.Minute)
		prose := "Between " + start.Format("3:04") + " and " + end.Format("3:04 PM -07:00") + " some requests failed."
		from, to, err = PeriodIn(prose, posted, "")
		if err != nil || !from.Equal(start) || !to.Equal(end) {
			t.Fatalf("%q, posted %s: %s to %s, %v", prose, Format(posted), Format(from), Format(to), err)
		}
	})
}

func offsetOf(t time.Time) int {
	_, offset := t.Zone()
	return offset
}

func TestPeriodIn(t *testing.T) {
	const posted = "2026-05-03T14:30:00Z"
	for _, c := range []periodText{
		{"Between 2:50 and 4:55 AM some requests failed.", posted, "", "2026-05-03T02:50", "2026-05-03T04:55"},
		{"Between 2:50 AM and 4:55 AM PDT, we saw errors. They are gone.", posted, "", "2026-05-03T09:50",
			"2026-05-03T11:55"},
		{"Between 2:50 and 4:55 AM, we saw errors.", posted, "America/Los_Angeles", "2026-05-03T09:50",
			"2026-05-03T11:55"},
		{"Between 02:50 UTC and 04:55, errors.", posted, "", "2026-05-03T02:50", "2026-05-03T04:55"},
		{"Between approximately 2:50 and about 4:55 AM it was down", posted, "", "2026-05-03T02:50",
			"2026-05-03T04:55"},
		{"between 2:50-4:55 AM", posted, "", "2026-05-03T02:50", "2026-05-03T04:55"},
		{"From 11:50 PM to 1:10 AM UTC, logins failed.", posted, "", "2026-05-02T23:50", "2026-05-03T01:10"},
		{"from 20:00 until 21:30 UTC", posted, "", "2026-05-02T20:00", "2026-05-02T21:30"},
		{"Errors were seen from 10:00 to 11:30 UTC on 2 May.", posted, "", "2026-05-02T10:00", "2026-05-02T11:30"},
		{"On May 1st, 2026, between 10:00 and 11:30 UTC, errors were seen", posted, "", "2026-05-01T10:00",
			"2026-05-01T11:30"},
		{"It is over. On Friday, 1 May: between 10:00 and 11:30 UTC", posted, "", "2026-05-01T10:00",
			"2026-05-01T11:30"},
		{"Between May 1, 11:50 PM and May 2, 1:10 AM UTC", posted, "", "2026-05-01T23:50", "2026-05-02T01:10"},
		{"The incident began at 10:00 UTC and ended at 11:30 UTC.", posted, "", "2026-05-03T10:00", "2026-05-03T11:30"},
		{"Impact started on May 2 at 10:00 and was resolved at 11:30", posted, "", "2026-05-02T10:00",
			"2026-05-02T11:30"},
		{"Started: 2026-05-02 10:00, ended: 2026-05-02 11:30 (all times UTC)", posted, "", "2026-05-02T10:00",
			"2026-05-02T11:30"},
		{"Starting at 10:00 UTC through 11:30 UTC 12 servers were down", posted, "", "2026-05-03T10:00",
			"2026-05-03T11:30"},
		{"Between 10:00 and 11:30 may have been slow, est. 5 %", posted, "", "2026-05-03T10:00", "2026-05-03T11:30"},
		{"Between 10:00 and 11:30. On May 1 we deployed.", posted, "", "2026-05-03T10:00", "2026-05-03T11:30"},
		{"Between 10:00 and 11:30. Again: between 10:00 and 11:30 UTC", posted, "", "2026-05-03T10:00",
			"2026-05-03T11:30"},
		{"Between 2:00 and 2:34 PM", posted, "", "2026-05-03T14:00", "2026-05-03T14:34"}, // rounded
		{"Between 2:00 and 2:36 PM", posted, "", "2026-05-02T14:00", "2026-05-02T14:36"},
		{"On May 1, 2026, between 10:00 and 11:30 UTC", "", "", "2026-05-01T10:00", "2026-05-01T11:30"},
	} {
		var at time.Time
		if c.near != "" {
			at = utc(c.near)
		}
		start, end, err := PeriodIn(c.text, at, c.zone)
		c.check(t, start, end, err)
	}
	for _, text := range []string{
		"", "All is well.", "from 5 to 10 servers", "between 10:00 and the evening", "We saw errors from 10:00 UTC.",
		"between some time and 10:00 UTC", "Between 10:00 and 11:00, and between 12:00 and 13:00 UTC",
		"between 2 and 4 hours", "between 10 % and 20 %", "between Monday and Friday", "from May 3 to May 4",
		"between 10:00 and 11:30 UTC on June 5", "between 10:00 and 25:00",
		"We work from time to time, on weekdays and on holidays, on any of what was asked, from ten to four, until " +
			"10:00 AM",
	} {
		if start, end, err := PeriodIn(text, utc(posted), ""); err == nil || !start.IsZero() || !end.IsZero() {
			t.Errorf("%q: %s to %s, %v", text, Format(start), Format(end), err)
		}
	}
	if start, _, err := PeriodIn("Between 10:00 and 11:00 UTC", time.Time{}, ""); err == nil {
		t.Errorf("without a day it is %s", start)
	}
}

// utc reads a time in the form of Format, which may lack its milliseconds.
func utc(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}
