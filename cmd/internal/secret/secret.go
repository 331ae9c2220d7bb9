// Package secret keeps tokens, passwords and webhook addresses out of logs, errors, pages and files: a type that
// prints as *** in every way of printing, and functions that take secrets out of texts written by others.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// Hidden stands wherever a secret would.
const Hidden = "***"

// Text is a secret. It prints as *** with every verb of fmt, and in JSON, TOML, XML and slog. The zero value is no
// secret at all. The text lies behind a pointer because fmt reads unexported fields of other structs without
// calling their methods, and a pointer is all that it finds there.
type Text struct{ text *string }

// New makes a secret of s.
func New(s string) Text { return Text{&s} }

// Reveal returns the text itself, for the one place that needs it.
func (s Text) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no text.
func (s Text) IsZero() bool { return s.Reveal() == "" }

// String returns ***.
func (s Text) String() string { return Hidden }

// GoString returns ***.
func (s Text) GoString() string { return Hidden }

// Format writes ***, whatever the verb.
func (s Text) Format(f fmt.State, verb rune) {
	// Format cannot return an error, and fmt reports those of the writer beneath f.
	_, _ = io.WriteString(f, Hidden)
}

// LogValue returns ***.
func (s Text) LogValue() slog.Value { return slog.StringValue(Hidden) }

// MarshalText returns ***; the encoders of JSON, TOML and XML call it.
func (s Text) MarshalText() ([]byte, error) { return []byte(Hidden), nil }

// UnmarshalText makes a secret of text.
func (s *Text) UnmarshalText(text []byte) error {
	*s = New(string(text))
	return nil
}
