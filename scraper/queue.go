package scraper

import (
	"fmt"
	"slices"
	"time"

	"vendorwatch/normalize"
)

// wanted is a request that waits, and those that are wanted together with it.
type wanted struct {
	Request
	with *company
}

// company is what requests have in common that one document leads to: most often each is the page of an incident.
type company struct {
	failed int // in a row
	turned bool
	left   bool // a finding says that some are not asked for
}

// A page may list fifty incidents, each with a page of its own, and none of these may be readable. So many failures in
// a row are taken for all; after the first, the others take turns, so that a few that fail for good hide none.
const (
	failuresBeforeTurns = 3
	failuresBeforeEnd   = 5
)

// together returns the requests that one document leads to.
func together(requests []Request) []wanted {
	with := &company{}
	out := make([]wanted, len(requests))
	for n, r := range requests {
		out[n] = wanted{r, with}
	}
	return out
}

// instead returns what is requested in place of a request that is refused.
func (w wanted) instead() []wanted {
	out := together(w.Fallback)
	for n := range out {
		out[n].with = w.with
	}
	return out
}

func (c *company) spent() bool { return c.failed >= failuresBeforeEnd }

// takeTurns puts another of the requests first that are left of the company, if those before failed. They are at the
// beginning of the queue.
func (c *company) takeTurns(queue []wanted, now time.Time) {
	if c.turned || c.failed < failuresBeforeTurns {
		return
	}
	c.turned = true
	rest := 0
	for rest < len(queue) && queue[rest].with == c {
		rest++
	}
	if rest < 2 {
		return
	}
	by := int(now.Unix()/60) % rest
	turned := slices.Concat(queue[by:rest], queue[:by])
	copy(queue, turned)
}

// leave says that a request is not made in this reading.
func (u *run) leave(next wanted) {
	if next.with.left {
		return
	}
	next.with.left = true
	u.out.Findings = append(u.out.Findings, normalize.Finding{Field: "page", Value: u.source.URL,
		Problem: fmt.Sprintf("%d pages in a row that it leads to could not be read; the others are left to the next "+
			"readings", failuresBeforeEnd)})
}
