package scraper

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// hosted are the domains below which each host is the status page of another company. Their providers make them to be
// polled, and serve further companies under names of their own, so that such a host counts by itself.
var hosted = []string{
	"statuspage.io", "instatus.com", "betteruptime.com", "better-uptime.com", "status.io", "hund.io", "status.page",
	"statuspal.io", "statuspal.eu", "statuscast.com", "freshstatus.io", "sorryapp.com", "statusiq.com",
	"site24x7statusiq.com", "checkly-status-page.com", "openstatus.dev",
}

// DelayedWith names what an address shares its delay between requests with: the domain that somebody has registered,
// whichever its hosts and ports ("example.co.uk"), since one operator answers for all of it. What is registered below a
// public suffix counts by itself, also where a company lets others have names ("acme.github.io"), and so does each
// page of a provider of status pages ("acme.statuspage.io"). An IP address, or a name that nobody registers, is a
// server with its port.
func DelayedWith(address *url.URL) string {
	name := strings.ToLower(strings.TrimSuffix(address.Hostname(), "."))
	if privateName(name) {
		return address.Host
	}
	registered, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return address.Host
	}
	if slices.Contains(hosted, registered) {
		return name
	}
	return registered
}
