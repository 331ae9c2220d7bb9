package record

import (
	"time"

	"vendorwatch/db/record/internal/components"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
)

// pass is what the functions of one save are given: what was read, and what the file held of its source before. None
// of them changes it; what a function changes in the file, it returns as a change.
type pass struct {
	Scrape
	at        string // Scrape.At as stored
	lateAfter time.Duration
	source    sourceRow
	parts     *components.Known // of the source

	baseline bool // this is the first good scrape
	past     bool // saved pages that are older than the newest reading of this source
	pastOpen bool // … than its newest list of what is open
	pastList bool // … than its newest list of components
	moving   bool // the first reading under another platform
}

func passOf(s Scrape, source sourceRow, lateAfter time.Duration) pass {
	p := pass{Scrape: s, at: normalize.FormatTime(s.At), lateAfter: lateAfter, source: source,
		parts: components.Of(s.SourceID)}
	p.baseline = source.BaselineAt == "" && !s.Backfill && !s.Unchanged
	if s.Archived {
		live := p.at < source.LastSuccess
		p.past = p.at < source.LatestAt
		p.pastOpen, p.pastList = live || p.at < source.OpenListAt, live || p.at < source.PartsAt
	}
	return p
}

// onlySaved reports whether a source is known from saved pages only. Those may come in any order.
func (p pass) onlySaved() bool { return p.Archived && p.source.LastSuccess == "" }

// wordsOf returns the words of a platform that the page has left.
func (p pass) wordsOf(platform string) normalize.Words {
	if p.WordsOf != nil {
		if w, ok := p.WordsOf(platform); ok {
			return w
		}
	}
	return p.Words
}

// change is what a function changed in the file. Rows is true if rows other than those of health are new or different.
type change struct {
	incidents.Change
	findings int     // that are new
	events   []int64 // written, in their order
}

// changedRows says whether rows are new or different.
func changedRows(yes bool) change { return change{Change: incidents.Change{Rows: yes}} }

// add adds what another function changed, unless that failed.
func (c *change) add(other change, err error) error {
	if err != nil {
		return err
	}
	c.Add(other.Change)
	c.findings += other.findings
	c.events = append(c.events, other.events...)
	return nil
}
