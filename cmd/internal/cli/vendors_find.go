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
			words := fmt.Sprintf("the catalogue has no vendor %q; give the address of its status page", target)
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

// findPage tells what is at the first of the addresses that can be reached.
func (a *app) findPage(ctx context.Context, f scraper.Fetcher, addresses []string, entry scraper.Entry,
	known bool) (scraper.Found, error) {
	var first error
	for _, address := range addresses {
		found, err := platforms.Find(ctx, f, scraper.Source{Name: "added", URL: address})
		var other *scraper.Unrecognised
		var status *scraper.HTTPError
		switch {
		case err == nil:
			fmt.Fprintf(a.stderr, "%s is made with %s (asked %s)\n", found.URL, found.Platform,
				words.Count(found.Asked, "time"))
			return found, nil
		case ctx.Err() != nil:
			return found, err
		case known && slices.Contains(platforms.Names(), entry.Platform):
			// Its shape does not tell, or it is not at home; where the catalogue knows it, reading it decides.
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

// offer says how a page that no platform knows could be watched all the same.
func (a *app) offer(page *scraper.Unrecognised) {
	if len(page.Feeds) > 0 {
		fmt.Fprintln(a.stderr, "The page links to a feed. If that is one of incidents, it can be watched with:")
		fmt.Fprintln(a.stderr)
		for _, feed := range page.Feeds {
			fmt.Fprintln(a.stderr, config.VendorTOML(nameOf("", feed, "", scraper.Entry{}), feed, scraper.Generic))
		}
	}
	fmt.Fprintln(a.stderr, `Any page that shows incidents can be read with selectors of your own: platform = "custom", see docs/custom-pages.md.`)
}
