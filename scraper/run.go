package scraper

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper/page"
)

// refusalHolds is how long a refusal is remembered. Until then, the fallback is requested at once.
const refusalHolds = 24 * time.Hour

// followAgain is how long a document that says what it said leads nowhere while nothing is open, though its bytes
// differ. Some pages print the time into each answer.
const followAgain = 5 * time.Minute

// Document is what is remembered of a URL between two scrapes.
type Document struct {
	URL          string
	ETag         string
	LastModified string
	Hash         string    // SHA-256 of the body, hex; of a Configured platform, ":" and its fingerprint follow
	Words        string    // hash of what was read in it
	RefusedAt    time.Time // when it was last refused; zero if it was not
	ReadAt       time.Time // when one of these was different before; filled in by who keeps it
}

// Outcome is what one scrape of a source brought.
type Outcome struct {
	Raws       []normalize.Raw
	Components []normalize.RawComponent
	Findings   []normalize.Finding
	Coverage   Coverage
	Documents  []Document // to be passed to the next scrape, if this one had no error
	Unchanged  bool       // nothing has changed since the last scrape, and nothing was parsed
	SomeSame   bool       // a document has not changed since the last scrape, so that what it says is not here
	Parsed     int        // pages parsed
	Requests   int        // pages requested
	Bytes      int64      // of the bodies received
	Status     int        // HTTP status of the first answer; 0 if there was none
	NextPage   int        // Backfill: the history page to go on with; -1 when the first day was reached
	PageName   string
	PageURL    string
	Indicator  string
	Headline   string // the page's own sentence for its Indicator
	MovedTo    string // the new address of a status page that permanent redirects lead away from; "" if none do
}

