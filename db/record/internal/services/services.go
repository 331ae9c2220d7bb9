// Package services stores services of ours and what they need, and which components that is.
package services

import (
	"context"
	"fmt"
	"slices"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
	"vendorwatch/normalize/needed"
	"vendorwatch/normalize/target"
)

// Service is a service of ours, as the configuration has it.
type Service struct {
	Slug       string
	Name       string
	Owner      string
	RunbookURL string
	Critical   bool
	Needs      []Need
	Target     *target.Target // what it is held to; nil: nothing. Its components and credits mean nothing
}

// Need is something that a service needs.
type Need struct {
	Text      string // as the configuration has it
	Vendor    string // slug
	Component string // words of the components that it needs; empty for the whole vendor
}

// SetTags stores which tags each vendor has, by slug: these, and no others. What is not on record is left out.
func SetTags(ctx context.Context, tx *db.Tx, tags map[string][]string) error {
	list, err := db.JSON(tags)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM vendor_tags`); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT OR IGNORE INTO vendor_tags (vendor_id, tag)
		SELECT v.vendor_id, trim(t.value)
		FROM json_each(?) j JOIN vendors v ON v.slug = j.key, json_each(j.value) t
		WHERE trim(t.value) <> ''`, list)
	return err
}

// Set stores which services there are: these, and no others.
func Set(ctx context.Context, tx *db.Tx, services []Service) error {
	keep := []string{}
	for _, s := range services {
		keep = append(keep, s.Slug)
	}
	list, err := db.JSON(keep)
	if err != nil {
		return err
	}
	// Needs are numbered afresh: nothing but the components that they name refers to them.
	for _, statement := range []string{`DELETE FROM service_components`, `DELETE FROM service_needs`} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM services WHERE slug NOT IN (SELECT value FROM json_each(?))`,
		list); err != nil {
		return err
	}
	vendors := []int64{}
	for _, s := range services {
		if _, err := tx.Exec(ctx, `
			INSERT INTO services (slug, name, owner, runbook_url, critical) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (slug) DO UPDATE SET name = excluded.name, owner = excluded.owner,
				runbook_url = excluded.runbook_url, critical = excluded.critical`,
			s.Slug, s.Name, s.Owner, s.RunbookURL, db.Bit(s.Critical)); err != nil {
			return err
		}
		if err := setTarget(ctx, tx, s); err != nil {
			return err
		}
		for position, n := range s.Needs {
			vendor, err := scan.Column[int64](ctx, tx, `SELECT vendor_id FROM vendors WHERE slug = ?`, n.Vendor)
			if err == nil && len(vendor) == 0 {
				err = fmt.Errorf("vendor %q: %w", n.Vendor, db.ErrNotFound)
			}
			if err != nil {
				return fmt.Errorf("service %q needs %q: %w", s.Name, n.Text, err)
			}
			if _, err := tx.Exec(ctx, `
				INSERT INTO service_needs (service_id, position, need, vendor_id, component)
				SELECT service_id, ?, ?, ?, ? FROM services WHERE slug = ?`,
				position, n.Text, vendor[0], n.Component, s.Slug); err != nil {
				return err
			}
			if !slices.Contains(vendors, vendor[0]) {
				vendors = append(vendors, vendor[0])
			}
		}
	}
	for _, id := range vendors {
		if err := match(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// setTarget stores what a service is held to.
func setTarget(ctx context.Context, tx *db.Tx, s Service) error {
	_, err := tx.Exec(ctx, `DELETE FROM service_targets WHERE service_id = (SELECT service_id FROM services
		WHERE slug = ?)`, s.Slug)
	if err != nil || s.Target == nil {
		return err
	}
	severities, err := db.JSON(append([]string{}, s.Target.Severities...))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO service_targets (service_id, target_percent, period, severities, maintenance)
		SELECT service_id, ?, ?, ?, ? FROM services WHERE slug = ?`,
		s.Target.TargetPercent, s.Target.Period, severities, db.Bit(s.Target.Maintenance), s.Slug)
	return err
}

// MatchOf is match for the vendor of a source.
func MatchOf(ctx context.Context, tx *db.Tx, sourceID int64) error {
	vendor, err := scan.Column[int64](ctx, tx, `SELECT vendor_id FROM sources WHERE source_id = ?`, sourceID)
	for _, id := range vendor {
		err = match(ctx, tx, id)
	}
	return err
}

// needRow is a need of components.
type needRow struct {
	NeedID    int64  `db:"need_id"`
	Component string `db:"component"`
}

// partRow is a component that a need may name.
type partRow struct {
	ComponentID int64  `db:"component_id"`
	SourceKey   string `db:"source_key"`
	Name        string `db:"name"`
	GroupName   string `db:"group_name"`
}

// matchRow is a row of service_components.
type matchRow struct {
	NeedID      int64 `db:"need_id"`
	ComponentID int64 `db:"component_id"`
}

var (
	needRows  = scan.Of[needRow]("n")
	partRows  = scan.Of[partRow]("c")
	matchRows = scan.Of[matchRow]("")
)

// match brings up to date which components of a vendor are needed. It is called whenever there may be other
// needs, other components or other names of theirs.
func match(ctx context.Context, tx *db.Tx, vendorID int64) error {
	needs, err := needRows.All(ctx, tx, `SELECT `+needRows.Columns+` FROM service_needs n
		WHERE n.vendor_id = ? AND n.component <> ''`, vendorID)
	if err != nil || len(needs) == 0 {
		return err
	}
	parts, err := partRows.All(ctx, tx, `SELECT `+partRows.Columns+` FROM components c JOIN sources s USING (source_id)
		WHERE s.vendor_id = ? ORDER BY c.component_id`, vendorID)
	if err != nil {
		return err
	}
	stored, err := matchRows.All(ctx, tx, `SELECT need_id, component_id FROM service_components
		WHERE need_id IN (SELECT need_id FROM service_needs WHERE vendor_id = ?)`, vendorID)
	if err != nil {
		return err
	}
	was := map[matchRow]bool{}
	for _, m := range stored {
		was[m] = true
	}
	all := make([]normalize.Component, len(parts))
	for i, p := range parts {
		all[i] = normalize.Component{Key: p.SourceKey, Name: p.Name, Group: p.GroupName}
	}
	for _, n := range needs {
		for _, i := range needed.Components(n.Component, all) {
			m := matchRow{n.NeedID, parts[i].ComponentID}
			if was[m] {
				delete(was, m)
				continue
			}
			if _, err := tx.Exec(ctx, `INSERT INTO service_components (need_id, component_id) VALUES (?, ?)`,
				m.NeedID, m.ComponentID); err != nil {
				return err
			}
		}
	}
	for m := range was {
		if _, err := tx.Exec(ctx, `DELETE FROM service_components WHERE need_id = ? AND component_id = ?`,
			m.NeedID, m.ComponentID); err != nil {
			return err
		}
	}
	return nil
}
