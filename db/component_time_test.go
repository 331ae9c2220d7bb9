package db_test

import (
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record/targets"
	"vendorwatch/normalize/target"
)

// Figures of a component count its own time where the vendor or the page tells it, and otherwise that of the incident:
// the stretches of the component, and a target that asks for it. The incident lasts from 10 to 14 o'clock.
func TestTimeOfAComponent(t *testing.T) {
	day := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	now := day.AddDate(0, 0, 2)
	at := func(clock string) any {
		if clock == "" {
			return nil
		}
		return db.Stamp(day)[:11] + clock + ":00.000Z"
	}
	type shown struct{ status, at string }
	f := newFile(t)
	f.spells(now)
	f.seen(db.Stamp(day.AddDate(0, -2, 0)))
	do := func(text string, args ...any) {
		t.Helper()
		if err := f.execWithin(text, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(`INSERT INTO components (component_id, source_id, source_key, name, status, first_seen_at)
		VALUES (1, 1, 'api', 'API', 'operational', ?1), (2, 1, 'web', 'Web', 'operational', ?1)`,
		db.Stamp(day.AddDate(0, -2, 0)))
	forget := func() {
		do(`DELETE FROM incident_components`)
		do(`DELETE FROM component_changes`)
		f.spells(now)
	}
	t.Cleanup(forget)
	for name, c := range map[string]struct {
		origin   string // of the incident; "": vendor
		red      string // since when the page was red before the vendor posted
		open     bool
		from, to string // of the component, as the vendor says
		shown    []shown
		want     string // the interval that counts
		minutes  float64
	}{
		"nothing is told":          {want: "10:00-14:00", minutes: 240},
		"the vendor's":             {from: "10:30", to: "11:00", want: "10:30-11:00", minutes: 30},
		"its start alone":          {from: "13:00", want: "13:00-14:00", minutes: 60},
		"its end alone":            {to: "10:20", want: "10:00-10:20", minutes: 20},
		"longer than the incident": {from: "09:00", to: "15:00", want: "09:00-15:00", minutes: 360},
		"seen to recover": {shown: []shown{{"major_outage", "10:01"}, {"operational", "11:00"}}, want: "10:00-11:00",
			minutes: 60},
		"the vendor's end goes before the page's": {to: "12:00", shown: []shown{{"major_outage", "10:01"},
			{"operational", "11:00"}}, want: "10:00-12:00", minutes: 120},
		"down again": {shown: []shown{{"major_outage", "10:01"}, {"operational", "11:00"}, {"degraded_performance",
			"12:00"}}, want: "10:00-14:00", minutes: 240},
		"never down on the page": {shown: []shown{{"operational", "10:30"}}, want: "10:00-14:00", minutes: 240},
		"open, and the vendor says that this is over": {open: true, from: "10:00", to: "10:10", want: "10:00-10:10",
			minutes: 10},
		"red before the post":            {red: "09:30", want: "09:30-14:00", minutes: 270},
		"red before the post, told more": {red: "09:30", from: "09:45", to: "11:45", want: "09:45-11:45", minutes: 120},
		"a red page, down from the beginning": {origin: "page", shown: []shown{{"major_outage", "10:00"},
			{"operational", "12:00"}}, want: "10:00-12:00", minutes: 120},
		"a red page, down later than others": {origin: "page", shown: []shown{{"degraded_performance", "11:00"},
			{"major_outage", "11:30"}, {"operational", "12:00"}}, want: "11:00-12:00", minutes: 60},
		"a red page, and it is down to the end": {origin: "page", shown: []shown{{"major_outage", "11:00"},
			{"operational", "14:00"}}, want: "11:00-14:00", minutes: 180},
		"a red page, down before it counted, well, and down again": {origin: "page", shown: []shown{
			{"major_outage", "09:00"}, {"operational", "11:00"}, {"major_outage", "13:00"}, {"operational", "14:00"}},
			want: "10:00-14:00", minutes: 240},
	} {
		t.Run(name, func(t *testing.T) {
			forget()
			s := spell{from: at("10:00").(string), to: at("14:00").(string)}
			if c.red != "" {
				s.red, s.same = at(c.red).(string), 1
			}
			if c.open {
				s.to, s.state = "", "investigating"
			}
			f.spells(now, s)
			do(`INSERT INTO component_changes (component_id, status, at) VALUES (1, 'operational', ?)`,
				db.Stamp(day.AddDate(0, -2, 0)))
			for _, h := range c.shown {
				do(`INSERT INTO component_changes (component_id, status, at) VALUES (1, ?, ?)`, h.status, at(h.at))
			}
			do(`INSERT INTO incident_components (incident_id, component_id, started_at, resolved_at)
				VALUES (1, 1, ?, ?), (1, 2, NULL, NULL)`, at(c.from), at(c.to))
			if c.origin != "" {
				do(`UPDATE incidents SET origin = ? WHERE incident_id = 1`, c.origin)
			}
			stretches, err := f.ComponentStretches(t.Context(), 1, now)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, s := range stretches {
				if s.IncidentID == 1 {
					got += s.FromAt.Format("15:04") + "-" + s.ToAt.Format("15:04")
				}
			}
			if got != c.want {
				t.Errorf("it was affected %s, want %s", got, c.want)
			}
			promise := target.Target{TargetPercent: 99, Period: "month", Components: []string{"api"}}
			if err := targets.Set(t.Context(), f.file, 1, &promise); err != nil {
				t.Fatal(err)
			}
			sla, err := f.SLA(t.Context(), 1, now)
			if err != nil {
				t.Fatal(err)
			}
			if sla.ImpactMinutes == nil || *sla.ImpactMinutes != c.minutes || sla.KnownLength != 1 {
				t.Errorf("%s minutes of %d incidents count, want %g", figure(sla.ImpactMinutes), sla.KnownLength,
					c.minutes)
			}
		})
	}
}

// pieces is what counts of stretches of incidents: of one that names components, the time of each that the target asks
// for.
func pieces(of []query.Stretch, parts func(query.Stretch) ([]query.Stretch, bool)) []query.Stretch {
	var out []query.Stretch
	for _, s := range of {
		if own, named := parts(s); named {
			out = append(out, own...)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// distinct is ShareOf with each incident counted once, however many of its components are among the stretches.
func distinct(of []query.Stretch, from, to, now time.Time) query.Share {
	share := query.ShareOf(of, from, to, now)
	known, unknown := map[int64]bool{}, map[int64]bool{}
	for _, s := range of {
		one := query.ShareOf([]query.Stretch{s}, from, to, now)
		if one.KnownLength > 0 {
			known[s.IncidentID] = true
		}
		if one.UnknownLength > 0 {
			unknown[s.IncidentID] = true
		}
	}
	share.KnownLength, share.UnknownLength = len(known), len(unknown)
	return share
}
