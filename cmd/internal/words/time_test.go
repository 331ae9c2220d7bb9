package words

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{-time.Second, "unknown"},
		{0, "under 1 min"},
		{59 * time.Second, "under 1 min"},
		{time.Minute, "1 min"},
		{7*time.Minute + 59*time.Second, "7 min"},
		{59 * time.Minute, "59 min"},
		{time.Hour, "1 h"},
		{2*time.Hour + 5*time.Minute, "2 h 5 min"},
		{23*time.Hour + 59*time.Minute, "23 h 59 min"},
		{24 * time.Hour, "1 d"},
		{52*24*time.Hour + 22*time.Hour + 59*time.Minute, "52 d 22 h"},
	} {
		if got := Duration(c.d); got != c.want {
			t.Errorf("Duration(%v) = %q, want %q", c.d, got, c.want)
		}
		if got := Seconds(int64(c.d / time.Second)); got != c.want {
			t.Errorf("Seconds(%d) = %q, want %q", int64(c.d/time.Second), got, c.want)
		}
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2025, 11, 24, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Time{}, "never"},
		{now, "just now"},
		{now.Add(-59 * time.Second), "just now"},
		{now.Add(-time.Minute), "1 min ago"},
		{now.Add(-26 * time.Hour), "1 d 2 h ago"},
		{now.Add(time.Minute), "just now"},
		{now.Add(2 * time.Hour), "in 2 h"},
	} {
		if got := Ago(c.at, now); got != c.want {
			t.Errorf("Ago(%v) = %q, want %q", c.at, got, c.want)
		}
	}
}

func TestMomentIsInTheReadersZone(t *testing.T) {
	now := time.Date(2025, 11, 24, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct{ zone, at, want string }{
		{"UTC", "2025-11-24T07:00:00.000Z", "Mon 24 Nov 07:00 UTC"},
		{"Europe/Berlin", "2025-10-26T00:59:00.000Z", "Sun 26 Oct 02:59 CEST"},
		{"Europe/Berlin", "2025-10-26T01:00:00.000Z", "Sun 26 Oct 02:00 CET"},
		{"America/New_York", "2025-11-24T02:00:00.000Z", "Sun 23 Nov 21:00 EST"},
		{"Asia/Kathmandu", "2025-11-24T00:00:00.000Z", "Mon 24 Nov 05:45 +0545"},
		{"Europe/Berlin", "2024-12-31T23:30:00.000Z", "Wed 1 Jan 00:30 CET"},
		{"UTC", "2024-12-31T23:30:00.000Z", "Tue 31 Dec 2024 23:30 UTC"},
		{"UTC", "", "at an unknown time"},
		{"UTC", "yesterday", "at an unknown time"},
	} {
		if got := Moment(Time(c.at), zone(t, c.zone), now); got != c.want {
			t.Errorf("Moment(%s, %s) = %q, want %q", c.at, c.zone, got, c.want)
		}
	}
}

func TestWindow(t *testing.T) {
	now := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ name, from, to, want string }{
		{"within a day", "2025-03-10T22:00:00.000Z", "2025-03-10T22:30:00.000Z", "Mon 10 Mar 23:00–23:30 CET, 30 min"},
		{"over midnight", "2025-03-10T22:30:00.000Z", "2025-03-11T00:30:00.000Z",
			"Mon 10 Mar 23:30 to Tue 11 Mar 01:30 CET, 2 h"},
		{"over the change of clocks", "2025-03-30T00:00:00.000Z", "2025-03-30T02:00:00.000Z",
			"Sun 30 Mar 01:00 CET to Sun 30 Mar 04:00 CEST, 2 h"},
		{"end not given", "2025-03-10T22:00:00.000Z", "", "Mon 10 Mar 23:00 CET"},
		{"end before start", "2025-03-10T22:00:00.000Z", "2025-03-10T20:00:00.000Z", "Mon 10 Mar 23:00 CET"},
	} {
		if got := Window(Time(c.from), Time(c.to), zone(t, "Europe/Berlin"), now); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}
