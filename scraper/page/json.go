package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"vendorwatch/normalize/lazyregexp"
)

// Scalar is a JSON string, or a number or boolean as it is written. Many APIs write one field as a string today and
// as a number tomorrow. null is the empty string.
type Scalar string

// UnmarshalJSON implements json.Unmarshaler. It refuses lists and objects.
func (t *Scalar) UnmarshalJSON(b []byte) error {
	switch {
	case bytes.Equal(b, []byte("null")):
		*t = ""
	case b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	case b[0] == '[' || b[0] == '{':
		return fmt.Errorf("a word or number is expected, not %s", Clip(string(b), 40))
	default:
		*t = Scalar(b)
	}
	return nil
}

// DecodeJSON decodes a page's JSON into v, which is a pointer. It returns Unexpected's error if the page is not such
// JSON.
func DecodeJSON(p Page, v any, want string) error {
	body := Body(p)
	if len(body) == 0 || json.Unmarshal(body, v) != nil {
		return Unexpected(p, want)
	}
	return nil
}

// BrokenJSON says where JSON breaks off or is invalid; err is the error of json.Unmarshal.
func BrokenJSON(body []byte, err error) string {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return "JSON that cannot be read: " + err.Error()
	}
	if syntax.Offset >= int64(len(body)) {
		return fmt.Sprintf("truncated JSON: it breaks off at byte %d", len(body))
	}
	return fmt.Sprintf("invalid JSON: %s at byte %d", syntax.Error(), syntax.Offset)
}

var jsonStart = lazyregexp.New(`^(?:\{\s*(?:["}]|$)|\[\s*(?:[\[{"\]]|$))`)

// IsJSON reports whether a body begins as a JSON object or list does. "[EU] Delays" does not: it is the title of an
// incident. A list may begin with an entry that is none, such as null, if the body is JSON to its end.
func IsJSON(body []byte) bool {
	return jsonStart.Match(body) || len(body) > 0 && body[0] == '[' && json.Valid(body)
}
