package record

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
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
	SourceID  int64           `json:"source_id"`
	Vendor    string          `json:"vendor"` // slug
	PageURL   string          `json:"page_url"`
	Platform  string          `json:"platform"`
	Incidents int             `json:"incidents"`          // whose words were read again
	Changed   int             `json:"incidents_changed"`  // of them
	Wordless  int             `json:"incidents_wordless"` // whose words are not stored, or in part only: left as they are
	Changes   []MeaningChange `json:"changes"`
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
// a dry run takes back. Ids, first_seen_at, announced, revisions and events stay as they are, and no news comes of
// it. at is the time of the change. It returns db.ErrNotFound if there is no such source.
func (r *Recorder) Renormalize(ctx context.Context, sourceID int64, at time.Time, dryRun bool, words func(platform string) (normalize.Words, bool)) (Renormalized, error) {
	s, err := query.New(r.file).Source(ctx, sourceID)
	if err != nil {
		return Renormalized{}, err
	}
	out := Renormalized{SourceID: s.SourceID, Vendor: s.Vendor, PageURL: s.PageURL, Platform: s.Platform}
	err = r.file.Change(ctx, func(tx *db.Tx) error {
		v := &saver{ctx: ctx, tx: tx, s: Scrape{SourceID: sourceID, At: at}, at: normalize.FormatTime(at), added: map[int64]bool{}}
		r := &renormalizer{saver: v, words: words, counts: map[MeaningChange]int{}, out: &out}
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
	words     func(platform string) (normalize.Words, bool)
	platforms []normalize.Words // that the page was served by, the present one first
	counts    map[MeaningChange]int
	out       *Renormalized
}

// together is how many incidents are loaded at a time.
const together = 500

func (r *renormalizer) all(platform string) error {
	w, ok := r.words(platform)
	if !ok {
		return fmt.Errorf("the words of the platform %q are not known", platform)
	}
	r.platforms = []normalize.Words{w}
	former, err := r.texts(`SELECT from_platform FROM source_moves WHERE source_id = ? AND from_platform <> ? ORDER BY source_move_id DESC`, r.s.SourceID, platform)
	if err != nil {
		return err
	}
	for _, name := range former {
		if w, ok := r.words(name); ok {
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
	return scan.List(r.ctx, r.tx, func(rows *sql.Rows, s *string) error { return rows.Scan(s) }, query, args...)
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

func (r *renormalizer) incident(rec *record) error {
	readings, findings, ok := r.read(rec)
	if !ok {
		r.out.Wordless++
		return nil
	}
	r.out.Incidents++
	r.changed = false
	known := rec.incident
	i := normalize.Again(known, readings, r.platforms)
	if err := r.writeMeaning(rec, i); err != nil {
		return err
	}
	if err := r.writeTimeline(rec, known.Updates, i.Updates); err != nil {
		return err
	}
	if len(known.Components) == 0 && len(i.Components) > 0 {
		if err := r.writeAffected(rec, i.Components); err != nil {
			return err
		}
		r.count("incident_components", "", "")
	}
	if r.changed {
		r.out.Changed++
		i.State, i.Severity, i.Kind = normalize.State(rec.row.state), normalize.Severity(rec.row.severity), normalize.Kind(rec.row.kind)
		if _, err := r.weigh(rec.id, i, false); err != nil {
			return err
		}
	}
	return r.findings(rec, readings, findings)
}

// writeMeaning writes the columns of an incident that are made of its words; the words themselves stay as they are.
func (r *renormalizer) writeMeaning(rec *record, i normalize.Incident) error {
	row, err := rowOf(i, nil, nil)
	if err != nil {
		return err
	}
	row.raw, row.index = rec.row.raw, rec.row.index
	if row == rec.row {
		return nil
	}
	_, err = r.exec(`
		UPDATE incidents SET kind = ?, title = ?, url = ?, severity = ?, state = ?, vendor_severity = ?, vendor_state = ?,
			started_at = ?, resolved_at = ?, scheduled_start_at = ?, scheduled_end_at = ?, created_at = ?, updated_at = ?,
			stated_duration_seconds = ?, start_given = ?, excerpt = ?, raw = ?, raw_index = ?
		WHERE incident_id = ?`, append(row.args(), rec.id)...)
	r.countIncident(rec.row, row)
	rec.row, r.changed = row, true
	return err
}

// read reads the stored words of an incident, each kind of document on its own, those read last at the end. ok
// is false where words are missing, or of a platform that nobody knows any more.
func (r *renormalizer) read(rec *record) (readings []normalize.Incident, findings []normalize.Finding, ok bool) {
	raws := slices.Clone(rec.incident.Raws)
	if len(raws) == 0 || len(raws) != len(rec.words) {
		return nil, nil, false
	}
	slices.SortStableFunc(raws, func(a, b normalize.Raw) int {
		return strings.Compare(rec.words[a.Document].At, rec.words[b.Document].At)
	})
	for _, raw := range raws {
		if _, known := rec.words[raw.Document]; !known {
			return nil, nil, false
		}
		words := r.platforms[0]
		platform, _, former := strings.Cut(raw.Document, "/")
		if former {
			if words, ok = r.words(platform); !ok {
				return nil, nil, false
			}
		}
		read, found := normalize.Incidents([]normalize.Raw{raw}, words)
		if former { // what the page was served by before had other ids
			for n := range read[0].Updates {
				read[0].Updates[n].Key = "@" + read[0].Updates[n].Key
			}
			for n := range read[0].Components {
				read[0].Components[n].Key = "@" + read[0].Components[n].Key
			}
		}
		readings, findings = append(readings, storable(read)...), append(findings, found...)
	}
	return readings, findings, true
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
		{"kind", was.kind, is.kind, true}, {"severity", was.severity, is.severity, true}, {"state", was.state, is.state, true},
		{"title", was.title, is.title, false}, {"vendor_severity", was.vendorSeverity, is.vendorSeverity, true},
		{"started_at", was.startedAt, is.startedAt, false}, {"resolved_at", was.resolvedAt, is.resolvedAt, false},
		{"scheduled_start_at", was.scheduledStartAt, is.scheduledStartAt, false}, {"scheduled_end_at", was.scheduledEndAt, is.scheduledEndAt, false},
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

// writeTimeline writes the updates whose meaning changed. Each keeps its row.
func (r *renormalizer) writeTimeline(rec *record, was, is []normalize.Update) error {
	before := map[string]normalize.Update{}
	for _, u := range was {
		before[u.Key] = u
	}
	for n, u := range is {
		if u.Was == "" {
			row, err := r.insertUpdate(rec.id, n, u)
			if err != nil {
				return fmt.Errorf("update %q: %w", u.Key, err)
			}
			rec.updates[u.Key] = row
			r.count("incident_updates", "", string(u.State))
			continue
		}
		old := before[u.Was]
		row := rec.updates[u.Was]
		if err := r.changeUpdate(rec, row, n, u); err != nil {
			return fmt.Errorf("update %q: %w", u.Key, err)
		}
		r.countField("incident_updates.state", string(old.State), string(u.State), true)
		r.countField("incident_updates.posted_at", db.Stamp(old.PostedAt), db.Stamp(u.PostedAt), false)
		r.countField("incident_updates.created_at", db.Stamp(old.CreatedAt), db.Stamp(u.CreatedAt), false)
		r.countField("incident_updates.body", old.Body, u.Body, false)
	}
	return nil
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
				SELECT max(component_change_id) FROM component_changes WHERE component_id = ?2)`, is, c.id); err != nil {
			return err
		}
		if is != normalize.StatusUnknown {
			if _, err := r.exec(`DELETE FROM findings WHERE source_id = ? AND source_key IN (?, '') AND field = 'status' AND value = ?`, r.s.SourceID, c.key, c.vendorStatus); err != nil {
				return err
			}
		}
		c.status = string(is)
		r.count("components.status", string(was), string(is))
	}
	return nil
}

// shows reports whether the words stored of a document read at a time hold a finding's value, or the value is a time
// that was made of them.
func (r *record) shows(value, at string) (bool, error) {
	_, err := db.ParseStamp(value)
	printed, quoteErr := json.Marshal(strings.TrimSuffix(value, "…"))
	if quoteErr != nil {
		return false, quoteErr
	}
	for _, raw := range r.incident.Raws {
		if r.words[raw.Document].At != at {
			continue
		}
		text, marshalErr := json.Marshal(raw)
		if marshalErr != nil {
			return false, marshalErr
		}
		if err == nil || bytes.Contains(text, bytes.Trim(printed, `"`)) {
			return true, nil
		}
	}
	return false, nil
}

// findings takes away what the stored words were found to lack and lack no more, and adds what they are found to
// lack now. Findings on words that are not stored any more stay: they were last seen at another time.
func (r *renormalizer) findings(rec *record, readings []normalize.Incident, found []normalize.Finding) error {
	keys := []string{rec.incident.Key}
	for _, i := range readings {
		keys = append(keys, i.Key)
	}
	now := map[normalize.Finding]bool{}
	for _, f := range found {
		f.Key = ""
		now[f] = true
	}
	inKeys, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	type row struct {
		id      int64
		finding normalize.Finding
		at      string
	}
	rows, err := scan.List(r.ctx, r.tx, func(rows *sql.Rows, f *row) error {
		return rows.Scan(&f.id, &f.finding.Field, &f.finding.Value, &f.finding.Problem, &f.at)
	}, `SELECT finding_id, field, value, problem, last_seen_at FROM findings WHERE source_id = ? AND source_key IN (SELECT value FROM json_each(?))`, r.s.SourceID, string(inKeys))
	if err != nil {
		return err
	}
	for _, f := range rows {
		if now[f.finding] {
			delete(now, f.finding)
			continue
		}
		if f.finding.Field == "duration" {
			continue // of two times beside it, which another document of the same kind may have shown
		}
		if holds, err := rec.shows(f.finding.Value, f.at); err != nil || !holds {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := r.exec(`DELETE FROM findings WHERE finding_id = ?`, f.id); err != nil {
			return err
		}
		r.count("findings."+f.finding.Field, f.finding.Problem, "")
	}
	for f := range now {
		if _, err := r.exec(`
			INSERT INTO findings (source_id, source_key, field, value, problem, first_seen_at, last_seen_at, times_seen)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1) ON CONFLICT DO NOTHING`,
			r.s.SourceID, rec.incident.Key, f.Field, f.Value, f.Problem, rec.words.newest()); err != nil {
			return err
		}
		r.count("findings."+f.Field, "", f.Problem)
	}
	return nil
}
