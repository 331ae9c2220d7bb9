package record

import (
	"cmp"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/internal/pages"
	"vendorwatch/db/record/internal/readings"
	"vendorwatch/normalize"
	"vendorwatch/normalize/pagestate"
)

// savePage keeps how bad the page itself says or shows it is, and makes the incidents of that which its vendor has not
// posted. It runs after the vendor's own were saved. A reading that says nothing of the page leaves what is known.
func (v *saver) savePage() error {
	s := v.s
	if s.Backfill {
		return nil
	}
	severity, because := pagestate.Severity(s.Indicator, s.Components, s.AllComponents, s.Words)
	if err := v.writePage(severity, because); err != nil {
		return err
	}
	if severity != "" {
		if err := v.savePageState(severity, because); err != nil {
			return err
		}
	}
	return v.foldLaterPages()
}

// savePageState adds what the page says of itself to what is known of it.
func (v *saver) savePageState(severity normalize.Severity, because pagestate.Because) error {
	s := v.s
	now := s.At.UTC().Truncate(time.Millisecond)
	r := pagestate.Reading{At: now, Until: now, Severity: severity, Because: because,
		Word: cmp.Or(s.IndicatorText, s.Indicator)}
	for _, c := range s.Components {
		if pagestate.RedStatus(c.Status) {
			r.Red = append(r.Red, c)
		}
	}
	var err error
	if r.Posted, err = v.posted(); err != nil {
		return err
	}
	isNew, err := pages.Store(v.ctx, v.tx, s.SourceID, r, !s.Archived, v.source.lastSuccess)
	switch {
	case err != nil:
		return fmt.Errorf("state of the page: %w", err)
	case isNew:
		v.changed = true
		return v.foldPage(v.at)
	case s.Archived:
		return nil
	}
	return v.confirmPage()
}

// writePage keeps what the page says of itself as of now.
func (v *saver) writePage(severity normalize.Severity, because pagestate.Because) error {
	was := v.source
	if v.past {
		return nil
	}
	if indicator := cmp.Or(v.s.Indicator, was.indicator); indicator != was.indicator {
		v.changed = true
		if _, err := v.exec(`UPDATE sources SET indicator = ? WHERE source_id = ?`, indicator,
			v.s.SourceID); err != nil {
			return err
		}
	}
	// A reading that is silent leaves what is known, unless it lists every component and tells of none how it does.
	silent := !v.s.AllComponents || len(v.s.Components) == 0
	if severity == "" && silent || string(severity) == was.pageSeverity && string(because) == was.pageBecause {
		return nil
	}
	stamp := v.at
	if severity == "" {
		stamp = ""
	}
	v.changed = true
	_, err := v.exec(`
		UPDATE sources SET page_severity = ?1, page_because = ?2,
			page_severity_at = CASE WHEN page_severity IS ?1 THEN page_severity_at ELSE ?3 END
		WHERE source_id = ?4`, db.Null(string(severity)), db.Null(string(because)), db.Null(stamp), v.s.SourceID)
	return err
}

// posted is the worst of the vendor's incidents that are open: those that the page lists, where it lists all, else
// those of the record. Planned work says nothing of trouble.
func (v *saver) posted() (worst normalize.Severity, err error) {
	if !v.s.AllOpen {
		return pages.Posted(v.ctx, v.tx, v.s.SourceID, v.at)
	}
	for _, i := range v.s.Incidents {
		if i.Kind == normalize.KindIncident && !i.State.Over() {
			worst = pagestate.Worse(worst, cmp.Or(i.Severity, normalize.SeverityUnknown))
		}
	}
	return worst, nil
}

// confirmPage takes a reading that found the page as it was for a second one that is red, where that is awaited.
func (v *saver) confirmPage() error {
	if !v.source.redSuspected {
		return nil
	}
	if err := pages.Extend(v.ctx, v.tx, v.s.SourceID, v.at); err != nil {
		return err
	}
	return v.foldPage(v.at)
}

// foldLaterPages makes the later incidents of the page again where a saved page tells how components were doing before
// them: their posts say what changed.
func (v *saver) foldLaterPages() error {
	if !v.pastList || len(v.s.Components) == 0 {
		return nil
	}
	starts, err := scan.Column[string](v.ctx, v.tx, `SELECT started_at FROM incidents
		WHERE source_id = ? AND origin = 'page' AND started_at > ? ORDER BY started_at`, v.s.SourceID, v.at)
	if err != nil {
		return err
	}
	for _, at := range starts {
		if err := v.foldPage(at); err != nil {
			return err
		}
	}
	return nil
}

