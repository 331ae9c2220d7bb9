package alert

import (
	"slices"
	"strings"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// An outage of our own network is told once, and its end once, to the channels whose route wants it: that names no
// vendor, and that page nobody.
func TestOwnNetwork(t *testing.T) {
	fails := func(s *scene) {
		s.facts.OwnOutages = append(s.facts.OwnOutages, query.OwnOutage{FromAt: normalize.FormatTime(s.now),
			Vendors: []string{"Acme", "Bolt"}})
	}
	ends := func(s *scene) {
		last := len(s.facts.OwnOutages) - 1
		s.facts.OwnOutages[last].ToAt = normalize.FormatTime(s.now)
	}
	minutes := func(s *scene, n int) { s.wait(time.Duration(n) * time.Minute) }
	for name, c := range map[string]struct {
		play func(*scene)
		want []string
	}{
		"told as it lasts": {func(s *scene) {
			fails(s)
			minutes(s, 20)
			ends(s)
			minutes(s, 20)
			fails(s)
			minutes(s, 1)
		}, []string{"12:00 team own_network", "12:20 team own_network_back", "12:40 team own_network"}},
		"over when it is first seen": {func(s *scene) {
			fails(s)
			s.now = s.now.Add(9 * time.Minute)
			ends(s)
			minutes(s, 5)
		}, []string{"12:09 team own_network_back"}},
		"over long before the channel was added": {func(s *scene) {
			fails(s)
			ends(s)
			s.now = s.now.Add(26 * time.Hour)
			minutes(s, 5)
		}, nil},
		"the channel was down meanwhile": {func(s *scene) {
			s.stuck["team"] = true
			fails(s)
			minutes(s, 9)
			ends(s)
			minutes(s, 5)
		}, []string{"12:00 team own_network", "12:09 team own_network skipped: told in one message with its end",
			"12:09 team own_network_back"}},
		"it was not our network": {func(s *scene) {
			fails(s)
			minutes(s, 5)
			ends(s)
			s.facts.OwnOutages[0].Refuted = true
			minutes(s, 5)
		}, []string{"12:00 team own_network", "12:05 team own_network_back"}},
		"it was not, and nobody was told": {func(s *scene) {
			fails(s)
			ends(s)
			s.facts.OwnOutages[0].Refuted = true
			minutes(s, 5)
		}, nil},
		"quiet hours": {func(s *scene) {
			s.facts.Calm.Quiet = []QuietSpan{{From: 11 * time.Hour, To: 13 * time.Hour}}
			fails(s)
			minutes(s, 9)
			ends(s)
			minutes(s, 90)
		}, []string{"12:00 team own_network held: quiet hours until Mon 23 Nov 13:00 UTC", "12:09 team own_network " +
			"skipped: it ended before this was sent (quiet hours until Mon 23 Nov 13:00 UTC); the digest reports it"}},
		"quiet hours that end before it": {func(s *scene) {
			s.facts.Calm.Quiet = []QuietSpan{{From: 11 * time.Hour, To: 13 * time.Hour}}
			fails(s)
			minutes(s, 90)
			ends(s)
			minutes(s, 9)
		}, []string{"12:00 team own_network held: quiet hours until Mon 23 Nov 13:00 UTC",
			"13:00 team own_network: quiet hours until Mon 23 Nov 13:00 UTC", "13:30 team own_network_back"}},
		"routes of vendors, and channels that page": {func(s *scene) {
			all := usual("pager")
			all.Continue = true
			one := usual("sales")
			one.Vendors, one.Continue = []string{"bolt"}, true
			other := usual("core")
			other.Tags, other.Continue = []string{"core"}, true
			updates := route.Route{Name: "updates", Channels: []string{"updates"},
				Match: route.Match{Events: []normalize.EventKind{normalize.EventUpdatePosted}}}
			s.facts.Routes = []route.Route{all, one, other, updates}
			s.facts.PerIncident["pager"], s.facts.OnCall = true, map[string]bool{"pager": true}
			fails(s)
			minutes(s, 5)
			ends(s)
			minutes(s, 5)
		}, nil},
		"the one that names it": {func(s *scene) {
			named := usual("net")
			named.Events = []normalize.EventKind{words.OwnNetwork}
			s.facts.Routes = []route.Route{named}
			fails(s)
			minutes(s, 5)
		}, []string{"12:00 net own_network"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			c.play(s)
			if !slices.Equal(s.log, c.want) {
				t.Errorf("told\n%s\nwant\n%s", strings.Join(s.log, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}
