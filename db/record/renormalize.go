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
	"vendorwatch/db/record/internal/services"
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
		source, err := loadSource(ctx, tx, sourceID)
		if err != nil {
			return err
		}
		p := passOf(Scrape{SourceID: sourceID, At: at, WordsOf: words}, source, r.LateAfter)
		done, err := renormalize(ctx, tx, p)
		if err != nil {
			return err
		}
		if err := services.MatchOf(ctx, tx, sourceID); err != nil {
			return err
		}
		out.Incidents, out.Changed, out.Wordless = done.incidents, done.changed, done.wordless
		out.Changes = done.counts.sorted()
		if dryRun {
			return errDry
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDry) {
		return Renormalized{}, fmt.Errorf("source %d: renormalize: %w", sourceID, err)
	}
	return out, nil
}

// renormalized is what was read again, and what that changed.
type renormalized struct {
	incidents, changed, wordless int
	counts                       counts
}

// together is how many incidents are loaded at a time.
const together = 500

func renormalize(ctx context.Context, tx *db.Tx, p pass) (renormalized, error) {
	out := renormalized{counts: counts{}}
	w, ok := p.WordsOf(p.source.Platform)
	if !ok {
		return out, fmt.Errorf("the words of the platform %q are not known", p.source.Platform)
	}
	p.Words = w
	wordsAt, err := wordsByTime(ctx, tx, p)
	if err != nil {
		return out, err
	}
	histories, err := p.parts.HistoryAgain(ctx, tx, wordsAt)
	if err != nil {
		return out, err
	}
	for range histories {
		out.counts.add("component_changes", "", "")
	}
	if err := statuses(ctx, tx, p, out.counts); err != nil {
		return out, err
	}
	keys, err := scan.Column[string](ctx, tx, `SELECT source_key FROM incidents
		WHERE source_id = ? AND origin = 'vendor' ORDER BY incident_id`, p.SourceID)
	if err != nil {
		return out, err
	}
	var among []touched
	for part := range slices.Chunk(keys, together) {
		headers, err := incidents.Headers(ctx, tx, p.SourceID, part)
		if err != nil {
			return out, err
		}
		records, err := incidents.Load(ctx, tx, part, headers)
		if err != nil {
			return out, err
		}
		for _, key := range part {
			rec := records[key]
			if !p.readable(rec) {
				out.wordless++
				continue
			}
			ended := rec.Row.ResolvedAt
			changed, err := foldAgain(ctx, tx, p, rec, out.counts)
			if err != nil {
				return out, fmt.Errorf("incident %d: %w", rec.ID, err)
			}
			out.incidents++
			if !changed {
				continue
			}
			out.changed++
			t := touched{from: rec.FirstSeen, to: max(ended, rec.Row.ResolvedAt)}
			if ended == "" || rec.Row.ResolvedAt == "" {
				t.to = p.at
			}
			among = append(among, t)
		}
	}
	if err := pagesAgain(ctx, tx, p, wordsAt, among, out.counts); err != nil {
		return out, fmt.Errorf("what the page said of itself: %w", err)
	}
	return out, nil
}

// foldAgain folds the readings of one incident again, counts what that changes, and reports whether it does.
func foldAgain(ctx context.Context, tx *db.Tx, p pass, rec *incidents.Record, n counts) (bool, error) {
	wasRow, wasUpdates, wasParts := rec.Row, map[string]*incidents.Update{}, len(rec.Components)
	for key, u := range rec.Updates {
		stored := *u
		wasUpdates[key] = &stored
	}
	problems, err := problemsStored(ctx, tx, p, rec)
	if err != nil {
		return false, err
	}
	f, err := fold(ctx, tx, p, rec, rec.Incident.Key)
	if err != nil {
		return false, err
	}
	n.addIncident(&wasRow, &rec.Row)
	n.addUpdates(wasUpdates, rec.Updates)
	if wasParts != len(rec.Components) {
		n.add("incident_components", "", "")
	}
	if f.Rows {
		i := rec.Incident
		i.State, i.Severity, i.Kind = normalize.State(rec.Row.State), normalize.Severity(rec.Row.Severity),
			normalize.Kind(rec.Row.Kind)
		if _, err := weigh(ctx, tx, p, rec.ID, i, false); err != nil {
			return false, err
		}
	}
	return f.Rows, dropProblems(ctx, tx, p, rec, problems, f.problems, n)
}

// readable reports whether all that was read of an incident is stored, and of platforms that are known.
func (p pass) readable(rec *incidents.Record) bool {
	for _, platform := range rec.History.Former() {
		if _, ok := p.WordsOf(platform); !ok {
			return false
		}
	}
	return !rec.History.Empty()
}

// counts is how often each change was made.
type counts map[MeaningChange]int

func (n counts) add(field, from, to string) { n[MeaningChange{Field: field, From: from, To: to}]++ }

