package scraper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"vendorwatch/scraper/page"
)

// mostProbes limits the addresses that Find requests, redirects not counted.
const mostProbes = 45

// probeFirst are the platforms that are tried first. A platform whose documents others imitate comes after the
// imitators.
var probeFirst = []string{"incidentio", "statuspage", "instatus", "betterstack", "statusio", "cachet"}

// ofOneCompany are the platforms that only one company uses. They are tried early if the catalogue or the host's name
// suggests a page of that company. Otherwise they are tried last, and only with the first document of each, since the
// page may be a mirror.
var ofOneCompany = []string{
	"adobe", "apple", "aws", "azure", "googlecloud", "heroku", "ibmcloud", "oraclecloud", "pingoru",
	"salesforce", "slack", "vultr", "yandexcloud", "zendesk",
}

// Found is a status page and what it is made with.
type Found struct {
	URL      string // address of the status page, as a Source has it
	Platform string
	Asked    int // number of addresses requested
}

// Unrecognised is a page that no platform reads. It wraps ErrShape.
type Unrecognised struct {
	URL   string   // after redirects
	What  string   // what it is, in words
	Feeds []string // addresses of the feeds that it links to
}

// Error says which page it is, and what.
func (e *Unrecognised) Error() string {
	return fmt.Sprintf("no platform reads %s: it is %s", e.URL, e.What)
}

// Unwrap returns ErrShape.
func (e *Unrecognised) Unwrap() error { return ErrShape }

// Find tells which platform made the page at s.URL. It looks at the page itself, then at the few addresses on its
// server where platforms would begin to read it. Only the shape of a document counts, never the status, since many
// hosts answer 200 to every path. Redirects are followed. The error is an *Unrecognised if no platform recognises the
// page, otherwise it says why the page could not be fetched.
func (r Registry) Find(ctx context.Context, f Fetcher, s Source) (Found, error) {
	search := &search{platforms: r, fetcher: f, source: s, asked: map[string]bool{}}
	p, err := search.ask(ctx, s.URL)
	if err != nil && !answered(err) {
		return Found{}, err
	}
	base := strings.TrimRight(s.URL, "/")
	if err == nil {
		if found, ok := search.recognise(p, ""); ok {
			return found, nil
		}
		base = strings.TrimRight(p.URL, "/")
	}
	found, ok := search.probe(ctx, base)
	switch {
	case ok:
		return found, nil
	case ctx.Err() != nil:
		return Found{}, context.Cause(ctx)
	case err != nil:
		return Found{}, fmt.Errorf(
			"no status page at %s, nor where platforms would have it (asked for %d addresses): %w",
			s.URL,
			len(search.asked),
			err,
		)
	}
	return Found{}, &Unrecognised{URL: p.URL, What: page.Describe(p), Feeds: feedLinks(p)}
}

// answered reports whether the server answered, if only that there is no such page.
func answered(err error) bool {
	var h *HTTPError
	return errors.As(err, &h) && h.Status < 500 && h.Status != http.StatusTooManyRequests
}

type search struct {
	platforms Registry
	fetcher   Fetcher
	source    Source
	asked     map[string]bool
}

func (s *search) ask(ctx context.Context, address string) (Page, error) {
	s.asked[address] = true
	return s.fetcher.Fetch(ctx, Request{URL: address, Auth: s.source.Auth, Page: s.source.URL})
}

// recognise detects the platform of a page, which must also be able to read it. base is the address of the status
// page, if the page is one that its platform would begin with there.
func (s *search) recognise(page Page, base string) (Found, bool) {
	name := s.platforms.Detect(page)
	if name == "" {
		return Found{}, false
	}
	p := s.platforms[name]
	home := base
	if home == "" || !slices.Contains(starts(p, base), page.URL) {
		home = HomeOf(p, page.URL)
	}
	from := s.source
	from.URL, from.Mode = home, Poll
	if _, err := p.Parse(from, page); err != nil {
		return Found{}, false
	}
	return Found{URL: home, Platform: name, Asked: len(s.asked)}, true
}

// probe requests the addresses at which platforms would begin to read a status page.
func (s *search) probe(ctx context.Context, base string) (Found, bool) {
	for _, c := range s.platforms.candidates(base) {
		if s.asked[c.address] {
			continue
		}
		if len(s.asked) >= mostProbes || ctx.Err() != nil {
			break
		}
		page, err := s.ask(ctx, c.address)
		var h *HTTPError
		if errors.As(err, &h) && h.Status == http.StatusTooManyRequests {
			break // the server wants no more requests
		}
		if err != nil {
			continue
		}
		// A feed that only the generic platform recognises is more often a blog's.
		if found, ok := s.recognise(page, c.base); ok && found.Platform != Generic {
			return found, true
		}
	}
	return Found{}, false
}

