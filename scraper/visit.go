package scraper

import (
	"context"
	"net/http"
)

// visit is one fetch with its redirects. It is passed in the context, since colly's clones share one transport.
type visit struct {
	auth *Auth
	from string // address requested
	page string // address of the page that it is read for
	// moved is where permanent redirects have led so far. It is settled by the first answer of another kind.
	moved   string
	settled bool
	// contentType is that of the last answer. Colly is not shown it: it would convert a body to UTF-8 before anybody
	// has looked whether it is packed, or has a byte order mark that says otherwise.
	contentType string
	redirects   []string // the addresses that it was redirected to
}

type visitKey struct{}

func withVisit(ctx context.Context, v *visit) context.Context {
	return context.WithValue(ctx, visitKey{}, v)
}

// visitor sends requests with the credentials of their visit. They are added here, below the client that follows
// redirects, so that the client cannot carry them to another server or repeat them in a Referer header or an error.
type visitor struct{ next http.RoundTripper }

// RoundTrip sends one request.
func (t visitor) RoundTrip(r *http.Request) (*http.Response, error) {
	v, _ := r.Context().Value(visitKey{}).(*visit)
	if v == nil {
		resp, err := t.next.RoundTrip(r)
		if err == nil {
			err = leavePacked(resp)
		}
		return resp, err
	}
	send := r
	if v.auth.covers(r.URL) {
		send = v.auth.sign(r)
	}
	resp, err := t.next.RoundTrip(send)
	if err != nil {
		return nil, v.auth.scrubError(err)
	}
	if err := leavePacked(resp); err != nil {
		resp.Body.Close()
		return nil, err
	}
	resp.Request = r
	if location := resp.Header.Get("Location"); location != "" {
		resp.Header.Set("Location", v.auth.scrub(location))
	}
	v.contentType = resp.Header.Get("Content-Type")
	resp.Header.Del("Content-Type")
	v.follow(r, resp)
	return resp, nil
}

// follow notes where redirects lead, and how far permanent ones do before any other answer.
func (v *visit) follow(r *http.Request, resp *http.Response) {
	if to, err := resp.Location(); err == nil && resp.StatusCode/100 == 3 {
		v.redirects = append(v.redirects, v.auth.scrub(to.String()))
	}
	permanent := resp.StatusCode == http.StatusMovedPermanently || resp.StatusCode == http.StatusPermanentRedirect
	if v.settled || !permanent {
		v.settled = true
		return
	}
	if to, err := resp.Location(); err == nil {
		v.moved = to.String()
	}
}
