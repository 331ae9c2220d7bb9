// Package view reads views of the file as they are, with all of their columns.
package view

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Rows reads the views of a file.
type Rows struct{ Read scan.Querier }

// Views returns the names of the views that the file has, in their order.
func (d Rows) Views(ctx context.Context) ([]string, error) {
	names, err := scan.Column[string](ctx, d.Read, `SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("views: %w", err)
	}
	return names, nil
}

// windowColumns are the columns by which a view is cut to a window: the first of these that it has.
var windowColumns = []string{"at", "started_at", "posted_at", "counted_at", "from_at", "created_at", "first_seen_at"}

// ViewRows gives each row of a view to take, one at a time, with the columns before the first: NULL is nil, and a value
// int64, float64 or string. Since and until, where they are not zero, choose by the first time of windowColumns that
// the view has; a vendor (slug) by its column vendor.
func (d Rows) ViewRows(ctx context.Context, view, vendor string, since, until time.Time, columns func([]string) error,
	take func([]any) error) error {
	names, err := d.Views(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(names, view) {
		return fmt.Errorf("view %q: %w", view, db.ErrNotFound)
	}
	has, err := scan.Column[string](ctx, d.Read, `SELECT name FROM pragma_table_info(?)`, view)
	if err != nil {
		return fmt.Errorf("columns of %s: %w", view, err)
	}
	text, args := `SELECT * FROM `+view+` WHERE 1`, []any{}
	if vendor != "" {
		if !slices.Contains(has, "vendor") {
			return &NoColumnError{View: view, Wanted: "vendor"}
		}
		text, args = text+` AND vendor = ?`, append(args, vendor)
	}
	for sign, at := range map[string]time.Time{">=": since, "<": until} {
		if at.IsZero() {
			continue
		}
		n := slices.IndexFunc(windowColumns, func(c string) bool { return slices.Contains(has, c) })
		if n < 0 {
			return &NoColumnError{View: view, Wanted: "time"}
		}
		text, args = text+` AND `+windowColumns[n]+` `+sign+` ?`, append(args, db.Stamp(at))
	}
	rows, err := d.Read.QueryContext(ctx, text, args...)
	if err != nil {
		return fmt.Errorf("view %s: %w", view, err)
	}
	defer rows.Close()
	if err := columns(has); err != nil {
		return err
	}
	return eachRow(rows, view, len(has), take)
}

func eachRow(rows *sql.Rows, view string, width int, take func([]any) error) error {
	values, into := make([]any, width), make([]any, width)
	for n := range values {
		into[n] = &values[n]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("view %s: %w", view, err)
		}
		for n, v := range values {
			if b, ok := v.([]byte); ok {
				values[n] = string(b)
			}
		}
		if err := take(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("view %s: %w", view, err)
	}
	return nil
}

// A NoColumnError says that a view cannot be narrowed as was asked.
type NoColumnError struct {
	View   string
	Wanted string // vendor or time
}

func (e *NoColumnError) Error() string {
	if e.Wanted == "time" {
		return "view " + e.View + " has no time to choose by; there is none of: " + strings.Join(windowColumns, ", ")
	}
	return "view " + e.View + " has no column " + e.Wanted
}
