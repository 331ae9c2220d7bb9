package message

import "strings"

// Text renders a message as plain text, wrapped to width columns (0 means 100), without escape sequences.
func Text(m Message, width int) string {
	if m.Digest != nil {
		return DigestText(*m.Digest, width)
	}
	if width <= 0 {
		width = 100
	}
	t := &textWriter{width: max(width, 40)}
	n := m.Notice()
	t.line(0, n.Headline)
	for _, l := range n.Lines {
		t.line(2, l.Name+": "+l.Text)
	}
	for _, s := range n.Incidents {
		if len(n.Incidents) > 1 {
			t.b.WriteByte('\n')
			t.line(0, s.headline())
		}
		t.line(2, strings.Join(s.Facts, " · "))
		t.line(2, s.Latest)
		for _, l := range s.Labels {
			if l.Link == "" {
				t.line(2, l.Name+": "+l.Text)
			} else {
				t.raw(2, l.Name+": "+l.Link)
			}
		}
		t.raw(2, s.Link)
	}
	return t.b.String()
}
