package signals

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
	"vendorwatch/normalize/reach"
)

// Recorder saves what our own checks and alerts tell, each in one transaction. record.Recorder makes it.
type Recorder struct {
	File *db.DB
	// Keep brings the incident of ours of a vendor up to date, and returns the numbers of the events that it wrote.
	Keep func(ctx context.Context, tx *db.Tx, vendorID int64, at time.Time) ([]int64, error)
}

// Judged is what the result of a probe came to.
type Judged struct {
	State  reach.State
	Turned bool // an outage of our own network begins or ends with it
	Events []query.Event
}

// SetProbes records which probes there are, and returns their numbers by name. What is known of the others is kept,
// and no longer counts.
func (r Recorder) SetProbes(ctx context.Context, all []Probe, at time.Time) (ids map[string]int64, err error) {
	err = r.File.Change(ctx, func(tx *db.Tx) error {
		if ids, err = setProbes(ctx, tx, all); err != nil {
			return err
		}
		vendors, err := withOpen(ctx, tx)
		if err == nil {
			_, err = r.keep(ctx, tx, vendors, at)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("probes: %w", err)
	}
	return ids, nil
}

// SaveProbe records how a probe ended, and what that says of its vendor.
func (r Recorder) SaveProbe(ctx context.Context, result Result) (j Judged, err error) {
	err = r.File.Change(ctx, func(tx *db.Tx) error {
		state, vendor, turned, err := take(ctx, tx, result)
		j = Judged{State: state, Turned: turned}
		if err == nil {
			j.Events, err = r.keep(ctx, tx, []int64{vendor}, result.At.Add(result.Took))
		}
		return err
	})
	if err != nil {
		return Judged{}, fmt.Errorf("probe: %w", err)
	}
	return j, nil
}

// Taken is what became of signals.
type Taken struct {
	Unknown []int    // those that were not recorded, by their number in the list: they name nothing that is on record
	Burning []string // vendors that the others name as having trouble, by slug
	Events  []query.Event
}

// SaveSignals records alerts of our own monitoring, and ends those that nobody repeats. Those that name a vendor or a
// service that is not on record are left out, and the others are recorded all the same.
func (r Recorder) SaveSignals(ctx context.Context, list []Signal, at time.Time) (done Taken, err error) {
	err = r.File.Change(ctx, func(tx *db.Tx) error {
		vendors, err := expire(ctx, tx, at)
		if err != nil {
			return err
		}
		done = Taken{}
		for n, s := range list {
			vendor, slug, known, err := receive(ctx, tx, s, db.Stamp(at))
			if err != nil {
				return err
			}
			if !known {
				done.Unknown = append(done.Unknown, n)
			}
			if vendor != 0 && s.EndedAt.IsZero() && !slices.Contains(done.Burning, slug) {
				done.Burning = append(done.Burning, slug)
			}
			vendors = append(vendors, vendor)
		}
		done.Events, err = r.keep(ctx, tx, vendors, at)
		return err
	})
	if err != nil {
		return Taken{}, fmt.Errorf("signals: %w", err)
	}
	return done, nil
}

// Reached returns when each vendor was last reached by us: by a probe, or by reading its page. A probe asks for it
// before it begins.
func (r Recorder) Reached(ctx context.Context) (map[int64]time.Time, error) {
	all, err := reached(ctx, r.File.Reader())
	if err != nil {
		return nil, fmt.Errorf("reached: %w", err)
	}
	return all, nil
}

// Slugs returns the slugs of all vendors and of all services of ours, which signals may name.
func (r Recorder) Slugs(ctx context.Context) (vendors, services []string, err error) {
	q := r.File.Reader()
	if vendors, err = scan.Column[string](ctx, q, `SELECT slug FROM vendors ORDER BY slug`); err == nil {
		services, err = scan.Column[string](ctx, q, `SELECT slug FROM services ORDER BY slug`)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("slugs: %w", err)
	}
	return vendors, services, nil
}

func (r Recorder) keep(ctx context.Context, tx *db.Tx, vendors []int64, at time.Time) ([]query.Event, error) {
	done := map[int64]bool{0: true}
	var ids []int64
	for _, vendor := range vendors {
		if done[vendor] {
			continue
		}
		done[vendor] = true
		more, err := r.Keep(ctx, tx, vendor, at)
		if err != nil {
			return nil, err
		}
		ids = append(ids, more...)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return query.In(tx).EventsBetween(ctx, ids[0], ids[len(ids)-1])
}
