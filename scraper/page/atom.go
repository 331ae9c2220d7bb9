package page

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
)

var (
	// atomTexts are the elements of Atom that hold a text, with their attributes and what is in them.
	atomTexts = []*lazyregexp.Regexp{
		lazyregexp.New(`(?s)<((?:\w+:)?title)(\s[^<>]*[^<>/]|\s*)>(.*?)</(?:\w+:)?title\s*>`),
		lazyregexp.New(`(?s)<((?:\w+:)?summary)(\s[^<>]*[^<>/]|\s*)>(.*?)</(?:\w+:)?summary\s*>`),
		lazyregexp.New(`(?s)<((?:\w+:)?content)(\s[^<>]*[^<>/]|\s*)>(.*?)</(?:\w+:)?content\s*>`),
	}
	typeAttribute = lazyregexp.New(`\stype\s*=\s*["']([^"']*)["']`)
	// htmlTag is a tag of an element that vendors write in titles and texts. <region> is none.
	htmlTag = lazyregexp.New(`(?i)</?(?:a|b|i|u|s|p|br|div|span|strong|em|ul|ol|li|h[1-6]|code|pre|table|thead|` +
		`tbody|tr|td|th|blockquote|hr|small|big|var|time|img|font|del|ins|sub|sup|section|article|header|footer|main|` +
		`figure|figcaption|details|summary|dl|dt|dd|iframe|abbr|cite|q|mark|kbd|samp|tt|center|wbr|label|script|` +
		`style)(?:\s+[a-z-]+\s*=[^<>]*|\s*)/?>`)
)

// atomText writes the texts of an Atom feed that are no markup (RFC 4287 §3.1.1: type="text", which is the default) as
// the HTML that shows the same, since the parser of feeds does not say afterwards which they were. The body of an entry
// stays as it is if nobody would take it for HTML, and if it states no type: many feeds leave out that it is HTML.
func atomText(body []byte) []byte {
	root := feedRoot.FindSubmatch(body[:min(len(body), 2000)])
	if root == nil || string(root[1]) != "feed" {
		return body
	}
	for _, element := range atomTexts {
		body = element.ReplaceAllFunc(body, func(whole []byte) []byte {
			m := element.FindSubmatch(whole)
			stated := typeAttribute.FindSubmatch(m[2])
			if stated != nil && string(stated[1]) != "text" && string(stated[1]) != "text/plain" {
				return whole
			}
			text, ok := characters(m[3])
			isTitle := strings.HasSuffix(string(m[1]), "title")
			if !ok || !strings.ContainsAny(text, "<&") || !isTitle && (stated == nil || !showsMarkup(text)) {
				return whole
			}
			markup := html.EscapeString(text)
			if !isTitle {
				markup = strings.ReplaceAll(strings.TrimSpace(markup), "\n", "<br/>")
			}
			var out bytes.Buffer
			out.WriteString("<" + string(m[1]) + ` type="html"` + string(typeAttribute.ReplaceAll(m[2], nil)) + ">")
			_ = xml.EscapeText(&out, []byte(markup)) // a buffer takes all
			out.WriteString("</" + string(m[1]) + ">")
			return out.Bytes()
		})
	}
	return body
}

var reference = lazyregexp.New(`&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);`)

// showsMarkup reports whether there are tags of HTML in a text, or references to characters.
func showsMarkup(text string) bool { return htmlTag.MatchString(text) || reference.MatchString(text) }

// feedFormat returns normalize.FormatHTML for the body of a feed's item with tags or references in it, else
// normalize.FormatText: "<zone> is down" is text.
func feedFormat(body string) string {
	if showsMarkup(body) {
		return normalize.FormatHTML
	}
	return normalize.FormatText
}

// characters returns the text of an XML fragment; ok is false if there are elements in it.
func characters(fragment []byte) (text string, ok bool) {
	d := xml.NewDecoder(bytes.NewReader(fragment))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	var out strings.Builder
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return out.String(), true
		}
		if err != nil {
			return "", false
		}
		switch tok := tok.(type) {
		case xml.CharData:
			out.Write(tok)
		case xml.StartElement, xml.EndElement:
			return "", false
		}
	}
}
