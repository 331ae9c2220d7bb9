package simulate

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// demoAt is a wall clock that stands still when a demo begins.
func demoAt(t *testing.T, begin time.Time) plot {
	t.Helper()
	return newPlot(func() time.Time { return begin }, DemoLength)
}

func (p plot) vendors() []Vendor {
	w, _ := Demo(func() time.Time { return p.clock.began }, p.length)
	return w.Vendors()
}

func TestDemoTellsTheKustomerIncident(t *testing.T) {
	for _, begin := range []time.Time{
		time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC),
		time.Date(2026, 11, 23, 17, 41, 30, 0, time.UTC),
		time.Date(2026, 3, 10, 23, 59, 59, 0, time.UTC),
	} {
		t.Run(begin.Format(time.DateTime), func(t *testing.T) {
			p := demoAt(t, begin)
			v := Complete(p.kustomer())
			s := v.at(p.at(50), "http://kustomer").incidents[0]
			if s.title != "[PLATFORM] [403 ERROR] [PROD 1 & 2]" || s.impact != "minor" {
				t.Errorf("the newest incident is %q, %s", s.title, s.impact)
			}
			var got []string
			for i := len(s.posts) - 1; i >= 0; i-- {
				u := s.posts[i]
				got = append(got, fmt.Sprintf("%s on day %d at %s", u.State, int(u.date.Sub(p.day())/(24*time.Hour)),
					u.date.Format("15:04")))
			}
			want := []string{"investigating on day 0 at 17:46", "resolved on day 0 at 17:54",
				"postmortem on day 9 at 16:50"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("timeline (-want +got):\n%s", diff)
			}
			if got := span(s.resolvedAt.Sub(s.startedAt)); got != "7m" {
				t.Errorf("it lasted %s, want 7m", got)
			}
			var affected []string
			for _, id := range s.affected {
				affected = append(affected, v.component(id).qualifiedName())
			}
			if diff := cmp.Diff([]string{"Prod1 (US) - Web Client", "Prod2 (EU) - Web Client"}, affected); diff != "" {
				t.Errorf("affected (-want +got):\n%s", diff)
			}
			pm, _ := s.postmortem()
			for _, part := range []string{"26 minutes", "# **Summary**", "# **Root Cause**",
				`# **Timeline \(Eastern\)**`, "# **Lessons/Improvements**", `**\[IN-PROGRESS\]**`} {
				if !strings.Contains(pm.body, part) {
					t.Errorf("the postmortem lacks %q", part)
				}
			}
		})
	}
}

// news lists what readers can see change, with the second of the demo at which it does.
func news(p plot) []string {
	last := map[string]string{}
	var out []string
	vendors := p.vendors()
	for tick := range 501 {
		second := float64(tick) / 10
		now := p.at(second)
		for _, v := range vendors {
			look := map[string]string{}
			if f, struck := v.fault(now, "/"); struck {
				look["page"] = string(f.Kind)
			} else {
				look["page"] = "fine"
				for _, s := range v.at(now, "").incidents {
					look[s.ID] = fmt.Sprintf("%q is %s, %s, %d updates, %s", s.title, s.state, s.impact, len(s.posts),
						s.posts[len(s.posts)-1].body)
				}
			}
			for _, key := range sortedKeys(look) {
				id := v.Slug + "/" + key
				if last[id] != look[key] && tick > 0 {
					out = append(out, fmt.Sprintf("%4.1f %s %.60s", second, v.Slug, look[key]))
				}
				last[id] = look[key]
			}
		}
	}
	return out
}

func sortedKeys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func TestSomethingHappensEveryFewSeconds(t *testing.T) {
	for _, begin := range []time.Time{time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC),
		time.Date(2026, 11, 23, 17, 41, 30, 0, time.UTC), time.Date(2026, 11, 23, 17, 41, 0, 0, time.UTC)} {
		p := demoAt(t, begin)
		events := news(p)
		last := 0.0
		for _, e := range append(events, "50.0 the end") {
			var second float64
			if _, err := fmt.Sscanf(e, "%f", &second); err != nil {
				t.Fatal(err)
			}
			if second-last > 4 {
				t.Errorf("nothing happens for %.1f s before: %s", second-last, e)
			}
			last = second
		}
		if t.Failed() {
			t.Logf("the story:\n%s", strings.Join(events, "\n"))
		}
	}
}

