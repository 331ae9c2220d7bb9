package page

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	xunicode "golang.org/x/text/encoding/unicode"

	"vendorwatch/normalize/lazyregexp"
)

// Decoded returns a page whose body is unpacked, if it is gzip although no header says so, and in UTF-8 without a byte
// order mark. Page.Encoding says what it was written in. Characters that its format does not allow are left out, and
// bytes that cannot be read become U+FFFD; Page.Findings says which.
//
// What a document is written in is told, in this order, by its byte order mark, by the charset of the Content-Type
// (RFC 7303), by the zero bytes of UTF-16, and by the document itself: the XML declaration (XML 1.0 §4.3.3), or the
// meta element of a web page. A document that says nothing is UTF-8, or windows-1252 if not one of its characters is.
//
// The error wraps ErrShape. It is returned for a packed body that breaks off or is longer than limit bytes, and for
// UTF-16 that ends within a character.
func Decoded(p Page, limit int) (Page, error) {
	body, err := unpacked(p.Body, limit)
	if err != nil {
		return p, err
	}
	p.Body = body
	name := writtenIn(body, p.ContentType)
	p.Encoding = name
	if name == "utf-8" {
		p.Body, p.Findings = clean(bytes.TrimPrefix(body, []byte(mark8)))
		return p, nil
	}
	if strings.HasPrefix(name, "utf-16") && len(body)%2 != 0 {
		return p, Errorf("UTF-16 that breaks off within a character")
	}
	text, err := encodingOf(name).NewDecoder().Bytes(body)
	if err != nil {
		return p, Errorf("text in %s that cannot be read: %v", name, err)
	}
	p.Body, p.Findings = clean(bytes.TrimPrefix(text, []byte(mark8)))
	return p, nil
}

// maxPacked is how often a body may be packed: by the server, as a file, and once by mistake.
const maxPacked = 3

// unpacked returns what a gzip body holds; any other body as it is.
func unpacked(body []byte, limit int) ([]byte, error) {
	for range maxPacked {
		if !bytes.HasPrefix(body, []byte("\x1f\x8b\x08")) {
			return body, nil
		}
		r, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, Errorf("a gzip body that cannot be unpacked: %v", err)
		}
		if body, err = io.ReadAll(io.LimitReader(r, int64(limit)+1)); err != nil {
			return nil, Errorf("a gzip body that cannot be unpacked: %v", err)
		}
		if len(body) > limit {
			return nil, Errorf("a gzip body that is larger than the limit of %d bytes", limit)
		}
	}
	return body, nil
}

// Byte order marks.
const (
	mark8    = "\xef\xbb\xbf"
	mark16BE = "\xfe\xff"
	mark16LE = "\xff\xfe"
)

// writtenIn returns the name of a body's encoding, as the WHATWG's standard writes it in lower case.
func writtenIn(body []byte, contentType string) string {
	if name := marked(body); name != "" {
		return name
	}
	stated := statedCharset(contentType)
	if strings.HasPrefix(stated, "utf-16") { // without a mark: the zero bytes tell the order
		stated = ""
	}
	if stated != "" {
		return stated
	}
	if name := zeroBytes(body); name != "" {
		return name
	}
	stated = declaredCharset(body)
	switch {
	case stated == "iso-2022-jp" && !bytes.ContainsFunc(body, func(r rune) bool { return r > unicode.MaxASCII }):
		return stated // written in ASCII's bytes alone
	case utf8.Valid(body): // a document that was converted on its way still names its former encoding
		return "utf-8"
	case stated != "":
		return stated
	case hasRunes(body):
		return "utf-8"
	}
	return "windows-1252"
}

// marked returns the encoding that a byte order mark tells; "" for a body without one.
func marked(body []byte) string {
	switch {
	case bytes.HasPrefix(body, []byte(mark8)):
		return "utf-8"
	case bytes.HasPrefix(body, []byte(mark16BE)):
		return "utf-16be"
	case bytes.HasPrefix(body, []byte(mark16LE)):
		return "utf-16le"
	}
	return ""
}

// zeroBytes recognises UTF-16 without a mark: the first two characters of any document that is read here are ASCII's.
func zeroBytes(body []byte) string {
	switch {
	case len(body) < 4:
	case body[0] == 0 && body[1] != 0 && body[2] == 0 && body[3] != 0:
		return "utf-16be"
	case body[0] != 0 && body[1] == 0 && body[2] != 0 && body[3] == 0:
		return "utf-16le"
	}
	return ""
}

// statedCharset returns the charset that a Content-Type names; "" if it names none that is known.
func statedCharset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		if m := charsetWord.FindStringSubmatch(contentType); m != nil {
			return known(m[1])
		}
		return ""
	}
	return known(params["charset"])
}

var charsetWord = lazyregexp.New(`(?i)charset\s*=\s*["']?([a-z0-9_:.-]+)`)

// declaration is an XML declaration that names an encoding.
var declaration = lazyregexp.New(`^(\s*<\?xml[^>]*?\sencoding\s*=\s*["'])([^"'<>]*)(["'])`)

var xmlStart = lazyregexp.New(`^\s*<\?xml[\s?]`)

// declaredCharset returns the encoding that a document names itself; "" if it names none that is known. What is in
// single bytes cannot be UTF-16, whatever it says.
func declaredCharset(body []byte) string {
	name := ""
	switch {
	case xmlStart.Match(body):
		if m := declaration.FindSubmatch(body); m != nil {
			name = known(string(m[2]))
		}
	case IsHTML(bytes.TrimSpace(body)) && !IsFeed(bytes.TrimSpace(body)):
		_, name, _ = charset.DetermineEncoding(body, "")
	}
	if strings.HasPrefix(name, "utf-16") {
		return "utf-8"
	}
	return name
}

// known returns the standard's name of an encoding; "" for a word that names none.
func known(label string) string {
	label = strings.ToLower(strings.Trim(label, " \t\"'"))
	if label == "" {
		return ""
	}
	if e, name := charset.Lookup(label); e != nil && name != "replacement" {
		return name
	}
	return ""
}

func encodingOf(name string) encoding.Encoding {
	switch name {
	case "utf-16be":
		return xunicode.UTF16(xunicode.BigEndian, xunicode.UseBOM)
	case "utf-16le":
		return xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM)
	}
	e, _ := charset.Lookup(name)
	if e == nil {
		panic(fmt.Sprintf("%q is not a name of known", name))
	}
	return e
}

// hasRunes reports whether one of the characters of a body that is not all UTF-8 is more than one byte of it long.
func hasRunes(body []byte) bool {
	for len(body) > 0 {
		_, size := utf8.DecodeRune(body)
		if size > 1 {
			return true
		}
		body = body[size:]
	}
	return false
}
