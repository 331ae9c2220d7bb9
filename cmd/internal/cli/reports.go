package cli

import (
	"context"
	"slices"
	"sync"
	"time"

	"vendorwatch/cmd/internal/report/deliver"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
)

// lookEvery is the longest time between two looks at whether a digest is due.
const lookEvery = time.Minute

// addReports makes a sender for each channel, and makes the digests known to the file: from here on their news
// is kept, so that the first ones miss nothing.
func (s *service) addReports(ctx context.Context, a *app) error {
	all, err := channels(s.config, a.stdout)
	if err != nil {
		return err
	}
	s.digests = &digest.Planner{DB: query.New(s.db), Ledger: ledger.New(s.db), Settings: digestSettings(s.config), Log: s.log}
	render := &deliver.Renderer{DB: query.New(s.db), Ledger: ledger.New(s.db), Zone: s.config.Zone, DashboardURL: s.config.DashboardURL, Digests: map[string]digest.Settings{}}
	for _, d := range s.digests.Settings {
		render.Digests[d.Stream()] = d
	}
	for _, channel := range all {
		sender := deliver.NewSender(ledger.New(s.db), channel, render)
		sender.Now, sender.Log = s.now, s.log
		s.senders = append(s.senders, sender)
	}
	s.planner = newPlanner(s.config, s.db, all)
	s.planner.Now, s.planner.Log, s.planner.OnPlanned = s.now, s.log, s.wake
	if err := s.planner.Ensure(ctx); err != nil {
		return err
	}
	return s.digests.Ensure(ctx, s.now())
}

// report plans and sends until ctx ends. No channel waits for another.
func (s *service) report(ctx context.Context) {
	s.tellOrphans(ctx)
	var wg sync.WaitGroup
	for _, sender := range s.senders {
		wg.Go(func() { sender.Run(ctx) })
	}
	wg.Go(func() { s.planner.Run(ctx) })
	for ctx.Err() == nil {
		timer := time.NewTimer(s.planDigests(ctx))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
	wg.Wait()
}

// planDigests plans the digests that are due, and returns how long until the next look.
func (s *service) planDigests(ctx context.Context) time.Duration {
	planned, next, err := s.digests.PlanDue(ctx, s.now())
	if err != nil && ctx.Err() == nil {
		s.log.Error("plan of the digest, will be tried again", "error", err)
	}
	if planned {
		s.wake()
	}
	if next.IsZero() {
		return lookEvery
	}
	return min(max(next.Sub(s.now()), 0), lookEvery)
}

// wake tells every sender that there may be something to send.
func (s *service) wake() {
	for _, sender := range s.senders {
		sender.Wake()
	}
}

// tellOrphans says which channels have messages waiting that the config has no more.
func (s *service) tellOrphans(ctx context.Context) {
	health, err := query.New(s.db).ChannelHealth(ctx)
	if err != nil {
		s.log.Error("health of channels", "error", err)
		return
	}
	for _, h := range health {
		known := slices.ContainsFunc(s.senders, func(r *deliver.Sender) bool { return r.Channel.Name() == h.Channel })
		if !known && h.Waiting > 0 {
			s.log.Warn("messages wait for a channel that the config file has not", "channel", h.Channel, "waiting", h.Waiting, "since", h.WaitingSinceAt)
		}
	}
}

// sendDigest plans every digest now, and makes one try to send what waits for its channels.
func (s *service) sendDigest(ctx context.Context) []error {
	if err := s.digests.PlanNow(ctx, s.now()); err != nil {
		return []error{err}
	}
	var failed []error
	for _, sender := range s.senders {
		if !slices.ContainsFunc(s.digests.Settings, func(d digest.Settings) bool {
			return slices.Contains(d.Channels, sender.Channel.Name())
		}) {
			continue
		}
		if err := sender.Flush(ctx); err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}