// addIncident counts the columns in which two rows differ. Words are named; times and texts are too many.
func (n counts) addIncident(was, is *incidents.Row) {
	for _, f := range incidents.Differ(was, is) {
		switch f.Column {
		case "raw", "raw_index", "first_seen_at": // what was read, and not what it means
		case "kind", "severity", "state", "vendor_severity", "started_basis", "resolved_basis", "start_given":
			n.addField("incidents."+f.Column, f.Was, f.Is, true)
		default:
			n.addField("incidents."+f.Column, f.Was, f.Is, false)
		}
	}
}

// addUpdates counts how the posts of an incident differ.
func (n counts) addUpdates(before, now map[string]*incidents.Update) {
	stored := map[int64]normalize.Update{}
	for _, u := range before {
		stored[u.ID] = u.Update
	}
	for _, u := range now {
		was, known := stored[u.ID]
		if !known {
			n.add("incident_updates", "", string(u.Update.State))
			continue
		}
		n.addField("incident_updates.state", string(was.State), string(u.Update.State), true)
		n.addField("incident_updates.posted_at", db.Stamp(was.PostedAt), db.Stamp(u.Update.PostedAt), false)
		n.addField("incident_updates.created_at", db.Stamp(was.CreatedAt), db.Stamp(u.Update.CreatedAt), false)
		n.addField("incident_updates.body", was.Body, u.Update.Body, false)
	}
}

func (n counts) addField(field, was, is string, word bool) {
	switch {
	case was == is:
	case word:
		n.add(field, was, is)
	default:
		n.add(field, "", "")
	}
}

func (n counts) sorted() []MeaningChange {
	list := []MeaningChange{}
	for c, count := range n {
		c.Count = count
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b MeaningChange) int {
		return cmp.Or(strings.Compare(a.Field, b.Field), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return list
}

// platforms returns the words of the platforms that the page was served by, the present one first.
func platforms(ctx context.Context, tx *db.Tx, p pass) ([]normalize.Words, error) {
	former, err := scan.Column[string](ctx, tx, `SELECT from_platform FROM source_moves
		WHERE source_id = ? AND from_platform <> ? ORDER BY source_move_id DESC`, p.SourceID, p.source.Platform)
	all := []normalize.Words{p.Words}
	for _, name := range former {
		if w, ok := p.WordsOf(name); ok {
			all = append(all, w)
		}
	}
	return all, err
}

// statuses makes the statuses of the page's components again. The newest entry of their history holds the same word,
// so that it changes with them.
func statuses(ctx context.Context, tx *db.Tx, p pass, n counts) error {
	all, err := p.parts.All(ctx, tx)
	if err != nil {
		return err
	}
	words, err := platforms(ctx, tx, p)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.VendorStatus == "" {
			continue
		}
		was := normalize.ComponentStatus(c.Status)
		is := normalize.Status(was, c.VendorStatus, words)
		if is == was {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE components SET status = ? WHERE component_id = ?`, is, c.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			UPDATE component_changes SET status = ?1 WHERE component_change_id = (
				SELECT component_change_id FROM component_changes WHERE component_id = ?2
				ORDER BY at DESC, component_change_id DESC LIMIT 1)`, is, c.ID); err != nil {
			return err
		}
		if is != normalize.StatusUnknown {
			if _, err := tx.Exec(ctx, `DELETE FROM findings WHERE source_id = ? AND source_key IN (?, '')
				AND field = 'status' AND value = ?`, p.SourceID, c.Key, c.VendorStatus); err != nil {
				return err
			}
		}
		c.Status = string(is)
		n.add("components.status", string(was), string(is))
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

func problemsStored(ctx context.Context, tx *db.Tx, p pass, rec *incidents.Record) ([]problem, error) {
	return problemRow.All(ctx, tx, `SELECT `+problemRow.Columns+` FROM findings f
		WHERE f.source_id = ? AND f.source_key = ?`, p.SourceID, rec.Incident.Key)
}

// dropProblems takes away what the readings of an incident were found to lack and lack no more, and counts what they
// are found to lack now. before is what was stored, now what they lack. Findings on what the readings do not hold are
// of the page, and stay.
func dropProblems(ctx context.Context, tx *db.Tx, p pass, rec *incidents.Record, before []problem,
	now []normalize.Finding, n counts) error {
	stored, err := problemsStored(ctx, tx, p, rec)
	if err != nil {
		return err
	}
	for _, f := range stored {
		if !slices.ContainsFunc(before, func(b problem) bool { return b.ID == f.ID }) {
			n.add("findings."+f.Field, "", f.Problem)
		}
	}
	for _, f := range before {
		finding := normalize.Finding{Key: rec.Incident.Key, Field: f.Field, Value: f.Value, Problem: f.Problem}
		if slices.Contains(now, finding) {
			continue
		}
		if holds, err := rec.History.Holds(f.Value); err != nil || !holds {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := tx.Exec(ctx, `DELETE FROM findings WHERE finding_id = ?`, f.ID); err != nil {
			return err
		}
		n.add("findings."+f.Field, f.Problem, "")
	}
	return nil
}
