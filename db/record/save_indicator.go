package record

import (
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// saveIndicator keeps the page's own word for its state. While that says that something is wrong and no open
// incident or running maintenance of the record says what, it is news of its own: some vendors change their
// components and write nothing. It runs after the incidents were saved.
//
// A live page that says so is believed, also one that need not list all that is open: that the record cannot say
// why is the news. Of saved documents, and of pages read in part, only a whole list shows that nothing does, for
// the rest may follow.
func (v *saver) saveIndicator() error {
	s := v.s
	if s.Backfill || v.past || s.Indicator == "" && v.source.indicatorSince == "" {
		return nil
	}
	indicator := s.Indicator
	if indicator == "" {
		indicator = v.source.indicator
	}
	since := v.source.indicatorSince
	switch {
	case !normalize.IndicatorRaised(indicator):
		since = ""
	case since == "" && !s.AllOpen && (s.Archived || s.Err != nil):
	default:
		explained, err := v.explained()
		switch {
		case err != nil:
			return err
		case explained:
			since = ""
		case since == "":
			since = v.at
		}
	}
	if indicator == v.source.indicator && since == v.source.indicatorSince {
		return nil
	}
	if _, err := v.exec(`UPDATE sources SET indicator = ?, indicator_since_at = ? WHERE source_id = ?`, indicator,
		db.Null(since), s.SourceID); err != nil {
		return err
	}
	v.changed = true
	was := v.source.indicatorSince
	switch {
	case was == "" && since == "":
		return nil
	case since == "":
		detail := map[string]string{"indicator": indicator, "from": v.source.indicator, "since": was}
		if normalize.IndicatorRaised(indicator) {
			detail["explained"] = "true"
		}
		return v.event(normalize.EventIndicatorCleared, 0, 0, detail)
	case was != "" && normalize.Word(indicator) == normalize.Word(v.source.indicator):
		return nil
	}
	detail := map[string]string{"indicator": indicator, "description": s.IndicatorText, "since": since}
	if was != "" {
		detail["from"] = v.source.indicator
	}
	if v.baseline {
		detail["already_open"] = "true"
	}
	return v.event(normalize.EventIndicatorRaised, 0, 0, detail)
}

// explained reports whether the record holds something open that says why the page is not well: an
// incident, or a maintenance that is under way. Work that is only planned explains nothing yet.
func (v *saver) explained() (bool, error) {
	var explained bool
	err := v.queryRow(`
		SELECT EXISTS (
			SELECT 1 FROM incidents
			WHERE source_id = ?1 AND open = 1
				AND (kind = 'incident' OR kind = 'maintenance' AND (state IN ('in_progress', 'verifying')
					OR scheduled_start_at <= ?2 AND coalesce(scheduled_end_at >= ?2, 1))))`, v.s.SourceID,
		v.at).Scan(&explained)
	return explained, err
}
