package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
)

// worthCompressing is from how many bytes on an answer is made smaller: below, it fits into one packet anyway.
const worthCompressing = 1400

// packed returns a body as gzip where the reader takes that, and whether it does. All that is sent is text.
func packed(r *http.Request, body []byte) ([]byte, bool) {
	if len(body) < worthCompressing || !takesGzip(r.Header.Get("Accept-Encoding")) {
		return body, false
	}
	var b bytes.Buffer
	// A bytes.Buffer takes everything, and the level is one that there is.
	w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes(), true
}

// takesGzip reports whether a list of encodings names gzip, other than to refuse it with a weight of 0.
func takesGzip(list string) bool {
	for part := range strings.SplitSeq(list, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		text, given := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		q, err := strconv.ParseFloat(text, 64)
		return !given || err == nil && q > 0
	}
	return false
}
