package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"slices"
	"testing"

	"vendorwatch/cmd/internal/web"
	. "vendorwatch/cmd/internal/web/webtest"
)

// A reader that accepts gzip gets the same answer in fewer bytes, with its own ETag; nobody else does.
func TestCompressed(t *testing.T) {
	r := Story(t, web.Options{})
	for _, path := range []string{"/", "/static/style.css", "/api/v1/incidents", "/history.csv?limit=500",
		"/healthz"} {
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
		sent, err := io.ReadAll(small.Body)
		if err != nil {
			t.Fatal(err)
		}
		if small.Header.Get("Content-Encoding") != "gzip" || len(sent) == 0 || len(sent) > len(text) {
			t.Errorf("%s: %d bytes instead of %d, headers %v", path, len(sent), len(text), small.Header)
			continue
		}
		if got := small.Header.Values("Vary"); !slices.Equal(got, []string{"Accept-Encoding"}) {
			t.Errorf("%s: Vary %q", path, got)
		}
		unpacked, err := gzip.NewReader(bytes.NewReader(sent))
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
		if again := ask("gzip", tag); again.StatusCode != http.StatusNotModified || again.Header.Get("ETag") != tag {
			t.Errorf("%s asked again: status %d, tag %s", path, again.StatusCode, again.Header.Get("ETag"))
		}
		// Each form has its own tag: a reader that asks for the other form does not have it yet.
		if other := ask("identity", tag); other.StatusCode != http.StatusOK {
			t.Errorf("%s, compressed, is taken for the plain one: status %d", path, other.StatusCode)
		}
		if other := ask("gzip", plain.Header.Get("ETag")); other.StatusCode != http.StatusOK {
			t.Errorf("%s, plain, is taken for the compressed one: status %d", path, other.StatusCode)
		}
	}
}

func TestWhoGetsGzip(t *testing.T) {
	r := Story(t, web.Options{})
	for list, want := range map[string]string{
		"": "", "gzip": "gzip", "GZIP": "gzip", "br, gzip, deflate": "gzip", "gzip;q=0.5": "gzip", "gzip; q=1": "gzip",
		"gzip;q=0": "", "gzip;q=0.000": "",
		"gzip;q=x": "", "br": "", "zstd, gzip": "gzip", "zstd": "", "xgzip": "", "*": "", "identity": "",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			req, err := http.NewRequestWithContext(t.Context(), method, r.URL+"/static/style.css", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept-Encoding", list)
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if got := res.Header.Get("Content-Encoding"); got != want {
				t.Errorf("%s with Accept-Encoding %q: %q, want %q", method, list, got, want)
			}
		}
	}
}

// A stream is sent as it comes, whatever its reader accepts.
func TestStreamsAreNotCompressed(t *testing.T) {
	r := Story(t, web.Options{})
	for _, path := range []string{"/events", "/api/v1/events"} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "gzip")
		req.Header.Set("Accept", "text/event-stream")
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		first := make([]byte, 6)
		if _, err := io.ReadFull(res.Body, first); err != nil || string(first) != "retry:" ||
			res.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s begins with %q (%v), headers %v", path, first, err, res.Header)
		}
	}
}
