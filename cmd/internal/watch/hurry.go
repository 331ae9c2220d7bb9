package watch

import (
	"context"
	"slices"
	"sync"
	"time"

	"vendorwatch/normalize/reach"
)

const (
	// leastApart is the least time between two readings of a page that are asked for out of turn: Statuspage's own
	// cache holds an answer for about ten seconds.
	leastApart = 10 * time.Second
	// hurryEvery is how often it is looked at which pages are to be read more often.
	hurryEvery = 10 * time.Second
	// controls is how many pages of other vendors are read to see whether our own network works.
	controls = 5
)

// turns are the pages that Run reads, for readings out of turn.
type turns struct {
	mu     sync.Mutex
	all    []*turn
	opened bool // Run starts readings
}

func (t *turns) open() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.opened = true
}

// close lets no further reading begin, and forgets the pages.
func (t *turns) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all, t.opened = nil, false
}

// whileOpen starts something unless Run was told to stop.
func (t *turns) whileOpen(start func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.opened {
		start()
	}
}

// turn is a page that Run reads.
type turn struct {
	source Source
	read   func() // reads it; returns at once
	mu     sync.Mutex
	busy   bool      // it is being read
	last   time.Time // when a reading began
	waits  bool      // a reading out of turn is due
	again  bool      // and one more after it
	missed bool      // one was due while the page was being read
}

// begin says that a reading begins, unless one is under way.
func (t *turn) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.start()
}

// start is begin for who holds mu.
func (t *turn) start() bool {
	if t.busy {
		return false
	}
	t.busy, t.last, t.waits = true, time.Now(), false
	if t.again {
		t.again = false
		began := t.last
		time.AfterFunc(leastApart, func() { t.once(began) })
	}
	return true
}

// once reads the page once more after the reading that began then, unless that has been done in the same moment.
func (t *turn) once(began time.Time) {
	t.mu.Lock()
	done := !t.last.Before(began.Add(leastApart))
	t.mu.Unlock()
	if !done {
		t.soon()
	}
}

// end says that a reading has ended. What asked for one meanwhile wishes to know what came after it.
func (t *turn) end() {
	t.mu.Lock()
	missed := t.missed
	t.busy, t.missed = false, false
	t.mu.Unlock()
	if missed {
		t.soon()
	}
}

// beginAsked says that a reading that was asked for begins. If one is under way, another follows it; where the server
// wishes to be left alone, none does.
func (t *turn) beginAsked(rests bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !rests && t.start() {
		return true
	}
	t.waits, t.missed = false, t.busy && !rests
	return false
}

// twice reads the page soon, and once more after that.
func (t *turn) twice() {
	t.mu.Lock()
	t.again = true
	t.mu.Unlock()
	t.soon()
}

// soon reads the page now, or as soon as the last reading lies leastApart back. One reading answers all that ask for it
// until then.
func (t *turn) soon() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waits {
		return
	}
	t.waits = true
	time.AfterFunc(max(0, leastApart-time.Since(t.last)), t.read)
}

func (t *turn) readBefore(age time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Since(t.last) >= age
}

// ReadNow has the pages of a vendor read at once, by slug, with the manners of any reading, and reports whether Run
// reads any of them.
func (w *Watcher) ReadNow(vendor string) bool {
	found := false
	for _, t := range w.turns.list() {
		if t.source.Vendor == vendor {
			t.soon()
			found = true
		}
	}
	return found
}

// Pushed is told that a vendor, by slug, has called us. Its pages are read at once, and once more: what stands between
// may still hold the page as it was before.
func (w *Watcher) Pushed(vendor string) bool {
	found := false
	for _, t := range w.turns.list() {
		if t.source.Vendor == vendor {
			t.twice()
			found = true
		}
	}
	return found
}

// Missed is told of a probe that missed. The page of its vendor is read: whether it says so is news, and that it can
// be read shows that our network works. Where nothing shows that, some other pages are read.
func (w *Watcher) Missed(vendor string, state reach.State) {
	w.ReadNow(vendor)
	if state != reach.Undecided && state != reach.OwnNetwork {
		return
	}
	left := controls
	for _, t := range w.turns.list() {
		if left > 0 && t.source.Vendor != vendor && t.readBefore(time.Minute) {
			t.soon()
			left--
		}
	}
}

func (t *turns) list() []*turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.all)
}

func (t *turns) add(one *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, one)
}

// outOfTurn reads a page between its readings by schedule. Where its server wishes to be left alone, it is.
func (w *Watcher) outOfTurn(ctx context.Context, t *turn) {
	if _, rests := w.retryAfterOf(t.source.ID); !t.beginAsked(rests) {
		return
	}
	defer t.end()
	if saved, err := w.Scrape(ctx, t.source); err != nil && saved.Outcome == "" {
		w.Log.Error("scrape", "vendor", t.source.Vendor, "error", err)
	}
}

// hurry reads the pages of vendors that have trouble every WhenOpen, until ctx ends.
func (w *Watcher) hurry(ctx context.Context) {
	if w.WhenOpen <= 0 {
		return
	}
	tick := time.NewTicker(min(hurryEvery, w.WhenOpen))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		ids, err := w.DB.InTrouble(ctx, w.Now())
		if err != nil {
			if ctx.Err() == nil {
				w.Log.Error("pages of vendors with trouble", "error", err)
			}
			continue
		}
		for _, t := range w.turns.list() {
			if slices.Contains(ids, t.source.ID) && t.readBefore(w.WhenOpen) {
				t.soon()
			}
		}
	}
}
