package normalize

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Reading is what one kind of document said of one incident at one time.
type Reading struct {
	// what the document showed of the incident: one entry, or one a post where a feed has an item for each
	Raws  []Raw
	Seen  time.Time // when the document was read; of a saved page, when it was saved
	Until time.Time // when it was last known to say the same; zero means Seen
	Words Words     // of the platform that served it
	// Former says that the page has left the platform that this was read from: its ids mean nothing now.
	Former bool
}

// Document is the kind of document that was read, empty if the reading holds nothing.
func (r Reading) Document() string {
	if len(r.Raws) == 0 {
		return ""
	}
	return r.Raws[0].Document
}

// SameReading reports whether two readings of one kind of document say the same, word for word. Where a time is
// printed without its year, the date that was near it does not count.
func SameReading(a, b []Raw) bool {
	return slices.EqualFunc(a, b, func(a, b Raw) bool {
		same := a.Document == b.Document && a.ID == b.ID && a.URL == b.URL && a.Kind == b.Kind && a.Title == b.Title &&
			a.State == b.State && a.Impact == b.Impact && a.Message == b.Message && a.Zone == b.Zone &&
			a.Duration == b.Duration && a.Excerpt == b.Excerpt && a.ReadBy == b.ReadBy
		times := sameRawTime(a.Started, b.Started) && sameRawTime(a.Resolved, b.Resolved) &&
			sameRawTime(a.ScheduledStart, b.ScheduledStart) && sameRawTime(a.ScheduledEnd, b.ScheduledEnd) &&
			sameRawTime(a.Period, b.Period) && sameRawTime(a.Created, b.Created) &&
			sameRawTime(a.Updated, b.Updated) && sameRawTime(a.Detected, b.Detected)
		return same && times && slices.EqualFunc(a.Components, b.Components, sameRawComponent) &&
			slices.EqualFunc(a.Updates, b.Updates, sameRawUpdate)
	})
}

func sameRawTime(a, b RawTime) bool {
	return a.Text == b.Text && a.Layout == b.Layout && a.Language == b.Language
}

func sameRawComponent(a, b RawComponent) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Group == b.Group && a.Status == b.Status &&
		sameRawTime(a.Started, b.Started) && sameRawTime(a.Resolved, b.Resolved)
}

func sameRawUpdate(a, b RawUpdate) bool {
	return a.ID == b.ID && a.State == b.State && a.Body == b.Body && a.Format == b.Format &&
		sameRawTime(a.Posted, b.Posted) && sameRawTime(a.Created, b.Created)
}

// view is one reading with its meaning.
type view struct {
	source   *source
	raws     []Raw
	i        Incident
	findings []Finding
	seen     time.Time
	until    time.Time
	kind     int // how sure the kind is: one of the constants below
	oneDate  bool
	startIs  Basis
	stated   time.Time // an end for which the document has a field
	toSecond [2]bool   // start and end are printed with their seconds, so that a full minute is meant as one
}

// How a document tells the kind of an incident, the surest last.
const (
	kindAssumed = iota // nothing says otherwise
	kindByWords        // by the words of planned work
	kindByList         // by the list in which the vendor put it
)

// source is one kind of document.
type source struct {
	document string
	rank     int     // 0 is the most exact
	views    []*view // in the order of time, without stale copies
	all      []*view // with them
	held     bool    // the newest is left out for now
	single   bool    // it shows the latest post only, which has no id
	age      age     // the newest that any of its readings was
	last     *view
}

// age is how new a reading is by the vendor's own stamps.
type age struct {
	touched time.Time // the entry's own stamp
	content time.Time // of its newest post, or its end
}

// compareAges returns 0 where the stamps do not tell which of two is newer.
func compareAges(a, b age) int {
	switch {
	case !a.touched.IsZero() && !b.touched.IsZero():
		return a.touched.Compare(b.touched)
	case a.content.IsZero() || b.content.IsZero() || a.content.Sub(b.content).Abs() <= time.Minute:
		return 0
	}
	return a.content.Compare(b.content)
}

func (a age) join(b age) age {
	return age{latest(a.touched, b.touched), latest(a.content, b.content)}
}

// age never lies after the time of the reading: a post that is dated into the future is no newer than others.
func (v *view) age() age {
	a := age{touched: v.i.UpdatedAt, content: v.stated}
	for _, u := range v.i.Updates {
		a.content = latest(a.content, latest(u.PostedAt, u.CreatedAt))
	}
	if a.content.After(v.seen) {
		a.content = v.seen
	}
	if a.touched.After(v.seen) {
		a.touched = v.seen
	}
	return a
}

