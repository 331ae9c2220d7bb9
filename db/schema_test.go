package db_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"vendorwatch/normalize/goldentest"
)

const schemaHead = `# The SQLite file

Open it with the sqlite3 shell, Datasette, DuckDB or a notebook, also while the service runs. Read it, do not write ` +
	`to it.

- Times are UTC text of fixed width, ` + "`2026-11-23T10:02:05.045Z`" + `, in columns named ` + "`_at`" +
	`: text order is time order. An incident's own
  times are the vendor's; ` + "`first_seen_at`, `seen_at`, `left_feed_at` and an event's `at`" + ` are ours.
- An unknown word of a vendor is ` + "`unknown`" + `, never ` + "`none` or `operational`" +
	`; the vendor's own words stand beside it (` + "`vendor_state`" + `),
  and whole in ` + "`reading_words`" + `, packed.
- Begin with the views: they need no join.
- Full-text search: ` + "`incident_search` (`title`), `update_search` (`body`) and `component_search` (`name`, " +
	"`group_name`)" + ` are FTS5 indexes
  whose ` + "`rowid`" + ` is the key of their table. They hold no words of their own; the tables ` + "`*_search_*`" +
	` are SQLite's.

This page is made from the schema by ` + "`go test ./db -run TestSchemaPage -update`" + `.
`

// ownTables leaves out the full-text indexes, which hold no words of their own, and the tables that SQLite keeps them
// in.
const ownTables = ` AND name NOT GLOB '*_search' AND name NOT GLOB '*_search_*'`

// examples are printed on the page, and run by the test.
var examples = []struct{ title, sql string }{
	{"What is open now, longest first?", `SELECT vendor_name, severity, state, started_at, title, url
FROM v_open
WHERE kind = 'incident'
ORDER BY started_at;`},
	{"Which vendors cost us most this year?",
		`SELECT vendor, sum(incidents) AS incidents, round(sum(hours_of_impact), 1) AS hours
FROM v_monthly
WHERE month >= '2026-01'
GROUP BY vendor
ORDER BY hours DESC;`},
	{"Who is quick to tell, and quick to mend?",
		`SELECT vendor, incidents, median_minutes_to_first_update, median_minutes_to_resolve, postmortem_share
FROM v_scorecard
ORDER BY median_minutes_to_resolve;`},
	{"What did vendors rewrite after publishing it?",
		`SELECT v.vendor, v.title, r.field, r.old_value, r.new_value, r.seen_at
FROM revisions r
JOIN v_incidents v USING (incident_id)
ORDER BY r.seen_at DESC
LIMIT 20;`},
	{"Which incidents speak of certificates?", `SELECT DISTINCT v.vendor, v.title, v.started_at
FROM update_search f
JOIN incident_updates u ON u.update_id = f.rowid
JOIN v_incidents v USING (incident_id)
WHERE f.update_search MATCH 'certificate*'
ORDER BY v.started_at DESC;`},
	{"Which components failed most often?", `SELECT c.group_name, c.name, count(*) AS times
FROM component_changes h
JOIN components c USING (component_id)
WHERE h.status IN ('partial_outage', 'major_outage')
GROUP BY c.component_id
ORDER BY times DESC;`},
}

var (
	tableHead  = regexp.MustCompile(`(?s)^CREATE TABLE (\w+) \( -- ([^\n]*)\n(.*)$`)
	tableLine  = regexp.MustCompile(`^\s+(\w+) (TEXT|INTEGER|REAL|BLOB)\b(.*?),? -- (.*)$`)
	tableBare  = regexp.MustCompile(`^\s+[a-z]\w* (TEXT|INTEGER|REAL|BLOB)\b`)
	viewHead   = regexp.MustCompile(`^CREATE VIEW (\w+) AS -- ([^\n]*)\n`)
	viewLine   = regexp.MustCompile(`(?m)(?:\bAS |\.|^\s+)(\w+),? -- (.+)$`)
	enumCheck  = regexp.MustCompile(`IN \(([^)]*)\)`)
	references = regexp.MustCompile(`REFERENCES (\w+)`)
)

