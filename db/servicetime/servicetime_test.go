package servicetime

import (
	"fmt"
	"testing"
	"time"

	"vendorwatch/db/query"
)

var now = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

func stretch(what string, incident int64, severity string, day, from, to int) query.Stretch {
	at := func(minute int) time.Time {
		return time.Date(2026, 11, day, 10, minute, 0, 0, time.UTC)
	}
	s := query.Stretch{What: what, IncidentID: incident, Severity: severity, FromAt: at(from), CountedAt: at(from)}
	if to > 0 {
		s.ToAt = at(to)
	}
	return s
}

func percent(p *float64) string {
	if p == nil {
		return "?"
	}
	return fmt.Sprint(*p)
}

// What a target comes to, in a month of 43,200 minutes of which 41,760 are over: 43.2 minutes are allowed. The figures
// are those of TestTarget of package db, which asks v_sla.
func TestJudge(t *testing.T) {
	month := goal{TargetPercent: 99.9, Period: "month"}
	for name, c := range map[string]struct {
		goal goal
		all  []query.Stretch
		now  time.Time
		want string
	}{
		"nothing": {month, nil, now, "2026-11: 100 of 100, 43.2 left of 43.2, burn 0, kept"},
		"within": {month, []query.Stretch{stretch("impact", 1, "major", 3, 0, 30)}, now,
			"2026-11: 99.9282 of 100, 13.2 left of 43.2, burn 0.718, kept"},
		"of two needs at once, counted once": {month, []query.Stretch{stretch("impact", 1, "major", 3, 0, 30),
			stretch("impact", 2, "minor", 3, 0, 30)}, now,
			"2026-11: 99.9282 of 100, 13.2 left of 43.2, burn 0.718, kept"},
		"half of it early": {month, []query.Stretch{stretch("impact", 1, "major", 3, 0, 30)}, now.AddDate(0, 0, -25),
			"2026-11: 99.4792 of 100, 13.2 left of 43.2, burn 5.208, at_risk"},
		"missed": {month, []query.Stretch{stretch("impact", 1, "major", 3, 0, 30),
			stretch("impact", 2, "major", 5, 0, 30)}, now,
			"2026-11: 99.8563 of 100, -16.8 left of 43.2, burn 1.437, missed"},
		"another severity": {goal{TargetPercent: 99.9, Period: "month", Severities: []string{"critical"}},
			[]query.Stretch{stretch("impact", 1, "major", 3, 0, 59)}, now,
			"2026-11: 100 of 100, 43.2 left of 43.2, burn 0, kept"},
		"planned": {month, []query.Stretch{stretch("maintenance", 1, "", 3, 0, 59)}, now,
			"2026-11: 100 of 100, 43.2 left of 43.2, burn 0, kept"},
		"planned that counts": {goal{TargetPercent: 99.9, Period: "month", Maintenance: true},
			[]query.Stretch{stretch("maintenance", 1, "", 3, 0, 30)}, now,
			"2026-11: 99.9282 of 100, 13.2 left of 43.2, burn 0.718, kept"},
		"of unknown length": {month, []query.Stretch{stretch("impact", 1, "major", 3, 0, 0)}, now,
			"2026-11: ? of 100, ? left of 43.2, burn ?, "},
		"nothing seen": {month, []query.Stretch{{What: "unseen", FromAt: now.AddDate(-1, 0, 0), ToAt: now,
			CountedAt: now.AddDate(-1, 0, 0)}}, now, "2026-11: ? of 0, ? left of 43.2, burn ?, "},
		"a quarter": {goal{TargetPercent: 99.9, Period: "quarter"},
			[]query.Stretch{stretch("impact", 1, "major", 3, 0, 30)}, now,
			"2026-Q4: 99.9653 of 100, 102.48 left of 132.48, burn 0.347, kept"},
	} {
		s := c.goal.judge(c.all, c.now)
		got := fmt.Sprintf("%s: %s of %v, %s left of %v, burn %s, %s", s.Period, percent(s.UptimePercent),
			s.KnownPercent, percent(s.BudgetLeft), s.BudgetMinutes, percent(s.BurnRate), s.Forecast)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}
