package scraper

import (
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxyTo is a proxy that connects to one server, whatever it is asked for, and notes what that was.
func proxyTo(t *testing.T, server string) (address *url.URL, asked func() string) {
	t.Helper()
	var mu sync.Mutex
	var hosts []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		hosts = append(hosts, r.Method+" "+r.Host)
		mu.Unlock()
		if r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		up, err := net.Dial("tcp", strings.TrimPrefix(server, "https://"))
		if err != nil {
			t.Error(err)
			return
		}
		down, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		fmt.Fprint(down, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(up, down); up.Close() }()
		go func() { _, _ = io.Copy(down, up); down.Close() }()
	}))
	t.Cleanup(proxy.Close)
	t.Cleanup(proxy.CloseClientConnections)
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u, func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(hosts, ", ")
	}
}

// Through a proxy, with an authority of one's own: the page is read, and it leads neither to an address inside nor to
// the proxy itself.
func TestThroughAProxyNothingLeadsInside(t *testing.T) {
	secret, inside := inner(t)
	var redirect string
	page := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, redirect, http.StatusFound)
			return
		}
		fmt.Fprint(w, "by proxy")
	}))
	t.Cleanup(page.Close)
	proxy, asked := proxyTo(t, page.URL)
	roots := x509.NewCertPool()
	roots.AddCert(page.Certificate())
	collector := func(roots *x509.CertPool) *Collector {
		c := NewCollector(FetchOptions{Timeout: 5 * time.Second, Roots: roots})
		c.guard.public.Proxy = noting(http.ProxyURL(proxy), &c.guard.proxies)
		return c
	}
	_, err := collector(nil).Fetch(t.Context(), Request{URL: "https://example.com/"})
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("without the authority: %v", err)
	}
	c := collector(roots)
	got, err := c.Fetch(t.Context(), Request{URL: "https://example.com/"})
	if err != nil || string(got.Body) != "by proxy" {
		t.Fatalf("%q, %v", got.Body, err)
	}
	for _, way := range []string{secret, "http://localhost:1/", "https://10.0.0.1/", "http://[::ffff:127.0.0.1]/",
		"http://169.254.169.254/latest/meta-data/", proxy.String()} {
		redirect = way
		_, err := c.Fetch(t.Context(), Request{URL: "https://example.com/away"})
		mustRefuse(t, way, err)
	}
	// A proxy that has a name is not reached by it either.
	named := &url.URL{Scheme: "http", Host: "Proxy.corp.example:3128"}
	c.guard.proxies.Store(dialled(named), true)
	_, err = c.Fetch(t.Context(), Request{URL: named.String(), Page: "https://example.com"})
	mustRefuse(t, named.String(), err)
	mustNotBeAsked(t, inside)
	if strings.ReplaceAll(strings.ReplaceAll(asked(), "CONNECT example.com:443", ""), ", ", "") != "" {
		t.Errorf("the proxy was asked for %s", asked())
	}
}

// A client for addresses that somebody chose goes inside where they are inner ones, and nowhere else.
func TestAClientGoesInsideOnlyWhereItIsSent(t *testing.T) {
	secret, asked := inner(t)
	port := portOf(t, secret)
	away := ""
	receiver := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stay" {
			http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
			return
		}
		if r.URL.Path == "/" {
			http.Redirect(w, r, away, http.StatusTemporaryRedirect)
		}
	})
	client := NewClient([]string{"listed.vendorwatch.test"}, nil, 5*time.Second)
	post := func(address string) error {
		resp, err := client.Post(address, "text/plain", strings.NewReader("x"))
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	for _, address := range []string{secret, "http://localhost:" + port, receiver + "/stay"} {
		if err := post(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	before := asked.Load()
	for _, away = range []string{"http://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port,
		"http://listed.vendorwatch.test:" + port, "http://169.254.169.254/"} {
		mustRefuse(t, away, post(receiver+"/"))
	}
	if asked.Load() != before {
		t.Error("a redirect reached the server inside")
	}
	// What a public name stands for is checked when it is connected to.
	r, err := http.NewRequest(http.MethodPost, secret, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := client.Transport.(*guard)
	if resp, err := g.public.RoundTrip(r); err == nil {
		resp.Body.Close()
		t.Error("a name that leads inside was connected to")
	}
}
