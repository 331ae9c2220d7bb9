package simulate

import (
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
	for _, s := range w.sites {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return errors.Join(fmt.Errorf("simulated vendor %q: listen on loopback: %w", s.vendor.Slug, err), w.Close())
		}
		w.urls[s.vendor.Slug] = "http://" + l.Addr().String()
		server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
		go server.Serve(l)
		w.servers = append(w.servers, server)
	}
	return nil
}

// Close stops serving.
func (w *World) Close() error {
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
