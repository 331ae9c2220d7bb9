package alert

import (
	"slices"
	"testing"
	"time"

	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
	"vendorwatch/normalize"
)

// A target is told once at risk and once missed in each period, to the channels whose route wants it.
func TestTargets(t *testing.T) {
	standing := func(of, slug, period, forecast string, left float64) servicetime.Standing {
		return servicetime.Standing{Of: of, Slug: slug, Name: slug, SLA: servicetime.SLA{Period: period,
			FromAt: "2026-11-01T00:00:00.000Z", BudgetMinutes: 40, BudgetLeft: &left, Forecast: forecast}}
	}
	atRisk := func(left float64) servicetime.Standing {
		return standing("vendor", "acme", "2026-11", query.ForecastAtRisk, left)
	}
	missed := standing("vendor", "acme", "2026-11", query.ForecastMissed, -5)
	shop := standing("service", "shop", "2026-11", query.ForecastMissed, -5)
	sets := func(s *scene, all ...servicetime.Standing) { s.facts.Targets = all }
	minutes := func(s *scene, n int) { s.wait(time.Duration(n) * time.Minute) }
	only := func(s *scene, change func(*route.Route)) { change(&s.facts.Routes[0]) }
	for name, c := range map[string]struct {
		play func(*scene)
		want []string
	}{
		"less than half is spent": {func(s *scene) { sets(s, atRisk(21)); minutes(s, 10) }, nil},
		"at risk, and missed": {func(s *scene) {
			sets(s, atRisk(20))
			minutes(s, 20)
			sets(s, atRisk(10))
			minutes(s, 20)
			sets(s) // it is kept meanwhile
			minutes(s, 20)
			sets(s, missed)
			minutes(s, 20)
		}, []string{"12:00 team sla_at_risk", "13:00 team sla_missed"}},
		"of two periods": {func(s *scene) {
			sets(s, missed)
			minutes(s, 20)
			sets(s, standing("vendor", "acme", "2026-12", query.ForecastMissed, -5))
			minutes(s, 20)
		}, []string{"12:00 team sla_missed", "12:20 team sla_missed"}},
		"the channel was down meanwhile": {func(s *scene) {
			s.stuck["team"] = true
			sets(s, atRisk(5))
			minutes(s, 9)
			sets(s, missed)
			minutes(s, 5)
		}, []string{"12:00 team sla_at_risk",
			"12:09 team sla_at_risk skipped: told in one message: it is missed", "12:09 team sla_missed"}},
		"a route of other vendors": {func(s *scene) {
			only(s, func(r *route.Route) { r.Vendors = []string{"bolt"} })
			sets(s, missed, shop)
			minutes(s, 5)
		}, nil},
		"a route of the service": {func(s *scene) {
			only(s, func(r *route.Route) { r.Services = []string{"shop"} })
			sets(s, missed, shop)
			minutes(s, 5)
		}, []string{"12:00 team sla_missed"}},
		"a route of other events": {func(s *scene) {
			only(s, func(r *route.Route) { r.Events = []normalize.EventKind{words.SLAAtRisk} })
			sets(s, missed)
			minutes(s, 5)
		}, nil},
		"a channel that pages people": {func(s *scene) {
			s.facts.OnCall = map[string]bool{"team": true}
			sets(s, missed)
			minutes(s, 5)
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			c.play(s)
			if !slices.Equal(s.log, c.want) {
				t.Errorf("%q\nwant %q", s.log, c.want)
			}
		})
	}
}
