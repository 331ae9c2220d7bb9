package message

import "testing"

func TestComparisonInWords(t *testing.T) {
	d := Digest{FromAt: "2026-11-22T09:00:00.000Z", UntilAt: "2026-11-23T09:00:00.000Z", Compared: &Comparison{
		Now: Figures{Incidents: 1, ImpactSeconds: 3600, WorstVendor: "Acme", WorstSeconds: 3600}}}
	if got, want := d.ComparisonText(),
		"1 incident started, 1 h of impact (most: Acme, 1 h); in the 1 d before, 0 started, no impact"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	d.Compared = &Comparison{}
	if got := d.ComparisonText(); got != "" {
		t.Errorf("two quiet windows are compared: %q", got)
	}
}
