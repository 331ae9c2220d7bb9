package simulate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// World is a number of vendors, each served on a port of its own on 127.0.0.1.
type World struct {
	sites   []*Site
	bySlug  map[string]*Site
	urls    map[string]string
	servers []*http.Server
	cancel  context.CancelFunc
}

// New returns a world of these vendors at the times that clock tells. It serves nothing until Start.
func New(clock func() time.Time, vendors ...Vendor) *World {
	w := &World{bySlug: map[string]*Site{}, urls: map[string]string{}}
	for _, v := range vendors {
		s := NewSite(v, clock)
		w.sites = append(w.sites, s)
		w.bySlug[v.Slug] = s
	}
	return w
}

// Start opens a listener a vendor. On an error those already open are closed.
func (w *World) Start() error {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	for _, s := range w.sites {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return errors.Join(fmt.Errorf("simulated vendor %q: listen on loopback: %w", s.vendor.Slug, err), w.Close())
		}
		w.urls[s.vendor.Slug] = "http://" + l.Addr().String()
		w.servers = append(w.servers, serve(ctx, l, s))
	}
	return nil
}

// serve answers on a listener until the server is closed; ctx ends requests that hang.
func serve(ctx context.Context, l net.Listener, h http.Handler) *http.Server {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	go server.Serve(l)
	return server
}

// Close stops serving and ends what hangs.
func (w *World) Close() error {
	if w.cancel != nil {
		w.cancel()
	}
	var all error
	for _, s := range w.servers {
		all = errors.Join(all, s.Close())
	}
	w.servers = nil
	return all
}

// Vendors returns the scripts in the order they were given.
func (w *World) Vendors() []Vendor {
	var out []Vendor
	for _, s := range w.sites {
		out = append(out, s.vendor)
	}
	return out
}

// URL returns the address of a vendor's page, as it would stand in a configuration: without a slash
// at the end. It is empty before Start, and for a slug that does not exist.
func (w *World) URL(slug string) string {
	site, started := w.urls[slug]
	if !started {
		return ""
	}
	return w.bySlug[slug].vendor.pageURL(site)
}

// Handler returns what serves a vendor, for tests that bring a server of their own; nil for a slug
// that does not exist.
func (w *World) Handler(slug string) http.Handler {
	if s, ok := w.bySlug[slug]; ok {
		return s
	}
	return nil
}

// Requests returns what a vendor's site was asked for so far.
func (w *World) Requests(slug string) Requests {
	s, ok := w.bySlug[slug]
	if !ok {
		return Requests{}
	}
	return s.Requests()
}
