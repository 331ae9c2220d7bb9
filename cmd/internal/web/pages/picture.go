package pages

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/web/trends"
	"vendorwatch/cmd/internal/words"
)

// picture is a drawing made of rectangles and words, in units of its own.
type picture struct {
	Width, Height int
	Shapes        []shape
	Labels        []label
	Words         string // what it shows, in a sentence
}

type shape struct {
	X, Y, W, H   int
	Class, Title string
}

type label struct {
	X, Y  int
	Text  string
	Class string
}

const (
	slimPicture   = 358  // on a phone
	narrowPicture = 640  // beside another one, or on a narrow screen
	broadPicture  = 1240 // alone: as wide as the page, without larger words
	chartLeft     = 32   // room for the numbers of an axis
	chartHeight   = 150  // of the tallest column
	chartTop      = 16
	namesWidth    = 150 // room for the names of vendors
	rowHeight     = 20
)

// Screen is the class of the screens that the picture is for, where there is one for others.
func (p picture) Screen() string {
	switch p.Width {
	case broadPicture:
		return "broad"
	case slimPicture:
		return "slim"
	}
	return "narrow"
}

// column is where the nth of so many columns of equal width begins, to the right of a margin; the last one ends where
// the picture does.
func (p picture) column(n, of, margin int) int { return margin + n*(p.Width-margin)/max(1, of) }

// nameWeeks writes the days on which weeks begin below their columns, as many as there is room for.
func (p *picture) nameWeeks(weeks []time.Time, margin, y int) {
	const room = 48
	step := max(1, (len(weeks)*room+p.Width-margin-1)/(p.Width-margin))
	for n := 0; n < len(weeks); n += step {
		if x := p.column(n, len(weeks), margin); x <= p.Width-room {
			p.Labels = append(p.Labels, label{x, y, weeks[n].Format("2 Jan"), ""})
		}
	}
}

func drawWeeks(b trends.ByWeek, width int) picture {
	p := picture{Width: width, Height: chartTop + chartHeight + 24,
		Words: fmt.Sprintf("Incidents by week: %d in %d weeks, at most %d in one", b.All, len(b.Weeks), b.Most)}
	p.axis(b.Most)
	for n, from := range b.Weeks {
		x, y := p.column(n, len(b.Weeks), chartLeft), chartTop+chartHeight
		wide := p.column(n+1, len(b.Weeks), chartLeft) - x
		for s, count := range b.Counts[n] {
			if count == 0 {
				continue
			}
			h := max(2, count*chartHeight/b.Most)
			y -= h
			p.Shapes = append(p.Shapes, shape{x + 1, y, max(2, wide-2), h, "f-" + string(trends.Severities[s]),
				fmt.Sprintf("week of %s: %d %s", from.Format("2 Jan"), count,
					words.Severity(string(trends.Severities[s])))})
		}
	}
	p.nameWeeks(b.Weeks, chartLeft, chartTop+chartHeight+16)
	return p
}

// axis draws the line on which columns stand, and how high the tallest is.
func (p *picture) axis(most int) {
	p.Shapes = append(p.Shapes, shape{chartLeft, chartTop + chartHeight, p.Width - chartLeft, 1, "f-axis", ""},
		shape{chartLeft, chartTop, p.Width - chartLeft, 1, "f-axis", ""})
	p.Labels = append(p.Labels, label{chartLeft - 6, chartTop + 5, fmt.Sprint(most), "end"},
		label{chartLeft - 6, chartTop + chartHeight + 4, "0", "end"})
}

func drawLengths(l trends.Lengths, width int) picture {
	p := picture{Width: width, Height: chartTop + chartHeight + 24,
		Words: fmt.Sprintf("Lengths of %s", words.Count(l.Known, "incident"))}
	p.axis(l.Most)
	for n, name := range trends.Classes {
		x := p.column(n, len(trends.Classes), chartLeft)
		wide := p.column(n+1, len(trends.Classes), chartLeft) - x
		if count := l.Counts[n]; count > 0 {
			h := max(2, count*chartHeight/l.Most)
			p.Shapes = append(p.Shapes, shape{x + 1, chartTop + chartHeight - h, wide - 2, h, "f-length",
				name + ": " + words.Count(count, "incident")})
		}
		if width == slimPicture && n%2 == 1 {
			continue // there is no room for its words
		}
		p.Labels = append(p.Labels, label{x, chartTop + chartHeight + 16,
			[]string{"0", "15 min", "30 min", "1 h", "2 h", "4 h", "8 h", "1 d", "3 d"}[n], ""})
	}
	return p
}

// heatClass is the depth of a cell's colour, by hours. Without impact on record, a week counts as one without any only
// where all of it is known.
func heatClass(c trends.Cell) string {
	switch {
	case !c.Known || !c.Stated:
		return "f-unseen"
	case c.Impact == 0 && c.Partly():
		return "f-partly"
	}
	for n, bound := range []time.Duration{1, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour} {
		if c.Impact < bound {
			return fmt.Sprintf("f-heat%d", n)
		}
	}
	return "f-heat5"
}

