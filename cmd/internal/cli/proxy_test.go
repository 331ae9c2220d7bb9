package cli_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// tunnel is a proxy that leads to a server whatever host it is asked for, if takes says so. It returns its address.
func tunnel(t *testing.T, server *httptest.Server, takes func(*http.Request) bool) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			t.Errorf("the proxy is asked to %s %s", r.Method, r.Host)
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		if !takes(r) {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		up, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Error(err)
			w.WriteHeader(http.StatusBadGateway)
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
	return proxy.URL
}

// The program reads pages and sends messages through the proxy that the environment names, and trusts what ca_file or
// SSL_CERT_FILE says.
func TestProxyAndOwnAuthority(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	received := 0
	outside := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			mu.Lock()
			defer mu.Unlock()
			received++
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Acme</title><item><title>API is slow</title><guid>1</guid>`+
			`<description>Investigating - we look into it.</description>`+
			`<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>`)
	}))
	t.Cleanup(outside.Close)
	proxy := tunnel(t, outside, func(r *http.Request) bool {
		if r.Host != "example.com:443" {
			t.Errorf("the proxy is asked to %s %s", r.Method, r.Host)
			return false
		}
		return true
	})
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: outside.Certificate().Raw})
	env := []string{"HTTPS_PROXY=" + proxy, "HOOK=https://example.com/hook"}
	for name, c := range map[string]struct {
		key string
		env []string
		ok  bool
	}{
		"ca_file":       {`ca_file = "ca.pem"`, nil, true},
		"SSL_CERT_FILE": {"", []string{"SSL_CERT_FILE=ca.pem", "SSL_CERT_DIR=none"}, true},
		"neither":       {"", nil, false},
	} {
		dir := t.TempDir()
		write := func(file, text string) {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("ca.pem", string(authority))
		write("config.toml", `[web]
listen = ""
[fetch]
contact = "ops@acme.test"
retries = 0
`+c.key+`
[[digest]]
schedule = "0 0 1 1 *"
channels = ["hook"]
[[channel]]
name = "hook"
type = "webhook"
url_env = "HOOK"
[[vendor]]
name = "Acme"
url = "https://example.com/feed.xml"
platform = "feed"
`)
		before := received
		out, err := program(dir, append(env, c.env...), "scrape").CombinedOutput()
		if (err == nil) != c.ok || !c.ok && !strings.Contains(string(out), "certificate") {
			t.Errorf("%s: scrape: %v\n%s", name, err, out)
		}
		out, err = program(dir, append(env, c.env...), "digest").CombinedOutput()
		mu.Lock()
		if (err == nil) != c.ok || (received > before) != c.ok {
			t.Errorf("%s: digest: %v, %d messages\n%s", name, err, received-before, out)
		}
		mu.Unlock()
	}
}
