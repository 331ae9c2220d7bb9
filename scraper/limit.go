package scraper

import (
	"context"
	"sync"
	"time"
)

// Limit is the time that a pass over a source may take. What the pass waits for on our own account does not count: its
// turn at a host that others are asked of too, or a free place.
type Limit struct {
	outer  context.Context // without the limit
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	timer   *time.Timer // nil: there is no end
	left    time.Duration
	since   time.Time // since when the time runs, or stands still
	pauses  int       // how many wait
	waited  time.Duration
	stopped bool
}

type limitKey struct{}

// WithLimit returns a context that ends with the cause after d of work; a d of 0 is no end. What runs in Pause takes
// none of it. Stop has to be called when the pass is over.
func WithLimit(ctx context.Context, d time.Duration, cause error) (context.Context, *Limit) {
	l := &Limit{outer: ctx, left: d, since: time.Now()}
	ctx, l.cancel = context.WithCancelCause(context.WithValue(ctx, limitKey{}, l))
	if d > 0 {
		l.timer = time.AfterFunc(d, func() { l.cancel(cause) })
	}
	return ctx, l
}

// Stop ends the context.
func (l *Limit) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	if l.timer != nil {
		l.timer.Stop()
	}
	l.cancel(context.Canceled)
}

// Waited returns how long the pass has waited on our own account so far.
func (l *Limit) Waited() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pauses > 0 {
		return l.waited + time.Since(l.since)
	}
	return l.waited
}

// Pause runs what waits on our own account. Meanwhile the limit of the context, if it has one, stands still; fn is
// given the context without it.
func Pause(ctx context.Context, fn func(context.Context) error) error {
	l, ok := ctx.Value(limitKey{}).(*Limit)
	if !ok {
		return fn(ctx)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	l.halt()
	defer l.goOn()
	return fn(l.outer)
}

func (l *Limit) halt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pauses++; l.pauses > 1 {
		return
	}
	now := time.Now()
	if l.timer != nil && l.timer.Stop() {
		l.left -= now.Sub(l.since)
	}
	l.since = now
}

func (l *Limit) goOn() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pauses--; l.pauses > 0 {
		return
	}
	now := time.Now()
	l.waited += now.Sub(l.since)
	l.since = now
	if l.timer != nil && !l.stopped {
		l.timer.Reset(max(l.left, 0))
	}
}

// deadline is when the context ends if nothing has to wait from now on; false if it has no end.
func deadline(ctx context.Context) (time.Time, bool) {
	at, ok := ctx.Deadline()
	l, limited := ctx.Value(limitKey{}).(*Limit)
	if !limited || l.timer == nil {
		return at, ok
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if ends := l.since.Add(l.left); !ok || ends.Before(at) {
		return ends, true
	}
	return at, ok
}
