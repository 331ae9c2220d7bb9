package site

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
)

// The number of rows on one page of a listing.
const (
	DefaultLimit = 100
	MaxLimit     = 500
)

// Params are the parameters of a request, all of them known: a misspelt one, if it were ignored, would get an
// answer to another question.
type Params struct{ url.Values }

// ReadParams reads the parameters of a request. The error is a BadRequest that names the parameter that is not
// known or is given twice.
func ReadParams(r *http.Request, known ...string) (Params, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return Params{}, BadRequest("The part of the address after ? cannot be read.")
	}
	for name, all := range values {
		if !slices.Contains(known, name) {
			if len(known) == 0 {
				return Params{}, badRequest("There is no parameter %q; this path takes none.", name)
			}
			return Params{}, badRequest("There is no parameter %q; there are: %s.", name, strings.Join(known, ", "))
		}
		if len(all) > 1 {
			return Params{}, badRequest("The parameter %s is given twice.", name)
		}
	}
	return Params{values}, nil
}

func badRequest(format string, args ...any) BadRequest {
	return BadRequest(fmt.Sprintf(format, args...))
}

// Number reads a whole number from least to most; absent stands for a parameter that is not given.
func (p Params) Number(name string, absent, least, most int64) (int64, error) {
	text := p.Get(name)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, badRequest("%s=%q is not a number from %d to %d.", name, text, least, most)
	}
	return n, nil
}

// Limit reads the size of a page of a listing.
func (p Params) Limit() (int, error) {
	n, err := p.Number("limit", DefaultLimit, 1, MaxLimit)
	return int(n), err
}

// Moment reads a time, or a day that stands for its beginning in UTC; the zero time if there is none.
func (p Params) Moment(name string) (time.Time, error) {
	text := p.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, badRequest(
		"%s=%q is not a time; write one like 2026-11-23T10:02:05Z, or a day like 2026-11-23.", name, text)
}

// OneOf reads one of several words; "" if none is given.
func (p Params) OneOf(name string, known []string) (string, error) {
	word := p.Get(name)
	if word != "" && !slices.Contains(known, word) {
		hint := ""
		if near := words.Nearest(word, known); near != "" {
			hint = " Did you mean " + near + "?"
		}
		return "", badRequest("%s=%q is not known; write one of: %s.%s", name, word, strings.Join(known, ", "), hint)
	}
	return word, nil
}

// After reads the number of the last row of the page before, and the size of the page.
func (p Params) After() (after int64, limit int, err error) {
	if after, err = p.Number("after", 0, 0, 1<<62); err != nil {
		return 0, 0, err
	}
	limit, err = p.Limit()
	return after, limit, err
}

// Next is the parameter after of the page that follows; empty on the last page.
func Next[T any](rows []T, limit int, id func(T) int64) string {
	if len(rows) < limit {
		return ""
	}
	return strconv.FormatInt(id(rows[len(rows)-1]), 10)
}

// Service reads the slug of a service of ours; "" stands for all incidents. A slug that is not on record is a
// BadRequest.
func (s *Site) Service(r *http.Request, p Params) (string, error) {
	slug := strings.ToLower(strings.TrimSpace(p.Get("service")))
	if slug == "" {
		return "", nil
	}
	known, err := s.DB.HasService(r.Context(), slug)
	if err == nil && !known {
		err = badRequest("service=%q is none of ours; %s lists the slugs of those that there are.",
			slug, s.Link("/api/v1/services"))
	}
	return slug, err
}

// Vendor reads the slug of a vendor; "" stands for all vendors. A slug that is not on record is a BadRequest: an
// empty list for a misspelt name would look like a vendor without incidents.
func (s *Site) Vendor(r *http.Request, p Params) (string, error) {
	slug := strings.ToLower(strings.TrimSpace(p.Get("vendor")))
	if slug == "" {
		return "", nil
	}
	known, err := s.DB.HasVendor(r.Context(), slug)
	if err == nil && !known {
		err = badRequest("vendor=%q is not on record; %s lists the slugs of those that are.",
			slug, s.Link("/api/v1/vendors"))
	}
	return slug, err
}
