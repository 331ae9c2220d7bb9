package message

import (
	"strings"
	"testing"
)

func TestSentence(t *testing.T) {
	for body, want := range map[string]string{
		"": "",
		"We are currently investigating this issue.":                    "",
		"This incident has been resolved.":                              "",
		"A fix has been implemented and we are monitoring the results.": "",
		"The issue has been identified and a fix is being implemented.": "",
		"We are continuing to monitor for any further issues.":          "",
		"We're looking into it!":                                        "",
		"We are continuing to look into it. We will post updates soon":  "",
		"This incident has been resolved. A disk was full.":             "A disk was full.",
		"Logins fail (e.g. Oslo). Others are well.":                     "Logins fail (e.g. Oslo).",
		"**Impact:** calls to `eu` fail.\n\nMore follows.":              "Impact: calls to eu fail.",
		"We are investigating this issue with Acme. More follows.": "We are investigating this issue " +
			"with Acme.",
		"Version 2.1 fails! Use 2.0.": "Version 2.1 fails!",
		"現在調査中です。続報をお待ちください。":         "現在調査中です。",
		strings.Repeat("word ", 100):  strings.TrimSpace(strings.Repeat("word ", 11)) + "…",
	} {
		if got := Sentence(body, 60); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

func TestSentenceOfAPostThatIsCutWithinALetter(t *testing.T) {
	if got := Sentence(strings.Repeat("é", 5000), 40); strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("%q", got)
	}
}
