package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms"
)

// addressesOf returns the addresses that a target may mean, to be tried in order.
func addressesOf(target string, entry scraper.Entry, known bool) ([]string, error) {
	if known {
		return []string{entry.Page}, nil
	}
	text := strings.TrimSpace(target)
	if text, _, _ = strings.Cut(text, "#"); !strings.Contains(text, "://") {
		if !strings.ContainsAny(text, ".:/") {
			words := fmt.Sprintf("the catalogue has no vendor %q; write the address of its status page", target)
			if near := scraper.FindVendors(target); len(near) > 0 {
				words += ", or write " + near[0].Name
			}
			return nil, errors.New(words)
		}
		text = "https://" + text
	}
	address, err := config.PageURL(text)
	if err != nil {
		return nil, usagef("%v", err)
	}
	if strings.Contains(target, "://") {
		return []string{address}, nil
	}
	return []string{address, "http://" + strings.TrimPrefix(address, "https://")}, nil
}

// findPage detects the platform of the first address that can be reached, among all and those that files of the config
// describe.
func (a *app) findPage(ctx context.Context, c *config.Config, f scraper.Fetcher, addresses []string,
	entry scraper.Entry, known bool) (scraper.Found, error) {
	registry := platforms.With(c.Described)
	var first error
	for _, address := range addresses {
		found, err := registry.Find(ctx, f, scraper.Source{Name: "added", URL: address})
		var other *scraper.Unrecognised
		var status *scraper.HTTPError
		switch {
		case err == nil:
			fmt.Fprintf(a.stderr, "%s is made with %s (%s)\n", found.URL, found.Platform,
				words.Count(found.Asked, "request"))
			return found, nil
		case ctx.Err() != nil:
			return found, err
		case known && slices.Contains(platforms.Names(), entry.Platform):
			// The page was not recognised, or did not answer. The catalogue names a platform, so reading it decides.
			return scraper.Found{URL: entry.Page, Platform: entry.Platform}, nil
		case errors.As(err, &other):
			a.offer(other)
			return found, err
		case errors.As(err, &status), errors.Is(err, scraper.ErrBlocked):
			return found, err
		}
		if first == nil {
			first = err
		}
	}
	return scraper.Found{}, first
}

// offer says how a page that no platform reads could be watched nevertheless.
func (a *app) offer(page *scraper.Unrecognised) {
	if len(page.Feeds) > 0 {
		fmt.Fprintln(a.stderr, "The page links to a feed. If it is a feed of incidents, these lines watch it:")
		fmt.Fprintln(a.stderr)
		for _, feed := range page.Feeds {
			fmt.Fprintln(a.stderr, config.VendorTOML(nameOf("", feed, "", scraper.Entry{}), feed, scraper.Generic))
		}
	}
	fmt.Fprintln(a.stderr, `Any page that shows incidents can be read with selectors that you write: platform = `+
		`"custom", see docs/custom-pages.md.`)
}
