// Package deliver sends planned messages, each at least once: it renders them from the record, hands them to their
// channel, retries, and records the outcome.
package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/normalize"
)

// How long things may take, and when they are retried.
const (
	minRetry      = 5 * time.Second
	maxRetry      = 15 * time.Minute
	maxRetryAfter = time.Hour        // the longest Retry-After that is kept
	sendTimeout   = 30 * time.Second // for one message; channels have shorter timeouts of their own
	stopGrace     = 4 * time.Second  // for a message in flight when the service stops
	recordTimeout = 4 * time.Second  // to record an outcome when the service stops
	lookAgain     = time.Minute      // how often to look for what another process planned or resent
	rejectedRetry = time.Minute      // the longest between two attempts while the receiver does not know us
	minTries      = 3                // before a message is given up, however long that takes
	lookSoon      = time.Second      // when another process took a message, or delivers for now

	// InHand is how long a message is left to the process that has it in hand: longer than it takes to send it.
	InHand = 45 * time.Second

	// How long a message is tried by default, see Sender.RetryFor.
	RetryFor         = 24 * time.Hour
	RetryRejectedFor = 10 * time.Minute
)

// Sender delivers the messages of one channel in order, each at least once: an outcome is recorded when it is known,
// and a message that was in flight when the program ended is sent again with the same id. Its state is in the database.
// Set the fields before the first use.
type Sender struct {
	Ledger   *ledger.Ledger
	Channel  channel.Channel
	Process  string // this process, as in ledger.Lease.Holder; empty where there is no other
	Render   *Renderer
	Now      func() time.Time // the clock; time.Now by default
	Log      *slog.Logger     // silent by default
	MinRetry time.Duration    // before the first retry; doubled with each further one
	MaxRetry time.Duration    // the longest between two attempts, unless the receiver asks for more

	// How long a message is tried before it counts as refused: in general, and while the receiver does not know us.
	RetryFor, RetryRejectedFor time.Duration

	Others   []string // channels that may be told that this one does not take its messages, the best first
	OnNotice func()   // called when one of them is to be told; may be nil

	wakes chan struct{}

	mu      sync.Mutex // one message at a time
	unsaved *receipt   // a delivery that is not recorded yet
}

// receipt is a delivery that a channel took.
type receipt struct {
	id   int64
	at   time.Time
	sent channel.Sent
}

// NewSender returns a Sender with its defaults.
func NewSender(l *ledger.Ledger, c channel.Channel, r *Renderer) *Sender {
	return &Sender{
		Ledger: l, Channel: c, Render: r, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		MinRetry: minRetry, MaxRetry: maxRetry, RetryFor: RetryFor, RetryRejectedFor: RetryRejectedFor,
		wakes: make(chan struct{}, 1),
	}
}

// Wake makes Run look for something to send. It does not wait.
func (s *Sender) Wake() {
	select {
	case s.wakes <- struct{}{}:
	default:
	}
}

