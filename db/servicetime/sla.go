package servicetime

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
)

// SLA is how a service does against a target of ours, in the period that lasts. Its figures mean what those of v_sla
// do.
type SLA struct {
	Period        string   `json:"period"` // 2026-11 or 2026-Q4
	FromAt        string   `json:"from_at"`
	ToAt          string   `json:"to_at"`
	TargetPercent float64  `json:"target_percent"`
	UptimePercent *float64 `json:"uptime_percent"`
	KnownPercent  float64  `json:"known_percent"`
	BudgetMinutes float64  `json:"budget_minutes"`
	ImpactMinutes *float64 `json:"impact_minutes"`
	BudgetLeft    *float64 `json:"budget_left_minutes"`
	BurnRate      *float64 `json:"burn_rate"`
	Forecast      string   `json:"forecast,omitempty"` // kept, at_risk, missed; empty: nothing is known
}

type goal struct {
	TargetPercent float64  `db:"target_percent"`
	Period        string   `db:"period"`
	Severities    []string `db:"severities"`
	Maintenance   bool     `db:"maintenance"`
}

var goalRow = scan.Of[goal]("t")

// slaOf returns how a service does against its target; nil if it has none.
func slaOf(ctx context.Context, d *query.DB, slug string, all []query.Stretch, now time.Time) (*SLA, error) {
	goals, err := goalRow.All(ctx, d.Reader.Read, `SELECT `+goalRow.Columns+`
		FROM services s JOIN service_targets t USING (service_id) WHERE s.slug = ?`, slug)
	if err != nil || len(goals) == 0 {
		if err != nil {
			err = fmt.Errorf("target of service %q: %w", slug, err)
		}
		return nil, err
	}
	s := goals[0].judge(all, now.UTC())
	return &s, nil
}

// term returns the period that a moment falls into.
func (g goal) term(now time.Time) (name string, from, to time.Time) {
	from = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	if g.Period == "quarter" {
		quarter := (int(now.Month()) - 1) / 3
		from = time.Date(now.Year(), time.Month(3*quarter+1), 1, 0, 0, 0, 0, time.UTC)
		return fmt.Sprintf("%d-Q%d", now.Year(), quarter+1), from, from.AddDate(0, 3, 0)
	}
	return from.Format("2006-01"), from, from.AddDate(0, 1, 0)
}

// counts returns what counts as impact for the target, and what was not seen.
func (g goal) counts(all []query.Stretch) []query.Stretch {
	var out []query.Stretch
	for _, s := range all {
		switch s.What {
		case query.StretchUnseen:
		case query.StretchMaintenance:
			if !g.Maintenance {
				continue
			}
			s.What = query.StretchImpact
		case query.StretchImpact:
			if len(g.Severities) > 0 && !slices.Contains(g.Severities, s.Severity) {
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

// judge computes the figures as v_sla does.
func (g goal) judge(all []query.Stretch, now time.Time) SLA {
	name, from, to := g.term(now)
	share := query.ShareOf(g.counts(all), from, to, now)
	whole := to.Sub(from)
	budget := time.Duration(float64(whole) * (100 - g.TargetPercent) / 100)
	s := SLA{Period: name, FromAt: db.Stamp(from), ToAt: db.Stamp(to), TargetPercent: g.TargetPercent,
		UptimePercent: rounded(share.Percent(false)), BudgetMinutes: minutes(budget)}
	if share.Window > 0 {
		s.KnownPercent = round(100 * float64(share.Known) / float64(share.Window))
	}
	if share.Stated() || share.KnownLength > 0 {
		spent, left := minutes(share.Impact), minutes(budget-share.Impact)
		s.ImpactMinutes, s.BudgetLeft = &spent, &left
	}
	rate := 0.0
	if share.Stated() {
		rate = float64(share.Down) / float64(share.Known)
		if budget > 0 {
			burn := math.Round(1000*rate*float64(whole)/float64(budget)) / 1000
			s.BurnRate = &burn
		}
	}
	rest := to.Sub(now)
	switch {
	case share.KnownLength > 0 && share.Impact > budget:
		s.Forecast = query.ForecastMissed
	case !share.Stated():
	case share.Impact > 0 && time.Duration(rate*float64(rest))+share.Impact > budget:
		s.Forecast = query.ForecastAtRisk
	default:
		s.Forecast = query.ForecastKept
	}
	return s
}

func minutes(d time.Duration) float64 { return math.Round(100*d.Minutes()) / 100 }

func round(v float64) float64 { return math.Round(1e4*v) / 1e4 }

func rounded(p *float64) *float64 {
	if p == nil {
		return nil
	}
	v := round(*p)
	return &v
}
