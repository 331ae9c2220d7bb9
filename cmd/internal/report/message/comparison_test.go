package message

import "testing"

func TestComparisonText(t *testing.T) {
	hour, none := new(int64(3600)), new(int64(0))
	for want, c := range map[string]Comparison{
		"1 incident started, 1 h of impact (most: Acme, 1 h); in the 1 d before, 0 started, no impact": {
			Now:    Figures{Incidents: 1, ImpactSeconds: hour, KnownLength: 1, WorstVendor: "Acme", WorstSeconds: 3600},
			Before: Figures{ImpactSeconds: none}},
		"2 incidents started, length not known; in the 1 d before, 3 started, 1 h of impact, 2 of unknown length": {
			Now:    Figures{Incidents: 2, UnknownLength: 2},
			Before: Figures{Incidents: 3, ImpactSeconds: hour, KnownLength: 1, UnknownLength: 2}},
		"": {Now: Figures{ImpactSeconds: none}, Before: Figures{ImpactSeconds: none}},
	} {
		d := Digest{FromAt: "2026-11-22T09:00:00.000Z", UntilAt: "2026-11-23T09:00:00.000Z", Compared: &c}
		if got := d.ComparisonText(); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}
