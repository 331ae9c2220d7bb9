package cli_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// rowsOf runs a statement on a file and returns its rows, their values separated by " | ".
func rowsOf(path, statement string, args ...any) ([]string, error) {
	file, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return rowsIn(file, statement, args...)
}

// openFile opens a file as any other program would. To read its schema takes SQLite longer than most questions do, so
// that several of them are asked over one connection.
func openFile(path string) (*sql.DB, error) {
	file, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
	if err == nil {
		file.SetMaxOpenConns(1)
	}
	return file, err
}

// rowsOfAll runs several statements on a file.
func rowsOfAll(path string, statements map[string]string) (map[string][]string, error) {
	file, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	out := make(map[string][]string, len(statements))
	for name, statement := range statements {
		if out[name], err = rowsIn(file, statement); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func rowsIn(file *sql.DB, statement string, args ...any) ([]string, error) {
	rows, err := file.Query(statement, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", statement, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	out := []string{}
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for n := range values {
			into[n] = &values[n]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		words := make([]string, len(columns))
		for n, v := range values {
			words[n] = "NULL"
			if v != nil {
				words[n] = fmt.Sprint(v)
			}
		}
		out = append(out, strings.Join(words, " | "))
	}
	return out, rows.Err()
}

func mustQuery(t *testing.T, path, statement string, args ...any) []string {
	t.Helper()
	rows, err := rowsOf(path, statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// dump returns every row of every table, but for the columns left out; a table's name alone leaves out
// the whole of it. Of a full-text index it returns the words and where they are: in how many pieces SQLite keeps
// them depends on how many transactions brought them.
func dump(t *testing.T, path string, leftOut ...string) map[string][]string {
	t.Helper()
	file, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	ask := func(statement string, args ...any) []string {
		rows, err := rowsIn(file, statement, args...)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	out := map[string][]string{}
	for _, index := range ask(`SELECT name FROM sqlite_schema WHERE name GLOB '*_search'`) {
		ask(`CREATE VIRTUAL TABLE temp.` + index + `_words USING fts5vocab('main', '` + index + `', 'instance')`)
		out[index+"_words"] = ask(`SELECT term, doc, col, "offset" FROM temp.` + index + `_words ORDER BY 1, 2, 3, 4`)
		ask(`DROP TABLE temp.` + index + `_words`)
	}
	for _, table := range ask(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
		AND name NOT GLOB '*_search_*'`) {
		if slices.Contains(leftOut, table) {
			continue
		}
		var columns []string
		for _, c := range ask(`SELECT name FROM pragma_table_info(?)`, table) {
			if !slices.Contains(leftOut, table+"."+c) {
				columns = append(columns, c)
			}
		}
		out[table] = ask("SELECT " + strings.Join(columns, ", ") + " FROM " + table)
		slices.Sort(out[table])
	}
	return out
}

// facts returns what a file says, without its numbers and without our own clock: two files that were told
// the same say the same. The order of events is a fact too.
func facts(t *testing.T, path string) map[string][]string {
	t.Helper()
	out, err := factsIn(path)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// factsIn is facts of a file that may not be whole yet: a copy of one that another program is still writing.
func factsIn(path string) (map[string][]string, error) {
	const of = ` FROM incidents i JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id) `
	return rowsOfAll(path, map[string]string{
		"vendors": `SELECT slug, name, homepage, owner, runbook_url FROM vendors ORDER BY slug`,
		"sources": `SELECT slug, page_url, platform, consecutive_failures, failing_since_at IS NULL, last_error,
			indicator, baseline_at IS NULL,
			last_success_at IS NULL, vanish_suspected_at IS NULL FROM sources JOIN vendors USING (vendor_id)
			ORDER BY slug`,
		"documents": `SELECT slug, url, etag, last_modified, hash, refused_at IS NULL FROM documents
			JOIN sources USING (source_id)
			JOIN vendors USING (vendor_id) ORDER BY slug, url`,
		"components": `SELECT slug, source_key, c.name, group_name, status, vendor_status, position, gone_at IS NULL
			FROM components c JOIN sources USING (source_id) JOIN vendors USING (vendor_id) ORDER BY slug, source_key`,
		"component_changes": `SELECT slug, source_key, cc.status FROM component_changes cc
			JOIN components USING (component_id)
			JOIN sources USING (source_id) JOIN vendors USING (vendor_id)
			ORDER BY slug, source_key, component_change_id`,
		"incidents": `SELECT slug, i.source_key, i.kind, i.title, i.url, i.severity, i.state, i.vendor_severity,
			i.vendor_state, i.started_at,
			i.resolved_at, i.scheduled_start_at, i.scheduled_end_at, i.created_at, i.updated_at,
			i.stated_duration_seconds, i.start_given,
			i.excerpt, i.left_feed_at IS NULL, i.announced, i.same_event_id IS NULL` + of +
			`ORDER BY slug, i.source_key`,
		"updates": `SELECT slug, i.source_key, u.source_key, u.position, u.state, u.vendor_state, u.posted_at,
			u.created_at, u.body, u.removed_at IS NULL` +
			of + `JOIN incident_updates u USING (incident_id) ORDER BY slug, i.source_key, u.position`,
		"incident_components": `SELECT slug, i.source_key, c.source_key` + of +
			`JOIN incident_components USING (incident_id)
			JOIN components c USING (component_id) ORDER BY slug, i.source_key, c.source_key`,
		"revisions": `SELECT slug, i.source_key, u.source_key, r.field, r.old_value, r.new_value` + of +
			`JOIN revisions r USING (incident_id)
			LEFT JOIN incident_updates u USING (update_id) ORDER BY slug, i.source_key, r.revision_id`,
		"events": `SELECT slug, e.kind, i.source_key, u.source_key, e.withheld,
			json_remove(e.detail, '$.component_id') FROM events e
			JOIN sources s USING (source_id)
			JOIN vendors v USING (vendor_id) LEFT JOIN incidents i USING (incident_id) LEFT
			JOIN incident_updates u USING (update_id)
			ORDER BY slug, e.event_id`,
		"coverage_gaps": `SELECT slug, reason, to_at IS NULL, filled_at IS NULL FROM coverage_gaps
			JOIN sources USING (source_id)
			JOIN vendors USING (vendor_id) ORDER BY slug, gap_id`,
		"findings": `SELECT slug, source_key, field, value, problem FROM findings JOIN sources USING (source_id)
			JOIN vendors USING (vendor_id)
			ORDER BY slug, source_key, field, value, problem`,
	})
}