// sourcesOf sorts readings by kind of document and time, gives each its meaning, and leaves out those that repeat
// the reading before them and those that are stale copies. The result does not depend on the order of readings.
func sourcesOf(readings []Reading) []*source {
	m := newMemo()
	byDocument := map[string]*source{}
	var sources []*source
	for _, r := range inOrder(readings) {
		document := r.Document()
		s := byDocument[document]
		if s == nil {
			s = &source{document: document}
			byDocument[document], sources = s, append(sources, s)
		}
		until := latest(r.Seen, r.Until)
		if n := len(s.views); n > 0 {
			last := s.views[n-1]
			if SameReading(last.raws, r.Raws) {
				last.until = latest(last.until, until)
				continue
			}
			if readBy(last.raws) != readBy(r.Raws) {
				// Other selectors make other words of the same bytes: what they say differently the vendor did not
				// change.
				s.views = s.views[:0]
			}
		}
		v := m.view(r)
		v.source, v.until = s, until
		s.views = append(s.views, v)
	}
	for _, s := range sources {
		s.single = !slices.ContainsFunc(s.views, func(v *view) bool {
			return len(v.i.Updates) > 1 || len(v.i.Updates) == 1 && !generatedKey(v.i.Updates[0].Key)
		})
		s.all = s.views
		s.views = withoutStale(s.all)
		s.held = s.views[len(s.views)-1] != s.all[len(s.all)-1]
	}
	slices.SortFunc(sources, func(a, b *source) int {
		return cmp.Or(cmp.Compare(a.exactness(), b.exactness()), strings.Compare(a.document, b.document))
	})
	for n, s := range sources {
		s.rank = n
	}
	return sources
}

func inOrder(readings []Reading) []Reading {
	sorted := make([]Reading, 0, len(readings))
	for _, r := range readings {
		if len(r.Raws) > 0 {
			sorted = append(sorted, r)
		}
	}
	// Nothing but their words orders two readings of one moment. They are written out once, and only if need be.
	written := map[*Raw]string{}
	words := func(r Reading) string {
		text, made := written[&r.Raws[0]]
		if !made {
			if b, err := json.Marshal(r.Raws); err == nil {
				text = string(b)
			}
			written[&r.Raws[0]] = text
		}
		return text
	}
	slices.SortStableFunc(sorted, func(a, b Reading) int {
		c := cmp.Or(a.Seen.Compare(b.Seen), strings.Compare(a.Document(), b.Document()))
		if c != 0 || &a.Raws[0] == &b.Raws[0] {
			return c
		}
		return strings.Compare(words(a), words(b))
	})
	return sorted
}

func readBy(raws []Raw) string { return raws[0].ReadBy }

// exactness orders kinds of documents: posts with ids, posts without, a part of the posts, none; and the documents
// of a platform that the page has left behind all others.
func (s *source) exactness() int {
	best := 4
	for _, v := range s.views {
		n := 3
		switch {
		case len(v.i.Updates) == 0:
		case v.i.Excerpt || s.single:
			n = 2
		case generatedKey(v.i.Updates[0].Key):
			n = 1
		default:
			n = 0
		}
		best = min(best, n)
	}
	if strings.Contains(s.document, "/") {
		best += 10
	}
	return best
}

// cacheLife is how long a copy in a vendor's cache is taken to outlive the page.
const cacheLife = 30 * time.Minute

// withoutStale leaves out stale copies: a vendor's cache hands out the page as it was a while ago, and then as it
// is again. A vendor who takes a post back makes the page look older, too. So a reading that looks back, because
// its stamps are older than those of the reading before and it shows no post that was not shown then, is
//
//   - a stale copy if the next reading that does not look back shows again what it lacked;
//   - the vendor's newest word if that one still lacks it;
//   - while nothing was read since: the newest word, unless the entry's own stamp went back, and it was seen once
//     only, within half an hour of what it contradicts. Then it is held back, and the next reading decides.
//
// A reading that says that all is over, after one that did not, and that no reading said before, is no copy.
func withoutStale(views []*view) []*view {
	var out []*view
	for n := 0; n < len(views); {
		if len(out) == 0 || !looksBack(views[n], out[len(out)-1], views[:n]) {
			out = append(out, views[n])
			n++
			continue
		}
		last := out[len(out)-1]
		end := n + 1
		for end < len(views) && looksBack(views[end], last, views[:end]) {
			end++
		}
		run := views[n:end]
		stale := false
		if end < len(views) {
			stale = showsAgain(views[end], last, run)
		} else {
			stamped := !run[0].i.UpdatedAt.IsZero() && !last.i.UpdatedAt.IsZero()
			stale = stamped && len(run) == 1 && !run[0].until.After(run[0].seen) &&
				run[0].seen.Sub(last.until) < cacheLife
		}
		if !stale {
			out = append(out, run...)
		}
		n = end
	}
	return out
}

// looksBack reports whether a reading may be a copy of what the page was before last.
func looksBack(v, last *view, before []*view) bool {
	if compareAges(v.age(), last.age()) >= 0 || lacking(last, v) {
		return false
	}
	if v.i.State.Over() && !last.i.State.Over() {
		return slices.ContainsFunc(before, func(b *view) bool { return SameReading(b.raws, v.raws) })
	}
	return true
}

// showsAgain reports whether a reading has all of last that the copies between them lack.
func showsAgain(v, last *view, copies []*view) bool {
	if compareAges(v.age(), last.age()) < 0 {
		return false
	}
	for n := range last.i.Updates {
		u := &last.i.Updates[n]
		if !shows(copies[len(copies)-1], u) && !shows(v, u) {
			return false
		}
	}
	return true
}

// lacking reports whether v lacks a post of w.
func lacking(v, w *view) bool {
	for n := range w.i.Updates {
		if !shows(v, &w.i.Updates[n]) {
			return true
		}
	}
	return false
}

func shows(v *view, u *Update) bool {
	return slices.ContainsFunc(v.i.Updates, func(o Update) bool {
		if o.Key == u.Key {
			return true
		}
		return generatedKey(o.Key) && o.PostedAt.Equal(u.PostedAt) && (o.State == u.State || o.Body == u.Body)
	})
}
