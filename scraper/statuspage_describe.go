package scraper

// Describe says what is read of Statuspage.
func (statuspage) Describe() Description {
	return Description{
		Name: "Atlassian Statuspage",
		Documents: []string{
			"summary.json", "status.json", "components.json", "incidents.json", "scheduled-maintenances.json", "incidents/<id>.json",
			"history.json", "home page", "history page", "incident page (HTML and text)", "history.atom", "history.rss",
		},
		History: "all, to the day the page was made",
		Fields:  Fields(),
		Source:  FromBytes,
	}
}
