package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"testing"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
)

// Who takes gzip gets the same answer in fewer bytes, under a tag of its own; nobody else does.
func TestCompressed(t *testing.T) {
	r := Story(t, web.Options{})
	for _, path := range []string{"/", "/static/style.css", "/api/v1/incidents", "/history.csv?limit=500", "/healthz"} {
		ask := func(encoding, tag string) *http.Response {
			t.Helper()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept-Encoding", encoding)
			req.Header.Set("If-None-Match", tag)
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { res.Body.Close() })
			return res
		}
		plain := ask("identity", "")
		text, err := io.ReadAll(plain.Body)
		if err != nil || plain.Header.Get("Content-Encoding") != "" || plain.Header.Get("Vary") != "Accept-Encoding" {
			t.Fatalf("%s: %v, headers %v", path, err, plain.Header)
		}
		small := ask("br, gzip", "")
		if len(text) < web.WorthCompressing {
			if small.Header.Get("Content-Encoding") != "" {
				t.Errorf("%s: %d bytes are compressed", path, len(text))
			}
			continue
		}
		if small.Header.Get("Content-Encoding") != "gzip" || small.ContentLength <= 0 || small.ContentLength > int64(len(text)) {
			t.Errorf("%s: %d bytes instead of %d, headers %v", path, small.ContentLength, len(text), small.Header)
			continue
		}
		unpacked, err := gzip.NewReader(small.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(unpacked); err != nil || string(got) != string(text) {
			t.Errorf("%s: %d bytes were packed, want %d (%v)", path, len(got), len(text), err)
		}
		tag := small.Header.Get("ETag")
		if tag == plain.Header.Get("ETag") {
			t.Errorf("%s: two forms have one tag %s", path, tag)
		}
		if again := ask("gzip", tag); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s asked again: status %d", path, again.StatusCode)
		}
	}
}

func TestTakesGzip(t *testing.T) {
	for list, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br, gzip, deflate": true, "gzip;q=0.5": true, "gzip; q=1": true, "gzip;q=0": false, "gzip;q=0.000": false,
		"gzip;q=x": false, "br": false, "xgzip": false, "*": false, "identity": false,
	} {
		if got := web.TakesGzip(list); got != want {
			t.Errorf("Accept-Encoding %q: %v, want %v", list, got, want)
		}
	}
}
