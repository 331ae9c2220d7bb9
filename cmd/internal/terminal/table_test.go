package terminal

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"pgregory.net/rapid"
)

func shown(width int, color bool, columns []Column, rows ...[]any) string {
	var out bytes.Buffer
	t := Screen{out: &out, width: width, color: color}.Table(columns...)
	for _, r := range rows {
		t.Row(r...)
	}
	t.Render()
	return out.String()
}

// No line is wider than the screen but one that has a single word, and every word of a row is shown or is cut off as a
// whole, with a mark.
func TestATableFitsTheScreen(t *testing.T) {
	word := rapid.SampledFrom([]string{"card", "payments", "fail", "in", "two", "countries", "表示", "résumé", "a"})
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(40, 160).Draw(t, "width")
		columns := []Column{{Name: "ID"}, {Name: "Vendor", Least: 8}, {Name: "Severity", Colored: true},
			{Name: "State"}, {Name: "Started"}, {Name: "Title", Least: 16}}
		var rows [][]any
		var titles []string
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			title := strings.Join(rapid.SliceOfN(word, 1, 20).Draw(t, "title"), " ")
			titles = append(titles, title)
			rows = append(rows, []any{rapid.IntRange(1, 1e6).Draw(t, "id"), "quill-pay-europe",
				rapid.SampledFrom([]string{"minor", "critical"}).Draw(t, "severity"), "investigating",
				"2026-11-23 10:02", title})
		}
		out := shown(width, rapid.Bool().Draw(t, "color"), columns, rows...)
		for _, line := range strings.Split(out, "\n") {
			if w := text.StringWidthWithoutEscSequences(strings.TrimRight(line, " ")); w > width {
				t.Fatalf("%d columns on a screen of %d: %q", w, width, line)
			}
		}
		known := strings.Fields(strings.Join(titles, " "))
		for _, w := range strings.Fields(out[strings.Index(out, "\n"):]) {
			if slices.ContainsFunc([]string{"card", "paym", "count", "résu"}, func(p string) bool {
				return strings.HasPrefix(w, p)
			}) && !slices.Contains(known, strings.TrimSuffix(w, "…")) {
				t.Fatalf("%q is a part of a word\n%s", w, out)
			}
		}
	})
}

func TestTable(t *testing.T) {
	columns := []Column{{Name: "ID"}, {Name: "Vendor", Least: 8}, {Name: "Severity", Colored: true},
		{Name: "Title", Least: 16}}
	row := []any{7, "nimbus-ridge", "major", "Card payments are declined in two countries"}
	for _, c := range []struct {
		name  string
		width int
		color bool
		row   []any
		want  string
	}{
		{"no terminal", 0, false, row, " ID  Vendor        Severity  Title\n" +
			" 7   nimbus-ridge  major     Card payments are declined in two countries\n"},
		{"a wide one", 200, false, row, " ID  Vendor        Severity  Title\n" +
			" 7   nimbus-ridge  major     Card payments are declined in two countries\n"},
		{"the title gives way", 61, false, row, " ID  Vendor        Severity  Title\n" +
			" 7   nimbus-ridge  major     Card payments are declined…\n"},
		{"the title has no room", 36, false, row, " ID  Vendor        Severity\n 7   nimbus-ridge  major\n" +
			"    Card payments are declined in\n    two countries\n"},
		{"the vendor gives way", 28, false, row, " ID  Vendor    Severity\n 7   nimbus-…  major\n" +
			"    Card payments are\n    declined in two\n    countries\n"},
		{"colours", 0, true, []any{7, "a", "critical", "b"}, " ID  Vendor  Severity  Title\n" +
			" 7   a       \x1b[31;1mcritical\x1b[0m  b\n"},
		{"what a vendor wrote is obeyed by no terminal", 0, true, []any{7, "a", "none", "b\x1b[2J\nc"},
			" ID  Vendor  Severity  Title\n 7   a       none      b [2J c\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := strings.Split(shown(c.width, c.color, columns, c.row), "\n")
			for n := range lines {
				lines[n] = strings.TrimRight(lines[n], " ")
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
