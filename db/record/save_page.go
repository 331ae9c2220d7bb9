package record

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/pages"
	"vendorwatch/db/record/internal/readings"
	"vendorwatch/normalize"
	"vendorwatch/normalize/pagestate"
	"vendorwatch/normalize/signal"
)

// savePage keeps how bad the page itself says or shows it is, and makes the incidents of that which its vendor has not
// posted. It runs after the vendor's own were saved. A reading that says nothing of the page leaves what is known.
func savePage(ctx context.Context, tx *db.Tx, p pass) (all change, err error) {
	if p.Backfill {
		return all, nil
	}
	words := pages.Words{Indicator: p.Indicator, Headline: p.IndicatorText, Whole: p.AllComponents}
	if len(p.Components) > 0 {
		words.List = p.parts.Says(p.Components)
	}
	r := words.Judge(p.Words, p.Components)
	if err := all.add(writePage(ctx, tx, p, r.Severity, r.Because)); err != nil {
		return all, err
	}
	switch {
	case r.Severity != "" || words.List != nil:
		if err := all.add(savePageState(ctx, tx, p, words, r)); err != nil {
			return all, err
		}
	case p.SomeSame && p.Err == nil && p.live():
		if err := all.add(saveSamePage(ctx, tx, p)); err != nil {
			return all, err
		}
	}
	return all, all.add(foldLaterPages(ctx, tx, p))
}

// savePageState adds what the page says of itself to what is known of it. What could not be understood is kept for the
// day when it can be.
func savePageState(ctx context.Context, tx *db.Tx, p pass, words pages.Words, r pagestate.Reading) (change, error) {
	r.At = p.At.UTC().Truncate(time.Millisecond)
	r.Until = r.At
	var err error
	if r.Posted, err = posted(ctx, tx, p); err != nil {
		return change{}, err
	}
	isNew, err := pages.Store(ctx, tx, p.SourceID, r, words, p.live(), p.source.LastSuccess)
	if err == nil && p.past {
		_, err = pages.Past(ctx, tx, p.SourceID, p.at, p.Indicator, r.Severity, words.Whole && words.List != nil)
	}
	switch {
	case err != nil:
		return change{}, fmt.Errorf("state of the page: %w", err)
	case r.Severity == "":
		return change{}, nil
	case isNew:
		all := changedRows(true)
		return all, all.add(foldPage(ctx, tx, p, p.at))
	case p.Archived:
		return change{}, nil
	}
	return confirmPage(ctx, tx, p)
}

// saveSamePage adds that a red page still says of itself what it said: its incidents are in one document, which has
// changed, and its components in another, which has not.
func saveSamePage(ctx context.Context, tx *db.Tx, p pass) (change, error) {
	worst, err := posted(ctx, tx, p)
	if err != nil {
		return change{}, err
	}
	red, isNew, err := pages.Repeat(ctx, tx, p.SourceID, p.At.UTC().Truncate(time.Millisecond), worst)
	switch {
	case err != nil:
		return change{}, fmt.Errorf("state of the page: %w", err)
	case isNew:
		all := changedRows(true)
		return all, all.add(foldPage(ctx, tx, p, p.at))
	case red:
		return confirmPage(ctx, tx, p)
	}
	return change{}, nil
}

// writePage keeps what the page says of itself as of now.
func writePage(ctx context.Context, tx *db.Tx, p pass, severity normalize.Severity,
	because pagestate.Because) (all change, err error) {
	was := p.source
	if p.past {
		return all, nil
	}
	if indicator := cmp.Or(p.Indicator, was.Indicator); indicator != was.Indicator {
		all.Rows = true
		if _, err := tx.Exec(ctx, `UPDATE sources SET indicator = ? WHERE source_id = ?`, indicator,
			p.SourceID); err != nil {
			return all, err
		}
	}
	// A reading that is silent leaves what is known, unless it lists every component and tells of none how it does.
	silent := !p.AllComponents || len(p.Components) == 0
	if severity == "" && silent || string(severity) == was.PageSeverity && string(because) == was.PageBecause {
		return all, nil
	}
	stamp := p.at
	if severity == "" {
		stamp = ""
	}
	all.Rows = true
	_, err = tx.Exec(ctx, `
		UPDATE sources SET page_severity = ?1, page_because = ?2,
			page_severity_at = CASE WHEN page_severity IS ?1 THEN page_severity_at ELSE ?3 END
		WHERE source_id = ?4`, db.Null(string(severity)), db.Null(string(because)), db.Null(stamp), p.SourceID)
	return all, err
}

