package page

import (
	"slices"
	"testing"
)

// A feed lists the posts of an item newest first; a few list them oldest first.
func TestDatedUpdatesAreOldestFirst(t *testing.T) {
	post := func(at, state, body string) string {
		return "<p><small>" + at + "</small><br><strong>" + state + "</strong> - " + body + "</p>"
	}
	older, newer := post("Nov 23, 10:00 UTC", "Investigating", "We look."), post("Nov 23, 11:30 UTC", "Resolved",
		"Done.")
	undated := post("some time later", "Resolved", "Done.")
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"newest first":    {newer + older, []string{"Investigating", "Resolved"}},
		"oldest first":    {older + newer, []string{"Investigating", "Resolved"}},
		"one post":        {newer, []string{"Resolved"}},
		"no post":         {"<p>All is quiet.</p>", nil},
		"a time in prose": {undated + older, []string{"Investigating", "Resolved"}},
		"at the same time": {post("Nov 23, 10:00 UTC", "Resolved", "Done.") + older, []string{"Investigating",
			"Resolved"}},
		"the first undated": {older + undated, []string{"Resolved", "Investigating"}},
	} {
		var got []string
		for _, u := range DatedUpdates(c.body, "2026-11-23T12:00:00Z") {
			got = append(got, u.State)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	got := DatedUpdates(newer+older, "2026-11-23T12:00:00Z")
	if got[0].Body != "We look." || got[0].Posted.Text != "Nov 23, 10:00 UTC" || got[0].Posted.Near == "" {
		t.Errorf("%+v", got[0])
	}
}
