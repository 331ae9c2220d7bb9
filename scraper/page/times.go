package page

import (
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
)

// After reports whether a time is to come; no clock, no future.
func After(text string, now time.Time) bool {
	at, err := times.Parse(normalize.RawTime{Text: text}, "")
	return err == nil && !now.IsZero() && at.After(now)
}

// WindowState tells how a maintenance stands from its window, since nothing else does; nothing without a clock.
func WindowState(start, end string, now time.Time) string {
	switch {
	case now.IsZero() || start == "":
		return ""
	case After(start, now):
		return "scheduled"
	case end == "" || After(end, now):
		return "in progress"
	}
	return "completed"
}

// Time is a time as printed, its white space made single.
func Time(text, near string) normalize.RawTime {
	if text = OneLine(text); text == "" {
		return normalize.RawTime{}
	}
	return normalize.RawTime{Text: text, Near: near}
}

// Before reports whether time a lies before b; feeds write times as Atom or RSS does.
func Before(a, b string) bool {
	at, err := times.Parse(normalize.RawTime{Text: a}, "")
	if err != nil {
		return false
	}
	bt, err := times.Parse(normalize.RawTime{Text: b}, "")
	return err != nil || at.Before(bt)
}
