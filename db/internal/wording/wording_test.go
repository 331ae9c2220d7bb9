package wording

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"vendorwatch/db/internal/packed"
	"vendorwatch/normalize"
)

// What is stored of an incident's wordings reads as what was added, and each post is stored once.
func TestListKeepsWordings(t *testing.T) {
	post := rapid.Custom(func(t *rapid.T) normalize.RawUpdate {
		return normalize.RawUpdate{ID: rapid.SampledFrom([]string{"", "u1", "u2"}).Draw(t, "id"),
			Posted: normalize.RawTime{Text: "10:00", Near: rapid.SampledFrom([]string{"", "2026"}).Draw(t, "near")},
			Body:   rapid.SampledFrom([]string{"Looking.", "Found."}).Draw(t, "body")}
	})
	raw := rapid.Custom(func(t *rapid.T) normalize.Raw {
		raw := normalize.Raw{Document: "summary", ID: "i", Title: rapid.String().Draw(t, "title")}
		for range rapid.IntRange(0, 3).Draw(t, "posts") {
			raw.Updates = append(raw.Updates, post.Draw(t, "post"))
		}
		return raw
	})
	rapid.Check(t, func(t *rapid.T) {
		wordings := rapid.SliceOfN(rapid.SliceOfN(raw, 1, 3), 1, 5).Draw(t, "wordings")
		list, posts := &List{}, map[normalize.RawUpdate]int{}
		for n, raws := range wordings {
			if number := list.Add("summary", "", raws, posts); number != n+1 {
				t.Fatalf("wording %d has the number %d", n+1, number)
			}
		}
		b, err := list.Pack()
		if err != nil {
			t.Fatal(err)
		}
		stored, err := Read(b)
		if err != nil {
			t.Fatal(err)
		}
		for n, raws := range wordings {
			got, err := stored.Raws(n + 1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(raws, got); diff != "" {
				t.Errorf("wording %d (-added +read)\n%s", n+1, diff)
			}
		}
		once := map[normalize.RawUpdate]bool{}
		for _, u := range stored.Posts {
			if once[u] {
				t.Errorf("%+v is stored twice", u)
			}
			once[u] = true
		}
	})
}

func TestShownInRefusesWhatIsNotThere(t *testing.T) {
	for words, want := range map[string]string{
		`{"words":[{"document":"summary","raws":[{"document":""}],"posts":[[0]]}]}`: "post 0 is not among the 0",
		`{"words":[]}`: "words 1 are not among the 0",
	} {
		b, err := packed.Pack(json.RawMessage(words))
		if err != nil {
			t.Fatal(err)
		}
		_, err = ShownIn(`[{"document":"summary","words_number":1}]`, b)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", words, err, want)
		}
	}
	if raws, err := ShownIn(`[]`, nil); err != nil || raws == nil || len(raws) != 0 {
		t.Errorf("an incident without words: %v, %v", raws, err)
	}
}
