package report

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text renders the digest for a terminal or a plain file, wrapped to width columns (0 means 100).
// It holds no escape sequences.
func Text(d Digest, width int) string {
	if width <= 0 {
		width = 100
	}
	t := &textPage{width: max(width, 40)}
	t.line(0, d.Headline)
	t.line(0, d.span())
	t.line(0, d.compareWords())
	for _, s := range d.sections() {
		t.title(s.title, len(s.items))
		t.items(d, s)
	}
	if len(d.Components) > 0 {
		t.title("Components", len(d.Components))
		for _, p := range d.Components {
			t.line(2, vendorName(p.VendorName, p.Vendor, 80)+": "+p.words())
		}
	}
	if len(d.Indicators) > 0 {
		t.title(alarmsTitle, len(d.Indicators))
		for _, a := range d.Indicators {
			t.line(2, vendorName(a.VendorName, a.Vendor, 80)+": "+d.alarmWords(a))
			t.raw(4, webLink(a.PageURL))
		}
	}
	if len(d.Unreadable) > 0 {
		t.title("Could not read", len(d.Unreadable))
		for _, s := range d.Unreadable {
			t.line(2, vendorName(s.VendorName, s.Vendor, 80))
			t.line(4, d.sourceWords(s))
			t.raw(4, webLink(s.PageURL))
		}
	}
	if len(d.ReadableAgain) > 0 {
		t.title("Readable again", len(d.ReadableAgain))
		for _, s := range d.ReadableAgain {
			t.line(2, vendorName(s.VendorName, s.Vendor, 80)+" "+d.backWords(s))
		}
	}
	if len(d.Moved) > 0 {
		t.title(movedTitle, len(d.Moved))
		for _, s := range d.Moved {
			t.line(2, vendorName(s.VendorName, s.Vendor, 80)+"'s "+s.Reason)
		}
	}
	t.b.WriteByte('\n')
	for _, line := range d.foot() {
		t.line(0, line)
	}
	t.raw(0, d.DashboardURL)
	return t.b.String()
}

type textPage struct {
	b     strings.Builder
	width int
}

func (t *textPage) title(words string, n int) {
	t.b.WriteByte('\n')
	t.line(0, strings.ToUpper(words)+" ("+strconv.Itoa(n)+")")
}

func (t *textPage) items(d Digest, s section) {
	vendor := ""
	for _, i := range s.items {
		e := d.entry(i)
		if e.vendor != vendor {
			t.line(2, e.vendor)
			vendor = e.vendor
		}
		t.line(4, e.title)
		t.line(6, strings.Join(e.facts, " · "))
		if !s.brief {
			t.line(6, e.parts)
			t.line(6, e.words)
		}
		t.raw(6, e.link)
	}
}

// raw writes text that must not be broken, such as a link.
func (t *textPage) raw(indent int, text string) {
	if text != "" {
		t.b.WriteString(strings.Repeat(" ", indent) + text + "\n")
	}
}

// line writes text wrapped at spaces; the lines that follow the first stand two columns further in.
func (t *textPage) line(indent int, text string) {
	if text == "" {
		return
	}
	room := t.width - indent
	var row strings.Builder
	length, wrapped := 0, false
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		if length > 0 && length+1+n > room {
			t.raw(indent, row.String())
			row.Reset()
			length = 0
			if !wrapped {
				wrapped = true
				indent += 2
				room -= 2
			}
		}
		if length > 0 {
			row.WriteByte(' ')
			length++
		}
		row.WriteString(word)
		length += n
	}
	t.raw(indent, row.String())
}
