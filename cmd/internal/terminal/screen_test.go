package terminal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"pgregory.net/rapid"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name     string
		width    int
		in, want string
	}{
		{"no terminal", 0, "one two three four\n\nfive", "    one two three four\n\n    five"},
		{"between words", 16, "one two three four", "    one two\n    three four"},
		{"a long word stays whole", 16, "see https://status.example/incidents/1 there",
			"    see\n    https://status.example/incidents/1\n    there"},
		{"a list", 20, "  - one two three four", "      - one two\n      three four"},
		{"lines that are empty", 20, "one\n\n\ntwo", "    one\n\n\n    two"},
		{"a wide screen", 300, strings.Repeat("word ", 30) + "end",
			"    " + strings.TrimSpace(strings.Repeat("word ", 19)) + "\n    " +
				strings.TrimSpace(strings.Repeat("word ", 11)) + " end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (Screen{width: c.width}).Wrap(c.in, 4); got != c.want {
				t.Errorf("got\n%q\nwant\n%q", got, c.want)
			}
		})
	}
}

// Wrapping loses no word, and no line with two words is wider than the screen.
func TestWrapKeepsEveryWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`([a-zé表]{1,12}[ \n]){0,30}`).Draw(t, "body")
		width := rapid.IntRange(10, 120).Draw(t, "width")
		out := Screen{width: width}.Wrap(body, 2)
		if got, want := strings.Fields(out), strings.Fields(body); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("%q became %q", body, out)
		}
		for _, line := range strings.Split(out, "\n") {
			if text.StringWidth(line) > width && len(strings.Fields(line)) > 1 {
				t.Fatalf("a line of %d columns on %d: %q", text.StringWidth(line), width, line)
			}
		}
	})
}

func TestColors(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"critical", "\x1b[31;1m"}, {"major", "\x1b[31m"}, {"minor", "\x1b[33m"}, {"none", ""},
		{"operational", "\x1b[32m"}, {"major_outage", "\x1b[31;1m"}, {"major outage: Checkout", "\x1b[31;1m"},
		{"minor incident", "\x1b[33m"}, {"unreadable, minor trouble when last read", "\x1b[31m"},
		{"no open incident", ""}, {"something of tomorrow", ""}, {"resolved", "\x1b[2m"},
	} {
		want := c.word
		if c.want != "" {
			want = c.want + c.word + "\x1b[0m"
		}
		if got := (Screen{color: true}).paint(c.word, colorsOf(c.word)); got != want {
			t.Errorf("%q is shown as %q, want %q", c.word, got, want)
		}
		if got := (Screen{}).paint(c.word, colorsOf(c.word)); got != c.word {
			t.Errorf("without colours %q is shown as %q", c.word, got)
		}
	}
}

// A file, a pipe and a buffer are no terminals: plain and as wide as they need to be, unless colours are asked for.
func TestNewScreen(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for mode, color := range map[string]bool{ColorAuto: false, ColorNever: false, ColorAlways: true} {
		if s := NewScreen(file, mode); s.color != color || s.width != 0 {
			t.Errorf("a file, --color %s: %+v", mode, s)
		}
		if s := NewScreen(&bytes.Buffer{}, mode); s.color != color || s.width != 0 {
			t.Errorf("a buffer, --color %s: %+v", mode, s)
		}
	}
	if CheckColor("green") == nil || CheckColor(ColorAuto) != nil {
		t.Error("--color takes the wrong words")
	}
}
