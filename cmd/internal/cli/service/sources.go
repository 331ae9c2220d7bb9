package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/watch"
	"vendorwatch/db/query"
	"vendorwatch/db/record"
	"vendorwatch/db/record/targets"
)

// ErrUnknown is wrapped by an error about a name that the config file does not have.
var ErrUnknown = errors.New("not in the config file")

// SourceOf is a page of a vendor as the watcher takes it. It has no number yet.
func SourceOf(v config.Vendor, page config.Source) watch.Source {
	return watch.Source{
		Vendor: v.Slug, URL: page.URL, Platform: page.Platform, Schedule: page.Cron, Timeout: page.Timeout.Duration,
		Auth: page.Credentials, Reading: ReadingOf(page),
	}
}

// ReadingOf is what the config says of how a page is read.
func ReadingOf(page config.Source) watch.Reading {
	return watch.Reading{Selectors: page.Selectors, Dialect: page.Dialect, TimeZone: page.TimeZone}
}

// addSources makes the vendors and sources of the config known to the file. The notes say which of them have moved.
func (s *Service) addSources(ctx context.Context) (notes []string, err error) {
	rec := record.New(s.DB)
	var ids []int64
	seen := map[int64]bool{}
	for _, v := range s.Config.Vendors {
		if !v.Enabled {
			continue
		}
		vendor := query.Vendor{Slug: v.Slug, Name: v.Name, Homepage: v.Homepage, Owner: v.Owner,
			RunbookURL: v.RunbookURL}
		vendorID, err := rec.EnsureVendor(ctx, vendor)
		if err == nil {
			err = targets.Set(ctx, s.DB, vendorID, v.SLA.Of)
		}
		if err != nil {
			return nil, err
		}
		for _, page := range v.Sources {
			id, err := rec.EnsureSource(ctx, vendorID, page.URL, page.Platform)
			if err == nil {
				err = rec.SetFilter(ctx, id, v.Filter.Of, s.Watcher.Now())
			}
			if err != nil {
				return nil, err
			}
			if seen[id] {
				notes = append(notes, fmt.Sprintf("vendor %q: another of its sources has moved to %s; remove one of "+
					"the two from the config",
					v.Name, page.URL))
				continue
			}
			note, err := s.moved(ctx, id, v, page)
			if err != nil {
				return nil, err
			}
			if note != "" {
				notes = append(notes, note)
			}
			source := SourceOf(v, page)
			source.ID = id
			s.Sources = append(s.Sources, source)
			seen[id], ids = true, append(ids, id)
		}
	}
	if err := rec.SetWatched(ctx, ids); err != nil {
		return nil, err
	}
	if err := s.addServices(ctx); err != nil {
		return nil, err
	}
	return notes, s.addProbes(ctx)
}

// addServices makes the services of the config known to the file, and the vendors that they need.
func (s *Service) addServices(ctx context.Context) error {
	rec := record.New(s.DB)
	var services []record.Service
	for _, one := range s.Config.Services {
		service := record.Service{Slug: one.Slug, Name: one.Name, Owner: one.Owner, RunbookURL: one.RunbookURL,
			Critical: one.Critical, Target: one.SLA.Of}
		for _, n := range one.Need {
			service.Needs = append(service.Needs, record.Need(n))
		}
		services = append(services, service)
	}
	tags := map[string][]string{}
	// A vendor that is switched off may not be on record so far.
	for _, v := range s.Config.Vendors {
		if v.Enabled && len(v.Tags) > 0 {
			tags[v.Slug] = v.Tags
		}
		if v.Enabled || len(s.Config.Needing(v.Slug)) == 0 {
			continue
		}
		if _, err := rec.EnsureVendor(ctx, query.Vendor{Slug: v.Slug, Name: v.Name, Owner: v.Owner}); err != nil {
			return err
		}
	}
	if err := rec.SetTags(ctx, tags); err != nil {
		return err
	}
	return rec.SetServices(ctx, services)
}

// moved says where a page is now, if the config still names where it was; "" if it has not moved.
func (s *Service) moved(ctx context.Context, id int64, v config.Vendor, page config.Source) (string, error) {
	now, err := query.New(s.DB).Source(ctx, id)
	switch {
	case err != nil:
		return "", err
	case now.PageURL != page.URL:
		return fmt.Sprintf("vendor %q: the page at %s has moved and is read at its new address; write url = %q and "+
			"platform = %q in the config",
			v.Name, page.URL, now.PageURL, now.Platform), nil
	case now.Platform != page.Platform:
		return fmt.Sprintf("vendor %q: the page at %s is made with %s and is read as such; write platform = %q in "+
			"the config",
			v.Name, page.URL, now.Platform, now.Platform), nil
	}
	return "", nil
}

// Pick returns the sources of the vendors with these slugs or names, all sources if there are none. The error wraps
// ErrUnknown if the config file has no such vendor.
func (s *Service) Pick(names []string) ([]watch.Source, error) {
	if len(names) == 0 {
		return s.Sources, nil
	}
	var picked []watch.Source
	for _, name := range names {
		v, err := vendorNamed(s.Config.Vendors, name)
		if err != nil {
			return nil, err
		}
		for _, source := range s.Sources {
			if source.Vendor == v.Slug && !slices.ContainsFunc(picked,
				func(o watch.Source) bool { return o.ID == source.ID }) {
				picked = append(picked, source)
			}
		}
	}
	return picked, nil
}

// vendorNamed returns the vendor with that slug or name, if it is switched on.
func vendorNamed(vendors []config.Vendor, name string) (config.Vendor, error) {
	var slugs []string
	for _, v := range vendors {
		if strings.EqualFold(v.Slug, name) || strings.EqualFold(v.Name, name) {
			if !v.Enabled {
				return v, fmt.Errorf("vendor %q is switched off; set enabled = true in the config file", name)
			}
			return v, nil
		}
		slugs = append(slugs, v.Slug)
	}
	return config.Vendor{}, fmt.Errorf("vendor %q is %w; write one of: %s", name, ErrUnknown, strings.Join(slugs, ", "))
}
