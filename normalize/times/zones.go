package times

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // for machines without a zone database

	"vendorwatch/normalize/lazyregexp"
)

// offsets gives minutes east of UTC for the abbreviations that status pages print. Where several zones share
// one, it is the zone most used on such pages; a page's own zone decides first.
var offsets = map[string]int{
	"UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0,
	"BST": 60, "WEST": 60, "CET": 60, "WAT": 60,
	"CEST": 120, "EET": 120, "SAST": 120, "CAT": 120,
	"EEST": 180, "MSK": 180, "EAT": 180, "TRT": 180, "IDT": 180,
	"GST": 240, "SAMT": 240, "PKT": 300, "UZT": 300, "YEKT": 300, "IST": 330, "NPT": 345,
	"ALMT": 360, "ICT": 420, "WIB": 420, "NOVT": 420, "KRAT": 420,
	"SGT": 480, "HKT": 480, "MYT": 480, "PHT": 480, "AWST": 480, "WITA": 480,
	"JST": 540, "KST": 540, "WIT": 540, "ACST": 570, "ACDT": 630,
	"AEST": 600, "CHST": 600, "AEDT": 660, "NZST": 720, "FJT": 720, "NZDT": 780,
	"AZOT": -60, "FNT": -120, "NDT": -150, "BRT": -180, "ART": -180, "CLST": -180, "UYT": -180, "ADT": -180,
	"NST": -210,
	"AST": -240, "CLT": -240, "BOT": -240, "VET": -240, "EDT": -240,
	"EST": -300, "COT": -300, "PET": -300, "ECT": -300, "CDT": -300,
	"CST": -360, "MDT": -360, "MST": -420, "PDT": -420,
	"PST": -480, "AKDT": -480, "AKST": -540, "HDT": -540, "HST": -600, "SST": -660,
}