// Run sends what is due until ctx ends; a message in flight then has four seconds to arrive. Failures are logged,
// recorded and retried.
func (s *Sender) Run(ctx context.Context) {
	for ctx.Err() == nil {
		due, err := s.sendDue(ctx)
		wait := lookAgain
		switch {
		case err != nil && ctx.Err() == nil:
			s.Log.Error("delivery: the database failed, will be retried", "channel", s.Channel.Name(), "error", err)
			wait = s.MinRetry
		case !due.IsZero():
			wait = min(max(due.Sub(s.Now()), 0), lookAgain)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-s.wakes:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// sendDue sends messages until none is due. It returns when the next one is due, zero if none waits. The error is that
// of the database.
func (s *Sender) sendDue(ctx context.Context) (due time.Time, err error) {
	for ctx.Err() == nil {
		sent, due, err := s.one(ctx, s.Now())
		var failure *deliveryError
		if err != nil && !errors.As(err, &failure) {
			return time.Time{}, err
		}
		if !sent && failure == nil {
			return due, nil
		}
	}
	return time.Time{}, nil
}

// Send makes one attempt at each of these messages of the channel, whenever they are due, in their order, and stops at
// the first that is to be retried. It leaves alone what another process has in hand. The error says why the channel did
// not take a message, or what failed in the database; it wraps a *channel.NotConfigured where that is why. It holds no
// secret.
func (s *Sender) Send(ctx context.Context, ids []int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var refused []error
	for _, id := range ids {
		err := s.sendOne(ctx, id)
		var failure *deliveryError
		switch {
		case errors.As(err, &failure) && failure.refused:
			refused = append(refused, err)
		case err != nil:
			return errors.Join(append(refused, err)...)
		}
	}
	return errors.Join(refused...)
}

// sendOne makes one attempt at a message that nobody else has in hand.
func (s *Sender) sendOne(ctx context.Context, id int64) error {
	if err := s.save(ctx); err != nil {
		return s.fail(err)
	}
	err := s.Ledger.TakeInHand(ctx, id, ledger.Hand{Process: s.Process, At: s.Now(), Until: s.Now().Add(InHand)})
	if errors.Is(err, ledger.ErrPlanned) {
		return nil // it is delivered, or is about to be
	}
	if err != nil {
		return s.fail(err)
	}
	d, err := s.Ledger.DeliveryByID(ctx, id)
	if err != nil {
		return s.fail(err)
	}
	_, err = s.attempt(ctx, d)
	return err
}

// deliveryError is a failed attempt that is recorded.
type deliveryError struct {
	err     error
	refused bool // for good
}

func (e *deliveryError) Error() string { return e.err.Error() }
func (e *deliveryError) Unwrap() error { return e.err }

// one sends the next message that is due at now, if there is one.
func (s *Sender) one(ctx context.Context, now time.Time) (sent bool, due time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.save(ctx); err != nil {
		return false, time.Time{}, s.fail(err)
	}
	d, ok, due, err := s.Ledger.NextDelivery(ctx, s.Channel.Name(), s.Process, now)
	if err != nil {
		return false, time.Time{}, s.fail(err)
	}
	if !ok {
		return false, due, nil
	}
	taken, err := s.attempt(ctx, d)
	var not *channel.NotConfigured
	switch {
	case errors.As(err, &not):
		return false, time.Time{}, nil
	case err == nil && !taken:
		return false, now.Add(lookSoon), nil
	}
	return err == nil, time.Time{}, err
}

func (s *Sender) fail(err error) error { return fmt.Errorf("channel %q: %w", s.Channel.Name(), err) }

// attempt makes one attempt at a message, and records what became of it. It returns false if another process is to
// make it.
func (s *Sender) attempt(ctx context.Context, d ledger.Delivery) (taken bool, err error) {
	if not, ok := s.Channel.(*channel.NotConfigured); ok {
		return false, s.unconfigured(ctx, not)
	}
	folded, err := s.fold(ctx, d)
	if folded || errors.Is(err, ledger.ErrPlanned) {
		return folded, nil
	}
	if err != nil {
		return false, s.fail(err)
	}
	m, text, err := s.message(ctx, d)
	if errors.Is(err, db.ErrNotFound) { // it would block all messages behind it
		s.Log.Error("delivery skipped", "channel", s.Channel.Name(), "delivery_id", d.DeliveryID, "error", err)
		return true, s.Ledger.MarkSkipped(ctx, d.DeliveryID, "what it reports has left the record")
	}
	if err != nil {
		return false, s.fail(err)
	}
	// If the program is killed while the message is in flight, the next run finds it due.
	hand := ledger.Hand{Process: s.Process, At: s.Now(), Until: s.Now().Add(InHand), Message: text}
	if err := s.Ledger.MarkSending(ctx, d.DeliveryID, d.Attempts, hand); err != nil {
		if errors.Is(err, ledger.ErrPlanned) {
			return false, nil
		}
		return false, s.fail(err)
	}
	d.Attempts++
	m.Parts, m.Thread = d.Parts, d.PartsThread
	d.FirstAttemptAt = cmp.Or(d.FirstAttemptAt, normalize.FormatTime(hand.At))
	result, err := s.send(ctx, m)
	if err == nil {
		s.unsaved = &receipt{d.DeliveryID, s.Now(), result}
		s.Log.Info("delivered", "channel", s.Channel.Name(), "delivery_id", d.DeliveryID, "reason", d.Reason,
			"attempts", d.Attempts)
		if err := s.save(ctx); err != nil {
			return true, s.fail(fmt.Errorf("delivered, but not recorded: %w", err))
		}
		return true, nil
	}
	if ctx.Err() != nil {
		return true, s.fail(err) // whether it arrived is not known; it is sent again
	}
	return true, s.failed(ctx, d, err)
}

// message returns a message as it is sent, and the form in which it is kept. From the first attempt on it stays
// the same,
// but for what the channel needs to add it to its thread: a receiver may have got it without saying so. Only one that
// somebody sends again by hand is rendered anew, where it would call open what has ended.
func (s *Sender) message(ctx context.Context, d ledger.Delivery) (m message.Message, text string, err error) {
	fresh, err := s.Render.Message(ctx, d, s.Now())
	if d.Message != "" && (d.Attempts > 0 || err == nil) {
		kept, keptErr := message.Decode(d.Message)
		switch {
		case keptErr != nil:
			return message.Message{}, "", keptErr
		case err != nil && !errors.Is(err, db.ErrNotFound):
			return message.Message{}, "", err
		case d.Attempts > 0 || kept.Ends() == fresh.Ends():
			for n := range kept.Items {
				if n < len(fresh.Items) {
					kept.Items[n].Thread = fresh.Items[n].Thread
				}
			}
			return kept, d.Message, nil
		}
	}
	if err != nil {
		return message.Message{}, "", err
	}
	text, err = message.Encode(fresh)
	return fresh, text, err
}

// unconfigured records that the channel's messages wait for its secret.
func (s *Sender) unconfigured(ctx context.Context, not *channel.NotConfigured) error {
	n, err := s.Ledger.MarkUnconfigured(ctx, s.Channel.Name(), s.Process, not.Why())
	if err != nil {
		return err
	}
	if n > 0 {
		s.Log.Warn("the channel is not configured; its messages wait", "channel", s.Channel.Name(), "missing",
			not.Missing, "messages", n)
	}
	return not
}

// send hands a message to the channel, for at most sendTimeout. A channel that does not return in time is abandoned, so
// that it does not keep the service from stopping.
func (s *Sender) send(ctx context.Context, m message.Message) (channel.Sent, error) {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		time.AfterFunc(stopGrace, cancel)
	})
	defer stop()
	type outcome struct {
		sent channel.Sent
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if r := recover(); r != nil {
				// The value may hold a secret.
				o = outcome{err: fmt.Errorf("channel %q: it panicked; this is a bug", s.Channel.Name())}
			}
			done <- o
		}()
		o.sent, o.err = s.Channel.Send(sending, m)
	}()
	select {
	case o := <-done:
		return o.sent, o.err
	case <-sending.Done():
	}
	select {
	case o := <-done: // it noticed the end too
		return o.sent, o.err
	case <-time.After(time.Second):
		return channel.Sent{}, fmt.Errorf("channel %q: no answer in time", s.Channel.Name())
	}
}

// save records what the channel took, also when the service is stopping.
func (s *Sender) save(ctx context.Context) error {
	if s.unsaved == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	r := s.unsaved
	if err := s.Ledger.MarkDelivered(ctx, r.id, r.at, r.sent.Receipt, r.sent.Thread); err != nil {
		return err
	}
	s.unsaved = nil
	return nil
}
