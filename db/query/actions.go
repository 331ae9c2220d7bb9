package query

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// ActionKind is what somebody did.
type ActionKind string

// The kinds of actions.
const (
	ActionMute        ActionKind = "mute"        // alerts are held
	ActionAcknowledge ActionKind = "acknowledge" // somebody takes care of it, and reminders stop
	ActionNote        ActionKind = "note"        // words for others
)

// Via is from where somebody did something.
type Via string

// From where actions come.
const (
	ViaCLI   Via = "cli"
	ViaSlack Via = "slack"
	ViaAPI   Via = "api"
)

// Action is a row of v_actions: what somebody did about a vendor or an incident.
type Action struct {
	ActionID   int64      `db:"action_id" json:"action_id"`
	Kind       ActionKind `db:"kind" json:"kind"`
	Vendor     string     `db:"vendor" json:"vendor"` // slug; of the incident's vendor too
	VendorName string     `db:"vendor_name" json:"vendor_name"`
	IncidentID int64      `db:"incident_id" json:"incident_id,omitempty"` // 0 if a vendor is muted
	Title      string     `db:"title" json:"title,omitempty"`             // of the incident
	Who        string     `db:"who" json:"who"`
	Via        Via        `db:"via" json:"via"`
	Text       string     `db:"text" json:"text,omitempty"`         // the note, or why
	UntilAt    string     `db:"until_at" json:"until_at,omitempty"` // when a mute ends by itself
	CreatedAt  string     `db:"created_at" json:"created_at"`
	EndedAt    string     `db:"ended_at" json:"ended_at,omitempty"` // ended or taken back by hand
	EndedBy    string     `db:"ended_by" json:"ended_by,omitempty"`
}

// Holds reports whether an action counts at a moment: a mute until it ends, and what was not taken back.
func (a Action) Holds(now time.Time) bool {
	return a.EndedAt == "" && (a.Kind != ActionMute || a.UntilAt > db.Stamp(now))
}

var actionRow = scan.Of[Action]("a")

var selectActions = `SELECT ` + actionRow.Columns + ` FROM v_actions a `

// ActionByID returns an action, or db.ErrNotFound.
func (d *DB) ActionByID(ctx context.Context, id int64) (Action, error) {
	a, err := actionRow.One(ctx, d.read, selectActions+`WHERE a.action_id = ?`, id)
	if err != nil {
		return Action{}, fmt.Errorf("action %d: %w", id, notFound(err))
	}
	return a, nil
}

// Mutes returns the mutes that hold at a moment, in the order in which they end.
func (d *DB) Mutes(ctx context.Context, now time.Time) ([]Action, error) {
	mutes, err := actionRow.All(ctx, d.read, selectActions+`
		WHERE a.until_at > ?1 AND a.ended_at IS NULL AND a.created_at <= ?1 ORDER BY a.until_at, a.action_id`,
		db.Stamp(now))
	if err != nil {
		return nil, fmt.Errorf("mutes: %w", err)
	}
	return mutes, nil
}

// ActionsAfter returns at most limit actions whose numbers are above after, in their order. A vendor that is not empty
// chooses (slug), and so does an incident that is not 0, with all records of its event.
func (d *DB) ActionsAfter(ctx context.Context, vendor string, incident, after int64, limit int) ([]Action, error) {
	actions, err := actionRow.All(ctx, d.read, selectActions+`
		WHERE a.action_id > ?1 AND (?2 = '' OR a.vendor = ?2)
			AND (?3 = 0 OR a.incident_id IN (SELECT value FROM json_each(`+eventOf+`)))
		ORDER BY a.action_id LIMIT ?4`, after, vendor, incident, limit)
	if err != nil {
		return nil, fmt.Errorf("actions: %w", err)
	}
	return actions, nil
}

// eventOf lists in JSON the records of the event that the incident ?3 is of.
const eventOf = `(SELECT json_group_array(o.incident_id) FROM incidents o WHERE o.incident_id = ?3
	OR o.same_event_id = (SELECT same_event_id FROM incidents WHERE incident_id = ?3))`

// ActionsSince returns what was done since a moment, or ended by hand since, in its order.
func (d *DB) ActionsSince(ctx context.Context, since time.Time) ([]Action, error) {
	actions, err := actionRow.All(ctx, d.read, selectActions+`
		WHERE a.created_at >= ?1 OR a.ended_at >= ?1 ORDER BY a.action_id`, db.Stamp(since))
	if err != nil {
		return nil, fmt.Errorf("actions: %w", err)
	}
	return actions, nil
}

// ActionsOn returns, by incident, what was done about incidents, in its order. What was done about one record of an
// event was done about all of them. Incidents without actions are not in the map.
func (d *DB) ActionsOn(ctx context.Context, incidents []int64) (map[int64][]Action, error) {
	ids, err := db.JSON(incidents)
	if err != nil {
		return nil, err
	}
	rows, err := actionOnRow.All(ctx, d.read, `
		WITH chosen AS (
			SELECT incident_id AS of_incident, incident_id FROM incidents
			WHERE incident_id IN (SELECT value FROM json_each(?1))
			UNION
			SELECT i.incident_id, o.incident_id FROM incidents i JOIN incidents o ON o.same_event_id = i.same_event_id
			WHERE i.incident_id IN (SELECT value FROM json_each(?1)))
		SELECT `+actionOnRow.Columns+` FROM chosen c JOIN v_actions a ON a.incident_id = c.incident_id
		ORDER BY a.action_id`, ids)
	if err != nil {
		return nil, fmt.Errorf("actions on incidents: %w", err)
	}
	on := map[int64][]Action{}
	for _, r := range rows {
		on[r.OfIncident] = append(on[r.OfIncident], r.Action)
	}
	return on, nil
}

var actionOnRow = scan.Of[struct {
	Action
	OfIncident int64 `db:"of_incident = c.of_incident"`
}]("a")
