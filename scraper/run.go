package scraper

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper/page"
)

// refusalHolds is how long a refused document is not asked for again, its fallback being taken at once.
const refusalHolds = 24 * time.Hour

// Document is what is remembered of a URL between two scrapes.
type Document struct {
	URL          string
	ETag         string
	LastModified string
	Hash         string    // SHA-256 of the body, hex; of a Configured platform, ":" and its fingerprint follow
	RefusedAt    time.Time // when it was last refused; zero if it was not
}

// Outcome is what one pass over a source brought.
type Outcome struct {
	Raws       []normalize.Raw
	Components []normalize.RawComponent
	Findings   []normalize.Finding
	Coverage   Coverage
	Documents  []Document // what to remember; only a pass without an error may be remembered
	Unchanged  bool       // everything asked for was as before, nothing was parsed
	Parsed     int        // pages read
	Requests   int        // pages asked for
	Bytes      int64      // of bodies received
	Status     int        // HTTP status of the first answer; 0 if there was none
	NextPage   int        // Backfill: the history page to go on with; -1 when the first day was reached
	PageName   string
	PageURL    string
	Indicator  string
	Headline   string // the page's own sentence for its Indicator
	MovedTo    string // the status page's address where permanent redirects lead to another; "" if they do not
}

// Scrape reads a source: the platform's first requests and whatever they lead to, each with the
// validators of the last pass, so that what is unchanged costs a conditional request and no parsing.
// A document that is refused or is not what it should be gives way to its fallback. In Backfill mode
// one stretch of history is read; Outcome.NextPage says where to go on.
//
// An error tells what could not be read; the Outcome then holds what could. It wraps the *HTTPError,
// ErrShape, ErrBlocked or the context's error that caused it.
func Scrape(ctx context.Context, f Fetcher, p Platform, s Source, docs map[string]Document) (Outcome, error) {
	out, err := scrape(ctx, f, p, s, docs)
	if err == nil || out.Parsed > 0 || ctx.Err() != nil || !refused(err) {
		return out, err
	}
	// Where a refusal was remembered, what was refused then may be what is served now.
	remembered := false
	docs = maps.Clone(docs)
	for url, d := range docs {
		if !d.RefusedAt.IsZero() {
			delete(docs, url)
			remembered = true
		}
	}
	if !remembered {
		return out, err
	}
	again, err := scrape(ctx, f, p, s, docs)
	again.Requests += out.Requests
	again.Bytes += out.Bytes
	return again, err
}

func scrape(ctx context.Context, f Fetcher, p Platform, s Source, docs map[string]Document) (Outcome, error) {
	run := &run{fetcher: f, platform: p, source: s, docs: docs, asked: map[string]bool{}, why: map[string]error{}}
	queue := p.Start(s)
	first := 0
	for _, r := range queue {
		first = max(first, r.NextPage)
	}
	for len(queue) > 0 && ctx.Err() == nil {
		r := queue[0]
		queue = queue[1:]
		if r.NextPage > first {
			run.out.NextPage = r.NextPage
			break
		}
		queue = append(run.step(ctx, r), queue...)
	}
	if err := ctx.Err(); err != nil && (len(queue) > 0 || run.out.Parsed == 0) {
		run.fail(fmt.Errorf("scrape stopped with %d pages left: %w", len(queue), context.Cause(ctx)))
	}
	if run.err == nil && run.out.Parsed > 0 && !run.told {
		run.fail(
			fmt.Errorf(
				"read %s: %w",
				s.URL,
				page.Errorf("a page that leads to no document which says how things stand"),
			),
		)
	}
	if s.Mode == Backfill && run.out.NextPage == 0 && run.err == nil {
		run.out.NextPage = -1
	}
	run.out.Unchanged = run.err == nil && run.out.Parsed == 0
	return run.out, run.err
}

type run struct {
	fetcher  Fetcher
	platform Platform
	source   Source
	docs     map[string]Document
	asked    map[string]bool
	why      map[string]error // by address: why the document that it stands in for was refused
	told     bool             // a document was read, or is as before, that does more than lead to others
	out      Outcome
	err      error
}

func (u *run) fail(err error) {
	if u.err == nil {
		u.err = err
	}
}

// step takes one request and returns those that come of it, to be taken next.
func (u *run) step(ctx context.Context, r Request) []Request {
	if u.asked[r.URL] {
		return nil
	}
	known := u.remembered(r.URL)
	if len(r.Fallback) > 0 && !known.RefusedAt.IsZero() && u.source.Time().Sub(known.RefusedAt) < refusalHolds {
		u.out.Documents = append(u.out.Documents, known)
		return r.Fallback
	}
	u.asked[r.URL] = true
	r.Auth = u.source.Auth
	if u.source.Mode == Poll {
		r.ETag, r.LastModified = known.ETag, known.LastModified
	}
	follow, err := u.read(ctx, r, known)
	if err == nil {
		return follow
	}
	if refused(err) {
		if len(r.Fallback) > 0 {
			u.out.Documents = append(u.out.Documents, Document{URL: r.URL, RefusedAt: u.source.Time()})
			for _, f := range r.Fallback {
				u.why[f.URL] = err
			}
			return r.Fallback
		}
		if r.Optional {
			u.out.Findings = append(
				u.out.Findings,
				normalize.Finding{Field: "page", Value: r.URL, Problem: err.Error()},
			)
			return nil
		}
	}
	if before := u.why[r.URL]; before != nil &&
		!strings.HasSuffix(before.Error(), strings.TrimPrefix(err.Error(), "read "+r.URL)) {
		err = fmt.Errorf("%w; before that, %w", err, before)
	}
	u.fail(err)
	return nil
}

