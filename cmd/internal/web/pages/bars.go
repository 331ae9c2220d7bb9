package pages

import (
	"fmt"
	"slices"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/board"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// barDays is how many days a component's bar covers, today included.
const barDays = 90

// bar is the history of one component as it is drawn: runs of equal days, and the days with trouble.
type bar struct {
	Runs  []barRun
	Days  []barDay // those with trouble, the newest first
	Words string   // the whole bar in a sentence
}

// barRun is a stretch of equal days. From and Length are in units of the drawing, four a day. The dashes of the style
// sheet turn it into one stroke a day.
type barRun struct {
	Status       string
	From, Length int
	Words        string
}

type barDay struct {
	At         string // midnight
	Status     string
	Lasted     string
	IncidentID int64
}

// day is what is known about one day of a component.
type day struct {
	status   string
	seconds  map[string]int64
	incident int64
}

// The statuses of a day besides those of components.
const (
	dayUnseen = "unseen" // not known: before the record begins, or the page was not read
	dayWell   = string(normalize.StatusOperational)
)

// dayRank orders the statuses of a day, of which the worst that was seen counts. Not to know anything ranks lowest.
func dayRank(status string) int {
	return max(0, slices.Index(dayStatuses, status))
}

// dayStatuses are the statuses of a day from the lowest rank to the highest.
var dayStatuses = []string{dayUnseen, dayWell, string(normalize.StatusMaintenance), string(normalize.StatusUnknown),
	string(normalize.StatusDegraded), string(normalize.StatusPartial), string(normalize.StatusMajor)}

// incidentStatus is the status that an incident implies for the components it affects.
func incidentStatus(span board.ComponentSpan) string {
	if span.Kind == string(normalize.KindMaintenance) {
		return string(normalize.StatusMaintenance)
	}
	switch normalize.Severity(span.Severity) {
	case normalize.SeverityCritical:
		return string(normalize.StatusMajor)
	case normalize.SeverityMajor:
		return string(normalize.StatusPartial)
	case normalize.SeverityMinor:
		return string(normalize.StatusDegraded)
	case normalize.SeverityNone:
		return dayWell
	}
	return string(normalize.StatusUnknown)
}

// record is how much is known of the page that shows a component.
type record struct {
	since time.Time   // its record begins then; zero: it is empty
	blind []query.Gap // when it was not read
	read  bool        // it can be read now
}

// seen is how long a stretch of time was seen.
func (r record) seen(from, to, now time.Time) time.Duration {
	left := to.Sub(from)
	for _, b := range r.blind {
		begin, end := words.Time(b.FromAt), words.Time(b.ToAt)
		if b.ToAt == "" {
			end = now
		}
		if d := earlier(to, end).Sub(later(from, begin)); d > 0 {
			left -= d
		}
	}
	return max(0, left)
}

// well reports whether a day without any trouble on record is known to have been one: most of it was seen, and of today
// the page tells.
func (r record) well(begin, now time.Time) bool {
	end := begin.AddDate(0, 0, 1)
	today := end.After(now)
	end = earlier(end, now)
	return !r.since.IsZero() && end.After(r.since) && (r.read || !today) && r.seen(begin, end, now) >= end.Sub(begin)/2
}

// drawBar makes a component's bar of what was seen of it and of the incidents that affect it. What is said to last is
// known only for as long as the page was read.
func drawBar(spans []board.ComponentSpan, r record, now time.Time) bar {
	first := now.Truncate(24*time.Hour).AddDate(0, 0, 1-barDays)
	days := make([]day, barDays)
	for n := range days {
		days[n] = day{status: dayUnseen, seconds: map[string]int64{}}
		if r.well(first.AddDate(0, 0, n), now) {
			days[n].status = dayWell
		}
	}
	for _, span := range spans {
		status := span.Status
		if span.IncidentID != 0 {
			status = incidentStatus(span)
		}
		from, to := words.Time(span.FromAt), words.Time(span.ToAt)
		told := span.IncidentID != 0 && span.ToAt != "" // by the vendor, also of what we did not see
		if to.IsZero() {
			to = now
		}
		for n := max(0, int(from.Sub(first)/(24*time.Hour))); n < barDays; n++ {
			begin := first.AddDate(0, 0, n)
			end := begin.AddDate(0, 0, 1)
			if !to.After(begin) && !(to.Equal(from) && to.Equal(begin)) {
				break
			}
			if !from.Before(end) {
				continue
			}
			lasted := earlier(to, end).Sub(later(from, begin))
			if !told && lasted > 0 {
				if lasted = r.seen(later(from, begin), earlier(to, end), now); lasted == 0 {
					continue
				}
			}
			days[n].add(status, int64(lasted/time.Second), span.IncidentID)
		}
	}
	return newBar(days, first)
}

// add takes what lasted for so many seconds of a day. That there was no trouble is not made of it: see record.well.
func (d *day) add(status string, seconds, incident int64) {
	d.seconds[status] = max(d.seconds[status], seconds)
	if status == dayWell {
		return
	}
	if dayRank(status) > dayRank(d.status) {
		d.status, d.incident = status, 0
	}
	if incident != 0 && status == d.status {
		d.incident = incident
	}
}

func newBar(days []day, first time.Time) bar {
	var b bar
	counts := map[string]int{}
	for n, d := range days {
		counts[d.status]++
		if last := len(b.Runs) - 1; last >= 0 && b.Runs[last].Status == d.status {
			b.Runs[last].Length += 4
		} else {
			b.Runs = append(b.Runs, barRun{Status: d.status, From: 4 * n, Length: 4})
		}
		if d.status != dayWell && d.status != dayUnseen {
			b.Days = append([]barDay{{At: normalize.FormatTime(first.AddDate(0, 0, n)), Status: d.status,
				Lasted: words.Seconds(d.seconds[d.status]), IncidentID: d.incident}}, b.Days...)
		}
	}
	for n := range b.Runs {
		r := &b.Runs[n]
		from := first.AddDate(0, 0, r.From/4)
		r.Words = from.Format("2 Jan")
		if r.Length > 4 {
			r.Words += " – " + from.AddDate(0, 0, r.Length/4-1).Format("2 Jan")
		}
		r.Words += ": " + dayWords(r.Status)
	}
	b.Words = fmt.Sprintf("%d days: ", len(days))
	sep := ""
	for _, s := range wordOrder {
		if counts[s] > 0 {
			b.Words += fmt.Sprintf("%s%d %s", sep, counts[s], dayWords(s))
			sep = ", "
		}
	}
	return b
}

// wordOrder is the order in which a bar's sentence counts its days: the worst first, what is not known last.
var wordOrder = []string{string(normalize.StatusMajor), string(normalize.StatusPartial),
	string(normalize.StatusDegraded), string(normalize.StatusUnknown), string(normalize.StatusMaintenance), dayWell,
	dayUnseen}

func dayWords(status string) string {
	switch status {
	case dayWell:
		return "without trouble"
	case dayUnseen:
		return "not on record"
	case string(normalize.StatusUnknown):
		return "in an unknown state"
	}
	return words.Spell(status)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
