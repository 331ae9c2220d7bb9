package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
	"vendorwatch/db/record/internal/incidents"
	"vendorwatch/normalize"
)

// Renormalized is what reading the stored words of a source again has changed, or would change.
type Renormalized struct {
	SourceID  int64  `json:"source_id"`
	Vendor    string `json:"vendor"` // slug
	PageURL   string `json:"page_url"`
	Platform  string `json:"platform"`
	Incidents int    `json:"incidents"`         // whose words were read again
	Changed   int    `json:"incidents_changed"` // of them
	// whose words are not stored, or in part only: left as they are
	Wordless int             `json:"incidents_wordless"`
	Changes  []MeaningChange `json:"changes"`
}

// MeaningChange is a change that several rows have in common.
type MeaningChange struct {
	Field string `json:"field"`          // table and column
	From  string `json:"from,omitempty"` // before; empty for times and texts
	To    string `json:"to,omitempty"`   // now; empty for times and texts
	Count int    `json:"count"`          // of rows
}

// errDry takes back what a dry run did.
var errDry = errors.New("dry run")

// Renormalize gives the stored words of a source their meaning again, after a mapping was mended: words
// returns those of a platform, false if there is no such platform. All of it happens in one transaction, which
// a dry run takes back. Ids, first_seen_at, announced and events stay as they are, and no news comes of it. at is the
// time of the change. It returns db.ErrNotFound if there is no such source.
func (r *Recorder) Renormalize(ctx context.Context, sourceID int64, at time.Time, dryRun bool,
	words func(platform string) (normalize.Words, bool)) (Renormalized, error) {
	s, err := query.New(r.file).Source(ctx, sourceID)
	if err != nil {
		return Renormalized{}, err
	}
	out := Renormalized{SourceID: s.SourceID, Vendor: s.Vendor, PageURL: s.PageURL, Platform: s.Platform}
	err = r.file.Change(ctx, func(tx *db.Tx) error {
		v := newSaver(ctx, tx, Scrape{SourceID: sourceID, At: at, WordsOf: words})
		r := &renormalizer{saver: v, counts: map[MeaningChange]int{}, out: &out}
		err := r.all(s.Platform)
		if err == nil && dryRun {
			err = errDry
		}
		return err
	})
	if err != nil && !errors.Is(err, errDry) {
		return Renormalized{}, fmt.Errorf("source %d: renormalize: %w", sourceID, err)
	}
	return out, nil
}

type renormalizer struct {
	*saver
	platforms []normalize.Words // that the page was served by, the present one first
	counts    map[MeaningChange]int
	out       *Renormalized
}

// together is how many incidents are loaded at a time.
const together = 500

func (r *renormalizer) all(platform string) error {
	w, ok := r.wordsOf(platform)
	if !ok {
		return fmt.Errorf("the words of the platform %q are not known", platform)
	}
	r.platforms, r.s.Words = []normalize.Words{w}, w
	former, err := r.texts(`SELECT from_platform FROM source_moves WHERE source_id = ? AND from_platform <> ?
		ORDER BY source_move_id DESC`, r.s.SourceID, platform)
	if err != nil {
		return err
	}
	for _, name := range former {
		if w, ok := r.wordsOf(name); ok {
			r.platforms = append(r.platforms, w)
		}
	}
	if err := r.statuses(); err != nil {
		return err
	}
	keys, err := r.texts(`SELECT source_key FROM incidents WHERE source_id = ? AND origin = 'vendor'
		ORDER BY incident_id`, r.s.SourceID)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(keys, together) {
		if err := r.some(part); err != nil {
			return err
		}
	}
	r.out.Changes = []MeaningChange{}
	for c, n := range r.counts {
		c.Count = n
		r.out.Changes = append(r.out.Changes, c)
	}
	slices.SortFunc(r.out.Changes, func(a, b MeaningChange) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return nil
}

func (r *renormalizer) texts(query string, args ...any) ([]string, error) {
	return scan.Column[string](r.ctx, r.tx, query, args...)
}

func (r *renormalizer) some(keys []string) error {
	headers, err := r.headers(keys)
	if err != nil {
		return err
	}
	records, err := incidents.Load(r.ctx, r.tx, keys, headers)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := r.incident(records[key]); err != nil {
			return fmt.Errorf("incident %d: %w", records[key].ID, err)
		}
	}
	return nil
}

