package times

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestPageZone holds by which names a page's zone is known.
func TestPageZone(t *testing.T) {
	winter, summer := utc("2026-01-15T12:00:00Z"), utc("2026-07-15T12:00:00Z")
	for name, want := range map[string][2]float64{
		"Europe/Berlin": {1, 2}, " America/New_York ": {-5, -4}, "Eastern Time (US & Canada)": {-5, -4},
		"London": {0, 1},
		"Kyiv":   {2, 3}, "Etc/UTC": {0, 0}, "UTC": {0, 0}, "PT": {-8, -7}, "ET": {-5, -4}, "pst": {-8, -8},
		"MEZ": {1, 1}, "IST": {5.5, 5.5},
	} {
		loc := pageZone(name)
		if loc == nil {
			t.Errorf("%q is no zone", name)
			continue
		}
		for n, at := range []time.Time{winter, summer} {
			if got := float64(offsetOf(at.In(loc))) / 3600; got != want[n] {
				t.Errorf("%q lies %+g hours east on %s, want %+g", name, got, at.Format(time.DateOnly), want[n])
			}
		}
	}
	for _, name := range []string{"", "Local", "Middle of nowhere", "Europe/Atlantis"} {
		if loc := pageZone(name); loc != nil {
			t.Errorf("%q is %s", name, loc)
		}
	}
}

// TestZoneTablesAgreeWithTheDatabase holds that every zone that the tables name is there, and that the fixed offsets of
// abbreviations are those that the zone database has.
func TestZoneTablesAgreeWithTheDatabase(t *testing.T) {
	for rails, iana := range railsZones {
		if _, err := time.LoadLocation(iana); err != nil {
			t.Errorf("%s: %v", rails, err)
		}
	}
	for abbr, iana := range allYear {
		if _, err := time.LoadLocation(iana); err != nil {
			t.Errorf("%s: %v", abbr, err)
		}
	}
	for abbr, iana := range changing {
		loc, err := time.LoadLocation(iana)
		if err != nil {
			t.Errorf("%s: %v", abbr, err)
			continue
		}
		found := false
		for month := time.January; month <= time.December; month++ {
			at := time.Date(2026, month, 15, 12, 0, 0, 0, loc)
			if name, offset := at.Zone(); name == abbr {
				found = true
				if offset != offsets[abbr]*60 {
					t.Errorf("%s lies %d minutes east in %s, and %d in the table", abbr, offset/60, iana, offsets[abbr])
				}
			}
		}
		if !found {
			t.Errorf("%s has no %s in 2026", iana, abbr)
		}
	}
	for abbr, minutes := range offsets {
		if minutes < -12*60 || minutes > 14*60 || minutes%15 != 0 {
			t.Errorf("%s lies %d minutes east", abbr, minutes)
		}
		if !zoneForm.MatchString(abbr) || !knownZone(abbr) {
			t.Errorf("%s is not read", abbr)
		}
	}
}

func TestZonesBesideATime(t *testing.T) {
	wall := utc("2026-07-15T12:00:00Z")
	for _, c := range []struct {
		abbr, page string
		want       string // "" for an error
	}{
		{"", "", "12:00"}, {"", "Asia/Tokyo", "03:00"}, {"UTC", "Asia/Tokyo", "12:00"}, {"gmt", "Asia/Tokyo", "12:00"},
		{"+05:30", "", "06:30"}, {"+0530", "", "06:30"}, {"GMT-3", "", "15:00"}, {"UTC+9", "", "03:00"},
		{"−07", "", "19:00"}, {"+14", "", "22:00"},
		{"PT", "", "19:00"}, {"EST", "", "17:00"}, {"US/Pacific", "Asia/Tokyo", "19:00"}, {"MESZ", "", "10:00"},
		{"CEST", "Europe/Berlin", "10:00"},
		{"IST", "Europe/Dublin", "11:00"}, {"CST", "Asia/Shanghai", "04:00"}, {"CST", "", "18:00"},
		{"+15", "", ""}, {"+05:60", "", ""}, {"XQT", "", ""}, {"12", "", ""}, {"Mars/Olympus", "", ""},
	} {
		var page *time.Location
		if c.page != "" {
			page = pageZone(c.page)
		}
		got, err := inZone(wall, c.abbr, page)
		if (err != nil) != (c.want == "") || err == nil && got.UTC().Format("15:04") != c.want {
			t.Errorf("12:00 %s on a page of %q is %s, %v; want %s UTC", c.abbr, c.page, got.UTC().Format("15:04"), err,
				c.want)
		}
	}
}

// A later clock of one zone is a later time, but for the hour that is printed twice, and the abbreviation tells which
// of its two halves is meant.
func TestALaterClockIsALaterTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata",
			"Europe/London"}).Draw(t, "zone")
		loc := pageZone(name)
		base := utc("2025-01-01T00:00:00Z")
		minute := rapid.IntRange(0, 2*365*24*60)
		a, b := base.Add(minutes(minute.Draw(t, "a"))).In(loc), base.Add(minutes(minute.Draw(t, "b"))).In(loc)
		printed := func(at time.Time) time.Time {
			got, err := Parse(Printed{Text: at.Format("Jan 2, 2006 - 15:04 MST")}, name)
			if err != nil || !got.Equal(at) {
				t.Fatalf("%s is read as %s, %v", at, got, err)
			}
			return got
		}
		if a.Before(b) != printed(a).Before(printed(b)) {
			t.Fatalf("%s and %s change places", a, b)
		}
	})
}

func TestZonesAreLookedUpOnce(t *testing.T) {
	cache := Zones{}
	for range 2 {
		if loc := cache.of("Berlin"); loc == nil || loc.String() != "Europe/Berlin" {
			t.Errorf("Berlin is %v", loc)
		}
		if loc := cache.of("nowhere"); loc != nil {
			t.Errorf("nowhere is %v", loc)
		}
	}
	if len(cache) != 2 {
		t.Error(fmt.Sprint(cache))
	}
}
