package report

import (
	"fmt"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// What of one item's words is shown at the most, in runes.
const (
	titleLimit      = 200
	componentsLimit = 300
	wordsLimit      = 400
	reasonLimit     = 200
)

// entry is an item in words that every rendering shares. Nothing in it is escaped.
type entry struct {
	vendor   string
	severity string
	title    string
	link     string   // http or https, or empty
	facts    []string // severity, state, when, how long
	parts    string   // components
	words    string   // the vendor's latest
}

func (d Digest) entry(i Item) entry {
	e := entry{
		vendor:   vendorName(i.VendorName, i.Vendor, 80),
		severity: i.Severity,
		title:    cut(firstOf(oneLine(i.Title), "(no title)"), titleLimit, cutMark),
		link:     firstOf(webLink(i.URL), webLink(i.PageURL)),
		parts:    components(i.Components),
		words:    cut(plainLine(firstOf(i.Postmortem, i.LatestBody)), wordsLimit, cutToPage),
	}
	if i.Kind == string(normalize.KindMaintenance) {
		e.facts = d.maintenanceFacts(i)
	} else {
		e.facts = d.incidentFacts(i)
	}
	for _, note := range i.Notes {
		e.facts = append(e.facts, cut(oneLine(note), titleLimit, cutMark))
	}
	if i.AlsoOn != "" {
		e.facts = append(e.facts, "also on "+cut(pages(i.AlsoOn), titleLimit, cutMark))
	}
	return e
}

func (d Digest) incidentFacts(i Item) []string {
	zone, until := d.location(), parse(d.UntilAt)
	facts := []string{severityWords(i.Severity), stateWords(i)}
	blind, isBlind := d.blindTo(i.SourceID)
	lastRead, resting := d.resting[i.SourceID]
	started := parse(i.StartedAt)
	if started.IsZero() {
		facts = append(facts, "start not given, first seen "+when(parse(i.FirstSeenAt), zone, until))
	} else {
		facts = append(facts, "started "+when(started, zone, until))
	}
	switch {
	case i.Postmortem != "" && i.StatedDurationSeconds != nil:
		facts = append(facts, "lasted "+normalize.Duration(seconds(*i.StatedDurationSeconds))+" by the postmortem"+measured(i))
	case normalize.State(i.State).Over():
		facts = append(facts, lasted(i))
	case i.LeftFeedAt != "":
		facts = append(facts, "gone from the page "+when(parse(i.LeftFeedAt), zone, until)+", end unknown")
	case resting:
		facts = append(facts, "open when last read "+when(parse(lastRead), zone, until)+", the page is not watched")
	case isBlind:
		facts = append(facts, "open when last read "+when(parse(blind.LastGoodAt), zone, until))
	case !started.IsZero() && !started.After(until):
		facts = append(facts, "ongoing for "+normalize.Duration(until.Sub(started)))
	default:
		facts = append(facts, "ongoing")
	}
	return facts
}

// vendorName is what a vendor is called, in at most limit runes.
func vendorName(name, slug string, limit int) string {
	return cut(firstOf(oneLine(name), oneLine(slug), "(unnamed vendor)"), limit, cutMark)
}

// lasted gives the measured duration, and the vendor's own where it differs.
func lasted(i Item) string {
	words := "duration unknown"
	if i.DurationSeconds != nil {
		words = "lasted " + normalize.Duration(seconds(*i.DurationSeconds))
	}
	if i.StatedDurationSeconds != nil {
		if stated := normalize.Duration(seconds(*i.StatedDurationSeconds)); words != "lasted "+stated {
			words += " (the vendor's postmortem says " + stated + ")"
		}
	}
	return words
}

func measured(i Item) string {
	if i.DurationSeconds == nil {
		return ", duration on the page unknown"
	}
	return ", " + normalize.Duration(seconds(*i.DurationSeconds)) + " on the page"
}

func (d Digest) maintenanceFacts(i Item) []string {
	zone, until := d.location(), parse(d.UntilAt)
	start := parse(firstOf(i.ScheduledStartAt, i.StartedAt))
	facts := []string{stateWords(i)}
	if start.IsZero() {
		return append(facts, "time not given")
	}
	return append(facts, window(start, parse(firstOf(i.ScheduledEndAt, i.ResolvedAt)), zone, until))
}

// pages shortens a list of addresses to what tells them apart.
func pages(list string) string {
	return strings.NewReplacer("https://", "", "http://", "").Replace(oneLine(list))
}

// stateWords gives the state; where we do not know the vendor's word, the word itself.
func stateWords(i Item) string {
	if i.State != "" && i.State != string(normalize.StateUnknown) {
		return spell(i.State)
	}
	if word := oneLine(i.VendorState); word != "" {
		return "“" + cut(word, 40, cutMark) + "”"
	}
	return "state unknown"
}

// components shortens a list of "Group › Name" between names, never within one unless one is all there is.
func components(list string) string {
	list = oneLine(list)
	if list == "" {
		return ""
	}
	names := strings.Split(list, ", ")
	kept, length := 0, 0
	for _, name := range names {
		length += len([]rune(name)) + 2
		if length > componentsLimit {
			break
		}
		kept++
	}
	switch {
	case kept == len(names):
		return list
	case kept == 0:
		return cut(names[0], componentsLimit, cutMark) + andMore(len(names)-1)
	}
	return strings.Join(names[:kept], ", ") + andMore(len(names)-kept)
}

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return " … and " + count(n, "more component")
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// sourceWords says since when a page could not be read, and why.
func (d Digest) sourceWords(s Source) string {
	zone, until := d.location(), parse(d.UntilAt)
	reason := cut(oneLine(s.Reason), reasonLimit, cutMark)
	if s.LastGoodAt == "" && s.SinceAt == "" {
		return firstOf(reason, "not read live so far")
	}
	words := "since " + when(parse(s.SinceAt), zone, until)
	if since := parse(s.SinceAt); !since.IsZero() && until.After(since) {
		words += " (" + normalize.Duration(until.Sub(since)) + ")"
	}
	switch {
	case s.LastGoodAt == "":
		words += ", never read before"
	case s.LastGoodAt != s.SinceAt:
		words += ", last read " + when(parse(s.LastGoodAt), zone, until)
	}
	if reason == "" {
		return words
	}
	return words + ": " + reason
}

// backWords says since when a page can be read again.
func (d Digest) backWords(s Source) string {
	zone, until := d.location(), parse(d.UntilAt)
	words := "since " + when(parse(s.SinceAt), zone, until)
	if gone, back := parse(s.LastGoodAt), parse(s.SinceAt); !gone.IsZero() && back.After(gone) {
		words += ", after " + normalize.Duration(back.Sub(gone))
	}
	return words
}

func (p Part) words() string {
	if p.Renamed != "" {
		return cut(oneLine(p.Renamed), titleLimit, cutMark) + " is now called " + cut(oneLine(p.Component), titleLimit, cutMark)
	}
	statuses := make([]string, len(p.Statuses))
	for n, s := range p.Statuses {
		statuses[n] = spell(s)
	}
	if n := len(statuses); n > 5 {
		statuses = append(append(statuses[:2:2], "…"), statuses[n-2:]...)
	}
	return cut(oneLine(p.Component), titleLimit, cutMark) + ": " + strings.Join(statuses, " → ")
}

// span says what time the digest covers.
func (d Digest) span() string {
	zone, until := d.location(), parse(d.UntilAt)
	if from := parse(d.FromAt); !from.IsZero() {
		return when(from, zone, until) + " to " + when(until, zone, until)
	}
	return "up to " + when(until, zone, until)
}

// foot says how much of the world the digest could see.
func (d Digest) foot() []string {
	c := d.Counts
	lines := []string{fmt.Sprintf("%d of %s readable, %d of %s", c.VendorsReadable, count(c.Vendors, "vendor"),
		c.SourcesReadable, count(c.Sources, "page"))}
	if c.Filtered > 0 {
		lines = append(lines, fmt.Sprintf("%d more, open or ahead, hidden by the filters of vendors", c.Filtered))
	}
	if unseen := d.unseenWords(); unseen != "" {
		lines = append(lines, unseen)
	}
	if c.SourcesUncertain > 0 {
		lines = append(lines, count(c.SourcesUncertain, "page")+" counted as readable failed in whole or part when last asked")
	}
	return lines
}