func TestDemoStoryInItsOrder(t *testing.T) {
	p := demoAt(t, time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC))
	story := strings.Join(news(p), "\n")
	rest := story
	for _, next := range []string{
		`kustomer "[PLATFORM] [403 ERROR] [PROD 1 & 2]" is investigating`,
		`parcelwise "Labels fail to print" is investigating, minor`,
		`kustomer "[PLATFORM] [403 ERROR] [PROD 1 & 2]" is investigating`, // the edit
		`ledgerline "New database servers for reports" is in_progress`,
		`parcelwise "Labels fail to print" is investigating, major`,
		`kustomer "[PLATFORM] [403 ERROR] [PROD 1 & 2]" is resolved`,
		`parcelwise "Labels fail to print" is identified, critical`,
		`quillpay marketing`,
		`mailferry "Delayed delivery`,
		`ledgerline "New database servers for reports" is completed`,
		`switchyard fine`,
		`nimbus-ridge "Object storage in region north-2`,
		`parcelwise "Labels fail to print" is resolved`,
		`ledgerline "Yearly change of certificates" is scheduled`,
		`ledgerline "Bank feeds from two banks are late" is investigating`,
		`switchyard "Trying out our new status page"`,
		`ledgerline "Bank feeds from four banks are late" is identified`,
		`kustomer "[PLATFORM] [403 ERROR] [PROD 1 & 2]" is postmortem`,
		`switchyard "Console shows yesterday's figures" is investigating`,
		`ledgerline "Bank feeds from four banks are late" is identified, majo`,
	} {
		_, after, found := strings.Cut(rest, next)
		if !found {
			t.Fatalf("%q does not come in its turn in the story:\n%s", next, story)
		}
		rest = after
	}
}

// At its end the demo has something for every part of a digest.
func TestDemoEndsWithSomethingForEveryone(t *testing.T) {
	p := demoAt(t, time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC))
	var open, upcoming, unreadable, lost []string
	now := p.at(50)
	for _, v := range p.vendors() {
		if f, struck := v.fault(now, "/"); struck {
			unreadable = append(unreadable, v.Slug+" "+string(f.Kind))
			continue
		}
		shown := v.at(now, "")
		for _, s := range shown.incidents {
			switch {
			case s.state == "scheduled" && s.ScheduledFor.After(now):
				upcoming = append(upcoming, v.Slug)
			case s.open():
				open = append(open, v.Slug+" "+s.impact)
			}
		}
		for _, i := range v.Incidents {
			if !slices.ContainsFunc(shown.incidents, func(s story) bool { return s.ID == i.ID }) {
				lost = append(lost, i.Name)
			}
		}
	}
	for _, tt := range []struct {
		what      string
		got, want []string
	}{
		{"open", open, []string{"ledgerline major", "switchyard minor"}},
		{"upcoming", upcoming, []string{"ledgerline"}},
		{"unreadable", unreadable, []string{"quillpay marketing"}},
		{"taken away", lost, []string{"Trying out our new status page"}},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.what, diff)
		}
	}
}

// A status page's ids are unique, and every update says something new after the one before.
func TestDemoScriptsHoldTogether(t *testing.T) {
	p := demoAt(t, time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC))
	ids := map[string]string{}
	unique := func(id, what string) {
		if other, taken := ids[id]; taken {
			t.Errorf("%s and %s have the same id %s", what, other, id)
		}
		ids[id] = what
	}
	for _, v := range p.vendors() {
		unique(v.ID, v.Name)
		for _, c := range v.Components {
			unique(c.ID, v.Name+", "+c.qualifiedName())
		}
		for _, i := range v.Incidents {
			unique(i.ID, i.Name)
			if i.Updates[0].At.Before(v.CreatedAt) {
				t.Errorf("%s: %q is older than its page", v.Slug, i.Name)
			}
			for k, u := range i.Updates {
				unique(u.ID, fmt.Sprintf("%s, update %d", i.Name, k+1))
				if k > 0 && !u.At.After(i.Updates[k-1].At) {
					t.Errorf("%s: update %d of %q is not after the one before", v.Slug, k+1, i.Name)
				}
				for _, s := range u.Sets {
					if v.component(s.Component).ID == "" {
						t.Errorf("%s: %q sets a component that does not exist", v.Slug, i.Name)
					}
				}
				for _, e := range u.Edits {
					if !e.At.After(u.At) {
						t.Errorf("%s: an edit of %q comes before the update", v.Slug, i.Name)
					}
				}
			}
		}
	}
}

// A demo cut short is the same story, told faster.
func TestDemoRunsOverHTTP(t *testing.T) {
	world, clock := Demo(time.Now, 300*time.Millisecond)
	if err := world.Start(); err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	time.Sleep(clock.Remaining())
	for slug, want := range map[string]string{
		"kustomer":     "/incidents/" + code("kustomer", "[PLATFORM] [403 ERROR] [PROD 1 & 2]"),
		"parcelwise":   "Labels fail to print",
		"ledgerline":   "Bank feeds from four banks are late",
		"mailferry":    "Delayed delivery to two large mailbox providers",
		"nimbus-ridge": "Resolved: The switch has been replaced", "quillpay": "free trial",
		"switchyard": "Console shows yesterday",
	} {
		resp, body := get(t, world.URL(slug))
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, want %q in:\n%s", slug, resp.StatusCode, want, body)
		}
	}
	if resp, _ := get(t, world.URL("parcelwise")+"/api/v2/summary.json"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("the API of a vendor that refuses robots answers %d", resp.StatusCode)
	}
}