func TestSchemaPage(t *testing.T) {
	goldentest.Held(t, "../docs/schema.md", []byte(schemaPage(t, lived(t))))
}

func schemaPage(t *testing.T, f *file) string {
	t.Helper()
	var page strings.Builder
	page.WriteString(schemaHead)
	page.WriteString("\n## Examples\n")
	for _, e := range examples {
		rows, err := f.file.Reader().QueryContext(t.Context(), e.sql)
		if err != nil {
			t.Fatalf("%s: %v", e.title, err)
		}
		rows.Close()
		fmt.Fprintf(&page, "\n%s\n\n```sql\n%s\n```\n", e.title, e.sql)
	}
	page.WriteString("\n## Views\n")
	for _, name := range f.rows(`SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY rowid`) {
		describeView(t, f, &page, name)
	}
	page.WriteString("\n## Tables\n")
	for _, name := range f.rows(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
		AND name <> 'goose_db_version'` + ownTables + ` ORDER BY rowid`) {
		describeTable(t, f, &page, name)
	}
	return page.String()
}

// viewTables are where a view's columns come from as they are, the table that decides last.
var viewTables = map[string][]string{
	"v_incidents":     {"sources", "incidents"},
	"v_updates":       {"incidents", "incident_updates"},
	"v_source_health": {"sources"},
}

func describeTable(t *testing.T, f *file, page *strings.Builder, name string) {
	t.Helper()
	text := f.rows(`SELECT sql FROM sqlite_master WHERE name = ?`, name)[0]
	head := tableHead.FindStringSubmatch(text)
	if head == nil {
		t.Fatalf("table %s has no sentence of its own:\n%s", name, text)
	}
	fmt.Fprintf(page, "\n### %s\n\n%s.\n\n| column | type | meaning |\n|---|---|---|\n", name, upperFirst(head[2]))
	described := 0
	for _, line := range strings.Split(head[3], "\n") {
		m := tableLine.FindStringSubmatch(line)
		if m == nil {
			if tableBare.MatchString(line) {
				t.Errorf("table %s: a column without a comment: %s", name, line)
			}
			continue
		}
		described++
		kind := strings.ToLower(m[2])
		meaning := m[4]
		if strings.HasSuffix(m[1], "_at") || m[1] == "at" {
			kind = "time"
		}
		if to := references.FindStringSubmatch(m[3]); to != nil {
			kind = "→ " + to[1]
		}
		if !strings.Contains(m[3], "NOT NULL") && !strings.Contains(m[3], "PRIMARY KEY") {
			kind += ", may be null"
		}
		if words := enumCheck.FindStringSubmatch(m[3]); words != nil && strings.Contains(words[1], "'") {
			meaning = reorder(meaning, words[1])
		}
		fmt.Fprintf(page, "| %s | %s | %s |\n", m[1], kind, strings.ReplaceAll(meaning, "|", "\\|"))
	}
	if columns := f.rows(`SELECT count(*) FROM pragma_table_xinfo(?)`, name)[0]; columns != fmt.Sprint(described) {
		t.Errorf("table %s has %s columns, %d are described", name, columns, described)
	}
}

// reorder puts the words that a column may hold before what they mean.
func reorder(meaning, words string) string {
	return "`" + strings.ReplaceAll(strings.ReplaceAll(words, "'", ""), ", ", "`, `") + "`: " + meaning
}

func describeView(t *testing.T, f *file, page *strings.Builder, name string) {
	t.Helper()
	text := f.rows(`SELECT sql FROM sqlite_master WHERE name = ?`, name)[0]
	head := viewHead.FindStringSubmatch(text)
	if head == nil {
		t.Fatalf("view %s has no sentence of its own:\n%s", name, text)
	}
	meaning := map[string]string{}
	for _, table := range viewTables[name] {
		text := f.rows(`SELECT sql FROM sqlite_master WHERE name = ?`, table)[0]
		for _, line := range strings.Split(text, "\n") {
			if m := tableLine.FindStringSubmatch(line); m != nil {
				meaning[m[1]] = m[4]
			}
		}
	}
	for _, m := range viewLine.FindAllStringSubmatch(text[len(head[0]):], -1) {
		meaning[m[1]] = m[2]
	}
	fmt.Fprintf(page, "\n### %s\n\n%s.\n\n", name, upperFirst(head[2]))
	if name == "v_open" {
		page.WriteString("The columns are those of `v_incidents`.\n")
		return
	}
	for _, column := range f.rows(`SELECT name FROM pragma_table_info(?)`, name) {
		if m := meaning[column]; m != "" {
			fmt.Fprintf(page, "- `%s`: %s\n", column, m)
		} else {
			fmt.Fprintf(page, "- `%s`\n", column)
		}
	}
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Times are compared as text everywhere, so no column may take any other form.
func TestTheSchemaRefusesOtherForms(t *testing.T) {
	f := lived(t)
	for _, table := range f.rows(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
		AND name <> 'goose_db_version'` + ownTables) {
		for _, column := range f.rows(`SELECT name FROM pragma_table_info(?) WHERE name = 'at'
			OR name LIKE '%!_at' ESCAPE '!'`, table) {
			for _, value := range []string{"2026-11-23 10:00:00", "2026-11-23T10:00:00Z", "yesterday", ""} {
				if f.rows(`SELECT count(*) FROM ` + table)[0] == "0" {
					t.Fatalf("there is no row in %s to try it on", table)
				}
				if err := f.exec(`UPDATE `+table+` SET `+column+` = ?`, value); err == nil {
					t.Errorf("%s.%s took %q", table, column, value)
				}
			}
		}
	}
	for name, statement := range map[string]string{
		"a kind that does not exist":      `UPDATE incidents SET kind = 'party'`,
		"a severity that does not exist":  `UPDATE incidents SET severity = 'purple'`,
		"an update's state as incident's": `UPDATE incidents SET state = 'postmortem'`,
		"an end before the start": `UPDATE incidents
			SET started_at = '2026-11-23T10:00:00.000Z', resolved_at = '2026-11-23T09:00:00.000Z'`,
		"a window that ends too early": `UPDATE incidents SET scheduled_start_at = '2026-11-23T10:00:00.000Z',
			scheduled_end_at = '2026-11-23T09:00:00.000Z'`,
		"words that are not JSON":      `UPDATE incidents SET raw = 'x'`,
		"a status that does not exist": `UPDATE components SET status = 'tired'`,
		"an event that does not exist": `UPDATE events SET kind = 'party'`,
		"delivered, and no time":       `UPDATE deliveries SET delivered_at = NULL`,
		"held, and no time until when": `UPDATE deliveries
			SET state = 'held', delivered_at = NULL, not_before_at = NULL`,
		"a reason that does not exist":   `UPDATE deliveries SET reason = 'mood'`,
		"a stream that does not exist":   `UPDATE streams SET stream = 'river'`,
		"a mute of nothing":              `UPDATE actions SET vendor_id = NULL`,
		"a mute without an end":          `UPDATE actions SET until_at = NULL`,
		"an action of a vendor":          `UPDATE actions SET kind = 'acknowledge', until_at = NULL`,
		"an action by nobody":            `UPDATE actions SET who = ''`,
		"an action from nowhere":         `UPDATE actions SET via = 'pigeon'`,
		"an end by nobody":               `UPDATE actions SET ended_at = created_at`,
		"an outcome that does not exist": `UPDATE scrapes SET outcome = 'fine'`,
		"text for a number":              `UPDATE scrapes SET took_ms = 'long'`,
		"an incident of no source":       `UPDATE incidents SET source_id = 99`,
		"one key twice":                  `UPDATE incidents SET source_key = 'same'`,
	} {
		if err := f.exec(statement); err == nil {
			t.Errorf("the schema took %s", name)
		}
	}
}
