// Package pingoru reads the pages of the aggregator Pingoru: an incident's page and a provider's outage
// history, each as HTML or as its visible text. It goes by the labels a reader sees, since class
// names and nesting change with every release of such a site.
package pingoru

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// The kinds of Pingoru's documents, for normalize.Raw.
const (
	docPage = "incident_page" // an incident's page as HTML
	text    = "incident_text" // the visible text of an incident's page
	history = "outage_history"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

var incidentPath = lazyregexp.New(`^(.*/providers/[^/]+)/incidents/(\d+)/?$`)

// Start requests the outage history, which lists the newest incidents with their timelines.
func (Platform) Start(s scraper.Source) []scraper.Request {
	u := strings.TrimSuffix(s.URL, "/")
	if !strings.HasSuffix(u, "/outage-history") && !incidentPath.MatchString(u) {
		u += "/outage-history"
	}
	return []scraper.Request{{URL: u}}
}

// Home returns scheme://host/providers/<slug> for any page below a provider.
func (Platform) Home(u *url.URL) string {
	home := &url.URL{Scheme: u.Scheme, Host: u.Host}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	for i, part := range parts {
		if part == "providers" && i+1 < len(parts) {
			return home.JoinPath(parts[:i+2]...).String()
		}
	}
	return strings.TrimSuffix(home.JoinPath(u.Path).String(), "/")
}

// Words are the badges that say no more than that an incident is not over: its timeline tells the state.
func (Platform) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"ongoing":    normalize.StateUpdate,
		"active":     normalize.StateUpdate,
		"open":       normalize.StateUpdate,
		"unresolved": normalize.StateUpdate,
	}}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Pingoru",
		Documents: []string{"outage history", "incident page", "the visible text of both"},
		History:   "what the outage history lists, with the page of each incident",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "updates", "postmortem", "affected",
		},
		Source:  scraper.FromBytes,
		Address: "https://pingoru.io/providers/<vendor>",
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{"Update timeline", "Outage History", "Detected by"} }

// Parse reads an incident's page or an outage history. It returns an error that wraps ErrShape if
// the page carries neither one's labels, and for an outage history that announces outages but shows none.
func (Platform) Parse(s scraper.Source, p page.Page) (scraper.Result, error) {
	body := page.Body(p)
	if len(body) == 0 || body[0] == '{' || bytes.HasPrefix(body, []byte("<?xml")) {
		return scraper.Result{}, shapeError(p)
	}
	doc := reader{url: p.URL, document: text}
	if page.IsHTML(body) {
		root, err := html.Parse(bytes.NewReader(body))
		if err != nil {
			return scraper.Result{}, page.Errorf("the HTML cannot be parsed: %v", err)
		}
		doc.document = docPage
		doc.cut = page.BreaksOff(body)
		if c := canonicalURL(root); c != "" {
			doc.url = page.Resolve(p.URL, c)
		}
		doc.view = newHTMLView(root)
		doc.lines = doc.view.lines
	} else {
		doc.lines = textLines(string(body))
	}
	if h, ok := doc.historyHead(); ok {
		return doc.history(s, h)
	}
	return doc.incident(p)
}

func shapeError(p page.Page) error {
	return page.Unexpected(p, "a Pingoru incident page (with its update timeline) or outage history")
}

// incident reads an incident's page.
func (r reader) incident(p page.Page) (scraper.Result, error) {
	in := r.readIncident(r.lines)
	if !in.valid() {
		return scraper.Result{}, shapeError(p)
	}
	in.raw.Document = r.document
	in.raw.ID, in.raw.URL = address(r.url)
	if in.raw.URL == "" && strings.Contains(in.source, "/incidents/") {
		in.raw.URL = in.source
	}
	return scraper.Result{Document: r.document, Incidents: []normalize.Raw{in.raw}, PageName: in.vendor}, nil
}

// history reads a provider's outage history.
func (r reader) history(s scraper.Source, h historyHead) (scraper.Result, error) {
	res := scraper.Result{Document: history, PageName: h.vendor, Indicator: h.status}
	if home := (scraper.Source{URL: r.url}); home.URL != "" {
		res.PageURL = scraper.HomeOf(Platform{}, home.URL)
	}
	for _, b := range h.blocks {
		in := r.readIncident(r.lines[b.from:b.to])
		in.raw.Document = history
		in.raw.Impact = b.impact
		in.raw.ID, in.raw.URL = address(page.Resolve(r.url, r.linkTo(b, incidentPath)))
		res.Incidents = append(res.Incidents, in.raw)
		if in.raw.URL != "" && worthReading(s, in) {
			res.Follow = append(res.Follow, scraper.Request{URL: in.raw.URL, Optional: true})
		}
	}
	r.linkedOnly(s, &res)
	switch {
	case len(res.Incidents) == 0 && h.count > 0:
		return scraper.Result{}, page.Errorf(
			"an outage history that announces %d outages and shows none of them",
			h.count,
		)
	case len(res.Incidents) == 0 && r.cut:
		return scraper.Result{}, page.Errorf("an outage history that breaks off before its end")
	case len(res.Incidents) >= h.count && !r.cut && !excerpted(res.Incidents):
		// Of a list that is shorter than announced, or cut, nothing can be said of what is not there.
		res.Coverage.Since = h.since
	}
	return res, nil
}

// linkedOnly follows the links to incidents of which the history cannot be read: their own pages tell them.
func (r reader) linkedOnly(s scraper.Source, res *scraper.Result) {
	if r.view == nil {
		return
	}
	for _, l := range r.view.links {
		id, own := address(page.Resolve(r.url, l.href))
		if id == "" || slices.ContainsFunc(res.Incidents, func(i normalize.Raw) bool { return i.ID == id }) ||
			slices.ContainsFunc(res.Findings, func(f normalize.Finding) bool { return f.Key == id }) {
			continue
		}
		res.Findings = append(res.Findings, normalize.Finding{Key: id, Field: "page", Value: l.href,
			Problem: "the outage history links to this incident, and what it says of it cannot be read"})
		if own != "" && worthReading(s, incident{raw: normalize.Raw{ID: id}}) {
			res.Follow = append(res.Follow, scraper.Request{URL: own, Optional: true})
		}
	}
}

func excerpted(raws []normalize.Raw) bool { return len(raws) > 0 && raws[len(raws)-1].Excerpt }

// worthReading reports whether an incident's own page may tell more than the database has.
func worthReading(s scraper.Source, in incident) bool {
	known, ok := s.Known[in.raw.ID]
	return !ok || !known.Over || known.Excerpt || known.Updates < max(in.count, len(in.raw.Updates))
}

// address returns the id and the address of an incident's own page, or nothing if the
// address is another page's.
func address(address string) (id, page string) {
	u, err := url.Parse(address)
	if err != nil {
		return "", ""
	}
	m := incidentPath.FindStringSubmatch(u.Path)
	if m == nil {
		return "", ""
	}
	if u.Host == "" {
		return m[2], ""
	}
	own := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(u.Path, "/")}
	return m[2], own.String()
}
