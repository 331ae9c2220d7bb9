package service

import (
	"fmt"
	"io"
	"slices"
	"sync"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/report/alert"
	"vendorwatch/cmd/internal/report/channel"
	"vendorwatch/cmd/internal/report/channel/kinds"
	"vendorwatch/cmd/internal/report/channel/stdout"
	"vendorwatch/cmd/internal/report/digest"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/db"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/scraper"
)

// stdoutChannel is the channel of a digest that names none.
const stdoutChannel = "stdout"

// ChannelKinds are the kinds of channels as the config asks for them.
func ChannelKinds() config.ChannelKinds {
	all := config.ChannelKinds{}
	for _, k := range kinds.All() {
		var kind config.ChannelKind
		for _, key := range k.Keys {
			kind.Keys = append(kind.Keys, config.ChannelKey(key))
		}
		if k.Check != nil {
			kind.Check = func(values map[string]any, r config.Reporter) { k.Check(values, r) }
		}
		all[k.Type] = kind
	}
	return all
}

// KindOf returns the kind of channels of a type that the config has checked.
func KindOf(name string) (channel.Kind, error) {
	for _, k := range kinds.All() {
		if k.Type == name {
			return k, nil
		}
	}
	return channel.Kind{}, fmt.Errorf("there is no type of channel called %s", name)
}

// newChannel makes a channel of what the config says of it. The messages of one whose secret is not set wait.
func newChannel(c config.Channel, env channel.Environment) (channel.Channel, error) {
	if c.Missing != "" {
		return &channel.NotConfigured{Channel: c.Name, Missing: c.Missing}, nil
	}
	kind, err := KindOf(c.Type)
	if err != nil {
		return nil, fmt.Errorf("channel %q: %w", c.Name, err)
	}
	return kind.New(c.Name, c.Values, env)
}

// Channels makes every channel of the config, and standard output where a digest names no channel.
func Channels(c *config.Config, w io.Writer) ([]channel.Channel, error) {
	out := &lockedWriter{w: w}
	env := channel.Environment{Stdout: out, Roots: c.Fetch.Roots,
		Client: scraper.NewClient(c.Fetch.PrivateHosts, c.Fetch.Roots, channel.AnswerTimeout)}
	var all []channel.Channel
	for _, one := range c.Channels {
		channel, err := newChannel(one, env)
		if err != nil {
			return nil, err
		}
		all = append(all, channel)
	}
	named := slices.ContainsFunc(all, func(c channel.Channel) bool { return c.Name() == stdoutChannel })
	prints := slices.ContainsFunc(c.Digests, func(d config.Digest) bool { return len(d.Channels) == 0 })
	if prints && !named {
		all = append(all, &stdout.Channel{ChannelName: stdoutChannel, W: out})
	}
	return all, nil
}

// ChannelNames are the names of channels.
func ChannelNames(all []channel.Channel) []string {
	var names []string
	for _, c := range all {
		names = append(names, c.Name())
	}
	return names
}

// OnCall reports whether the channel of that name pages people.
func OnCall(c *config.Config, name string) bool {
	return slices.ContainsFunc(c.Channels, func(one config.Channel) bool {
		kind, err := KindOf(one.Type)
		return one.Name == name && err == nil && kind.OnCall
	})
}

// lockedWriter lets several channels print to one place, a message at a time.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// DigestSettings are the digests of the config.
func DigestSettings(c *config.Config) []digest.Settings {
	vendors := vendorFacts(c)
	var all []digest.Settings
	for _, d := range c.Digests {
		names := d.Channels
		if len(names) == 0 {
			names = []string{stdoutChannel}
		}
		all = append(all, digest.Settings{
			Name: d.Name, Channels: names, Cron: d.Cron, Zone: d.Zone, Edits: d.Edits,
			Match: routeMatch(d.Match), Vendors: vendors, Window: d.Window.Duration, SkipEmpty: d.WhenEmpty == "skip",
			CatchUp: d.CatchUp.Duration, Review: d.Kind == config.DigestReview, By: d.By,
		})
	}
	return all
}

// NewPlanner makes the planner of the config's alerts.
func NewPlanner(c *config.Config, file *db.DB) *alert.Planner {
	p := alert.NewPlanner(query.New(file), ledger.New(file))
	p.Vendors = vendorFacts(c)
	for _, one := range c.Channels {
		kind, err := KindOf(one.Type)
		if err == nil && kind.PerIncident {
			p.PerIncident = append(p.PerIncident, one.Name)
		}
		if err == nil && kind.OnCall {
			p.OnCall = append(p.OnCall, one.Name)
		}
	}
	for _, r := range c.Routes {
		p.Routes = append(p.Routes, route.Route{Name: r.Name, Match: routeMatch(r.Match), Channels: r.Channels,
			Continue: r.Continue, Untouched: r.Untouched, Hold: r.Hold.Duration, Mention: r.Mention})
	}
	p.Calm = alert.Calm{
		QuietDays: c.Calm.Days, Zone: c.Calm.Zone, BreakThrough: c.Calm.BreakThrough,
		Flapping: c.Calm.Flapping.Duration, Group: c.Calm.Group.Duration, Cap: c.Calm.Cap,
	}
	for _, span := range c.Calm.Spans {
		p.Calm.Quiet = append(p.Calm.Quiet, alert.QuietSpan{From: span.From, To: span.To})
	}
	p.Reminders = alert.ReminderSettings{SilentAfter: c.Reminders.SilentAfter.Duration,
		Unreadable: c.Reminders.Unreadable.Duration}
	for _, lead := range c.Reminders.Maintenance {
		p.Reminders.Maintenance = append(p.Reminders.Maintenance, lead.Duration)
	}
	return p
}

// routeMatch is what routes and digests choose by.
func routeMatch(m config.Match) route.Match {
	return route.Match{
		Vendors: m.Vendors, Tags: m.Tags, Owners: m.Owners, Services: m.Services, Components: m.Components,
		Regions: m.Regions, ComponentStatus: m.ComponentStatus, Kinds: m.Kinds, Severity: m.Severity, Events: m.Events,
	}
}

// vendorFacts is what the config says of each vendor, by slug.
func vendorFacts(c *config.Config) map[string]route.Vendor {
	facts := map[string]route.Vendor{}
	needed := map[string][]route.Need{}
	for _, s := range c.Services {
		for _, n := range s.Need {
			needed[n.Vendor] = append(needed[n.Vendor], route.Need{Service: s.Name, Slug: s.Slug,
				Component: n.Component})
		}
	}
	for _, v := range c.Vendors {
		facts[v.Slug] = route.Vendor{Name: v.Name, Owner: v.Owner, Tags: v.Tags, Places: v.Places(),
			Needed: needed[v.Slug]}
	}
	return facts
}
