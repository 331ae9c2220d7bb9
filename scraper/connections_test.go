package scraper

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"

	"sync/atomic"
	"testing"
)

// Thousands of pages on as many servers, over HTTP/1.1 and HTTP/2: what is open stays bounded, and a connection that is
// needed again soon is used again.
func TestConnectionsAreGivenBack(t *testing.T) {
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			var open, most atomic.Int64
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if (r.ProtoMajor == 2) != http2 {
					t.Errorf("%s", r.Proto)
				}
			}))
			server.EnableHTTP2 = http2
			server.Config.ConnState = func(c net.Conn, s http.ConnState) {
				switch s {
				case http.StateNew:
					most.Store(max(most.Load(), open.Add(1)))
				case http.StateClosed:
					open.Add(-1)
				}
			}
			server.StartTLS()
			defer server.Close()
			const bound = 20
			g := newGuard(nil, nil)
			g.connections.most = bound
			transport := g.open
			transport.TLSClientConfig.InsecureSkipVerify = true
			dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
			}
			transport.DialContext = g.connections.counted(dial)
			get := func(host string) {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := transport.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
			}
			get("one.example")
			get("one.example")
			if n := open.Load(); n != 1 {
				t.Errorf("%d connections for two requests to one server", n)
			}
			for n := range 5 * bound {
				get(fmt.Sprintf("status-%d.example", n))
			}
			if n := most.Load(); n > 2*bound {
				t.Errorf("%d connections were open at one time", n)
			}
			transport.CloseIdleConnections()
		})
	}
}
