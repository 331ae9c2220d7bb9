package watch

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A page that is asked for out of turn is read at once, at most every ten seconds, and never twice at a time. What is
// asked for while it is read is read after it.
func TestReadingsOutOfTurn(t *testing.T) {
	type ask struct {
		at   time.Duration
		what string // push, soon, or a reading by schedule
	}
	flood := func(what string, every, length time.Duration) (all []ask) {
		for at := time.Duration(0); at < length; at += every {
			all = append(all, ask{at, what})
		}
		return all
	}
	const s = time.Second
	for name, c := range map[string]struct {
		takes time.Duration // a reading
		asks  []ask
		want  string // when readings begin, in seconds
	}{
		"a push":                             {s, []ask{{100 * s, "push"}}, "100 110"},
		"a push after a reading":             {s, []ask{{100 * s, "schedule"}, {103 * s, "push"}}, "100 110 120"},
		"pushes of one event":                {s, []ask{{100 * s, "push"}, {101 * s, "push"}}, "100 110 120"},
		"a push while the page is read":      {30 * s, []ask{{100 * s, "schedule"}, {115 * s, "push"}}, "100 130 160"},
		"a wish while the page is read":      {30 * s, []ask{{100 * s, "schedule"}, {115 * s, "soon"}}, "100 130"},
		"a wish":                             {s, []ask{{100 * s, "soon"}, {100 * s, "soon"}}, "100"},
		"a flood of pushes":                  {s, flood("push", 10*time.Millisecond, 35*s), "0 10 20 30 40 50"},
		"a flood, and a server that is slow": {25 * s, flood("push", 50*time.Millisecond, 60*s), "0 25 50 75 100"},
		"a flood of wishes":                  {s, flood("soon", 10*time.Millisecond, 35*s), "0 10 20 30 40"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				var times []string
				one := &turn{last: began.Add(-time.Hour)}
				read := func() {
					times = append(times, fmt.Sprint(int(time.Since(began).Seconds())))
					time.Sleep(c.takes)
					one.end()
				}
				one.read = func() {
					if one.beginAsked(false) {
						read()
					}
				}
				for _, a := range c.asks {
					time.Sleep(a.at - time.Since(began))
					switch a.what {
					case "push":
						one.twice()
					case "soon":
						one.soon()
					case "schedule":
						if one.begin() {
							go read()
						}
					}
				}
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				if got := strings.Join(times, " "); got != c.want {
					t.Errorf("readings began at %s s, want %s", got, c.want)
				}
			})
		})
	}
}
