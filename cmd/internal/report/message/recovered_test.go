package message

import (
	"slices"
	"testing"

	"vendorwatch/db/query"
)

func TestTellsThatComponentsRecoveredBeforeTheEnd(t *testing.T) {
	seconds := int64(4 * 3600)
	item := Item{Incident: query.Incident{Title: "Slow", Kind: "incident", State: "resolved", Severity: "minor",
		StartedAt: "2026-11-27T03:00:00.000Z", ResolvedAt: "2026-11-27T07:00:00.000Z", DurationSeconds: &seconds,
		Components: "IDE"}}
	d := Digest{UntilAt: "2026-11-27T09:00:00.000Z"}
	const want = "components recovered Fri 27 Nov 04:10 UTC"
	for at, told := range map[string]bool{"": false, "2026-11-27T04:10:00.000Z": true} {
		item.ComponentsResolvedAt = at
		for what, facts := range map[string][]string{"line": d.Line(item).Facts, "entry": d.Entry(item).Facts} {
			if slices.Contains(facts, want) != told || !slices.Contains(facts, "lasted 4 h") {
				t.Errorf("recovered %q: the facts of the %s are %q", at, what, facts)
			}
		}
	}
}
