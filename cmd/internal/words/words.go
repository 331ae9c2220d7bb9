// Package words holds the wording that messages, web pages and the command line share: severities, counts,
// lengths of time, moments, suggestions for a mistyped word, and vendors' words made fit to show. It does no I/O.
package words

import (
	"cmp"
	"fmt"
	"strings"

	"vendorwatch/normalize"
)

// Count writes a number with its noun, in the plural where the number is not 1: "1 incident", "3 entries".
// The last word of noun is the one that changes.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %s", n, plural(noun))
}

func plural(noun string) string {
	before, y := strings.CutSuffix(noun, "y")
	switch {
	case y && before != "" && !strings.ContainsRune("aeiou", rune(before[len(before)-1])):
		return before + "ies"
	case strings.HasSuffix(noun, "s"), strings.HasSuffix(noun, "x"), strings.HasSuffix(noun, "ch"),
		strings.HasSuffix(noun, "sh"):
		return noun + "es"
	}
	return noun + "s"
}

// Times writes how many times something happened: "once", "twice", "3 times".
func Times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// And joins words as a sentence lists them: "a", "a and b", "a, b and c".
func And(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// Spell turns a word of an enum into words: "in_progress" becomes "in progress".
func Spell[W ~string](word W) string { return strings.ReplaceAll(OneLine(string(word)), "_", " ") }

// Severity writes a severity. A vendor that states none is not made out to be harmless.
func Severity(severity string) string {
	switch normalize.Severity(severity) {
	case normalize.SeverityUnknown, "":
		return "severity unknown"
	case normalize.SeverityNone:
		return "no impact"
	}
	return OneLine(severity)
}

// SeverityChange writes a change of severity and its direction: "minor → critical (worse)".
func SeverityChange(from, to string) string {
	from, to = OneLine(from), OneLine(to)
	a, b := normalize.Severity(from), normalize.Severity(to)
	switch {
	case a == normalize.SeverityUnknown || b == normalize.SeverityUnknown || from == "" || to == "":
		return Change(from, to)
	case b.Rank() > a.Rank():
		return Change(from, to) + " (worse)"
	case b.Rank() < a.Rank():
		return Change(from, to) + " (milder)"
	}
	return Change(from, to)
}

// Change writes a value before and after: "minor → major". A value that is not known is "unknown".
func Change(from, to string) string { return cmp.Or(from, "unknown") + " → " + cmp.Or(to, "unknown") }
