package report

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"vendorwatch/db"
)

// The delays between tries to deliver.
const (
	minRetry      = 5 * time.Second
	maxRetry      = 15 * time.Minute
	maxRetryAfter = time.Hour       // a receiver that asks for more is asked again after that
	recordTimeout = 5 * time.Second // to write down an outcome after the work was told to end
)

// Reporter delivers digests to one channel: all news that the channel has not got, at least once. What it
// has sent, it does not send again unless the program ended before the outcome was written down.
// A failed digest with news in it is in the database, and so outlives a restart; a failed digest without
// news is tried again for as long as the program runs. The fields may be set before first use.
type Reporter struct {
	DB       *db.DB
	Channel  Channel
	Zone     *time.Location   // of the reader; nil means UTC
	Edits    bool             // tell what vendors edited after publishing it
	Now      func() time.Time // the clock; time.Now by default
	Log      *slog.Logger     // silent by default
	MinRetry time.Duration    // before the first new try; doubled with each further one
	MaxRetry time.Duration    // the most between two tries, unless the receiver asks for more

	triggers chan struct{}

	mu       sync.Mutex // one attempt at a time
	retries  *backoff.ExponentialBackOff
	tries    int       // of the digest that is failing
	next     time.Time // of the failing digest; zero if none is
	lastSent time.Time
	unmarked []receipt // taken by the channel, but not yet on record as such
}

// receipt is a delivery that took place.
type receipt struct {
	ids  []int64
	at   time.Time
	text string
}

// NewReporter returns a Reporter with its defaults.
func NewReporter(d *db.DB, c Channel) *Reporter {
	return &Reporter{
		DB: d, Channel: c, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		MinRetry: minRetry, MaxRetry: maxRetry, triggers: make(chan struct{}, 1),
	}
}

// Trigger asks Run for a digest now. It does not wait; a second call before the digest goes out asks for nothing more.
func (r *Reporter) Trigger() {
	select {
	case r.triggers <- struct{}{}:
	default:
	}
}

// Run sends a digest at each Trigger, and tries again what failed, now or before a restart. It returns
// nil when ctx ends; failures are logged and tried again.
func (r *Reporter) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		next, err := r.nextAttempt(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			r.Log.Error("delivery: next attempt not known, will be asked for again", "channel", r.Channel.Name(), "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(r.MinRetry):
			}
			continue
		}
		if !r.wait(ctx, next) {
			return nil
		}
		if err := r.Send(ctx); err != nil && ctx.Err() == nil {
			r.logFailure(err)
		}
	}
	return nil
}