func drawHeat(rows []trends.Row, weeks []time.Time, width int) picture {
	p := picture{Width: width, Height: len(rows)*rowHeight + 24,
		Words: fmt.Sprintf("Hours of impact of %s in %d weeks", words.Count(len(rows), "vendor"), len(weeks))}
	for n, r := range rows {
		p.Labels = append(p.Labels, label{0, n*rowHeight + 14, words.Short(r.VendorName, 22), ""})
		for k, c := range r.Cells {
			x := p.column(k, len(weeks), namesWidth)
			wide := p.column(k+1, len(weeks), namesWidth) - x
			p.Shapes = append(p.Shapes, shape{x, n * rowHeight, max(2, wide-1), rowHeight - 1, heatClass(c),
				r.VendorName + ", week of " + weeks[k].Format("2 Jan") + ": " + heatTitle(c)})
		}
	}
	p.nameWeeks(weeks, namesWidth, len(rows)*rowHeight+16)
	return p
}

// drawLately draws what lasted, a row a vendor. The vendors of a story stand below a row with what it claims, beside a
// line.
func drawLately(lines []trends.Line, stories map[int64]string, since, now time.Time, width int) picture {
	p := picture{Width: width, Words: "Incidents of the last 48 hours at " + words.Count(len(lines), "vendor")}
	row, told := 0, 0
	tops := make([]int, len(lines)) // in rows
	for n, line := range lines {
		if line.Story != 0 && (n == 0 || lines[n-1].Story != line.Story) {
			told++
			p.Labels = append(p.Labels, label{namesWidth, row*rowHeight + 14,
				words.Short(stories[line.Story], (width-namesWidth)/8), "story"})
			row++
		}
		tops[n] = row * rowHeight
		row++
	}
	if told > 0 {
		p.Words += ", and what is known of " + words.Count(told, "common cause")
	}
	below := row * rowHeight
	p.Height = below + 24
	wide := width - namesWidth
	at := func(t time.Time) int { return namesWidth + int(int64(wide)*int64(t.Sub(since))/int64(now.Sub(since))) }
	for h := since.Truncate(6 * time.Hour).Add(6 * time.Hour); h.Before(now); h = h.Add(6 * time.Hour) {
		p.Shapes = append(p.Shapes, shape{at(h), 0, 1, below, "f-axis", ""})
		if h.Hour()%12 == 0 && (width > slimPicture || h.Hour() == 0) {
			l := label{at(h), below + 16, h.Format("Mon 15:04"), ""}
			if l.X > width-60 { // it would end outside
				l.Class = "end"
			}
			p.Labels = append(p.Labels, l)
		}
	}
	for n, line := range lines {
		p.Labels = append(p.Labels, label{0, tops[n] + 14, words.Short(line.VendorName, 22), ""})
		if line.Story != 0 {
			p.Shapes = append(p.Shapes, shape{namesWidth - 5, tops[n], 3, rowHeight, "f-story", stories[line.Story]})
		}
		for _, b := range line.Bars {
			class := "f-" + b.Severity
			if b.Unknown {
				class += " f-point"
			}
			if b.Story != 0 {
				class += " f-member"
			}
			wide := max(3, at(b.To)-at(b.From))
			p.Shapes = append(p.Shapes, shape{at(b.From), tops[n] + 3, wide, rowHeight - 6, class,
				line.VendorName + ": " + words.Severity(b.Severity) + ", " + barWords(b)})
		}
	}
	return p
}

// barWords says when an incident lasted.
func barWords(b trends.Bar) string {
	if b.Unknown {
		return "from " + b.From.Format("2 Jan 15:04") + ", its length is not known"
	}
	if b.Open == 1 {
		return "from " + b.From.Format("2 Jan 15:04") + ", lasting"
	}
	return "from " + b.From.Format("2 Jan 15:04") + " to " + b.To.Format("2 Jan 15:04") + " UTC"
}

// calendar is a year drawn as columns of weeks from Monday to Sunday: a stroke a day, all of one kind in one path.
type calendar struct {
	Paths  []calendarPath
	Labels []label
	Words  string // what it shows, in a sentence
}

type calendarPath struct{ Class, D string }

func drawYear(days []trends.Day) calendar {
	const side = 12
	var c calendar
	troubled, partly, unknown := 0, 0, 0
	paths := map[string]*strings.Builder{}
	first := (int(days[0].At.Weekday()) + 6) % 7
	for n, d := range days {
		column, row := (n+first)/7*side, (n+first)%7*side
		class := "well"
		switch {
		case !d.Known:
			class = "unseen"
			unknown++
		case d.Worst != "":
			class = string(d.Worst)
			troubled++
		case d.Partly():
			class = "partly"
			partly++
		}
		if paths[class] == nil {
			paths[class] = &strings.Builder{}
		}
		fmt.Fprintf(paths[class], "M%d %dv11", column+side/2, row)
		if d.At.Day() == 1 {
			c.Labels = append(c.Labels, label{column, 7*side + 12, d.At.Format("Jan"), ""})
		}
	}
	for _, class := range slices.Sorted(maps.Keys(paths)) {
		c.Paths = append(c.Paths, calendarPath{"y-" + class, paths[class].String()})
	}
	c.Words = fmt.Sprintf("%d days: %d with incidents, %d of which nothing is known", len(days), troubled, unknown)
	if partly > 0 {
		c.Words += fmt.Sprintf(", %d without incidents of which a part is not known", partly)
	}
	return c
}
