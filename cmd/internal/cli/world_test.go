package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"vendorwatch/cmd/internal/simulate"
	"vendorwatch/cmd/internal/simulate/simtest"
)

// world is simulated vendors, each on a port of its own, at a time that stands still until it is moved.
type world struct {
	mu    sync.Mutex
	now   time.Time
	sites map[string]*site
}

// newWorld serves these vendors at the time begin.
func newWorld(begin time.Time, vendors ...simulate.Vendor) *world {
	w := &world{now: begin, sites: map[string]*site{}}
	for _, v := range vendors {
		s := &site{vendor: v, clock: w.Now, healthy: simulate.NewSite(v, w.Now)}
		s.server = httptest.NewServer(s)
		w.sites[v.Slug] = s
	}
	return w
}

// startWorld is newWorld with the story's vendors, or those of them that are named.
func startWorld(t *testing.T, slugs ...string) *world {
	t.Helper()
	begin := storyBegin()
	w := newWorld(begin, story(begin, slugs...)...)
	t.Cleanup(w.close)
	return w
}

func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) step(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) close() {
	for _, s := range w.sites {
		s.server.CloseClientConnections()
		s.server.Close()
	}
}

// moves lets a vendor's page be served elsewhere from now on, under the name of NAME-moved. With the same platform
// every old address leads permanently to its new one; with another the old page leads to the new one, and what lay
// below it is gone.
func (w *world) moves(slug, platform string) {
	old := w.sites[slug]
	v := old.vendor
	v.Platform = platform
	s := &site{vendor: v, clock: w.Now, healthy: simulate.NewSite(v, w.Now)}
	s.server = httptest.NewServer(s)
	w.sites[slug+"-moved"] = s
	old.mu.Lock()
	defer old.mu.Unlock()
	old.healthy = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case platform == old.vendor.Platform:
			http.Redirect(rw, r, s.server.URL+r.URL.RequestURI(), http.StatusMovedPermanently)
		case r.URL.Path == "/":
			http.Redirect(rw, r, s.url(), http.StatusFound)
		default:
			http.NotFound(rw, r)
		}
	})
}

// site is one vendor's server, which writes down what it is asked for.
type site struct {
	vendor  simulate.Vendor
	clock   func() time.Time
	healthy http.Handler
	server  *httptest.Server

	mu     sync.Mutex
	asked  []*answer
	faulty http.Handler
	strike *regexp.Regexp // addresses that the fault strikes
}

// answer is what a request came to; its status is 0 while there is none.
type answer struct {
	Address string // path and query
	Status  int
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.Status, a.Address) }

// url is the page's address as it would stand in a config file.
func (s *site) url() string {
	switch s.vendor.Platform {
	case simulate.PlatformPingoru:
		return s.server.URL + "/providers/" + s.vendor.Slug + "/outage-history"
	case simulate.PlatformFeed:
		return s.server.URL + "/status/feed.atom"
	}
	return s.server.URL
}

// breaks makes the vendor misbehave at the addresses that match, until mend.
func (s *site) breaks(kind simulate.FaultKind, match string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faulty, s.strike = simtest.Broken(s.vendor, s.clock, kind), regexp.MustCompile(match)
}

func (s *site) mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faulty = nil
}

// answers returns what was asked since the last call.
func (s *site) answers() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, a := range s.asked {
		out = append(out, a.String())
	}
	s.asked = nil
	return out
}

// count is how often the vendor was asked since the last call of answers.
func (s *site) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := &answer{Address: r.URL.RequestURI()}
	s.mu.Lock()
	s.asked = append(s.asked, a)
	h := s.healthy
	if s.faulty != nil && s.strike.MatchString(a.Address) {
		h = s.faulty
	}
	s.mu.Unlock()
	h.ServeHTTP(&witness{ResponseWriter: w, site: s, answer: a}, r)
}

type witness struct {
	http.ResponseWriter
	site   *site
	answer *answer
}

func (w *witness) WriteHeader(status int) {
	w.site.mu.Lock()
	w.answer.Status = status
	w.site.mu.Unlock()
	w.ResponseWriter.WriteHeader(status)
}

// configText is a config file for the vendors of a world, scraped as often as is allowed. Further lines go
// before its tables.
func (w *world) configText(slugs []string, more string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "database = \"vendorwatch.db\"\nweb.listen = \"\"\n"+
		"schedule = \"@every 10s\"\ntime_zone = \"UTC\"\n"+
		"[fetch]\ncontact = \"ops@vendorwatch.test\"\ndelay = \"0s\"\nretries = 0\nrequest_timeout = \"60s\"\n%s", more)
	for _, slug := range slugs {
		s := w.sites[slug]
		fmt.Fprintf(&b, "[[vendor]]\nname = %q\nslug = %q\nplatform = %q\nurl = %q\n", s.vendor.Name, slug,
			s.vendor.Platform, s.url())
	}
	return b.String()
}
