package mcp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// The sizes of what tools give, in entries and letters.
const (
	maxList       = 50
	maxComponents = 100
	maxPosts      = 100
	maxBody       = 6000  // of one post
	maxBodies     = 40000 // of all posts of a timeline
	maxEdits      = 50
)

// readLimit reads a limit.
func readLimit(limit, otherwise, most int) (int, error) {
	if limit == 0 {
		return otherwise, nil
	}
	if limit < 1 || limit > most {
		return 0, site.BadRequest(fmt.Sprintf("limit=%d is not a number from 1 to %d", limit, most))
	}
	return limit, nil
}

// find returns the vendor of a slug or a name. The error names those that may have been meant.
func (s tools) find(ctx context.Context, name string) (query.VendorState, error) {
	states, err := s.DB.VendorStates(ctx)
	if err != nil {
		return query.VendorState{}, err
	}
	var known []string
	for _, v := range states {
		if v.Slug == strings.ToLower(strings.TrimSpace(name)) {
			return v, nil
		}
		known = append(known, v.Slug, v.Name)
	}
	for _, v := range states {
		if wanted := words.Fold(name); wanted != "" && (words.Fold(v.Name) == wanted || words.Fold(v.Slug) == wanted) {
			return v, nil
		}
	}
	return query.VendorState{}, site.BadRequest(unknownWords("vendor", name, known, "search_vendors lists those there are"))
}

// unknownWords says that there is no such thing, and what may have been meant.
func unknownWords(what, name string, known []string, otherwise string) string {
	text := fmt.Sprintf("there is no %s %q on record", what, words.Short(name, 100))
	if candidates := words.Similar(name, known, 5); len(candidates) > 0 {
		return text + "; near are: " + strings.Join(candidates, ", ")
	}
	return text + "; " + otherwise
}

func (s tools) vendor(v query.VendorState) VendorBrief {
	return VendorBrief{Vendor: v.Slug, Name: v.Name, Owner: v.Owner, State: s.State(v), Readable: s.Readable(v), OpenIncidents: v.Incidents, LastSuccessAt: v.LastSuccessAt}
}

func (s tools) search(ctx context.Context, in SearchIn) (SearchOut, error) {
	out := SearchOut{Vendors: []VendorBrief{}}
	limit, err := readLimit(in.Limit, 20, 100)
	if err != nil {
		return out, err
	}
	states, err := s.DB.VendorStates(ctx)
	if err != nil {
		return out, err
	}
	var known []string
	wanted := words.Fold(in.Query)
	for _, v := range states {
		known = append(known, v.Slug, v.Name)
		if wanted == "" || strings.Contains(words.Fold(v.Slug), wanted) || strings.Contains(words.Fold(v.Name), wanted) || strings.Contains(words.Fold(v.Owner), wanted) {
			out.Vendors = append(out.Vendors, s.vendor(v))
		}
	}
	if len(out.Vendors) == 0 && in.Query != "" {
		return out, site.BadRequest(unknownWords("vendor", in.Query, known, "without a query, all are listed"))
	}
	out.Found = len(out.Vendors)
	trouble := map[string]int{"critical": -7, "major": -6, "unreadable": -5, "unknown": -4, "minor": -3, "quiet": 1, "not_watched": 2}
	if wanted == "" {
		slices.SortStableFunc(out.Vendors, func(a, b VendorBrief) int { return cmp.Compare(trouble[a.State], trouble[b.State]) })
	}
	out.Vendors = out.Vendors[:min(limit, len(out.Vendors))]
	return out, nil
}

