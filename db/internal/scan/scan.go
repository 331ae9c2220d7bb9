// Package scan reads rows into structs, and makes the lists of columns that statements need, so that the columns
// of a table stand in one list: the struct.
//
// A field is a column if it has a tag:
//
//	Title  string `db:"title"`                 // the column title of the table that the query calls by the alias
//	Vendor string `db:"vendor = v.slug"`       // an expression, under a name
//	Start  string `db:"started_at,null"`       // written as NULL where it is the zero value
//
// Fields of embedded structs count as the struct's own; fields without a tag are left alone. A column that is NULL
// is read as the zero value of its field. Fields may be texts, numbers, booleans (0 and 1 in SQL), times (in the
// form of normalize.FormatTime), pointers to numbers (nil for NULL), and maps and slices (JSON in SQL).
package scan

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
)

// Querier is what answers a query: a pool of connections, a transaction, or statements that are kept prepared.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Row reads and writes rows in the form of a struct. Make it with Of, once for a struct: it is kept in a package
// variable.
type Row[T any] struct {
	List    []string // the names: title, vendor
	Columns string   // for SELECT: i.title, v.slug AS vendor
	Names   string   // for INSERT: title, vendor
	Marks   string   // for INSERT: ?, ?

	fields []field
	at     map[string]int // number of the field of a name
}

type field struct {
	name  string
	index []int // of the struct's field, as reflect counts
	null  bool  // the zero value is written as NULL
}

// Of returns the Row of a struct. alias is what queries call the table whose columns the struct has; it may be
// empty. Of panics where the struct could never be read: two columns of one name, a type that no column has.
func Of[T any](alias string) *Row[T] {
	r := &Row[T]{at: map[string]int{}}
	var columns, marks []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		tag, ok := f.Tag.Lookup("db")
		if !ok {
			continue
		}
		name, expression, computed := strings.Cut(tag, " = ")
		name, null := strings.CutSuffix(name, ",null")
		if _, twice := r.at[name]; twice {
			panic(fmt.Sprintf("scan: %s has two columns %q", reflect.TypeFor[T](), name))
		}
		if !readable(f.Type) || !f.IsExported() {
			panic(fmt.Sprintf("scan: the field %s of %s cannot be a column", f.Name, reflect.TypeFor[T]()))
		}
		switch {
		case computed:
			columns = append(columns, expression+" AS "+name)
		case alias == "":
			columns = append(columns, name)
		default:
			columns = append(columns, alias+"."+name)
		}
		r.List, marks = append(r.List, name), append(marks, "?")
		r.at[name] = len(r.fields)
		r.fields = append(r.fields, field{name: name, index: f.Index, null: null})
	}
	r.Columns, r.Names = strings.Join(columns, ", "), strings.Join(r.List, ", ")
	r.Marks = strings.Join(marks, ", ")
	return r
}

// All runs a query and returns its rows; an empty slice, not nil, for none. The query's columns must have the names
// of the struct's, in any order.
func (r *Row[T]) All(ctx context.Context, q Querier, query string, args ...any) ([]T, error) {
	out := []T{}
	err := r.each(ctx, q, func(row T) bool {
		out = append(out, row)
		return true
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// One runs a query and returns its first row, or sql.ErrNoRows.
func (r *Row[T]) One(ctx context.Context, q Querier, query string, args ...any) (one T, err error) {
	found := false
	err = r.each(ctx, q, func(row T) bool {
		one, found = row, true
		return false
	}, query, args...)
	if err == nil && !found {
		err = sql.ErrNoRows
	}
	return one, err
}

// each calls fn with every row until that returns false.
func (r *Row[T]) each(ctx context.Context, q Querier, fn func(T) bool, query string, args ...any) error {
	return Each(ctx, q, func(rows *sql.Rows) error {
		cells, into, err := r.cells(rows)
		if err != nil {
			return err
		}
		for more := true; more && rows.Next(); {
			var row T
			v := reflect.ValueOf(&row).Elem()
			for n := range cells {
				cells[n].to = v.FieldByIndex(cells[n].index)
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			more = fn(row)
		}
		return nil
	}, query, args...)
}

// cells returns where the columns of a query go.
func (r *Row[T]) cells(rows *sql.Rows) ([]cell, []any, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, nil, err
	}
	if len(names) != len(r.fields) {
		return nil, nil, fmt.Errorf("scan: the query has the columns %q, %s has %s", names, reflect.TypeFor[T](),
			r.Names)
	}
	cells, into, taken := make([]cell, len(names)), make([]any, len(names)), make([]bool, len(names))
	for n, name := range names {
		at, ok := r.at[name]
		if !ok || taken[at] {
			return nil, nil, fmt.Errorf("scan: the query has the columns %q, %s has %s", names, reflect.TypeFor[T](),
				r.Names)
		}
		taken[at] = true
		cells[n].index = r.fields[at].index
		into[n] = &cells[n]
	}
	return cells, into, nil
}

// Changes returns the columns in which is differs from was, for UPDATE: title = ?, vendor = ?; and their values. Those
// that stay are not among them: SQLite writes every index anew that has a column which is set, whatever its value.
func (r *Row[T]) Changes(was, is *T) (sets string, values []any) {
	before, now := reflect.ValueOf(was).Elem(), reflect.ValueOf(is).Elem()
	var changed []string
	for _, f := range r.fields {
		old, new := value(before.FieldByIndex(f.index), f.null), value(now.FieldByIndex(f.index), f.null)
		if !reflect.DeepEqual(old, new) {
			changed, values = append(changed, f.name+" = ?"), append(values, new)
		}
	}
	return strings.Join(changed, ", "), values
}

// Values returns the values of a row in the order of Names and Marks.
func (r *Row[T]) Values(row *T) []any {
	v := reflect.ValueOf(row).Elem()
	values := make([]any, len(r.fields))
	for n, f := range r.fields {
		values[n] = value(v.FieldByIndex(f.index), f.null)
	}
	return values
}

// Each runs a query and calls fn once with its rows.
func Each(ctx context.Context, q Querier, fn func(*sql.Rows) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := fn(rows); err != nil {
		return err
	}
	return rows.Err()
}

// Scanner is a row that can be read.
type Scanner interface{ Scan(dest ...any) error }

// EachRow runs a query and calls fn with each of its rows.
func EachRow(ctx context.Context, q Querier, fn func(row Scanner) error, query string, args ...any) error {
	return Each(ctx, q, func(rows *sql.Rows) error {
		for rows.Next() {
			if err := fn(rows); err != nil {
				return err
			}
		}
		return nil
	}, query, args...)
}

// Column runs a query of one column and returns its values; an empty slice, not nil, for none.
func Column[T any](ctx context.Context, q Querier, query string, args ...any) ([]T, error) {
	out := []T{}
	err := Each(ctx, q, func(rows *sql.Rows) error {
		for rows.Next() {
			var value T
			if err := rows.Scan(&value); err != nil {
				return err
			}
			out = append(out, value)
		}
		return nil
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}
