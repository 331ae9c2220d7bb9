package statuspage

import (
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper/page"
)

var affectedPattern = lazyregexp.New(`(?i)^this (?:incident|scheduled maintenance) affect(?:s|ed):\s*`)

// affectedBy reads the sentence "This incident affected: Group (A, B) and C." Statuspage builds it as
// English lists are built: "A and B", "A, B, and C"; the components of a group stand in parentheses,
// joined by commas. Names may have parentheses and commas of their own, so that some sentences can be
// read in two ways; an update's affected_components tell better where the JSON is at hand.
func affectedBy(sentence string) []normalize.RawComponent {
	sentence = page.OneLine(sentence)
	if !affectedPattern.MatchString(sentence) {
		return nil
	}
	list := strings.TrimSuffix(affectedPattern.ReplaceAllString(sentence, ""), ".")
	var out []normalize.RawComponent
	for _, item := range splitSentence(list) {
		group, names := splitGroup(item)
		for _, name := range names {
			out = append(out, normalize.RawComponent{Name: name, Group: group})
		}
	}
	return out
}

// splitSentence splits "A, B (x, y), and C" at the commas and the "and" outside parentheses.
func splitSentence(list string) []string {
	items := splitTop(list, ", ")
	if n := len(items); n > 1 {
		last, joined := strings.CutPrefix(items[n-1], "and ")
		if joined {
			items[n-1] = last
			return items
		}
		// "A, B and C": without the comma before the last "and".
		return append(items[:n-1], splitAnd(items[n-1])...)
	}
	return splitAnd(list)
}

// splitAnd splits "A and B" in two. Of several "and" the one after a group's parenthesis parts the
// items, else the last.
func splitAnd(text string) []string {
	parts := splitTop(text, " and ")
	if len(parts) < 3 {
		return parts
	}
	at := len(parts) - 1
	for i := range at {
		if strings.HasSuffix(parts[i], ")") {
			at = i + 1
			break
		}
	}
	return []string{strings.Join(parts[:at], " and "), strings.Join(parts[at:], " and ")}
}

// splitTop splits a text at the separators outside parentheses; a text whose parentheses do not match
// is split everywhere.
func splitTop(text, sep string) []string {
	if !balanced(text) {
		return withoutEmpty(strings.Split(text, sep))
	}
	var out []string
	depth, from := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 && i >= from && strings.HasPrefix(text[i:], sep) {
			out = append(out, text[from:i])
			from = i + len(sep)
			i = from - 1
		}
	}
	return withoutEmpty(append(out, text[from:]))
}

func balanced(text string) bool {
	depth := 0
	for _, c := range text {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

func withoutEmpty(list []string) []string {
	var out []string
	for _, item := range list {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// domainPattern is a parenthesis that belongs to a name: "Console (platform.acme.example)", "API (v2.1)".
var domainPattern = lazyregexp.New(`^[\w-]+(\.[\w-]+)+$`)

// splitGroup splits "Group (A, B)" into the group and its components. The last parenthesis is the
// list; a group's name may have one of its own.
func splitGroup(item string) (group string, names []string) {
	if !strings.HasSuffix(item, ")") || !balanced(item) {
		return "", []string{item}
	}
	depth, open := 0, -1
	for i := len(item) - 1; i >= 0 && open < 0; i-- {
		switch item[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				open = i
			}
		}
	}
	group = strings.TrimSpace(item[:max(open, 0)])
	inner := item[open+1 : len(item)-1]
	if group == "" || domainPattern.MatchString(inner) {
		return "", []string{item}
	}
	if names = splitTop(inner, ", "); len(names) == 0 {
		return "", []string{item}
	}
	return group, names
}
