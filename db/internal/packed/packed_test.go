package packed

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Files hold what was packed with the dictionary of form 1.
func TestDictionaryStays(t *testing.T) {
	sum := sha256.Sum256(dictionary1)
	if got := hex.EncodeToString(sum[:8]); got != "2def31478a8310da" {
		t.Errorf("the dictionary is another one (%s): what older files hold cannot be read; add a form instead", got)
	}
	if !json.Valid(dictionary1) {
		t.Error("the dictionary is no JSON")
	}
}

func TestPacksAndUnpacks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"We are investigating.", strings.Repeat("The same again. ", 5000)}))).Draw(t, "words")
		b, err := Pack(words)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		if err := Unpack(b, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(words, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRefusesWhatItDidNotPack(t *testing.T) {
	good, err := Pack(map[string]string{"title": "Elevated errors"})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"nothing": nil, "another form": {2, 3}, "cut": good[:len(good)-3],
		"plain JSON": []byte(`{"title": "Elevated errors"}`)} {
		var into map[string]string
		if err := Unpack(b, &into); err == nil || !strings.Contains(err.Error(), "packed words") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
