// Package reach decides what it means that a probe misses: that the vendor fails, or our own network. It is pure.
//
// Two misses in a row are the vendor's if something else was reached in between: our network worked then. Only what
// lies between the end of the first miss and the start of the last counts. So one outage of our network, however long
// and whatever is asked when, is never taken for a vendor's: nothing at all is reached in the middle of it.
//
// Misses of several vendors that begin within Window of each other are our network's, unless more other vendors were
// reached meanwhile than miss; where all of them answered, if only wrongly, unless any was reached. They count for
// nobody, and neither do misses within Settle after it.
package reach

import (
	"slices"
	"time"
)

const (
	// Window is within what time misses of several vendors count as together.
	Window = 5 * time.Minute
	// Settle is for how long after an outage of our network misses still count for nobody.
	Settle = 5 * time.Minute
	// Needed is how many misses in a row are a signal.
	Needed = 2
)

// State is how a probe does.
type State string

// The states of a probe.
const (
	Never      State = "never"       // not asked yet
	OK         State = "ok"          // as expected
	Missed     State = "missed"      // once; the next one decides
	Failing    State = "failing"     // the vendor fails
	Undecided  State = "undecided"   // nothing that was reached meanwhile shows that our network works
	OwnNetwork State = "own_network" // our network is taken for the cause
)

// Probe is what is known of a probe. Of a service of ours it has no vendor: what that misses is a signal of the
// service.
type Probe struct {
	ID     int64
	Vendor int64 // 0: it checks a service of ours
	State  State
	Misses int       // in a row
	Since  time.Time // the end of the first of them; zero if there are none
	// LastMiss is the end of the last miss, whatever followed.
	LastMiss time.Time
	LastOK   time.Time
	Answered bool // each of the misses in a row was an answer, and not the expected one
}

// Outage is a time in which our own network is taken for the cause.
type Outage struct {
	From, To time.Time // To: zero while it lasts
	Vendors  []int64
	Refuted  bool // meanwhile more others were reached than failed: it was not our network
}

// lasts reports whether it is going on.
func (o Outage) lasts() bool { return !o.From.IsZero() && o.To.IsZero() }

// Result is how one request of a probe ended.
type Result struct {
	Probe    int64
	At       time.Time // when it began
	Took     time.Duration
	OK       bool
	Answered bool // where it is not OK: its server answered
	// Reached is when each vendor was last reached, by a probe or by reading its page, as of the start of the request.
	Reached map[int64]time.Time
}

// World is all that the rule depends on.
type World struct {
	Probes []*Probe
	Outage Outage // the last one; zero if there was none
}

// Take takes in a result. It returns the probes that are different afterwards; the outage may be, too.
func (w *World) Take(r Result) (changed []*Probe) {
	at := slices.IndexFunc(w.Probes, func(p *Probe) bool { return p.ID == r.Probe })
	if at < 0 {
		return nil
	}
	p, end := w.Probes[at], r.At.Add(r.Took)
	changed = []*Probe{p}
	if r.OK {
		p.forget(OK)
		p.LastOK = end
		if w.Outage.lasts() && slices.Contains(w.Outage.Vendors, p.Vendor) {
			w.Outage.To = later(end, w.Outage.From)
			changed = append(changed, w.release(p)...)
		}
		return changed
	}
	p.LastMiss = end
	if p.Vendor != 0 && !w.Outage.To.IsZero() && !w.Outage.Refuted && p.State != Failing &&
		r.At.Before(w.Outage.To.Add(Settle)) {
		p.forget(OwnNetwork)
		return changed
	}
	if p.Misses++; p.Misses == 1 {
		p.Since, p.Answered = end, true
	}
	p.Answered = p.Answered && r.Answered
	switch {
	case p.State == Failing:
	case p.Misses < Needed:
		p.State = Missed
	case p.Vendor == 0:
		p.State = Failing // it claims nothing of a vendor
	default:
		p.State = w.judge(p, r)
	}
	return changed
}

func (p *Probe) forget(s State) { p.State, p.Misses, p.Since, p.Answered = s, 0, time.Time{}, false }

// release forgets the misses of an outage that is over, but for those of one probe.
func (w *World) release(but *Probe) (changed []*Probe) {
	for _, p := range w.Probes {
		if p != but && p.Vendor != 0 && p.Misses > 0 && p.State != Failing {
			p.forget(OwnNetwork)
			changed = append(changed, p)
		}
	}
	return changed
}

// judge says whose the misses of a probe in a row are.
func (w *World) judge(p *Probe, r Result) State {
	together, from := w.together(p)
	reached := 0
	for vendor, at := range r.Reached {
		if !slices.Contains(together, vendor) && !at.Before(p.Since) {
			reached++
		}
	}
	switch {
	case len(together) == 0 && reached == 0:
		return Undecided
	case len(together) == 0,
		p.Answered && reached > 0,
		reached > len(together)+1:
		if w.Outage.lasts() && slices.Contains(w.Outage.Vendors, p.Vendor) {
			w.Outage.To, w.Outage.Refuted = later(r.At, w.Outage.From), true
		}
		return Failing
	}
	if !w.Outage.lasts() {
		w.Outage = Outage{From: from}
	}
	for _, vendor := range append(together, p.Vendor) {
		if !slices.Contains(w.Outage.Vendors, vendor) {
			w.Outage.Vendors = append(w.Outage.Vendors, vendor)
		}
	}
	return OwnNetwork
}

// together returns the other vendors whose probes began to miss about when this one did, and when the first of all did.
func (w *World) together(p *Probe) (vendors []int64, from time.Time) {
	from = p.Since
	earliest := p.Since.Add(-Window)
	for _, o := range w.Probes {
		switch {
		case o.Vendor == 0, o.Vendor == p.Vendor, o.LastMiss.Before(earliest):
			continue
		case o.State == Failing && o.Since.Before(earliest):
			continue // it failed long before
		}
		if !slices.Contains(vendors, o.Vendor) {
			vendors = append(vendors, o.Vendor)
		}
		if o.Misses > 0 && o.Since.Before(from) && !o.Since.Before(earliest) {
			from = o.Since
		}
	}
	return vendors, from
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
