package config

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// Digest is a regular report.
type Digest struct {
	Name     string `toml:"name"`     // unique; default "daily", of a review "review", where there is one digest only
	Kind     string `toml:"kind"`     // DigestNews, the default, or DigestReview
	By       string `toml:"by"`       // of a review, what its vendors are grouped by: "owner" or "tag"; default nothing
	Schedule string `toml:"schedule"` // cron line; default "0 9 * * 1-5", of a review "0 9 * * 1"
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

// The kinds of digests.
const (
	DigestNews   = "news"   // what is new since the last one
	DigestReview = "review" // what the week before cost, whatever was told of it
)

const (
	reviewSchedule  = "0 9 * * 1"
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
			if d.Kind == DigestReview {
				d.Name = DigestReview
			}
		} else {
			c.unique(first, path+".name", d.Name, "digest")
		}
		if d.Kind == "" {
			d.Kind = DigestNews
		}
		c.oneOf(path+".kind", d.Kind, "a kind of digest", []string{DigestNews, DigestReview})
		c.review(d, path)
		if d.TimeZone == "" {
			d.TimeZone, d.Zone = cfg.TimeZone, cfg.Zone
		} else {
			d.Zone = c.zone(path+".time_zone", d.TimeZone)
		}
		if d.Schedule == "" && d.Kind == DigestReview {
			d.Schedule = reviewSchedule
		} else if d.Schedule == "" {
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

// review checks what only a review has, or cannot have.
func (c *checker) review(d *Digest, path string) {
	if d.By != "" {
		c.oneOf(path+".by", d.By, "what the vendors of a review can be grouped by", []string{"owner", "tag"})
	}
	if d.Kind != DigestReview {
		if d.By != "" {
			c.Add(path+".by", "only a review groups its vendors", `write kind = "review", or leave it out`)
		}
		return
	}
	for key, why := range map[string]string{
		"window": "a review is of the seven whole days before it",
		"edits":  "a review counts what vendors edited, and lists none of it",
		"events": "a review looks at incidents, and at no events",
	} {
		if c.Has(path + "." + key) {
			c.Add(path+"."+key, why, "leave it out")
		}
	}
}
