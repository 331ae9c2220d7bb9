package figures

import (
	"context"
	"time"

	"vendorwatch/cmd/internal/cli/services"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/db/servicetime"
)

// serviceStats prints the figures of the services of ours that were typed.
func (s Shell) serviceStats(ctx context.Context, file *db.DB, typed []string, asJSON bool) error {
	d, now := query.New(file), time.Now()
	all := []servicetime.Figures{}
	for _, name := range typed {
		slug, err := services.Slug(ctx, d, name)
		if err != nil {
			return err
		}
		one, err := servicetime.Of(ctx, d, slug, now)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	if asJSON {
		return s.JSON(all)
	}
	t := s.uptimeTable("Service")
	for _, one := range all {
		row := []any{one.Service}
		share := 0.0
		for _, u := range one.Uptime {
			row, share = append(row, words.Percent(u.UptimePercent)), u.KnownPercent
		}
		row = append(row, words.Percent(&share))
		if one.SLA == nil {
			row = append(row, "–", "–", "–")
		} else {
			row = append(row, targetCells(one.SLA.TargetPercent, one.SLA.BudgetLeft, one.SLA.Forecast)...)
		}
		t.Row(row...)
	}
	t.Render()
	return nil
}

// targetCells are the columns of a target.
func targetCells(percent float64, left *float64, forecast string) []any {
	word := "–"
	if forecast != "" {
		word = words.Spell(forecast)
	}
	return []any{words.Percent(&percent), words.Minutes(left), word}
}
