package message

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// DigestText renders a digest as plain text, wrapped to width columns (0 means 100), without escape sequences.
func DigestText(d Digest, width int) string {
	if width <= 0 {
		width = 100
	}
	t := &textWriter{width: max(width, 40)}
	t.line(0, d.Headline)
	t.line(0, d.Span())
	t.line(0, d.ComparisonText())
	for _, g := range d.Groups() {
		t.title(g.Title, len(g.Lines))
		for _, l := range g.Lines {
			t.line(2, l.Text())
			if l.Words != "" {
				t.line(4, "“"+l.Words+"”")
			}
			t.raw(4, l.Link)
		}
	}
	t.b.WriteByte('\n')
	for _, line := range d.Footer() {
		t.line(0, line)
	}
	t.raw(0, d.WindowURL())
	return t.b.String()
}

type textWriter struct {
	b     strings.Builder
	width int
}

func (t *textWriter) title(words string, n int) {
	t.b.WriteByte('\n')
	t.line(0, strings.ToUpper(words)+" ("+strconv.Itoa(n)+")")
}

// raw writes text that must not be wrapped, such as a link.
func (t *textWriter) raw(indent int, text string) {
	if text != "" {
		t.b.WriteString(strings.Repeat(" ", indent) + text + "\n")
	}
}

// line writes text wrapped at spaces. Continuation lines are indented by two more columns.
func (t *textWriter) line(indent int, text string) {
	if text == "" {
		return
	}
	room := t.width - indent
	var row strings.Builder
	length, wrapped := 0, false
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		if length > 0 && length+1+n > room {
			t.raw(indent, row.String())
			row.Reset()
			length = 0
			if !wrapped {
				wrapped = true
				indent += 2
				room -= 2
			}
		}
		if length > 0 {
			row.WriteByte(' ')
			length++
		}
		row.WriteString(word)
		length += n
	}
	t.raw(indent, row.String())
}