type candidate struct{ address, base string }

// candidates lists what the platforms would request if base, or the root of its server, were a status page of theirs.
// An address counts if it is on the same server, on that of a product above it (product.example for
// acme.product.example), or if the catalogue names the platform for the page.
func (r Registry) candidates(base string) []candidate {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil
	}
	known := r.catalogued(u)
	bases := []string{base}
	doc := *u
	doc.RawQuery = ""
	for _, b := range []string{strings.TrimRight(doc.String(), "/"), page.Site(u)} {
		if !slices.Contains(bases, b) {
			bases = append(bases, b)
		}
	}
	names := slices.Concat([]string{known}, probeFirst, r.Names())
	// The first request of each platform comes before the fallbacks of any.
	var firsts, others, mirrors []candidate
	for _, b := range bases {
		for _, name := range names {
			p, exists := r[name]
			if !exists || name == Generic || name == Custom {
				continue
			}
			if r, ok := p.(Recognised); ok && r.ByMarks() && name != known {
				continue
			}
			mirror := name != known && slices.Contains(ofOneCompany, name) && !namedAfter(u.Host, name)
			for n, address := range starts(p, b) {
				at, err := url.Parse(address)
				if err != nil || at.Host == "" ||
					name != known && !related(u.Host, at.Host) && !namedAfter(u.Host, name) {
					continue
				}
				if u.RawQuery != "" && at.RawQuery != u.RawQuery && strings.HasPrefix(at.RawQuery, u.RawQuery) {
					continue // the platform appended its path to a query
				}
				switch {
				case mirror && n == 0 && b == bases[len(bases)-1]:
					mirrors = append(mirrors, candidate{address, b})
				case mirror:
				case n == 0 || name == known:
					firsts = append(firsts, candidate{address, b})
				default:
					others = append(others, candidate{address, b})
				}
			}
		}
	}
	var out []candidate
	for _, c := range slices.Concat(firsts, others, mirrors) {
		if !slices.ContainsFunc(out, func(o candidate) bool { return o.address == c.address }) {
			out = append(out, c)
		}
	}
	return out
}

// catalogued returns the platform that the catalogue names for a page, or for another page of its server. It returns
// "" if the catalogue names none.
func (r Registry) catalogued(page *url.URL) string {
	if name := r.PlatformOf(strings.TrimRight(page.String(), "/")); name != "" {
		return name
	}
	for _, e := range Catalogue() {
		if at, err := url.Parse(e.Page); err == nil && at.Host == page.Host {
			if _, exists := r[e.Platform]; exists && e.Platform != Generic {
				return e.Platform
			}
		}
	}
	return ""
}

// namedAfter reports whether a host has the name of a company's platform in it.
func namedAfter(host, platform string) bool {
	return slices.Contains(ofOneCompany, platform) && strings.Contains(host, strings.TrimSuffix(platform, "cloud"))
}

// related reports whether another host belongs to a page's site: the same host, one above it, or GitHub's for files.
func related(host, other string) bool {
	if host == "github.com" || strings.HasSuffix(host, ".github.io") {
		return host == other || other == "raw.githubusercontent.com"
	}
	return host == other || strings.Contains(other, ".") && strings.HasSuffix(host, "."+other)
}

// starts returns the addresses that a platform begins with, their fallbacks included.
func starts(p Platform, base string) []string {
	var out []string
	var add func([]Request)
	add = func(requests []Request) {
		for _, r := range requests {
			out = append(out, r.URL)
			add(r.Fallback)
		}
	}
	add(p.Start(Source{URL: base}))
	return out
}

var selFeedLink = cascadia.MustCompile(`link[rel~="alternate"][href]`)

// feedLinks returns the addresses of the feeds that a web page links to in its head, five at the most.
func feedLinks(p Page) []string {
	if !page.IsHTML(bytes.TrimSpace(p.Body)) {
		return nil
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(p.Body))
	if err != nil {
		return nil
	}
	here, err := url.Parse(p.URL)
	if err != nil {
		return nil
	}
	var feeds []string
	doc.FindMatcher(selFeedLink).Each(func(_ int, link *goquery.Selection) {
		switch kind, _, _ := strings.Cut(strings.ToLower(link.AttrOr("type", "")), ";"); strings.TrimSpace(kind) {
		case "application/rss+xml", "application/atom+xml", "application/feed+json":
		default:
			return
		}
		to, err := here.Parse(strings.TrimSpace(link.AttrOr("href", "")))
		if err != nil || to.Scheme != "http" && to.Scheme != "https" || len(feeds) >= 5 ||
			slices.Contains(feeds, to.String()) {
			return
		}
		feeds = append(feeds, to.String())
	})
	return feeds
}