// incident folds the readings of one incident again.
func (r *renormalizer) incident(rec *incidents.Record) error {
	if !r.readable(rec) {
		r.out.Wordless++
		return nil
	}
	r.out.Incidents++
	r.changed = false
	wasRow, wasUpdates, wasParts := rec.Row, map[int64]normalize.Update{}, len(rec.Components)
	for _, u := range rec.Updates {
		wasUpdates[u.ID] = u.Update
	}
	problems, err := r.problems(rec)
	if err != nil {
		return err
	}
	if _, err := r.fold(rec, rec.Incident.Key); err != nil {
		return err
	}
	r.countIncident(&wasRow, &rec.Row)
	for _, u := range rec.Updates {
		was, known := wasUpdates[u.ID]
		if !known {
			r.count("incident_updates", "", string(u.Update.State))
			continue
		}
		r.countField("incident_updates.state", string(was.State), string(u.Update.State), true)
		r.countField("incident_updates.posted_at", db.Stamp(was.PostedAt), db.Stamp(u.Update.PostedAt), false)
		r.countField("incident_updates.created_at", db.Stamp(was.CreatedAt), db.Stamp(u.Update.CreatedAt), false)
		r.countField("incident_updates.body", was.Body, u.Update.Body, false)
	}
	if wasParts != len(rec.Components) {
		r.count("incident_components", "", "")
	}
	if r.changed {
		r.out.Changed++
		i := rec.Incident
		i.State, i.Severity, i.Kind = normalize.State(rec.Row.State), normalize.Severity(rec.Row.Severity),
			normalize.Kind(rec.Row.Kind)
		if _, err := r.weigh(rec.ID, i, false); err != nil {
			return err
		}
	}
	return r.findings(rec, problems)
}

// readable reports whether all that was read of an incident is stored, and of platforms that are known.
func (r *renormalizer) readable(rec *incidents.Record) bool {
	for _, platform := range rec.History.Former() {
		if _, ok := r.wordsOf(platform); !ok {
			return false
		}
	}
	return !rec.History.Empty()
}

func (r *renormalizer) count(field, from, to string) {
	r.counts[MeaningChange{Field: field, From: from, To: to}]++
}

// countIncident counts the columns in which two rows differ. Words are named; times and texts are too many.
func (r *renormalizer) countIncident(was, is *incidents.Row) {
	for _, f := range incidents.Differ(was, is) {
		switch f.Column {
		case "raw", "raw_index", "first_seen_at": // what was read, and not what it means
		case "kind", "severity", "state", "vendor_severity", "started_basis", "resolved_basis", "start_given":
			r.countField("incidents."+f.Column, f.Was, f.Is, true)
		default:
			r.countField("incidents."+f.Column, f.Was, f.Is, false)
		}
	}
}

func (r *renormalizer) countField(field, was, is string, word bool) {
	switch {
	case was == is:
	case word:
		r.count(field, was, is)
	default:
		r.count(field, "", "")
	}
}

// statuses makes the statuses of the page's components again. The newest entry of their history holds
// the same word, so that it changes with them; the words of those before it are not stored.
func (r *renormalizer) statuses() error {
	all, err := r.components.All(r.ctx, r.tx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.VendorStatus == "" {
			continue
		}
		was := normalize.ComponentStatus(c.Status)
		is := normalize.Status(was, c.VendorStatus, r.platforms)
		if is == was {
			continue
		}
		if _, err := r.exec(`UPDATE components SET status = ? WHERE component_id = ?`, is, c.ID); err != nil {
			return err
		}
		if _, err := r.exec(`
			UPDATE component_changes SET status = ?1 WHERE component_change_id = (
				SELECT component_change_id FROM component_changes WHERE component_id = ?2
				ORDER BY at DESC, component_change_id DESC LIMIT 1)`, is, c.ID); err != nil {
			return err
		}
		if is != normalize.StatusUnknown {
			if _, err := r.exec(`DELETE FROM findings WHERE source_id = ? AND source_key IN (?, '') AND field = 'status'
				AND value = ?`, r.s.SourceID, c.Key, c.VendorStatus); err != nil {
				return err
			}
		}
		c.Status = string(is)
		r.count("components.status", string(was), string(is))
	}
	return nil
}

// problem is a stored finding of an incident.
type problem struct {
	ID      int64  `db:"finding_id"`
	Field   string `db:"field"`
	Value   string `db:"value"`
	Problem string `db:"problem"`
}

var problemRow = scan.Of[problem]("f")

func (r *renormalizer) problems(rec *incidents.Record) ([]problem, error) {
	return problemRow.All(r.ctx, r.tx, `
		SELECT `+problemRow.Columns+` FROM findings f WHERE f.source_id = ? AND f.source_key = ?`, r.s.SourceID,
		rec.Incident.Key)
}

// findings takes away what the readings of an incident were found to lack and lack no more, and counts what they are
// found to lack now. before is what was stored. Findings on what the readings do not hold are of the page, and stay.
func (r *renormalizer) findings(rec *incidents.Record, before []problem) error {
	now, err := r.problems(rec)
	if err != nil {
		return err
	}
	for _, p := range now {
		if !slices.ContainsFunc(before, func(b problem) bool { return b.ID == p.ID }) {
			r.count("findings."+p.Field, "", p.Problem)
		}
	}
	for _, p := range before {
		if r.folded[normalize.Finding{Key: rec.Incident.Key, Field: p.Field, Value: p.Value, Problem: p.Problem}] {
			continue
		}
		if holds, err := rec.History.Holds(p.Value); err != nil || !holds {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := r.exec(`DELETE FROM findings WHERE finding_id = ?`, p.ID); err != nil {
			return err
		}
		r.count("findings."+p.Field, p.Problem, "")
	}
	return nil
}
