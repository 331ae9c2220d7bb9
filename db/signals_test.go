package db_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/db/record/signals"
	"vendorwatch/normalize"
	"vendorwatch/normalize/reach"
)

// probed is a file with a vendor that two probes check, and another that one does, which were read and found well.
func probed(t testing.TB) (*file, map[string]int64) {
	f := newFile(t)
	f.addSource("bolt")
	f.baseline()
	ids, err := f.Signals().SetProbes(t.Context(), []signals.Probe{
		{Name: "API", Vendor: "acme", URL: "https://api.acme.example", Severity: normalize.SeverityMajor,
			Every: minutes(1)},
		{Name: "login", Vendor: "acme", URL: "https://id.acme.example", Severity: normalize.SeverityMinor,
			Every: minutes(1)},
		{Name: "bolt", Vendor: "bolt", URL: "https://bolt.example", Severity: normalize.SeverityMajor,
			Every: minutes(1)},
	}, t0)
	f.must(err)
	return f, ids
}

// ask asks probes once a minute, in the order of their names, and returns the events; down are those that miss.
func (f *file) ask(ids map[string]int64, from, to int, down ...string) (events []query.Event) {
	f.t.Helper()
	for n := from; n <= to; n++ {
		for k, name := range slices.Sorted(maps.Keys(ids)) {
			at := after(minutes(n) + time.Duration(k)*time.Second)
			reached, err := f.Signals().Reached(f.t.Context())
			f.must(err)
			r := signals.Result{Error: "no answer within 10s", Result: reach.Result{Probe: ids[name], At: at,
				Took: time.Second / 2, OK: !slices.Contains(down, name), Reached: reached}}
			j, err := f.Signals().SaveProbe(f.t.Context(), r)
			f.must(err)
			events = append(events, j.Events...)
		}
	}
	return events
}

func TestSignalsOfOurs(t *testing.T) {
	posted := func(n int, states ...string) record.Scrape {
		return seen(after(minutes(n)), impact(outage("v1", after(minutes(14)), states...), "minor"))
	}
	for name, c := range map[string]struct {
		play func(f *file, ids map[string]int64) []query.Event
		want string
		rows []string // origin, title, state, seconds from our first miss to the vendor's post
	}{
		"the vendor never posts": {func(f *file, ids map[string]int64) []query.Event {
			all := f.ask(ids, 1, 5)
			all = append(all, f.ask(ids, 6, 20, "API")...)
			return append(all, f.ask(ids, 21, 30)...)
		}, "incident_opened update_posted incident_resolved",
			[]string{"probe|Our checks failed, its page said nothing|resolved|NULL"}},
		"one miss is none": {func(f *file, ids map[string]int64) []query.Event {
			return append(f.ask(ids, 6, 6, "API"), f.ask(ids, 7, 30)...)
		}, "", []string{}},
		"two probes of one vendor are one incident": {func(f *file, ids map[string]int64) []query.Event {
			all := append(f.ask(ids, 1, 5), f.ask(ids, 6, 9, "API")...)
			return append(all, f.ask(ids, 10, 20, "API", "login")...)
		}, "incident_opened update_posted",
			[]string{"probe|Our checks fail, its page says nothing|investigating|NULL"}},
		"our own network": {func(f *file, ids map[string]int64) []query.Event {
			all := append(f.ask(ids, 1, 5), f.ask(ids, 6, 20, "API", "login", "bolt")...)
			return append(all, f.ask(ids, 21, 30)...)
		}, "", []string{}},
		"the vendor posts late": {func(f *file, ids map[string]int64) []query.Event {
			all := append(f.ask(ids, 1, 5), f.ask(ids, 6, 19, "API")...)
			all = append(all, f.save(posted(20, "investigating")).Events...)
			all = append(all, f.ask(ids, 20, 25, "API")...)
			all = append(all, f.ask(ids, 26, 30)...)
			return append(all, f.save(posted(31, "investigating", "resolved")).Events...)
		}, "incident_opened incident_opened severity_changed update_posted(same_event) incident_resolved(same_event) " +
			"update_posted incident_resolved",
			[]string{"probe|Our checks failed|resolved|NULL", "vendor|Trouble v1|resolved|479"}},
		"the vendor has posted before": {func(f *file, ids map[string]int64) []query.Event {
			all := append(f.ask(ids, 1, 13), f.save(posted(14, "investigating")).Events...)
			return append(all, f.ask(ids, 15, 20, "API")...)
		}, "incident_opened incident_opened(same_event)",
			[]string{"probe|Our checks fail|investigating|NULL", "vendor|Trouble v1|investigating|NULL"}},
		"the vendor says that it is over, and it is not": {func(f *file, ids map[string]int64) []query.Event {
			all := append(f.ask(ids, 1, 13), f.save(posted(14, "investigating")).Events...)
			all = append(all, f.ask(ids, 15, 20, "API")...)
			all = append(all, f.save(posted(21, "investigating", "resolved")).Events...)
			return append(all, f.ask(ids, 22, 45, "API")...)
		}, "incident_opened incident_opened(same_event) update_posted incident_resolved update_posted(same_event) " +
			"incident_resolved(same_event) incident_opened",
			[]string{"probe|Our checks fail, its page says nothing|investigating|NULL",
				"probe|Our checks failed|resolved|NULL", "vendor|Trouble v1|resolved|NULL"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, ids := probed(t)
			if got := kinds(c.play(f, ids)); got != c.want {
				t.Errorf("events\n%s, want\n%s", got, c.want)
			}
			want := "0|0|NULL"
			if slices.ContainsFunc(c.rows, func(row string) bool { return strings.HasSuffix(row, "|479") }) {
				want = "1|1|8"
			}
			if got := f.rows(`SELECT cases, of, value FROM v_honesty WHERE vendor = 'acme'
				AND measure = 'after_our_check'`); got[0] != want {
				t.Errorf("measured: %s, want %s", got[0], want)
			}
			if got := f.rows(`SELECT origin, title, state, signal_before_post_seconds FROM v_incidents
				ORDER BY origin, title`); !slices.Equal(got, c.rows) {
				t.Errorf("incidents\n%q, want\n%q", got, c.rows)
			}
		})
	}
}

