package config

import (
	"fmt"
	"strings"
	"time"
)

// Check reads the file at path as Load does, and says in a few lines what is configured. The error
// is Mistakes if the file is wrong.
func Check(path string) (notes []string, err error) {
	c, err := Load(path)
	if err != nil {
		return nil, err
	}
	return c.Summary(time.Now()), nil
}

// Summary says in a few lines what is configured, what comes next after now, and what to mind.
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
	first := plural(len(c.Vendors), "vendor") + ", " + plural(sources, "source")
	if off > 0 {
		first += fmt.Sprintf("; %d switched off", off)
	}
	lines := []string{first}
	if !next.IsZero() {
		lines = append(lines, "next scrape "+readable(next, c.Zone))
	}
	lines = append(lines, "next digest "+readable(c.Digest.Cron.Next(now), c.Digest.Zone)+" to "+c.digestGoesTo())
	lines = append(lines, "record in "+c.Database)
	return append(lines, c.Notes...)
}

func (c *Config) digestGoesTo() string {
	var to []string
	for _, name := range c.Digest.Channels {
		for _, ch := range c.Channels {
			switch {
			case ch.Name != name:
			case ch.Type == ChannelStdout && ch.URLEnv != "":
				to = append(to, fmt.Sprintf("stdout because %s is not set", ch.URLEnv))
			case ch.Type == ChannelStdout:
				to = append(to, "stdout")
			default:
				to = append(to, fmt.Sprintf("%s channel %q", ch.Type, ch.Name))
			}
		}
	}
	if len(to) == 0 {
		return "stdout because digest.channels names no channel"
	}
	return strings.Join(to, " and ")
}

func readable(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Mon 2006-01-02 15:04 MST")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
