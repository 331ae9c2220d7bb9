package statuspage

import (
	"vendorwatch/scraper"
)

// Describe implements scraper.Describer.
func (Platform) Describe() scraper.Description {
	return scraper.Description{
		Name: "Atlassian Statuspage",
		Documents: []string{
			"summary.json", "status.json", "components.json", "incidents.json", "scheduled-maintenances.json",
			"incidents/<id>.json", "history.json", "home page", "history page",
			"incident page (HTML and text)", "history.atom", "history.rss",
		},
		History: "all, back to the day the page was created",
		Fields:  scraper.Fields(),
		Source:  scraper.FromBytes,
	}
}
