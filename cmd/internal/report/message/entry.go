package message

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// The longest that each text of an item may be, in runes.
const (
	TitleLimit      = 200
	componentsLimit = 300
	latestLimit     = 400
	ReasonLimit     = 200
)

// Entry is an incident in words, for every kind of channel. Its texts are clean, but not escaped.
type Entry struct {
	Vendor     string
	Severity   string
	Title      string
	Link       string   // http or https, or empty
	Facts      []string // severity, state, when, for how long
	Components string   // as "Group › Name, Group › Name", cut to a length
	Latest     string   // the vendor's latest post, cut to a length
}

// Entry puts an incident of the digest into words.
func (d Digest) Entry(i Item) Entry {
	e := Entry{
		Vendor:     VendorName(i.VendorName, i.Vendor, 80),
		Severity:   i.Severity,
		Title:      words.Short(cmp.Or(words.OneLine(i.Title), "(no title)"), TitleLimit),
		Link:       cmp.Or(WebLink(i.URL), WebLink(i.PageURL)),
		Components: components(i.Components, componentsLimit),
		Latest:     Excerpt(cmp.Or(i.Postmortem, i.LatestBody), latestLimit),
	}
	if i.Kind == string(normalize.KindMaintenance) {
		e.Facts = d.maintenanceFacts(i)
	} else {
		e.Facts = d.incidentFacts(i)
	}
	if at := words.Time(i.ComponentsResolvedAt); !at.IsZero() {
		e.Facts = append(e.Facts, d.recovered(at))
	}
	e.Facts = append(e.Facts, d.actionFacts(i)...)
	if story := words.Story(i.Incident); story != "" {
		e.Facts = append(e.Facts, words.Short(story, componentsLimit))
	}
	if touches := words.Touches(i.Incident); touches != "" {
		e.Facts = append(e.Facts, words.Short(touches, componentsLimit))
	}
	for _, note := range i.Notes {
		e.Facts = append(e.Facts, words.Short(note, TitleLimit))
	}
	if i.AlsoOn != "" {
		e.Facts = append(e.Facts, "also on "+words.Short(BareAddresses(i.AlsoOn), TitleLimit))
	}
	return e
}

func (d Digest) incidentFacts(i Item) []string {
	until := words.Time(d.UntilAt)
	facts := []string{words.Severity(i.Severity), stateWords(i)}
	if by := words.ReportedBy(i.Incident); by != "" {
		facts = append(facts, "reported by "+by)
	}
	blind, isBlind := d.UnreadableSource(i.SourceID)
	lastRead, resting := d.Unwatched[i.SourceID]
	started := words.Time(i.StartedAt)
	if started.IsZero() {
		facts = append(facts, "start not given, first seen "+d.moment(words.Time(i.FirstSeenAt)))
	} else {
		facts = append(facts, "started "+d.moment(started))
	}
	switch {
	case i.Postmortem != "" && i.StatedDurationSeconds != nil:
		facts = append(facts, "lasted "+words.Seconds(*i.StatedDurationSeconds)+" by the postmortem"+measured(i))
	case normalize.State(i.State).Over():
		facts = append(facts, lasted(i))
	case i.EndUnknown():
		facts = append(facts, "nothing says whether it is over")
	case i.LeftFeedAt != "":
		facts = append(facts, "gone from the page "+d.moment(words.Time(i.LeftFeedAt))+", end unknown")
	case resting:
		facts = append(facts, "open when last read "+d.moment(words.Time(lastRead))+
			", the page is not watched")
	case isBlind:
		facts = append(facts, "open when last read "+d.moment(words.Time(blind.LastGoodAt)))
	case !started.IsZero() && !started.After(until):
		facts = append(facts, "ongoing for "+words.Duration(until.Sub(started)))
	default:
		facts = append(facts, "ongoing")
	}
	return facts
}

// recovered says that what an incident affects recovered before the incident was resolved.
func (d Digest) recovered(at time.Time) string { return "components recovered " + d.moment(at) }

// VendorName is the name to show for a vendor, in at most limit runes.
func VendorName(name, slug string, limit int) string {
	return words.Short(cmp.Or(words.OneLine(name), words.OneLine(slug), "(unnamed vendor)"), limit)
}

// lasted says how long an incident lasted, and what the vendor's postmortem says if that differs.
func lasted(i Item) string {
	text := "duration unknown"
	if i.DurationSeconds != nil {
		text = "lasted " + words.Seconds(*i.DurationSeconds)
	}
	if i.StatedDurationSeconds != nil {
		if stated := words.Seconds(*i.StatedDurationSeconds); text != "lasted "+stated {
			text += " (the vendor's postmortem says " + stated + ")"
		}
	}
	return text
}

func measured(i Item) string {
	if i.DurationSeconds == nil {
		return ", duration on the page unknown"
	}
	return ", " + words.Seconds(*i.DurationSeconds) + " on the page"
}

