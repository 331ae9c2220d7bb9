package normalize

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must be known on machines without a zone database
)

// offsets gives minutes east of UTC for the abbreviations that status pages print. Where several
// zones share one, it is the one most used on such pages; a page's own zone decides before it.
var offsets = map[string]int{
	"UTC": 0, "GMT": 0, "Z": 0, "WET": 0,
	"BST": 60, "WEST": 60, "CET": 60, "MEZ": 60, "WAT": 60,
	"CEST": 120, "MESZ": 120, "EET": 120, "SAST": 120, "CAT": 120,
	"EEST": 180, "MSK": 180, "EAT": 180, "TRT": 180, "IDT": 180,
	"GST": 240, "SAMT": 240, "PKT": 300, "UZT": 300, "YEKT": 300, "IST": 330, "NPT": 345,
	"ALMT": 360, "ICT": 420, "WIB": 420, "NOVT": 420, "KRAT": 420,
	"SGT": 480, "HKT": 480, "MYT": 480, "PHT": 480, "AWST": 480, "WITA": 480,
	"JST": 540, "KST": 540, "WIT": 540, "ACST": 570, "ACDT": 630,
	"AEST": 600, "CHST": 600, "AEDT": 660, "NZST": 720, "FJT": 720, "NZDT": 780,
	"AZOT": -60, "FNT": -120, "NDT": -150, "BRT": -180, "ART": -180, "CLST": -180, "UYT": -180, "ADT": -180, "NST": -210,
	"AST": -240, "CLT": -240, "BOT": -240, "VET": -240, "EDT": -240,
	"EST": -300, "COT": -300, "PET": -300, "ECT": -300, "CDT": -300, "ET": -300,
	"CST": -360, "MDT": -360, "CT": -360, "MST": -420, "PDT": -420, "MT": -420,
	"PST": -480, "AKDT": -480, "PT": -480, "AKST": -540, "HDT": -540, "HST": -600, "SST": -660,
}

// shared lists abbreviations that stand for several zones, or for a zone all year round; the page's
// zone decides where it is one of them.
var shared = map[string][]string{
	"ET": {"America/New_York"}, "CT": {"America/Chicago"}, "MT": {"America/Denver"}, "PT": {"America/Los_Angeles"},
}

// changing gives, for abbreviations of summer or winter time, a zone that changes between the two.
var changing = map[string]string{
	"CET": "Europe/Berlin", "CEST": "Europe/Berlin", "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin", "BST": "Europe/London",
	"EET": "Europe/Helsinki", "EEST": "Europe/Helsinki", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon",
	"EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
	"MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
	"AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "NZST": "Pacific/Auckland", "NZDT": "Pacific/Auckland",
}

// beforeChange returns the start of a period whose zone is printed beside its end only. Where the clocks were
// changed in between, the start is by the clock before the change.
func (p timeParts) beforeChange(start, end time.Time, near string, page *time.Location) time.Time {
	loc := page
	if loc == nil {
		loc = pageZone(changing[strings.ToUpper(p.zone)])
	}
	if loc == nil {
		return start
	}
	atEnd, _ := end.In(loc).Zone()
	atStart, _ := start.In(loc).Zone()
	if !strings.EqualFold(atEnd, p.zone) || atStart == atEnd {
		return start
	}
	p.zone = ""
	if moved, err := p.resolve(near, loc); err == nil && !moved.After(end) && moved.Sub(start).Abs() <= 2*time.Hour {
		return moved
	}
	return start
}

