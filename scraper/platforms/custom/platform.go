package custom

import (
	"bytes"
	"net/url"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// document and second are the kinds of documents, as in normalize.Raw.
const (
	document       = "custom_page"
	secondDocument = "custom_second"
)

// Start requests the documents that are described, beginning with that of the page itself.
func (s *Selectors) Start(from scraper.Source) []scraper.Request {
	if s == nil {
		return []scraper.Request{{URL: from.URL}}
	}
	out := []scraper.Request{{URL: s.address(from.URL)}}
	if s.second != nil {
		out = append(out, scraper.Request{URL: s.second.address(from.URL)})
	}
	return out
}

// address returns where the document of a page is: a path that begins with a slash begins at the root of the server.
func (s *Selectors) address(home string) string {
	u, err := url.Parse(home)
	if s.page.Path == "" || err != nil || u.Host == "" {
		return home
	}
	if strings.HasPrefix(s.page.Path, "/") {
		return page.Site(u) + s.page.Path
	}
	u.RawQuery, u.Fragment = "", ""
	return strings.TrimRight(u.String(), "/") + "/" + s.page.Path
}

// Home returns the address of the page that a document belongs to.
func (s *Selectors) Home(u *url.URL) string {
	if s == nil || s.page.Path == "" || u.Host == "" {
		return strings.TrimSuffix(u.String(), "/")
	}
	if strings.HasPrefix(s.page.Path, "/") {
		return page.Site(u)
	}
	at := u.String()
	for _, doc := range []*Selectors{s, s.second} {
		if doc != nil && doc.page.Path != "" {
			at = strings.TrimSuffix(at, "/"+doc.page.Path)
		}
	}
	return strings.TrimSuffix(at, "/")
}

// Describe implements Describer.
func (s *Selectors) Describe() scraper.Description {
	if s != nil && s.about.Name != "" {
		return s.described()
	}
	return scraper.Description{
		Name: "Any other page",
		Documents: []string{
			"one HTML or JSON page, by CSS selectors or JSON paths of your own: see " +
				"[custom-pages.md](custom-pages.md)",
		},
		History: "none",
		Fields: []string{
			"url", "state", "severity", "started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at",
			"updates", "affected", "components",
		},
		Source:  scraper.FromDocuments,
		Address: "the page or the JSON document itself",
	}
}

// Detect reports whether a page is one of a description in a file, by its marks. A page that a vendor's entry in the
// config describes is nobody else's.
func (s *Selectors) Detect(p page.Page) bool {
	if s == nil || s.about.Name == "" {
		return false
	}
	if s.leads(p) {
		return true
	}
	for _, doc := range []*Selectors{s, s.second} {
		if doc != nil && len(doc.page.Marks) > 0 && marked(doc.page.Marks, p.Body) {
			if _, err := doc.read(scraper.Source{}, p); err == nil {
				return true
			}
		}
	}
	return false
}

// marked reports whether all of the texts are in a body.
func marked(marks []string, body []byte) bool {
	for _, mark := range marks {
		if !bytes.Contains(body, []byte(mark)) {
			return false
		}
	}
	return true
}

// leads reports whether a page is the home page of a product whose document lies elsewhere.
func (s *Selectors) leads(p page.Page) bool {
	body := page.Body(p)
	return len(s.about.Home) > 0 && s.page.Path != "" && page.IsHTML(body) && marked(s.about.Home, body) &&
		!page.BreaksOff(body)
}

// ByMarks reports whether a page of this platform is recognised by its marks alone, in what was asked for already.
func (s *Selectors) ByMarks() bool { return true }

// Parse reads one of the documents. It returns an error that wraps ErrShape if the page lacks its
// anchor or what else it must have, if there is neither a list nor what stands in place of an empty one, and if nothing
// in the list has a title; a page is then another one, or has been changed. So it does without selectors, which is how
// the list of platforms has them: where a page shows what is for its vendor's entry in the config to say.
func (s *Selectors) Parse(from scraper.Source, p page.Page) (scraper.Result, error) {
	if s == nil {
		return scraper.Result{}, page.Errorf(
			"%s, and no selectors that say how to read it: the vendor has no [vendor.page]",
			page.Describe(p),
		)
	}
	if s.leads(p) && page.SiteOf(p.URL) != "" {
		return scraper.Result{
			Document: "home", Part: true, Follow: s.Start(scraper.Source{URL: scraper.HomeOf(s, p.URL)}),
		}, nil
	}
	return s.of(from, p).read(from, p)
}

// of returns the selectors of the document that a page is: the one whose anchor it has or, where it has both or
// neither, the one at whose address it was asked for.
func (s *Selectors) of(from scraper.Source, p page.Page) *Selectors {
	if s.second == nil {
		return s
	}
	_, first := newReading(s, from, p)
	_, second := newReading(s.second, from, p)
	home := from.URL
	if home == "" {
		home = scraper.HomeOf(s, p.URL)
	}
	if second == nil && (first != nil || p.URL != "" && p.URL == s.second.address(home)) {
		return s.second
	}
	return s
}

// read reads one document.
func (s *Selectors) read(from scraper.Source, p page.Page) (scraper.Result, error) {
	r, err := newReading(s, from, p)
	for _, step := range []func(*reading) error{
		(*reading).document, (*reading).incidents, (*reading).components,
		func(r *reading) error { return r.misshapen },
	} {
		if err == nil {
			err = step(r)
		}
	}
	whole := s.page.Format == FormatJSON || !page.BreaksOff(p.Body)
	if err == nil && !whole && len(r.out.Incidents) == 0 && len(r.out.Components) == 0 {
		err = page.Errorf(
			"an HTML page that breaks off before its end, </html>, with no incident up to there",
		)
	}
	switch {
	case err != nil && s.about.Want != "":
		return scraper.Result{}, page.Unexpected(p, s.about.Want)
	case err != nil:
		return scraper.Result{}, err
	}
	complete := s.page.Complete && whole
	r.out.Coverage.Open = complete && r.finders["list"] != nil && !r.lost.incidents
	r.out.Coverage.Components = complete && len(r.out.Components) > 0 && !r.lost.components
	return r.out, nil
}

// kind is that of the document, as in normalize.Raw.
func (s *Selectors) kind() string {
	if s.about.Document != "" {
		return s.about.Document
	}
	return document
}

// readBy tells by which selectors an incident was read, where that is for a config to change.
func (s *Selectors) readBy() string {
	if s.about.builtIn {
		return ""
	}
	return s.id
}

// Words returns those of the page, as its description has them.
func (s *Selectors) Words() normalize.Words {
	if s == nil {
		return normalize.Words{}
	}
	return s.words
}
