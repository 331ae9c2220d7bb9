package scraper

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxEncodings is how often the body of an answer may be compressed: by the server, as a file, and once by mistake.
const maxEncodings = 3

// decode replaces the compressed body of an answer by what it stands for, so that nothing after it unpacks anything,
// and so that limits on a body hold for what comes out. What is compressed is seen from its own bytes: servers name it
// in Content-Encoding, in Content-Type, or nowhere. No level may give more than limit bytes and one, which shows that
// there were more. It returns an error if the server encoded the body in a way that it was not asked for.
func decode(resp *http.Response, limit int) error {
	if !resp.Uncompressed {
		for encoding := range strings.SplitSeq(resp.Header.Get("Content-Encoding"), ",") {
			switch encoding = strings.ToLower(strings.TrimSpace(encoding)); encoding {
			case "", "identity", "gzip", "x-gzip":
			default:
				return fmt.Errorf("the answer is encoded as %q, and only gzip was asked for", encoding)
			}
		}
	}
	body := resp.Body
	var r io.Reader = body
	for range maxEncodings {
		packed := bufio.NewReader(r)
		r = packed
		if magic, err := packed.Peek(2); err != nil || !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
			break
		}
		unzip, err := gzip.NewReader(packed)
		if err != nil {
			return fmt.Errorf("the answer cannot be unpacked: %w", err)
		}
		r = io.LimitReader(unzip, int64(limit)+1)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{r, body}
	resp.Uncompressed, resp.ContentLength = true, -1
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	return nil
}
