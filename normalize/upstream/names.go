package upstream

import (
	_ "embed"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// KindCloud is the kind of providers that stand on machines of their own, and so on no other provider.
const KindCloud = "cloud"

// A Provider is somebody on whom vendors stand: a cloud, a network, a registry of packages.
type Provider struct {
	Slug string // short name
	Name string // as it writes itself
	Kind string // one word: cloud, network, hosting, ai, …

	pages  []string // hosts of its status pages, and what they end in
	partOf string   // slug of the provider whose bare name may stand for it: Microsoft for Azure
}

// providersText has a line for each provider. A name with = before it is read in that case only; a region with ~ before
// it is too ordinary to mean the provider on its own, and is read beside its name only.
//
//go:embed providers.tsv
var providersText string

//go:embed companies.tsv
var companiesText string

// A place is a provider and one of its regions, or "".
type place struct{ provider, region string }

// names is the list of providers as texts are read by it.
type names struct {
	providers map[string]Provider
	spelled   map[string]place    // folded names, and regions that mean one provider
	exact     map[string]place    // names that count in their own case only
	ordinary  map[string]place    // folded regions that need the provider's name beside them
	byWord    map[string][]string // all of them by their first words, in lower case, the longest first
	hints     []string            // lower case: a text without any of these says nothing of providers
	companies map[string]string
}

var readNames = sync.OnceValue(func() names {
	n := names{providers: map[string]Provider{}, spelled: map[string]place{}, exact: map[string]place{},
		ordinary: map[string]place{}, byWord: map[string][]string{}, companies: map[string]string{}}
	for f := range rows(companiesText, 2) {
		for _, domain := range split(f[1]) {
			n.companies[domain] = f[0]
		}
	}
	var all []string
	n.hints = []string{"provider", "vendor", "partner", "supplier", "dependenc", "upstream", "party"}
	for f := range rows(providersText, 7) {
		p := Provider{Slug: f[0], Name: f[1], Kind: f[2], pages: split(f[3]), partOf: f[4]}
		n.providers[p.Slug] = p
		for _, name := range split(f[5]) {
			name, cased := strings.CutPrefix(name, "=")
			all = append(all, name)
			if cased {
				n.exact[name] = place{provider: p.Slug}
			} else {
				n.spelled[strings.ToLower(name)] = place{provider: p.Slug}
			}
		}
		for _, region := range split(f[6]) {
			region, ordinary := strings.CutPrefix(region, "~")
			all = append(all, region)
			if ordinary {
				n.ordinary[strings.ToLower(region)] = place{p.Slug, region}
			} else {
				n.spelled[strings.ToLower(region)] = place{p.Slug, region}
			}
		}
	}
	for _, name := range all {
		n.hints = append(n.hints, strings.ToLower(name))
	}
	for _, name := range all {
		first := strings.ToLower(firstWord(name))
		n.byWord[first] = append(n.byWord[first], name)
	}
	for _, list := range n.byWord {
		slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	}
	return n
})

// speaks reports whether a text may say anything of providers. It is much cheaper than to look.
func (n names) speaks(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(n.hints, func(hint string) bool { return strings.Contains(text, hint) })
}

func rows(text string, columns int) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			f := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
			if len(f) != columns {
				panic(fmt.Sprintf("upstream: a line of %d columns in place of %d: %q", len(f), columns, line))
			}
			if !yield(f) {
				return
			}
		}
	}
}

func split(column string) []string {
	if column == "" {
		return nil
	}
	return strings.Split(column, "|")
}

// Place reads words such as "aws us-east-1" or "Cloudflare": a provider and, if they name one, its region. It reports
// whether they name a provider that is on the list.
func Place(words string) (provider, region string, ok bool) {
	n := readNames()
	first, rest, _ := strings.Cut(words, " ")
	if _, ok := n.providers[strings.ToLower(first)]; ok {
		provider, words = strings.ToLower(first), rest
	}
	for _, s := range n.find(words) {
		at, known := n.look(words[s.from:s.to])
		if !known {
			at, known = n.lookLoosely(words[s.from:s.to])
		}
		switch {
		case !known:
		case provider == "":
			provider, region = at.provider, at.region
		case at.provider == provider && region == "":
			region = at.region
		}
	}
	return provider, region, provider != ""
}

// A span is where a name stands in a text.
type span struct{ from, to int }

