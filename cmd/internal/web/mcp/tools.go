package mcp

import (
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

// The most that tools return, in entries and bytes.
const (
	maxList       = 50
	maxComponents = 100
	maxPosts      = 100
	maxBody       = 6000  // of one post
	maxBodies     = 40000 // of all posts of a timeline
	maxEdits      = 50
)

// readLimit reads a limit; absent stands for one that is not given.
func readLimit(limit, absent, most int) (int, error) {
	if limit == 0 {
		return absent, nil
	}
	if limit < 1 || limit > most {
		return 0, site.BadRequest(fmt.Sprintf("limit=%d is not a number from 1 to %d", limit, most))
	}
	return limit, nil
}

// find returns the vendor with a slug or a name. The error suggests those that may have been meant.
func (s tools) find(ctx context.Context, name string) (query.Status, error) {
	exact, err := s.Status(ctx, strings.ToLower(strings.TrimSpace(name)))
	if err == nil || !errors.Is(err, db.ErrNotFound) {
		return exact, err
	}
	states, err := s.Statuses(ctx)
	if err != nil {
		return query.Status{}, err
	}
	var known []string
	for _, v := range states {
		known = append(known, v.Vendor, v.VendorName)
	}
	for _, v := range states {
		if wanted := words.Fold(name); wanted != "" && (words.Fold(v.VendorName) == wanted ||
			words.Fold(v.Vendor) == wanted) {
			return v, nil
		}
	}
	return query.Status{}, unknown("vendor", name, known, "search_vendors lists all vendors")
}

// unknown says that there is no such thing, and suggests what may have been meant, or else what to do.
func unknown(what, name string, known []string, otherwise string) error {
	text := fmt.Sprintf("there is no %s %q on record", what, words.Short(name, 100))
	if candidates := words.Similar(name, known, 5); len(candidates) > 0 {
		otherwise = "did you mean: " + strings.Join(candidates, ", ")
	}
	return site.BadRequest(text + "; " + otherwise)
}

func (s tools) vendor(v query.Status) VendorBrief {
	return VendorBrief{Vendor: v.Vendor, Name: v.VendorName, Owner: v.Owner, Status: string(v.Status),
		Because: string(v.Because), SinceAt: v.SinceAt, ReadableAt: v.ReadableAt, Readable: v.Readable(),
		Severity: string(v.Severity), IncidentID: v.IncidentID, OpenIncidents: v.OpenIncidents}
}

func (s tools) search(ctx context.Context, in SearchIn) (SearchOut, error) {
	out := SearchOut{Vendors: []VendorBrief{}}
	limit, err := readLimit(in.Limit, 20, 100)
	if err != nil {
		return out, err
	}
	if in.Query == "" { // what needs a look comes first
		at, err := s.Present(ctx)
		if err != nil {
			return out, err
		}
		states, err := s.WorstFirst(ctx, at, limit)
		for _, v := range states {
			out.Vendors = append(out.Vendors, s.vendor(v))
		}
		out.Found = at.Vendors
		return out, err
	}
	states, err := s.Statuses(ctx)
	if err != nil {
		return out, err
	}
	var known []string
	wanted := words.Fold(in.Query)
	for _, v := range states {
		known = append(known, v.Vendor, v.VendorName)
		found := func(text string) bool { return strings.Contains(words.Fold(text), wanted) }
		if found(v.Vendor) || found(v.VendorName) || found(v.Owner) {
			out.Vendors = append(out.Vendors, s.vendor(v))
		}
	}
	if len(out.Vendors) == 0 {
		return out, unknown("vendor", in.Query, known, "without a query, all are listed")
	}
	out.Found = len(out.Vendors)
	out.Vendors = out.Vendors[:min(limit, len(out.Vendors))]
	return out, nil
}

func (s tools) state(ctx context.Context, in StateIn) (out StateOut, err error) {
	state, err := s.find(ctx, in.Vendor)
	if err != nil {
		return out, err
	}
	v, err := s.DB.VendorBySlug(ctx, state.Vendor, s.Clock())
	if err != nil {
		return out, err
	}
	out = StateOut{VendorBrief: s.vendor(state), RunbookURL: v.RunbookURL, Pages: []Page{}, Components: []Component{}}
	out.Knowledge = words.StatusSentence(state)
	for _, p := range v.Sources {
		out.Pages = append(out.Pages,
			Page{p.PageURL, p.Health, p.LastSuccessAt, p.FailingSince, words.Short(p.LastError, 300)})
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
	const most = 5000
	listed, total, err := s.DB.VendorComponents(ctx, s.Clock(), vendor, most, 0)
	if err != nil {
		return err
	}
	out.ComponentsListed = total
	var known []string
	for _, c := range listed {
		known = append(known, c.Name, c.GroupName)
		chosen := c.Shown() != string(normalize.StatusOperational)
		if name != "" {
			chosen = words.Fold(name) != "" && strings.Contains(words.Fold(c.GroupName+c.Name), words.Fold(name))
		}
		if chosen && len(out.Components) < maxComponents {
			out.Components = append(out.Components, Component{GroupName: words.Short(c.GroupName, 100),
				Name: words.Short(c.Name, 100), Status: c.Status, LastStatus: c.LastStatus,
				VendorStatus: words.Short(c.VendorStatus, 100)})
		}
	}
	if name != "" && len(out.Components) == 0 {
		return unknown("component", name, known, "without component, those that are not operational are listed")
	}
	return nil
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
		slug = v.Vendor
	}
	open, total, err := s.DB.OpenByKind(ctx, normalize.Kind(in.Kind), slug, limit)
	if err != nil {
		return out, err
	}
	if in.Severity != "" {
		// The worst come first, so that the limit has cut off none of these.
		open = slices.DeleteFunc(open, func(i query.Incident) bool {
			return normalize.Severity(i.Severity).Rank() < normalize.Severity(in.Severity).Rank()
		})
	}
	out = OpenOut{Incidents: s.briefs(open), Open: total, NotWell: []VendorBrief{}, Unreadable: []Unreadable{}}
	if err := s.addNotWell(ctx, &out, slug); err != nil {
		return out, err
	}
	blind, all, err := s.DB.FailingSources(ctx, s.Clock(), 1000)
	if err != nil {
		return out, err
	}
	out.UnreadableCount = all
	if slug != "" {
		blind = slices.DeleteFunc(blind, func(h query.SourceHealth) bool { return h.Vendor != slug })
		out.UnreadableCount = len(blind)
	}
	for _, h := range blind[:min(20, len(blind))] {
		out.Unreadable = append(out.Unreadable, Unreadable{h.Vendor, h.PageURL, h.LastSuccessAt, h.FailingSince})
	}
	return out, nil
}

// addNotWell adds the vendors that are not known to be well, of all that are watched or of one.
func (s tools) addNotWell(ctx context.Context, out *OpenOut, slug string) error {
	var unwell []query.Status
	if slug != "" {
		v, err := s.Status(ctx, slug)
		if err != nil {
			return err
		}
		if v.Well() {
			out.VendorsWell = 1
		} else {
			unwell = append(unwell, v)
		}
	} else {
		at, err := s.Present(ctx)
		if err != nil {
			return err
		}
		unwell, out.VendorsWell = at.Unwell, at.Watched-len(at.Unwell)
		slices.SortStableFunc(unwell, func(a, b query.Status) int { return site.Rank(b) - site.Rank(a) })
	}
	out.NotWellCount = len(unwell)
	for _, v := range unwell[:min(maxList, len(unwell))] {
		out.NotWell = append(out.NotWell, s.vendor(v))
	}
	return nil
}

func (s tools) history(ctx context.Context, in HistoryIn) (out HistoryOut, err error) {
	limit, err := readLimit(in.Limit, 20, maxList)
	if err != nil {
		return out, err
	}
	var vendor query.Status
	if in.Vendor != "" {
		if vendor, err = s.find(ctx, in.Vendor); err != nil {
			return out, err
		}
	}
	q, err := site.ReadQuery(url.Values{"q": {in.Query}, "vendor": {vendor.Vendor}, "severity": {in.Severity},
		"state": {in.State}, "kind": {in.Kind}, "component": {in.Component}, "after": {in.After}})
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
		err = site.BadRequest(fmt.Sprintf("after=%q is not the next of an earlier answer", words.Short(in.After, 60)))
	}
	if err != nil {
		return out, err
	}
	out = HistoryOut{Incidents: s.briefs(page.Incidents), Next: page.Next, Cut: page.Cut}
	out.Coverage = "This is what vendorwatch has on record. The record reaches back as far as each page did; " +
		"vendor_numbers says how far for a vendor."
	if vendor.Vendor != "" {
		since, err := s.coveredSince(ctx, vendor.Vendor)
		if err != nil {
			return out, err
		}
		out.Coverage = coverageWords(since) + " " + words.StatusSentence(vendor)
	}
	return out, nil
}

