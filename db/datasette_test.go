package db_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vendorwatch/normalize/goldentest"
)

const metadataHead = `# What Datasette shows of the record: datasette vendorwatch.db --metadata datasette.yaml
# It is made from the schema by go test ./db -run TestDatasetteMetadata -update.
title: Incidents of vendors
description: Collected by vendorwatch from the status pages of vendors.
databases:
  vendorwatch:
    tables:
`

// units are those that Datasette prints behind a number, by the end of a column's name.
var units = []struct{ end, unit string }{
	{"_seconds", "second"}, {"_minutes", "minute"}, {"minutes", "minute"}, {"_hours", "hour"}, {"_percent", "percent"},
}

// labels are the columns that stand for a row where another table refers to it.
var labels = map[string]string{
	"vendors": "name", "sources": "page_url", "incidents": "title", "components": "name", "services": "name",
}

var schemaColumn = regexp.MustCompile("^(?:- `(\\w+)`: (.*)|\\| (\\w+) \\| (?:[^|]|\\\\\\|)* \\| (.*) \\|)$")

// TestDatasetteMetadata holds docs/datasette.yaml against the schema's own words.
func TestDatasetteMetadata(t *testing.T) {
	f := lived(t)
	var out strings.Builder
	out.WriteString(metadataHead)
	_, page, _ := strings.Cut(schemaPage(t, f), "\n## Views\n")
	for _, section := range strings.Split(page, "\n### ")[1:] {
		lines := strings.Split(section, "\n")
		name := lines[0]
		fmt.Fprintf(&out, "      %s:\n        description: %s\n", name, yamlText(t, lines[2]))
		columns := f.rows(`SELECT name FROM pragma_table_xinfo(?)`, name)
		if label := labels[name]; label != "" {
			if !slices.Contains(columns, label) {
				t.Errorf("%s has no column %s to stand for its rows", name, label)
			}
			fmt.Fprintf(&out, "        label_column: %s\n", label)
		}
		if slices.Contains(columns, "started_at") {
			out.WriteString("        sort_desc: started_at\n")
		}
		var described, measured strings.Builder
		for _, line := range lines[3:] {
			if m := schemaColumn.FindStringSubmatch(line); m != nil && m[3] != "column" {
				column, meaning := m[1]+m[3], m[2]+m[4]
				if !slices.Contains(columns, column) {
					t.Errorf("%s has no column %s", name, column)
				}
				fmt.Fprintf(&described, "          %s: %s\n", column, yamlText(t, meaning))
			}
		}
		for _, column := range columns {
			for _, u := range units {
				if strings.HasSuffix(column, u.end) {
					fmt.Fprintf(&measured, "          %s: %s\n", column, u.unit)
					break
				}
			}
		}
		if described.Len() > 0 {
			out.WriteString("        columns:\n" + described.String())
		}
		if measured.Len() > 0 {
			out.WriteString("        units:\n" + measured.String())
		}
	}
	goldentest.Held(t, "../docs/datasette.yaml", []byte(out.String()))
}

// yamlText is a text without Markdown, as JSON has it, which is YAML too.
func yamlText(t *testing.T, s string) string {
	t.Helper()
	s = strings.ReplaceAll(s, "`", "") // Datasette shows descriptions as they are
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