// posted is the worst of the vendor's incidents that are open: those that the page lists, where it lists all, else
// those of the record. Planned work says nothing of trouble.
func posted(ctx context.Context, tx *db.Tx, p pass) (worst normalize.Severity, err error) {
	if !p.AllOpen {
		return pages.Posted(ctx, tx, p.SourceID, p.at)
	}
	for _, i := range p.Incidents {
		if i.Kind == normalize.KindIncident && !i.State.Over() {
			worst = pagestate.Worse(worst, cmp.Or(i.Severity, normalize.SeverityUnknown))
		}
	}
	return worst, nil
}

// confirmPage takes a reading that found the page as it was for a second one that is red, where that is awaited.
func confirmPage(ctx context.Context, tx *db.Tx, p pass) (change, error) {
	if !p.source.RedSuspected {
		return change{}, nil
	}
	if err := pages.Extend(ctx, tx, p.SourceID, p.at); err != nil {
		return change{}, err
	}
	return foldPage(ctx, tx, p, p.at)
}

// foldLaterPages makes the incidents of the page again that lasted beyond a saved page which tells how components were
// doing, or began after it: their posts say what changed.
func foldLaterPages(ctx context.Context, tx *db.Tx, p pass) (all change, err error) {
	if !p.pastList || len(p.Components) == 0 {
		return all, nil
	}
	starts, err := scan.Column[string](ctx, tx, `SELECT started_at FROM incidents
		WHERE source_id = ? AND origin = 'page' AND coalesce(resolved_at >= ?, 1) ORDER BY started_at`, p.SourceID,
		p.at)
	if err != nil {
		return all, err
	}
	for _, at := range starts {
		if err := all.add(foldPage(ctx, tx, p, at)); err != nil {
			return all, err
		}
	}
	return all, nil
}

// foldPage makes the incidents of the page again around a time, writes what differs, and tells it.
func foldPage(ctx context.Context, tx *db.Tx, p pass, at string) (change, error) {
	stretch, err := pages.Around(ctx, tx, p.SourceID, at)
	if err != nil {
		return change{}, err
	}
	return foldStretch(ctx, tx, p, stretch, "")
}

// foldStretch does that for a stretch. until is up to when the newest state of the page is known to have lasted, where
// that is later than what is stored of it.
func foldStretch(ctx context.Context, tx *db.Tx, p pass, stretch pages.Stretch, until string) (all change, err error) {
	points, err := pages.Points(ctx, tx, p.SourceID, stretch, until)
	if err != nil {
		return all, err
	}
	var failed error
	made, awaited := pagestate.Fold(points, stretch.Begins(),
		func(c normalize.Component, at time.Time) normalize.ComponentStatus {
			status, err := pages.StatusAt(ctx, tx, p.SourceID, c, at)
			failed = cmp.Or(failed, err)
			return status
		})
	if failed != nil {
		return all, failed
	}
	known, err := pages.Incidents(ctx, tx, p.SourceID, stretch)
	if err != nil {
		return all, err
	}
	of, none := pages.Match(made, known)
	for _, rec := range none {
		dropped, err := pages.Drop(ctx, tx, rec, p.at)
		if err := all.add(changedRows(dropped), err); err != nil {
			return all, err
		}
	}
	for n := range made {
		if err := all.add(savePageIncident(ctx, tx, p, &made[n], of[n])); err != nil {
			return all, fmt.Errorf("incident of the page since %s: %w", db.Stamp(made[n].Start), err)
		}
	}
	if stretch.To != "" {
		return all, nil
	}
	_, err = tx.Exec(ctx, `UPDATE sources SET red_suspected = ?1 WHERE source_id = ?2 AND red_suspected <> ?1`,
		db.Bit(awaited), p.SourceID)
	return all, err
}

