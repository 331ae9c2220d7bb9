package cli

import (
	"log/slog"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
)

// flagTime reads a time, a date, or a length of time before now such as 36h or 7d. An empty value gives the zero time.
func flagTime(name, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	if days, ok := strings.CutSuffix(value, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return time.Now().UTC().AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(value); err == nil && d >= 0 {
		return time.Now().UTC().Add(-d), nil
	}
	t, err := times.Parse(normalize.RawTime{Text: value}, "")
	if err != nil {
		return time.Time{}, usagef("--%s: %v; write for example 2026-11-23, 2026-11-23T09:00:00Z, 36h or 7d", name, err)
	}
	return t, nil
}

func flagSeverity(value string) (normalize.Severity, error) {
	switch s := normalize.Severity(value); s {
	case "", normalize.SeverityNone, normalize.SeverityMinor, normalize.SeverityMajor, normalize.SeverityCritical:
		return s, nil
	}
	return "", usagef("--severity %q is unknown; write none, minor, major or critical", value)
}

// quietLog is for commands that print their outcome in another way.
func (a *app) quietLog() *slog.Logger {
	if a.verbose {
		return a.log()
	}
	return slog.New(slog.DiscardHandler)
}
