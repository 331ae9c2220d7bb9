package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// Calm is noise reduction: when alerts wait, and which go together.
type Calm struct {
	// hours of the day in which alerts are held: "22:00-07:00"; default none
	QuietHours   []string           `toml:"quiet_hours"`
	QuietDays    []string           `toml:"quiet_days"`    // days on which alerts are held: "saturday"; default none
	QuietZone    string             `toml:"quiet_zone"`    // IANA zone of both; default Config.TimeZone
	BreakThrough normalize.Severity `toml:"break_through"` // severity that is not held; default "critical"
	// how long a resolution is held, in case the incident reopens; 0s is not at all; default 5m
	Flapping Duration `toml:"flapping"`
	// openings within this time of each other on one channel go together; 0s is each alone; default 2m
	Group Duration `toml:"group"`
	Cap   int      `toml:"cap"` // alerts per channel and hour, 0 for no limit; default 60

	Spans []QuietSpan    `toml:"-"` // of QuietHours
	Days  []time.Weekday `toml:"-"` // of QuietDays
	Zone  *time.Location `toml:"-"` // of QuietZone
}

// QuietSpan is a part of the day, in local time. One that ends before it begins reaches into the next day.
type QuietSpan struct {
	From, To time.Duration // since midnight, below 24h; To may be 24h
}

// Reminders are messages about what has not changed.
type Reminders struct {
	// when to remind of planned work: this long before it begins, on routes with a maintenance event; default ["24h",
	// "1h"]
	Maintenance Durations `toml:"maintenance"`
	// remind of an open incident that was announced when the vendor has posted nothing for this long; 0s is never;
	// default 4h
	SilentAfter Duration `toml:"silent_after"`
	// how often to remind of a page that cannot be read; 0s is never; default 24h
	Unreadable Duration `toml:"unreadable"`
}

func (c *checker) calm() {
	calm := &c.config.Calm
	if calm.QuietZone == "" {
		calm.QuietZone, calm.Zone = c.config.TimeZone, c.config.Zone
	} else {
		calm.Zone = c.zone("calm.quiet_zone", calm.QuietZone)
	}
	for i, text := range calm.QuietHours {
		span, err := parseQuietSpan(text)
		if err != nil {
			c.AddError(fmt.Sprintf("calm.quiet_hours[%d]", i), err)
			continue
		}
		calm.Spans = append(calm.Spans, span)
	}
	for i, text := range calm.QuietDays {
		day, err := parseWeekday(text)
		if err != nil {
			c.AddError(fmt.Sprintf("calm.quiet_days[%d]", i), err)
			continue
		}
		if !slices.Contains(calm.Days, day) {
			calm.Days = append(calm.Days, day)
		}
	}
	if len(calm.Days) == 7 {
		c.Add("calm.quiet_days", "all seven days are quiet, so nothing below break_through would ever be sent",
			"remove a day")
	}
	c.severity("calm.break_through", calm.BreakThrough)
	c.length("calm.flapping", calm.Flapping, 0, 24*time.Hour, "5m")
	c.length("calm.group", calm.Group, 0, time.Hour, "2m")
	if calm.Cap < 0 || calm.Cap > 100_000 {
		c.Add("calm.cap", fmt.Sprintf("%d is not between 0 and 100000", calm.Cap),
			"write for example 60, or 0 for no limit")
	}
}

func (c *checker) reminders() {
	r := &c.config.Reminders
	for i, lead := range r.Maintenance {
		c.length(fmt.Sprintf("reminders.maintenance[%d]", i), lead, time.Minute, 30*24*time.Hour, "24h")
	}
	for _, one := range []struct {
		path   string
		length Duration
	}{{"reminders.silent_after", r.SilentAfter}, {"reminders.unreadable", r.Unreadable}} {
		if one.length.Duration != 0 {
			c.length(one.path, one.length, 10*time.Minute, 30*24*time.Hour, "24h")
		}
	}
}

// Delivery says how long a message is tried that its receiver does not take.
type Delivery struct {
	// while the receiver is down, busy or does not answer; default 24h
	RetryFor Duration `toml:"retry_for"`
	// while it answers that it does not know us, as with 401, 403, 404 and 410; default 10m
	RetryRejectedFor Duration `toml:"retry_rejected_for"`
}

func (c *checker) delivery() {
	c.length("delivery.retry_for", c.config.Delivery.RetryFor, time.Minute, 30*24*time.Hour, "24h")
	c.length("delivery.retry_rejected_for", c.config.Delivery.RetryRejectedFor, 0, 24*time.Hour, "10m")
}

// length notes a duration that is not between two others.
func (c *checker) length(path string, d Duration, low, high time.Duration, example string) {
	if d.Duration < low || d.Duration > high {
		c.Add(path, fmt.Sprintf("%s is not between %s and %s", short(d.Duration), short(low), short(high)),
			fmt.Sprintf("write for example %q", example))
	}
}

// parseQuietSpan reads "22:00-07:00". The error says what to write.
func parseQuietSpan(text string) (QuietSpan, error) {
	wrong := fmt.Errorf("%q is not a span of the day; write for example \"22:00-07:00\"", text)
	from, to, ok := strings.Cut(strings.ReplaceAll(text, "–", "-"), "-")
	if !ok {
		return QuietSpan{}, wrong
	}
	var s QuietSpan
	for _, part := range []struct {
		text string
		to   *time.Duration
	}{{from, &s.From}, {to, &s.To}} {
		clock := strings.TrimSpace(part.text)
		if clock == "24:00" && part.to == &s.To {
			s.To = 24 * time.Hour
			continue
		}
		at, err := time.Parse("15:04", clock)
		if err != nil {
			return QuietSpan{}, wrong
		}
		*part.to = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	}
	if s.From == s.To || s.From == 0 && s.To == 24*time.Hour {
		return QuietSpan{}, errors.New("it is the whole day; write for example \"22:00-07:00\", or name days in " +
			"quiet_days")
	}
	return s, nil
}

// parseWeekday reads a day's English name, or its first three letters. The error says what to write.
func parseWeekday(text string) (time.Weekday, error) {
	word := strings.ToLower(strings.TrimSpace(text))
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name := strings.ToLower(day.String()); word == name || word == name[:3] {
			return day, nil
		}
	}
	return 0, fmt.Errorf("%q is not a day of the week; write for example \"saturday\"", text)
}
