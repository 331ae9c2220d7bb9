package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/stdout"
	"vendorwatch/cmd/internal/report/deliver"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/stories"
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
		sender.Now, sender.Log, sender.Process = s.o.Now, s.Log, s.process
		if limits := s.Config.Delivery; limits.RetryFor.Duration > 0 {
			sender.RetryFor, sender.RetryRejectedFor = limits.RetryFor.Duration, limits.RetryRejectedFor.Duration
		}
		sender.Others, sender.OnNotice = s.others(channel.Name()), s.wake
		s.senders = append(s.senders, sender)
	}
	s.planner = NewPlanner(s.Config, s.DB)
	s.planner.Now, s.planner.Log, s.planner.OnPlanned = s.o.Now, s.Log, s.wake
	keeper := &stories.Keeper{File: s.DB, StandsOn: s.o.StandsOn}
	s.planner.BeforePlan = func(ctx context.Context) {
		if err := keeper.Keep(ctx, s.o.Now()); err != nil && ctx.Err() == nil {
			s.Log.Error("stories are looked for again at the next news", "error", err)
		}
	}
	if err := s.planner.Ensure(ctx); err != nil {
		return err
	}
	return s.digests.Ensure(ctx, s.o.Now())
}

// others are the channels that may say that one does not take its messages, in the order of the config.
func (s *Service) others(name string) []string {
	var names []string
	for _, c := range s.Config.Channels {
		kind, err := KindOf(c.Type)
		if err == nil && c.Name != name && c.Missing == "" && !kind.OnCall {
			names = append(names, c.Name)
		}
	}
	return names
}

// How often the lease is taken again, or looked at while another process has it.
const leaseEvery = ledger.LeaseFor / 3

// report plans and sends until ctx ends, while no other process does.
func (s *Service) report(ctx context.Context) {
	defer s.releaseLease(ctx)
	var stop context.CancelFunc
	var working sync.WaitGroup
	other := ""
	for ctx.Err() == nil {
		err := ledger.New(s.DB).LetGo(ctx, isGone)
		var lease ledger.Lease
		if err == nil {
			lease, err = ledger.New(s.DB).TakeLease(ctx, s.process, s.o.Now(), isGone)
		}
		switch {
		case err != nil && ctx.Err() == nil:
			s.Log.Error("lease of the messages; it is retried", "error", err)
		case err != nil:
		case lease.Holder == s.process && stop == nil:
			var ours context.Context
			ours, stop = context.WithCancel(ctx)
			working.Go(func() { s.deliver(ours) })
			other = ""
		case lease.Holder != s.process:
			if stop != nil {
				stop()
				working.Wait()
				stop = nil
			}
			if other != lease.Holder {
				other = lease.Holder
				s.Log.Warn("another process plans and sends the messages of this file; this one does so when that ends",
					"process", other, "since", lease.TakenAt)
			}
		}
		sleep(ctx, leaseEvery)
	}
	if stop != nil {
		stop()
	}
	working.Wait()
}

// releaseLease lets the next process begin at once, also when ctx has ended.
func (s *Service) releaseLease(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	if err := ledger.New(s.DB).ReleaseLease(ctx, s.process, s.o.Now()); err != nil {
		s.Log.Error("release the lease of the messages", "error", err)
	}
}

// releaseTimeout is how long the end of the service may wait for the file.
const releaseTimeout = 2 * time.Second

// deliver plans and sends until ctx ends. No channel waits for another.
func (s *Service) deliver(ctx context.Context) {
	s.tellOrphans(ctx)
	var wg sync.WaitGroup
	for _, sender := range s.senders {
		wg.Go(func() { sender.Run(ctx) })
	}
	wg.Go(func() { s.planner.Run(ctx) })
	for ctx.Err() == nil {
		sleep(ctx, s.planDigests(ctx))
	}
	wg.Wait()
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
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

// SendDigests plans a digest of the config now, every one if no name is given, and makes one try to send the messages
// of these digests, and no others. What is for a channel whose secret is not set waits, and is printed. What became of
// each message is a note for whoever typed the command. An error wraps ErrUnknown if there is no digest of that name.
func (s *Service) SendDigests(ctx context.Context, name string) []error {
	if name != "" {
		one, err := DigestNamed(s.digests.Settings, name)
		if err != nil {
			return []error{err}
		}
		s.digests.Settings = []digest.Settings{one}
	}
	now := s.o.Now()
	if err := ledger.New(s.DB).LetGo(ctx, isGone); err != nil {
		return []error{err}
	}
	waiting, err := s.digests.PlanNow(ctx, now, ledger.Hand{Process: s.process, Until: now.Add(deliver.InHand)})
	if err != nil {
		return []error{err}
	}
	var failed []error
	for _, sender := range s.senders {
		ids := waiting[sender.Channel.Name()]
		err := sender.Send(ctx, ids)
		var not *channel.NotConfigured
		if errors.As(err, &not) {
			err = errors.Join(err, s.print(ctx, sender.Render, ids))
		}
		if err == nil {
			err = s.noteDigests(ctx, ids)
		}
		if err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// noteDigests says where digests were delivered, or why one was left out.
func (s *Service) noteDigests(ctx context.Context, ids []int64) error {
	for _, id := range ids {
		d, err := ledger.New(s.DB).DeliveryByID(ctx, id)
		if err != nil {
			return err
		}
		if d.Receipt == stdout.Receipt {
			continue // it is there to read
		}
		name := strings.TrimPrefix(d.Stream, ledger.StreamDigest)
		fmt.Fprintf(s.o.Notes, "digest %q: %s to channel %q", name, d.State, d.Channel)
		if why := cmp.Or(d.Note, d.Receipt); why != "" {
			fmt.Fprintf(s.o.Notes, " (%s)", why)
		}
		fmt.Fprintln(s.o.Notes)
	}
	return nil
}

// print prints messages as text.
func (s *Service) print(ctx context.Context, render *deliver.Renderer, ids []int64) error {
	for _, id := range ids {
		d, err := ledger.New(s.DB).DeliveryByID(ctx, id)
		if err != nil {
			return err
		}
		m, err := render.Message(ctx, d, s.o.Now())
		if err != nil {
			return err
		}
		fmt.Fprint(s.o.Stdout, message.Text(m, 0))
	}
	return nil
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
