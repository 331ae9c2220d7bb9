// Package azuredevops reads the health of Azure DevOps Services, which its status API tells for each service in each
// geography. It is known from documents alone: https://learn.microsoft.com/rest/api/azure/devops/status and the models
// of Microsoft's clients.
//
// The document lists no incidents. Trouble that it shows is told as the page's own; its posts are in the feed at _rss.
package azuredevops

import (
	"net/url"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// Platform implements scraper.Platform. Its zero value is ready to use.
type Platform struct{}

const (
	document = "health"
	want     = "the health of Azure DevOps (lastUpdated, status with health and message, and services with their " +
		"geographies)"
)

// Start requests the one document.
func (Platform) Start(s scraper.Source) []scraper.Request {
	home := scraper.HomeOf(Platform{}, s.URL)
	return []scraper.Request{{URL: home + "/_apis/status/health?api-version=7.1-preview.1"}}
}

// Home returns scheme and host: one host serves one status page.
func (Platform) Home(u *url.URL) string { return page.Site(u) }

// Words are those for health. What an advisory means for the service is not documented, so that it is neither well nor
// of any severity.
func (Platform) Words() normalize.Words {
	return normalize.Words{
		Severities: map[string]normalize.Severity{
			"healthy": normalize.SeverityNone, "degraded": normalize.SeverityMinor,
			"unhealthy": normalize.SeverityMajor,
			"advisory":  normalize.SeverityUnknown, "unknown": normalize.SeverityUnknown,
		},
		Statuses: map[string]normalize.ComponentStatus{
			"healthy": normalize.StatusOperational, "degraded": normalize.StatusDegraded,
			"unhealthy": normalize.StatusMajor,
			"advisory":  normalize.StatusUnknown, "unknown": normalize.StatusUnknown,
		},
	}
}

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name:      "Azure DevOps",
		Documents: []string{"_apis/status/health"},
		History:   "none: the document lists no incidents, only the health of each service in each geography",
		Fields:    []string{"components"},
		Source:    scraper.FromDocuments,
		Address:   "https://status.dev.azure.com",
	}
}

// Marks returns texts of which every document of this platform has one.
func (Platform) Marks() []string { return []string{`"geographies"`} }

type health struct {
	LastUpdated string `json:"lastUpdated"`
	Status      *struct {
		Health  string  `json:"health"` // healthy, advisory, degraded, unhealthy, unknown
		Message *string `json:"message"`
	} `json:"status"`
	Services []struct {
		ID          string `json:"id"`
		Geographies []struct {
			ID     string `json:"id"`
			Name   string `json:"name"`
			Health string `json:"health"`
		} `json:"geographies"`
	} `json:"services"`
}

// Parse reads the document. It returns an error that wraps ErrShape where the page's health, a service, a geography or
// its health is missing: without them nothing says that all is well.
func (Platform) Parse(_ scraper.Source, p page.Page) (scraper.Result, error) {
	var h health
	if err := page.DecodeJSON(p, &h, want); err != nil {
		return scraper.Result{}, err
	}
	if h.LastUpdated == "" || h.Status == nil || h.Status.Health == "" || h.Status.Message == nil ||
		len(h.Services) == 0 {
		return scraper.Result{}, page.Unexpected(p, want)
	}
	res := scraper.Result{
		Document: document, Indicator: h.Status.Health, Headline: *h.Status.Message,
		Coverage: scraper.Coverage{Components: true},
	}
	for _, s := range h.Services {
		if s.ID == "" || len(s.Geographies) == 0 {
			return scraper.Result{}, page.Unexpected(p, want)
		}
		for _, g := range s.Geographies {
			if g.ID == "" || g.Name == "" || g.Health == "" {
				return scraper.Result{}, page.Unexpected(p, want)
			}
			res.Components = append(res.Components, normalize.RawComponent{
				ID: s.ID + "/" + g.ID, Name: g.Name, Group: s.ID, Status: g.Health,
			})
		}
	}
	return res, nil
}
