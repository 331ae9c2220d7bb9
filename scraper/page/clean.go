package page

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
)

// mostCleaned is how many findings tell of single characters of one page.
const mostCleaned = 20

// cleaner takes out of a document the characters that its format does not allow, so that one of them costs itself and
// not the document.
type cleaner struct {
	out      []byte
	findings []normalize.Finding
}

// clean returns a document of a known kind in UTF-8 without such characters, and a finding for each of them. Bytes
// that are no UTF-8 become U+FFFD.
func clean(body []byte) ([]byte, []normalize.Finding) {
	text := bytes.TrimSpace(body)
	switch {
	case IsFeed(text):
		chars, found := cleanCharacters(body, false)
		refs, more := cleanReferences(chars)
		return closeVoid(refs), append(found, more...)
	case IsJSON(text):
		return cleanCharacters(body, true)
	case IsHTML(text):
		return cleanCharacters(body, false)
	}
	return body, nil
}

func cleanCharacters(body []byte, isJSON bool) ([]byte, []normalize.Finding) {
	if isClean(body, isJSON) {
		return body, nil
	}
	c := &cleaner{out: make([]byte, 0, len(body))}
	inString, escaped := false, false
	for i := 0; i < len(body); {
		r, size := utf8.DecodeRune(body[i:])
		char := body[i : i+size]
		switch {
		case r == utf8.RuneError && size == 1:
			c.note(body, i, 1, fmt.Sprintf("the byte %#02x is no UTF-8 and cannot be read", body[i]))
			char = []byte("\uFFFD")
		case r == '\t' || r == '\n' || r == '\r':
			if isJSON && inString {
				char = []byte(strconv.Quote(string(r)))[1:3]
			}
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			c.note(body, i, size, fmt.Sprintf("the control character %U is left out", r))
			char = nil
		}
		c.out = append(c.out, char...)
		if isJSON {
			inString = inString != (r == '"' && !escaped)
			escaped = inString && r == '\\' && !escaped
		}
		i += size
	}
	return c.out, c.findings
}

// isClean reports whether clean has nothing to do.
func isClean(body []byte, isJSON bool) bool {
	if !utf8.Valid(body) {
		return false
	}
	if isJSON {
		return isCleanJSON(body)
	}
	return !bytes.ContainsFunc(body, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
	})
}

// isCleanJSON reports whether a document in UTF-8 has control characters only where JSON allows them: white space
// between values. Whether it is JSON otherwise is for its decoder to say, which costs several times as much.
func isCleanJSON(body []byte) bool {
	inString, escaped := false, false
	for _, b := range body {
		switch {
		case b < ' ' && (inString || b != '\t' && b != '\n' && b != '\r'):
			return false
		case !inString:
			inString = b == '"'
		case escaped:
			escaped = false
		default:
			inString, escaped = b != '"', b == '\\'
		}
	}
	return true
}

// note adds a finding with the text around the character.
func (c *cleaner) note(body []byte, at, size int, problem string) {
	if len(c.findings) == mostCleaned {
		return
	}
	around := string(body[max(0, at-40):at]) + "\uFFFD" + string(body[at+size:min(len(body), at+size+40)])
	c.findings = append(c.findings, normalize.Finding{
		Field: "page", Value: OneLine(string(bytes.ToValidUTF8([]byte(around), nil))), Problem: problem,
	})
}

var (
	characterReference = lazyregexp.New(`&#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}));`)
	voidElement        = lazyregexp.New(`(?i)<(br|hr|img|wbr)\b([^<>]*[^<>/])?>`)
)

// cleanReferences takes out of a feed the references to characters that XML does not allow.
func cleanReferences(body []byte) ([]byte, []normalize.Finding) {
	c := &cleaner{}
	last := 0
	for _, m := range characterReference.FindAllSubmatchIndex(body, -1) {
		digits, base := m[2:4], 16
		if m[2] < 0 {
			digits, base = m[4:6], 10
		}
		n, _ := strconv.ParseInt(string(body[digits[0]:digits[1]]), base, 32)
		if n == '\t' || n == '\n' || n == '\r' || n >= ' ' && n < 0xD800 || n > 0xDFFF && n < 0xFFFE ||
			n > 0xFFFF && n <= utf8.MaxRune {
			continue
		}
		problem := fmt.Sprintf("the reference %s to a control character is left out", body[m[0]:m[1]])
		c.note(body, m[0], m[1]-m[0], problem)
		c.out = append(c.out, body[last:m[0]]...)
		last = m[1]
	}
	if last == 0 {
		return body, nil
	}
	return append(c.out, body[last:]...), c.findings
}

// WithoutControlReferences returns a text without its references to control characters.
func WithoutControlReferences(text string) string {
	clean, _ := cleanReferences([]byte(text))
	return string(clean)
}

// closeVoid writes <br> as <br/> outside of CDATA sections and comments: in a feed, an HTML element without an end tag
// that stands in it as markup would hold all that follows.
func closeVoid(body []byte) []byte {
	if !voidElement.Match(body) {
		return body
	}
	var out []byte
	for len(body) > 0 {
		start := bytes.Index(body, []byte("<!"))
		if start < 0 {
			start = len(body)
		}
		out = append(out, voidElement.ReplaceAll(body[:start], []byte("<$1$2/>"))...)
		body = body[start:]
		end := len(body)
		for open, closed := range map[string]string{"<![CDATA[": "]]>", "<!--": "-->"} {
			if bytes.HasPrefix(body, []byte(open)) {
				if n := bytes.Index(body, []byte(closed)); n >= 0 {
					end = n + len(closed)
				}
				out = append(out, body[:end]...)
				body = body[end:]
				end = -1
				break
			}
		}
		if end > 0 { // another declaration
			out = append(out, body[:2]...)
			body = body[2:]
		}
	}
	return out
}
