package service

import (
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/normalize/racetest"
)

// TestNight plays a scripted night against the whole service, in simulated time and over loopback: a vendor that fails
// before it posts, one that never posts, our own network that fails, a cause with seven victims among noise, and a
// vendor that calls when its page changes. What is told is held against the script.
func TestNight(t *testing.T) {
	racetest.Skip(t, "polls for hours; TestRun and TestServe have what runs at once")
	n := newNight(t)
	n.play(t, n.config, n.run)
	n.check(t)
}

// A night is a day with probes, and with an own network that fails.
type night struct {
	day
	probed string // address that the probes ask, with the vendor's slug behind it
}

// at is a time of the night.
func (n *night) at(hour, minute int) time.Time {
	return n.began.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// now is the time of the vendors.
func (n *night) now() time.Time { return time.Unix(0, n.clock.Load()).UTC() }

func newNight(t *testing.T) *night {
	n := &night{}
	n.began, n.dir = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), t.TempDir()
	n.clock.Store(n.began.UnixNano())
	vendor := func(slug string, incidents ...simulate.Incident) {
		n.scripts = append(n.scripts, simulate.Complete(simulate.Vendor{Slug: slug, Name: strings.ToUpper(slug[:1]) +
			slug[1:], Platform: simulate.PlatformStatuspage, CreatedAt: n.began.AddDate(0, -3, 0),
			Components: []simulate.Component{{ID: slug + "-api", Name: "API"}}, Incidents: incidents}))
	}
	incident := func(title, impact string, hour, minute, length int, body string) simulate.Incident {
		return simulate.Incident{Name: title, Impact: impact, Updates: []simulate.Update{
			{State: "investigating", At: n.at(hour, minute), Body: body},
			{State: "resolved", At: n.at(hour, minute+length), Body: "It is over."}}}
	}
	vendor("late", incident("Requests fail", "major", 1, 14, 30, "We look into errors of the API."))
	vendor("mute")
	vendor("well")
	vendor("caller", incident("Exports fail", "major", 4, 7, 20, "A disk is full."))
	for i := range 7 {
		body := "Our application is down due to the AWS outage in us-east-1."
		if i%3 == 2 {
			body = "We have an issue with an upstream provider."
		}
		vendor(fmt.Sprintf("victim-%d", i), incident(fmt.Sprintf("Application %d is down", i), "major", 3, 4*i, 90,
			body))
	}
	for i := range 4 {
		vendor(fmt.Sprintf("noise-%d", i), incident(fmt.Sprintf("Mail of customers of plan %d is late", i), "major",
			1+i, 41-7*i, 15, "A release of ours was faulty, and is taken back."))
	}
	n.serve(t)
	for i := range n.urls {
		n.urls[i] = n.wired(t, n.urls[i])
	}
	n.probed = n.wired(t, n.probes(t))
	return n
}

// probes serves what the checks ask. Two vendors fail for a while.
func (n *night) probes(t *testing.T) string {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := n.now()
		down := map[string][2]time.Time{"/late": {n.at(1, 0), n.at(1, 40)},
			"/mute": {n.at(1, 20), n.at(1, 50)}}[r.URL.Path]
		if !now.Before(down[0]) && now.Before(down[1]) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	server.Config.SetKeepAlivesEnabled(false)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// wired puts our own network before an address: while that fails, connections end without an answer.
func (n *night) wired(t *testing.T, url string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	to := strings.TrimPrefix(url, "http://")
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if now := n.now(); !now.Before(n.at(2, 0)) && now.Before(n.at(2, 25)) {
				c.Close()
				continue
			}
			go pass(c, to)
		}
	}()
	return "http://" + l.Addr().String()
}

// pass hands a connection on.
func pass(c net.Conn, to string) {
	defer c.Close()
	other, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer other.Close()
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{c, other}, {other, c}} {
		go func() {
			buffer := make([]byte, 32<<10)
			for {
				got, err := pair[0].Read(buffer)
				if _, failed := pair[1].Write(buffer[:got]); err != nil || failed != nil {
					break
				}
			}
			done <- struct{}{}
		}()
	}
	<-done
}

func (n *night) config(t *testing.T) *config.Config {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "database = %q\nweb.listen = \"\"\nweb.write_token_env = \"WRITES\"\ntime_zone = \"UTC\"\n"+
		"[fetch]\ncontact = \"ops@vendorwatch.test\"\ndelay = \"0s\"\nretries = 0\n"+
		"[[digest]]\nname = \"morning\"\nschedule = \"50 4 * * *\"\nchannels = [\"lines\"]\n"+
		"[alerts]\nchannels = [\"lines\"]\n"+
		"[[channel]]\nname = \"lines\"\ntype = \"jsonl\"\npath = %q\n", n.record(), n.messages())
	for i, v := range n.scripts {
		schedule := "*/5 * * * *"
		if v.Slug == "caller" {
			schedule = "0 * * * *"
		}
		fmt.Fprintf(&b, "[[vendor]]\nname = %q\nslug = %q\nplatform = %q\nurl = %q\nschedule = %q\n", v.Name, v.Slug,
			v.Platform, n.urls[i], schedule)
	}
	for _, slug := range []string{"late", "mute", "well"} {
		fmt.Fprintf(&b, "[[probe]]\nname = %q\nvendor = %q\nurl = %q\n", slug+" API", slug, n.probed+"/"+slug)
	}
	c, err := config.Parse("config.toml", []byte(b.String()), ChannelKinds(), func(string) string { return "secret" })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// run lets the night pass, in which a vendor calls.
