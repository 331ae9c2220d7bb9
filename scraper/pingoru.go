package scraper

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"vendorwatch/normalize"
)

func init() { Register("pingoru", pingoru{}) }

// The kinds of Pingoru's documents, as in normalize.Raw.
const (
	pingoruPage    = "incident_page" // an incident's page as HTML
	pingoruText    = "incident_text" // the visible text of an incident's page
	pingoruHistory = "outage_history"
)

// pingoru reads the pages of the aggregator Pingoru: an incident's page and a provider's outage
// history, each as HTML or as its visible text. It goes by the labels a reader sees, since class
// names and nesting change with every release of such a site.
type pingoru struct{}

var pingoruIncidentPath = regexp.MustCompile(`^(.*/providers/[^/]+)/incidents/(\d+)/?$`)

// Start asks for the outage history, which lists the newest incidents with their timelines.
func (pingoru) Start(s Source) []Request {
	u := strings.TrimSuffix(s.URL, "/")
	if !strings.HasSuffix(u, "/outage-history") && !pingoruIncidentPath.MatchString(u) {
		u += "/outage-history"
	}
	return []Request{{URL: u}}
}

// Home returns scheme://host/providers/<slug> for any page below a provider.
func (pingoru) Home(u *url.URL) string {
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
func (pingoru) Words() normalize.Words {
	return normalize.Words{States: map[string]normalize.State{
		"ongoing": normalize.StateUpdate, "active": normalize.StateUpdate, "open": normalize.StateUpdate, "unresolved": normalize.StateUpdate,
	}}
}

// Describe says what is read of Pingoru.
func (pingoru) Describe() Description {
	return Description{
		Name:      "Pingoru",
		Documents: []string{"outage history", "incident page", "the visible text of both"},
		History:   "what the outage history lists, with its incidents' pages",
		Fields:    []string{"url", "state", "severity", "started_at", "resolved_at", "updates", "postmortem", "affected"},
		Source:    FromBytes,
		Address:   "https://pingoru.io/providers/<vendor>",
	}
}

// Marks returns texts of which every document of this platform has one.
func (pingoru) Marks() []string { return []string{"Update timeline", "Outage History", "Detected by"} }

// Parse reads an incident's page or an outage history. It returns an error that wraps ErrShape if
// the page carries neither one's labels, and for an outage history that announces outages but shows none.
func (pingoru) Parse(s Source, p Page) (Result, error) {
	body := feedBody(p)
	if len(body) == 0 || body[0] == '{' || bytes.HasPrefix(body, []byte("<?xml")) {
		return Result{}, pingoruShapeError(p)
	}
	page := pingoruReader{url: p.URL, document: pingoruText}
	if looksLikeHTML(body) {
		root, err := html.Parse(bytes.NewReader(body))
		if err != nil {
			return Result{}, shapeErrorf("the HTML cannot be parsed: %v", err)
		}
		page.document = pingoruPage
		page.cut = openEnded(body)
		if c := canonicalURL(root); c != "" {
			page.url = resolveURL(p.URL, c)
		}
		page.view = newHTMLView(root)
		page.lines = page.view.lines
	} else {
		page.lines = textLines(string(body))
	}
	if h, ok := page.historyHead(); ok {
		return page.history(s, h)
	}
	return page.incident(p)
}

// openEnded reports whether an HTML document lacks the end of what it began.
func openEnded(body []byte) bool {
	lower := bytes.ToLower(body)
	return bytes.Contains(lower, []byte("<html")) && !bytes.Contains(lower, []byte("</html"))
}

func pingoruShapeError(p Page) error {
	return notWanted(p, "a Pingoru incident page (with its update timeline) or outage history")
}

// incident reads an incident's page.
func (r pingoruReader) incident(p Page) (Result, error) {
	in := r.readIncident(r.lines)
	if !in.valid() {
		return Result{}, pingoruShapeError(p)
	}
	in.raw.Document = r.document
	in.raw.ID, in.raw.URL = pingoruAddress(r.url)
	if in.raw.URL == "" && strings.Contains(in.source, "/incidents/") {
		in.raw.URL = in.source
	}
	return Result{Document: r.document, Incidents: []normalize.Raw{in.raw}, PageName: in.vendor}, nil
}

// history reads a provider's outage history.
func (r pingoruReader) history(s Source, h pingoruHistoryHead) (Result, error) {
	res := Result{Document: pingoruHistory, PageName: h.vendor, Indicator: h.status}
	if home := (Source{URL: r.url}); home.URL != "" {
		res.PageURL = HomeOf(pingoru{}, home.URL)
	}
	for _, b := range h.blocks {
		in := r.readIncident(r.lines[b.from:b.to])
		in.raw.Document = pingoruHistory
		in.raw.Impact = b.impact
		in.raw.ID, in.raw.URL = pingoruAddress(resolveURL(r.url, r.linkTo(b, pingoruIncidentPath)))
		res.Incidents = append(res.Incidents, in.raw)
		if in.raw.URL != "" && worthReading(s, in) {
			res.Follow = append(res.Follow, Request{URL: in.raw.URL, Optional: true})
		}
	}
	switch {
	case len(res.Incidents) == 0 && h.count > 0:
		return Result{}, shapeErrorf("an outage history that announces %d outages and shows none of them", h.count)
	case len(res.Incidents) == 0 && r.cut:
		return Result{}, shapeErrorf("an outage history that breaks off before its end")
	case len(res.Incidents) >= h.count && !r.cut && !excerpted(res.Incidents):
		// Of a list that is shorter than announced, or cut, nothing can be said of what is not there.
		res.Coverage.Since = h.since
	}
	return res, nil
}

func excerpted(raws []normalize.Raw) bool { return len(raws) > 0 && raws[len(raws)-1].Excerpt }

// worthReading reports whether an incident's own page may tell more than the record holds.
func worthReading(s Source, in pingoruIncident) bool {
	known, ok := s.Known[in.raw.ID]
	return !ok || !known.Over || known.Excerpt || known.Updates < max(in.count, len(in.raw.Updates))
}

// pingoruAddress returns the id and the address of an incident's own page, or nothing if the
// address is another page's.
func pingoruAddress(address string) (id, page string) {
	u, err := url.Parse(address)
	if err != nil {
		return "", ""
	}
	m := pingoruIncidentPath.FindStringSubmatch(u.Path)
	if m == nil {
		return "", ""
	}
	if u.Host == "" {
		return m[2], ""
	}
	own := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(u.Path, "/")}
	return m[2], own.String()
}
