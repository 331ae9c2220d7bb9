package config

import (
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper"
)

// The default of concurrency.
const leastConcurrency, mostConcurrency, sourcesForOneMore = 8, 64, 100

// concurrencyFor is the default for so many vendors. More sources at one time than there are processors help where
// they wait for the file, or for a page that takes long to parse.
func concurrencyFor(vendors []Vendor) int {
	sources := 0
	for _, v := range vendors {
		if v.Enabled {
			sources += len(v.Sources)
		}
	}
	return min(leastConcurrency+sources/sourcesForOneMore, mostConcurrency)
}

// pace remarks domains of which more pages are due than the delay between two requests allows: those pages are read
// late.
func (c *checker) pace() {
	delay := c.config.Fetch.Delay.Duration
	if delay <= 0 {
		return
	}
	type load struct {
		pages   int
		shorter time.Duration // the shortest interval of them
		seconds float64       // of delay in each second
	}
	hosts := map[string]*load{}
	intervals := map[cron.Schedule]time.Duration{}
	for _, v := range c.config.Vendors {
		for _, s := range v.Sources {
			u, err := url.Parse(s.URL)
			if !v.Enabled || s.Cron == nil || err != nil {
				continue
			}
			every, known := intervals[s.Cron]
			if !known {
				every = shortest(s.Cron)
				intervals[s.Cron] = every
			}
			with := scraper.DelayedWith(u)
			l := hosts[with]
			if l == nil {
				l = &load{shorter: every}
				hosts[with] = l
			}
			l.pages++
			l.shorter = min(l.shorter, every)
			l.seconds += delay.Seconds() / every.Seconds()
		}
	}
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		if l := hosts[host]; l.seconds > 1 {
			c.remark("%s of %s every %s cannot be read at delay = %s: they are read late; choose a longer schedule "+
				"for them, or a shorter delay under [fetch]", words.Count(l.pages, "page"), host, short(l.shorter),
				short(delay))
		}
	}
}

// shortest is the time between two scrapes of a schedule, on a day like any other.
func shortest(s cron.Schedule) time.Duration {
	first := s.Next(time.Date(2025, time.March, 3, 0, 0, 0, 0, time.UTC))
	return max(s.Next(first).Sub(first), time.Second)
}