func (s tools) state(ctx context.Context, in StateIn) (out StateOut, err error) {
	state, err := s.find(ctx, in.Vendor)
	if err != nil {
		return out, err
	}
	v, err := s.DB.VendorBySlug(ctx, state.Slug)
	if err != nil {
		return out, err
	}
	out = StateOut{VendorBrief: s.vendor(state), RunbookURL: v.RunbookURL, Pages: []Page{}, Components: []Component{}}
	out.Knowledge = s.knowledge(state)
	for _, p := range v.Sources {
		out.Pages = append(out.Pages, Page{p.PageURL, p.Health, p.LastSuccessAt, p.FailingSince, words.Short(p.LastError, 300)})
	}
	if err := s.addComponents(ctx, &out, v.VendorID, in.Component); err != nil {
		return out, err
	}
	open, _, err := s.DB.OpenByKind(ctx, normalize.KindIncident, v.Slug, 10)
	if err != nil {
		return out, err
	}
	work, _, err := s.DB.OpenByKind(ctx, normalize.KindMaintenance, v.Slug, 10)
	out.Incidents, out.Maintenances = s.briefs(open), s.briefs(work)
	return out, err
}

// addComponents adds the components asked for, else those that are not operational.
func (s tools) addComponents(ctx context.Context, out *StateOut, vendor int64, name string) error {
	const read = 5000
	listed, total, err := s.DB.VendorComponents(ctx, vendor, read, 0)
	if err != nil {
		return err
	}
	out.ComponentsListed = total
	var known []string
	for _, c := range listed {
		known = append(known, c.Name, c.GroupName)
		chosen := c.Status != string(normalize.StatusOperational)
		if name != "" {
			chosen = words.Fold(name) != "" && strings.Contains(words.Fold(c.GroupName+c.Name), words.Fold(name))
		}
		if chosen && len(out.Components) < maxComponents {
			out.Components = append(out.Components, Component{words.Short(c.GroupName, 100), words.Short(c.Name, 100), c.Status, words.Short(c.VendorStatus, 100)})
		}
	}
	if name != "" && len(out.Components) == 0 {
		return site.BadRequest(unknownWords("component", name, known, "vendor_state without component lists those that are not operational"))
	}
	return nil
}

// knowledge says how far a vendor's state can be relied on.
func (s tools) knowledge(v query.VendorState) string {
	switch {
	case v.Sources == 0:
		return "No page of this vendor is watched, so how it does is not known."
	case v.NeverRead > 0:
		return fmt.Sprintf("%d of its %s never read so far; there may be incidents that are not known.", v.NeverRead, words.Count(v.Sources, "page")+was(v.Sources))
	case v.Failing > 0:
		return fmt.Sprintf("%d of its %s cannot be read, the longest failing since %s; there may be incidents that are not known.", v.Failing, words.Count(v.Sources, "page"), v.FailingSinceAt)
	case !s.Readable(v):
		return "Its pages were last read at " + v.LastSuccessAt + ", which is longer ago than their schedule has it; what happened since is not known."
	}
	return "Its pages can be read; the oldest reading is of " + v.LastSuccessAt + "."
}

func was(n int) string {
	if n == 1 {
		return " was"
	}
	return " were"
}

func (s tools) open(ctx context.Context, in OpenIn) (out OpenOut, err error) {
	limit, err := readLimit(in.Limit, 20, maxList)
	if err != nil {
		return out, err
	}
	if in.Kind == "" {
		in.Kind = string(normalize.KindIncident)
	}
	if _, err := site.ReadQuery(url.Values{"kind": {in.Kind}, "severity": {in.Severity}}); err != nil {
		return out, err
	}
	slug := ""
	if in.Vendor != "" {
		v, err := s.find(ctx, in.Vendor)
		if err != nil {
			return out, err
		}
		slug = v.Slug
	}
	open, total, err := s.DB.OpenByKind(ctx, normalize.Kind(in.Kind), slug, limit)
	if err != nil {
		return out, err
	}
	if in.Severity != "" {
		// The worst come first, so that none is missed.
		open = slices.DeleteFunc(open, func(i query.Incident) bool {
			return normalize.Severity(i.Severity).Rank() < normalize.Severity(in.Severity).Rank()
		})
	}
	out = OpenOut{Incidents: s.briefs(open), Open: total, Unreadable: []Unreadable{}}
	blind, all, err := s.DB.FailingSources(ctx, 1000)
	if err != nil {
		return out, err
	}
	out.UnreadableCount = all
	if slug != "" {
		blind = slices.DeleteFunc(blind, func(h query.SourceHealth) bool { return h.Vendor != slug })
		out.UnreadableCount = len(blind)
	}
	for _, h := range blind[:min(20, len(blind))] {
		out.Unreadable = append(out.Unreadable, Unreadable{h.Vendor, h.PageURL, h.FailingSince})
	}
	return out, nil
}

