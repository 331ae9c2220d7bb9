package page

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/net/html/charset"
	"pgregory.net/rapid"
)

// in returns a text in an encoding, as a server sends it.
func in(t testing.TB, name, text string) []byte {
	t.Helper()
	e, _ := charset.Lookup(name)
	if e == nil {
		t.Fatalf("no encoding %s", name)
	}
	body, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func in16(text string, bigEnd bool) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		if bigEnd {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func packed(t testing.TB, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func declared(name, text string) string {
	return `<?xml version="1.0" encoding="` + name + `"?><rss><channel><title>` + text + `</title></channel></rss>`
}

func TestDecoded(t *testing.T) {
	kyrillic, german := "Очередь задерживается", "Größere Störung"
	tests := []struct {
		name, contentType string
		body              []byte
		want              string // "": the text is in the body
	}{
		{"by the declaration", "application/rss+xml", in(t, "koi8-r", declared("KOI8-R", kyrillic)), kyrillic},
		{"in single quotes", "",
			in(t, "windows-1251", strings.ReplaceAll(declared("windows-1251", kyrillic), `"`, "'")), kyrillic},
		{"with spaces and white space before it", "text/xml", in(t, "iso-8859-15",
			"\n <?xml version='1.0' encoding = 'iso-8859-15' ?><rss>"+german+" €</rss>"), german + " €"},
		{"Japanese in ASCII's bytes", "text/xml", in(t, "iso-2022-jp", declared("ISO-2022-JP", "送信の遅延")), "送信の遅延"},
		{"the header comes before the declaration", "text/xml; charset=windows-1251",
			in(t, "windows-1251", declared("iso-8859-1", kyrillic)), kyrillic},
		{"a quoted charset", `application/xml; charset="KOI8-R"`, in(t, "koi8-r", "<rss>"+kyrillic+"</rss>"), kyrillic},
		{"a header with more than there should be", `text/xml; charset=koi8-r; ;`, in(t, "koi8-r", "<rss>"+kyrillic),
			kyrillic},
		{"a charset that nobody knows", "text/xml; charset=klingon", in(t, "koi8-r", declared("koi8-r", kyrillic)),
			kyrillic},
		{"a mark comes before the header", "text/xml; charset=iso-8859-1", []byte(mark8 + declared("x", german)),
			german},
		{"UTF-16 with a mark", "", append([]byte(mark16LE), in16(declared("utf-16", german), false)...), german},
		{"UTF-16 with a mark, packed", "",
			packed(t, append([]byte(mark16BE), in16(declared("utf-16", german), true)...)), german},
		{"UTF-16 without a mark", "text/xml; charset=utf-16", in16(declared("utf-16", kyrillic), true), kyrillic},
		{"UTF-16, little end first, nothing says so", "", in16(`{"a":"`+german+`"}`, false), german},
		{"packed, and no header says so", "text/xml; charset=koi8-r", packed(t, in(t, "koi8-r", "<rss>"+kyrillic)),
			kyrillic},
		{"a web page by its meta", "text/html", in(t, "shift_jis",
			`<html><head><meta charset="Shift_JIS"><title>配達の遅れ</title>`), "配達の遅れ"},
		{"a web page by its older meta", "", in(t, "euc-kr", `<!DOCTYPE html><html><head>`+
			`<meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><title>지연 안내</title>`), "지연 안내"},
		{"a web page that says nothing", "text/html", in(t, "windows-1252", "<html>"+german+" “today”</html>"),
			german + " “today”"},
		{"it was converted on its way", "", []byte(declared("iso-8859-1", german)), german},
		{"one byte is broken, the others are not", "", []byte("<rss>" + german + " caf\xe9</rss>"),
			german + " caf\uFFFD"},
		{"one byte, and it says UTF-8", "", []byte(declared("utf-8", "caf\xe9")), "caf\uFFFD"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Decoded(Page{Body: tt.body, ContentType: tt.contentType}, 1<<20)
			if err != nil || !strings.Contains(string(got.Body), tt.want) || bytes.HasPrefix(got.Body, []byte(mark8)) {
				t.Errorf("%q, %v; want %q in it", got.Body, err, tt.want)
			}
			again, err := Decoded(Page{Body: got.Body}, 1<<20)
			if err != nil || !bytes.Equal(again.Body, got.Body) {
				t.Errorf("decoded twice it is %q, %v", again.Body, err)
			}
		})
	}
}

func TestDecodedRefuses(t *testing.T) {
	zip := packed(t, bytes.Repeat([]byte("<rss/>"), 100))
	for name, body := range map[string][]byte{
		"gzip that breaks off":            zip[:len(zip)-9],
		"gzip that is too long":           zip,
		"gzip in name only":               []byte("\x1f\x8b\x08nothing"),
		"UTF-16 that ends in a character": append([]byte(mark16BE), 0, '{', 0),
	} {
		if got, err := Decoded(Page{Body: body}, 100); !errors.Is(err, ErrShape) {
			t.Errorf("%s: %q, %v", name, got.Body, err)
		}
	}
}

// What a document says it is written in is what it is read as, whatever its text.
func TestDecodedIsWhatWasEncoded(t *testing.T) {
	alphabets := map[string]string{"koi8-r": "абвгдЖЩЫё ", "windows-1251": "абвгдЖЩЫё ", "iso-8859-2": "żółćęŁ ab",
		"shift_jis": "障害の知らせア ", "euc-jp": "障害の知らせ ", "big5": "網路故障 ", "gb18030": "网络故障 é€"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"koi8-r", "windows-1251", "iso-8859-2", "shift_jis", "euc-jp", "big5",
			"gb18030"}).Draw(t, "name")
		words := rapid.StringOfN(rapid.SampledFrom([]rune(alphabets[name])), 12, 40, -1).Draw(t, "words")
		e, _ := charset.Lookup(name)
		body, err := e.NewEncoder().Bytes([]byte(declared(name, words)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decoded(Page{Body: body}, 1<<20)
		if err != nil || string(got.Body) != declared(name, words) {
			t.Fatalf("%q, %v; want %q", got.Body, err, words)
		}
	})
}
