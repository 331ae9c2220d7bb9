package pages

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db/board"
)

// listed reads words with commas between them.
func listed(text string) []string {
	var all []string
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		if word != "" && !slices.ContainsFunc(all, func(w string) bool { return strings.EqualFold(w, word) }) {
			all = append(all, word)
		}
	}
	return all
}

// withoutTags is a request that names no tag where several stand side by side, and otherwise the one.
func withoutTags(r *http.Request, tags []string) *http.Request {
	q := r.URL.Query()
	if len(q["tag"]) != 1 { // given twice, it is refused
		return r
	}
	q.Del("tag")
	if len(tags) == 1 {
		q.Set("tag", tags[0])
	}
	one := *r
	one.URL = new(url.URL)
	*one.URL = *r.URL
	one.URL.RawQuery = q.Encode()
	return &one
}

// sideBySide makes a group of each vendor, tag or words of a component where the address names several, and else one
// of all that is chosen. A single vendor has its name above it.
func (p *Pages) sideBySide(r *http.Request, b *trendsBody) ([]board.Scope, error) {
	vendors, tags := listed(strings.ToLower(b.Typed["vendor"])), listed(b.Typed["tag"])
	components := listed(b.Typed["component"])
	several := 0
	for _, list := range [][]string{vendors, tags, components} {
		if len(list) > mostGroups {
			return nil, site.BadRequest(fmt.Sprintf("Of vendors, tags or components, one to %d can stand side by "+
				"side, with commas between them; %d are named.", mostGroups, len(list)))
		}
		if len(list) > 1 {
			several++
		}
	}
	if several > 1 || len(tags) > 1 && len(vendors) > 0 {
		return nil, site.BadRequest("Side by side stand several vendors, or several tags, or several components; " +
			"name several of one of them only.")
	}
	within, err := p.Board.Scope(r.Context(), b.Choice.Choice)
	if err != nil {
		return nil, err
	}
	switch {
	case len(tags) > 1:
		return p.ofTags(r, b, tags)
	case len(vendors) > 0:
		if err := p.known(r, b, vendors, within); err != nil {
			return nil, err
		}
	}
	if len(components) < 2 {
		components = []string{b.Typed["component"]}
	}
	if len(vendors) == 0 {
		vendors = []string{""}
	}
	var scopes []board.Scope
	for _, slug := range vendors {
		scope := within
		if slug != "" {
			if scope, _, err = p.Board.ScopeOf(r.Context(), []string{slug}); err != nil {
				return nil, err
			}
			scope.Service = within.Service
		}
		for _, words := range components {
			g := group{Name: slug, Words: words, Vendors: len(scope.Vendors)}
			if slug != "" {
				g.Link = p.Link("/vendors/", slug)
			}
			if len(components) > 1 {
				g.Name, g.Link = strings.TrimPrefix(slug+": "+words, ": "), ""
			}
			b.Groups, scopes = append(b.Groups, g), append(scopes, scope)
		}
	}
	return scopes, nil
}

// ofTags makes a group of the vendors of each tag.
func (p *Pages) ofTags(r *http.Request, b *trendsBody, tags []string) ([]board.Scope, error) {
	var scopes []board.Scope
	for _, typed := range tags {
		c := b.Choice.Choice
		n := slices.IndexFunc(b.Choice.Tags, func(t string) bool { return strings.EqualFold(t, typed) })
		if n < 0 {
			return nil, unknownWord("tag", typed, b.Choice.Tags)
		}
		c.Tag = b.Choice.Tags[n]
		scope, err := p.Board.Scope(r.Context(), c)
		if err != nil {
			return nil, err
		}
		b.Groups = append(b.Groups, group{Name: c.Tag, Link: p.Link("/?tag=", url.QueryEscape(c.Tag)),
			Words: b.Typed["component"], Vendors: len(scope.Vendors)})
		scopes = append(scopes, scope)
	}
	return scopes, nil
}

// known refuses vendors that are not on record, or are none of those that are chosen.
func (p *Pages) known(r *http.Request, b *trendsBody, vendors []string, within board.Scope) error {
	_, unknown, err := p.Board.ScopeOf(r.Context(), vendors)
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		slugs, err := p.Board.Slugs(r.Context())
		if err != nil {
			return err
		}
		return unknownWord("vendor", unknown[0], slugs)
	}
	for _, slug := range vendors {
		if within.Slugs != nil && !within.Slugs[slug] {
			return site.BadRequest(fmt.Sprintf("%s is none of the vendors with %s.", slug, b.Choice.Text))
		}
	}
	return nil
}