// coveredSince is the time from which on the record is complete for all watched pages of a vendor; empty if that is
// not known.
func (s tools) coveredSince(ctx context.Context, slug string) (string, error) {
	v, err := s.DB.VendorBySlug(ctx, slug, s.Clock())
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
		return "How far back the record is complete is not known, so few incidents prove nothing."
	}
	return "The record is complete from " + since +
		" on, except while pages could not be read; few incidents before " +
		"that prove nothing."
}

func (s tools) numbers(ctx context.Context, in NumbersIn) (out NumbersOut, err error) {
	v, err := s.find(ctx, in.Vendor)
	if err != nil {
		return out, err
	}
	numbers, err := s.Numbers(ctx, v.Vendor)
	if err != nil {
		return out, err
	}
	since, err := s.coveredSince(ctx, v.Vendor)
	if err != nil {
		return out, err
	}
	out = NumbersOut{Vendor: v.Vendor, Name: v.VendorName, Readable: v.Readable(), Numbers: []Numbers{},
		Coverage: coverageWords(since) + " " + words.StatusSentence(v)}
	for _, n := range numbers {
		from := s.Clock().AddDate(0, 0, -n.Days).Truncate(time.Millisecond)
		with, of, err := s.DB.PostmortemShare(ctx, v.VendorID, normalize.FormatTime(from))
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
	stats, err := s.DB.Stats(ctx, v.Vendor, s.Clock())
	out.Uptime, out.SLA, out.Honesty = stats.Uptime, stats.SLA, stats.Honesty
	return out, err
}
