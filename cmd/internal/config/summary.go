package config

import (
	"fmt"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
)

// Summary says in a few lines what is configured, what is next after now, and what to pay attention to.
func (c *Config) Summary(now time.Time) []string {
	var sources, off int
	var next time.Time
	for _, v := range c.Vendors {
		if !v.Enabled {
			off++
			continue
		}
		for _, s := range v.Sources {
			sources++
			if at := s.Cron.Next(now); next.IsZero() || at.Before(next) {
				next = at
			}
		}
	}
	first := words.Count(len(c.Vendors), "vendor") + ", " + words.Count(sources, "source")
	if off > 0 {
		first += fmt.Sprintf("; %d switched off", off)
	}
	lines := []string{first}
	if len(c.Services) > 0 {
		lines = append(lines, words.Count(len(c.Services), "service")+" of ours, "+
			words.Count(c.needed(), "vendor")+" needed")
	}
	if !next.IsZero() {
		lines = append(lines, "next scrape "+readable(next, c.Zone))
	}
	for _, d := range c.Digests {
		name := ""
		if len(c.Digests) > 1 {
			name = fmt.Sprintf(" %q", d.Name)
		}
		to := "stdout because digest.channels names no channel"
		if len(d.Channels) > 0 {
			to = c.goesTo(d.Channels)
		}
		lines = append(lines, "next digest"+name+" "+readable(d.Cron.Next(now), d.Zone)+" to "+to)
	}
	for _, r := range c.Routes {
		lines = append(lines, fmt.Sprintf("route %q to %s", r.Name, c.goesTo(r.Channels)))
	}
	if len(c.Routes) == 0 {
		lines = append(lines, "no alerts: there is neither [alerts] nor a [[route]]")
	}
	lines = append(lines, "record in "+c.Database)
	return append(lines, c.Notes...)
}

// needed counts the vendors that services need.
func (c *Config) needed() (n int) {
	for _, v := range c.Vendors {
		if len(c.Needing(v.Slug)) > 0 {
			n++
		}
	}
	return n
}

// goesTo says where these channels lead.
func (c *Config) goesTo(names []string) string {
	var to []string
	for _, name := range names {
		for _, ch := range c.Channels {
			switch {
			case ch.Name != name:
			case ch.Missing != "":
				to = append(to, fmt.Sprintf("%s channel %q as soon as %s is set", ch.Type, ch.Name, ch.Missing))
			case ch.Type == "stdout":
				to = append(to, "stdout")
			default:
				to = append(to, fmt.Sprintf("%s channel %q", ch.Type, ch.Name))
			}
		}
	}
	return strings.Join(to, " and ")
}

func readable(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Mon 2006-01-02 15:04 MST")
}
