package db

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"vendorwatch/normalize"
)

// Stamp writes a time as stored. A year outside 1 to 9999 has no fixed-width form and is a misreading:
// the time is unknown then.
func Stamp(t time.Time) string {
	if !HasStamp(t) {
		return ""
	}
	return normalize.FormatTime(t)
}

func HasStamp(t time.Time) bool {
	y := t.UTC().Year()
	return !t.IsZero() && y >= 1 && y <= 9999
}

// ParseStamp reads a stored time; empty is the zero time.
func ParseStamp(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if len(s) == len(normalize.TimeLayout) && s[len(s)-1] == 'Z' && s[19] == '.' {
		return time.Parse(time.RFC3339Nano, s) // the same, several times as fast
	}
	return time.Parse(normalize.TimeLayout, s)
}

func ParseStamps(texts map[*time.Time]string) error {
	for t, text := range texts {
		var err error
		if *t, err = ParseStamp(text); err != nil {
			return err
		}
	}
	return nil
}

// Null turns an unknown text or time into NULL.
func Null(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func NullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func Bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// JSON writes JSON that people can read in a shell: <, > and & stay as they are.
func JSON(value any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// Hash returns a short text that stands for a value's JSON.
func Hash(value any) (string, error) {
	b, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12]), nil
}
