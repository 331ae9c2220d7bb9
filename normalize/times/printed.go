// Package times reads times and periods as people and machines print them: with or without a year, a day or a zone, in
// the common languages.
package times

import "time"

// Printed is a time as printed, with what the page says around it: Near is a date or time
// ("2026-11-23", "November 2025", an RFC 3339 time) on or close to which Text lies. It supplies the
// year, or the day, where Text has none. Layout is the form of Text as package time writes it, where that is
// known beforehand: "03/04/2026" alone does not tell which is the month. Language is the tag of the language, such as
// "de", in which a text with a layout names months and weekdays; CheckLanguage knows which there are.
type Printed struct {
	Text     string `json:"text,omitempty"`
	Near     string `json:"near,omitempty"`
	Layout   string `json:"layout,omitempty"`
	Language string `json:"language,omitempty"`
}

// IsZero reports whether nothing was printed.
func (t Printed) IsZero() bool { return t.Text == "" }

// Layout is how every time is stored and printed for machines: UTC, milliseconds, fixed width.
const Layout = "2006-01-02T15:04:05.000Z"

// Format writes t in Layout; a zero time gives the empty string.
func Format(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(Layout)
}
