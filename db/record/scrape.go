package record

import (
	"errors"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Scrape is what one pass over a source brought, to be saved by SaveScrape.
type Scrape struct {
	SourceID int64
	At       time.Time     // when the pass began; for a saved page, when it was saved
	Interval time.Duration // from this reading of the source to the next by its schedule; 0 if not known
	Due      time.Time     // when the reading after the last good one was due by the schedule; zero if not known
	Queued   bool          // the page was read by this process before, and has only waited for its turn
	// Queued, and its last reading in full told of all that happened for a time: what has not changed tells so still
	Told       bool
	Known      *Known        // what it knew of its source from memory; nil: it read the file
	Archive    string        // the file that saved pages were read from
	Took       time.Duration //
	HTTPStatus int           // of the first request; 0 if there was no answer
	Requests   int
	Bytes      int64
	Err        error // why nothing, or not all, could be read; nil if all was

	Unreadable bool // Err means that the page is not what it should be
	Unchanged  bool // nothing was parsed, because nothing had changed
	SomeSame   bool // a document was not parsed, because it had not changed
	Backfill   bool // history: stored, never announced
	Archived   bool // saved pages: At may be long past; the source's live health is left alone

	Incidents []normalize.Incident
	Words     normalize.Words // with which the incidents were read; those stored before are read with them too
	// WordsOf returns the words of a platform, false if there is none of that name: what was read before the page
	// moved is read with those of the platform that it has left. Nil: with Words.
	WordsOf func(platform string) (normalize.Words, bool)

	Components    []normalize.Component
	AllOpen       bool                // every incident open on the page is among Incidents
	AllComponents bool                // every component of the page is among Components
	CoverageStart time.Time           // every incident since then is among Incidents; zero if not known
	CoverageEnd   time.Time           // … that began before this; zero means At
	Findings      []normalize.Finding // one that says that an entry is lost keeps the page from counting as calm
	Documents     []query.Document    // saved only if Err is nil
	// the history page to go on with; 0 leaves it, -1 says that the first day was reached
	BackfillPage  int
	PageName      string // the vendor's name as its page gives it; used where the vendor has none
	Indicator     string // page-level state word
	IndicatorText string // the page's own sentence for it
	Moved         *Move  // where the page was found; nil if it is where it was
}

// Known is what a scrape that did not read the file knew of its source. SaveScrape returns ErrOutdated if the file says
// otherwise: another process has read the page or moved the source since, and "not modified" may be about other content
// than the record has.
type Known struct {
	PageURL       string
	Platform      string
	LastSuccessAt time.Time
}

// ErrOutdated says that a scrape was made by a state of its source that is not in the file any more. Nothing is saved.
var ErrOutdated = errors.New("the source was changed in the file since the scrape before")

// holds reports whether a source is as the scrape knew it.
func (k *Known) holds(pageURL, platform, lastSuccess string) bool {
	return k == nil || k.PageURL == pageURL && k.Platform == platform && db.Stamp(k.LastSuccessAt) == lastSuccess
}

// Saved is what SaveScrape changed in the file.
type Saved struct {
	Events    []query.Event
	Outcome   query.Outcome
	Incidents int // the vendor's incidents that are new to the file
	Updates   int // their updates that are
	Revisions int
	Findings  int // findings new to the file
}

// live reports whether the page was read as it is now, and not from saved pages or its history.
func (s Scrape) live() bool { return !s.Archived && !s.Backfill }

// Late reports whether a scrape was made so long after it was due that not all was seen. last is when the source was
// last read before it.
func (s Scrape) Late(last time.Time) bool {
	due := s.Due
	if due.IsZero() {
		due = last.Add(query.Tolerance(s.Interval) - query.Grace(s.Interval))
	}
	return s.At.After(due.Add(query.Grace(s.Interval)))
}

// seconds is the interval as stored.
func (s Scrape) seconds() int64 { return int64(max(0, s.Interval) / time.Second) }

// coveredUntil is up to when everything since s.CoverageStart was told.
func (s Scrape) coveredUntil() time.Time {
	if s.CoverageEnd.IsZero() {
		return s.At
	}
	return s.CoverageEnd
}
