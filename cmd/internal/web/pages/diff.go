package pages

import (
	"strings"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// diffPart is a stretch of two texts: in both, deleted, or inserted.
type diffPart struct {
	Op   string // "same", "del" or "ins"
	Text string
}

// maxDiff bounds the work of comparing two texts, in pairs of words. A passage beyond it is shown as deleted and
// inserted whole.
const maxDiff = 4_000_000

// wordDiff tells, word by word, what was deleted from old and inserted to make new. The texts of the parts without the
// inserted ones are old; without the deleted ones they are new.
func wordDiff(old, new string) []diffPart {
	var words alphabet
	// The library compares sequences of runes; here each rune stands for a word.
	a, b := words.runes(old), words.runes(new)
	head, tail := commonEnds(a, b)
	before, after := a[:head], a[len(a)-tail:]
	a, b = a[head:len(a)-tail], b[head:len(b)-tail]

	var out phrases
	out.add("same", words.text(before))
	if len(a)*len(b) > maxDiff {
		out.gone, out.come = words.text(a), words.text(b)
	} else {
		compare := diffmatchpatch.New()
		compare.DiffTimeout = 0 // the result must not depend on how busy the machine is
		for _, d := range compare.DiffMainRunes(a, b, false) {
			text := words.text([]rune(d.Text))
			switch d.Type {
			case diffmatchpatch.DiffDelete:
				out.gone += text
			case diffmatchpatch.DiffInsert:
				out.come += text
			default:
				out.addSame(text)
			}
		}
	}
	out.flush()
	out.add("same", words.text(after))
	return out.parts
}

// commonEnds counts the elements that two sequences have in common at their beginning and, of the rest, at their end.
func commonEnds(a, b []rune) (head, tail int) {
	most := min(len(a), len(b))
	for head < most && a[head] == b[head] {
		head++
	}
	for tail < most-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// phrases gathers what is deleted and inserted between two stretches that both texts have.
type phrases struct {
	parts      []diffPart
	gone, come string
}

// addSame adds what both texts have. A space between two replaced words belongs to the phrase that they make.
func (p *phrases) addSame(text string) {
	if strings.TrimSpace(text) == "" && p.gone != "" && p.come != "" {
		p.gone += text
		p.come += text
		return
	}
	p.flush()
	p.add("same", text)
}

func (p *phrases) flush() {
	p.add("del", p.gone)
	p.add("ins", p.come)
	p.gone, p.come = "", ""
}

func (p *phrases) add(op, text string) {
	if text == "" {
		return
	}
	if last := len(p.parts) - 1; last >= 0 && p.parts[last].Op == op {
		p.parts[last].Text += text
		return
	}
	p.parts = append(p.parts, diffPart{op, text})
}

// alphabet gives each word a rune of its own.
type alphabet struct {
	words []string
	known map[string]rune
}

// surrogates are the runes that a string cannot hold.
const firstSurrogate, surrogates = 0xd800, 0x800

func (a *alphabet) runes(text string) []rune {
	if a.known == nil {
		a.known = map[string]rune{}
	}
	var out []rune
	for _, word := range pieces(text) {
		r, ok := a.known[word]
		if !ok {
			r = rune(len(a.words))
			if r >= firstSurrogate {
				r += surrogates
			}
			a.known[word] = r
			a.words = append(a.words, word)
		}
		out = append(out, r)
	}
	return out
}

func (a *alphabet) text(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		if r >= firstSurrogate {
			r -= surrogates
		}
		b.WriteString(a.words[r])
	}
	return b.String()
}

// pieces cuts a text before every word, space and mark, so that joined they are the text.
func pieces(text string) []string {
	var out []string
	start := 0
	kind := func(r rune) int {
		switch {
		case unicode.IsSpace(r):
			return 1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return 2
		}
		return 3
	}
	last := 0
	for n, r := range text {
		k := kind(r)
		if n > 0 && (k != last || k == 3) {
			out = append(out, text[start:n])
			start = n
		}
		last = k
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}