func (n *night) run(t *testing.T, pages http.Handler) {
	time.Sleep(time.Until(n.at(4, 7).Add(time.Second)))
	answer := httptest.NewRecorder()
	call := httptest.NewRequest(http.MethodPost, "http://localhost/api/v1/push/caller",
		strings.NewReader(`{"incident":{}}`))
	call.Header.Set("Authorization", "Bearer secret")
	if pages.ServeHTTP(answer, call); answer.Code != http.StatusOK {
		t.Errorf("the push is answered with %d %s", answer.Code, answer.Body)
	}
	time.Sleep(time.Until(n.at(5, 0)))
	page := func(path string) string {
		answer := httptest.NewRecorder()
		pages.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
		if answer.Code != http.StatusOK {
			t.Errorf("%s answers %d", path, answer.Code)
		}
		return answer.Body.String()
	}
	// Its API fails from 01:00 on, is checked once a minute, and the first post is of 01:14.
	if late := page("/vendors/late"); !regexp.MustCompile(
		`first post after our own check missed[^<]*</td><td>[^<]*\b1[34] min`).MatchString(late) {
		t.Error("the vendor's page does not say how long its first post came after our first miss")
	}
	// A picture for broad screens, one for narrow ones, and one for phones.
	if drawn := strings.Count(page("/trends"), `class="f-story"`); drawn != 3*7 {
		t.Errorf("%d rows of a story in the pictures of trends, want 7 in each of three", drawn)
	}
}

// check holds what is on record, and what was told, against the script.
func (n *night) check(t *testing.T) {
	file := n.opened(t)
	for name, c := range map[string]struct {
		query string
		want  []string
	}{
		"our own incidents: of who fails, before it posts or without": {
			`SELECT vendor || ' ' || origin || ' ' || substr(started_at, 12, 5) || ' ' || substr(resolved_at, 12, 5)
			FROM v_incidents WHERE origin IN ('probe', 'signal') ORDER BY started_at`,
			[]string{"late probe 01:00 01:40", "mute probe 01:20 01:50"}},
		"an outage of our own network is one, and nobody else's": {
			`SELECT substr(from_at, 12, 4) || ' ' || (to_at IS NOT NULL) FROM own_outages WHERE refuted = 0`,
			[]string{"02:0 1"}},
		"our own network is told once, and its end once": {
			`SELECT reason || ' ' || state || ' ' || count(*) FROM deliveries WHERE reason LIKE 'own_network%'
			GROUP BY reason, state ORDER BY reason`,
			[]string{"own_network delivered 1", "own_network_back delivered 1"}},
		"the first word came late": {`SELECT vendor || ' ' || cases || ' ' || (value BETWEEN 12 AND 14) FROM v_honesty
			WHERE measure = 'after_our_check' AND cases > 0`, []string{"late 1 1"}},
		"one story, with the victims and nobody else": {`SELECT story_id || ' ' || provider || ' ' || region || ' ' ||
			(SELECT group_concat(vendor, ' ') FROM (SELECT vendor FROM v_incidents i WHERE i.story_id = s.story_id
				ORDER BY vendor)) FROM stories s WHERE withdrawn_at IS NULL`,
			[]string{"1 aws us-east-1 victim-0 victim-1 victim-2 victim-3 victim-4 victim-5 victim-6"}},
		"each is announced once": {`SELECT i.vendor || ' ' || count(DISTINCT d.delivery_id) FROM v_incidents i
			JOIN events e USING (incident_id) JOIN delivery_events USING (event_id)
			JOIN deliveries d USING (delivery_id)
			WHERE d.reason = 'first' AND d.state = 'delivered' GROUP BY i.vendor ORDER BY i.vendor`,
			[]string{"caller 1", "late 1", "mute 1", "noise-0 1", "noise-1 1", "noise-2 1", "noise-3 1", "victim-0 1",
				"victim-1 1", "victim-2 1", "victim-3 1", "victim-4 1", "victim-5 1", "victim-6 1"}},
		"the page of who calls is read within two seconds": {`SELECT vendor || ' ' ||
			((julianday(first_seen_at) - julianday('2026-11-23T04:07:01.000Z')) * 86400 < 2) FROM v_incidents
			WHERE vendor = 'caller'`, []string{"caller 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := column(t, file, c.query); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	messages := column(t, file, `SELECT delivery_id FROM deliveries d WHERE d.reason = 'first'
		AND d.state = 'delivered'
		AND EXISTS (SELECT 1 FROM delivery_events JOIN events USING (event_id) JOIN v_incidents i USING (incident_id)
			WHERE delivery_id = d.delivery_id AND i.vendor LIKE 'victim%')`)
	if len(messages) == 0 || len(messages) > 5 {
		t.Errorf("seven victims of one cause are told in %d messages, want at most 5", len(messages))
	}
}

// column is the only column of a query.
func column(t *testing.T, file *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := file.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var value sql.NullString
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		out = append(out, value.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
