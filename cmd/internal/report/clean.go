package report

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"vendorwatch/normalize"
)

// The words that stand where a text was cut.
const (
	cutMark   = "…"
	cutToPage = "… (more on the vendor's page)"
)

// oneLine makes text that a vendor wrote fit for one line of a terminal or a message: line ends and
// other control characters become spaces, and what could reorder or hide the text around it
// (direction overrides, zero-width marks) is dropped. The joiners that emoji and some scripts need stay.
func oneLine(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			gap = b.Len() > 0
			continue
		case r == '\u200c', r == '\u200d':
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r) // an invalid byte has become utf8.RuneError
	}
	return b.String()
}

var heading = regexp.MustCompile(`(?m)^#{1,6}[ \t]+(.*[^\s:.!?#*_])([*_]*)[ \t]*$`)

// plainLine turns a vendor's Markdown into plain words on one line. A heading ends with a colon there, so
// that it does not run into the sentence below it.
func plainLine(markdown string) string {
	return oneLine(normalize.Plain(heading.ReplaceAllString(markdown, "$1:$2")))
}

// cut shortens s to at most limit runes, mark included. It prefers to end at a space.
func cut(s string, limit int, mark string) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	room := limit - utf8.RuneCountInString(mark)
	if room <= 0 {
		return string([]rune(mark)[:max(limit, 0)])
	}
	kept := string([]rune(s)[:room])
	if at := strings.LastIndexByte(kept, ' '); at > len(kept)*2/3 {
		kept = kept[:at]
	}
	return strings.TrimRight(kept, " ,;:") + mark
}

// webLink returns the address in a form safe to print inside a link, "" if it is not an absolute
// http or https address.
func webLink(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	u.User = nil
	return linkEscapes.Replace(oneLine(u.String()))
}

// linkEscapes keeps an address from ending the link that it stands in.
var linkEscapes = strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", " ", "%20", `"`, "%22")

// firstOf returns the first text that is not empty.
func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
