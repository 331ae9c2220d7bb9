package alert

import (
	"context"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/report/route"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/ledger"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
	"vendorwatch/normalize"
)

// targetsEvery is how often targets are looked at: their figures change slowly, and are made of much of the record.
const targetsEvery = 5 * time.Minute

// longestPeriod is longer than any period of a target.
const longestPeriod = 100 * 24 * time.Hour

// targets plans that a target is at risk, and that it is missed, each once in its period for the channels of the routes
// that name it. Channels that page people are left out. One is at risk if it will be missed at the rate of so far and
// half of what it allows is spent: by the forecast alone, the first minutes of a month would always be a risk.
func (p *draft) targets() {
	for _, s := range p.Targets {
		reason, ok := tells(s)
		if !ok {
			continue
		}
		n := route.News{Event: query.Event{Kind: normalize.EventKind(reason), At: normalize.FormatTime(p.Now)},
			Severity: sourceSeverity}
		if s.Of == "vendor" {
			n.Event.Vendor, n.Event.VendorName, n.Vendor = s.Slug, s.Name, p.Vendors[s.Slug]
		} else {
			n.Vendor.Needed = []route.Need{{Service: s.Name, Slug: s.Slug}}
		}
		for _, c := range route.Choose(p.Routes, n) {
			if !p.OnCall[c.Channel] {
				p.target(c, reason, s)
			}
		}
	}
}

// tells returns what is told of a target.
func tells(s servicetime.Standing) (message.Reason, bool) {
	switch {
	case s.Forecast == query.ForecastMissed:
		return message.ReasonSLAMissed, true
	case s.Forecast == query.ForecastAtRisk && s.BudgetLeft != nil && *s.BudgetLeft <= s.BudgetMinutes/2:
		return message.ReasonSLAAtRisk, true
	}
	return "", false
}

func targetKey(reason message.Reason, s servicetime.Standing) string {
	return string(reason) + ":" + s.Key()
}

func (p *draft) target(c route.Choice, reason message.Reason, s servicetime.Standing) {
	for _, r := range p.rows {
		switch {
		case r.Channel != c.Channel:
		case r.DedupKey == targetKey(reason, s):
			return
		case r.DedupKey == targetKey(message.ReasonSLAAtRisk, s) && r.Attempts == 0 &&
			(r.State == ledger.DeliveryPending || r.State == ledger.DeliveryHeld):
			r.skip("told in one message: it is missed")
		}
	}
	r := &row{severity: sourceSeverity, changed: true, from: words.Time(s.FromAt)}
	if s.Of == "vendor" {
		r.vendor = s.Slug
	}
	p.addOnce(c, reason, r, targetKey(reason, s))
}

// targets reads how targets do, now and then, and the alerts on them.
func (g *gatherer) targets(ctx context.Context) (err error) {
	since := g.f.Now.Sub(g.p.judged)
	if len(g.p.Routes) == 0 || since < targetsEvery && since >= 0 {
		return nil
	}
	if g.f.Targets, err = servicetime.Standings(ctx, g.p.DB, g.f.Now); err != nil {
		return err
	}
	g.p.judged = g.f.Now
	if len(g.f.Targets) == 0 {
		return nil
	}
	alerts, err := g.p.Ledger.TargetAlerts(ctx, g.f.Now.Add(-longestPeriod))
	for _, d := range alerts {
		g.row(d)
	}
	return err
}