func (s tools) history(ctx context.Context, in HistoryIn) (out HistoryOut, err error) {
	limit, err := readLimit(in.Limit, 20, maxList)
	if err != nil {
		return out, err
	}
	var vendor query.VendorState
	if in.Vendor != "" {
		if vendor, err = s.find(ctx, in.Vendor); err != nil {
			return out, err
		}
	}
	q, err := site.ReadQuery(url.Values{"q": {in.Query}, "vendor": {vendor.Slug}, "severity": {in.Severity}, "state": {in.State}, "kind": {in.Kind},
		"component": {in.Component}, "after": {in.After}})
	if err != nil {
		return out, err
	}
	times := site.Params{Values: url.Values{"since": {in.Since}, "until": {in.Until}}}
	if q.Filter.Since, err = times.Moment("since"); err != nil {
		return out, err
	}
	if q.Filter.Until, err = times.Moment("until"); err != nil {
		return out, err
	}
	q.Filter.Limit = limit
	page, err := s.DB.History(ctx, q.Filter)
	if errors.Is(err, db.ErrNotFound) {
		err = site.BadRequest(fmt.Sprintf("after=%q is no next of an answer before", words.Short(in.After, 60)))
	}
	if err != nil {
		return out, err
	}
	out = HistoryOut{Incidents: s.briefs(page.Incidents), Next: page.Next, Cut: page.Cut}
	out.Coverage = "This is what vendorwatch has on record. The record reaches back as far as each page did; vendor_numbers says how far for a vendor."
	if vendor.Slug != "" {
		since, err := s.coveredSince(ctx, vendor.Slug)
		if err != nil {
			return out, err
		}
		out.Coverage = coverageWords(since) + " " + s.knowledge(vendor)
	}
	return out, nil
}

// coveredSince is since when the record is whole for all watched pages of a vendor; empty if that is not known.
func (s tools) coveredSince(ctx context.Context, slug string) (string, error) {
	v, err := s.DB.VendorBySlug(ctx, slug)
	since := ""
	for _, p := range v.Sources {
		if p.Watched == 0 {
			continue
		}
		if p.CoverageStartAt == "" {
			return "", err
		}
		since = max(since, p.CoverageStartAt)
	}
	return since, err
}

func coverageWords(since string) string {
	if since == "" {
		return "How far back the record is whole is not known, so that few incidents prove nothing."
	}
	return "The record is whole from " + since + " on, but for the time in which pages could not be read; of the time before, few incidents prove nothing."
}

func (s tools) numbers(ctx context.Context, in NumbersIn) (out NumbersOut, err error) {
	v, err := s.find(ctx, in.Vendor)
	if err != nil {
		return out, err
	}
	numbers, err := s.Numbers(ctx, v.Slug)
	if err != nil {
		return out, err
	}
	since, err := s.coveredSince(ctx, v.Slug)
	if err != nil {
		return out, err
	}
	out = NumbersOut{Vendor: v.Slug, Name: v.Name, Readable: s.Readable(v), Coverage: coverageWords(since) + " " + s.knowledge(v), Numbers: []Numbers{}}
	for _, n := range numbers {
		with, of, err := s.DB.PostmortemShare(ctx, v.VendorID, normalize.FormatTime(s.Clock().AddDate(0, 0, -n.Days).Truncate(time.Millisecond)))
		if err != nil {
			return out, err
		}
		line := Numbers{Numbers: n, WithPostmortem: with}
		if of > 0 {
			share := float64(with) / float64(of)
			line.PostmortemShare = &share
		}
		out.Numbers = append(out.Numbers, line)
	}
	return out, nil
}
