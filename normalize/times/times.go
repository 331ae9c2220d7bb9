package times

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"vendorwatch/normalize/lazyregexp"
)

// Parse reads a printed time as UTC. It knows RFC 3339, RFC 5322 with its obsolete forms, epoch seconds or
// milliseconds, and the forms of status pages: "Aug 29, 2025, 05:46 PM UTC", "Oct 16, 2025 - 12:42 EDT",
// "Nov 2, 16:09 PST", "8 November 2025 14:07 GMT+08", "27 de noviembre de 2026 10:15", "2026年11月27日 10時15分". Names of
// months and weekdays may be of any language in date_names.txt. A missing year or day is the one closest to
// t.Near; a missing zone is the page's zone, else UTC. If t.Layout is set, no other form is tried. The error
// says what could not be read; the time is then zero.
func Parse(t Printed, zone string) (time.Time, error) {
	if at, ok := RFC3339(t.Text); ok && t.Layout == "" {
		return plausible(at)
	}
	return parseIn(t, pageZone(zone))
}

// RFC3339 reads the form that machines write. It is tried first because it needs no zone, and looking up
// a zone costs far more than reading the time.
func RFC3339(text string) (time.Time, bool) {
	at, err := time.Parse(time.RFC3339Nano, text)
	return at, err == nil
}

func parseIn(t Printed, zone *time.Location) (time.Time, error) {
	text := singleSpaced(t.Text)
	if text == "" {
		return time.Time{}, fmt.Errorf("no time is printed")
	}
	if t.Layout != "" {
		at, err := layoutTime(t, text, zone)
		if err != nil {
			return time.Time{}, err
		}
		return plausible(at)
	}
	if at, ok := machineTime(text, zone); ok {
		return plausible(at)
	}
	p, err := scanTime(timeText(text))
	if err != nil {
		return time.Time{}, err
	}
	if !p.hasMonth && !p.hasClock {
		return time.Time{}, fmt.Errorf("%q holds no date", t.Text)
	}
	at, err := p.resolve(t.Near, zone)
	if err != nil {
		return time.Time{}, err
	}
	return plausible(at)
}

// plausible refuses years that no status page has written about.
func plausible(t time.Time) (time.Time, error) {
	t = t.UTC().Truncate(time.Millisecond)
	if t.Year() < 1990 || t.Year() > 2199 {
		return time.Time{}, fmt.Errorf("the year %d cannot be", t.Year())
	}
	return t, nil
}

var machineLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00",
	"2006-01-02 15:04:05.999999999 Z0700", "2006-01-02 15:04:05.999999999 -0700",
	"2006-01-02 15:04:05.999999999 -07:00", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04 -0700",
	time.RFC1123Z, "Mon, _2 Jan 2006 15:04:05 -0700", "_2 Jan 2006 15:04:05 -0700",
}

var zonelessLayouts = []string{
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04",
	"2006-01-02",
}

var (
	epoch         = lazyregexp.New(`^\d{9,10}(?:\.\d+)?$|^\d{12,13}$`)
	isoWithAbbrev = lazyregexp.New(
		`^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?([A-Za-z]{1,5}(?:[+-]\d{1,4})?)$`)
)

func machineTime(text string, zone *time.Location) (time.Time, bool) {
	if epoch.MatchString(text) {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return time.Time{}, false
		}
		if n > 1e11 {
			return time.UnixMilli(int64(n)), true
		}
		sec, frac := math.Modf(n)
		return time.Unix(int64(sec), int64(frac*1e9)), true
	}
	for _, layout := range machineLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range zonelessLayouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	if m := isoWithAbbrev.FindStringSubmatch(text); m != nil {
		for _, layout := range zonelessLayouts[1:4] {
			if t, err := time.Parse(layout, m[1]+" "+m[2]); err == nil {
				at, err := inZone(t, m[3], zone)
				return at, err == nil
			}
		}
	}
	return time.Time{}, false
}

// zeroWidth drops what takes no room on the page and would only part the letters of a word.
var zeroWidth = strings.NewReplacer("\u200b", "", "\u200c", "", "\u200d", "", "\ufeff", "", "\u00ad", "")

// singleSpaced leaves out invisible characters and writes every run of white space as one space.
func singleSpaced(s string) string {
	return strings.Join(strings.Fields(zeroWidth.Replace(strings.ReplaceAll(s, "\u00a0", " "))), " ")
}
