package scraper

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestPrivateAddresses(t *testing.T) {
	for _, a := range []string{
		"127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1",
		"255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
		"2002:7f00:1::", "2001:0:53aa:64c::",
	} {
		if !private(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as public", a)
		}
	}
	for _, a := range []string{
		"1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.255.255", "100.128.0.1", "198.20.0.1", "2606:4700::1111",
		"::ffff:1.1.1.1", "64:ff9b::101:101",
	} {
		if private(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as private", a)
		}
	}
	for name, want := range map[string]bool{
		"localhost": true, "LOCALHOST.": true, "a.localhost": true, "127.0.0.1": true, "::1": true,
		"localhost.example": false, "example.com": false, "1.1.1.1": false,
	} {
		if got := privateName(name); got != want {
			t.Errorf("privateName(%q) = %t", name, got)
		}
	}
}

// inner is a server inside, which counts what reaches it.
func inner(t *testing.T) (address string, asked *atomic.Int32) {
	asked = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte("secret"))
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

func portOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

func mustRefuse(t *testing.T, way string, err error) {
	t.Helper()
	var refused *PrivateAddressError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "fetch.private_hosts") {
		t.Errorf("%s: error %v", way, err)
	}
}

func mustNotBeAsked(t *testing.T, asked *atomic.Int32) {
	t.Helper()
	if n := asked.Load(); n != 0 {
		t.Errorf("the server inside was asked %d times", n)
	}
}

func TestPublicPagesNeverLeadInside(t *testing.T) {
	secret, asked := inner(t)
	port := portOf(t, secret)
	ways := []string{secret, "http://localhost:" + port, "http://LocalHost.:" + port,
		"http://[::ffff:127.0.0.1]:" + port, "http://listed.vendorwatch.test:" + port}
	for _, robots := range []bool{false, true} {
		c := NewCollector(FetchOptions{RespectRobots: robots, Timeout: 5 * time.Second,
			PrivateHosts: []string{"listed.vendorwatch.test"}})
		for _, way := range ways {
			_, err := c.Fetch(t.Context(), Request{URL: way + "/x", Page: "https://status.vendor.example"})
			mustRefuse(t, way, err)
		}
		// A page of the own network leads to listed hosts only.
		_, err := c.Fetch(t.Context(), Request{URL: secret, Page: "http://127.0.0.2"})
		mustRefuse(t, secret, err)
	}
	mustNotBeAsked(t, asked)
}

func TestRedirectsNeverLeadInside(t *testing.T) {
	secret, asked := inner(t)
	for _, robots := range []bool{false, true} {
		for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect} {
			// The page may be read, since it is its own host that is inside; what it redirects to is another.
			page := serve(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://127.0.0.1:"+portOf(t, secret)+"/", status)
			})
			address := "http://localhost:" + portOf(t, page)
			c := NewCollector(FetchOptions{RespectRobots: robots, Timeout: 5 * time.Second})
			_, err := c.Fetch(t.Context(), Request{URL: address})
			mustRefuse(t, address, err)
		}
	}
	mustNotBeAsked(t, asked)
}

// What a name stands for is checked at the moment of the connection. No resolver here gives a public name an inner
// address, so that what connects for public names is asked for the address itself.
func TestNamesAreCheckedWhenTheyAreConnectedTo(t *testing.T) {
	secret, asked := inner(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, secret, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := newGuard(nil, nil).public.RoundTrip(r)
	if err == nil {
		resp.Body.Close()
	}
	var refused *PrivateAddressError
	if !errors.As(err, &refused) || refused.Address != "127.0.0.1" {
		t.Errorf("error %v", err)
	}
	mustNotBeAsked(t, asked)
}

func TestPagesInsideAreReadOnTheirOwnHost(t *testing.T) {
	address, asked := inner(t)
	for _, page := range []string{"", address} {
		got, err := NewCollector(FetchOptions{}).Fetch(t.Context(), Request{URL: address + "/x", Page: page})
		if err != nil || string(got.Body) != "secret" {
			t.Errorf("page %q: body %q, error %v", page, got.Body, err)
		}
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
	g := newGuard([]string{"Status.Corp.example"}, nil)
	listed := &url.URL{Scheme: "https", Host: "status.corp.example:8443"}
	for page, leads := range map[string]bool{"https://status.corp.example": true, "http://10.0.0.7": true,
		"https://status.vendor.example": false} {
		if err := g.check(listed, page); (err == nil) != leads {
			t.Errorf("a page at %s leads to a listed host: %v", page, err)
		}
	}
}

// A proxy connects on our behalf, and is where the operator says.
func TestProxiesMayBeInside(t *testing.T) {
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "status.vendor.example" {
			t.Errorf("the proxy was asked for %s", r.URL)
		}
		_, _ = w.Write([]byte("by proxy"))
	})
	g := newGuard(nil, nil)
	u, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	g.public.Proxy = noting(http.ProxyURL(u), &g.proxies)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://status.vendor.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := g.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// What trusts every certificate leads nowhere else than what looks at them.
func TestWithoutVerificationTheAddressIsCheckedStill(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	verified := newGuard([]string{"listed.vendorwatch.test"}, nil)
	unverified := verified.Unverified().(*guard)
	for _, c := range []struct {
		name string
		by   http.RoundTripper
		want string // of the error; "" if it is reached
	}{
		{"the own host, verified", verified, "certificate"},
		{"the own host", unverified, ""},
		{"a public name that leads inside", unverified.public, "not a public address"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.by.RoundTrip(r)
		if err == nil {
			resp.Body.Close()
		}
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if !unverified.inside("listed.vendorwatch.test") {
		t.Error("a listed host is not one any more")
	}
}
