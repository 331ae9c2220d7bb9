// Package pages shows what the file knows to people in a browser: pages rendered on the server, which need no script
// to be read.
//
// Vendor text is never HTML of ours: html/template escapes it, Markdown is rendered without raw HTML, and the
// dashboard's Content-Security-Policy lets a page load nothing but our own style sheet and script.
package pages

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db"
)

// Pages renders the pages of a site.
type Pages struct {
	*site.Site
	templates map[string]*template.Template
	assets    map[string]asset
	kept      keeper
}

// New parses the templates.
func New(s *site.Site) *Pages {
	p := &Pages{Site: s, assets: loadAssets()}
	p.templates = p.loadPages()
	return p
}

// The pages.

func (p *Pages) Now(r *http.Request) (site.Document, error)         { return p.html(p.now(r)) }
func (p *Pages) Wall(r *http.Request) (site.Document, error)        { return p.html(p.wall(r)) }
func (p *Pages) Vendors(r *http.Request) (site.Document, error)     { return p.html(p.vendors(r)) }
func (p *Pages) Vendor(r *http.Request) (site.Document, error)      { return p.html(p.vendor(r)) }
func (p *Pages) Services(r *http.Request) (site.Document, error)    { return p.html(p.services(r)) }
func (p *Pages) Service(r *http.Request) (site.Document, error)     { return p.html(p.service(r)) }
func (p *Pages) Incident(r *http.Request) (site.Document, error)    { return p.html(p.incident(r)) }
func (p *Pages) History(r *http.Request) (site.Document, error)     { return p.html(p.history(r)) }
func (p *Pages) Maintenance(r *http.Request) (site.Document, error) { return p.html(p.maintenance(r)) }
func (p *Pages) Health(r *http.Request) (site.Document, error)      { return p.html(p.health(r)) }

// view is a page before it is rendered.
type view struct {
	Template string // name of its file in templates, without the ending
	Title    string // of the window; the name of the program is added
	Nav      string // entry of the navigation that it belongs to
	Static   bool   // it does not ask for news
	Body     any    // what its template is given

	// Filled in by html.
	Now time.Time
}

// html renders a page, unless there is an error instead.
func (p *Pages) html(v view, err error) (site.Document, error) {
	if err != nil {
		return site.Document{}, err
	}
	t := p.templates[v.Template]
	if t == nil {
		return site.Document{}, fmt.Errorf("there is no template %q", v.Template)
	}
	v.Now = p.Clock()
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", v); err != nil {
		return site.Document{}, err
	}
	return site.Document{Media: "text/html; charset=utf-8", Body: bytes.Map(readInOrder, b.Bytes())}, nil
}

// readInOrder drops the marks that change the direction in which the text after them is read, because a vendor's
// marks could affect words other than its own. Letters that are written from right to left do not need them.
func readInOrder(r rune) rune {
	if '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' {
		return -1
	}
	return r
}

// Failure is the page for an error. An error that is not the reader's fault is logged, and not told.
func (p *Pages) Failure(r *http.Request, err error) site.Document {
	type body struct{ Head, Text string }
	v := view{Template: "error", Static: true}
	status := http.StatusInternalServerError
	var bad site.BadRequest
	switch {
	case errors.Is(err, db.ErrNotFound):
		status, v.Title = http.StatusNotFound, "Not found"
		v.Body = body{"There is no such page",
			"Nothing is on record under this address. Perhaps it was cut off, or it is of another file."}
	case errors.As(err, &bad):
		status, v.Title = http.StatusBadRequest, "Not understood"
		v.Body = body{"This was not understood", string(bad)}
	case site.IsTooSlow(r, err):
		p.Log.Warn("page: it took too long", "path", r.URL.Path, "error", err)
		status, v.Title = http.StatusServiceUnavailable, "Too slow"
		v.Body = body{"This page took too long", site.TooSlow + " This does not say whether vendors are well."}
	default:
		p.Log.Error("page", "path", r.URL.Path, "error", err)
		v.Title = "Failed"
		v.Body = body{"This page failed", "The file could not be read. The log of vendorwatch says why; " +
			"this does not say whether vendors are well."}
	}
	d, err := p.html(v, nil)
	if err != nil {
		p.Log.Error("page", "path", r.URL.Path, "error", err)
		d = site.Document{Media: "text/plain; charset=utf-8", Body: []byte("This page failed; the log says why.\n")}
	}
	d.Status = status
	return d
}
