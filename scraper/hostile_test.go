package scraper

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"vendorwatch/normalize/racetest"

	"github.com/klauspost/compress/zstd"
)

// Addresses inside, written in every way that some reader of addresses understands. None is asked, whether a public
// page links to it, or the page of a server inside redirects to it.
func TestNoSpellingOfAnAddressLeadsInside(t *testing.T) {
	racetest.Skip(t, "asks for one address after the other")
	secret, asked := inner(t)
	port := portOf(t, secret)
	for _, way := range []string{
		"http://user:password@127.0.0.1:%s/", "http://status.vendor.example@127.0.0.1:%s/",
		"http://[::ffff:127.0.0.1]:%s/", "http://[::ffff:7f00:1]:%s/", "http://[0:0:0:0:0:ffff:7f00:0001]:%s/",
		"http://[::]:%s/", "http://[::1]:%s/", "http://[0::1%%25lo]:%s/", "http://[64:ff9b::7f00:1]:%s/",
		"http://[64:ff9b::169.254.169.254]:%s/", "http://[2002:7f00:1::]:%s/", "http://[fe80::1%%25eth0]:%s/",
		"http://0.0.0.0:%s/", "http://0:%s/", "http://127.1:%s/", "http://127.0.1:%s/", "http://2130706433:%s/",
		"http://0x7f000001:%s/", "http://0x7f.0.0.1:%s/", "http://0177.0.0.1:%s/", "http://017700000001:%s/",
		"http://127.0.0.1.:%s/", "http://127.0.0.001:%s/", "http://127.127.127.127:%s/", "http://①②⑦.0.0.1:%s/",
		"http://127。0。0。1:%s/", "http://localhost.:%s/", "http://LOCALHOST:%s/", "http://a.b.localhost:%s/",
		"http://ⓛocalhost:%s/", "http://127.0.0.1%%00.vendor.example:%s/", "http://127.0.0.1%%2f@vendor.example:%s/",
		"http://169.254.169.254:%s/latest/meta-data/", "http://[fd00:ec2::254]:%s/", "http://100.100.100.200:%s/",
		"HTTP://127.0.0.1:%s/", "//127.0.0.1:%s/", "/\\127.0.0.1:%s/", "http:/\\127.0.0.1:%s/", "http:///127.0.0.1:%s/",
		"file:///etc/passwd?%s", "gopher://127.0.0.1:%s/", "ftp://127.0.0.1:%s/", "unix:///run/x.sock?%s",
		"javascript:fetch('http://127.0.0.1:%s')", "data:text/html,%s", "ws://127.0.0.1:%s/", "https://127.0.0.1:%s/",
	} {
		way := fmt.Sprintf(way, port)
		// What a name with such digits stands for is up to the machine, so that no time is spent on trying again.
		c := NewCollector(FetchOptions{Timeout: 3 * time.Second})
		if !strings.HasPrefix(way, "/") {
			if _, err := c.Fetch(t.Context(), Request{URL: way, Page: "https://status.vendor.example"}); err == nil {
				t.Errorf("%s as a link was read", way)
			}
		}
		page := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Location"] = []string{way}
			w.WriteHeader(http.StatusFound)
		})
		// The page has a host of its own inside, which no way above has.
		own := "http://own.localhost:" + portOf(t, page)
		if _, err := c.Fetch(t.Context(), Request{URL: own}); err == nil {
			t.Errorf("%s as a redirect was followed", way)
		}
	}
	mustNotBeAsked(t, asked)
}

// A page that asks a browser to go elsewhere is read as it is.
func TestOnlyRedirectsOfHTTPAreFollowed(t *testing.T) {
	secret, asked := inner(t)
	body := `<meta http-equiv="refresh" content="0;url=` + secret + `"><script>location="` + secret + `"</script>`
	page := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Refresh", "0;url="+secret)
		w.Header().Set("Content-Location", secret)
		w.Header().Set("Link", "<"+secret+">; rel=preload")
		fmt.Fprint(w, body)
	})
	got, err := NewCollector(FetchOptions{}).Fetch(t.Context(), Request{URL: page})
	if err != nil || string(got.Body) != body {
		t.Errorf("%q, %v", got.Body, err)
	}
	mustNotBeAsked(t, asked)
}

