package scraper

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// jsonText is a JSON string, or a number or boolean as it is written: many APIs write one field now as
// the one, now as the other. null is the empty string.
type jsonText string

// UnmarshalJSON implements json.Unmarshaler. It refuses lists and objects.
func (t *jsonText) UnmarshalJSON(b []byte) error {
	switch {
	case bytes.Equal(b, []byte("null")):
		*t = ""
	case b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	case b[0] == '[' || b[0] == '{':
		return fmt.Errorf("a word or number is expected, not %s", clip(string(b), 40))
	default:
		*t = jsonText(b)
	}
	return nil
}

// readJSON reads a page's JSON into v. The error wraps ErrShape and says what is there in place of want.
func readJSON(p Page, v any, want string) error {
	body := feedBody(p)
	if len(body) == 0 || json.Unmarshal(body, v) != nil {
		return notWanted(p, want)
	}
	return nil
}

// notWanted is the error for a page that is another than the one wanted. What the page is instead is found out when the
// error is printed, since that costs more than to see that it is not wanted.
func notWanted(p Page, want string) error { return wrongPageError{p, want} }

type wrongPageError struct {
	page Page
	want string
}

// Error says what the page is, and what was expected.
func (e wrongPageError) Error() string {
	return fmt.Sprintf("%v: %s, where %s is expected", ErrShape, wrongPage(e.page), e.want)
}

// Unwrap returns ErrShape.
func (e wrongPageError) Unwrap() error { return ErrShape }
