// Package signal makes the incident of a vendor that our own checks and alerts tell of. It is pure.
package signal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// Who may say that there is an incident, beside the vendor and its page.
const (
	OriginProbe  normalize.Origin = "probe"  // checks of ours fail
	OriginSignal normalize.Origin = "signal" // an alert of our own monitoring burns
)

// Ours reports whether an incident is our own word, and not that of the vendor or its page.
func Ours(o normalize.Origin) bool { return o == OriginProbe || o == OriginSignal }

// keyPrefix begins the keys of such incidents. No key of a vendor begins so.
const keyPrefix = normalize.PageKey + "ours/"

// Cause is a probe that fails, or an alert that burns.
type Cause struct {
	Name     string
	Origin   normalize.Origin
	From     time.Time // the end of the first miss, or since when the alert burns
	Seen     time.Time // when it came to be known as the vendor's
	To       time.Time // zero while it lasts
	Calm     time.Time // the last good check before; zero if it is not known
	Miss     time.Time // the last miss before To; zero if it is not known
	Severity normalize.Severity
	Text     string // what is wrong, in a sentence
}

// Received is an alert of our own monitoring, as it was received.
type Received struct {
	Vendor      string // slug or name; empty if it names none
	Service     string // likewise, of a service of ours
	Fingerprint string // what its sender calls the alert by
	Name        string
	Severity    normalize.Severity
	Summary     string
	URL         string
	StartedAt   time.Time
	EndedAt     time.Time // zero while it burns
}

// Page is what the vendor's pages say meanwhile.
type Page int

// What they may say.
const (
	PageSilent Page = iota // nothing is wrong
	PageUnread             // they cannot be read
	PageSays               // there is trouble
)

// Said are the words for that, after what we see; the second where it is over.
func (p Page) said(over bool) string {
	switch {
	case p == PageSilent && over:
		return ", its page said nothing"
	case p == PageSilent:
		return ", its page says nothing"
	case p == PageUnread && !over:
		return ", its page cannot be read"
	}
	return ""
}

// Record makes the incident of its causes, at least one. url is the address of the vendor's page.
func Record(causes []Cause, page Page, url string) normalize.Record {
	causes = slices.Clone(causes)
	slices.SortStableFunc(causes, func(a, b Cause) int {
		if c := a.Seen.Compare(b.Seen); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	first := causes[0]
	start, calm, end, missed := first.From, first.Calm, time.Time{}, time.Time{}
	over := true
	severity := normalize.SeverityNone
	for _, c := range causes {
		if c.From.Before(start) {
			start, calm = c.From, c.Calm
		}
		over = over && !c.To.IsZero()
		if c.To.After(end) {
			end, missed = c.To, c.Miss
		}
	}
	for _, c := range causes {
		if (over || c.To.IsZero()) && c.Severity.Rank() > severity.Rank() {
			severity = c.Severity
		}
	}
	f := normalize.Record{Origin: first.Origin, FirstSeen: first.Seen, Incident: normalize.Incident{
		Key: keyPrefix + normalize.FormatTime(first.Seen), Kind: normalize.KindIncident,
		Title: title(first, over) + page.said(over), URL: url, Severity: severity,
		State: normalize.StateInvestigating, StartedAt: start,
	}}
	f.StartedBasis, f.StartedAfter = normalize.BasisSeen, calm
	if first.Origin == OriginSignal && first.From.Equal(start) {
		f.StartedBasis = normalize.BasisStated
	}
	if calm.After(start) {
		f.StartedAfter = time.Time{}
	}
	if over {
		f.Incident.State, f.Incident.ResolvedAt = normalize.StateResolved, end
		f.ResolvedBasis = normalize.BasisSeen
		if !missed.After(end) {
			f.ResolvedAfter = missed
		}
	}
	for _, p := range posts(causes, over) {
		u := normalize.Update{Key: keyPrefix + normalize.FormatTime(p.at), State: p.state, PostedAt: p.at,
			Body: strings.Join(p.lines, "\n\n")}
		f.Updates = append(f.Updates, normalize.Post{Update: u, FirstSeen: p.at, Keys: []string{u.Key}})
		f.Incident.Updates = append(f.Incident.Updates, u)
	}
	return f
}

func title(first Cause, over bool) string {
	switch {
	case first.Origin == OriginSignal && over:
		return fmt.Sprintf("Our alert “%s” burned", first.Name)
	case first.Origin == OriginSignal:
		return fmt.Sprintf("Our alert “%s” burns", first.Name)
	case over:
		return "Our checks failed"
	}
	return "Our checks fail"
}

// post is what we say at a time.
type post struct {
	at    time.Time
	state normalize.State
	lines []string
}

func posts(causes []Cause, over bool) []post {
	var all []post
	add := func(at time.Time, line string) {
		n := slices.IndexFunc(all, func(p post) bool { return p.at.Equal(at) })
		if n < 0 {
			all = append(all, post{at: at, state: normalize.StateUpdate})
			n = len(all) - 1
		}
		if !slices.Contains(all[n].lines, line) { // one rule of a sender may make many alerts
			all[n].lines = append(all[n].lines, line)
		}
	}
	for _, c := range causes {
		add(c.Seen, c.Text)
		switch {
		case c.To.IsZero():
		case c.Origin == OriginSignal:
			add(latest(c.To, c.Seen), fmt.Sprintf("The alert “%s” no longer burns.", c.Name))
		default:
			add(latest(c.To, c.Seen), fmt.Sprintf("The check “%s” is well again.", c.Name))
		}
	}
	slices.SortStableFunc(all, func(a, b post) int { return a.at.Compare(b.at) })
	all[0].state = normalize.StateInvestigating
	if last := len(all) - 1; over {
		all[last].state = normalize.StateResolved
	}
	return all
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
