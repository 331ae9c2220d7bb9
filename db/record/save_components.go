package record

import (
	"fmt"
	"strings"
	"vendorwatch/normalize"
)

// componentRow is a stored component.
type componentRow struct {
	id                                             int64
	key, name, group, status, vendorStatus, goneAt string
	position                                       int
	firstSeen                                      string
}

func (v *saver) loadComponents() error {
	if v.components != nil {
		return nil
	}
	rows, err := v.query(`
		SELECT component_id, source_key, name, group_name, status, vendor_status, coalesce(gone_at, ''), position,
		first_seen_at
		FROM components WHERE source_id = ?`, v.s.SourceID)
	if err != nil {
		return err
	}
	defer rows.Close()
	v.components = map[string]*componentRow{}
	for rows.Next() {
		r := &componentRow{}
		if err := rows.Scan(&r.id, &r.key, &r.name, &r.group, &r.status, &r.vendorStatus, &r.goneAt, &r.position,
			&r.firstSeen); err != nil {
			return err
		}
		v.components[r.key] = r
	}
	return rows.Err()
}

// saveComponents stores the page's own list of components. Backfills only add to it; older pages do too, and to its
// history.
func (v *saver) saveComponents() error {
	s := v.s
	if len(s.Components) == 0 {
		return nil // a page that lists none, not one that lost them all
	}
	if !v.pastList {
		same, err := v.sameComponents()
		if err == nil && (!same || s.Archived) && !s.Backfill {
			err = v.storeList()
		}
		if same || err != nil {
			return err
		}
	} else if err := v.storeList(); err != nil {
		return err
	}
	if err := v.loadComponents(); err != nil {
		return err
	}
	if v.pastList {
		return v.savePastList()
	}
	taken := map[int64]bool{}
	for n, c := range s.Components {
		r := v.findComponent(c, s.Components, taken, nil)
		var err error
		if r == nil {
			r, err = v.addComponent(c, n, true)
		} else if !s.Backfill {
			err = v.changeComponent(r, c, n)
		} else if madeKey(r.key) && !madeKey(c.Key) && v.components[c.Key] == nil {
			err = v.identifyComponent(r, c.Key)
		}
		if err != nil {
			return fmt.Errorf("component %q: %w", c.Key, err)
		}
		taken[r.id] = true
	}
	if !s.AllComponents || s.Backfill {
		return nil
	}
	for _, r := range v.components {
		// One that only an incident named, later than this page was saved, is not gone from it.
		if taken[r.id] || r.goneAt != "" || r.firstSeen > v.at {
			continue
		}
		if _, err := v.exec(`UPDATE components SET gone_at = ? WHERE component_id = ?`, v.at, r.id); err != nil {
			return err
		}
		r.goneAt, v.changed = v.at, true
	}
	return nil
}

// identifyComponent gives a component that was known by its name only the vendor's id.
func (v *saver) identifyComponent(r *componentRow, key string) error {
	delete(v.components, r.key)
	r.key = key
	v.components[key], v.changed = r, true
	_, err := v.exec(`UPDATE components SET source_key = ? WHERE component_id = ?`, key, r.id)
	return err
}

// madeKey reports whether a component's key was made from its name, the page having shown no id.
func madeKey(key string) bool { return strings.HasPrefix(key, "@") }

// told reports whether the page says how a component is doing.
func told(c normalize.Component) bool {
	return c.VendorStatus != "" || c.Status != "" && c.Status != normalize.StatusUnknown
}

