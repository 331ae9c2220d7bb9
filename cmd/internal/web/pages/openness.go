package pages

import (
	"context"
	"strconv"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
)

// countRow is how often a vendor did something, in each of the spans of its figures.
type countRow struct {
	Name   string
	Counts []countOf
}

// countOf is a number of cases with the sample that it is of. Of an empty sample nothing is known.
type countOf struct{ Cases, Of int }

func (c countOf) String() string {
	if c.Of == 0 {
		return "–"
	}
	return strconv.Itoa(c.Cases)
}

// silencesAndEdits are the measures of v_honesty that are counted by span, under what they are called there.
var silencesAndEdits = []struct{ about, measure string }{
	{"Silences", "never_posted"}, {"Silences", "promise_broken"},
	{"Edits", "post_removed"}, {"Edits", "severity_lowered"}, {"Edits", "shortened"},
}

// openness counts silences, edits and postmortems since each of these moments.
func (p *Pages) openness(ctx context.Context, vendorID int64, spans []time.Time) ([]countRow, error) {
	var rows []countRow
	for _, m := range silencesAndEdits {
		rows = append(rows, countRow{Name: m.about + ": " + words.Measure(m.measure)})
	}
	written := countRow{Name: "Postmortems written"}
	missing := countRow{Name: "Postmortems missing (major incidents)"}
	all, err := p.Board.Honesty(ctx, vendorID, spans)
	if err != nil {
		return nil, err
	}
	for span, since := range spans {
		for n, m := range silencesAndEdits {
			rows[n].Counts = append(rows[n].Counts, countOf(all[span][m.measure]))
		}
		missing.Counts = append(missing.Counts, countOf(all[span]["postmortem_missing"]))
		with, sample, err := p.DB.PostmortemShare(ctx, vendorID, db.Stamp(since))
		if err != nil {
			return nil, err
		}
		written.Counts = append(written.Counts, countOf{with, sample})
	}
	return append(rows, written, missing), nil
}
