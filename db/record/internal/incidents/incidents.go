// Package incidents loads and writes the rows of incidents: the incident itself, its posts, the components that it
// affects and the edits of its vendor.
package incidents

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/db/record/internal/readings"
	"vendorwatch/normalize"
)

// Record is an incident as it is stored, whole.
type Record struct {
	ID         int64 // 0 until it is stored
	FirstSeen  string
	LeftFeed   string
	Announced  bool
	SameEvent  int64 // the record that stands for the event; 0 if it is alone
	Words      readings.Index
	Row        Row
	Incident   normalize.Incident
	History    readings.History   // all that was read
	Was        map[string]string  // by the key of an update, the key that it had before
	Updates    map[string]*Update // by key
	Components map[int64]bool
}

// New returns the record of an incident of which nothing is stored.
func New(firstSeen string) *Record {
	return &Record{FirstSeen: firstSeen, Updates: map[string]*Update{}, Components: map[int64]bool{}}
}

// Row is what the readings of an incident decide of its row: the one list of these columns. Two of them are equal if
// nothing is to be written.
type Row struct {
	Origin           string `db:"origin"`
	Kind             string `db:"kind"`
	Title            string `db:"title"`
	URL              string `db:"url"`
	Severity         string `db:"severity"`
	State            string `db:"state"`
	VendorSeverity   string `db:"vendor_severity"`
	VendorState      string `db:"vendor_state"`
	StartedAt        string `db:"started_at,null"`
	ResolvedAt       string `db:"resolved_at,null"`
	ScheduledStartAt string `db:"scheduled_start_at,null"`
	ScheduledEndAt   string `db:"scheduled_end_at,null"`
	CreatedAt        string `db:"created_at,null"`
	UpdatedAt        string `db:"updated_at,null"`
	StatedSeconds    int64  `db:"stated_duration_seconds,null"`
	StartGiven       bool   `db:"start_given"`
	Excerpt          bool   `db:"excerpt"`
	Raw              string `db:"raw"`
	RawIndex         string `db:"raw_index"`
	StartedBasis     string `db:"started_basis,null"`
	StartedAfter     string `db:"started_after,null"`
	ResolvedBasis    string `db:"resolved_basis,null"`
	ResolvedAfter    string `db:"resolved_after,null"`
	FirstSeen        string `db:"first_seen_at"`
}

// idRow is a Row and whose it is.
type idRow struct {
	ID int64 `db:"incident_id"`
	Row
}

var (
	columns  = scan.Of[Row]("")
	selected = scan.Of[idRow]("")
)

// rowOf gives an incident the form of its row. An end before its start is left unknown: the schema has
// no negative durations, and normalize has told of the contradiction.
func rowOf(f normalize.Record, h *readings.History, words readings.Index) (Row, error) {
	i := f.Incident
	r := Row{
		Origin: string(cmp.Or(f.Origin, normalize.OriginVendor)),
		Kind:   string(i.Kind), Title: i.Title, URL: i.URL, Severity: string(i.Severity), State: string(i.State),
		VendorSeverity: i.VendorSeverity, VendorState: i.VendorState,
		StartedAt: db.Stamp(i.StartedAt), ResolvedAt: db.Stamp(i.ResolvedAt),
		ScheduledStartAt: db.Stamp(i.ScheduledStartAt), ScheduledEndAt: db.Stamp(i.ScheduledEndAt),
		CreatedAt: db.Stamp(i.CreatedAt), UpdatedAt: db.Stamp(i.UpdatedAt),
		StatedSeconds: max(0, int64(i.StatedDuration/time.Second)), StartGiven: i.StartGiven, Excerpt: i.Excerpt,
		StartedBasis: string(f.StartedBasis), StartedAfter: db.Stamp(f.StartedAfter),
		ResolvedBasis: string(f.ResolvedBasis),
		ResolvedAfter: db.Stamp(f.ResolvedAfter),
		FirstSeen:     db.Stamp(f.FirstSeen),
	}
	if r.Kind == "" {
		r.Kind = string(normalize.KindIncident)
	}
	if r.Severity == "" {
		r.Severity = string(normalize.SeverityUnknown)
	}
	if r.State == "" {
		r.State = string(normalize.StateUnknown)
	}
	if r.ResolvedAt < r.StartedAt {
		r.ResolvedAt, r.ResolvedBasis, r.ResolvedAfter = "", "", ""
	}
	if r.ScheduledEndAt < r.ScheduledStartAt {
		r.ScheduledEndAt = ""
	}
	shown, err := h.Shown(i.Raws)
	if err != nil {
		return r, err
	}
	if r.Raw, err = db.JSON(shown); err != nil {
		return r, err
	}
	r.RawIndex, err = db.JSON(words)
	return r, err
}

// incident gives a row the form of an incident, without key, posts, components and words.
func (r *Row) incident() (normalize.Incident, error) {
	i := normalize.Incident{
		Kind: normalize.Kind(r.Kind), Title: r.Title, URL: r.URL,
		Severity: normalize.Severity(r.Severity), State: normalize.State(r.State),
		VendorSeverity: r.VendorSeverity, VendorState: r.VendorState,
		StatedDuration: time.Duration(r.StatedSeconds) * time.Second, StartGiven: r.StartGiven, Excerpt: r.Excerpt,
	}
	return i, db.ParseStamps(map[*time.Time]string{
		&i.StartedAt: r.StartedAt, &i.ResolvedAt: r.ResolvedAt, &i.ScheduledStartAt: r.ScheduledStartAt,
		&i.ScheduledEndAt: r.ScheduledEndAt, &i.CreatedAt: r.CreatedAt, &i.UpdatedAt: r.UpdatedAt,
	})
}