// addComponent stores a component that is new. One that an incident names, and no list so far, has no
// status yet: what the incident says is how it was then.
func (v *saver) addComponent(c normalize.Component, position int, listed bool) (*componentRow, error) {
	if !listed || !told(c) {
		c.Status, c.VendorStatus = normalize.StatusUnknown, ""
	}
	if c.Key == "" {
		c.Key = "@" + c.Group + "/" + c.Name
	}
	id, err := v.insert(`
		INSERT INTO components (source_id, source_key, name, group_name, status, vendor_status, position, first_seen_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		v.s.SourceID, c.Key, c.Name, c.Group, c.Status, c.VendorStatus, position, v.at)
	if err != nil {
		return nil, err
	}
	r := &componentRow{id: id, key: c.Key, name: c.Name, group: c.Group, status: string(c.Status),
		vendorStatus: c.VendorStatus, position: position, firstSeen: v.at}
	v.components[r.key], v.changed = r, true
	if !told(c) {
		return r, nil
	}
	if err := v.recordStatus(id, c.Status); err != nil {
		return nil, err
	}
	if v.baseline || v.past || v.pastList || v.s.Backfill || c.Status == normalize.StatusOperational ||
		c.Status == normalize.StatusUnknown {
		return r, nil
	}
	return r, v.componentNews(r, "")
}

func (v *saver) recordStatus(id int64, status normalize.ComponentStatus) error {
	_, err := v.exec(`INSERT INTO component_changes (component_id, status, at) VALUES (?, ?, ?)`, id, status, v.at)
	return err
}

func (v *saver) componentNews(r *componentRow, from string) error {
	c := normalize.Component{Name: r.name, Group: r.group}
	return v.componentEvent(c, map[string]string{"component": c.Label(), "from": from, "to": r.status})
}

// renamed tells that the vendor calls a component of its id otherwise now. A group that appears or goes is
// none of the name: some documents do not show it.
func (v *saver) renamed(was componentRow, r *componentRow) error {
	regrouped := was.group != r.group && was.group != "" && r.group != ""
	if v.baseline || madeKey(was.key) || was.name == r.name && !regrouped {
		return nil
	}
	from := normalize.Component{Name: was.name, Group: was.group}
	if !regrouped {
		from.Group = r.group
	}
	to := normalize.Component{Name: r.name, Group: r.group}
	return v.componentEvent(to, map[string]string{"component": to.Label(), "from_name": from.Label(),
		"to_name": to.Label()})
}

// changeComponent brings a stored component up to what the page lists.
func (v *saver) changeComponent(r *componentRow, c normalize.Component, position int) error {
	was := *r
	if r.key != c.Key && madeKey(r.key) && v.components[c.Key] == nil {
		delete(v.components, r.key)
		r.key = c.Key
		v.components[r.key] = r
	}
	r.name, r.position, r.goneAt = c.Name, position, ""
	if c.Group != "" || !madeKey(c.Key) {
		r.group = c.Group
	}
	if told(c) {
		r.status, r.vendorStatus = string(c.Status), c.VendorStatus
	}
	if *r == was {
		return nil
	}
	v.changed = true
	_, err := v.exec(`
		UPDATE components SET source_key = ?, name = ?, group_name = ?, status = ?, vendor_status = ?, position = ?,
		gone_at = NULL
		WHERE component_id = ?`, r.key, r.name, r.group, r.status, r.vendorStatus, r.position, r.id)
	if err != nil {
		return err
	}
	if err := v.renamed(was, r); err != nil || r.status == was.status {
		return err
	}
	if err := v.recordStatus(r.id, normalize.ComponentStatus(r.status)); err != nil {
		return err
	}
	first := was.status == string(normalize.StatusUnknown) && was.vendorStatus == ""
	if v.baseline || first {
		return nil
	}
	return v.componentNews(r, was.status)
}

// writeAffected makes the stored list of an incident's components equal to components.
func (v *saver) writeAffected(rec *record, components []normalize.Component) error {
	if rec.affects(components) {
		return nil
	}
	if err := v.loadComponents(); err != nil {
		return err
	}
	affected := map[int64]bool{}
	for _, c := range components {
		r := v.findComponent(c, components, affected, rec.components)
		if r == nil {
			var err error
			if r, err = v.addComponent(c, len(v.components), false); err != nil {
				return fmt.Errorf("component %q: %w", c.Key, err)
			}
		}
		affected[r.id] = true
		if rec.components[r.id] {
			continue
		}
		if _, err := v.exec(`INSERT INTO incident_components (incident_id, component_id) VALUES (?, ?)`, rec.id,
			r.id); err != nil {
			return err
		}
		v.changed = true
	}
	for id := range rec.components {
		if affected[id] {
			continue
		}
		if _, err := v.exec(`DELETE FROM incident_components WHERE incident_id = ? AND component_id = ?`, rec.id,
			id); err != nil {
			return err
		}
		v.changed = true
	}
	rec.components = affected
	return nil
}