func TestSignalsReceived(t *testing.T) {
	f, _ := probed(t)
	one := signals.Signal{Vendor: "ACME", Fingerprint: "f1", Name: "Errors", Severity: normalize.SeverityMajor,
		Summary: "5 % of calls fail", StartedAt: after(minutes(5))}
	send := func(n int, list ...signals.Signal) (string, []int) {
		done, err := f.Signals().SaveSignals(t.Context(), list, after(minutes(n)))
		f.must(err)
		return kinds(done.Events), done.Unknown
	}
	if got, unknown := send(6, one, signals.Signal{Vendor: "nobody", Fingerprint: "x", Name: "x", Severity: "major",
		StartedAt: t0}); got != "incident_opened" || !slices.Equal(unknown, []int{1}) {
		t.Errorf("events %q, unknown %v", got, unknown)
	}
	if got, _ := send(10, one); got != "" {
		t.Errorf("repeated: %q", got)
	}
	if got := f.rows(`SELECT status, because, severity, open_incidents FROM (` +
		db.ViewAt("v_status", "'"+db.Stamp(after(minutes(10)))+"'") + `) WHERE vendor = 'acme'`); !slices.Equal(
		got, []string{"unknown|signal|unknown|0"}) {
		t.Errorf("status %q", got)
	}
	if n := f.rows(`SELECT count(*) FROM v_impact`); n[0] != "0" {
		t.Errorf("%s incidents count as the vendor's", n[0])
	}
	one.EndedAt = after(minutes(12))
	if got, _ := send(12, one); got != "update_posted incident_resolved" {
		t.Errorf("ended: %q", got)
	}
	one.Fingerprint, one.StartedAt, one.EndedAt = "f2", after(minutes(20)), time.Time{}
	send(21, one)
	if got, _ := send(21 + 25*60); got != "incident_resolved" {
		t.Errorf("not repeated for a day: %q", got)
	}
	want := []string{"signal|Our alert “Errors” burned, its page said nothing|stated|420",
		"signal|Our alert “Errors” burned, its page said nothing|stated|60"}
	got := f.rows(`SELECT origin, title, started_basis, duration_seconds FROM v_incidents ORDER BY started_at`)
	if !slices.Equal(got, want) {
		t.Errorf("incidents %q, want %q", got, want)
	}
}

