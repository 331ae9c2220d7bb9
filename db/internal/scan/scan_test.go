package scan_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"vendorwatch/db/internal/scan"
)

type word string

type named struct {
	ID   int64  `db:"id"`
	Name string `db:"name"`
}

type thing struct {
	named
	Kind    word              `db:"kind"`
	On      bool              `db:"is_on"`
	Count   int               `db:"count"`
	Share   float64           `db:"share"`
	At      time.Time         `db:"at"`
	Seconds *int64            `db:"seconds"`
	Detail  map[string]string `db:"detail"`
	IDs     []int64           `db:"ids"`
	Upper   string            `db:"upper = upper(t.name)"`
	Other   string            // no column
}

func open(t *testing.T) *sql.DB {
	t.Helper()
	conn, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	conn.SetMaxOpenConns(1)
	t.Cleanup(func() { conn.Close() })
	_, err = conn.ExecContext(t.Context(), `
		CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, kind TEXT, is_on INTEGER, count INTEGER, share REAL,
		at TEXT, seconds INTEGER, detail TEXT, ids TEXT);
		INSERT INTO things VALUES (1, 'one', 'big', 1, 7, 0.5, '2026-11-23T10:02:05.045Z', 0, '{"a": "b"}', '[3,2]');
		INSERT INTO things (id) VALUES (2);
		INSERT INTO things (id, share, at) VALUES (3, 2, '')`)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

var things = scan.Of[thing]("t")

func TestAll(t *testing.T) {
	conn := open(t)
	if want := "t.id, t.name, t.kind, t.is_on, t.count, t.share, t.at, t.seconds, t.detail, t.ids, upper(t.name) " +
		"AS upper"; things.Columns != want {
		t.Errorf("columns %s, want %s", things.Columns, want)
	}
	got, err := things.All(t.Context(), conn, `SELECT `+things.Columns+` FROM things t ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	none := int64(0)
	want := []thing{
		{named: named{1, "one"}, Kind: "big", On: true, Count: 7, Share: 0.5,
			At: time.Date(2026, 11, 23, 10, 2, 5, 45e6, time.UTC), Seconds: &none,
			Detail: map[string]string{"a": "b"}, IDs: []int64{3, 2}, Upper: "ONE"},
		{named: named{ID: 2}},
		{named: named{ID: 3}, Share: 2},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(thing{})); diff != "" {
		t.Errorf("rows (-want +got)\n%s", diff)
	}
	if none, err := things.All(t.Context(), conn, `SELECT `+things.Columns+` FROM things t WHERE id > 9`); err != nil ||
		none == nil || len(none) > 0 {
		t.Errorf("no rows: %v %v", none, err)
	}
}

func TestOne(t *testing.T) {
	conn := open(t)
	names := scan.Of[named]("")
	got, err := names.One(t.Context(), conn, `SELECT name, id FROM things ORDER BY id`)
	if err != nil || got != (named{1, "one"}) {
		t.Errorf("%v %v", got, err)
	}
	if _, err := names.One(t.Context(), conn, `SELECT id, name FROM things WHERE id > 9`); !errors.Is(err,
		sql.ErrNoRows) {
		t.Errorf("no row: %v", err)
	}
}

func TestColumn(t *testing.T) {
	conn := open(t)
	ids, err := scan.Column[int64](t.Context(), conn, `SELECT id FROM things ORDER BY id DESC`)
	if diff := cmp.Diff([]int64{3, 2, 1}, ids); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if none, err := scan.Column[string](t.Context(), conn, `SELECT name FROM things WHERE id > 9`); err != nil ||
		none == nil {
		t.Errorf("%v %v", none, err)
	}
}

// A statement made of the lists writes what is read again.
func TestValues(t *testing.T) {
	type row struct {
		Name    string  `db:"name"`
		Kind    word    `db:"kind,null"`
		On      bool    `db:"is_on"`
		Count   int     `db:"count,null"`
		Share   float64 `db:"share"`
		Seconds *int64  `db:"seconds"`
	}
	conn := open(t)
	rows := scan.Of[row]("")
	for n, want := range []row{{Name: "x", Kind: "small", On: true, Count: 2, Share: 1.5}, {}} {
		if _, err := conn.ExecContext(t.Context(), `INSERT INTO things (id, `+rows.Names+`) VALUES (?, `+rows.Marks+`)`,
			append([]any{10 + n}, rows.Values(&want)...)...); err != nil {
			t.Fatal(err)
		}
		was, err := rows.One(t.Context(), conn, `SELECT `+rows.Columns+` FROM things WHERE id = 1`)
		if err != nil {
			t.Fatal(err)
		}
		sets, values := rows.Changes(&was, &want)
		if _, err := conn.ExecContext(t.Context(), `UPDATE things SET `+sets+` WHERE id = 1`, values...); err != nil {
			t.Fatal(err)
		}
		for _, id := range []int{1, 10 + n} {
			got, err := rows.One(t.Context(), conn, `SELECT `+rows.Columns+` FROM things WHERE id = ?`, id)
			if err != nil || got != want {
				t.Errorf("%d: %+v %v, want %+v", id, got, err, want)
			}
		}
	}
	var kinds, names int
	if err := conn.QueryRowContext(t.Context(),
		`SELECT count(kind), count(name) FROM things WHERE id = 11`).Scan(&kinds, &names); err != nil || kinds != 0 ||
		names != 1 {
		t.Errorf("%d kinds, %d names that are not NULL (%v); an empty kind is NULL, an empty name is not", kinds, names,
			err)
	}
}

// Only what differs is set.
func TestChanges(t *testing.T) {
	type row struct {
		Name  string `db:"name"`
		Kind  word   `db:"kind,null"`
		Count int    `db:"count,null"`
	}
	rows := scan.Of[row]("")
	sets, values := rows.Changes(&row{Name: "x", Kind: "small", Count: 2}, &row{Name: "x", Count: 3})
	if diff := cmp.Diff([]any{nil, int64(3)}, values); sets != "kind = ?, count = ?" || diff != "" {
		t.Errorf("%q (-want +got)\n%s", sets, diff)
	}
	if sets, values := rows.Changes(&row{Name: "x"}, &row{Name: "x"}); sets != "" || values != nil {
		t.Errorf("equal rows: %q, %v", sets, values)
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	conn := open(t)
	type narrow struct {
		Name  string    `db:"name"`
		Count int       `db:"count"`
		At    time.Time `db:"at"`
	}
	rows := scan.Of[narrow]("")
	for query, want := range map[string]string{
		`SELECT name, count FROM things`:                     "the query has the columns",
		`SELECT name, count, kind FROM things`:               "the query has the columns",
		`SELECT name, count, count FROM things`:              "the query has the columns",
		`SELECT name, name AS count, at FROM things`:         `the text "one" does not fit into int`,
		`SELECT count AS name, count, at FROM things`:        "the number 7 does not fit into string",
		`SELECT name, share AS count, at FROM things`:        "float64 does not fit into int",
		`SELECT name, count, kind AS at FROM things`:         "cannot parse",
		`SELECT name, count, at FROM nowhere`:                "no such table",
		`SELECT name, count, json_extract('x') AS at`:        "no such column",
		`SELECT detail AS name, 1 AS count, json('x') AS at`: "no such column",
	} {
		_, err := rows.All(t.Context(), conn, query)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", query, err, want)
		}
	}
	broken := scan.Of[struct {
		Detail map[string]string `db:"detail"`
	}]("")
	if _, err := broken.All(t.Context(), conn, `SELECT name AS detail FROM things`); err == nil {
		t.Error("text that is not JSON was read")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rows.All(ctx, conn, `SELECT name, count, at FROM things`); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: %v", err)
	}
}

func TestStructsThatCannotBeRead(t *testing.T) {
	for name, of := range map[string]func(){
		"one name twice": func() {
			scan.Of[struct {
				A string `db:"a"`
				B string `db:"a"`
			}]("")
		},
		"a type that no column has": func() {
			scan.Of[struct {
				A chan int `db:"a"`
			}]("")
		},
		"a field that cannot be set": func() {
			scan.Of[struct {
				a string `db:"a"`
			}]("")
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was taken", name)
				}
			}()
			of()
		}()
	}
}
