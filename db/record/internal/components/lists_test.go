package components

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"vendorwatch/db/internal/packed"
	"vendorwatch/normalize"
)

// A list that is told by another one reads as what it was, whatever the other one is.
func TestListToldByAnother(t *testing.T) {
	component := rapid.Custom(func(t *rapid.T) normalize.RawComponent {
		return normalize.RawComponent{ID: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "id"),
			Name:   rapid.SampledFrom([]string{"API", "Web"}).Draw(t, "name"),
			Status: rapid.SampledFrom([]string{"operational", "major_outage"}).Draw(t, "status")}
	})
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.SliceOfN(component, 0, 12).Draw(t, "base")
		list := rapid.SliceOfN(component, 1, 12).Draw(t, "list")
		pieces, own := piecesOf(list, base)
		words, err := packed.Pack(pieces)
		if err != nil {
			t.Fatal(err)
		}
		of, err := packed.Pack(base)
		if err != nil {
			t.Fatal(err)
		}
		got, err := new(Reader).read(words, of)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(list, got); diff != "" {
			t.Error(diff)
		}
		known := 0
		for _, c := range list {
			if slices.Contains(base, c) {
				known++
			}
		}
		if own != len(list)-known {
			t.Errorf("%d of %d components are its own; the other list has %d of them", own, len(list), known)
		}
	})
}

// What is the same in both lists takes no room, wherever it stands.
func TestListToldInFewPieces(t *testing.T) {
	var base []normalize.RawComponent
	for n := range 200 {
		base = append(base, normalize.RawComponent{ID: fmt.Sprint(n), Name: fmt.Sprint("Region ", n),
			Status: "operational"})
	}
	list := append([]normalize.RawComponent{{ID: "new", Name: "New"}}, base[:50]...)
	list = append(list, base[60:]...)
	list[100].Status = "major_outage"
	pieces, own := piecesOf(list, base)
	text, err := json.Marshal(pieces)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"id":"new","name":"New"},[0,50],[60,49],{"id":"109","name":"Region 109","status":"major_outage"},` +
		`[110,90]]`
	if string(text) != want || own != 2 {
		t.Errorf("%s, %d own; want %s", text, own, want)
	}
}

func TestListRefusesPiecesThatTheOtherLacks(t *testing.T) {
	base, err := packed.Pack([]normalize.RawComponent{{Name: "API"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, pieces := range []string{`[[0,2]]`, `[[1,1]]`, `[[-1,1]]`, `[[0,0]]`} {
		words, err := packed.Pack(json.RawMessage(pieces))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := new(Reader).read(words, base); err == nil || !strings.Contains(err.Error(), "of a list of 1") {
			t.Errorf("%s: %v", pieces, err)
		}
	}
}