// railsZones maps the zone names of Ruby on Rails, which Statuspage and Better Stack print, to IANA names.
var railsZones = map[string]string{
	"International Date Line West": "Etc/GMT+12", "Midway Island": "Pacific/Midway", "American Samoa": "Pacific/Pago_Pago", "Hawaii": "Pacific/Honolulu",
	"Alaska": "America/Juneau", "Pacific Time (US & Canada)": "America/Los_Angeles", "Tijuana": "America/Tijuana",
	"Mountain Time (US & Canada)": "America/Denver", "Arizona": "America/Phoenix", "Chihuahua": "America/Chihuahua", "Mazatlan": "America/Mazatlan",
	"Central Time (US & Canada)": "America/Chicago", "Saskatchewan": "America/Regina", "Guadalajara": "America/Mexico_City",
	"Mexico City": "America/Mexico_City", "Monterrey": "America/Monterrey", "Central America": "America/Guatemala",
	"Eastern Time (US & Canada)": "America/New_York", "Indiana (East)": "America/Indiana/Indianapolis", "Bogota": "America/Bogota",
	"Lima": "America/Lima", "Quito": "America/Lima", "Atlantic Time (Canada)": "America/Halifax", "Caracas": "America/Caracas",
	"La Paz": "America/La_Paz", "Santiago": "America/Santiago", "Newfoundland": "America/St_Johns", "Brasilia": "America/Sao_Paulo",
	"Buenos Aires": "America/Argentina/Buenos_Aires", "Montevideo": "America/Montevideo", "Georgetown": "America/Guyana",
	"Puerto Rico": "America/Puerto_Rico", "Greenland": "America/Nuuk", "Mid-Atlantic": "Atlantic/South_Georgia", "Azores": "Atlantic/Azores",
	"Cape Verde Is.": "Atlantic/Cape_Verde", "Dublin": "Europe/Dublin", "Edinburgh": "Europe/London", "Lisbon": "Europe/Lisbon",
	"London": "Europe/London", "Casablanca": "Africa/Casablanca", "Monrovia": "Africa/Monrovia", "Belgrade": "Europe/Belgrade",
	"Bratislava": "Europe/Bratislava", "Budapest": "Europe/Budapest", "Ljubljana": "Europe/Ljubljana", "Prague": "Europe/Prague",
	"Sarajevo": "Europe/Sarajevo", "Skopje": "Europe/Skopje", "Warsaw": "Europe/Warsaw", "Zagreb": "Europe/Zagreb",
	"Brussels": "Europe/Brussels", "Copenhagen": "Europe/Copenhagen", "Madrid": "Europe/Madrid", "Paris": "Europe/Paris",
	"Amsterdam": "Europe/Amsterdam", "Berlin": "Europe/Berlin", "Bern": "Europe/Zurich", "Zurich": "Europe/Zurich", "Rome": "Europe/Rome",
	"Stockholm": "Europe/Stockholm", "Vienna": "Europe/Vienna", "West Central Africa": "Africa/Algiers", "Bucharest": "Europe/Bucharest",
	"Cairo": "Africa/Cairo", "Helsinki": "Europe/Helsinki", "Kyiv": "Europe/Kiev", "Riga": "Europe/Riga", "Sofia": "Europe/Sofia",
	"Tallinn": "Europe/Tallinn", "Vilnius": "Europe/Vilnius", "Athens": "Europe/Athens", "Istanbul": "Europe/Istanbul", "Minsk": "Europe/Minsk",
	"Jerusalem": "Asia/Jerusalem", "Harare": "Africa/Harare", "Pretoria": "Africa/Johannesburg", "Kaliningrad": "Europe/Kaliningrad",
	"Moscow": "Europe/Moscow", "St. Petersburg": "Europe/Moscow", "Volgograd": "Europe/Volgograd", "Samara": "Europe/Samara",
	"Kuwait": "Asia/Kuwait", "Riyadh": "Asia/Riyadh", "Nairobi": "Africa/Nairobi", "Baghdad": "Asia/Baghdad", "Tehran": "Asia/Tehran",
	"Abu Dhabi": "Asia/Muscat", "Muscat": "Asia/Muscat", "Baku": "Asia/Baku", "Tbilisi": "Asia/Tbilisi", "Yerevan": "Asia/Yerevan",
	"Kabul": "Asia/Kabul", "Ekaterinburg": "Asia/Yekaterinburg", "Islamabad": "Asia/Karachi", "Karachi": "Asia/Karachi", "Tashkent": "Asia/Tashkent",
	"Chennai": "Asia/Kolkata", "Kolkata": "Asia/Kolkata", "Mumbai": "Asia/Kolkata", "New Delhi": "Asia/Kolkata", "Kathmandu": "Asia/Kathmandu",
	"Astana": "Asia/Almaty", "Almaty": "Asia/Almaty", "Dhaka": "Asia/Dhaka", "Sri Jayawardenepura": "Asia/Colombo", "Novosibirsk": "Asia/Novosibirsk",
	"Rangoon": "Asia/Yangon", "Bangkok": "Asia/Bangkok", "Hanoi": "Asia/Bangkok", "Jakarta": "Asia/Jakarta", "Krasnoyarsk": "Asia/Krasnoyarsk",
	"Beijing": "Asia/Shanghai", "Chongqing": "Asia/Chongqing", "Hong Kong": "Asia/Hong_Kong", "Urumqi": "Asia/Urumqi",
	"Kuala Lumpur": "Asia/Kuala_Lumpur", "Singapore": "Asia/Singapore", "Taipei": "Asia/Taipei", "Perth": "Australia/Perth",
	"Irkutsk": "Asia/Irkutsk", "Ulaanbaatar": "Asia/Ulaanbaatar", "Seoul": "Asia/Seoul", "Osaka": "Asia/Tokyo", "Sapporo": "Asia/Tokyo",
	"Tokyo": "Asia/Tokyo", "Yakutsk": "Asia/Yakutsk", "Darwin": "Australia/Darwin", "Adelaide": "Australia/Adelaide",
	"Canberra": "Australia/Canberra", "Melbourne": "Australia/Melbourne", "Sydney": "Australia/Sydney", "Brisbane": "Australia/Brisbane",
	"Hobart": "Australia/Hobart", "Vladivostok": "Asia/Vladivostok", "Guam": "Pacific/Guam", "Port Moresby": "Pacific/Port_Moresby",
	"Magadan": "Asia/Magadan", "Srednekolymsk": "Asia/Srednekolymsk", "Solomon Is.": "Pacific/Guadalcanal", "New Caledonia": "Pacific/Noumea",
	"Fiji": "Pacific/Fiji", "Kamchatka": "Asia/Kamchatka", "Marshall Is.": "Pacific/Majuro", "Auckland": "Pacific/Auckland",
	"Wellington": "Pacific/Auckland", "Nuku'alofa": "Pacific/Tongatapu", "Tokelau Is.": "Pacific/Fakaofo",
	"Chatham Is.": "Pacific/Chatham", "Samoa": "Pacific/Apia",
}

