package tomlcheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing that is wrong in a config file.
type Mistake struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`   // from 1; 0 where something is missing from the file as a whole
	Column  int    `json:"column,omitempty"` // from 1, of a syntax error; 0 otherwise
	Key     string `json:"key,omitempty"`    // where it is, in words: vendor "GitHub": schedule
	Problem string `json:"problem"`          // what is wrong
	Write   string `json:"write,omitempty"`  // what to write instead
	Text    string `json:"text,omitempty"`   // of a syntax error, the line itself
}

// Error returns the mistake on one line; a syntax error is followed by the line it is in.
func (m Mistake) Error() string {
	var b strings.Builder
	b.WriteString(m.File)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d", m.Line)
	}
	if m.Column > 0 {
		fmt.Fprintf(&b, ":%d", m.Column)
	}
	b.WriteString(": ")
	if m.Key != "" {
		b.WriteString(m.Key + ": ")
	}
	b.WriteString(m.Problem)
	if m.Write != "" {
		b.WriteString("; " + m.Write)
	}
	if m.Text != "" {
		b.WriteString("\n    " + m.Text)
	}
	return b.String()
}

// Mistakes is everything that is wrong in a config file, in the order of its lines.
type Mistakes []Mistake

// Error returns the mistakes, one a line.
func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.Error()
	}
	return strings.Join(lines, "\n")
}

func (ms Mistakes) sort() {
	slices.SortStableFunc(ms, func(a, b Mistake) int { return cmp.Compare(a.Line, b.Line) })
}
