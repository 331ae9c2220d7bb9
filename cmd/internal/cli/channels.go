package cli

import (
	"fmt"
	"io"
	"slices"
	"sync"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/report"
	"vendorwatch/db"
)

// stdoutChannel is the channel of whatever names none.
const stdoutChannel = "stdout"

// newChannel makes a channel of what the config says of it.
func newChannel(c config.Channel, stdout io.Writer) (report.Channel, error) {
	switch c.Type {
	case config.ChannelStdout:
		return &report.Writer{ChannelName: c.Name, W: stdout}, nil
	case config.ChannelSlack:
		return report.NewSlack(c.Name, c.URL.Reveal(), nil)
	case config.ChannelWebhook:
		headers := map[string]string{}
		for name, value := range c.Headers {
			headers[name] = value
		}
		for name, value := range c.HeaderValues {
			headers[name] = value.Reveal()
		}
		return report.NewWebhook(c.Name, c.URL.Reveal(), c.Key.Reveal(), headers, nil)
	case config.ChannelSlackBot:
		return report.NewSlackBot(c.Name, c.Token.Reveal(), c.Channel, "", nil)
	case config.ChannelEmail:
		server := report.MailServer{Host: c.Host, Port: c.Port, TLS: report.MailTLS(c.TLS), User: c.User, Password: c.Password.Reveal()}
		return report.NewMail(c.Name, server, c.From, c.To)
	case config.ChannelShoutrrr:
		if report.IsOnCall(c.URL.Reveal()) {
			return report.NewOnCall(c.Name, c.URL.Reveal(), nil)
		}
		return report.NewShoutrrr(c.Name, c.URL.Reveal())
	case config.ChannelJSONL:
		if c.Path == "-" {
			return &report.JSONLines{ChannelName: c.Name, W: stdout}, nil
		}
		return &report.JSONLines{ChannelName: c.Name, Path: c.Path}, nil
	}
	return nil, fmt.Errorf("channel %q: there is nothing that sends to a channel of type %s", c.Name, c.Type)
}

// channels makes every channel of the config, and standard output where a digest names none.
func channels(c *config.Config, stdout io.Writer) ([]report.Channel, error) {
	out := &lockedWriter{w: stdout}
	var all []report.Channel
	for _, one := range c.Channels {
		channel, err := newChannel(one, out)
		if err != nil {
			return nil, err
		}
		all = append(all, channel)
	}
	named := func(name string) bool {
		return slices.ContainsFunc(all, func(c report.Channel) bool { return c.Name() == name })
	}
	if !named(stdoutChannel) {
		all = append(all, &report.Writer{ChannelName: stdoutChannel, W: out})
	}
	return all, nil
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

// digestSettings are the digests of the config.
func digestSettings(c *config.Config) []report.DigestSettings {
	vendors := vendorFacts(c)
	var all []report.DigestSettings
	for _, d := range c.Digests {
		names := d.Channels
		if len(names) == 0 {
			names = []string{stdoutChannel}
		}
		all = append(all, report.DigestSettings{
			Name: d.Name, Channels: names, Cron: d.Cron, Zone: d.Zone, Edits: d.Edits,
			Match: routeMatch(d.Match), Vendors: vendors, Window: d.Window.Duration, CatchUp: d.CatchUp.Duration,
		})
	}
	return all
}

// newPlanner makes the planner of the config's alerts.
func newPlanner(c *config.Config, file *db.DB, all []report.Channel) *report.Planner {
	p := report.NewPlanner(file)
	p.Channels, p.Vendors = all, vendorFacts(c)
	for _, r := range c.Routes {
		p.Routes = append(p.Routes, report.Route{Name: r.Name, Match: routeMatch(r.Match), Channels: r.Channels, Continue: r.Continue, Mention: r.Mention})
	}
	p.Calm = report.Calm{
		QuietDays: c.Calm.Days, Zone: c.Calm.Zone, BreakThrough: c.Calm.BreakThrough,
		Flapping: c.Calm.Flapping.Duration, Group: c.Calm.Group.Duration, Cap: c.Calm.Cap,
	}
	for _, span := range c.Calm.Spans {
		p.Calm.Quiet = append(p.Calm.Quiet, report.QuietSpan{From: span.From, To: span.To})
	}
	p.Reminders = report.ReminderSettings{SilentAfter: c.Reminders.SilentAfter.Duration, Unreadable: c.Reminders.Unreadable.Duration}
	for _, lead := range c.Reminders.Maintenance {
		p.Reminders.Maintenance = append(p.Reminders.Maintenance, lead.Duration)
	}
	return p
}

// routeMatch is what routes and digests choose by.
func routeMatch(m config.Match) report.Match {
	return report.Match{
		Vendors: m.Vendors, Tags: m.Tags, Owners: m.Owners, Components: m.Components, Regions: m.Regions,
		Kinds: m.Kinds, Severity: m.Severity, Events: m.Events,
	}
}

// vendorFacts is what the config says of each vendor, by slug.
func vendorFacts(c *config.Config) map[string]report.VendorFacts {
	facts := map[string]report.VendorFacts{}
	for _, v := range c.Vendors {
		facts[v.Slug] = report.VendorFacts{Name: v.Name, Owner: v.Owner, Tags: v.Tags, Places: v.Places()}
	}
	return facts
}