// wait returns true when it is time to send, false when ctx has ended. While a failed digest waits for
// its next try, a trigger is not heard: that try tells everything.
func (r *Reporter) wait(ctx context.Context, next time.Time) bool {
	if next.IsZero() {
		select {
		case <-ctx.Done():
			return false
		case <-r.triggers:
			return true
		}
	}
	timer := time.NewTimer(max(next.Sub(r.Now()), 0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		select {
		case <-r.triggers:
		default:
		}
		return true
	}
}

func (r *Reporter) logFailure(err error) {
	r.mu.Lock()
	next, tries := r.next, r.tries
	r.mu.Unlock()
	if next.IsZero() {
		r.Log.Error("delivery refused, will not be tried again", "channel", r.Channel.Name(), "error", err)
		return
	}
	r.Log.Warn("delivery failed, will be tried again", "channel", r.Channel.Name(), "tries", tries, "next_attempt_at", next, "error", err)
}

// nextAttempt is when a failed digest is to be tried again; zero if none is.
func (r *Reporter) nextAttempt(ctx context.Context) (time.Time, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.next.IsZero() {
		return r.next, nil
	}
	if err := r.DB.EnsureChannel(ctx, r.Channel.Name(), r.Now()); err != nil {
		return time.Time{}, err
	}
	next, _, err := r.DB.NextAttempt(ctx, r.Channel.Name())
	return next, err
}

// Resume sends what failed before, in this run of the program or an earlier one, if the time for its next
// try has come. It does nothing otherwise.
func (r *Reporter) Resume(ctx context.Context) error {
	next, err := r.nextAttempt(ctx)
	if err != nil {
		return fmt.Errorf("channel %q: %w", r.Channel.Name(), err)
	}
	if next.IsZero() || next.After(r.Now()) {
		return nil
	}
	return r.Send(ctx)
}

// Send makes one attempt to deliver a digest of all news that the channel has not got, and writes the
// outcome down. Without news the digest says so. The error says why the channel did not take it,
// or what of the database failed; it holds no secret.
func (r *Reporter) Send(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.attempt(ctx)
	if err == nil {
		r.settled()
		return nil
	}
	var refusal *refusedError
	switch {
	case ctx.Err() != nil:
	case errors.As(err, &refusal):
		r.settled()
	case r.next.IsZero() || !r.next.After(r.Now()):
		r.next = r.Now().Add(r.delay(0)) // the database failed, not the channel
	}
	return err
}

// refusedError is an attempt whose failure is for good.
type refusedError struct{ err error }

func (e *refusedError) Error() string { return e.err.Error() }
func (e *refusedError) Unwrap() error { return e.err }

func (r *Reporter) settled() {
	r.tries, r.next, r.retries = 0, time.Time{}, nil
}

func (r *Reporter) attempt(ctx context.Context) error {
	name := r.Channel.Name()
	fail := func(err error) error { return fmt.Errorf("channel %q: %w", name, err) }
	now := r.Now()
	if err := r.DB.EnsureChannel(ctx, name, now); err != nil {
		return fail(err)
	}
	taken := len(r.unmarked) > 0
	if err := r.record(ctx); err != nil {
		return fail(err)
	}
	events, err := r.DB.Pending(ctx, name)
	if err != nil {
		return fail(err)
	}
	if taken && len(events) == 0 {
		return nil // all that was left to do was to write it down
	}
	since, err := r.since(ctx, events)
	if err != nil {
		return fail(err)
	}
	digest, err := Build(ctx, r.DB, Window{Since: since, Until: now, Events: append([]db.Event{}, events...)}, Options{Zone: r.Zone, Now: now, Edits: r.Edits})
	if err != nil {
		return fail(err)
	}
	// Should the program be killed while the message is on its way, the next run finds it due.
	if len(events) > 0 {
		if err := r.DB.OutboxMarkSending(ctx, name, digest.EventIDs, now); err != nil {
			return fail(err)
		}
	}
	text, err := r.Channel.Send(ctx, digest)
	if err == nil {
		r.lastSent = now
		r.unmarked = append(r.unmarked, receipt{digest.EventIDs, r.Now(), text})
		r.Log.Info("digest delivered", "channel", name, "events", len(digest.EventIDs), "headline", digest.Headline)
		if err := r.record(ctx); err != nil {
			return fail(fmt.Errorf("delivered, but not written down: %w", err))
		}
		return nil
	}
	if ctx.Err() != nil {
		return err // nobody knows whether it arrived; the next run sends it again
	}
	return r.failed(ctx, digest.EventIDs, err)
}

// failed writes down an attempt that the channel did not take.
func (r *Reporter) failed(ctx context.Context, ids []int64, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	r.tries++
	var sendErr *SendError
	wait := time.Duration(0)
	if errors.As(err, &sendErr) {
		if sendErr.Refused || (sendErr.MaxTries > 0 && r.tries >= sendErr.MaxTries) {
			if len(ids) > 0 {
				err = errors.Join(err, r.DB.OutboxMarkRefused(ctx, r.Channel.Name(), ids, r.Now(), err.Error()))
			}
			return &refusedError{err}
		}
		wait = sendErr.RetryAfter
	}
	r.next = r.Now().Add(r.delay(wait))
	if len(ids) > 0 {
		err = errors.Join(err, r.DB.OutboxMarkFailed(ctx, r.Channel.Name(), ids, r.Now(), r.next, err.Error()))
	}
	return err
}

// record writes down what the channel took, also when the work has been told to end.
func (r *Reporter) record(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	for len(r.unmarked) > 0 {
		done := r.unmarked[0]
		if len(done.ids) > 0 {
			if err := r.DB.OutboxMarkDelivered(ctx, r.Channel.Name(), done.ids, done.at, done.text); err != nil {
				return err
			}
		}
		r.unmarked = r.unmarked[1:]
	}
	return nil
}

// since is where the digest's window begins: at the last digest, or at the first of its events if that is
// earlier or the only thing known; zero if nothing is.
func (r *Reporter) since(ctx context.Context, events []db.Event) (time.Time, error) {
	since := r.lastSent
	if since.IsZero() {
		var err error
		if since, err = r.DB.LastDelivered(ctx, r.Channel.Name()); err != nil {
			return since, err
		}
	}
	if len(events) > 0 {
		if first := parse(events[0].At); !first.IsZero() && (since.IsZero() || first.Before(since)) {
			since = first
		}
	}
	return since, nil
}

// delay is the time until the next try: longer with each, with jitter, and never less than asked for.
func (r *Reporter) delay(asked time.Duration) time.Duration {
	if r.retries == nil {
		r.retries = backoff.NewExponentialBackOff()
		r.retries.InitialInterval, r.retries.MaxInterval, r.retries.Multiplier = r.MinRetry, r.MaxRetry, 2
	}
	return max(min(r.retries.NextBackOff(), r.MaxRetry), min(asked, maxRetryAfter))
}
