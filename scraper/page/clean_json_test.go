package page

import (
	"encoding/json"
	"testing"
)

// Whatever is JSON needs no cleaning, and what has a control character where JSON allows none is cleaned: every list of
// up to six of the characters that matter.
func TestCleanJSON(t *testing.T) {
	var try func(body []byte)
	try = func(body []byte) {
		if json.Valid(body) && !isCleanJSON(body) {
			t.Fatalf("%q is JSON and is cleaned", body)
		}
		cleaned, _ := cleanCharacters(body, true)
		if isCleanJSON(body) != (string(cleaned) == string(body)) {
			t.Fatalf("%q cleaned is %q", body, cleaned)
		}
		if len(body) == 7 {
			return
		}
		for _, char := range "\"\\\n\x01[]a" {
			try(append(body, string(char)...))
		}
	}
	try([]byte("["))
	try([]byte(`["`))
}
