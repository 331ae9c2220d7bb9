package alert

import (
	"fmt"
	"slices"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Calm keeps alerts from becoming noise: it says what is held, grouped or suppressed. A zero field does nothing.
type Calm struct {
	Quiet        []QuietSpan
	QuietDays    []time.Weekday     // quiet as a whole
	Zone         *time.Location     // of both; nil means UTC
	BreakThrough normalize.Severity // the lowest severity that quiet hours do not hold; empty means critical
	Flapping     time.Duration      // how long a resolution is held in case the incident reopens
	Group        time.Duration      // how long after an opening further ones on its channel are grouped
	Cap          int                // alerts per channel and hour; 0 means no cap
}

// QuietSpan is a part of the day, in local time since midnight. One that ends before it begins reaches into the next
// day.
type QuietSpan struct{ From, To time.Duration }

// quietUntil returns when the quiet hours that cover a moment end; false if none do. Spans and days that touch count
// as one.
func (c Calm) quietUntil(now time.Time) (time.Time, bool) {
	until := now
	for range 32 { // more spans than can touch one another in eight days
		end, quiet := c.spanEnd(until)
		if !quiet {
			break
		}
		until = end
	}
	return until, until.After(now)
}

// spanEnd returns the end of the longest span or day in which t lies.
func (c Calm) spanEnd(t time.Time) (end time.Time, quiet bool) {
	zone := c.zone()
	year, month, day := t.In(zone).Date()
	// In local time, so that a night in which the clocks change is still quiet until seven.
	at := func(days int, clock time.Duration) time.Time {
		return time.Date(year, month, day+days, int(clock/time.Hour), int(clock%time.Hour/time.Minute), 0, 0, zone)
	}
	lies := func(from, to time.Time) {
		if !t.Before(from) && t.Before(to) && to.After(end) {
			end, quiet = to, true
		}
	}
	for _, s := range c.Quiet {
		over := 0
		if s.To <= s.From {
			over = 1
		}
		lies(at(-1, s.From), at(-1+over, s.To))
		lies(at(0, s.From), at(over, s.To))
	}
	if slices.Contains(c.QuietDays, t.In(zone).Weekday()) {
		lies(at(0, 0), at(1, 0))
	}
	return end, quiet
}

func (c Calm) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// breaks reports whether a severity breaks through quiet hours.
func (c Calm) breaks(s normalize.Severity) bool {
	through := c.BreakThrough
	if through == "" {
		through = normalize.SeverityCritical
	}
	return s.Rank() >= through.Rank()
}

// hold returns until when mutes or quiet hours hold a message, and why; false if they do not.
func (c Calm) hold(now time.Time, mutes []query.Action, about scope) (until time.Time, note string, held bool) {
	for _, m := range mutes {
		end := words.Time(m.UntilAt)
		if !covers(m, about, now) || !end.After(until) {
			continue
		}
		until = end
		note = "muted until " + words.Moment(end, c.zone(), now)
		if m.Text != "" {
			note += ": " + words.OneLine(m.Text)
		}
	}
	if end, quiet := c.quietUntil(now); quiet && !c.breaks(about.severity) && end.After(until) {
		until, note = end, "quiet hours until "+words.Moment(end, c.zone(), now)
	}
	return until, note, !until.IsZero()
}

// scope is what mutes and quiet hours need to know of a message.
type scope struct {
	vendor    string  // slug
	incidents []int64 // all records of the event; none for a page
	severity  normalize.Severity
}

// covers reports whether a mute holds at now for what a message is about.
func covers(m query.Action, about scope, now time.Time) bool {
	if !m.Holds(now) {
		return false
	}
	if m.IncidentID != 0 {
		return slices.Contains(about.incidents, m.IncidentID)
	}
	return m.Vendor == about.vendor
}

// overCap reports whether a channel has reached its cap for the hour.
func (c Calm) overCap(sentThisHour int) bool { return c.Cap > 0 && sentThisHour >= c.Cap }

// capNote is the note of a message that the cap suppresses.
func (c Calm) capNote() string {
	return fmt.Sprintf("%s of %d an hour; the digest reports it", message.NoteOverCap, c.Cap)
}
