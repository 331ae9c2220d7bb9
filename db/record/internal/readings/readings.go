// Package readings keeps what documents said of incidents: each wording of a kind of document once, and when it was
// read. Most of what a page says it said before, so that this takes little room and is quickly loaded.
package readings

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// said is what a kind of document said, once.
type said struct {
	number   int // from 1, in the order in which they were added
	document string
	hash     string
	raws     []normalize.Raw
}

// sighting is one time at which a wording was read.
type sighting struct {
	*said
	seen, until string
	stored      bool
}

// History is all that was read of one incident. The zero value is that of an incident of which nothing was.
type History struct {
	wordings  []*said
	stored    int // how many of the wordings are
	sightings []*sighting
}

// byDocument divides the words of an incident by the kind of document that they were read in. One that a document
// shows twice, word for word, it shows once.
func byDocument(raws []normalize.Raw) [][]normalize.Raw {
	if len(raws) == 1 {
		return [][]normalize.Raw{raws}
	}
	var out [][]normalize.Raw
	for _, raw := range raws {
		n := slices.IndexFunc(out, func(g []normalize.Raw) bool { return g[0].Document == raw.Document })
		switch {
		case n < 0:
			out = append(out, []normalize.Raw{raw})
		case !slices.ContainsFunc(out[n], func(o normalize.Raw) bool {
			return normalize.SameReading([]normalize.Raw{o}, []normalize.Raw{raw})
		}):
			out[n] = append(out[n], raw)
		}
	}
	return out
}

// wordsHash is equal for two readings that normalize.SameReading calls the same. What was near a time is left
// out: a page printed tomorrow says the same of yesterday's incident.
func wordsHash(raws []normalize.Raw) (string, error) {
	plain := make([]normalize.Raw, len(raws))
	for n, raw := range raws {
		for _, t := range rawTimes(&raw) {
			t.Near = ""
		}
		raw.Updates = slices.Clone(raw.Updates)
		for m := range raw.Updates {
			raw.Updates[m].Posted.Near, raw.Updates[m].Created.Near = "", ""
		}
		plain[n] = raw
	}
	return db.Hash(plain)
}

func rawTimes(raw *normalize.Raw) []*normalize.RawTime {
	return []*normalize.RawTime{&raw.Started, &raw.Resolved, &raw.ScheduledStart, &raw.ScheduledEnd, &raw.Period,
		&raw.Created, &raw.Updated, &raw.Detected}
}

// sort puts sightings in the order of time; those of one moment in that of their words.
func (h *History) sort() {
	slices.SortStableFunc(h.sightings, func(a, b *sighting) int {
		return cmp.Or(strings.Compare(a.seen, b.seen), strings.Compare(a.hash, b.hash))
	})
}

// Add adds what was read of an incident at one time, and reports whether that is new. until is when the words
// before were last known to stand, where a page was read in between and said nothing new.
func (h *History) Add(raws []normalize.Raw, at, until string, archived bool) (bool, error) {
	added := false
	for _, group := range byDocument(raws) {
		hash, err := wordsHash(group)
		if err != nil {
			return added, err
		}
		document := group[0].Document
		var before, same *sighting
		for _, s := range h.sightings {
			if s.document != document || s.seen > at {
				continue
			}
			if s.seen == at && s.hash == hash {
				same = s
			}
			if before == nil || s.seen >= before.seen {
				before = s
			}
		}
		if same != nil {
			continue
		}
		if before != nil && before.hash == hash && !archived {
			if at > before.until {
				before.until, before.stored, added = at, false, true
			}
			continue
		}
		if before != nil && until > before.until && until < at {
			before.until, before.stored = until, false
		}
		h.sightings = append(h.sightings, &sighting{said: h.said(document, hash, group), seen: at, until: at})
		added = true
	}
	h.sort()
	return added, nil
}

func (h *History) said(document, hash string, raws []normalize.Raw) *said {
	for _, w := range h.wordings {
		if w.document == document && w.hash == hash {
			return w
		}
	}
	w := &said{number: len(h.wordings) + 1, document: document, hash: hash, raws: raws}
	h.wordings = append(h.wordings, w)
	return w
}

// Readings gives the history the form that normalize.Fold takes; words returns those of a platform that the page has
// left.
func (h *History) Readings(own normalize.Words, words func(platform string) normalize.Words) ([]normalize.Reading,
	error) {
	var out []normalize.Reading
	last := map[string]int{} // the newest of out, by document
	on := map[string]*said{}
	for _, s := range h.sightings {
		seen, err := db.ParseStamp(s.seen)
		if err != nil {
			return nil, err
		}
		until, err := db.ParseStamp(s.until)
		if err != nil {
			return nil, err
		}
		if on[s.document] == s.said {
			if r := &out[last[s.document]]; until.After(r.Until) {
				r.Until = until
			}
			continue
		}
		r := normalize.Reading{Raws: s.raws, Seen: seen, Until: until, Words: own}
		if platform, _, former := strings.Cut(s.document, "/"); former {
			r.Former, r.Words = true, words(platform)
		}
		on[s.document], last[s.document] = s.said, len(out)
		out = append(out, r)
	}
	return out, nil
}

// Index returns which words of each kind of document were read last, and since when.
func (h *History) Index(held []string) Index {
	index := Index{}
	for _, s := range h.sightings {
		ref, known := index[s.document]
		if known && ref.Hash == s.hash {
			continue
		}
		index[s.document] = Ref{Hash: s.hash, At: s.seen, Held: slices.Contains(held, s.document), Number: s.number}
	}
	return index
}

// Confirm notes that the newest words of each kind of document were read again.
func (h *History) Confirm(at string) {
	last := map[string]*sighting{}
	for _, s := range h.sightings {
		last[s.document] = s
	}
	for _, s := range last {
		if at > s.until {
			s.until, s.stored = at, false
		}
	}
}

// Empty reports whether nothing was read of the incident.
func (h *History) Empty() bool { return len(h.sightings) == 0 }

// Former returns the names of the platforms before the present one that served what was read.
func (h *History) Former() []string {
	var names []string
	for _, s := range h.sightings {
		if platform, _, former := strings.Cut(s.document, "/"); former && !slices.Contains(names, platform) {
			names = append(names, platform)
		}
	}
	return names
}

// Holds reports whether readings hold a finding's value, or the value is a time that was made of them.
func (h *History) Holds(value string) (bool, error) {
	if _, err := db.ParseStamp(value); err == nil {
		return true, nil
	}
	printed, err := json.Marshal(strings.TrimSuffix(value, "…"))
	if err != nil {
		return false, err
	}
	for _, w := range h.wordings {
		text, err := json.Marshal(w.raws)
		if err != nil {
			return false, err
		}
		if bytes.Contains(text, bytes.Trim(printed, `"`)) {
			return true, nil
		}
	}
	return false, nil
}
