package page

import (
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
)

// After reports whether a printed time is after now. It returns false if the time cannot be read or now is zero.
func After(text string, now time.Time) bool {
	at, err := times.Parse(normalize.RawTime{Text: text}, "")
	return err == nil && !now.IsZero() && at.After(now)
}

// WindowState derives the state of a maintenance from its window, for documents that state none: "scheduled", "in
// progress" or "completed". It returns "" if now is zero or there is no start.
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

// Time returns a printed time with single spaces. near is another printed time, such as that of the document: it
// gives a time without a year its year.
func Time(text, near string) normalize.RawTime {
	if text = OneLine(text); text == "" {
		return normalize.RawTime{}
	}
	return normalize.RawTime{Text: text, Near: near}
}

// Before reports whether the printed time a is before b. A time that cannot be read is before none and after all.
func Before(a, b string) bool {
	at, err := times.Parse(normalize.RawTime{Text: a}, "")
	if err != nil {
		return false
	}
	bt, err := times.Parse(normalize.RawTime{Text: b}, "")
	return err != nil || at.Before(bt)
}
