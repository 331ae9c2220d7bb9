package scraper

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper/page"
)

// Read parses a page. An entry of a list that the platform refuses costs that entry, with a finding, and not the page:
// in JSON, in JSON that stands in a web page or a script, in HTML, and in a feed. The Result then covers nothing, since
// what was lost may be open. A page is refused as before if its other entries do not make it a page of the platform
// either, or if a list would be left without any entry, unless it had only one and the page shows something else, or is
// a feed. A web page with a sole entry is left to its platform, which alone can tell an entry from a list.
func Read(p Platform, s Source, in Page) (Result, error) {
	res, err := parse(p, s, in)
	if errors.Is(err, ErrShape) {
		if salvaged, ok := salvage(p, s, in, err); ok {
			res, err = salvaged, nil
		}
	}
	if err == nil {
		printable(&res)
		inZone(&res, s.TimeZone)
	}
	if err == nil && len(in.Findings) > 0 {
		res.Findings = slices.Concat(in.Findings, res.Findings)
	}
	return res, err
}

// Limits of a search for bad entries, which reads the page again and again.
const (
	mostReadings = 400
	mostBytes    = 200 << 20 // of all these readings
)

// salvager looks for the entries of a document for which its platform refuses the page. The document is the page, or
// JSON that stands in it.
type salvager struct {
	platform Platform
	source   Source
	page     Page
	doc      document
	readings int
}

// document is a text with lists in it, and how the page is written that has another text in its place.
type document struct {
	text  []byte
	wrap  func(text []byte, gone [][]byte) []byte // gone: the entries that are not in the text
	lists []list
}

// span is a stretch of a document, from its first byte to that behind its last.
type span struct{ from, to int }

// list is a list in a document.
type list struct {
	name    string // key of the member that it is, or name of its elements
	items   []span
	objects bool // one of them is an object
	markup  bool // anything may stand between its items
	element bool // its items are elements of a web page
}

// salvage reads a page without the entries that the platform refuses. ok is false if that makes no page either.
func salvage(p Platform, s Source, in Page, cause error) (res Result, ok bool) {
	in.Body = page.Body(in)
	v := &salvager{platform: p, source: s, page: in}
	for _, doc := range documents(in.Body, cause) {
		v.doc = doc
		if !doc.isMarkup() {
			if res, ok := v.read(textIDs(doc.text), nil); ok { // a number where text is expected loses nothing
				return res, true
			}
		}
		// To look into every list takes too long if the bad entry is in none of the first. A list is most likely to
		// hold it if the page can be read with one of its ends alone.
		for _, likely := range []bool{true, false} {
			for _, l := range doc.lists {
				if len(l.items) == 0 || len(l.items) == 1 && l.element || likely != v.likely(l) {
					continue
				}
				if res, ok := v.without(l, cause); ok {
					return res, true
				}
			}
		}
	}
	return Result{}, false
}

// likely reports whether the page can be read with the first or the last item of a list alone.
func (v *salvager) likely(l list) bool {
	last := len(l.items) - 1
	for _, others := range [][]span{l.items[1:], l.items[:last]} {
		if _, ok := v.readWithout(l, others); ok {
			return true
		}
	}
	return false
}

// without reads the page without the bad items of a list, or as little of them as possible.
func (v *salvager) without(l list, cause error) (Result, bool) {
	bad := v.bad(l, l.items)
	if len(bad) == 0 || len(bad) == len(l.items) && (len(bad) > 1 || l.element) {
		return Result{}, false
	}
	if !l.markup {
		if res, ok := v.mend(l, bad); ok {
			return res, true
		}
	}
	if len(bad) == 1 {
		for _, inner := range slices.Backward(v.doc.lists) {
			if len(inner.items) == 0 || len(inner.items) == 1 && l.element || !bad[0].holds(inner.items[0]) {
				continue
			}
			if lost := v.bad(inner, inner.items); len(lost) < len(inner.items) || len(lost) == 1 {
				if res, ok := v.drop(inner, lost, cause); ok {
					return res, true
				}
			}
		}
	}
	return v.drop(l, bad, cause)
}

