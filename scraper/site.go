package scraper

import "net/url"

// siteOf returns scheme and host of a page: the status page's address where one host serves one of them.
func siteOf(page *url.URL) string {
	if page.Host == "" {
		return page.String()
	}
	return page.Scheme + "://" + page.Host
}
