// Package platforms lists all platforms. Each is a package of its own below this one.
//
// A new platform is one Go file, platforms/<name>/<name>.go, whose type Platform implements scraper.Platform; a line
// in the list below; and cases in scraper/testdata/<name>/<case>/, of which at least one is a page that it must
// refuse. See package page for the kit, and package vultr for an example. One whose documents say plainly where
// everything stands is a file of package described.
package platforms

import (
	"context"
	"maps"

	"vendorwatch/scraper"
	"vendorwatch/scraper/platforms/adobe"
	"vendorwatch/scraper/platforms/apple"
	"vendorwatch/scraper/platforms/aws"
	"vendorwatch/scraper/platforms/azure"
	"vendorwatch/scraper/platforms/betterstack"
	"vendorwatch/scraper/platforms/cachet"
	"vendorwatch/scraper/platforms/checkly"
	"vendorwatch/scraper/platforms/cstate"
	"vendorwatch/scraper/platforms/custom"
	"vendorwatch/scraper/platforms/described"
	"vendorwatch/scraper/platforms/feed"
	"vendorwatch/scraper/platforms/flashduty"
	"vendorwatch/scraper/platforms/gatus"
	"vendorwatch/scraper/platforms/googlecloud"
	"vendorwatch/scraper/platforms/heroku"
	"vendorwatch/scraper/platforms/hund"
	"vendorwatch/scraper/platforms/ibmcloud"
	"vendorwatch/scraper/platforms/incidentio"
	"vendorwatch/scraper/platforms/instatus"
	"vendorwatch/scraper/platforms/kener"
	"vendorwatch/scraper/platforms/openstatus"
	"vendorwatch/scraper/platforms/oraclecloud"
	"vendorwatch/scraper/platforms/pagerduty"
	"vendorwatch/scraper/platforms/pingoru"
	"vendorwatch/scraper/platforms/rootly"
	"vendorwatch/scraper/platforms/salesforce"
	"vendorwatch/scraper/platforms/slack"
	"vendorwatch/scraper/platforms/sorry"
	"vendorwatch/scraper/platforms/statuscast"
	"vendorwatch/scraper/platforms/statusio"
	"vendorwatch/scraper/platforms/statusiq"
	"vendorwatch/scraper/platforms/statuspage"
	"vendorwatch/scraper/platforms/statuspal"
	"vendorwatch/scraper/platforms/upptime"
	"vendorwatch/scraper/platforms/uptimecom"
	"vendorwatch/scraper/platforms/uptimekuma"
	"vendorwatch/scraper/platforms/uptimerobot"
	"vendorwatch/scraper/platforms/vultr"
	"vendorwatch/scraper/platforms/yandexcloud"
	"vendorwatch/scraper/platforms/zendesk"
)

// registry has the platforms by their names in config.toml and in the database.
var registry = described.AddTo(scraper.Registry{
	"adobe":         adobe.Platform{},
	"apple":         apple.Platform{},
	"aws":           aws.Platform{},
	"azure":         azure.Platform{},
	"betterstack":   betterstack.Platform{},
	"cachet":        cachet.Platform{},
	"checkly":       checkly.Platform{},
	"cstate":        cstate.Platform{},
	scraper.Custom:  (*custom.Selectors)(nil),
	scraper.Generic: feed.Platform{},
	"flashduty":     flashduty.Platform{},
	"gatus":         gatus.Platform{},
	"googlecloud":   googlecloud.Platform{},
	"heroku":        heroku.Platform{},
	"hund":          hund.Platform{},
	"ibmcloud":      ibmcloud.Platform{},
	"incidentio":    incidentio.Platform{},
	"instatus":      instatus.Platform{},
	"kener":         kener.Platform{},
	"openstatus":    openstatus.Platform{},
	"oraclecloud":   oraclecloud.Platform{},
	"pagerduty":     pagerduty.Platform{},
	"pingoru":       pingoru.Platform{},
	"rootly":        rootly.Platform{},
	"salesforce":    salesforce.Platform{},
	"slack":         slack.Platform{},
	"sorry":         sorry.Platform{},
	"statuscast":    statuscast.Platform{},
	"statusio":      statusio.Platform{},
	"statusiq":      statusiq.Platform{},
	"statuspage":    statuspage.Platform{},
	"statuspal":     statuspal.Platform{},
	"upptime":       upptime.Platform{},
	"uptimecom":     uptimecom.Platform{},
	"uptimekuma":    uptimekuma.Platform{},
	"uptimerobot":   uptimerobot.Platform{},
	"vultr":         vultr.Platform{},
	"yandexcloud":   yandexcloud.Platform{},
	"zendesk":       zendesk.Platform{},
})

// All returns all platforms by name. The caller may change the map.
func All() scraper.Registry { return maps.Clone(registry) }

// With returns all platforms, and pages that a config describes in files of its own, by name. The caller may change the
// map.
func With(files map[string]*custom.Selectors) scraper.Registry {
	all := All()
	for name, s := range files {
		all[name] = s
	}
	return all
}

// Names returns the names of all platforms in order.
func Names() []string { return registry.Names() }

// Lookup returns the platform of that name. The error names those that exist.
func Lookup(name string) (scraper.Platform, error) { return registry.Lookup(name) }

// Detect returns the name of the platform that recognises the page, "" if none does.
func Detect(p scraper.Page) string { return registry.Detect(p) }

// Find tells which platform made the page at s.URL; see scraper.Registry.Find.
func Find(ctx context.Context, f scraper.Fetcher, s scraper.Source) (scraper.Found, error) {
	return registry.Find(ctx, f, s)
}

// PlatformOf returns the platform that the catalogue names for the page of that address, "" if it names none.
func PlatformOf(page string) string { return registry.PlatformOf(page) }

// Unread returns what serves the page of a vendor if no platform reads it; see scraper.Registry.Unread.
func Unread(e scraper.Entry) string { return registry.Unread(e) }
