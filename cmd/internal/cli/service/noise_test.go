package service

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/normalize/racetest"
)

// TestNoise has the whole service watch vendors whose troubles have nothing to do with each other. No story is told
// of them. NOISE_SEEDS and NOISE_DAYS make it long.
func TestNoise(t *testing.T) {
	if testing.Short() {
		t.Skip("it polls for days of simulated time")
	}
	racetest.Skip(t, "polls for days; TestRun and TestServe have what runs at once")
	days := fromEnv(t, "NOISE_DAYS", 1)
	for seed := range fromEnv(t, "NOISE_SEEDS", 1) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			d := &noise{}
			d.began, d.hours, d.dir = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), days*24, t.TempDir()
			d.scripts = noisy(uint64(seed), d.began, days)
			d.clock.Store(d.began.UnixNano())
			d.serve(t)
			d.play(t, d.config, func(*testing.T, http.Handler) { time.Sleep(time.Duration(d.hours) * time.Hour) })
			file := d.opened(t)
			told := column(t, file, `SELECT story_id || ' from ' || started_at || ': ' || summary || ': ' ||
				(SELECT group_concat(vendor || ' ' || evidence)
					FROM v_incidents i JOIN story_members m USING (incident_id)
					WHERE m.story_id = s.story_id) FROM stories s`)
			if len(told) > 0 {
				t.Errorf("%d stories in %d days of noise: %q", len(told), days, told)
			}
			t.Log(column(t, file, `SELECT count(*) || ' incidents' FROM v_incidents WHERE started_at >= '2026-11-02'`))
		})
	}
}

// noise is a day of many hours, in which pages are read every hour.
type noise struct{ day }

func (n *noise) config(t *testing.T) *config.Config {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "database = %q\nweb.listen = \"\"\ntime_zone = \"UTC\"\nschedule = \"@hourly\"\n"+
		"[fetch]\ncontact = \"ops@vendorwatch.test\"\ndelay = \"0s\"\n[alerts]\nchannels = [\"lines\"]\n"+
		"[[channel]]\nname = \"lines\"\ntype = \"jsonl\"\npath = %q\n", n.record(), n.messages())
	for i, v := range n.scripts {
		fmt.Fprintf(&b, "[[vendor]]\nname = %q\nslug = %q\nplatform = %q\nurl = %q\n", v.Name, v.Slug, v.Platform,
			n.urls[i])
	}
	c, err := config.Parse("config.toml", []byte(b.String()), ChannelKinds(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// noisy makes vendors whose incidents come by chance, at the rates of real ones: from one in three weeks to nineteen a
// week. Some of their words name providers, and none says that one is the cause.
func noisy(seed uint64, began time.Time, days int) []simulate.Vendor {
	chance := rand.New(rand.NewPCG(seed, 17))
	titles := []string{"Requests fail", "Logins are slow", "Exports are late", "Webhooks are delayed",
		"Searches find nothing", "Dashboards do not load", "Builds wait", "Messages are sent twice"}
	bodies := []string{"We look into it.", "A disk is full.", "A release of ours was faulty.",
		"Users cannot log in with GitHub.", "Our clusters in AWS us-east-1 are slow.",
		"We work with our upstream carriers on it.", "Customers who use Cloudflare may see errors.",
		"An index of ours is broken.", "We moved traffic away from Google Cloud.",
		"Some of our customers use our Slack integration, which fails."}
	rates := []float64{0.3, 0.5, 0.7, 1, 1, 1.5, 2, 2, 3, 4, 6, 19}
	var out []simulate.Vendor
	for i := range 2 * len(rates) {
		v := simulate.Vendor{Slug: fmt.Sprintf("vendor-%02d", i), Name: fmt.Sprintf("Vendor %02d", i),
			Platform: simulate.PlatformStatuspage, CreatedAt: began.AddDate(-1, 0, 0),
			Components: []simulate.Component{{ID: fmt.Sprint("api-", i), Name: "API"}}}
		week := 7 * 24 * time.Hour
		for at := began.Add(-4 * week); ; {
			at = at.Add(time.Duration(chance.ExpFloat64() / rates[i%len(rates)] * float64(week)))
			if at.After(began.Add(time.Duration(days) * 24 * time.Hour)) {
				break
			}
			over := at.Add(time.Duration(10+chance.IntN(170)) * time.Minute)
			v.Incidents = append(v.Incidents, simulate.Incident{
				Name:   titles[chance.IntN(len(titles))] + fmt.Sprintf(" in cell %d", chance.IntN(90)),
				Impact: []string{"none", "minor", "minor", "minor", "major", "critical"}[chance.IntN(6)],
				Updates: []simulate.Update{
					{State: "investigating", At: at, Body: bodies[chance.IntN(len(bodies))]},
					{State: "identified", At: at.Add(over.Sub(at) / 2), Body: bodies[chance.IntN(len(bodies))]},
					{State: "resolved", At: over, Body: "It is over."}}})
		}
		out = append(out, simulate.Complete(v))
	}
	return out
}
