package config

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// Digest is a regular report.
type Digest struct {
	Name     string `toml:"name"`     // unique; default "daily", where there is one digest only
	Schedule string `toml:"schedule"` // cron line; default "0 9 * * 1-5"
	// IANA zone of the cron line and of the times in the digest; default Config.TimeZone
	TimeZone string   `toml:"time_zone"`
	Channels []string `toml:"channels"` // names of channels; none means stdout
	Edits    bool     `toml:"edits"`    // tell what vendors edited after publishing it; default false
	Match             // what it tells; default everything
	// how far back it looks, also at what an earlier one told; default 0, which is since the last one
	Window Duration `toml:"window"`
	// what becomes of one with nothing to list: "send", the default, or "skip"
	WhenEmpty string `toml:"when_empty"`
	// how long after its hour it is still sent, where the service was off then; default 12h
	CatchUp Duration `toml:"catch_up"`

	Cron cron.Schedule  `toml:"-"` // of Schedule
	Zone *time.Location `toml:"-"` // of TimeZone
}

const (
	defaultDigest   = "daily"
	digestSchedule  = "0 9 * * 1-5"
	digestCatchUp   = 12 * time.Hour
	longestSchedule = 366 * 24 * time.Hour
)

// digests fills in and checks the digests. A file without any has the default one, to stdout.
func (c *checker) digests() {
	cfg := c.config
	if len(cfg.Digests) == 0 {
		cfg.Digests = []Digest{{}}
	}
	first := map[string]int{}
	for i := range cfg.Digests {
		d, path := &cfg.Digests[i], fmt.Sprintf("digest[%d]", i)
		if d.Name == "" && len(cfg.Digests) == 1 && !c.Refused(path+".name") {
			d.Name = defaultDigest
		} else {
			c.unique(first, path+".name", d.Name, "digest")
		}
		if d.TimeZone == "" {
			d.TimeZone, d.Zone = cfg.TimeZone, cfg.Zone
		} else {
			d.Zone = c.zone(path+".time_zone", d.TimeZone)
		}
		if d.Schedule == "" {
			d.Schedule = digestSchedule
		}
		d.Cron = c.schedule(path+".schedule", d.Schedule, d.Zone)
		c.channelNames(path+".channels", d.Channels)
		c.match(&d.Match, path)
		if c.Has(path + ".window") {
			c.length(path+".window", d.Window, time.Hour, longestSchedule, "24h")
		}
		if d.WhenEmpty == "" {
			d.WhenEmpty = "send"
		}
		c.oneOf(path+".when_empty", d.WhenEmpty, "what can become of an empty digest", []string{"send", "skip"})
		if !c.Has(path + ".catch_up") {
			d.CatchUp.Duration = digestCatchUp
		}
		c.length(path+".catch_up", d.CatchUp, 0, longestSchedule, "12h")
	}
}