// pageZone returns the location a page names: IANA, Rails or an abbreviation; nil if it names none we know.
func pageZone(name string) *time.Location {
	name = strings.TrimSpace(name)
	if name == "" || name == "Local" {
		return nil
	}
	if iana, ok := railsZones[name]; ok {
		name = iana
	}
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	if min, ok := offsets[strings.ToUpper(name)]; ok {
		return time.FixedZone(name, min*60)
	}
	return nil
}

// zoneCache keeps the zones that were looked up: reading one from the zone database takes longer than
// reading all times of an incident.
type zoneCache map[string]*time.Location

func (c zoneCache) of(name string) *time.Location {
	loc, known := c[name]
	if !known {
		loc = pageZone(name)
		c[name] = loc
	}
	return loc
}

var offsetForm = regexp.MustCompile(`^(?:GMT|UTC)?([+-−])(\d{1,2})(?::?(\d{2}))?$`)

// clock puts a wall-clock time into the zone that is printed beside it. The page's zone decides where
// the abbreviation is shared by several zones, or none is printed; without either it is UTC.
func clock(y int, mo time.Month, d, h, mi, s, ns int, abbr string, page *time.Location) (time.Time, error) {
	in := func(loc *time.Location) time.Time { return time.Date(y, mo, d, h, mi, s, ns, loc) }
	abbr = strings.ToUpper(strings.TrimSpace(abbr))
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
		off := hours*3600 + minutes*60
		if m[1] != "+" {
			off = -off
		}
		return in(time.FixedZone(abbr, off)), nil
	}
	if page != nil {
		// In the hour that daylight saving repeats, the abbreviation tells which of the two it is.
		for _, t := range []time.Time{in(page), in(page).Add(time.Hour), in(page).Add(-time.Hour)} {
			if name, _ := t.Zone(); strings.EqualFold(name, abbr) && t.Hour() == h && t.Minute() == mi {
				return t, nil
			}
		}
	}
	if names := shared[abbr]; len(names) > 0 {
		loc, err := time.LoadLocation(names[0])
		if err == nil {
			return in(loc), nil
		}
	}
	if min, ok := offsets[abbr]; ok {
		return in(time.FixedZone(abbr, min*60)), nil
	}
	return time.Time{}, fmt.Errorf("time zone %q is unknown", abbr)
}
