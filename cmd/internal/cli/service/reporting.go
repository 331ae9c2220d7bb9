package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
func (s *Service) addReports(ctx context.Context) error {
	all, err := Channels(s.Config, s.o.Stdout)
	if err != nil {
		return err
	}
	s.digests = &digest.Planner{DB: query.New(s.DB), Ledger: ledger.New(s.DB), Settings: DigestSettings(s.Config),
		Log: s.Log}
	render := &deliver.Renderer{DB: query.New(s.DB), Ledger: ledger.New(s.DB), Zone: s.Config.Zone,
		DashboardURL: s.Config.DashboardURL, Digests: map[string]digest.Settings{}}
	for _, d := range s.digests.Settings {
		render.Digests[d.Stream()] = d
	}
	for _, channel := range all {
		sender := deliver.NewSender(ledger.New(s.DB), channel, render)
		sender.Now, sender.Log = s.o.Now, s.Log
		s.senders = append(s.senders, sender)
	}
	s.planner = NewPlanner(s.Config, s.DB, all)
	s.planner.Now, s.planner.Log, s.planner.OnPlanned = s.o.Now, s.Log, s.wake
	if err := s.planner.Ensure(ctx); err != nil {
		return err
	}
	return s.digests.Ensure(ctx, s.o.Now())
}

// report plans and sends until ctx ends. No channel waits for another.
func (s *Service) report(ctx context.Context) {
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
func (s *Service) planDigests(ctx context.Context) time.Duration {
	planned, next, err := s.digests.PlanDue(ctx, s.o.Now())
	if err != nil && ctx.Err() == nil {
		s.Log.Error("plan the digest; it is retried", "error", err)
	}
	if planned {
		s.wake()
	}
	if next.IsZero() {
		return lookEvery
	}
	return min(max(next.Sub(s.o.Now()), 0), lookEvery)
}

// wake tells every sender that there may be something to send.
func (s *Service) wake() {
	for _, sender := range s.senders {
		sender.Wake()
	}
}

// tellOrphans logs which channels have messages waiting and are no longer in the config.
func (s *Service) tellOrphans(ctx context.Context) {
	health, err := query.New(s.DB).ChannelHealth(ctx)
	if err != nil {
		s.Log.Error("health of channels", "error", err)
		return
	}
	for _, h := range health {
		known := slices.ContainsFunc(s.senders, func(r *deliver.Sender) bool { return r.Channel.Name() == h.Channel })
		if !known && h.Waiting > 0 {
			s.Log.Warn("messages wait for a channel that is not in the config file", "channel", h.Channel, "waiting",
				h.Waiting, "since", h.WaitingSinceAt)
		}
	}
}

// SendDigests plans a digest of the config now, every one if no name is given, and makes one try to send what waits
// for its channels. An error wraps ErrUnknown if there is no digest of that name.
func (s *Service) SendDigests(ctx context.Context, name string) []error {
	if name != "" {
		one, err := DigestNamed(s.digests.Settings, name)
		if err != nil {
			return []error{err}
		}
		s.digests.Settings = []digest.Settings{one}
	}
	if err := s.digests.PlanNow(ctx, s.o.Now()); err != nil {
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

// DigestNamed returns the digest of that name, the first if no name is given. The error wraps ErrUnknown.
func DigestNamed(all []digest.Settings, name string) (digest.Settings, error) {
	if name == "" {
		return all[0], nil
	}
	var names []string
	for _, d := range all {
		if d.Name == name {
			return d, nil
		}
		names = append(names, d.Name)
	}
	return digest.Settings{}, fmt.Errorf("digest %q is %w; write one of: %s", name, ErrUnknown,
		strings.Join(names, ", "))
}
