package upstream

import (
	"cmp"
	"math"
	"slices"
	"time"

	"vendorwatch/normalize"
)

// Chance. Openings of incidents that have nothing to do with each other come like rain: by rate. They bunch somewhat,
// since more is deployed by day than by night.
const (
	bunched = 1.5      // how much more than usual opens in a usual busy hour
	unheard = 1.0      // openings a week of a company of which no rate is known
	looks   = 6        // a run is looked for in several ways, of which each may find one by chance
	claim   = 1.0 / 52 // a run is claimed if chance brings less than this many a week
	week    = 7 * 24 * time.Hour
	least   = 3 // companies of a run

	standingByChance = 0.05 // how likely chance may be to bring so many who stand on one provider
)

// spans are the lengths of time in which a run is looked for.
var spans = [...]time.Duration{10 * time.Minute, 20 * time.Minute, 40 * time.Minute, 80 * time.Minute, 2 * time.Hour,
	3 * time.Hour}

// A sieve lets a part of the incidents through: those that are rarer tell more. share is the part of all.
type sieve struct {
	share float64
	lets  func(*witness) bool
}

func sieves() []sieve {
	return []sieve{
		{1, func(*witness) bool { return true }},
		{0.3, func(i *witness) bool {
			return i.Severity == normalize.SeverityMajor || i.Severity == normalize.SeverityCritical
		}},
		{0.1, func(i *witness) bool { return i.says.blames() }},
	}
}

// blames reports whether an incident blames anybody, by name or not.
func (t testimony) blames() bool {
	if t.unnamed.Stance != "" {
		return true
	}
	for _, m := range t.of {
		if m.Stance == Blames {
			return true
		}
	}
	return false
}

// A run is a number of companies that opened incidents within a short time.
type run struct {
	members []*witness // the first incident of each company, by opening
	perWeek float64    // how many such runs chance brings a week
}

func (r run) claimed() bool { return len(r.members) >= least && r.perWeek <= claim }

func (r run) has(i *witness) bool { return slices.Contains(r.members, i) }

func (w World) rate(company string) float64 {
	if r, ok := w.PerWeek[company]; ok {
		return max(r, 0.01)
	}
	return unheard
}

// oneIn is once in how many times a company opens an incident within that time by chance.
func (w World) oneIn(company string, within time.Duration) float64 {
	p := 1 - math.Exp(-bunched*w.rate(company)*float64(within)/float64(week))
	return 1 / p
}

// runsOf finds the runs among incidents that chance does not bring, the rarest first. No incident is in two of them.
func (t *telling) runsOf(incidents []*witness) []run {
	var found []run
	for _, s := range sieves() {
		var all []*witness
		for _, i := range incidents {
			if s.lets(i) && !i.cloud {
				all = append(all, i)
			}
		}
		for at := range all {
			found = append(found, t.runsFrom(all[at:], s.share)...)
		}
	}
	slices.SortStableFunc(found, func(a, b run) int {
		return cmp.Or(cmp.Compare(a.perWeek, b.perWeek), a.members[0].Opened.Compare(b.members[0].Opened))
	})
	var kept []run
	for _, r := range found {
		if !slices.ContainsFunc(kept, func(k run) bool { return slices.ContainsFunc(r.members, k.has) }) {
			kept = append(kept, r)
		}
	}
	return kept
}

// runsFrom finds the runs that begin with the first of these.
func (t *telling) runsFrom(all []*witness, share float64) []run {
	var found []run
	var members []*witness
	for _, i := range all {
		after := i.Opened.Sub(all[0].Opened)
		if after > spans[len(spans)-1] {
			break
		}
		if slices.ContainsFunc(members, func(m *witness) bool { return m.by == i.by }) {
			continue
		}
		members = append(members, i)
		if len(members) < least {
			continue
		}
		for _, limit := range members {
			if r := t.rarest(members, limit.by, share); r.claimed() && r.members[0] == all[0] {
				found = append(found, r)
			}
		}
	}
	return found
}

// rarest is the run of those members whose companies open no more often than this one.
func (t *telling) rarest(members []*witness, than string, share float64) run {
	limit := t.world.rate(than)
	var r run
	for _, m := range members {
		if t.world.rate(m.by) <= limit {
			r.members = append(r.members, m)
		}
	}
	if len(r.members) < least {
		return run{}
	}
	took := r.members[len(r.members)-1].Opened.Sub(r.members[0].Opened)
	for _, s := range spans {
		if took <= s {
			took = s
			break
		}
	}
	perWeek := 0.0
	for _, company := range t.companies {
		if rate := t.world.rate(company); rate <= limit {
			perWeek += rate * bunched * share
		}
	}
	others := atLeast(len(r.members)-1, perWeek*float64(took)/float64(week))
	r.perWeek = perWeek * others * looks
	return r
}

// atLeast is the probability that there are n or more where mean are usual (Poisson).
func atLeast(n int, mean float64) float64 {
	term, below := math.Exp(-mean), 0.0
	for k := range n {
		below += term
		term *= mean / float64(k+1)
	}
	if below < 0.999 {
		return 1 - below
	}
	// The sum of what follows: 1 - below has no digits left.
	sum := 0.0
	for k := n; term > 0 && k < n+60; k++ {
		sum += term
		term *= mean / float64(k+1)
	}
	return sum
}
