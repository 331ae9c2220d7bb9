package message

import (
	"strings"
	"unicode"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize/lazyregexp"
)

// pieces are what the patterns of stock write in capitals.
var pieces = strings.NewReplacer(
	"WE ARE", `we(?: are|['’]re)`,
	"WE WILL", `we(?: will|['’]ll)`,
	"ISSUE", `(?:(?:this|the) (?:issue|incident|problem|matter)|it|this)`,
	"RESULTS", `(?:the )?(?:results?|situation|any further issues|this issue)`)

// stock matches sentences that status pages offer their authors ready-made, and that say no more than the state does
// (Statuspage's templates and their like: "We are currently investigating this issue.").
var stock = lazyregexp.New(`(?i)^(?:update:\s*)?(?:` + pieces.Replace(strings.Join([]string{
	`WE ARE (?:currently |continuing to |still |actively )*(?:investigat\w*|look\w* into) ISSUE`,
	`ISSUE (?:has been|is|was|is now) (?:now |fully )?(?:resolved|identified|fixed)` +
		`(?: and (?:a fix|we) (?:is|are) [\w ]+)?`,
	`ISSUE is (?:currently |being )+(?:investigated|monitored)`,
	`a fix has been (?:implemented|deployed|applied)(?: and WE ARE monitoring RESULTS)?`,
	`WE ARE continuing to (?:monitor|work on a fix)(?: for)?(?: RESULTS)?`,
	`WE ARE (?:currently )?monitoring RESULTS`,
	`WE WILL (?:provide|post|share|send) (?:an update|updates|more (?:information|details))[^.]*`,
	`(?:we )?apologi[sz]e for (?:any|the) inconvenience[^.]*`,
	`thank you for your patience[^.]*`,
}, "|")) + `)[.!]*$`)

// Sentence is the first sentence of a vendor's Markdown that says more than that work goes on, as plain text of at most
// limit runes; empty if there is none.
func Sentence(body string, limit int) string {
	head, _ := beginning(body, limit)
	for rest := PlainLine(head); rest != ""; {
		var one string
		one, rest = cutSentence(rest)
		if !stock.MatchString(one) {
			return words.Cut(one, limit, words.Ellipsis)
		}
	}
	return ""
}

// cutSentence cuts a text after its first sentence. A full stop behind a single letter, as in "e.g.", or before a small
// letter ends none.
func cutSentence(text string) (one, rest string) {
	letters := 0 // since the last space or full stop
	runes := []rune(text)
	for n, r := range runes {
		ends := r == '!' || r == '?' || r == '.' && letters > 1
		spaced := n+2 < len(runes) && runes[n+1] == ' ' && !unicode.IsLower(runes[n+2])
		switch {
		case ends && spaced, strings.ContainsRune("。！？", r):
			return strings.TrimSpace(string(runes[:n+1])), strings.TrimSpace(string(runes[n+1:]))
		case r == ' ', r == '.':
			letters = 0
		case unicode.IsLetter(r), unicode.IsDigit(r), r == ')':
			letters++
		}
	}
	return text, ""
}
