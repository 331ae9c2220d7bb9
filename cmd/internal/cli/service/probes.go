package service

import (
	"context"
	"time"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/watch/probe"
	"vendorwatch/db/record/signals"
	"vendorwatch/normalize"
	"vendorwatch/scraper"
)

// addProbes makes the probes of the config known to the file. Those of a vendor that is switched off are not asked.
func (s *Service) addProbes(ctx context.Context) error {
	var stored []signals.Probe
	for _, p := range s.Config.Probes {
		if p.Vendor != "" && !s.enabled(p.Vendor) {
			continue
		}
		stored = append(stored, signals.Probe{Name: p.Name, Vendor: p.Vendor, Service: p.Service, URL: p.URL,
			Severity: normalize.Severity(p.Severity), Every: p.Every.Duration})
		s.probes = append(s.probes, probeOf(p))
	}
	ids, err := s.Watcher.Record.Signals().SetProbes(ctx, stored, s.o.Now())
	for n, p := range s.probes {
		s.probes[n].ID = ids[p.Name]
	}
	return err
}

func (s *Service) enabled(vendor string) bool {
	for _, v := range s.Config.Vendors {
		if v.Slug == vendor {
			return v.Enabled
		}
	}
	return false
}

func probeOf(p config.Probe) probe.Probe {
	e := p.Expect
	return probe.Probe{Name: p.Name, Vendor: p.Vendor, URL: p.URL, Every: p.Every.Duration, Timeout: p.Timeout.Duration,
		Expect: probe.Expect{Status: e.Status, Text: e.Text, JSON: e.JSON, Within: e.Within.Duration,
			CertificateDays: e.CertificateDays}}
}

// expireSignals ends the alerts of our own monitoring that nobody repeats, until ctx ends: a sender that has died does
// not say that they are over.
func (s *Service) expireSignals(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		done, err := s.Watcher.Record.Signals().SaveSignals(ctx, nil, s.o.Now())
		if err != nil && ctx.Err() == nil {
			s.Log.Error("signals", "error", err)
		}
		s.Watcher.Tell(done.Events)
	}
}

// probe asks the probes until ctx ends.
func (s *Service) probe(ctx context.Context) {
	if len(s.probes) == 0 {
		return
	}
	f := s.Config.Fetch
	agent := f.UserAgent
	if f.Contact != "" {
		agent = f.Agent()
	}
	r := probe.Runner{Record: s.Watcher.Record.Signals(), Agent: agent, Log: s.Log, Now: s.o.Now,
		Client: scraper.NewClient(f.PrivateHosts, f.Roots, 0), OnMiss: s.Watcher.Missed,
		OnEvents: s.Watcher.Tell}
	r.Run(ctx, s.probes)
}
