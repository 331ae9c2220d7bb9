package words

import (
	"encoding/json"
	"strings"
	"testing"
)

// Characters that a terminal obeys are written out, and those of every script stay.
func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		"naïve – 日本 👩‍👩‍👧 שלום\n\tindented": "naïve – 日本 👩‍👩‍👧 שלום\n\tindented",
		"\x1b[31mred\x1b[0m":            `\u001b[31mred\u001b[0m`,
		"\x1b]0;title\x07":              `\u001b]0;title\u0007`,
		"\u009b2J\u0085\u007f":          `\u009b2J\u0085\u007f`,
		"one\rtwo\x00\x08\v\f":          `one\u000dtwo\u0000\u0008\u000b\u000c`,
		"\x9b2J":                        "\ufffd2J",
		"\u202egnp\u202c \u2066x\u2069": `\u202egnp\u202c \u2066x\u2069`,
	} {
		if got := Visible(text); got != want {
			t.Errorf("Visible(%q) = %q, want %q", text, got, want)
		}
		var out strings.Builder
		w := VisibleWriter{W: &out}
		for n := range len(text) { // each byte by itself
			if done, err := w.Write([]byte{text[n]}); done != 1 || err != nil {
				t.Fatal(done, err)
			}
		}
		if got := out.String(); got != want {
			t.Errorf("%q, written byte by byte, is %q, want %q", text, got, want)
		}
	}
}

// In JSON, what is written out stands for the same text.
func TestVisibleKeepsTheMeaningOfJSON(t *testing.T) {
	var every strings.Builder
	for r := range rune(0x3000) {
		every.WriteRune(r)
	}
	document, err := json.Marshal(every.String())
	if err != nil {
		t.Fatal(err)
	}
	var back string
	if err := json.Unmarshal([]byte(Visible(string(document))), &back); err != nil || back != every.String() {
		t.Errorf("read back (%v): %q", err, back)
	}
}