// remembered returns what is known of an address, if it was read in the same way as now: a platform that is told how
// to read may find something else in the same bytes.
func (u *run) remembered(url string) Document {
	d := u.docs[url]
	if _, by, _ := strings.Cut(d.Hash, ":"); by != fingerprint(u.platform) {
		return Document{}
	}
	return d
}

// fingerprint tells what reading with a platform depends on besides the bytes; "" where on nothing.
func fingerprint(p Platform) string {
	if c, ok := p.(Configured); ok {
		return c.Fingerprint()
	}
	return ""
}

// read fetches and parses one page. An unchanged page gives no error and nothing to follow.
func (u *run) read(ctx context.Context, r Request, known Document) ([]Request, error) {
	u.out.Requests++
	page, err := u.fetcher.Fetch(ctx, r)
	if u.out.Status == 0 {
		u.out.Status = statusOf(page, err)
	}
	if err != nil {
		return nil, err
	}
	u.out.Bytes += int64(len(page.Body))
	if page.NotModified {
		u.moved(r, page)
		u.told = true
		u.out.Documents = append(u.out.Documents, known)
		return nil, nil
	}
	sum := sha256.Sum256(page.Body)
	doc := Document{URL: r.URL, ETag: page.ETag, LastModified: page.LastModified, Hash: hex.EncodeToString(sum[:])}
	if by := fingerprint(u.platform); by != "" {
		doc.Hash += ":" + by
	}
	if u.source.Mode == Poll && doc.Hash == known.Hash {
		u.moved(r, page)
		u.told = true
		u.out.Documents = append(u.out.Documents, doc)
		return nil, nil
	}
	if u.source.LoadKnown != nil {
		if u.source.Known, err = u.source.LoadKnown(ctx); err != nil {
			return nil, err
		}
		u.source.LoadKnown = nil
	}
	result, err := u.platform.Parse(u.source, page)
	if err != nil {
		return nil, u.source.Auth.scrubError(fmt.Errorf("read %s: %w", r.URL, err))
	}
	if result, err = u.source.Auth.scrubResult(result); err != nil {
		return nil, fmt.Errorf("read %s: %w", r.URL, err)
	}
	u.out.Parsed++
	u.told = u.told || !result.Part || len(result.Incidents)+len(result.Components) > 0
	u.moved(r, page)
	u.take(result)
	if u.source.Mode == Poll && !ofOneIncident(result.Document) && !result.Part {
		u.out.Documents = append(u.out.Documents, doc)
	}
	return result.Follow, nil
}

// moved notes where the status page is now, if permanent redirects led from one of its documents to that document
// elsewhere. That http became https is no move.
func (u *run) moved(r Request, page Page) {
	rest, within := strings.CutPrefix(r.URL, u.source.URL)
	if page.MovedTo == "" || u.out.MovedTo != "" || !within {
		return
	}
	to, same := strings.CutSuffix(page.MovedTo, rest)
	if !same || rest == "" {
		to = HomeOf(u.platform, page.MovedTo)
	}
	to = strings.TrimRight(to, "/")
	_, was, _ := strings.Cut(strings.TrimRight(u.source.URL, "/"), "://")
	if _, is, absolute := strings.Cut(to, "://"); absolute && is != was {
		u.out.MovedTo = to
	}
}

// ofOneIncident reports whether a document is an incident's own. Such a one is asked for when something new is
// known of its incident, so that remembering it would save nothing.
func ofOneIncident(document string) bool {
	return document == "incident" || document == "incident_page"
}

func (u *run) take(r Result) {
	u.out.Raws = append(u.out.Raws, r.Incidents...)
	u.out.Findings = append(u.out.Findings, r.Findings...)
	switch {
	case len(u.out.Components) == 0:
		u.out.Components = r.Components
	case r.Coverage.Components || r.Part:
		u.out.Components = append(u.out.Components, r.Components...)
	}
	u.out.Coverage.Open = u.out.Coverage.Open || r.Coverage.Open
	u.out.Coverage.Components = u.out.Coverage.Components || r.Coverage.Components
	if u.out.Coverage.Since == "" {
		u.out.Coverage.Since, u.out.Coverage.Until = r.Coverage.Since, r.Coverage.Until
	}
	u.out.PageName = cmp.Or(u.out.PageName, r.PageName)
	u.out.PageURL = cmp.Or(u.out.PageURL, r.PageURL)
	if u.out.Indicator == "" {
		u.out.Indicator, u.out.Headline = r.Indicator, r.Headline
	}
}

// refused reports whether an answer says "not here, not so": asking again at once would not help,
// another document might.
func refused(err error) bool {
	if errors.Is(err, ErrShape) || errors.Is(err, ErrBlocked) {
		return true
	}
	var h *HTTPError
	return errors.As(err, &h) && h.Status >= 400 && h.Status < 500 &&
		h.Status != http.StatusTooManyRequests && h.Status != http.StatusRequestTimeout
}

func statusOf(p Page, err error) int {
	var h *HTTPError
	if errors.As(err, &h) {
		return h.Status
	}
	return p.Status
}