// savePageIncident stores an incident of the page and tells what is new of it. rec is nil if nothing is stored of it.
func savePageIncident(ctx context.Context, tx *db.Tx, p pass, i *pagestate.Incident,
	rec *incidents.Record) (all change, err error) {
	s := stored{rec: rec, isNew: rec == nil}
	var was *normalize.Incident
	if s.isNew {
		s.rec = incidents.New(p.at)
	} else {
		known := rec.Incident
		was = &known
	}
	if err := all.add(writePageIncident(ctx, tx, p, i.Record(p.source.PageURL), s.rec)); err != nil {
		return all, err
	}
	vendors, err := pages.Link(ctx, tx, p.SourceID, s.rec, i.Posted)
	if err != nil {
		return all, err
	}
	s.news, s.now, s.updateIDs = normalize.NewsOf(was, s.rec.Incident, nil), s.rec.Incident, s.rec.UpdateIDs()
	weighed := []stored{s}
	if err := weighStored(ctx, tx, p, weighed); err != nil {
		return all, err
	}
	if p.past {
		return all, nil
	}
	if vendors == 0 || was == nil || was.State.Over() {
		return all, all.add(tellOne(ctx, tx, p, weighed[0]))
	}
	return all, all.add(tellPosted(ctx, tx, p, weighed[0], vendors))
}

// writePageIncident makes the rows of an incident of the page say what f does. It counts as none of the vendor's.
func writePageIncident(ctx context.Context, tx *db.Tx, p pass, f normalize.Record, rec *incidents.Record) (change,
	error) {
	if err := pages.Rename(ctx, tx, rec, f.Incident.Key); err != nil {
		return change{}, err
	}
	row, err := incidents.WriteRow(ctx, tx, p.SourceID, rec, f, readings.Index{})
	if err != nil {
		return change{}, err
	}
	posts, err := incidents.WriteUpdates(ctx, tx, rec, f.Updates)
	if err != nil {
		return change{}, err
	}
	all := changedRows(row.Rows || posts.Rows)
	if err := all.add(writeAffected(ctx, tx, p, rec, f.Incident.Components)); err != nil {
		return change{}, err
	}
	rec.Incident = f.Incident
	return all, nil
}

// tellPosted tells that the vendor has posted what its page had shown: the vendor's record, of the id vendors, tells
// the rest of the story.
func tellPosted(ctx context.Context, tx *db.Tx, p pass, s stored, vendors int64) (all change, err error) {
	for _, n := range s.news {
		if err := all.add(writeNews(ctx, tx, p, n.Kind, s.rec.ID, s.updateIDs[n.UpdateKey],
			withSameEvent(n.Detail, vendors))); err != nil {
			return all, err
		}
	}
	if !s.rec.Announced {
		return all, nil
	}
	var severity normalize.Severity
	var over bool
	var first int64
	if err := tx.QueryRowContext(ctx, `
		SELECT severity, ended, coalesce((SELECT u.update_id FROM incident_updates u
			WHERE u.incident_id = i.incident_id AND u.removed_at IS NULL ORDER BY u.position LIMIT 1), 0)
		FROM incidents i WHERE incident_id = ?`, vendors).Scan(&severity, &over, &first); err != nil || over {
		return all, err
	}
	was := s.now.Severity
	if signal.Ours(normalize.Origin(s.rec.Row.Origin)) {
		was = normalize.SeverityUnknown // by its vendor; that it has spoken is news
	}
	switch {
	case severity.Rank() > was.Rank(), was == normalize.SeverityUnknown && severity != was:
		err = all.add(writeNews(ctx, tx, p, normalize.EventSeverityChanged, vendors, 0, map[string]string{
			"from": string(was), "to": string(severity)}))
	case first != 0:
		err = all.add(writeNews(ctx, tx, p, normalize.EventUpdatePosted, vendors, first, nil))
	}
	return all, err
}