// What senders do with one alert: it is one signal as long as it burns, and each vendor has one incident at a time.
func TestSignalsOfOneAlert(t *testing.T) {
	// say is what is said of an alert: at which minute, which, from when, and until when, 0 while it burns.
	type say struct {
		at       int
		alert    string
		from, to int
	}
	for name, c := range map[string]struct {
		said    []say
		signals []string // minutes from and to
		want    []string // of incidents, seconds that they lasted, NULL while they last
	}{
		"repeated":                 {[]say{{6, "a", 5, 0}, {7, "a", 5, 0}}, []string{"05-"}, []string{"NULL"}},
		"with another start":       {[]say{{6, "a", 5, 0}, {7, "a", 6, 0}}, []string{"05-"}, []string{"NULL"}},
		"ended with another start": {[]say{{6, "a", 5, 0}, {9, "a", 6, 8}}, []string{"05-08"}, []string{"180"}},
		"ended twice": {[]say{{6, "a", 5, 0}, {9, "a", 5, 8}, {10, "a", 5, 8}},
			[]string{"05-08"}, []string{"180"}},
		"ended and never told": {[]say{{9, "a", 5, 8}}, []string{"05-08"}, nil},
		"it burns again, as before": {[]say{{6, "a", 5, 0}, {9, "a", 5, 8}, {12, "a", 5, 0}},
			[]string{"05-"}, []string{"180", "NULL"}},
		"it burns again": {[]say{{6, "a", 5, 0}, {9, "a", 5, 8}, {12, "a", 11, 0}},
			[]string{"05-08", "11-"}, []string{"180", "NULL"}},
		"the end of the one before": {[]say{{6, "a", 5, 0}, {9, "a", 5, 8}, {12, "a", 11, 0}, {13, "a", 5, 8}},
			[]string{"05-08", "11-"}, []string{"180", "NULL"}},
		"an end that came late": {[]say{{12, "a", 11, 0}, {13, "a", 5, 8}},
			[]string{"05-08", "11-"}, []string{"NULL"}},
		"a repeat of the one before": {[]say{{6, "a", 5, 0}, {9, "a", 5, 8}, {12, "a", 11, 0}, {13, "a", 5, 0}},
			[]string{"05-08", "11-"}, []string{"180", "NULL"}},
		"two of one rule, one ends": {[]say{{6, "a", 5, 0}, {6, "b", 5, 0}, {9, "a", 5, 8}},
			[]string{"05-", "05-08"}, []string{"NULL"}},
		"two of one rule, both end": {[]say{{6, "a", 5, 0}, {6, "b", 5, 0}, {9, "a", 5, 8}, {9, "b", 5, 9}},
			[]string{"05-08", "05-09"}, []string{"240"}},
		"two of one rule, one by one": {[]say{{6, "a", 5, 0}, {7, "b", 5, 0}, {9, "a", 5, 8}, {9, "b", 5, 9}},
			[]string{"05-08", "05-09"}, []string{"240"}},
		"its end before its beginning": {[]say{{6, "a", 5, 0}, {7, "a", 5, 3}}, []string{"05-05"}, []string{"60"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, _ := probed(t)
			for _, s := range c.said {
				one := signals.Signal{Vendor: "acme", Fingerprint: s.alert, Name: "Errors", Severity: "major",
					Summary: "on " + s.alert, StartedAt: after(minutes(s.from))}
				if s.to != 0 {
					one.EndedAt = after(minutes(s.to))
				}
				for range 2 { // each is sent by two senders that do not know of each other
					_, err := f.Signals().SaveSignals(t.Context(), []signals.Signal{one}, after(minutes(s.at)))
					f.must(err)
				}
			}
			if got := f.rows(`SELECT substr(started_at, 15, 2) || '-' || coalesce(substr(ended_at, 15, 2), '')
				FROM signals ORDER BY started_at, ended_at`); !slices.Equal(got, c.signals) {
				t.Errorf("signals %q, want %q", got, c.signals)
			}
			got := f.rows(`SELECT duration_seconds FROM v_incidents ORDER BY started_at, incident_id`)
			if !slices.Equal(got, c.want) {
				t.Errorf("incidents %q, want %q", got, c.want)
			}
		})
	}
}

// A service that is started again between two misses tells once: all that is known of probes is in the file.
func TestProbesAfterRestart(t *testing.T) {
	f, ids := probed(t)
	f.ask(ids, 1, 5)
	got := kinds(f.ask(ids, 6, 6, "API"))
	for n := 7; n < 12; n++ {
		f.Recorder = record.New(f.file)
		ids, err := f.Signals().SetProbes(t.Context(), []signals.Probe{{Name: "API", Vendor: "acme",
			URL: "https://api.acme.example", Severity: "major", Every: minutes(1)}, {Name: "bolt", Vendor: "bolt",
			URL: "https://bolt.example", Severity: "major", Every: minutes(1)}}, after(minutes(n)))
		f.must(err)
		got += kinds(f.ask(ids, n, n, "API"))
	}
	if got != "incident_opened" {
		t.Errorf("events %q", got)
	}
	if _, err := f.Signals().SetProbes(t.Context(), nil, after(minutes(13))); err != nil {
		t.Fatal(err)
	}
	if got := f.rows(`SELECT count(*) FROM v_open`); got[0] != "0" {
		t.Errorf("open after the probe has left the configuration: %v", got)
	}
}
