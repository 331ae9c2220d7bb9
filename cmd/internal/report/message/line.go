package message

import (
	"cmp"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// The longest that the texts of a line may be, in runes.
const (
	lineTitleLimit      = 120
	lineComponentsLimit = 80
	sentenceLimit       = 200
)

// Line is one line of a digest, for every kind of channel. Its texts are clean, but not escaped.
type Line struct {
	Item   *Item // nil for what is no incident or maintenance
	Vendor string
	Title  string   // of the incident; empty for what is none
	Link   string   // http or https, or empty
	Facts  []string // the most important first, so that the last can be left out where room is short
	Words  string   // one sentence of a new postmortem, or of what is open and critical or major
}

// Line puts an incident or maintenance of the digest into one line.
func (d Digest) Line(i Item) Line {
	l := Line{
		Item: &i, Vendor: VendorName(i.VendorName, i.Vendor, 40),
		Title: words.Short(cmp.Or(words.OneLine(i.Title), "(no title)"), lineTitleLimit),
		Link:  cmp.Or(WebLink(i.URL), WebLink(i.PageURL)),
	}
	if i.Kind == string(normalize.KindMaintenance) {
		l.Facts = d.maintenanceFacts(i)
	} else {
		l.Facts = d.lineFacts(i)
		if i.open() && normalize.Severity(i.Severity).Rank() >= normalize.SeverityMajor.Rank() {
			l.Words = Sentence(i.LatestBody, sentenceLimit)
		}
		for _, p := range d.Postmortems {
			if p.IncidentID == i.IncidentID {
				l.Words = Sentence(p.Postmortem, sentenceLimit)
			}
		}
	}
	switch {
	case i.Reopened:
		l.Facts = append(l.Facts, "reopened")
	case i.open() && !i.ToldBefore && among(d.New, i):
		l.Facts = append(l.Facts, "new")
	case i.open() && !i.ToldBefore && among(d.AlreadyOpen, i):
		l.Facts = append(l.Facts, "open when we began to watch")
	case i.ToldBefore:
		l.Facts = append(l.Facts, "told before")
	}
	if at := words.Time(i.ComponentsResolvedAt); !at.IsZero() {
		l.Facts = append(l.Facts, d.recovered(at))
	}
	for _, note := range i.Notes {
		if note != "reopened" {
			l.Facts = append(l.Facts, words.Short(note, lineTitleLimit))
		}
	}
	l.Facts = append(l.Facts, d.actionFacts(i)...)
	if story := words.Story(i.Incident); story != "" {
		l.Facts = append(l.Facts, words.Short(story, lineComponentsLimit))
	}
	if touches := words.Touches(i.Incident); touches != "" {
		l.Facts = append(l.Facts, words.Short(touches, lineComponentsLimit))
	}
	if i.Owner != "" {
		l.Facts = append(l.Facts, "owner "+words.Short(i.Owner, 40))
	}
	if c := components(i.Components, lineComponentsLimit); c != "" {
		l.Facts = append(l.Facts, c)
	}
	if i.AlsoOn != "" {
		l.Facts = append(l.Facts, "also on "+words.Short(BareAddresses(i.AlsoOn), lineTitleLimit))
	}
	return l
}

// Line puts one of several incidents of an alert into one line.
func (m Message) Line(i AlertItem) Line { return m.asDigest().Line(i.Item) }

func among(list []Item, i Item) bool {
	return slices.ContainsFunc(list, func(o Item) bool { return o.IncidentID == i.IncidentID })
}

// lineFacts say how long an incident lasts or lasted, and how far the vendor is with it.
func (d Digest) lineFacts(i Item) []string {
	facts := d.incidentFacts(i) // severity, state, start, length
	severity, state, start, length := facts[0], facts[1], facts[2], facts[3]
	if i.over() || i.gone() {
		return []string{severity, length, start}
	}
	return []string{severity, length, state, start}
}

// Text is the line as plain text.
func (l Line) Text() string {
	if l.Title == "" {
		return l.Vendor + ": " + strings.Join(l.Facts, " · ")
	}
	return strings.Join(append([]string{l.Vendor + ": " + l.Title}, l.Facts...), " · ")
}
