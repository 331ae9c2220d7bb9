package reach_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vendorwatch/normalize/reach"
)

var t0 = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// asked is something that is asked on schedule: a probe, or the page of a vendor.
type asked struct {
	probe, vendor   int64 // probe 0: a page
	every, phase    time.Duration
	timeout, answer time.Duration // how long it takes where nothing comes, and where something does
}

// play asks everything on its schedule. up says whether a vendor can be reached at a time; a request is answered if it
// is reached at its start and its end. told is called with each probe that is newly failing.
func play(all []asked, length time.Duration, up func(vendor int64, at time.Time) bool,
	told func(p reach.Probe, at time.Time)) *reach.World {
	w := &reach.World{}
	type turn struct {
		at, end time.Time
		a       asked
		start   bool
	}
	var turns []turn
	for _, a := range all {
		if a.probe != 0 {
			w.Probes = append(w.Probes, &reach.Probe{ID: a.probe, Vendor: a.vendor, State: reach.Never})
		}
		for at := t0.Add(a.phase); at.Before(t0.Add(length)); at = at.Add(a.every) {
			end := at.Add(a.answer)
			if !up(a.vendor, at) || !up(a.vendor, end) {
				end = at.Add(a.timeout)
			}
			turns = append(turns, turn{at, end, a, true}, turn{at, end, a, false})
		}
	}
	when := func(t turn) time.Time {
		if t.start {
			return t.at
		}
		return t.end
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return when(a).Compare(when(b)) })
	seen := map[int64]time.Time{}
	before := map[asked]map[int64]time.Time{}
	for _, t := range turns {
		if t.start {
			before[t.a] = map[int64]time.Time{}
			for v, at := range seen {
				before[t.a][v] = at
			}
			continue
		}
		good := t.end.Equal(t.at.Add(t.a.answer)) && up(t.a.vendor, t.at) && up(t.a.vendor, t.end)
		if good {
			seen[t.a.vendor] = t.end
		}
		if t.a.probe == 0 {
			continue
		}
		p := w.Probes[slices.IndexFunc(w.Probes, func(p *reach.Probe) bool { return p.ID == t.a.probe })]
		was := p.State
		w.Take(reach.Result{Probe: t.a.probe, At: t.at, Took: t.end.Sub(t.at), OK: good, Reached: before[t.a]})
		if p.State == reach.Failing && was != reach.Failing && told != nil {
			told(*p, t.end)
		}
	}
	return w
}

func drawAsked(t *rapid.T) (all []asked) {
	seconds := func(low, high int, label string) time.Duration {
		return time.Duration(rapid.IntRange(low, high).Draw(t, label)) * time.Second
	}
	vendors := int64(rapid.IntRange(1, 6).Draw(t, "vendors"))
	for v := range vendors {
		for n := range rapid.IntRange(0, 2).Draw(t, "probes") {
			every := seconds(15, 600, "every")
			all = append(all, asked{probe: v*10 + int64(n) + 1, vendor: v + 1, every: every,
				phase: seconds(0, int(every.Seconds()), "phase"), timeout: seconds(1, 10, "timeout"),
				answer: 100 * time.Millisecond})
		}
		every := seconds(60, 900, "page every")
		all = append(all, asked{vendor: v + 1, every: every, phase: seconds(0, int(every.Seconds()), "phase"),
			timeout: 20 * time.Second, answer: 300 * time.Millisecond})
	}
	return all
}

// However probes and pages are scheduled, one outage of our network is told of no vendor.
func TestOneOutageOfOursIsNoVendors(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		all := drawAsked(r)
		from := t0.Add(time.Duration(rapid.IntRange(600, 3000).Draw(r, "from")) * time.Second)
		to := from.Add(time.Duration(rapid.IntRange(1, 7200).Draw(r, "lasts")) * time.Second)
		play(all, 4*time.Hour, func(_ int64, at time.Time) bool { return at.Before(from) || !at.Before(to) },
			func(p reach.Probe, at time.Time) {
				r.Fatalf("our network was down from %v to %v, and probe %+v failed at %v", from, to, p, at)
			})
	})
}

// A vendor that fails alone is told, at the third miss at the latest, if another is asked as often.
func TestAVendorAloneIsTold(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		all := drawAsked(r)
		every := time.Duration(rapid.IntRange(15, 300).Draw(r, "every")) * time.Second
		phase := func(label string) time.Duration {
			return time.Duration(rapid.IntRange(0, int(every.Seconds())).Draw(r, label)) * time.Second
		}
		all = append(all,
			asked{probe: 100, vendor: 100, every: every, phase: phase("own"), timeout: 10 * time.Second,
				answer: 100 * time.Millisecond},
			asked{probe: 200, vendor: 200, every: every, phase: phase("other"), timeout: 10 * time.Second,
				answer: 100 * time.Millisecond})
		from := t0.Add(time.Duration(rapid.IntRange(600, 3000).Draw(r, "from")) * time.Second)
		var told []time.Time
		w := play(all, 2*time.Hour, func(v int64, at time.Time) bool { return v != 100 || at.Before(from) },
			func(p reach.Probe, at time.Time) {
				if p.Vendor != 100 {
					r.Fatalf("told of %+v", p)
				}
				told = append(told, at)
			})
		if limit := from.Add(3*every + 11*time.Second); len(told) != 1 || told[0].After(limit) {
			r.Fatalf("told %v, down from %v, at the latest %v", told, from, limit)
		}
		if !w.Outage.From.IsZero() {
			r.Fatalf("taken for our network: %+v", w.Outage)
		}
	})
}

