package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"vendorwatch/normalize/target"
)

// SLA is what a vendor promises of its availability, and what of it we hold against it.
type SLA struct {
	Target string `toml:"target"` // least uptime of a period, such as "99.9%"; required
	Period string `toml:"period"` // month or quarter, in UTC; default month
	// of incidents that count; default: all
	Severities []string `toml:"severities"`
	// globs of component names, or of "Group › Name"; an incident that names no component counts; default: all
	Components  []string `toml:"components"`
	Maintenance bool     `toml:"maintenance"` // planned work counts too; default false
	Credits     []Credit `toml:"credit"`      // from the highest uptime down

	Of *target.Target `toml:"-"` // the same; nil without a target
}

// Credit is a share of the bill that the vendor gives back below an uptime.
type Credit struct {
	Below   string  `toml:"below"`   // such as "99.0%"
	Percent float64 `toml:"percent"` // of the bill
}

// sla checks a target.
func (c *checker) sla(s *SLA, path string) {
	if !c.Has(path) {
		return
	}
	before := c.Count()
	if s.Target == "" {
		if !c.Refused(path + ".target") {
			c.Add(path+".target", "it is missing", `write what the agreement says, for example target = "99.9%"`)
		}
		return
	}
	of := target.Target{Period: s.Period, Severities: s.Severities, Components: s.Components,
		Maintenance: s.Maintenance}
	of.TargetPercent, _ = c.percent(path+".target", s.Target, "99.9%")
	if of.Period == "" {
		of.Period = "month"
	}
	c.oneOf(path+".period", of.Period, "a period", []string{"month", "quarter"})
	for n, severity := range s.Severities {
		c.oneOf(fmt.Sprintf("%s.severities[%d]", path, n), severity, "a severity", severities)
	}
	c.patterns(path+".components", s.Components)
	for n, credit := range s.Credits {
		step := fmt.Sprintf("%s.credit[%d]", path, n)
		below, ok := c.percent(step+".below", credit.Below, "99.0%")
		if credit.Percent <= 0 || credit.Percent > 100 {
			c.Add(step+".percent", fmt.Sprintf("%v is not a share of the bill in percent", credit.Percent),
				"write a number above 0 and up to 100, for example percent = 10")
			ok = false
		}
		if !ok || c.Count() > before {
			continue
		}
		if below > of.TargetPercent {
			c.Add(step+".below", fmt.Sprintf("%v%% is above the target, which is %v%%", below, of.TargetPercent),
				fmt.Sprintf(`write the target, "%v%%", or less`, of.TargetPercent))
		}
		if n > 0 && len(of.Credits) == n {
			last := of.Credits[n-1]
			if below >= last.Below || credit.Percent <= last.Percent {
				c.Add(step, fmt.Sprintf("%v%% of the bill below %v%% does not follow on %v%% below %v%%",
					credit.Percent, below, last.Percent, last.Below),
					"write the steps from the highest uptime down, each with a larger credit")
			}
		}
		of.Credits = append(of.Credits, target.Credit{Below: below, Percent: credit.Percent})
	}
	s.Of = &of
}

// percent reads "99.9%" or "99.9".
func (c *checker) percent(path, text, example string) (float64, bool) {
	number := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%"))
	p, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(p) || p <= 0 || p > 100 {
		c.Add(path, fmt.Sprintf("%q is not a share of time in percent", text),
			"write a number above 0 and up to 100 with its sign, for example "+strconv.Quote(example))
		return 0, false
	}
	return p, true
}