// mend reads the page with numbers as text, or text as numbers, in the bad items of a list.
func (v *salvager) mend(l list, bad []span) (Result, bool) {
	for _, change := range []func([]byte) []byte{textIDs, textNumbers, numberIDs} {
		mended := rewritten(v.doc.text, l, func(s span, item []byte) []byte {
			if slices.Contains(bad, s) {
				return change(item)
			}
			return item
		})
		if res, ok := v.read(mended, nil); ok {
			return res, true
		}
	}
	return Result{}, false
}

// drop reads the page without the bad items of a list, with a finding for each of them.
func (v *salvager) drop(l list, bad []span, cause error) (Result, bool) {
	res, ok := v.readWithout(l, bad)
	feed := l.markup && !l.element
	if !ok || len(bad) == len(l.items) && !feed && len(res.Incidents)+len(res.Components) == 0 {
		return Result{}, false
	}
	if l.element && !v.entries(l, bad, res) {
		return Result{}, false
	}
	res.Coverage = Coverage{}
	for _, b := range bad {
		text := string(v.doc.text[b.from:b.to])
		if l.markup {
			text = page.Visible(text)
		}
		res.Findings = append(res.Findings, page.LeftOut(cmp.Or(l.name, "page"), text, reason(cause),
			slices.Index(l.items, b)+1, len(l.items)))
	}
	return res, true
}

// entries reports whether the elements of a list are incidents: without one of them, there is one less. To leave out
// what holds a whole list would make a page whose form has changed one without incidents.
func (v *salvager) entries(l list, bad []span, res Result) bool {
	tried := 0
	for _, good := range l.items {
		if slices.Contains(bad, good) {
			continue
		}
		if tried++; tried > 5 {
			break
		}
		fewer, ok := v.readWithout(l, append(slices.Clone(bad), good))
		if ok && len(fewer.Incidents) == len(res.Incidents)-1 && len(fewer.Components) == len(res.Components) {
			return true
		}
	}
	return false
}

// reason is why a page was refused, without the words that all such errors share.
func reason(err error) string { return strings.TrimPrefix(err.Error(), ErrShape.Error()+": ") }

// readWithout parses the page without some items of a list.
func (v *salvager) readWithout(l list, items []span) (Result, bool) {
	gone := make([][]byte, len(items))
	for n, s := range items {
		gone[n] = v.doc.text[s.from:s.to]
	}
	return v.read(without(v.doc.text, l, items), gone)
}

// read parses the page with another text in place of the document.
func (v *salvager) read(text []byte, gone [][]byte) (Result, bool) {
	if v.readings >= mostReadings || v.readings*len(v.page.Body) > mostBytes {
		return Result{}, false
	}
	v.readings++
	in := v.page
	in.Body = v.doc.wrap(text, gone)
	res, err := parse(v.platform, v.source, in)
	return res, err == nil
}

// parse is the platform's Parse. A page at which that panics is refused: whatever a vendor writes, it costs its own
// page and not the process, which reads all others.
func parse(p Platform, s Source, in Page) (res Result, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			res, err = Result{}, page.Errorf("a page at which its reader fails (%v); please report it", cause)
		}
	}()
	if res, err = p.Parse(s, in); err != nil {
		return Result{}, err // nothing of a page that is refused is used
	}
	return res, nil
}

// bad returns those of a list's items without which the page can be read: halves that can be read are not looked
// into further.
func (v *salvager) bad(l list, of []span) []span {
	others := slices.DeleteFunc(slices.Clone(l.items), func(s span) bool { return slices.Contains(of, s) })
	if _, ok := v.readWithout(l, others); ok {
		return nil
	}
	if len(of) == 1 {
		return of
	}
	half := len(of) / 2
	return slices.Concat(v.bad(l, of[:half]), v.bad(l, of[half:]))
}

