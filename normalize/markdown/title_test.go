package markdown

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTitlesAndNamesAreOnOneLine(t *testing.T) {
	for _, c := range []struct{ text, title, name string }{
		{" Logins  fail ", "Logins  fail", "Logins fail"},
		{"Logins\r\n  fail", "Logins fail", "Logins fail"},
		{"A &amp; B", "A & B", "A & B"},
		{"A\u00a0&lt;b&gt;\u200b", "A <b>", "A <b>"},
		{"Störung\tim Netz", "Störung im Netz", "Störung im Netz"},
		{"**Title:**\nMail is late", "Mail is late", "**Title:** Mail is late"},
		{"**Title**: Mail is late", "Mail is late", "**Title**: Mail is late"},
		{"**Summary**: Mail *is* late", "Mail *is* late", "**Summary**: Mail *is* late"},
		{"### Mail is **very** late", "Mail is very late", "### Mail is **very** late"},
		{"[Mail](https://acme.example/m) is late", "Mail is late", "[Mail](https://acme.example/m) is late"},
		{"**Title:**", "Title:", "**Title:**"},
		{"2 ** 3 is wrong, #4 too, a**b", "2 ** 3 is wrong, #4 too, a**b", "2 ** 3 is wrong, #4 too, a**b"},
		{"Title: the book is late", "Title: the book is late", "Title: the book is late"},
		{"", "", ""},
	} {
		if got := Title(c.text); got != c.title {
			t.Errorf("title %q: %q", c.text, got)
		}
		if got := Line(c.text); got != c.name {
			t.Errorf("name %q: %q", c.text, got)
		}
	}
}

// Cleaning what is clean changes nothing, and the short way gives what the long one does.
func TestCleanTitlesAndNamesStayAsTheyAre(t *testing.T) {
	alphabet := rapid.SampledFrom([]rune("aB \t\n\u00a0\u200bé-.<>"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(alphabet).Draw(t, "text")
		if once := Title(text); Title(once) != once || strings.ContainsAny(once, "\n\t") {
			t.Fatalf("title %q: %q, then %q", text, once, Title(once))
		}
		once := Line(text)
		if Line(once) != once || strings.Join(strings.Fields(once), " ") != once {
			t.Fatalf("name %q: %q, then %q", text, once, Line(once))
		}
		if isOneLine(text) && strings.TrimSpace(text) != once {
			t.Fatalf("%q needs cleaning", text)
		}
	})
}