// foldPage makes the incidents of the page again around a time, writes what differs, and tells it.
func (v *saver) foldPage(at string) error {
	stretch, err := pages.Around(v.ctx, v.tx, v.s.SourceID, at)
	if err != nil {
		return err
	}
	points, err := pages.Points(v.ctx, v.tx, v.s.SourceID, stretch)
	if err != nil {
		return err
	}
	var failed error
	made, awaited := pagestate.Fold(points, stretch.Begins(),
		func(c normalize.Component, at time.Time) normalize.ComponentStatus {
			status, err := pages.StatusAt(v.ctx, v.tx, v.s.SourceID, c, at)
			failed = cmp.Or(failed, err)
			return status
		})
	if failed != nil {
		return failed
	}
	stored, err := pages.Incidents(v.ctx, v.tx, v.s.SourceID, stretch)
	if err != nil {
		return err
	}
	if err := v.savePageIncidents(made, stored); err != nil {
		return err
	}
	if stretch.To != "" || awaited == v.source.redSuspected {
		return nil
	}
	_, err = v.exec(`UPDATE sources SET red_suspected = ? WHERE source_id = ?`, db.Bit(awaited), v.s.SourceID)
	return err
}

func (v *saver) savePageIncidents(made []pagestate.Incident, stored []*incidents.Record) error {
	of, left := pages.Match(made, stored)
	for _, rec := range left {
		v.changed = true
		if err := pages.Drop(v.ctx, v.tx, rec, v.at); err != nil {
			return err
		}
	}
	for n := range made {
		if err := v.savePageIncident(&made[n], of[n]); err != nil {
			return fmt.Errorf("incident of the page since %s: %w", db.Stamp(made[n].Start), err)
		}
	}
	return nil
}

// savePageIncident stores an incident of the page and tells what is new of it. rec is nil if nothing is stored of it.
func (v *saver) savePageIncident(i *pagestate.Incident, rec *incidents.Record) error {
	f := i.Record(v.source.pageURL)
	out := stored{rec: rec, isNew: rec == nil, differs: true}
	var was *normalize.Incident
	if out.isNew {
		out.rec = incidents.New(v.at)
	} else {
		known := rec.Incident
		was = &known
	}
	rec = out.rec
	if err := pages.Rename(v.ctx, v.tx, rec, f.Incident.Key); err != nil {
		return err
	}
	change, err := incidents.WriteRow(v.ctx, v.tx, v.s.SourceID, rec, f, readings.Index{})
	if err != nil {
		return err
	}
	v.changed = v.changed || change.Rows
	if change, err = incidents.WriteUpdates(v.ctx, v.tx, rec, f.Updates); err != nil {
		return err
	}
	v.changed = v.changed || change.Rows
	if err := v.writeAffected(rec, f.Incident.Components); err != nil {
		return err
	}
	rec.Incident = f.Incident
	vendors, err := pages.Link(v.ctx, v.tx, v.s.SourceID, rec, i.Posted)
	if err != nil || v.past {
		return err
	}
	out.news, out.now, out.updateIDs = normalize.NewsOf(was, rec.Incident, nil), rec.Incident, rec.UpdateIDs()
	all := []stored{out}
	if err := v.weighStored(all); err != nil {
		return err
	}
	if vendors == 0 || was == nil || was.State.Over() {
		return v.tellStored(all[0])
	}
	return v.tellPosted(all[0], vendors)
}

// tellPosted tells that the vendor has posted what its page had shown: the vendor's record tells the rest of the story.
func (v *saver) tellPosted(s stored, vendors int64) error {
	for _, n := range s.news {
		if err := v.event(n.Kind, s.rec.ID, s.updateIDs[n.UpdateKey], withSameEvent(n.Detail, vendors)); err != nil {
			return err
		}
	}
	if !s.rec.Announced {
		return nil
	}
	var severity normalize.Severity
	var over bool
	var first int64
	if err := v.queryRow(`
		SELECT severity, ended, coalesce((SELECT u.update_id FROM incident_updates u
			WHERE u.incident_id = i.incident_id AND u.removed_at IS NULL ORDER BY u.position LIMIT 1), 0)
		FROM incidents i WHERE incident_id = ?`, vendors).Scan(&severity, &over, &first); err != nil || over {
		return err
	}
	if severity.Rank() > s.now.Severity.Rank() {
		return v.event(normalize.EventSeverityChanged, vendors, 0, map[string]string{"from": string(s.now.Severity),
			"to": string(severity)})
	}
	if first == 0 {
		return nil
	}
	return v.event(normalize.EventUpdatePosted, vendors, first, nil)
}
