package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Ellipsis stands where a text was cut.
const Ellipsis = "…"

// OneLine makes text that a vendor wrote fit for one line of a terminal or a message: line ends and other control
// characters become spaces, and what could reorder or hide the text around it (direction overrides, zero-width
// marks) is dropped. The joiners that emoji and some scripts need stay.
func OneLine(s string) string {
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

// Cut shortens s to at most limit runes, mark included; s is returned as it is where it fits. It ends at a space
// if one stands in the last third.
func Cut(s string, limit int, mark string) string {
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

// Short is s on one line, in at most limit runes.
func Short(s string, limit int) string { return Cut(OneLine(s), limit, Ellipsis) }
