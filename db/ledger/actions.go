package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"vendorwatch/db"
	"vendorwatch/db/query"
)

// NewAction is something that somebody does about a vendor or an incident.
type NewAction struct {
	Kind       query.ActionKind
	Vendor     string // slug; only a mute is about a vendor
	IncidentID int64  // where it is set, Vendor does not count
	Who        string
	Via        query.Via
	Text       string
	Until      time.Time // of a mute
}

// The longest that the texts of an action may be, in runes.
const (
	longestWho  = 80
	LongestText = 2000
)

// BadAction says what is wrong with an action, so that whoever asked for it can mend it.
type BadAction string

func (b BadAction) Error() string { return string(b) }

// check reports what is wrong with an action, with its texts trimmed.
func (n *NewAction) check(now time.Time) error {
	n.Who, n.Text = line(n.Who), strings.TrimSpace(n.Text)
	switch n.Kind {
	case query.ActionMute:
		if !n.Until.After(now) {
			return BadAction(fmt.Sprintf("the mute would end at %s, which is in the past", db.Stamp(n.Until)))
		}
	case query.ActionAcknowledge, query.ActionNote:
		if n.IncidentID == 0 {
			return BadAction(fmt.Sprintf("only an incident can be given the action %q; name it by its number", n.Kind))
		}
		if !n.Until.IsZero() {
			return BadAction(fmt.Sprintf("only a mute has an end, and this is the action %q", n.Kind))
		}
	default:
		return BadAction(fmt.Sprintf("there is no action %q; write mute, acknowledge or note", n.Kind))
	}
	switch {
	case n.Who == "":
		return BadAction("it is not said who does it")
	case utf8.RuneCountInString(n.Who) > longestWho:
		return BadAction(fmt.Sprintf("the name of who does it is longer than %d characters", longestWho))
	case n.Kind == query.ActionNote && n.Text == "":
		return BadAction("the note is empty")
	case utf8.RuneCountInString(n.Text) > LongestText:
		return BadAction(fmt.Sprintf("the text is longer than %d characters", LongestText))
	}
	return nil
}

// line is a text without characters that are not for display, on one line.
func line(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)), " ")
}

// Act puts an action on record, and returns it as it is kept. The error wraps BadAction, or db.ErrNotFound if there is
// no such vendor or incident.
func (l *Ledger) Act(ctx context.Context, n NewAction, now time.Time) (query.Action, error) {
	if err := n.check(now); err != nil {
		return query.Action{}, err
	}
	var id int64
	err := l.file.Change(ctx, func(tx *db.Tx) error {
		find, key := `SELECT vendor_id, NULL FROM vendors WHERE slug = ?`, any(n.Vendor)
		if n.IncidentID != 0 {
			find, key = `SELECT NULL, incident_id FROM incidents WHERE incident_id = ?`, any(n.IncidentID)
		}
		var vendor, incident sql.NullInt64
		if err := tx.QueryRowContext(ctx, find, key).Scan(&vendor, &incident); err != nil {
			return err
		}
		until := sql.NullString{String: db.Stamp(n.Until), Valid: n.Kind == query.ActionMute}
		return tx.QueryRowContext(ctx, `
			INSERT INTO actions (kind, vendor_id, incident_id, who, via, text, until_at, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING action_id`,
			n.Kind, vendor, incident, n.Who, n.Via, n.Text, until, db.Stamp(now)).Scan(&id)
	})
	if err != nil {
		return query.Action{}, fmt.Errorf("%s: %w", n.Kind, notFound(err))
	}
	return query.New(l.file).ActionByID(ctx, id)
}

// End ends a mute before its time, or takes an acknowledgement back, and returns the action. One that has ended is left
// as it is. The error wraps BadAction if it is a note, and db.ErrNotFound if there is no such action.
func (l *Ledger) End(ctx context.Context, id int64, who string, now time.Time) (query.Action, error) {
	read := query.New(l.file)
	a, err := read.ActionByID(ctx, id)
	switch who = line(who); {
	case err != nil:
		return a, err
	case a.Kind == query.ActionNote:
		return a, BadAction(fmt.Sprintf("action %d is a note, which has no end", id))
	case who == "":
		return a, BadAction("it is not said who ends it")
	}
	err = l.file.Change(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE actions SET ended_at = ?2, ended_by = ?3
			WHERE action_id = ?1 AND ended_at IS NULL AND (until_at IS NULL OR until_at > ?2)`, id, db.Stamp(now), who)
		return err
	})
	if err != nil {
		return a, fmt.Errorf("action %d: %w", id, err)
	}
	return read.ActionByID(ctx, id)
}