// without returns a document without some items of a list.
func without(body []byte, l list, items []span) []byte {
	return rewritten(body, l, func(s span, item []byte) []byte {
		if slices.Contains(items, s) {
			return nil
		}
		return item
	})
}

// rewritten returns a document with other items in a list; nil takes one out.
func rewritten(body []byte, l list, change func(span, []byte) []byte) []byte {
	if l.markup {
		var out []byte
		last := 0
		for _, s := range l.items {
			out = append(out, body[last:s.from]...)
			out = append(out, change(s, body[s.from:s.to])...)
			last = s.to
		}
		return append(out, body[last:]...)
	}
	kept := make([][]byte, 0, len(l.items))
	for _, s := range l.items {
		if item := change(s, body[s.from:s.to]); item != nil {
			kept = append(kept, item)
		}
	}
	first, last := l.items[0].from, l.items[len(l.items)-1].to
	return slices.Concat(body[:first], bytes.Join(kept, []byte(",")), body[last:])
}

// holds reports whether a stretch lies within this one.
func (s span) holds(inner span) bool { return s.from < inner.from && inner.to < s.to }

// lists returns the lists in a valid JSON document in which there is an object, or one entry that may have been one,
// the outer before the inner ones.
func lists(body []byte) []list {
	var found []list
	var stack []*opened
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	for end := 0; ; {
		start := end + len(body[end:]) - len(bytes.TrimLeft(body[end:], ", :\t\r\n"))
		tok, err := d.Token()
		if err != nil {
			return slices.DeleteFunc(found, func(l list) bool { return !l.objects && len(l.items) != 1 })
		}
		end = int(d.InputOffset())
		switch tok {
		case json.Delim('{'):
			stack = append(stack, &opened{list: -1, start: start, key: true})
			continue
		case json.Delim('['):
			o := &opened{list: len(found), start: start}
			if len(stack) > 0 {
				o.name = stack[len(stack)-1].name
			}
			found = append(found, list{name: o.name})
			stack = append(stack, o)
			continue
		case json.Delim('}'), json.Delim(']'):
			start = stack[len(stack)-1].start
			stack = stack[:len(stack)-1]
		}
		if len(stack) == 0 {
			continue
		}
		in := stack[len(stack)-1]
		switch {
		case in.list >= 0:
			l := &found[in.list]
			l.items = append(l.items, span{start, end})
			l.objects = l.objects || tok == json.Delim('}')
		case in.key:
			in.name, _ = tok.(string)
			in.key = false
		default:
			in.key = true
		}
	}
}

// opened is an object or a list whose end has not been read yet.
type opened struct {
	list  int    // its index among the lists; -1 for an object
	start int    // where it begins
	name  string // the key read last, of an object
	key   bool   // the next token is a key, of an object
}

var (
	numericID = lazyregexp.New(`("(?:[A-Za-z_]+_)?[iI][dD]"\s*:\s*)(-?[0-9]+)(\s*[,}])`)
	anyNumber = lazyregexp.New(`("\s*:\s*)(-?[0-9]+)(\s*[,}])`)
	quotedID  = lazyregexp.New(`("(?:[A-Za-z_]+_)?[iI][dD]"\s*:\s*)"(-?[0-9]+)"(\s*[,}])`)
)

// textIDs writes the numbers in a document that are ids as text.
func textIDs(body []byte) []byte { return numericID.ReplaceAll(body, []byte(`$1"$2"$3`)) }

// textNumbers writes all whole numbers in a document as text.
func textNumbers(body []byte) []byte { return anyNumber.ReplaceAll(body, []byte(`$1"$2"$3`)) }

// numberIDs writes the ids in a document that are digits in quotes as numbers.
func numberIDs(body []byte) []byte { return quotedID.ReplaceAll(body, []byte(`$1$2$3`)) }
