// Package wording is the form in which the column words of reading_words holds what documents said of an incident: each
// wording of a kind of document once, and each post once.
package wording

import (
	"encoding/json"
	"fmt"

	"vendorwatch/db/internal/packed"
	"vendorwatch/normalize"
)

// List is all wordings of one incident. The number of a wording is its position, from 1.
type List struct {
	Posts []normalize.RawUpdate `json:"posts,omitempty"`
	Words []Words               `json:"words"`
}

// Words is what a kind of document said, once.
type Words struct {
	// kind of document; platform/document for those from before a move to another platform
	Document string          `json:"document"`
	Hash     string          `json:"hash"`  // equal for two wordings that say the same
	Raws     []normalize.Raw `json:"raws"`  // without kind of document and posts
	Posts    [][]int         `json:"posts"` // for each of them the positions of its posts in List.Posts, from 0
}

// Shown is an entry of the column raw: a wording that the record shows as its vendor's words.
type Shown struct {
	Document string `json:"document"`
	Number   int    `json:"words_number"`
}

// Pack writes the list as stored.
func (l *List) Pack() ([]byte, error) { return packed.Pack(l) }

// Read reads a stored list.
func Read(words []byte) (*List, error) {
	l := &List{}
	return l, packed.Unpack(words, l)
}

// Raws returns the wording of a number, with its posts.
func (l *List) Raws(number int) ([]normalize.Raw, error) {
	if number < 1 || number > len(l.Words) {
		return nil, fmt.Errorf("words %d are not among the %d that are stored", number, len(l.Words))
	}
	w := &l.Words[number-1]
	out := make([]normalize.Raw, len(w.Raws))
	for n, raw := range w.Raws {
		raw.Document = w.Document
		if n < len(w.Posts) {
			for _, at := range w.Posts[n] {
				if at < 0 || at >= len(l.Posts) {
					return nil, fmt.Errorf("words %d: post %d is not among the %d that are stored", number, at,
						len(l.Posts))
				}
				raw.Updates = append(raw.Updates, l.Posts[at])
			}
		}
		out[n] = raw
	}
	return out, nil
}

// ShownIn returns the words that the column raw tells of. words is what is stored of the incident's wordings; empty if
// nothing is.
func ShownIn(raw string, words []byte) ([]normalize.Raw, error) {
	var shown []Shown
	if err := json.Unmarshal([]byte(raw), &shown); err != nil {
		return nil, err
	}
	out := []normalize.Raw{}
	if len(shown) == 0 {
		return out, nil
	}
	list, err := Read(words)
	if err != nil {
		return nil, err
	}
	for _, s := range shown {
		raws, err := list.Raws(s.Number)
		if err != nil {
			return nil, err
		}
		out = append(out, raws...)
	}
	return out, nil
}

// Add adds a wording and those of its posts that are new, and returns its number. posts has the positions of those that
// the list has; Add keeps it true.
func (l *List) Add(document, hash string, raws []normalize.Raw, posts map[normalize.RawUpdate]int) int {
	w := Words{Document: document, Hash: hash, Raws: make([]normalize.Raw, len(raws)), Posts: make([][]int, len(raws))}
	for n, raw := range raws {
		w.Posts[n] = []int{}
		for _, u := range raw.Updates {
			at, known := posts[u]
			if !known {
				at = len(l.Posts)
				l.Posts, posts[u] = append(l.Posts, u), at
			}
			w.Posts[n] = append(w.Posts[n], at)
		}
		raw.Updates, raw.Document = nil, ""
		w.Raws[n] = raw
	}
	l.Words = append(l.Words, w)
	return len(l.Words)
}
