package terminal

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"vendorwatch/cmd/internal/words"
)

// A Column is a column of a table. Its zero value, but for the name, is as wide as its longest cell, and not coloured.
type Column struct {
	Name string
	// Least is the width in columns down to which cells are cut, between words if they can be, where the table does not
	// fit the screen. With 0 they never are.
	Least int
	// Colored is true where cells are severities, states or statuses, which have colours.
	Colored bool
}

// Whole is a column whose cells are never cut.
func Whole(name string) Column { return Column{Name: name} }

// Word is a column of severities, states or statuses.
func Word(name string) Column { return Column{Name: name, Colored: true} }

// Cut is a column whose cells are cut, down to so many characters, where the table is wider than the terminal.
func Cut(name string, least int) Column { return Column{Name: name, Least: least} }

// A Table is shown when all of its rows are known. Where its columns do not fit the screen though they are cut as far
// as they may be, the last ones stand below each row, in full.
type Table struct {
	screen  Screen
	columns []Column
	rows    [][]string
}

// Table begins a table of these columns.
func (s Screen) Table(columns ...Column) *Table { return &Table{screen: s, columns: columns} }

// Row adds a row: a cell a column, in any type that fmt prints. Cells are vendors' words as well as ours; control
// characters are written out, and each cell is one line.
func (t *Table) Row(cells ...any) {
	row := make([]string, len(t.columns))
	for n := range row {
		row[n] = words.Visible(words.OneLine(fmt.Sprint(cells[n])))
	}
	t.rows = append(t.rows, row)
}

// Len is the number of rows so far.
func (t *Table) Len() int { return len(t.rows) }

// between is what stands between two columns, and to the left and right of the table.
const between = 3

// Render shows the table.
func (t *Table) Render() {
	if t.screen.out == nil {
		return
	}
	side := len(t.columns)
	widths, fits := t.widths(side)
	for !fits && side > 1 {
		side--
		widths, fits = t.widths(side)
	}
	lines := strings.Split(t.render(widths), "\n")
	for n, line := range lines {
		_, _ = io.WriteString(t.screen.out, line+"\n")
		if below := n - 1; below >= 0 && below < len(t.rows) && side < len(t.columns) {
			_, _ = io.WriteString(t.screen.out, t.below(t.rows[below], side))
		}
	}
}

// render draws as many columns as there are widths, a line a row below the heading.
func (t *Table) render(widths []int) string {
	w := table.NewWriter()
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	w.SetStyle(style)
	header := make(table.Row, len(widths))
	for n := range header {
		header[n] = t.columns[n].Name
	}
	w.AppendHeader(header)
	for _, row := range t.rows {
		cells := make(table.Row, len(widths))
		for n := range cells {
			cell := row[n]
			if t.columns[n].Least > 0 {
				cell = cut(cell, widths[n])
			}
			if t.columns[n].Colored {
				cell = t.screen.paint(cell, colorsOf(row[n]))
			}
			cells[n] = cell
		}
		w.AppendRow(cells)
	}
	return w.Render()
}

// below writes the cells of a row that found no place beside the others. One alone needs no name.
func (t *Table) below(row []string, from int) string {
	var parts []string
	for n := from; n < len(row); n++ {
		switch {
		case row[n] == "":
		case from == len(row)-1:
			parts = append(parts, row[n])
		default:
			parts = append(parts, t.columns[n].Name+": "+row[n])
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return t.screen.Wrap(strings.Join(parts, " · "), 4) + "\n"
}

// widths are those of the first n columns, cut as far as needed for them to fit the screen: the widest that may be cut
// gives first. fits is false where they do not fit even so.
func (t *Table) widths(n int) (widths []int, fits bool) {
	widths = make([]int, n)
	total := 0
	for n, c := range t.columns[:n] {
		widths[n] = text.StringWidth(c.Name)
		for _, row := range t.rows {
			widths[n] = max(widths[n], text.StringWidth(row[n]))
		}
		total += widths[n] + between
	}
	for t.screen.width > 0 && total > t.screen.width {
		widest := -1
		for n, c := range t.columns[:n] {
			if c.Least > 0 && widths[n] > max(c.Least, text.StringWidth(c.Name)) &&
				(widest < 0 || widths[n] > widths[widest]) {
				widest = n
			}
		}
		if widest < 0 {
			return widths, false
		}
		widths[widest]--
		total--
	}
	return widths, true
}

// cut shortens a cell to a width in columns, of which wide characters take two: between words, or, where there are no
// two, at a dash or slash of a slug or an address. Only a single word is cut where it has to be.
func cut(cell string, width int) string {
	if text.StringWidth(cell) <= width {
		return cell
	}
	kept := ""
	for _, r := range cell {
		if text.StringWidth(kept+string(r)) > width-1 {
			break
		}
		kept += string(r)
	}
	for _, border := range []string{" ", "-/"} {
		if strings.HasPrefix(cell[len(kept):], " ") {
			break
		}
		if at := strings.LastIndexAny(kept, border); at > 0 {
			kept = strings.TrimRight(kept[:at+1], " ")
			break
		}
	}
	return strings.TrimRight(kept, " ") + words.Ellipsis
}
