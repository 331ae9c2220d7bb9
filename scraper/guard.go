package scraper

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// PrivateAddressError says that a request was not sent, since its server has no public address, and the page that led
// there is not on that server.
type PrivateAddressError struct {
	Host    string // as the address of the request names it
	Address string // what that stands for; equal to Host if it is an IP address
}

func (e *PrivateAddressError) Error() string {
	what := e.Host
	if e.Address != e.Host {
		what += " (" + e.Address + ")"
	}
	return fmt.Sprintf("%s is not a public address, and nothing was sent to it; hosts of your own network are "+
		"reached if they are listed in fetch.private_hosts", what)
}

// special lists addresses that are not public, and that netip has no word for: this network, shared address space,
// protocol assignments, benchmarks, reserved, site-local (IANA's registries of special-purpose addresses, RFC 6890).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("fec0::/10"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

// translated is where NAT64 keeps IPv4 addresses, in the last four bytes (RFC 6052).
var translated = netip.MustParsePrefix("64:ff9b::/96")

// private reports whether an address is not of the public internet.
func private(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if translated.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	return !a.IsGlobalUnicast() || a.IsPrivate() ||
		slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// privateName reports whether a host's name alone says that it is not public.
func privateName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if a, err := netip.ParseAddr(host); err == nil {
		return private(a)
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// maxHeader is how many bytes the headers of an answer may have.
const maxHeader = 256 << 10

// guard keeps requests that a public page leads to, by a redirect or a link, away from servers that are not public. It
// looks at the address that is connected to, so that a name which leads inside is refused too.
type guard struct {
	open   *http.Transport // connects to any address
	public *http.Transport // connects to public addresses only
	hosts  []string        // hosts of the own network, in small letters

	connections connections

	proxies sync.Map // addresses of proxies, which connect on our behalf and may be anywhere
}

func newGuard(hosts []string, roots *x509.CertPool) *guard {
	free := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	open := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: free.DialContext, ForceAttemptHTTP2: true, MaxIdleConns: 100,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second,
		MaxResponseHeaderBytes: maxHeader, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}
	public := open.Clone()
	bound := *free
	bound.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || private(to.Addr()) {
			return &PrivateAddressError{Address: to.Addr().String()}
		}
		return nil
	}
	g := &guard{open: open, public: public}
	g.connections.most = maxConnections
	g.connections.closeIdle = []func(){open.CloseIdleConnections, public.CloseIdleConnections}
	open.MaxIdleConns, public.MaxIdleConns = maxConnections, maxConnections
	open.DialContext = g.connections.counted(free.DialContext)
	public.Proxy = noting(http.ProxyFromEnvironment, &g.proxies)
	public.DialContext = g.connections.counted(func(ctx context.Context, network, address string) (net.Conn, error) {
		if _, proxy := g.proxies.Load(strings.ToLower(address)); proxy {
			return free.DialContext(ctx, network, address)
		}
		return bound.DialContext(ctx, network, address)
	})
	for _, h := range hosts {
		g.hosts = append(g.hosts, strings.ToLower(h))
	}
	return g
}

// noting is a choice of proxies that notes the address of each that it chose, as a transport will dial it.
func noting(choose func(*http.Request) (*url.URL, error), seen *sync.Map) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		proxy, err := choose(r)
		if proxy != nil {
			seen.Store(dialled(proxy), true)
		}
		return proxy, err
	}
}

// dialled is the host and port that a transport connects to for an address.
func dialled(u *url.URL) string {
	ports := map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), cmp.Or(u.Port(), ports[u.Scheme]))
}

// NewClient returns a client for addresses that whoever runs the program has chosen, such as those of receivers. It
// connects to the address itself wherever that is named as an inner one, by an IP address, as localhost or among
// privateHosts; any other name, and whatever a redirect leads to, has to stand for a public address. nil roots means
// the system's.
func NewClient(privateHosts []string, roots *x509.CertPool, timeout time.Duration) *http.Client {
	return &http.Client{Transport: newGuard(privateHosts, roots), Timeout: timeout}
}

// Unverified returns the same with other connections, which trust every certificate of a server.
func (g *guard) Unverified() http.RoundTripper {
	own := newGuard(g.hosts, nil)
	for _, t := range []*http.Transport{own.open, own.public} {
		t.TLSClientConfig.InsecureSkipVerify = true
	}
	return own
}

// RoundTrip sends one request, or returns a *PrivateAddressError.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	host := r.URL.Hostname()
	v, _ := r.Context().Value(visitKey{}).(*visit)
	switch {
	case v != nil:
		if err := g.check(r.URL, v.page); err != nil {
			return nil, err
		}
	case r.Response != nil && g.inside(host) && !strings.EqualFold(host, r.Response.Request.URL.Hostname()):
		// A redirect of another client, or of robots.txt, which colly asks for without the context of a visit; Fetch
		// has checked its host.
		return nil, &PrivateAddressError{Host: host, Address: host}
	}
	if g.inside(host) {
		return g.open.RoundTrip(r)
	}
	if _, proxy := g.proxies.Load(dialled(r.URL)); proxy {
		return nil, &PrivateAddressError{Host: host, Address: host}
	}
	resp, err := g.public.RoundTrip(r)
	if refused := (*PrivateAddressError)(nil); errors.As(err, &refused) {
		return nil, &PrivateAddressError{Host: host, Address: refused.Address}
	}
	return resp, err
}

// check returns a *PrivateAddressError if an address names a host inside, unless it is the host of the page itself, or
// the page is inside too and the host is listed.
func (g *guard) check(address *url.URL, page string) error {
	host := address.Hostname()
	if !g.inside(host) {
		return nil
	}
	u, err := url.Parse(page)
	if err == nil && (strings.EqualFold(u.Hostname(), host) || g.inside(u.Hostname()) && g.listed(host)) {
		return nil
	}
	return &PrivateAddressError{Host: host, Address: host}
}

// inside reports whether a host's name says that it is not public, by itself or by the options.
func (g *guard) inside(host string) bool { return privateName(host) || g.listed(host) }

func (g *guard) listed(host string) bool {
	return slices.Contains(g.hosts, strings.ToLower(strings.TrimSuffix(host, ".")))
}
