package words

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"unicode/utf8"
)

// Visible writes out the characters of s that a terminal would obey instead of showing: control characters, those of
// C1 and DEL among them, and what turns the direction of a line. ESC becomes the six characters \u001b, which in JSON
// stands for the same character, so that a document stays as it is. Line ends and tabs stay. Bytes that are no UTF-8,
// which terminals of eight bits may obey, become the mark for that.
func Visible(s string) string {
	if !strings.ContainsFunc(s, obeyed) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for _, r := range s { // an invalid byte comes as utf8.RuneError
		if obeyed(r) && r != utf8.RuneError {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Harmless is a vendor's text in a cell of CSV: no spreadsheet takes it for a formula, and no terminal for orders.
func Harmless(text string) string {
	text = Visible(text)
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// obeyed reports whether a character has to be written out. utf8.RuneError is among them, since it may stand for a
// byte of any value.
func obeyed(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case r < ' ', r >= 0x7f && r <= 0x9f, r == utf8.RuneError:
		return true
	}
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// VisibleWriter writes what it is given to W as Visible has it. A character may be given in two parts. It is safe for
// concurrent use.
type VisibleWriter struct {
	W io.Writer

	mu   sync.Mutex
	part []byte // the beginning of a character, of which the rest is awaited
}

// Write implements io.Writer.
func (v *VisibleWriter) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	all := append(v.part, p...)
	whole := len(all) - unfinished(all)
	v.part = append([]byte(nil), all[whole:]...)
	if _, err := io.WriteString(v.W, Visible(string(all[:whole]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// unfinished is how many bytes at the end of p may be the beginning of a character.
func unfinished(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if last := p[len(p)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}

// VisibleAttr cleans a value of a line of the log: with colours on, its handler lets escape sequences pass.
func VisibleAttr(_ []string, attr slog.Attr) slog.Attr {
	switch v := attr.Value.Resolve(); {
	case v.Kind() == slog.KindString:
		attr.Value = slog.StringValue(Visible(v.String()))
	case v.Kind() == slog.KindAny && attr.Key != slog.LevelKey:
		attr.Value = slog.StringValue(Visible(fmt.Sprint(v.Any())))
	}
	return attr
}

// IsTerminal reports whether a person may be watching what is written.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
