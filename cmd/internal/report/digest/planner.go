package digest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
)

// Settings say when a digest is sent, where, and what it includes.
type Settings struct {
	Name      string
	Channels  []string
	Cron      cron.Schedule
	Zone      *time.Location          // of the reader; nil means UTC
	Edits     bool                    // include what vendors edited after publishing it
	Match     route.Match             // what it includes
	Vendors   map[string]route.Vendor // by slug, for Match
	Window    time.Duration           // how far back it looks; 0 means since the last digest
	Review    bool                    // the weekly review, which tells no event
	By        string                  // of a review, what its vendors are grouped by: ByOwner, ByTag or nothing
	SkipEmpty bool                    // leave out a digest that would have nothing to list
	CatchUp   time.Duration           // how late it is still sent, if the service was off at its hour
}

// Stream is the digest's name among the streams of the database.
func (s Settings) Stream() string { return ledger.StreamDigest + s.Name }

// Options returns the options to build the digest with.
func (s Settings) Options(now time.Time) Options {
	return Options{Zone: s.Zone, Now: now, Edits: s.Edits, Match: s.Match, Vendors: s.Vendors, Again: s.Window > 0,
		Review: s.Review, By: s.By}
}

// punctual is how late a digest may be only because the machine is busy.
const punctual = 2 * time.Minute

// clockStep is how far in the future the last digest may be before the clock is taken to have been wrong.
const clockStep = time.Minute

// Planner plans digests: when the hour of one has come, a message to each of its channels, with all events since the
// one before. No event is in two messages of one digest to one channel.
type Planner struct {
	DB       *query.DB
	Ledger   *ledger.Ledger
	Settings []Settings
	Log      *slog.Logger // nil is silent
}

// Ensure registers the digests in the database, so that none of them misses an event from now on.
func (p *Planner) Ensure(ctx context.Context, now time.Time) error {
	for _, s := range p.Settings {
		if err := p.Ledger.EnsureStream(ctx, s.Stream(), now); err != nil {
			return fmt.Errorf("digest %q: %w", s.Name, err)
		}
	}
	return nil
}

// PlanDue plans the digests whose hour has come since their last message. An hour that came while the service was off
// counts for Settings.CatchUp; after that, the events wait for the next hour. It returns whether anything was planned,
// and when the next digest is due.
func (p *Planner) PlanDue(ctx context.Context, now time.Time) (planned bool, next time.Time, err error) {
	var failed []error
	for _, s := range p.Settings {
		due, err := p.due(ctx, s, now)
		if err == nil && due {
			err = p.plan(ctx, s, now, ledger.Hand{})
			planned = planned || err == nil
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("digest %q: %w", s.Name, err))
		}
		if at := s.Cron.Next(now); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return planned, next, errors.Join(failed...)
}

func (p *Planner) due(ctx context.Context, s Settings, now time.Time) (bool, error) {
	stream, err := p.Ledger.Stream(ctx, s.Stream())
	if err != nil {
		return false, err
	}
	limit := max(s.CatchUp, punctual)
	from := now.Add(-limit)
	for _, at := range []string{stream.CreatedAt, stream.PlannedAt} {
		if t := words.Time(at); t.After(from) && !t.After(now.Add(clockStep)) {
			from = t
		}
	}
	at := s.Cron.Next(from)
	return !at.IsZero() && !at.After(now), nil
}

// PlanNow plans every digest, whatever its hour, and returns the messages of the digests that wait to be delivered, by
// channel. One without events is left out while a message of it still waits. The new messages are left to the process
// that has them in hand.
func (p *Planner) PlanNow(ctx context.Context, now time.Time, hand ledger.Hand) (map[string][]int64, error) {
	waiting := map[string][]int64{}
	for _, s := range p.Settings {
		if err := p.planNow(ctx, s, now, hand, waiting); err != nil {
			return nil, fmt.Errorf("digest %q: %w", s.Name, err)
		}
	}
	return waiting, nil
}

