package message

import "testing"

func TestPlainLineKeepsHeadingsApart(t *testing.T) {
	for markdown, want := range map[string]string{
		"# **Summary**\n\nFor 26 minutes it was dark.\n\n## Why?\nA switch.": "Summary: For 26 minutes it was dark. Why? A switch.",
		"## Impact\n* one\n* two": "Impact: one two",
		"No heading # here":       "No heading # here",
	} {
		if got := PlainLine(markdown); got != want {
			t.Errorf("plainLine(%q) = %q, want %q", markdown, got, want)
		}
	}
}
