// Package needed says which components the words of a need name. It is pure.
package needed

import (
	"slices"
	"strings"
	"unicode"

	"vendorwatch/normalize"
)

// Components returns which of a vendor's components the words of a need name, as numbers into all. Case and the number
// of blanks make no difference. The first of these that finds any decides:
//
//  1. components whose name is exactly the words: "Card payments"
//  2. components whose group and name are, as "Group › Name" or "Group Name"
//  3. components in whose group, name and id at the vendor all of the words stand, in any order: "eu-west-1 EC2"
//
// A word stands there if it begins and ends where a word does: "eu-west-1" is not in "eu-west-12".
func Components(words string, all []normalize.Component) []int {
	words = foldWords(words)
	var exact, grouped, within []int
	for n, c := range all {
		name, group := foldWords(c.Name), foldWords(c.Group)
		switch {
		case name == words:
			exact = append(exact, n)
		case group != "" && (group+" "+name == words || group+" › "+name == words):
			grouped = append(grouped, n)
		case holdsWords(group+" "+name+" "+ownID(c.Key), words):
			within = append(within, n)
		}
	}
	for _, found := range [][]int{exact, grouped, within} {
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

func foldWords(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// ownID is a component's key if that is the vendor's id, and not made of the name.
func ownID(key string) string {
	if strings.HasPrefix(key, "@") {
		return ""
	}
	return strings.ToLower(key)
}

// holdsWords reports whether every word stands in the text. Both are folded.
func holdsWords(text, words string) bool {
	any := false
	for _, word := range strings.Fields(words) {
		if word = strings.TrimFunc(word, func(r rune) bool { return !inWord(r) }); word == "" {
			continue // a dash or an arrow between words
		}
		if !holdsWord([]rune(text), []rune(word)) {
			return false
		}
		any = true
	}
	return any
}

func holdsWord(text, word []rune) bool {
	for at := 0; at+len(word) <= len(text); at++ {
		end := at + len(word)
		if slices.Equal(text[at:end], word) && (at == 0 || !inWord(text[at-1])) &&
			(end == len(text) || !inWord(text[end])) {
			return true
		}
	}
	return false
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
