package record

import (
	"context"
	"fmt"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/db/record/signals"
	"vendorwatch/normalize"
	"vendorwatch/normalize/signal"
)

// Signals records what our own checks and alerts tell of vendors.
func (r *Recorder) Signals() signals.Recorder {
	return signals.Recorder{File: r.file, Keep: func(ctx context.Context, tx *db.Tx, vendorID int64,
		at time.Time) ([]int64, error) {
		all, err := saveOurs(ctx, tx, vendorID, at, r.LateAfter)
		return all.events, err
	}}
}

// saveOurs brings the incident that our own checks and alerts tell of a vendor up to date, and tells what is new of it.
func saveOurs(ctx context.Context, tx *db.Tx, vendorID int64, at time.Time, lateAfter time.Duration) (all change,
	err error) {
	v, err := signals.Of(ctx, tx, vendorID)
	if err != nil || v.SourceID == 0 {
		return all, err
	}
	ids, err := signals.Recent(ctx, tx, vendorID, at)
	if err != nil {
		return all, err
	}
	if v.Open == 0 && !v.Burning && len(ids) == 0 {
		return all, nil
	}
	source, err := loadSource(ctx, tx, v.SourceID)
	if err != nil {
		return all, err
	}
	p := passOf(Scrape{SourceID: v.SourceID, At: at}, source, lateAfter)
	p.baseline = false // it is our own word: nothing of it is from before
	if v.Open != 0 {
		ids = append(ids, v.Open)
	}
	for _, id := range ids {
		rec, err := signals.Load(ctx, tx, id)
		if err != nil {
			return all, err
		}
		again, err := signals.OverAndBurning(ctx, tx, rec, vendorID)
		if err == nil && id == v.Open {
			if !again {
				err = signals.Join(ctx, tx, id, vendorID, p.at)
			}
			if err == nil {
				err = signals.Leave(ctx, tx, id, vendorID, p.at, again)
			}
			if again {
				v.Open = 0
			}
		}
		if err == nil {
			err = all.add(saveOurIncident(ctx, tx, p, vendorID, rec))
		}
		if err != nil {
			return all, fmt.Errorf("incident %d of ours: %w", id, err)
		}
	}
	if v.Open != 0 || !v.Burning {
		return all, nil
	}
	return all, all.add(saveOurIncident(ctx, tx, p, vendorID, incidents.New(p.at)))
}

// saveOurIncident writes one of our incidents. A new one begins with what burns.
func saveOurIncident(ctx context.Context, tx *db.Tx, p pass, vendorID int64, rec *incidents.Record) (all change,
	err error) {
	s := stored{rec: rec, isNew: rec.ID == 0}
	var was *normalize.Incident
	var causes []signal.Cause
	if s.isNew {
		causes, err = signals.Burning(ctx, tx, vendorID, p.at)
	} else {
		known := rec.Incident
		was = &known
		causes, err = signals.Causes(ctx, tx, rec.ID)
	}
	if err != nil || len(causes) == 0 {
		return all, err
	}
	before := rec.SameEvent
	for range 2 { // whether the vendor says so decides the words, and is known when the times are
		page, err := signals.Page(ctx, tx, vendorID, rec.SameEvent != 0)
		if err != nil {
			return all, err
		}
		now := signal.Record(causes, page, p.source.PageURL)
		if err := all.add(writePageIncident(ctx, tx, p, now, rec)); err != nil {
			return all, err
		}
		if s.isNew && len(rec.Components) == 0 {
			if err := signals.Join(ctx, tx, rec.ID, vendorID, p.at); err != nil {
				return all, err
			}
		}
		if rec.SameEvent != 0 {
			break
		}
		if _, err := signals.Link(ctx, tx, vendorID, rec); err != nil {
			return all, err
		}
		if rec.SameEvent == 0 {
			break
		}
	}
	theirs, err := signals.Link(ctx, tx, vendorID, rec)
	if err != nil {
		return all, err
	}
	s.news, s.now, s.updateIDs = normalize.NewsOf(was, rec.Incident, nil), rec.Incident, rec.UpdateIDs()
	if theirs == 0 || s.isNew || before != 0 {
		return all, all.add(tellOne(ctx, tx, p, s))
	}
	return all, all.add(tellPosted(ctx, tx, p, s, theirs))
}

// keepOurs does so after a page of a vendor was read, which may say what we saw before.
func keepOurs(ctx context.Context, tx *db.Tx, p pass) (change, error) {
	if !p.live() {
		return change{}, nil
	}
	vendorID, err := signals.Watching(ctx, tx, p.SourceID, p.At)
	if err != nil || vendorID == 0 {
		return change{}, err
	}
	return saveOurs(ctx, tx, vendorID, p.At, p.lateAfter)
}