func (d Digest) maintenanceFacts(i Item) []string {
	zone, until := d.location(), words.Time(d.UntilAt)
	start := words.Time(cmp.Or(i.ScheduledStartAt, i.StartedAt))
	facts := []string{stateWords(i)}
	if start.IsZero() {
		return append(facts, "time not given")
	}
	return append(facts, words.Window(start, words.Time(cmp.Or(i.ScheduledEndAt, i.ResolvedAt)), zone, until))
}

// BareAddresses drops the scheme of each web address in a list.
func BareAddresses(list string) string {
	return strings.NewReplacer("https://", "", "http://", "").Replace(words.OneLine(list))
}

// stateWords returns the state in words; the vendor's own word if its meaning is not known.
func stateWords(i Item) string {
	if i.State != "" && i.State != string(normalize.StateUnknown) {
		return words.Spell(i.State)
	}
	if word := words.OneLine(i.VendorState); word != "" {
		return "“" + words.Short(word, 40) + "”"
	}
	return "state unknown"
}

// components shortens a list of "Group › Name" between names, and within a name only if it is the first.
func components(list string, limit int) string {
	list = words.OneLine(list)
	if list == "" {
		return ""
	}
	names := strings.Split(list, ", ")
	kept, length := 0, 0
	for _, name := range names {
		length += len([]rune(name)) + 2
		if length > limit {
			break
		}
		kept++
	}
	switch {
	case kept == len(names):
		return list
	case kept == 0:
		return words.Short(names[0], limit) + andMore(len(names)-1)
	}
	return strings.Join(names[:kept], ", ") + andMore(len(names)-kept)
}

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return " … and " + words.Count(n, "more component")
}

// UnreadableText says since when a page cannot be read, and why.
func (d Digest) UnreadableText(s Source) string {
	until := words.Time(d.UntilAt)
	reason := words.Short(s.Reason, ReasonLimit)
	if s.LastGoodAt == "" && s.SinceAt == "" {
		return cmp.Or(reason, "not read yet")
	}
	text := "since " + d.moment(words.Time(s.SinceAt))
	if since := words.Time(s.SinceAt); !since.IsZero() && until.After(since) {
		text += " (" + words.Duration(until.Sub(since)) + ")"
	}
	switch {
	case s.LastGoodAt == "":
		text += ", never read before"
	case s.LastGoodAt != s.SinceAt:
		text += ", last read " + d.moment(words.Time(s.LastGoodAt))
	}
	if reason == "" {
		return text
	}
	return text + ": " + reason
}

// ReadableText says since when a page can be read again.
func (d Digest) ReadableText(s Source) string {
	text := "since " + d.moment(words.Time(s.SinceAt))
	if gone, back := words.Time(s.LastGoodAt), words.Time(s.SinceAt); !gone.IsZero() && back.After(gone) {
		text += ", after " + words.Duration(back.Sub(gone))
	}
	return text
}

func (p ComponentChange) Text() string {
	if p.Renamed != "" {
		return words.Short(p.Renamed, TitleLimit) + " is now called " + words.Short(p.Component, TitleLimit)
	}
	statuses := make([]string, len(p.Statuses))
	for n, s := range p.Statuses {
		statuses[n] = words.Spell(s)
	}
	if n := len(statuses); n > 5 {
		statuses = append(append(statuses[:2:2], "…"), statuses[n-2:]...)
	}
	return words.Short(p.Component, TitleLimit) + ": " + strings.Join(statuses, " → ")
}

// Span says which time the digest covers.
func (d Digest) Span() string {
	zone, until := d.location(), words.Time(d.UntilAt)
	if from := words.Time(d.FromAt); !from.IsZero() {
		return words.Moment(from, zone, until) + " to " + words.Moment(until, zone, until)
	}
	return "up to " + words.Moment(until, zone, until)
}

// spanOf says from when to when an outage of our own lasted.
func (d Digest) spanOf(o query.OwnOutage) string {
	zone, until := d.location(), words.Time(d.UntilAt)
	from := words.Moment(words.Time(o.FromAt), zone, until)
	if o.ToAt == "" {
		return "since " + from
	}
	return "from " + from + " to " + words.Moment(words.Time(o.ToAt), zone, until)
}

// Footer says how much of what is watched could be read.
func (d Digest) Footer() []string {
	if d.Review != nil {
		return reviewFooter()
	}
	c := d.Counts
	lines := []string{fmt.Sprintf("%d of %s readable, %d of %s", c.VendorsReadable, words.Count(c.Vendors, "vendor"),
		c.SourcesReadable, words.Count(c.Sources, "page"))}
	if c.Filtered > 0 {
		lines = append(lines, fmt.Sprintf("%d more, open or upcoming, hidden by vendor filters", c.Filtered))
	}
	for _, o := range d.OwnOutages[:min(3, len(d.OwnOutages))] {
		lines = append(lines, "Our own network: checks of "+words.Short(words.And(o.Vendors), 120)+" failed together "+
			d.spanOf(o))
	}
	if unseen := d.gapsText(); unseen != "" {
		lines = append(lines, unseen)
	}
	if c.SourcesUncertain > 0 {
		lines = append(lines, words.Count(c.SourcesUncertain, "page")+
			" counted as readable failed, wholly or in part, when last read")
	}
	return lines
}
