package web

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// ownNames are the host names, in small letters, by which a dashboard is known beside IP addresses and localhost.
func ownNames(o Options) []string {
	var names []string
	if u, err := url.Parse(o.DashboardURL); err == nil && u.Hostname() != "" {
		names = append(names, hostName(u.Host))
	}
	for _, host := range o.Hosts {
		names = append(names, hostName(host))
	}
	return names
}

// hostName is the name of a Host header or of the host of an address, without its port and in small letters.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// own reports whether a request names this dashboard. A page of another site can let its own host name lead to this
// machine (DNS rebinding), so that a browser takes us for that site and hands it what we answer. An IP address and
// localhost cannot be led elsewhere by anybody.
func (s *Server) own(r *http.Request) bool {
	name := hostName(r.Host)
	if name == "" || name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name) != nil {
		return true
	}
	for _, own := range s.names {
		if name == own {
			return true
		}
	}
	return false
}

// foreignHost says what to write so that a host name is taken.
func foreignHost(r *http.Request) string {
	name := hostName(r.Host)
	if len(name) > 100 {
		name = name[:100]
	}
	return fmt.Sprintf("Without a password the dashboard answers to its own host names only, and %q is none of them. "+
		"Use its IP address or localhost; or write hosts = [%[1]q] under [web] in config.toml, or dashboard_url; or "+
		"set token_env, or user and password_env, under [web].", name)
}