// find returns where a text has names, in any case. Of two that begin alike it takes the longer.
func (n names) find(text string) []span {
	var all []span
	for at := 0; at < len(text); {
		word := firstWord(text[at:])
		if word == "" {
			_, size := utf8.DecodeRuneInString(text[at:])
			at += size
			continue
		}
		end := at + len(word)
		for _, name := range n.byWord[strings.ToLower(word)] {
			to := at + len(name)
			if to <= len(text) && strings.EqualFold(text[at:to], name) && firstWord(text[to:]) == "" {
				all, end = append(all, span{at, to}), to
				break
			}
		}
		at = end
	}
	return all
}

// firstWord returns the letters and digits with which a text begins.
func firstWord(text string) string {
	for at, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return text[:at]
		}
	}
	return text
}

// look returns what a word of a text means, without the ordinary ones.
func (n names) look(word string) (place, bool) {
	if at, ok := n.exact[word]; ok {
		return at, true
	}
	at, ok := n.spelled[strings.ToLower(word)]
	return at, ok
}

func (n names) lookLoosely(word string) (place, bool) {
	for name, at := range n.exact {
		if strings.EqualFold(name, word) {
			return at, true
		}
	}
	at, ok := n.ordinary[strings.ToLower(word)]
	return at, ok
}

// family is the provider whose bare name may stand for this one: Microsoft for Azure; of others themselves.
func (n names) family(provider string) string {
	if p := n.providers[provider]; p.partOf != "" {
		return p.partOf
	}
	return provider
}

// of reports whether a status page is the provider's own, or that of a part of it.
func (n names) of(provider, host string) bool {
	return slices.ContainsFunc(n.providers[provider].pages, func(page string) bool {
		return host == page || strings.HasSuffix(host, "."+page)
	})
}

// isOf reports whether an incident is the provider's own.
func (n names) isOf(provider string, i Incident) bool {
	return provider != "" && (i.Vendor == provider || i.Page != "" && n.of(provider, i.Page))
}

// only reports whether a text names this provider of machines or networks, and nobody else.
func (n names) only(provider string, all []place) bool {
	kind := n.providers[provider].Kind
	return (kind == KindCloud || kind == "network") &&
		!slices.ContainsFunc(all, func(p place) bool { return n.family(p.provider) != n.family(provider) })
}

func (n names) hasParts(provider string) bool {
	for _, p := range n.providers {
		if p.partOf == provider {
			return true
		}
	}
	return false
}

// Host returns the host of a status page, by which its company is known; empty for pages of aggregators, which tell of
// vendors that are not theirs, and for addresses without a name, at which many may be served.
func Host(page string) string {
	u, err := url.Parse(page)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(host); err == nil || host == "localhost" {
		return ""
	}
	if slices.Contains([]string{"pingoru.io", "statusgator.com", "isdown.app"}, strings.TrimPrefix(host, "www.")) {
		return ""
	}
	return host
}

// Company returns who is behind a status page, by its host: pages of one company are one witness. It is a name on the
// list, else the host's domain. Hosts below the domain of a status-page product belong to its customers.
func Company(host string) string {
	host = strings.ToLower(strings.TrimPrefix(host, "www."))
	labels := strings.Split(host, ".")
	if len(labels) < 2 {
		return host
	}
	n := readNames()
	for at := range len(labels) - 1 {
		if company, ok := n.companies[strings.Join(labels[at:], ".")]; ok {
			return company
		}
	}
	take := 2
	last, before := labels[len(labels)-1], labels[len(labels)-2]
	if slices.Contains(ofCustomers, before+"."+last) || len(last) == 2 && slices.Contains(ofCountries, before) {
		take = 3
	}
	return strings.Join(labels[max(0, len(labels)-take):], ".")
}

// Domains below which each name belongs to somebody else.
var (
	ofCustomers = []string{"statuspage.io", "status.io", "instatus.com", "betteruptime.com", "freshstatus.io",
		"sorryapp.com", "hund.io", "statuscast.com", "incident.io", "site24x7.com", "statuspal.io", "uptimerobot.com",
		"cachethq.io", "github.io", "herokuapp.com", "pages.dev", "vercel.app", "netlify.app", "azurewebsites.net"}
	ofCountries = []string{"co", "com", "net", "org", "gov", "ac", "edu"}
)