// Field is a column of two rows.
type Field struct {
	Column, Was, Is string
}

// Differ returns the columns in which two rows differ.
func Differ(was, is *Row) []Field {
	before, now := columns.Values(was), columns.Values(is)
	var out []Field
	for n, name := range columns.List {
		if before[n] != now[n] {
			out = append(out, Field{name, printed(before[n]), printed(now[n])})
		}
	}
	return out
}

func printed(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// Begin is when an incident began by its vendor. When its entry was made does not count where that is known:
// vendors fill in what happened last week, and that is no alert.
func Begin(i normalize.Incident) time.Time {
	switch {
	case !i.StartedAt.IsZero():
		return i.StartedAt
	case !i.ScheduledStartAt.IsZero():
		return i.ScheduledStartAt
	}
	return i.CreatedAt
}

// UpdateIDs returns the ids of the posts, by key.
func (r *Record) UpdateIDs() map[string]int64 {
	ids := map[string]int64{}
	for key, u := range r.Updates {
		ids[key] = u.ID
	}
	return ids
}

// sorted returns the rows in the order of the timeline.
func (r *Record) sorted() []*Update {
	rows := slices.Collect(maps.Values(r.Updates))
	slices.SortFunc(rows, func(a, b *Update) int { return cmp.Compare(a.row.Position, b.row.Position) })
	return rows
}

// Affects reports whether the components of a stored incident are those of a list, by their keys and times.
func (r *Record) Affects(list []normalize.Component) bool {
	if len(list) != len(r.Components) || len(list) != len(r.Incident.Components) {
		return false
	}
	known := make(map[string]normalize.Component, len(list))
	for _, c := range r.Incident.Components {
		known[c.Key] = c
	}
	for _, c := range list {
		k, ok := known[c.Key]
		if !ok || !k.StartedAt.Equal(c.StartedAt) || !k.ResolvedAt.Equal(c.ResolvedAt) {
			return false
		}
		delete(known, c.Key) // one that is listed twice is not the same list
	}
	return true
}

// Load loads what is stored of incidents, by key.
func Load(ctx context.Context, tx *db.Tx, keys []string, headers map[string]*Header) (map[string]*Record, error) {
	byKey, byID := map[string]*Record{}, map[int64]*Record{}
	for _, key := range keys {
		h := headers[key]
		if h == nil || byKey[key] != nil {
			continue
		}
		r := New(h.FirstSeen)
		r.ID, r.LeftFeed, r.Announced, r.SameEvent, r.Words = h.ID, h.LeftFeed, h.Announced, h.SameEvent, h.Words
		r.Incident.Key = key
		byKey[key], byID[h.ID] = r, r
	}
	if len(byID) == 0 {
		return byKey, nil
	}
	if err := LoadRows(ctx, tx, byID); err != nil {
		return nil, err
	}
	if err := LoadAffected(ctx, tx, byID); err != nil {
		return nil, err
	}
	histories := map[int64]*readings.History{}
	for id, r := range byID {
		histories[id] = &r.History
	}
	list, err := idsOf(byID)
	if err != nil {
		return nil, err
	}
	return byKey, readings.Load(ctx, tx, list, histories)
}

// idsOf returns the ids of records, as JSON.
func idsOf(byID map[int64]*Record) (string, error) {
	return db.JSON(slices.Sorted(maps.Keys(byID)))
}

// LoadRows loads the rows of incidents and their posts into records that have their ids.
func LoadRows(ctx context.Context, tx *db.Tx, byID map[int64]*Record) error {
	ids, err := idsOf(byID)
	if err != nil {
		return err
	}
	rows, err := selected.All(ctx, tx, `SELECT `+selected.Columns+`
		FROM incidents WHERE incident_id IN (SELECT value FROM json_each(?))`, ids)
	if err != nil {
		return err
	}
	for _, row := range rows {
		r := byID[row.ID]
		key := r.Incident.Key
		r.Row = row.Row
		if r.Incident, err = row.incident(); err != nil {
			return fmt.Errorf("incident %d: %w", row.ID, err)
		}
		r.Incident.Key = key
	}
	return loadUpdates(ctx, tx, ids, byID)
}

// LoadAffected loads the components that incidents affect into records that have their ids.
func LoadAffected(ctx context.Context, tx *db.Tx, byID map[int64]*Record) error {
	ids, err := idsOf(byID)
	if err != nil {
		return err
	}
	return scan.EachRow(ctx, tx, func(row scan.Scanner) error {
		var id, componentID int64
		var c normalize.Component
		var from, to string
		if err := row.Scan(&id, &componentID, &c.Key, &c.Name, &c.Group, &c.Status, &c.VendorStatus, &from,
			&to); err != nil {
			return err
		}
		if err := db.ParseStamps(map[*time.Time]string{&c.StartedAt: from, &c.ResolvedAt: to}); err != nil {
			return err
		}
		byID[id].Components[componentID] = true
		byID[id].Incident.Components = append(byID[id].Incident.Components, c)
		return nil
	}, `
		SELECT ic.incident_id, c.component_id, c.source_key, c.name, c.group_name, c.status, c.vendor_status,
			coalesce(ic.started_at, ''), coalesce(ic.resolved_at, '')
		FROM incident_components ic JOIN components c USING (component_id)
		WHERE ic.incident_id IN (SELECT value FROM json_each(?)) ORDER BY ic.incident_id, c.component_id`, ids)
}
