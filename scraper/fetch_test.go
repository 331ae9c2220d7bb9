package scraper

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func collector(t *testing.T, change func(*FetchOptions)) *Collector {
	t.Helper()
	o := FetchOptions{UserAgent: "vendorwatch-test (ops@example.com)", Timeout: 2 * time.Second, MaxBytes: 1000,
		Retries: 2, PrivateHosts: []string{"127.0.0.1", "localhost"}}
	if change != nil {
		change(&o)
	}
	return NewCollector(o)
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// TestFetchOptionsZeroValue holds that options which say nothing fetch a page of common size, under a name.
func TestFetchOptionsZeroValue(t *testing.T) {
	var agent string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		fmt.Fprint(w, strings.Repeat("x", 1<<20))
	})
	got, err := NewCollector(FetchOptions{}).Fetch(t.Context(), Request{URL: url})
	if err != nil || len(got.Body) != 1<<20 || agent != DefaultUserAgent {
		t.Errorf("%d bytes for %q, %v", len(got.Body), agent, err)
	}
}

func TestFetchSendsItsNameAndValidators(t *testing.T) {
	var got http.Header
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		w.Header().Set("ETag", `W/"two"`)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{}`)
	})
	page, err := collector(t, nil).Fetch(context.Background(), Request{URL: url + "/a", ETag: `W/"one"`,
		LastModified: "Mon, 23 Nov 2026 09:00:00 GMT"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Get("User-Agent") != "vendorwatch-test (ops@example.com)" || got.Get("If-None-Match") != `W/"one"` ||
		got.Get("If-Modified-Since") == "" {
		t.Errorf("request headers: %v", got)
	}
	if page.ETag != `W/"two"` || page.Status != 200 || string(page.Body) != "{}" ||
		page.ContentType != "application/json" || page.NotModified {
		t.Errorf("page: %+v", page)
	}
}

func TestFetchOptionsAreNotOverriddenByTheEnvironment(t *testing.T) {
	t.Setenv("COLLY_USER_AGENT", "somebody else")
	t.Setenv("COLLY_MAX_BODY_SIZE", "3")
	var agent string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		fmt.Fprint(w,
			"0123456789")
	})
	page, err := collector(t, nil).Fetch(context.Background(), Request{URL: url})
	if err != nil || string(page.Body) != "0123456789" || !strings.HasPrefix(agent, "vendorwatch-test") {
		t.Errorf("body %q, agent %q, error %v", page.Body, agent, err)
	}
}

func TestFetchTellsAnUnchangedPage(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) })
	page, err := collector(t, nil).Fetch(context.Background(), Request{URL: url, ETag: `"x"`})
	if err != nil || !page.NotModified {
		t.Errorf("page %+v, error %v", page, err)
	}
}

func TestFetchRefusals(t *testing.T) {
	tests := []struct {
		name    string
		answer  http.HandlerFunc
		status  int // of the HTTPError
		blocked bool
		words   string
		tries   int32
	}{
		{name: "not found", answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, status: 404,
			tries: 1},
		{name: "forbidden", answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, status: 403,
			tries: 1},
		{name: "no content", answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
			status: 204, tries: 1},
		{name: "server error", answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) },
			status: 502, tries: 3},
		{name: "challenge by header", blocked: true, tries: 1, answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cf-Mitigated", "challenge")
			w.WriteHeader(403)
		}},
		{name: "challenge by its page", blocked: true, tries: 1, answer: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(503)
			fmt.Fprint(w, "<title>Just a moment...</title>")
		}},
		{name: "too large", words: "larger than the limit of 1000 bytes", tries: 1,
			answer: func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, strings.Repeat("x", 1001))
			}},
		{name: "redirected without an end", status: 302, tries: 10,
			words: "302 Found: redirected 10 times without an end, to ",
			answer: func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
			}},
		{name: "redirected to itself", status: 302, tries: 10,
			words: "302 Found: the page redirects to itself: http://",
			answer: func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, r.URL.Path, http.StatusFound)
			}},
		{name: "redirected in a circle", status: 301, tries: 10,
			words: "/login → http://",
			answer: func(w http.ResponseWriter, r *http.Request) {
				to := map[string]string{"/": "/login", "/login": "/sso", "/sso": "/login"}[r.URL.Path]
				http.Redirect(w, r, to, http.StatusMovedPermanently)
			}},
		{name: "redirected nowhere", status: 302, tries: 1, words: "302 Found",
			answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var tries atomic.Int32
			url := serve(t, func(w http.ResponseWriter, r *http.Request) { tries.Add(1); tt.answer(w, r) })
			page, err := collector(t, nil).Fetch(context.Background(), Request{URL: url})
			var h *HTTPError
			switch {
			case err == nil:
				t.Fatalf("no error, page %+v", page)
			case tt.status != 0 && (!errors.As(err, &h) || h.Status != tt.status):
				t.Errorf("error %v, want status %d", err, tt.status)
			case tt.blocked != errors.Is(err, ErrBlocked):
				t.Errorf("error %v: blocked is %v, want %v", err, errors.Is(err, ErrBlocked), tt.blocked)
			case !strings.Contains(err.Error(), tt.words), !strings.Contains(err.Error(), url):
				t.Errorf("error %q does not say %q and the address", err, tt.words)
			}
			if tries.Load() != tt.tries {
				t.Errorf("%d requests, want %d", tries.Load(), tt.tries)
			}
		})
	}
}

func TestFetchTriesAgainAndHonoursRetryAfter(t *testing.T) {
	var tries atomic.Int32
	var second atomic.Int64
	began := time.Now()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if tries.Add(1) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(429)
			return
		}
		second.Store(int64(time.Since(began)))
		fmt.Fprint(w, "ok")
	})
	page, err := collector(t, nil).Fetch(context.Background(), Request{URL: url})
	if err != nil || string(page.Body) != "ok" {
		t.Fatalf("page %+v, error %v", page, err)
	}
	if waited := time.Duration(second.Load()); waited < time.Second {
		t.Errorf("asked to wait a second, came back after %s", waited)
	}
}

func TestFetchGivesUpWhereTheServerAsksForMoreThanIsLeft(t *testing.T) {
	var tries atomic.Int32
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		tries.Add(1)
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(429)
	})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err := collector(t, nil).Fetch(ctx, Request{URL: url})
	var h *HTTPError
	if !errors.As(err, &h) || h.Status != 429 || h.RetryAfter != time.Hour || tries.Load() != 1 || ctx.Err() != nil {
		t.Errorf("error %v after %d requests", err, tries.Load())
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(release) })
	c := collector(t, func(o *FetchOptions) { o.Delay = time.Hour; o.Timeout = time.Hour })
	why := errors.New("the service is stopping")
	ctx, cancel := context.WithCancelCause(context.Background())
	errs := make(chan error, 2)
	for range 2 { // one hangs in the server, one waits for the host's turn
		go func() { _, err := c.Fetch(ctx, Request{URL: url}); errs <- err }()
	}
	cancel(why)
	for range 2 {
		if err := <-errs; err == nil {
			t.Error("a fetch outlived its context without an error")
		}
	}
}

func TestFetchFollowsRedirectsAndUnzips(t *testing.T) {
	var url string
	url = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, url+"/new", http.StatusMovedPermanently)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		fmt.Fprint(z, "zipped")
		z.Close()
	})
	page, err := collector(t, nil).Fetch(context.Background(), Request{URL: url + "/old"})
	if err != nil || page.URL != url+"/new" || string(page.Body) != "zipped" {
		t.Errorf("page %+v, error %v", page, err)
	}
}

func TestFetchGivesUTF8(t *testing.T) {
	var zip bytes.Buffer
	w := gzip.NewWriter(&zip)
	if _, err := w.Write([]byte("<a>\xe9</a>")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	packed := zip.String()
	tests := []struct{ name, contentType, body, want string }{
		{"as it is", "text/html", "héllo", "héllo"},
		{"named in the header", "text/html; charset=iso-8859-1", "h\xe9llo", "héllo"},
		{"named in the page", "text/html", `<meta charset="windows-1252">h` + "\xe9llo",
			`<meta charset="windows-1252">héllo`},
		{"byte order mark", "application/json", "\xef\xbb\xbf{}", "{}"},
		{"UTF-16", "application/json", "\xfe\xff\x00{\x00}", "{}"},
		{"named in the declaration", "text/xml", "<?xml version='1.0' encoding='koi8-r'?><a>\xd3\xc2\xcf\xca</a>",
			"<?xml version='1.0' encoding='koi8-r'?><a>сбой</a>"},
		{"the header before the declaration", "text/xml; charset=koi8-r",
			"<?xml version='1.0' encoding='iso-8859-1'?><a>\xd3\xc2\xcf\xca</a>",
			"<?xml version='1.0' encoding='iso-8859-1'?><a>сбой</a>"},
		{"a byte order mark before the header", "text/xml; charset=iso-8859-1", "\xef\xbb\xbf<a>é</a>", "<a>é</a>"},
		{"packed without a header", "application/xml; charset=iso-8859-1", packed, "<a>é</a>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.contentType)
				fmt.Fprint(w, tt.body)
			})
			page, err := collector(t, nil).Fetch(context.Background(), Request{URL: url})
			if err != nil || string(page.Body) != tt.want {
				t.Errorf("body %q, error %v; want %q", page.Body, err, tt.want)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "-5": 0, "soon": 0,
		"Mon, 23 Nov 2026 09:00:30 GMT": 30 * time.Second, "Mon, 23 Nov 2026 08:00:00 GMT": 0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("retryAfter(%q) = %s, want %s", value, got, want)
		}
	}
}
