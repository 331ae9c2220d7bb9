package watch

import (
	"context"
	"sync"
	"time"

	"vendorwatch/db/record"
	"vendorwatch/scraper"
)

// place is a scrape's claim to one of the Concurrency slots. It holds one while it works, and none while it waits for
// a server: a vendor that does not answer keeps nobody else from being read.
type place struct {
	w    *Watcher
	held bool
}

// take waits for a slot. The wait is ours and takes nothing of the limit of ctx.
func (p *place) take(ctx context.Context) error {
	p.w.slotOnce.Do(func() { p.w.slots = make(chan struct{}, max(p.w.Concurrency, 1)) })
	return scraper.Pause(ctx, func(ctx context.Context) error {
		select {
		case p.w.slots <- struct{}{}:
			p.held = true
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

// leave gives the slot back, if the scrape holds one.
func (p *place) leave() {
	if p.held {
		p.held = false
		<-p.w.slots
	}
}

// apart is a Fetcher that a scrape waits for without its slot.
type apart struct {
	scraper.Fetcher
	place *place
	first time.Time // by the watcher's clock, when the first answer came
}

// Fetch implements scraper.Fetcher.
func (a *apart) Fetch(ctx context.Context, r scraper.Request) (scraper.Page, error) {
	a.place.leave()
	page, err := a.Fetcher.Fetch(ctx, r)
	if a.first.IsZero() {
		a.first = a.place.w.Now().UTC()
	}
	if free := a.place.take(ctx); err == nil {
		err = free
	}
	return page, err
}

// Lateness is what was due and is read later than its schedule says, because we cannot read as much as we are asked to.
// It says nothing of the vendors.
type Lateness struct {
	PutOff  int64         // readings that were due and were left out, since the start
	Waiting int           // pages that wait now, for their turn at a host that is asked for others too, or for a slot
	Longest time.Duration // how long the one that began first has waited
}

// late keeps count of what we are late with.
type late struct {
	mu      sync.Mutex
	running map[int64]*scraper.Limit // scrapes that have begun, by source
	begun   map[int64]time.Time
	well    map[int64]bool // sources that were read without an error the last time
	tells   map[int64]bool // those of which the last reading in full told all that happened for a time
	putOff  int64
	told    time.Time // when it was last logged
	untold  int       // put off since then
}

func (l *late) begin(sourceID int64, limit *scraper.Limit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running == nil {
		l.running, l.begun = map[int64]*scraper.Limit{}, map[int64]time.Time{}
	}
	l.running[sourceID], l.begun[sourceID] = limit, time.Now()
}

func (l *late) end(sourceID int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.running, sourceID)
	delete(l.begun, sourceID)
}

// read notes how the last reading of a source went.
func (l *late) read(sourceID int64, well bool, s record.Scrape) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.well == nil {
		l.well, l.tells = map[int64]bool{}, map[int64]bool{}
	}
	l.well[sourceID] = well
	if well && !s.Unchanged && !s.SomeSame {
		l.tells[sourceID] = !s.CoverageStart.IsZero() && s.CoverageEnd.IsZero()
	}
}

// tellsAll reports whether a source that has not changed tells that nothing happened since it was read.
func (l *late) tellsAll(sourceID int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tells[sourceID]
}

// readBefore reports whether this process has read a source, and could the last time: that it is read late now is then
// a matter of its turn.
func (l *late) readBefore(sourceID int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.well[sourceID]
}

// ours reports whether the scrape of a source that is under way has spent more time waiting for us than working.
func (l *late) ours(sourceID int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit := l.running[sourceID]
	return limit != nil && 2*limit.Waited() > time.Since(l.begun[sourceID])
}

// tellEvery is how often it is logged that readings are put off: they are many, of one cause.
const tellEvery = time.Minute

// putOff notes that a source was due and is not read, because we are late. Nothing of it goes on record: what is on
// record is about the vendor.
func (w *Watcher) putOff(s Source) {
	w.late.mu.Lock()
	defer w.late.mu.Unlock()
	w.late.putOff++
	w.late.untold++
	if now := time.Now(); now.Sub(w.late.told) >= tellEvery {
		w.Log.Warn("readings are put off: more is due than can be read; see the finding of vendorwatch config check",
			"readings", w.late.untold, "vendor", s.Vendor)
		w.late.told, w.late.untold = now, 0
	}
}

// waitsLong is how long a page may wait without counting as late.
const waitsLong = 10 * time.Second

// Lateness returns what we are late with now.
func (w *Watcher) Lateness() Lateness {
	w.late.mu.Lock()
	defer w.late.mu.Unlock()
	all := Lateness{PutOff: w.late.putOff}
	for _, limit := range w.late.running {
		if waited := limit.Waited(); waited > waitsLong {
			all.Waiting++
			all.Longest = max(all.Longest, waited)
		}
	}
	return all
}
