package message

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// DigestText renders a digest as plain text, wrapped to width columns (0 means 100), without escape sequences.
func DigestText(d Digest, width int) string {
	if width <= 0 {
		width = 100
	}
	t := &textWriter{width: max(width, 40)}
	t.line(0, d.Headline)
	t.line(0, d.Span())
	t.line(0, d.ComparisonText())
	for _, s := range d.Sections() {
		t.title(s.Title, len(s.Items))
		t.items(d, s)
	}
	if len(d.Components) > 0 {
		t.title("Components", len(d.Components))
		for _, p := range d.Components {
			t.line(2, VendorName(p.VendorName, p.Vendor, 80)+": "+p.Text())
		}
	}
	if len(d.NotWell) > 0 {
		t.title(NotWellTitle, len(d.NotWell))
		for _, v := range d.NotWell {
			t.line(2, VendorName(v.VendorName, v.Vendor, 80)+": "+d.NotWellText(v))
		}
	}
	if len(d.Unreadable) > 0 {
		t.title("Could not read", len(d.Unreadable))
		for _, s := range d.Unreadable {
			t.line(2, VendorName(s.VendorName, s.Vendor, 80))
			t.line(4, d.UnreadableText(s))
			t.raw(4, WebLink(s.PageURL))
		}
	}
	if len(d.ReadableAgain) > 0 {
		t.title("Readable again", len(d.ReadableAgain))
		for _, s := range d.ReadableAgain {
			t.line(2, VendorName(s.VendorName, s.Vendor, 80)+" "+d.ReadableText(s))
		}
	}
	if len(d.Moved) > 0 {
		t.title(MovedTitle, len(d.Moved))
		for _, s := range d.Moved {
			t.line(2, VendorName(s.VendorName, s.Vendor, 80)+"'s "+s.Reason)
		}
	}
	t.b.WriteByte('\n')
	for _, line := range d.Footer() {
		t.line(0, line)
	}
	t.raw(0, d.DashboardURL)
	return t.b.String()
}

type textWriter struct {
	b     strings.Builder
	width int
}

func (t *textWriter) title(words string, n int) {
	t.b.WriteByte('\n')
	t.line(0, strings.ToUpper(words)+" ("+strconv.Itoa(n)+")")
}

func (t *textWriter) items(d Digest, s Section) {
	vendor := ""
	for _, i := range s.Items {
		e := d.Entry(i)
		if e.Vendor != vendor {
			t.line(2, e.Vendor)
			vendor = e.Vendor
		}
		t.line(4, e.Title)
		t.line(6, strings.Join(e.Facts, " · "))
		if !s.Brief {
			t.line(6, e.Components)
			t.line(6, e.Latest)
		}
		t.raw(6, e.Link)
	}
}

// raw writes text that must not be wrapped, such as a link.
func (t *textWriter) raw(indent int, text string) {
	if text != "" {
		t.b.WriteString(strings.Repeat(" ", indent) + text + "\n")
	}
}

// line writes text wrapped at spaces. Continuation lines are indented by two more columns.
func (t *textWriter) line(indent int, text string) {
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
