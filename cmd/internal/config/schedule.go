package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize/lazyregexp"
)

// shortestInterval is the least time between two scrapes of a page. Statuspage's own cache holds
// an answer for about ten seconds, so that more often brings nothing but load on the vendor.
const shortestInterval = 10 * time.Second

// ParseSchedule reads a cron line: minute, hour, day of month, month, day of week; or @hourly,
// @daily, @weekly, @monthly, @yearly; or "@every 90s". The line is read in zone (nil is UTC) unless
// it begins with "CRON_TZ=Europe/Berlin ". A line that fires more often than every 10 seconds, or
// not once a year, is refused, and so is what robfig/cron accepts though no crontab would: "*-5",
// "*/90", "1,,2". The error says what to write.
func ParseSchedule(line string, zone *time.Location) (schedule cron.Schedule, err error) {
	// robfig/cron v3.0.1 panics on some lines.
	defer func() {
		if r := recover(); r != nil {
			schedule, err = nil, scheduleError(line, fmt.Sprint("the cron library fails on it: ", r))
		}
	}()
	if zone == nil {
		zone = time.UTC
	}
	spec := strings.TrimSpace(line)
	for _, prefix := range []string{"CRON_TZ=", "TZ="} {
		if name, ok := strings.CutPrefix(spec, prefix); ok {
			name, rest, _ := strings.Cut(name, " ")
			if zone, err = ParseZone(name); err != nil {
				return nil, fmt.Errorf("%q begins with a wrong zone: %w", line, err)
			}
			spec = strings.TrimSpace(rest)
			break
		}
	}
	switch {
	case spec == "":
		return nil, scheduleError(line, "there is no cron line")
	case strings.HasPrefix(spec, "@every"):
		return every(line, spec)
	case !strings.HasPrefix(spec, "@"):
		if problem := checkFields(strings.Fields(spec)); problem != "" {
			return nil, scheduleError(line, problem)
		}
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return nil, scheduleError(line, err.Error())
	}
	fields, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, scheduleError(line, "it cannot be understood")
	}
	fields.Location = zone
	// A fixed day, so that a line is right or wrong whatever the date. Two years, because the one
	// time of a year may fall into the hour that daylight saving skips; 29 February is still refused.
	from := time.Date(2025, time.March, 1, 0, 0, 0, 0, zone)
	if next := fields.Next(from); next.IsZero() || next.After(from.AddDate(2, 0, 0)) {
		return nil, scheduleError(line, "it does not fire every year")
	}
	return fields, nil
}

func every(line, spec string) (cron.Schedule, error) {
	d, err := time.ParseDuration(strings.TrimSpace(strings.TrimPrefix(spec, "@every")))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q has no duration after @every; write for example \"@every 90s\"", line)
	case d < shortestInterval:
		return nil, fmt.Errorf("%q fires more often than every %s; write for example \"@every 60s\"", line,
			shortestInterval)
	case d > 365*24*time.Hour:
		return nil, scheduleError(line, "it does not fire every year")
	}
	return cron.Every(d), nil
}

var (
	cronFields = []struct {
		name     string
		min, max int
	}{{"minute", 0, 59}, {"hour", 0, 23}, {"day of month", 1, 31}, {"month", 1, 12}, {"day of week", 0, 6}}
	cronItem = lazyregexp.New(`^(?:[*?]|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)?)(?:/([0-9]+))?$`)
)

// checkFields says what is wrong with the five fields of a cron line, "" if nothing is. Each field is tried by itself,
// so that the message can name it.
func checkFields(fields []string) string {
	if len(fields) != len(cronFields) {
		return fmt.Sprintf("it has %s instead of five (minute, hour, day of month, month, day of week)",
			words.Count(len(fields), "field"))
	}
	for i, f := range cronFields {
		for item := range strings.SplitSeq(fields[i], ",") {
			m := cronItem.FindStringSubmatch(item)
			if m == nil {
				return fmt.Sprintf("%s %q cannot be understood", f.name, fields[i])
			}
			if step, err := strconv.Atoi(m[1]); m[1] != "" && (err != nil || step > f.max-f.min) {
				return fmt.Sprintf("%s %q steps beyond %d, so only its first value counts", f.name, fields[i], f.max)
			}
			if f.name == "day of week" && item == "7" {
				return `day of week 7 is unknown, Sunday is 0 or "sun"`
			}
		}
		alone := []string{"*", "*", "*", "*", "*"}
		alone[i] = fields[i]
		if _, err := cron.ParseStandard(strings.Join(alone, " ")); err != nil {
			return fmt.Sprintf("%s: %v", f.name, err)
		}
	}
	return ""
}

func scheduleError(line, problem string) error {
	return fmt.Errorf("%q is not a schedule: %s; write for example \"*/5 * * * *\"", line, problem)
}
