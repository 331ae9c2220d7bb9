package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"vendorwatch/db"
)

// numbers reads a query of one column of numbers, and calls each with every one of them while its rows are open.
func numbers(t *testing.T, conn *sql.Conn, each func(int), query string, args ...any) {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		each(n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// A query may be asked again while its rows are read, more queries than are kept may be asked, some of them left
// half read, and the schema may change between two askings.
func TestStatementsAreKept(t *testing.T) {
	file, err := db.ConnectWriter(filepath.Join(t.TempDir(), "kept.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	file.SetMaxOpenConns(1)
	conn, err := file.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	do := func(query string) {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	do(`CREATE TABLE things (n INTEGER); INSERT INTO things VALUES (1), (2), (3)`)

	sum := 0
	const all = `SELECT n FROM things WHERE n >= ?`
	numbers(t, conn, func(n int) {
		numbers(t, conn, func(m int) { sum += m }, all, n)
	}, all, 1)
	if sum != 6+5+3 {
		t.Errorf("read within itself, the query gives %d, not 14", sum)
	}

	for n := range 2 * db.MaxKept {
		query := fmt.Sprintf(`SELECT n + %d FROM things ORDER BY n`, n)
		for range 2 {
			var got int
			if err := conn.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != n+1 {
				t.Fatalf("%s: %d, %v", query, got, err)
			}
		}
	}
	if kept := db.Kept(t, conn); kept != db.MaxKept {
		t.Errorf("%d statements are kept, want %d", kept, db.MaxKept)
	}

	const whole = `SELECT * FROM things ORDER BY n`
	numbers(t, conn, func(int) {}, whole)
	do(`ALTER TABLE things RENAME TO old; CREATE TABLE things (n INTEGER, name TEXT);
		INSERT INTO things VALUES (7, 'seven'); DROP TABLE old`)
	rows, err := conn.QueryContext(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	if columns, err := rows.Columns(); err != nil || len(columns) != 2 {
		t.Errorf("after a change of the schema the query has the columns %q, %v", columns, err)
	}
	rows.Close()

	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := conn.QueryContext(ended, whole); err == nil {
		t.Error("a query whose context has ended was answered")
	}
	numbers(t, conn, func(n int) { sum = n }, `SELECT n FROM things`)
	if sum != 7 {
		t.Errorf("after a query that was broken off: %d, want 7", sum)
	}
}
