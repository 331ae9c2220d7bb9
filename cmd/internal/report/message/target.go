package message

import (
	"fmt"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// targetNotice says how a target does: "Acme: target 99.9 % of 2026-11 at risk, 12 of 43 min left".
func (m Message) targetNotice() Notice {
	s := *m.Target
	name := words.Short(s.Name, 80)
	if s.Of == "service" {
		name = "Service " + name
	}
	target := fmt.Sprintf("%s: target %s for %s", name, words.Percent(&s.TargetPercent), s.Period)
	left := words.Minutes(s.BudgetLeft) + " of " + words.Minutes(&s.BudgetMinutes) + " left"
	n := Notice{Headline: target + " at risk, " + left}
	switch {
	case s.Forecast == query.ForecastMissed:
		n.Headline = target + " missed"
	case m.Reason == ReasonSLAMissed:
		n.Headline = target + " was missed by what was known then; now " + left
	case s.Forecast != query.ForecastAtRisk:
		n.Headline = target + " was at risk; now " + left
	}
	add := func(name, text string) { n.Lines = append(n.Lines, Label{Name: name, Text: text}) }
	add("Impact so far", fmt.Sprintf("%s; the target allows %s", words.Minutes(s.ImpactMinutes),
		words.Minutes(&s.BudgetMinutes)))
	add("Uptime so far", fmt.Sprintf("%s, of the %s of the time that is known", words.Percent(s.UptimePercent),
		words.Percent(&s.KnownPercent)))
	if s.BurnRate != nil && s.Forecast == query.ForecastAtRisk {
		add("Forecast", fmt.Sprintf("at this rate %.3g times what the target allows would be spent by the end of the "+
			"period", *s.BurnRate))
	}
	if s.Of == "vendor" {
		add("Claim", "vendorwatch claim "+s.Slug+" writes it when the period is over")
	}
	return n
}
