package page

import (
	"net/url"
	"strings"

	"vendorwatch/normalize/lazyregexp"
)

// Site returns scheme and host of a page. If a host serves one status page only, that is the status page's address,
// and all that scraper.PageAddress needs.
func Site(page *url.URL) string {
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + page.Host
}

// SiteOf returns scheme and host of an address, "" for one that is not absolute.
func SiteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Above returns the address of the status page that a page is below, which may stand under a path of its server, as a
// page does that is passed on from elsewhere: https://acme.example/vendors/harbour. below matches the end of a path
// that the product itself adds.
func Above(page *url.URL, below *lazyregexp.Regexp) string {
	if page.Host == "" {
		return page.String()
	}
	path := page.EscapedPath()
	if m := below.FindStringIndex(path); m != nil {
		path = path[:m[0]]
	}
	return Site(page) + strings.TrimRight(path, "/")
}

// SourceHome is Home, with the path under which the source has the page, as of one that another server passes on:
// unless the document was fetched elsewhere.
func SourceHome(own, source, fetched string) string {
	home := Home(own, source, fetched)
	u, err := url.Parse(source)
	if err != nil || home == "" || HostOf(home) != HostOf(SiteOf(source)) {
		return home
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	if f, err := url.Parse(fetched); err == nil && f.Host != "" && HostOf(SiteOf(fetched)) == HostOf(home) &&
		f.EscapedPath() != path && !strings.HasPrefix(f.EscapedPath(), path+"/") {
		return home
	}
	return home + path
}

// Home returns scheme and host of the status page that a document belongs to. own is the address that the document
// itself gives, which comes first; others are those of the source and of the fetched page. If own differs from one of
// the others in its scheme only, that other is returned, since documents of one page disagree about the scheme.
func Home(own string, others ...string) string {
	home := SiteOf(own)
	for _, other := range others {
		other = SiteOf(other)
		if home == "" || (other != "" && HostOf(other) == HostOf(home)) {
			home = other
		}
		if home != "" && home == other {
			break
		}
	}
	return home
}

// HostOf returns the host of an address, in lower case.
func HostOf(home string) string {
	_, host, _ := strings.Cut(home, "://")
	return strings.ToLower(host)
}

var incidentPath = lazyregexp.New(`/incidents/([0-9A-Za-z_-]+)(?:\.json)?/?(?:[?#]|$)`)

// IncidentID returns the id in the address of an incident's page or JSON, "" if it has none. A list below /incidents,
// such as /incidents/unresolved.json, has no id.
func IncidentID(address string) string {
	m := incidentPath.FindStringSubmatch(address)
	if m == nil || m[1] == "unresolved" {
		return ""
	}
	return m[1]
}

// IncidentURL returns the address of an incident's page on its status page.
func IncidentURL(home, id string) string {
	if home == "" || id == "" {
		return ""
	}
	return home + "/incidents/" + id
}

var ulid = lazyregexp.New(`^[0-7][0-9A-HJKMNP-TV-Z]{25}$`)

// IsULID reports whether a text is an id as incident.io makes them. Statuspage, whose keys incident.io's compatible
// API uses, has ids of twelve lower-case letters and digits.
func IsULID(id string) bool { return ulid.MatchString(id) }

// Resolve returns the absolute address of a link in the page at base. An empty link stays empty.
func Resolve(base, ref string) string {
	if ref == "" {
		return ""
	}
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ""
	}
	return u.String()
}

// IsAddress reports whether a text is an absolute web address.
func IsAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func sameAddress(a, b string) bool {
	_, a, _ = strings.Cut(strings.TrimSuffix(a, "/"), "://")
	_, b, _ = strings.Cut(strings.TrimSuffix(b, "/"), "://")
	return strings.EqualFold(a, b)
}

// frontPage reports whether an address is that of a whole site.
func frontPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == ""
}
