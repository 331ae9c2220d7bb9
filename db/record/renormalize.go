package record

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/query"
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
		v := &saver{ctx: ctx, tx: tx, s: Scrape{SourceID: sourceID, At: at}, at: normalize.FormatTime(at),
			added: map[int64]bool{}, wordsOf: words}
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
	if err := r.components(); err != nil {
		return err
	}
	keys, err := r.texts(`SELECT source_key FROM incidents WHERE source_id = ? ORDER BY incident_id`, r.s.SourceID)
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
	stored := make([]normalize.Incident, len(keys))
	for n, key := range keys {
		stored[n].Key = key
	}
	records, err := r.records(stored, headers)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := r.incident(records[key]); err != nil {
			return fmt.Errorf("incident %d: %w", records[key].id, err)
		}
	}
	return nil
}

// incident folds the readings of one incident again.
func (r *renormalizer) incident(rec *record) error {
	if !r.readable(rec) {
		r.out.Wordless++
		return nil
	}
	r.out.Incidents++
	r.changed = false
	wasRow, wasUpdates, wasParts := rec.row, map[int64]normalize.Update{}, len(rec.components)
	for _, u := range rec.updates {
		wasUpdates[u.id] = u.update
	}
	problems, err := r.problems(rec)
	if err != nil {
		return err
	}
	if _, err := r.fold(rec, rec.incident.Key, false); err != nil {
		return err
	}
	r.countIncident(wasRow, rec.row)
	for _, u := range rec.updates {
		was, known := wasUpdates[u.id]
		if !known {
			r.count("incident_updates", "", string(u.update.State))
			continue
		}
		r.countField("incident_updates.state", string(was.State), string(u.update.State), true)
		r.countField("incident_updates.posted_at", db.Stamp(was.PostedAt), db.Stamp(u.update.PostedAt), false)
		r.countField("incident_updates.created_at", db.Stamp(was.CreatedAt), db.Stamp(u.update.CreatedAt), false)
		r.countField("incident_updates.body", was.Body, u.update.Body, false)
	}
	if wasParts != len(rec.components) {
		r.count("incident_components", "", "")
	}
	if r.changed {
		r.out.Changed++
		i := rec.incident
		i.State, i.Severity, i.Kind = normalize.State(rec.row.state), normalize.Severity(rec.row.severity),
			normalize.Kind(rec.row.kind)
		if _, err := r.weigh(rec.id, i, false); err != nil {
			return err
		}
	}
	return r.findings(rec, problems)
}

// readable reports whether all that was read of an incident is stored, and of platforms that are known.
func (r *renormalizer) readable(rec *record) bool {
	for _, s := range rec.history.sightings {
		if platform, _, former := strings.Cut(s.document, "/"); former {
			if _, ok := r.wordsOf(platform); !ok {
				return false
			}
		}
	}
	return len(rec.history.sightings) > 0
}

func (r *renormalizer) count(field, from, to string) {
	r.counts[MeaningChange{Field: field, From: from, To: to}]++
}

// countIncident counts the columns in which two rows differ. Words are named; times and texts are too many.
func (r *renormalizer) countIncident(was, is incidentRow) {
	for _, f := range []struct {
		name, was, is string
		word          bool
	}{
		{"kind", was.kind, is.kind, true}, {"severity", was.severity, is.severity, true},
		{"state", was.state, is.state, true},
		{"title", was.title, is.title, false}, {"vendor_severity", was.vendorSeverity, is.vendorSeverity, true},
		{"started_at", was.startedAt, is.startedAt, false}, {"resolved_at", was.resolvedAt, is.resolvedAt, false},
		{"scheduled_start_at", was.scheduledStartAt, is.scheduledStartAt, false},
		{"scheduled_end_at", was.scheduledEndAt, is.scheduledEndAt, false},
		{"created_at", was.createdAt, is.createdAt, false}, {"updated_at", was.updatedAt, is.updatedAt, false},
		{"stated_duration_seconds", fmt.Sprint(was.statedSeconds), fmt.Sprint(is.statedSeconds), false},
		{"start_given", fmt.Sprint(db.Bit(was.startGiven)), fmt.Sprint(db.Bit(is.startGiven)), true},
	} {
		r.countField("incidents."+f.name, f.was, f.is, f.word)
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

// components makes the statuses of the page's components again. The newest entry of their history holds
// the same word, so that it changes with them; the words of those before it are not stored.
func (r *renormalizer) components() error {
	if err := r.loadComponents(); err != nil {
		return err
	}
	for _, c := range r.saver.components {
		if c.vendorStatus == "" {
			continue
		}
		was := normalize.ComponentStatus(c.status)
		is := normalize.Status(was, c.vendorStatus, r.platforms)
		if is == was {
			continue
		}
		if _, err := r.exec(`UPDATE components SET status = ? WHERE component_id = ?`, is, c.id); err != nil {
			return err
		}
		if _, err := r.exec(`
			UPDATE component_changes SET status = ?1 WHERE component_change_id = (
				SELECT component_change_id FROM component_changes WHERE component_id = ?2
				ORDER BY at DESC, component_change_id DESC LIMIT 1)`, is, c.id); err != nil {
			return err
		}
		if is != normalize.StatusUnknown {
			if _, err := r.exec(`DELETE FROM findings WHERE source_id = ? AND source_key IN (?, '') AND field = 'status'
				AND value = ?`, r.s.SourceID, c.key, c.vendorStatus); err != nil {
				return err
			}
		}
		c.status = string(is)
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

func (r *renormalizer) problems(rec *record) ([]problem, error) {
	return problemRow.All(r.ctx, r.tx, `
		SELECT `+problemRow.Columns+` FROM findings f WHERE f.source_id = ? AND f.source_key = ?`, r.s.SourceID,
		rec.incident.Key)
}

// findings takes away what the readings of an incident were found to lack and lack no more, and counts what they are
// found to lack now. before is what was stored. Findings on what the readings do not hold are of the page, and stay.
func (r *renormalizer) findings(rec *record, before []problem) error {
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
		if r.folded[normalize.Finding{Key: rec.incident.Key, Field: p.Field, Value: p.Value, Problem: p.Problem}] {
			continue
		}
		if holds, err := rec.history.holds(p.Value); err != nil || !holds {
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

// holds reports whether readings hold a finding's value, or the value is a time that was made of them.
func (h *history) holds(value string) (bool, error) {
	if _, err := db.ParseStamp(value); err == nil {
		return true, nil
	}
	printed, err := json.Marshal(strings.TrimSuffix(value, "…"))
	if err != nil {
		return false, err
	}
	for _, w := range h.wordings {
		text, err := json.Marshal(w.raws)
		if err != nil {
			return false, err
		}
		if bytes.Contains(text, bytes.Trim(printed, `"`)) {
			return true, nil
		}
	}
	return false, nil
}
