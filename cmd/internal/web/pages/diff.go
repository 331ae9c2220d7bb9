package pages

import (
	"strings"
	"unicode"
)

// diffPart is a stretch of two texts: in both, taken out, or put in.
type diffPart struct {
	Op   string // "same", "del" or "ins"
	Text string
}

// maxDiff bounds the work of comparing two texts, in pairs of words. Beyond it the one is shown as taken
// out and the other as put in.
const maxDiff = 4_000_000

// wordDiff tells what was taken out of old and put in to make new, word by word. The texts of the parts, without
// those put in, are old; without those taken out, they are new.
func wordDiff(old, new string) []diffPart {
	a, b := pieces(old), pieces(new)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var d differ
	for _, w := range a[:head] {
		d.add("same", w)
	}
	d.middle(a[head:len(a)-tail], b[head:len(b)-tail])
	for _, w := range a[len(a)-tail:] {
		d.add("same", w)
	}
	return d.parts
}

// pieces cuts a text before every word and every space, so that joined they are the text.
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

type differ struct{ parts []diffPart }

func (d *differ) add(op, text string) {
	if text == "" {
		return
	}
	if n := len(d.parts); n > 0 && d.parts[n-1].Op == op {
		d.parts[n-1].Text += text
		return
	}
	d.parts = append(d.parts, diffPart{op, text})
}

// middle compares by the longest common subsequence.
func (d *differ) middle(a, b []string) {
	if len(a) == 0 || len(b) == 0 || len(a)*len(b) > maxDiff {
		d.add("del", strings.Join(a, ""))
		d.add("ins", strings.Join(b, ""))
		return
	}
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width) // of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	// What is taken out and put in between two common words is gathered, so that a rewritten phrase reads as
	// one and not word by word.
	var gone, come strings.Builder
	flush := func() {
		d.add("del", gone.String())
		d.add("ins", come.String())
		gone.Reset()
		come.Reset()
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			space := strings.TrimSpace(a[i]) == ""
			next := i+1 < len(a) && j+1 < len(b) && a[i+1] == b[j+1]
			if space && !next && gone.Len() > 0 && come.Len() > 0 {
				gone.WriteString(a[i])
				come.WriteString(b[j])
			} else {
				flush()
				d.add("same", a[i])
			}
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[(i+1)*width+j] >= common[i*width+j+1]:
			gone.WriteString(a[i])
			i++
		default:
			come.WriteString(b[j])
			j++
		}
	}
	flush()
}
