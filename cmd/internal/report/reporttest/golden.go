package reporttest

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"vendorwatch/normalize/goldentest"
)

func Indented(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	goldentest.Held(t, filepath.Join("testdata", name), got)
}
