package vendorlist

import (
	"fmt"
	"net/url"
	"strings"

	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

// Results of looking for a wish.
const (
	Found    = "found"     // the catalogue has it
	Address  = "address"   // an address that the catalogue does not have: the page itself has to be asked
	Doubtful = "doubtful"  // it may be what is meant; somebody has to decide
	NotFound = "not found" // neither the name nor an address is known
)

// Match is what the catalogue has for a wish.
type Match struct {
	Wish
	Result string        `json:"result"`
	Why    string        `json:"why,omitempty"` // of what is not simply found: what to do
	Entry  scraper.Entry `json:"-"`             // of what was found, or may be meant
}

var (
	hostForm   = lazyregexp.New(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(:\d+)?$`)
	statusHost = lazyregexp.New(`(?i)status|health|trust`)
)

func isName(text string) bool {
	_, known := scraper.LookupVendor(text)
	return known
}

// Find looks for wishes in the catalogue. The same page is found once. It asks nothing of the network.
func Find(wishes []Wish) []Match {
	domains := map[string]scraper.Entry{}
	for _, e := range scraper.Catalogue() {
		for _, d := range e.Domains {
			domains[d] = e
		}
	}
	var all []Match
	seen := map[string]bool{}
	for _, w := range wishes {
		m := find(w, domains)
		key := strings.ToLower(m.Given())
		if m.Result == Found {
			key = m.Entry.Page
		}
		if !seen[key] {
			all = append(all, m)
		}
		seen[key] = true
	}
	return all
}

func find(w Wish, domains map[string]scraper.Entry) Match {
	byPage, page := lookupPage(w.URL)
	byName, named := scraper.LookupVendor(w.Name)
	byDomain, owner := byHost(w.URL, domains)
	switch {
	case page:
		return found(w, byPage)
	case named && (w.URL == "" || owner && byDomain.Name == byName.Name || !statusHost.MatchString(w.URL)):
		return found(w, byName)
	case named:
		return Match{w, Doubtful, fmt.Sprintf("the catalogue has another page of %s, %s; add the address that you mean",
			byName.Name, byName.Page), byName}
	case owner && statusHost.MatchString(w.URL):
		return Match{w, Address, "", scraper.Entry{}}
	case owner:
		return Match{w, Doubtful, fmt.Sprintf("the address belongs to %s; add %q if its status page is meant",
			byDomain.Name, byDomain.Name), byDomain}
	case w.URL != "":
		return Match{w, Address, "", scraper.Entry{}}
	}
	return near(w)
}

// found is a match with an entry, doubtful where no platform reads its page.
func found(w Wish, e scraper.Entry) Match {
	if made := platforms.Unread(e); made != "" {
		return Match{w, Doubtful, fmt.Sprintf("there is no reader for %s, which is made with %s; describe it with "+
			`platform = "custom", or watch its feed`, e.Page, made), e}
	}
	return Match{w, Found, "", e}
}

// near says what a name may mean that the catalogue does not have.
func near(w Wish) Match {
	var names []string
	for _, e := range scraper.FindVendors(w.Name) {
		names = append(names, e.Name)
	}
	first, _, several := strings.Cut(w.Name, " ")
	if e, known := scraper.LookupVendor(first); len(names) == 0 && several && known {
		names = append(names, e.Name)
	}
	if len(names) == 0 {
		return Match{w, NotFound, "the catalogue has no such vendor; add the address of its status page",
			scraper.Entry{}}
	}
	e, _ := scraper.LookupVendor(names[0])
	return Match{w, Doubtful, "did you mean " + strings.Join(names[:min(3, len(names))], " or ") + "?", e}
}

// lookupPage finds the vendor whose status page an address, or one below it, is.
func lookupPage(address string) (scraper.Entry, bool) {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return scraper.Entry{}, false
	}
	if u.Host == "" {
		if u, err = url.Parse("https://" + address); err != nil {
			return scraper.Entry{}, false
		}
	}
	host := "https://" + strings.ToLower(u.Host)
	if e, ok := scraper.LookupPage(host + strings.TrimRight(u.Path, "/")); ok {
		return e, true
	}
	return scraper.LookupPage(host)
}

// byHost finds the vendor to whose product an address belongs.
func byHost(address string, domains map[string]scraper.Entry) (scraper.Entry, bool) {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, _, _ := strings.Cut(address, "/")
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	labels := strings.Split(host, ".")
	for n := range max(0, len(labels)-1) {
		if e, ok := domains[strings.Join(labels[n:], ".")]; ok {
			return e, true
		}
	}
	return scraper.Entry{}, false
}