func (p *Planner) planNow(ctx context.Context, s Settings, now time.Time, hand ledger.Hand,
	waiting map[string][]int64) error {
	pending := ledger.DeliveryFilter{Stream: s.Stream(), State: ledger.DeliveryPending}
	before, err := p.Ledger.Deliveries(ctx, pending)
	if err != nil {
		return err
	}
	events, err := p.Ledger.UnplannedEvents(ctx, s.Stream())
	if err != nil {
		return err
	}
	if len(before) == 0 || len(events) > 0 && !s.Review {
		if err := p.plan(ctx, s, now, hand); err != nil {
			return err
		}
	}
	all, err := p.Ledger.Deliveries(ctx, pending)
	for _, d := range all {
		waiting[d.Channel] = append(waiting[d.Channel], d.DeliveryID)
	}
	return err
}

func (p *Planner) plan(ctx context.Context, s Settings, now time.Time, hand ledger.Hand) error {
	events, upTo, from, err := News(ctx, p.DB, p.Ledger, s, now)
	if err != nil {
		return err
	}
	ids := make([]int64, len(events))
	for n, e := range events {
		ids[n] = e.EventID
	}
	empty, err := p.empty(ctx, s, Window{Since: from, Until: now, Events: events}, now)
	if err != nil {
		return err
	}
	var add []ledger.NewDelivery
	for _, channel := range s.Channels {
		add = append(add, ledger.NewDelivery{Channel: channel, Reason: string(message.ReasonDigest), EventIDs: ids,
			From: from, Sender: hand.Process, InHand: hand.Until})
		if last := &add[len(add)-1]; empty {
			last.State, last.Note = ledger.DeliverySkipped, `it has nothing to list (when_empty = "skip")`
			last.Sender, last.InHand = "", time.Time{}
		}
	}
	if err := p.Ledger.SavePlan(ctx, s.Stream(), upTo, now, add, nil); err != nil {
		return err
	}
	if p.Log != nil {
		p.Log.Info("digest planned", "digest", s.Name, "events", len(ids), "channels", len(s.Channels))
	}
	return nil
}

// empty reports whether a digest would list nothing, and is to be left out then.
func (p *Planner) empty(ctx context.Context, s Settings, w Window, now time.Time) (bool, error) {
	if !s.SkipEmpty {
		return false, nil
	}
	d, err := Build(ctx, p.DB, w, s.Options(now))
	return len(d.Groups()) == 0, err
}

// News returns the events that the next message of a digest would report if it were planned now, the number of the last
// event that was looked at, and the start of its window: the last digest or, for the first one, the first of its
// events. A digest that is not registered yet begins with the last 24 hours. A review reports no event.
func News(ctx context.Context, d *query.DB, l *ledger.Ledger, s Settings, now time.Time) (events []query.Event,
	upTo int64, from time.Time, err error) {
	stream, err := l.Stream(ctx, s.Stream())
	switch {
	case errors.Is(err, db.ErrNotFound):
		from = now.Add(-24 * time.Hour)
		events, err = d.EventsSince(ctx, from)
	case err == nil:
		from = words.Time(stream.PlannedAt)
		events, err = l.UnplannedEvents(ctx, s.Stream())
	}
	if err != nil {
		return nil, 0, from, err
	}
	if s.Window > 0 {
		from = now.Add(-s.Window)
	}
	if s.Review {
		if n := len(events); n > 0 {
			upTo = events[n-1].EventID
		}
		from, _ = ReviewWindow(now, s.Zone)
		return []query.Event{}, upTo, from, nil
	}
	if n := len(events); n > 0 {
		upTo = events[n-1].EventID
		if first := words.Time(events[0].At); !first.IsZero() && (from.IsZero() || first.Before(from)) {
			from = first
		}
	}
	events, err = s.Options(now).chosen(ctx, d, events)
	return events, upTo, from, err
}