// allYear gives the zone of abbreviations that are used all year round.
var allYear = map[string]string{
	"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}

// changing gives, for abbreviations of summer or winter time, a zone that changes between the two.
var changing = map[string]string{
	"CET": "Europe/Berlin", "CEST": "Europe/Berlin", "BST": "Europe/London",
	"EET": "Europe/Helsinki", "EEST": "Europe/Helsinki", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon",
	"EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
	"MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
	"AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "NZST": "Pacific/Auckland", "NZDT": "Pacific/Auckland",
}

// acrossChange returns the time of p, whose zone was not printed beside it but beside the other end of its period. If
// the clocks were changed in between, p is by the clock on its own side of the change.
func (p timeParts) acrossChange(at, other time.Time, page *time.Location) time.Time {
	loc := page
	if loc == nil {
		loc = pageZone(changing[abbreviation(p.zone)])
	}
	if loc == nil {
		return at
	}
	otherName, _ := other.In(loc).Zone()
	if name, _ := at.In(loc).Zone(); name == otherName || otherName != abbreviation(p.zone) {
		return at
	}
	p.zone = ""
	if moved, err := p.in(loc); err == nil {
		return moved
	}
	return at
}

// railsZones maps the zone names of Ruby on Rails, which Statuspage and Better Stack print, to IANA names.
var railsZones = map[string]string{
	"International Date Line West": "Etc/GMT+12", "Midway Island": "Pacific/Midway",
	"American Samoa": "Pacific/Pago_Pago", "Hawaii": "Pacific/Honolulu", "Alaska": "America/Juneau",
	"Pacific Time (US & Canada)": "America/Los_Angeles", "Tijuana": "America/Tijuana",
	"Mountain Time (US & Canada)": "America/Denver", "Arizona": "America/Phoenix",
	"Chihuahua": "America/Chihuahua", "Mazatlan": "America/Mazatlan",
	"Central Time (US & Canada)": "America/Chicago", "Saskatchewan": "America/Regina",
	"Guadalajara": "America/Mexico_City", "Mexico City": "America/Mexico_City",
	"Monterrey": "America/Monterrey", "Central America": "America/Guatemala",
	"Eastern Time (US & Canada)": "America/New_York", "Indiana (East)": "America/Indiana/Indianapolis",
	"Bogota": "America/Bogota", "Lima": "America/Lima", "Quito": "America/Lima",
	"Atlantic Time (Canada)": "America/Halifax", "Caracas": "America/Caracas", "La Paz": "America/La_Paz",
	"Santiago": "America/Santiago", "Newfoundland": "America/St_Johns", "Brasilia": "America/Sao_Paulo",
	"Buenos Aires": "America/Argentina/Buenos_Aires", "Montevideo": "America/Montevideo",
	"Georgetown": "America/Guyana", "Puerto Rico": "America/Puerto_Rico", "Greenland": "America/Nuuk",
	"Mid-Atlantic": "Atlantic/South_Georgia", "Azores": "Atlantic/Azores",
	"Cape Verde Is.": "Atlantic/Cape_Verde", "Dublin": "Europe/Dublin", "Edinburgh": "Europe/London",
	"Lisbon": "Europe/Lisbon", "London": "Europe/London", "Casablanca": "Africa/Casablanca",
	"Monrovia": "Africa/Monrovia", "Belgrade": "Europe/Belgrade", "Bratislava": "Europe/Bratislava",
	"Budapest": "Europe/Budapest", "Ljubljana": "Europe/Ljubljana", "Prague": "Europe/Prague",
	"Sarajevo": "Europe/Sarajevo", "Skopje": "Europe/Skopje", "Warsaw": "Europe/Warsaw",
	"Zagreb": "Europe/Zagreb", "Brussels": "Europe/Brussels", "Copenhagen": "Europe/Copenhagen",
	"Madrid": "Europe/Madrid", "Paris": "Europe/Paris", "Amsterdam": "Europe/Amsterdam",
	"Berlin": "Europe/Berlin", "Bern": "Europe/Zurich", "Zurich": "Europe/Zurich", "Rome": "Europe/Rome",
	"Stockholm": "Europe/Stockholm", "Vienna": "Europe/Vienna", "West Central Africa": "Africa/Algiers",
	"Bucharest": "Europe/Bucharest", "Cairo": "Africa/Cairo", "Helsinki": "Europe/Helsinki",
	"Kyiv": "Europe/Kiev", "Riga": "Europe/Riga", "Sofia": "Europe/Sofia", "Tallinn": "Europe/Tallinn",
	"Vilnius": "Europe/Vilnius", "Athens": "Europe/Athens", "Istanbul": "Europe/Istanbul",
	"Minsk": "Europe/Minsk", "Jerusalem": "Asia/Jerusalem", "Harare": "Africa/Harare",
	"Pretoria": "Africa/Johannesburg", "Kaliningrad": "Europe/Kaliningrad", "Moscow": "Europe/Moscow",
	"St. Petersburg": "Europe/Moscow", "Volgograd": "Europe/Volgograd", "Samara": "Europe/Samara",
	"Kuwait": "Asia/Kuwait", "Riyadh": "Asia/Riyadh", "Nairobi": "Africa/Nairobi", "Baghdad": "Asia/Baghdad",
	"Tehran": "Asia/Tehran", "Abu Dhabi": "Asia/Muscat", "Muscat": "Asia/Muscat", "Baku": "Asia/Baku",
	"Tbilisi": "Asia/Tbilisi", "Yerevan": "Asia/Yerevan", "Kabul": "Asia/Kabul",
	"Ekaterinburg": "Asia/Yekaterinburg", "Islamabad": "Asia/Karachi", "Karachi": "Asia/Karachi",
	"Tashkent": "Asia/Tashkent", "Chennai": "Asia/Kolkata", "Kolkata": "Asia/Kolkata",
	"Mumbai": "Asia/Kolkata", "New Delhi": "Asia/Kolkata", "Kathmandu": "Asia/Kathmandu",
	"Astana": "Asia/Almaty", "Almaty": "Asia/Almaty", "Dhaka": "Asia/Dhaka",
	"Sri Jayawardenepura": "Asia/Colombo", "Novosibirsk": "Asia/Novosibirsk", "Rangoon": "Asia/Yangon",
	"Bangkok": "Asia/Bangkok", "Hanoi": "Asia/Bangkok", "Jakarta": "Asia/Jakarta",
	"Krasnoyarsk": "Asia/Krasnoyarsk", "Beijing": "Asia/Shanghai", "Chongqing": "Asia/Chongqing",
	"Hong Kong": "Asia/Hong_Kong", "Urumqi": "Asia/Urumqi", "Kuala Lumpur": "Asia/Kuala_Lumpur",
	"Singapore": "Asia/Singapore", "Taipei": "Asia/Taipei", "Perth": "Australia/Perth",
	"Irkutsk": "Asia/Irkutsk", "Ulaanbaatar": "Asia/Ulaanbaatar", "Seoul": "Asia/Seoul",
	"Osaka": "Asia/Tokyo", "Sapporo": "Asia/Tokyo", "Tokyo": "Asia/Tokyo", "Yakutsk": "Asia/Yakutsk",
	"Darwin": "Australia/Darwin", "Adelaide": "Australia/Adelaide", "Canberra": "Australia/Canberra",
	"Melbourne": "Australia/Melbourne", "Sydney": "Australia/Sydney", "Brisbane": "Australia/Brisbane",
	"Hobart": "Australia/Hobart", "Vladivostok": "Asia/Vladivostok", "Guam": "Pacific/Guam",
	"Port Moresby": "Pacific/Port_Moresby", "Magadan": "Asia/Magadan", "Srednekolymsk": "Asia/Srednekolymsk",
	"Solomon Is.": "Pacific/Guadalcanal", "New Caledonia": "Pacific/Noumea", "Fiji": "Pacific/Fiji",
	"Kamchatka": "Asia/Kamchatka", "Marshall Is.": "Pacific/Majuro", "Auckland": "Pacific/Auckland",
	"Wellington": "Pacific/Auckland", "Nuku'alofa": "Pacific/Tongatapu", "Tokelau Is.": "Pacific/Fakaofo",
	"Chatham Is.": "Pacific/Chatham", "Samoa": "Pacific/Apia",
}

// pageZone returns the zone that a page names by its IANA or Rails name or an abbreviation, nil for other names.
func pageZone(name string) *time.Location {
	name = strings.TrimSpace(name)
	if name == "" || name == "Local" {
		return nil
	}
	if iana, ok := railsZones[name]; ok {
		name = iana
	} else if iana, ok := allYear[strings.ToUpper(name)]; ok {
		name = iana
	}
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	if minutes, ok := offsets[abbreviation(name)]; ok {
		return time.FixedZone(name, minutes*60)
	}
	return nil
}

// Zones keeps the zones that were looked up: reading a zone from the database takes longer than reading all
// times of an incident.
type Zones map[string]*time.Location

// Parse is the function Parse, with zones that are looked up once.
func (c Zones) Parse(t Printed, zone string) (time.Time, error) {
	if at, ok := RFC3339(t.Text); ok && t.Layout == "" {
		return plausible(at)
	}
	return parseIn(t, c.of(zone))
}

func (c Zones) of(name string) *time.Location {
	loc, known := c[name]
	if !known {
		loc = pageZone(name)
		c[name] = loc
	}
	return loc
}

var offsetForm = lazyregexp.New(`^(?:GMT|UTC)?([+−-])(\d{1,2})(?::?(\d{2}))?$`)

// abbreviation returns the form in which the zone database has an abbreviation.
func abbreviation(printed string) string {
	switch abbr := strings.ToUpper(strings.TrimSpace(printed)); abbr {
	case "MEZ":
		return "CET"
	case "MESZ":
		return "CEST"
	default:
		return abbr
	}
}

// knownZone reports whether a word names a time zone: an abbreviation, an offset or an IANA name such as "US/Pacific".
func knownZone(word string) bool {
	abbr := abbreviation(word)
	_, fixed := offsets[abbr]
	return fixed || allYear[abbr] != "" || offsetForm.MatchString(abbr) || ianaZone(word) != nil
}

// ianaZone returns the zone of an IANA name with a slash, nil for any other word.
func ianaZone(word string) *time.Location {
	if !strings.Contains(word, "/") {
		return nil
	}
	loc, err := time.LoadLocation(word)
	if err != nil {
		return nil
	}
	return loc
}

// inZone puts a wall-clock time into the zone that is printed beside it. The page's zone decides if the abbreviation is
// shared by several zones, or if none is printed; without either it is UTC.
func inZone(wall time.Time, abbr string, page *time.Location) (time.Time, error) {
	in := func(loc *time.Location) time.Time {
		return time.Date(wall.Year(), wall.Month(), wall.Day(),
			wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), loc)
	}
	if loc := ianaZone(abbr); loc != nil {
		return in(loc), nil
	}
	abbr = abbreviation(abbr)
	if abbr == "" {
		if page == nil {
			page = time.UTC
		}
		return in(page), nil
	}
	if m := offsetForm.FindStringSubmatch(abbr); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		if hours > 14 || minutes > 59 {
			return time.Time{}, fmt.Errorf("no time zone lies at %s", abbr)
		}
		offset := hours*3600 + minutes*60
		if m[1] != "+" {
			offset = -offset
		}
		return in(time.FixedZone(abbr, offset)), nil
	}
	if page != nil {
		// In the hour that daylight saving repeats, the abbreviation tells which of the two it is.
		for _, t := range []time.Time{in(page), in(page).Add(time.Hour), in(page).Add(-time.Hour)} {
			name, _ := t.Zone()
			if name == abbr && t.Hour() == wall.Hour() && t.Minute() == wall.Minute() {
				return t, nil
			}
		}
	}
	if iana, ok := allYear[abbr]; ok {
		loc, err := time.LoadLocation(iana)
		if err != nil {
			return time.Time{}, fmt.Errorf("time zone %q: %w", abbr, err)
		}
		return in(loc), nil
	}
	if minutes, ok := offsets[abbr]; ok {
		return in(time.FixedZone(abbr, minutes*60)), nil
	}
	return time.Time{}, fmt.Errorf("time zone %q is unknown", abbr)
}
