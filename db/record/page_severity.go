package record

import (
	"vendorwatch/normalize/pagestate"
)

// savePageSeverity keeps how bad the page itself is, by its own word and its components. A reading that says nothing
// of it leaves what is known.
func (v *saver) savePageSeverity() error {
	s := v.s
	severity, because := pagestate.Severity(s.Indicator, s.Components, s.AllComponents, s.Words)
	was := v.source
	if s.Backfill || v.past || severity == "" ||
		string(severity) == was.pageSeverity && string(because) == was.pageBecause {
		return nil
	}
	_, err := v.exec(`
		UPDATE sources SET page_severity = ?1, page_because = ?2,
			page_severity_at = CASE WHEN page_severity IS ?1 THEN page_severity_at ELSE ?3 END
		WHERE source_id = ?4`, severity, because, v.at, s.SourceID)
	v.changed = true
	return err
}
