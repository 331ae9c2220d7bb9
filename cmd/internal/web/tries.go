package web

import (
	"hash/maphash"
	"net"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// Wrong passwords are taken from one address in a burst, and then at one a second.
const (
	triesAtOnce = 10
	triesEvery  = time.Second
)

// tries slows down who guesses passwords. Addresses share a fixed number of places, so that many addresses take no more
// memory than few; which of them share one cannot be foreseen from outside.
type tries struct {
	seed   maphash.Seed
	places [1024]*rate.Limiter
}

func newTries() *tries {
	t := &tries{seed: maphash.MakeSeed()}
	for n := range t.places {
		t.places[n] = rate.NewLimiter(rate.Every(triesEvery), triesAtOnce)
	}
	return t
}

// of is the place of the address that a request comes from. Of IPv6 addresses one network counts as one address.
func (t *tries) of(r *http.Request) *rate.Limiter {
	from := remoteHost(r)
	if a, err := netip.ParseAddr(from); err == nil && a.Is6() && !a.Is4In6() {
		if network, err := a.WithZone("").Prefix(64); err == nil {
			from = network.String()
		}
	}
	return t.places[maphash.String(t.seed, from)%uint64(len(t.places))]
}

func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// admit reports whether a request may be answered. If not, it says with which status and why. What is asked with a
// wrong secret is logged; of an address that goes on with it nothing is looked at for a while, right or wrong, since
// whoever gets an answer to each try can try without end.
func (s *Server) admit(r *http.Request, route Route) (status int, why string) {
	allows, required := s.auth.allows, "This dashboard requires a password or a token."
	switch {
	case route.Pushes && !s.auth.hasPusher:
		return http.StatusForbidden,
			"No token is good for pushes: the configuration names none. See push_token_env under [web]."
	case route.Pushes:
		allows, required = s.auth.mayPush, "The token at the end of the address is not the one of push_token_env."
	case route.Writes && !s.auth.hasWriter:
		return http.StatusForbidden,
			"No token may write: the configuration names none. See write_token_env under [web]."
	case route.Writes:
		allows, required = s.auth.mayWrite, "Writing requires the token that may write, as Authorization: Bearer."
	case !s.auth.required():
		return 0, ""
	}
	now := s.site.Clock()
	place, tried := s.tries.of(r), route.Pushes || r.Header.Get("Authorization") != ""
	switch {
	case tried && place.TokensAt(now) < 1:
		return http.StatusTooManyRequests,
			"Too many wrong passwords or tokens came from this address. Try again in a few seconds."
	case allows(r):
		return 0, ""
	case route.Writes && s.auth.required() && s.auth.allows(r):
		return http.StatusForbidden, "This token or password only reads; writing has a token of its own."
	case tried:
		place.AllowN(now, 1)
		s.site.Log.Warn("dashboard: a wrong password or token", "from", remoteHost(r), "path", r.URL.Path)
	}
	return http.StatusUnauthorized, required
}
