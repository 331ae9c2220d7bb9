package readings

import "vendorwatch/normalize"

// Index is the column raw_index: which words of each kind of document are stored, and when they were read.
type Index map[string]Ref

// Ref is an entry of an Index.
type Ref struct {
	Hash string `json:"hash"`
	At   string `json:"at"`
	Held bool   `json:"held,omitempty"` // it may be a stale copy, and waits for the next reading
	// number of the wording in reading_words
	Number int `json:"words_number"`
}

// Newest returns when the newest of the stored words were read.
func (x Index) Newest() string {
	var at string
	for _, ref := range x {
		at = max(at, ref.At)
	}
	return at
}

// Holds reports whether what was read is what was read last, so that there is nothing to do. at is when.
func (x Index) Holds(raws []normalize.Raw, at string) (bool, error) {
	for _, group := range byDocument(raws) {
		hash, err := wordsHash(group)
		ref := x[group[0].Document]
		if err != nil || ref.Hash != hash || ref.Held || at < ref.At {
			return false, err
		}
	}
	return len(raws) > 0, nil
}