// zeros is a stretch of nothing, packed.
func zeros(t *testing.T, size int64, pack func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var b bytes.Buffer
	w := pack(&b)
	if _, err := io.CopyN(w, zeroReader{}, size); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func gzipped(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }

func deflated(w io.Writer) io.WriteCloser {
	f, err := flate.NewWriter(w, 9)
	if err != nil {
		panic(err)
	}
	return f
}

func zstded(w io.Writer) io.WriteCloser {
	z, err := zstd.NewWriter(w)
	if err != nil {
		panic(err)
	}
	return z
}

// Whatever a server packs, announces or never ends, a fetch ends with an error, and takes little memory.
func TestHostileAnswers(t *testing.T) {
	const limit = 1 << 20
	bomb := int64(80 << 20) // more than the memory that a fetch may take
	if racetest.On {
		bomb = 4 << 20 // to pack it takes longest
	}
	once := zeros(t, bomb, gzipped)
	var twice bytes.Buffer
	w := gzip.NewWriter(&twice)
	if _, err := w.Write(once); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	encoded := func(encoding string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", encoding)
			_, _ = w.Write(body)
		}
	}
	raw := func(write func(io.Writer)) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			defer conn.Close()
			write(conn)
		}
	}
	endless := func(w io.Writer, piece string) {
		for {
			if _, err := io.WriteString(w, piece); err != nil {
				return
			}
		}
	}
	const head, chunk = "HTTP/1.1 200 OK\r\n", "1000\r\n"
	for name, answer := range map[string]http.HandlerFunc{
		"gzip":               encoded("gzip", once),
		"x-gzip":             encoded("x-gzip", once),
		"gzip, gzip":         encoded("gzip, gzip", twice.Bytes()),
		"gzip in gzip":       encoded("gzip", twice.Bytes()),
		"gzip unannounced":   encoded("identity", once),
		"gzip called br":     encoded("br", once),
		"deflate":            encoded("deflate", zeros(t, bomb, deflated)),
		"gzip, deflate":      encoded("gzip, deflate", once),
		"zstd":               encoded("zstd", zeros(t, bomb, zstded)),
		"br":                 encoded("br", []byte("\x8b\x03\x80anything\x03")),
		"an unknown word":    encoded("x-bomb", once),
		"too long by a byte": encoded("", make([]byte, limit+1)),
		"chunks without end": raw(func(w io.Writer) {
			_, _ = io.WriteString(w, head+"Transfer-Encoding: chunked\r\n\r\n")
			endless(w, chunk+strings.Repeat("x", 0x1000)+"\r\n")
		}),
		"a chunk extension without end": raw(func(w io.Writer) {
			_, _ = io.WriteString(w, head+"Transfer-Encoding: chunked\r\n\r\n1;")
			endless(w, strings.Repeat("x", 4096))
		}),
		"no length and no end": raw(func(w io.Writer) {
			_, _ = io.WriteString(w, head+"Connection: close\r\n\r\n")
			endless(w, strings.Repeat("x", 4096))
		}),
		"a length that is not kept": raw(func(w io.Writer) {
			_, _ = io.WriteString(w, head+"Content-Length: 1000\r\n\r\nshort")
		}),
		"a length beyond all numbers": raw(func(w io.Writer) {
			_, _ = io.WriteString(w, head+"Content-Length: 99999999999999999999\r\n\r\nx")
		}),
		"a body of a byte now and then": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte("x")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				select {
				case <-time.After(10 * time.Millisecond):
				case <-r.Context().Done():
				}
			}
		},
		"headers of a byte now and then": raw(func(w io.Writer) {
			_, _ = io.WriteString(w, head+"X: ")
			for {
				if _, err := io.WriteString(w, "x"); err != nil {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		}),
		"100,000 headers": raw(func(w io.Writer) {
			_, _ = io.WriteString(w, head)
			for n := range 100_000 {
				if _, err := fmt.Fprintf(w, "X-%d: y\r\n", n); err != nil {
					return
				}
			}
			_, _ = io.WriteString(w, "\r\n")
		}),
		"a cookie of megabytes": raw(func(w io.Writer) {
			_, _ = io.WriteString(w, head+"Set-Cookie: a="+strings.Repeat("x", 8<<20)+"\r\nContent-Length: 0\r\n\r\n")
		}),
		"informational answers without end": raw(func(w io.Writer) {
			endless(w, "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n")
		}),
		"no HTTP": raw(func(w io.Writer) { endless(w, "220 smtp.example ESMTP\r\n") }),
		"switching protocols": raw(func(w io.Writer) {
			_, _ = io.WriteString(w, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
			endless(w, strings.Repeat("x", 4096))
		}),
		"redirects without end": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/?"+url.QueryEscape(r.URL.RawQuery+"x"), http.StatusFound)
		},
		"Retry-After of a thousand years": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "31557600000")
			w.WriteHeader(http.StatusServiceUnavailable)
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(answer)
			t.Cleanup(server.Close)
			t.Cleanup(server.CloseClientConnections)
			c := NewCollector(FetchOptions{Timeout: time.Second, MaxBytes: limit})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			page, err := c.Fetch(t.Context(), Request{URL: server.URL})
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("it was read: %d bytes", len(page.Body))
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
				t.Errorf("%d MiB were taken", took>>20)
			}
			var status *HTTPError
			if errors.As(err, &status) && status.RetryAfter < 0 {
				t.Errorf("it asks to wait %s", status.RetryAfter)
			}
		})
	}
}

// Many cookies and headers that fit are no trouble, and none of them is sent back.
func TestCookiesAreNotKept(t *testing.T) {
	sent := ""
	page := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent += r.Header.Get("Cookie")
		for n := range 500 {
			http.SetCookie(w, &http.Cookie{Name: fmt.Sprint("c", n), Value: strings.Repeat("x", 100)})
		}
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/next", http.StatusFound)
		}
	})
	c := NewCollector(FetchOptions{})
	for range 2 {
		if _, err := c.Fetch(t.Context(), Request{URL: page + "/"}); err != nil {
			t.Error(err)
		}
	}
	if sent != "" {
		t.Errorf("sent back: %.60s", sent)
	}
}