func TestWhatCountsAsTogether(t *testing.T) {
	minute := func(n float64) time.Time { return t0.Add(time.Duration(n * float64(time.Minute))) }
	probe := func(id int64, phase int) asked {
		return asked{probe: id, vendor: id, every: time.Minute, phase: time.Duration(phase) * time.Second,
			timeout: 5 * time.Second, answer: 100 * time.Millisecond}
	}
	page := func(vendor int64, phase int) asked {
		a := probe(vendor, phase)
		a.probe = 0
		return a
	}
	every := func(id int64, every time.Duration) asked {
		a := probe(id, 10)
		a.every = every
		return a
	}
	type down struct{ from, to float64 }
	for _, c := range []struct {
		name string
		all  []asked
		down map[int64][]down
		told []int64 // vendors, in order
		own  bool    // taken for our network at some time
	}{
		{"two of two", []asked{probe(1, 1), probe(2, 20)},
			map[int64][]down{1: {{10, 20}}, 2: {{10, 20}}}, nil, true},
		{"two of seven", []asked{probe(1, 1), probe(2, 20), page(3, 5), page(4, 5), page(5, 5), page(6, 5), page(7, 5)},
			map[int64][]down{1: {{10, 20}}, 2: {{10, 20}}}, []int64{2, 1}, true}, // the others are read a little later
		{"three of five", []asked{probe(1, 1), probe(2, 20), probe(3, 30), page(4, 5), page(5, 5)},
			map[int64][]down{1: {{10, 20}}, 2: {{10, 20}}, 3: {{10, 20}}}, nil, true},
		{"one after the other", []asked{probe(1, 1), probe(2, 20)},
			map[int64][]down{1: {{10, 40}}, 2: {{30, 40}}}, []int64{1}, false},
		{"one stays down after our network", []asked{probe(1, 1), probe(2, 20), page(3, 5)},
			map[int64][]down{1: {{10, 20}}, 2: {{10, 60}}, 3: {{10, 20}}}, []int64{2}, true},
		{"our network comes and goes", []asked{probe(1, 1), probe(2, 20), probe(3, 40)},
			map[int64][]down{1: {{10, 14}, {16, 19}}, 2: {{10, 14}, {16, 19}}, 3: {{10, 14}, {16, 19}}}, nil, true},
		// Nothing else is asked: nothing can say whose fault it is.
		{"the only one", []asked{probe(1, 1)}, map[int64][]down{1: {{10, 40}}}, nil, false},
		{"the only one, and a page that is read", []asked{probe(1, 1), page(2, 5)}, map[int64][]down{1: {{10, 40}}},
			[]int64{1}, false},
		{"two of one vendor", []asked{probe(1, 1), {probe: 11, vendor: 1, every: time.Minute, phase: 20 * time.Second,
			timeout: 5 * time.Second, answer: 100 * time.Millisecond}, page(2, 5)},
			map[int64][]down{1: {{10, 40}}}, []int64{1, 1}, false},
		{"two of one vendor, and nothing else", []asked{probe(1, 1), {probe: 11, vendor: 1, every: time.Minute,
			phase: 20 * time.Second, timeout: 5 * time.Second, answer: 100 * time.Millisecond}},
			map[int64][]down{1: {{10, 40}}}, nil, false},
		{"half of four", []asked{probe(1, 1), probe(2, 20), probe(3, 30), probe(4, 40)},
			map[int64][]down{1: {{10, 20}}, 2: {{10, 20}}}, nil, true},
		{"one is asked each minute, one each five", []asked{probe(1, 1), every(2, 5*time.Minute), page(3, 5)},
			map[int64][]down{1: {{10, 40}}, 2: {{10, 40}}, 3: {{10, 40}}}, nil, true},
		{"our network, where one is asked each half hour", []asked{probe(1, 1), probe(2, 20), every(3, 30*time.Minute)},
			map[int64][]down{1: {{10, 35}}, 2: {{10, 35}}, 3: {{10, 35}}}, nil, true},
		{"a flaky one beside", []asked{probe(1, 1), probe(2, 20), page(3, 5), page(4, 5), page(5, 5)},
			map[int64][]down{1: {{10, 20}}, 2: {{11, 12}}}, []int64{1}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var told []int64
			w := play(c.all, 80*time.Minute, func(v int64, at time.Time) bool {
				return !slices.ContainsFunc(c.down[v], func(d down) bool {
					return !at.Before(minute(d.from)) && at.Before(minute(d.to))
				})
			}, func(p reach.Probe, _ time.Time) { told = append(told, p.Vendor) })
			if !slices.Equal(told, c.told) || w.Outage.From.IsZero() == c.own {
				t.Errorf("told %v, our network %+v; want %v, %v", told, w.Outage, c.told, c.own)
			}
		})
	}
}

// A wrong answer shows that our network works, unless nothing answers as expected: then something of ours may answer
// in the place of all, as a proxy does.
func TestWrongAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		reached map[int64]time.Time
		want    reach.State
	}{
		{"another was reached", map[int64]time.Time{3: t0.Add(time.Minute)}, reach.Failing},
		{"nothing was", map[int64]time.Time{3: t0.Add(-time.Minute)}, reach.OwnNetwork},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := reach.World{Probes: []*reach.Probe{{ID: 1, Vendor: 1}, {ID: 2, Vendor: 2}}}
			for n := range 2 {
				for id := range int64(2) {
					w.Take(reach.Result{Probe: id + 1, At: t0.Add(time.Duration(n) * 2 * time.Minute), Answered: true,
						Reached: c.reached})
				}
			}
			if got := w.Probes[0].State; got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
