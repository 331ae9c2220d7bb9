package config

import (
	_ "embed"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a container or a Windows machine may have no zone files of its own

	"vendorwatch/cmd/internal/words"
)

// zoneNames lists the zones of the IANA database that are named by continent and city, for
// suggestions: package time can load a zone, but not list them.
//
//go:embed zones.txt
var zoneNames string

// abbreviations that people write for a zone, and that name none: each is an offset of a part of the year.
var zoneOfAbbreviation = map[string]string{
	"PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "PT": "America/Los_Angeles",
	"CST": "America/Chicago", "CDT": "America/Chicago", "CT": "America/Chicago",
	"MDT": "America/Denver", "MT": "America/Denver", "EDT": "America/New_York", "ET": "America/New_York",
	"BST": "Europe/London", "CEST": "Europe/Berlin", "EEST": "Europe/Helsinki", "IST": "Asia/Kolkata",
	"JST": "Asia/Tokyo", "SGT": "Asia/Singapore", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney",
	"Z": "UTC",
}

// ParseZone returns the zone of an IANA name. The machine's own zone ("Local", "") is refused, for
// the same file would mean another time on another machine. The error says what to write.
func ParseZone(name string) (*time.Location, error) {
	if name != "" && name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	write := `write an IANA name, for example "Europe/Berlin" or "UTC"`
	if near := nearestZone(name); near != "" {
		write = fmt.Sprintf("write %q", near)
	}
	return nil, fmt.Errorf("%q is not a time zone; %s", name, write)
}

func nearestZone(name string) string {
	if zone, ok := zoneOfAbbreviation[strings.ToUpper(name)]; ok {
		return zone
	}
	names := strings.Fields(zoneNames)
	city := strings.ReplaceAll(name[strings.LastIndex(name, "/")+1:], " ", "_")
	for _, n := range names {
		if city != "" && strings.EqualFold(n[strings.LastIndex(n, "/")+1:], city) {
			return n
		}
	}
	return words.Nearest(name, names)
}
