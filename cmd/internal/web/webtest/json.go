package webtest

import (
	"encoding/json"
	"fmt"
	"testing"
)

// Decoded is a JSON document.
func Decoded(t *testing.T, a Answer) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(a.Text), &doc); err != nil || a.Status != 200 {
		t.Fatalf("status %d, %v\n%s", a.Status, err, a.Text)
	}
	return doc
}

// Names lists a field of each object of a list.
func Names(doc map[string]any, list, field string) []string {
	out := []string{}
	for _, each := range doc[list].([]any) {
		out = append(out, fmt.Sprint(each.(map[string]any)[field]))
	}
	return out
}

// KeysOf collects the keys of a document, down to those of incidents, posts and components.
func KeysOf(value any, at string, into map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, each := range v {
			into[at+"."+name] = true
			KeysOf(each, at+"."+name, into)
		}
	case []any:
		for _, each := range v {
			KeysOf(each, at+"[]", into)
		}
	}
}
