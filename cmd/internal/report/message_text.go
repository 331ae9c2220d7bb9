package report

import "strings"

// MessageText renders a message for a terminal, a plain mail or a chat without a markup of its own, wrapped
// to width columns (0 means 100). It holds no escape sequences.
func MessageText(m Message, width int) string {
	if m.Digest != nil {
		return Text(*m.Digest, width)
	}
	if width <= 0 {
		width = 100
	}
	t := &textPage{width: max(width, 40)}
	n := m.notice()
	t.line(0, n.headline)
	for _, l := range n.lines {
		t.line(2, l.name+": "+l.text)
	}
	for _, s := range n.stories {
		if len(n.stories) > 1 {
			t.b.WriteByte('\n')
			t.line(0, s.headline())
		}
		t.line(2, strings.Join(s.facts, " · "))
		t.line(2, s.words)
		for _, l := range s.labels {
			if l.link == "" {
				t.line(2, l.name+": "+l.text)
			} else {
				t.raw(2, l.name+": "+l.link)
			}
		}
		t.raw(2, s.link)
	}
	return t.b.String()
}
