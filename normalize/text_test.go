package normalize

import (
	"testing"

	"vendorwatch/normalize/markdown"
)

func TestSameTextIsBlindToFormOnly(t *testing.T) {
	same := [][2]string{
		{"One.  Two", "One. Two"}, {"a &amp; b", "a & b"}, {"**bold** word", "bold word"},
		{"[x](https://y.example)", "x"}, {"it’s", "it's"},
	}
	for _, p := range same {
		if !sameText(p[0], p[1]) {
			t.Errorf("%q and %q say the same", p[0], p[1])
		}
	}
	for _, p := range [][2]string{{"12:08", "12:09"}, {"affected", "unaffected"}, {"Fixed", "Fixed?"}} {
		if sameText(p[0], p[1]) {
			t.Errorf("%q and %q do not say the same", p[0], p[1])
		}
	}
}

func TestATextThatIsCut(t *testing.T) {
	for _, c := range []struct {
		short, long string
		known, want bool
	}{
		{"We look…", "We look into it.", false, true},
		{"We look...", "We **look** into it.", false, true},
		{"We look", "We look into it.", false, false},
		{"We look", "We look into it.", true, true},
		{"We see…", "We look into it.", false, false},
		{"We look into it.…", "We look into it.", false, false},
		{"…", "We look into it.", false, false},
		{"", "We look into it.", true, false},
	} {
		if got := cutOf(c.short, c.long, c.known); got != c.want {
			t.Errorf("cutOf(%q, %q, %v) = %v", c.short, c.long, c.known, got)
		}
	}
}

func TestSameWordsSeesASpace(t *testing.T) {
	for _, p := range [][2]string{{"a  b", "a b"}, {"a\nb", "a b"}, {"it’s", "it's"}, {"**a** b", "a b"}} {
		if !sameWords(p[0], p[1]) {
			t.Errorf("%q and %q have the same words", p[0], p[1])
		}
	}
	for _, p := range [][2]string{{"in to", "into"}, {"a b", "a c"}, {"A", "a"}} {
		if sameWords(p[0], p[1]) {
			t.Errorf("%q and %q have other words", p[0], p[1])
		}
	}
	if markdown.Fold("**It’s** GONE") != "it's gone" {
		t.Errorf("got %q", markdown.Fold("**It’s** GONE"))
	}
}
