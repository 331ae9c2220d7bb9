package message

import (
	"strings"
	"testing"
)

func TestPlainLineKeepsHeadingsApart(t *testing.T) {
	for markdown, want := range map[string]string{
		"# **Summary**\n\nFor 26 minutes it was dark.\n\n## Why?\nA switch.": "" +
			"Summary: For 26 minutes it was dark. Why? A switch.",
		"## Impact\n* one\n* two": "Impact: one two",
		"No heading # here":       "No heading # here",
	} {
		if got := PlainLine(markdown); got != want {
			t.Errorf("plainLine(%q) = %q, want %q", markdown, got, want)
		}
	}
}

func TestExcerptLooksAtTheBeginningOnly(t *testing.T) {
	for _, c := range []struct {
		name, markdown, want string
		limit                int
	}{
		{"short", "It **works**.", "It works.", 40},
		{"as long as the limit", strings.Repeat("a", 40), strings.Repeat("a", 40), 40},
		{"longer", strings.Repeat("word ", 20), "word word" + MoreOnPage, 40},
		{"much longer", strings.Repeat("ש", 5000), strings.Repeat("ש", 11) + MoreOnPage, 40},
		{"words behind much markup", strings.Repeat("\n", 1000) + "the rest", MoreOnPage, 40},
	} {
		if got := Excerpt(c.markdown, c.limit); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
