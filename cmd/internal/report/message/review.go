package message

import (
	"fmt"
	"net/url"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// Review is what a digest of the kind review tells: what a week cost, and how much of what was promised was kept.
// A length that is not known is null, and never 0.
type Review struct {
	Vendors     int          `json:"vendors"`        // that are watched, and that it looks at
	Affected    int          `json:"affected"`       // of them, those with an incident in the week
	NotSeen     int          `json:"not_fully_seen"` // of them, those that were not read for longer than all were
	All         Week         `json:"all"`            // of all of them: time in which at least one had an incident
	DaysAt      []string     `json:"days_at"`        // when each of the seven days begins
	Cost        []VendorWeek `json:"cost_most"`      // the vendors with the longest impact, the longest first
	Others      []VendorWeek `json:"others"`         // that kept not all, or were not fully seen
	By          string       `json:"by,omitempty"`   // what Parts are: owner, or tag
	Parts       []Part       `json:"parts"`          // the longest impact first
	Maintenance []Item       `json:"maintenance"`    // of the next seven days, and under way

	// of the week, in which none of several vendors was read: the program did not run, or had no network
	NothingReadSeconds int64 `json:"nothing_read_seconds"`
}

// Week is the impact of a week beside that of the weeks before it.
type Week struct {
	ImpactSeconds *int64 `json:"impact_seconds"`
	BeforeSeconds *int64 `json:"week_before_impact_seconds"`
	// of the weeks of the quarter before that are known
	MeanSeconds *int64 `json:"weekly_mean_impact_seconds"`
	MeanWeeks   int    `json:"weeks_known"`                 // how many the mean is of
	Incidents   int    `json:"incidents"`                   // that began in the week, or lasted into it
	Unknown     int    `json:"incidents_of_unknown_length"` // of them
	// of each of the seven days; null where it is not known whether there was any
	DaySeconds []*int64 `json:"day_impact_seconds"`
}

// VendorWeek is the week of one vendor.
type VendorWeek struct {
	Vendor     string `json:"vendor"`
	VendorName string `json:"vendor_name"`
	Owner      string `json:"owner,omitempty"`
	Week
	Longest       *LongestIncident `json:"longest,omitempty"` // absent if there is none of a known length
	Honesty       []query.Honesty  `json:"honesty"`           // the measures that had a case
	UnreadSeconds int64            `json:"unread_seconds"`    // of the week, of which nothing is known
}

// LongestIncident is the incident of a vendor that took the most of the week.
type LongestIncident struct {
	IncidentID    int64  `json:"incident_id"`
	Title         string `json:"title"`
	URL           string `json:"url,omitempty"`
	ImpactSeconds int64  `json:"impact_seconds"` // within the week
}

// Part is the week of the vendors of one owner, or with one tag.
type Part struct {
	Name    string `json:"name"`
	Vendors int    `json:"vendors"`
	Week
}

// The titles of the lists of a review.
const (
	costTitle    = "Cost most"
	othersTitle  = "Also worth a question"
	plannedTitle = "Planned for the next 7 days"
)

// notStated stands for what is not known.
const notStated = "not known"

// Title names the digest and tells the most important of it: the subject of a mail, and the header of a message.
func (d Digest) Title() string { return d.Name() + ": " + words.OneLine(d.Headline) }

// Name says what a digest is.
func (d Digest) Name() string {
	if d.Review != nil {
		return "Weekly review"
	}
	return "Vendor status"
}

// HeadlineText is the review in one line.
func (r Review) HeadlineText() string {
	var said string
	switch of := words.Count(r.Vendors, "vendor"); {
	case r.Vendors == 0:
		return "No page is watched yet"
	case r.Affected > 0 && r.All.ImpactSeconds != nil:
		said = fmt.Sprintf("%s of impact at %d of %s", words.Seconds(*r.All.ImpactSeconds), r.Affected, of)
	case r.Affected > 0:
		said = fmt.Sprintf("Impact of a length that is not known at %d of %s", r.Affected, of)
	default:
		said = "No impact seen at " + of
	}
	if r.NothingReadSeconds > 0 {
		said += " · nothing read for " + words.Seconds(r.NothingReadSeconds)
	}
	if r.NotSeen > 0 {
		said += fmt.Sprintf(" · %d not fully read", r.NotSeen)
	}
	return said
}

// reviewGroups is Groups for a review. It names each vendor once before the planned work.
func (d Digest) reviewGroups() []Group {
	r := d.Review
	var out []Group
	add := func(title string, lines []Line) {
		if len(lines) > 0 {
			out = append(out, Group{title, lines})
		}
	}
	var cost, others, parts, planned []Line
	for _, v := range r.Cost {
		cost = append(cost, d.vendorLine(v, v.costFacts(r.NothingReadSeconds)))
	}
	for _, v := range r.Others {
		others = append(others, d.vendorLine(v, v.otherFacts(r.NothingReadSeconds)))
	}
	for _, p := range r.Parts {
		parts = append(parts, lineOf(p.Name, "", "", strings.Join(append(p.facts(), words.Count(p.Vendors, "vendor")),
			" · ")))
	}
	for _, i := range r.Maintenance {
		planned = append(planned, d.Line(i))
	}
	add(costTitle, cost)
	add(othersTitle, others)
	add("By "+r.By, parts)
	add(plannedTitle, planned)
	return out
}

// vendorLine is a line on a vendor, with a link to its page of our dashboard.
func (d Digest) vendorLine(v VendorWeek, facts []string) Line {
	link := ""
	if d.DashboardURL != "" {
		link = strings.TrimRight(d.DashboardURL, "/") + "/vendors/" + url.PathEscape(v.Vendor)
	}
	if v.Owner != "" {
		facts = append(facts, "owner "+words.Short(v.Owner, 40))
	}
	return Line{Vendor: VendorName(v.VendorName, v.Vendor, 40), Link: WebLink(link), Facts: facts}
}

func (v VendorWeek) costFacts(nothingRead int64) []string {
	facts := v.facts()
	if v.Longest != nil && v.Incidents > 1 {
		facts = append(facts, fmt.Sprintf("longest %s: %s", words.Seconds(v.Longest.ImpactSeconds),
			words.Short(v.Longest.Title, 60)))
	} else if v.Longest != nil {
		facts = append(facts, words.Short(v.Longest.Title, 60))
	}
	return append(append(facts, v.unread(nothingRead)...), v.kept()...)
}

func (v VendorWeek) otherFacts(nothingRead int64) []string {
	var facts []string
	if v.Incidents > 0 {
		facts = []string{v.impactText()}
	}
	return append(append(facts, v.unread(nothingRead)...), v.kept()...)
}

// UnreadAlone reports whether the vendor was not read for longer than all were not, in seconds.
func (v VendorWeek) UnreadAlone(nothingRead int64) bool {
	return v.UnreadSeconds-nothingRead >= 60 // less is less than words for a length can say
}

// unread says how much of the week is not known. What is so of all vendors stands in the headline.
func (v VendorWeek) unread(nothingRead int64) []string {
	if !v.UnreadAlone(nothingRead) {
		return nil
	}
	return []string{"not read for " + words.Seconds(v.UnreadSeconds)}
}

// kept says what the vendor promised and did not keep, and what it changed afterwards.
func (v VendorWeek) kept() []string {
	var facts []string
	for _, h := range v.Honesty {
		facts = append(facts, fmt.Sprintf("%d of %d %s", h.Cases, h.Of, words.Measure(h.Measure)))
	}
	return facts
}

func (w Week) facts() []string {
	facts := []string{w.impactText(), "week before " + lengthText(w.BeforeSeconds)}
	mean := "weekly mean " + lengthText(w.MeanSeconds)
	if w.MeanSeconds != nil {
		mean += " (" + words.Count(w.MeanWeeks, "week") + ")"
	}
	facts = append(facts, mean)
	if w.Incidents > 1 {
		facts = append(facts, words.Count(w.Incidents, "incident"))
	}
	if w.Unknown > 0 && w.ImpactSeconds != nil {
		facts = append(facts, fmt.Sprintf("%d of unknown length", w.Unknown))
	}
	return facts
}

func (w Week) impactText() string {
	if w.ImpactSeconds == nil {
		return "impact " + notStated
	}
	return lengthText(w.ImpactSeconds) + " of impact"
}

func lengthText(seconds *int64) string {
	switch {
	case seconds == nil:
		return notStated
	case *seconds == 0:
		return "0 h"
	}
	return words.Seconds(*seconds)
}

// reviewFooter says how the figures of a review are made.
func reviewFooter() []string {
	return []string{
		"Impact: time of the week with at least one incident, where several overlap once",
		"Weekly mean: of the 13 weeks before, as far as a week is known",
		"Major incidents without a postmortem: of the 13 weeks up to now",
	}
}