// Scrape reads a source: the platform's first requests, and whatever they lead to. Each request carries the
// validators from docs, which has the documents of the last scrape by URL, so that an unchanged page costs a
// conditional request and no parsing. If a document is refused or has the wrong shape, its fallback is requested. In
// Backfill mode, one stretch of history is read, and Outcome.NextPage says where to go on.
//
// If there is an error, the Outcome has what could be read. The error wraps the *HTTPError, ErrShape, ErrBlocked or
// the context's error that caused it.
func Scrape(ctx context.Context, f Fetcher, p Platform, s Source, docs map[string]Document) (Outcome, error) {
	out, err := scrape(ctx, f, p, s, docs)
	if err == nil || out.Parsed > 0 || ctx.Err() != nil || !refused(err) {
		return out, err
	}
	// A document whose refusal was remembered may be served again by now.
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
	queue := together(p.Start(s))
	first := 0
	for _, r := range queue {
		first = max(first, r.NextPage)
	}
	for len(queue) > 0 && ctx.Err() == nil {
		next := queue[0]
		queue = queue[1:]
		if next.NextPage > first {
			run.out.NextPage = next.NextPage
			break
		}
		if s.Mode == Poll && next.Optional && next.with.spent() {
			run.leave(next)
			continue
		}
		queue = append(run.step(ctx, next), queue...)
		next.with.takeTurns(queue, s.Time())
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
	why      map[string]error // by the address of a fallback: why the document before it was refused
	told     bool             // a document with content was read or is unchanged, not only one that leads to others
	out      Outcome
	err      error
}

func (u *run) fail(err error) {
	if u.err == nil {
		u.err = err
	}
}

// step makes one request and returns those that follow from it, which come next.
func (u *run) step(ctx context.Context, next wanted) []wanted {
	r := next.Request
	if u.asked[r.URL] {
		return nil
	}
	known := u.remembered(r.URL)
	if len(r.Fallback) > 0 && !known.RefusedAt.IsZero() && u.source.Time().Sub(known.RefusedAt) < refusalHolds {
		u.out.Documents = append(u.out.Documents, known)
		return next.instead()
	}
	u.asked[r.URL] = true
	r.Auth, r.Page = u.source.Auth, u.source.URL
	if u.source.Mode == Poll {
		r.ETag, r.LastModified = known.ETag, known.LastModified
	}
	follow, err := u.read(ctx, r, known)
	if err == nil {
		next.with.failed = 0
		return together(follow)
	}
	if refused(err) {
		if len(r.Fallback) > 0 {
			u.out.Documents = append(u.out.Documents, Document{URL: r.URL, RefusedAt: u.source.Time()})
			for _, f := range r.Fallback {
				u.why[f.URL] = err
			}
			return next.instead()
		}
		next.with.failed++
		if r.Optional {
			u.out.Findings = append(
				u.out.Findings,
				normalize.Finding{Field: "page", Value: r.URL, Problem: err.Error()},
			)
			return nil
		}
	} else {
		next.with.failed++
	}
	if before := u.why[r.URL]; before != nil &&
		!strings.HasSuffix(before.Error(), strings.TrimPrefix(err.Error(), "read "+r.URL)) {
		err = fmt.Errorf("%w; before that, %w", err, before)
	}
	u.fail(err)
	return nil
}

// remembered returns what the last scrape noted of an address, if the platform's fingerprint is still the same.
func (u *run) remembered(url string) Document {
	d := u.docs[url]
	if _, by, _ := strings.Cut(d.Hash, ":"); by != fingerprint(u.platform, u.source) {
		return Document{}
	}
	return d
}

// fingerprint tells by which settings a page is read: those of a Configured platform, and the source's zone.
func fingerprint(p Platform, s Source) string {
	by := s.TimeZone
	if c, ok := p.(Configured); ok {
		by += c.Fingerprint()
	}
	return by
}

// read fetches and parses one page. For an unchanged page it returns nothing to follow, and no error.
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
	if page.NotModified && r.ETag == "" && r.LastModified == "" {
		return nil, fmt.Errorf("read %s: %w", r.URL, unasked())
	}
	if page.NotModified {
		u.moved(r, page)
		u.told, u.out.SomeSame = true, true
		u.out.Documents = append(u.out.Documents, known)
		return nil, nil
	}
	sum := sha256.Sum256(page.Body)
	doc := Document{URL: r.URL, ETag: page.ETag, LastModified: page.LastModified, Hash: hex.EncodeToString(sum[:])}
	if by := fingerprint(u.platform, u.source); by != "" {
		doc.Hash += ":" + by
	}
	if u.source.Mode == Poll && doc.Hash == known.Hash {
		u.moved(r, page)
		u.told, u.out.SomeSame = true, true
		u.out.Documents = append(u.out.Documents, doc)
		return nil, nil
	}
	if u.source.LoadKnown != nil {
		if u.source.Known, err = u.source.LoadKnown(ctx); err != nil {
			return nil, err
		}
		u.source.LoadKnown = nil
	}
	result, err := Read(u.platform, u.source, page)
	if err != nil {
		return nil, u.source.Auth.scrubError(fmt.Errorf("read %s: %w", r.URL, err))
	}
	if result, err = u.source.Auth.scrubResult(result); err != nil {
		return nil, fmt.Errorf("read %s: %w", r.URL, err)
	}
	lasting := u.source.Mode == Poll && !ofOneIncident(result.Document) && !result.Part
	if lasting {
		if doc.Words, err = wordsOf(result); err != nil {
			return nil, fmt.Errorf("read %s: %w", r.URL, err)
		}
		if u.saysTheSame(doc, known, result) {
			u.moved(r, page)
			u.told, u.out.SomeSame = true, true
			if len(result.Follow) > 0 {
				doc = known // so that the next scrape looks again, and follows in time
			}
			u.out.Documents = append(u.out.Documents, doc)
			return nil, nil
		}
	}
	u.out.Parsed++
	u.told = u.told || !result.Part || len(result.Incidents)+len(result.Components) > 0
	u.moved(r, page)
	u.take(result)
	if lasting {
		u.out.Documents = append(u.out.Documents, doc)
	}
	return result.Follow, nil
}

// saysTheSame reports whether a document says what it said, and leads to nothing that has to be read now.
func (u *run) saysTheSame(doc, known Document, r Result) bool {
	if known.Words != doc.Words {
		return false
	}
	return len(r.Follow) == 0 || u.calm() && u.source.Time().Sub(known.ReadAt) < followAgain
}

// calm reports whether nothing is known to be open.
func (u *run) calm() bool {
	for _, known := range u.source.Known {
		if !known.Over {
			return false
		}
	}
	return true
}

// wordsOf returns a hash of what was read in a document.
func wordsOf(r Result) (string, error) {
	r.Follow = nil // known from the rest, and what it leads to may hold credentials
	b, err := json.Marshal(r)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16]), err
}

// unasked is the error of an answer "not modified" to a request that did not ask for it: nothing was read.
func unasked() error {
	return page.Errorf("304 Not Modified, although the request did not say what is known already")
}

// moved notes the status page's new address, if permanent redirects led from one of its documents to the same document
// elsewhere. A change from http to https is no move.
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

// ofOneIncident reports whether a document is about one incident. It is requested only when there is news of that
// incident, so that remembering it would save nothing.
func ofOneIncident(document string) bool {
	return document == page.DocIncident || document == page.DocIncidentPage
}

func (u *run) take(r Result) {
	u.out.Raws = append(u.out.Raws, r.Incidents...)
	for _, f := range r.Findings {
		if !slices.Contains(u.out.Findings, f) { // what is found of the page may be found in each of its documents
			u.out.Findings = append(u.out.Findings, f)
		}
	}
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

// refused reports whether an answer is final: a repeated request would not help, but another document might.
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
