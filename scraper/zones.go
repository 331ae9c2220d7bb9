package scraper

import (
	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
)

// utcTaken is what is found of a page that prints times without a zone, if nobody says which zone it means.
const utcTaken = "the page prints times without a time zone, and UTC is taken: if that is wrong, write time_zone " +
	"under the vendor in config.toml"

// inZone gives what a page says the zone of its source, unless the page tells its own. Without either, a finding says
// that UTC is taken where it matters.
func inZone(res *Result, zone string) {
	zoneless := false
	for n := range res.Incidents {
		raw := &res.Incidents[n]
		switch {
		case raw.Zone != "":
		case zone != "":
			raw.Zone = zone
			// Another zone makes other times of the same bytes, which the vendor did not change.
			raw.ReadBy += "time_zone " + zone
		default:
			zoneless = zoneless || printsZoneless(*raw)
		}
	}
	if zoneless {
		res.Findings = append(res.Findings, normalize.Finding{Field: "time_zone", Value: "UTC", Problem: utcTaken})
	}
}

// printsZoneless reports whether one of an incident's times is printed without its zone.
func printsZoneless(raw normalize.Raw) bool {
	for _, t := range []normalize.RawTime{raw.Started, raw.Resolved, raw.ScheduledStart, raw.ScheduledEnd, raw.Period,
		raw.Created, raw.Updated, raw.Detected} {
		if times.Zoneless(t) {
			return true
		}
	}
	for _, u := range raw.Updates {
		if times.Zoneless(u.Posted) || times.Zoneless(u.Created) {
			return true
		}
	}
	return false
}
