package scraper

import (
	"bytes"
	"encoding/json"
	"html"
	"slices"

	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper/page"
)

// documents returns what of a page may have lists with bad entries: the JSON that it is or that stands in it, a feed's
// items, and at last the elements of a web page. Of a page that its platform does not take for one of its own, only
// JSON and feeds are looked into: to try all elements of any page on the web would take too long.
func documents(body []byte, cause error) []document {
	same := func(text []byte, _ [][]byte) []byte { return text }
	switch {
	case page.IsJSON(body):
		if json.Valid(body) {
			return []document{{text: body, wrap: same, lists: lists(body)}}
		}
		return nil
	case page.IsFeed(body):
		return []document{{text: body, wrap: same, lists: feedItems(body)}}
	case page.IsUnexpected(cause):
		return nil
	}
	docs := embedded(body)
	if page.IsHTML(body) {
		if page.MayHoldNextData(body) {
			docs = append(docs, flightRows(body)...)
		}
		docs = append(docs, document{text: body, wrap: same, lists: elements(body)})
	}
	return docs
}

func (d document) isMarkup() bool { return len(d.lists) > 0 && d.lists[0].markup }

var (
	callbackStart = lazyregexp.New(`^[A-Za-z_$][\w$.]*\s*\(\s*`)
	scriptJSON    = lazyregexp.New(`(?is)<script\b[^>]*>\s*([{\[].*?)\s*</script>`)
	attributeJSON = lazyregexp.New(`\bdata-[\w-]+=(?:"(\{[^"]{20,})"|'(\{[^']{20,})')`)
)

// embedded returns the JSON in a script that calls a function with it, in the scripts of a web page, and in the
// attributes of its elements.
func embedded(body []byte) []document {
	var docs []document
	add := func(from, to int, decode func([]byte) []byte, encode func([]byte) []byte) {
		text := decode(body[from:to])
		if !json.Valid(text) {
			return
		}
		docs = append(docs, document{text: text, lists: lists(text), wrap: func(text []byte, _ [][]byte) []byte {
			return slices.Concat(body[:from], encode(text), body[to:])
		}})
	}
	same := func(text []byte) []byte { return text }
	if call := callbackStart.Find(body); call != nil {
		if end := bytes.LastIndexByte(body, ')'); end > len(call) {
			add(len(call), end, same, same)
		}
		return docs
	}
	for _, m := range scriptJSON.FindAllSubmatchIndex(body, -1) {
		add(m[2], m[3], same, same)
	}
	for _, m := range attributeJSON.FindAllSubmatchIndex(body, -1) {
		from, to := m[2], m[3]
		if from < 0 {
			from, to = m[4], m[5]
		}
		add(from, to, func(text []byte) []byte { return []byte(html.UnescapeString(string(text))) },
			func(text []byte) []byte { return []byte(html.EscapeString(string(text))) })
	}
	return docs
}

var flightPush = lazyregexp.New(`(?s)<script\b[^>]*>\s*self\.__next_f\.push\((\[1,".*?"\])\);?\s*</script>`)

// flightRows returns the rows of the data that a page made with Next.js has in its scripts; see page.NextData. The page
// that has another row in its place has all rows in one script.
func flightRows(body []byte) []document {
	var stream []byte
	pushes := flightPush.FindAllSubmatchIndex(body, -1)
	for _, m := range pushes {
		var chunk []any
		if json.Unmarshal(body[m[2]:m[3]], &chunk) != nil || len(chunk) < 2 {
			return nil
		}
		text, _ := chunk[1].(string)
		stream = append(stream, text...)
	}
	if len(pushes) == 0 {
		return nil
	}
	before, after := pushes[0], pushes[len(pushes)-1]
	var docs []document
	for from := 0; from < len(stream); {
		to := len(stream)
		if end := bytes.IndexByte(stream[from:], '\n'); end >= 0 {
			to = from + end
		}
		start := from + bytes.IndexByte(stream[from:to], ':') + 1
		if row := stream[start:to]; json.Valid(row) && len(row) > 2 && bytes.ContainsRune([]byte("[{"), rune(row[0])) {
			docs = append(docs, document{text: row, lists: lists(row), wrap: func(text []byte, gone [][]byte) []byte {
				rows := slices.Concat(withoutCopies(stream[:start], gone), text, withoutCopies(stream[to:], gone))
				whole, err := json.Marshal([]any{1, string(rows)})
				if err != nil {
					return body
				}
				return slices.Concat(body[:before[0]], []byte("<script>self.__next_f.push("), whole,
					[]byte(")</script>"), body[after[1]:])
			}})
		}
		from = to + 1
	}
	return docs
}

// withoutCopies returns rows without what was taken out of another row: such pages have some of their data twice.
func withoutCopies(rows []byte, gone [][]byte) []byte {
	for _, entry := range gone {
		if len(entry) > 1 && entry[0] == '{' {
			rows = bytes.ReplaceAll(rows, slices.Concat(entry, []byte(",")), nil)
			rows = bytes.ReplaceAll(rows, slices.Concat([]byte(","), entry), nil)
			rows = bytes.ReplaceAll(rows, slices.Concat([]byte("["), entry, []byte("]")), []byte("[]"))
		}
	}
	return rows
}
