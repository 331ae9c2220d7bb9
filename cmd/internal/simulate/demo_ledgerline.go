package simulate

import "time"

// ledgerline has the planned work: a maintenance that runs while the story does and one that is
// still to come when it ends. An incident of its own is open at the end.
func (p plot) ledgerline() Vendor {
	const slug = "ledgerline"
	bank := component(slug, "", "Bank feeds")
	invoices := component(slug, "", "Invoices")
	reports := component(slug, "", "Reports")
	start, end := p.at(6.5), p.at(19.5)
	next := p.at(50).AddDate(0, 0, 5).Truncate(time.Hour)
	return Vendor{
		Slug: slug, Name: "Ledgerline", Platform: PlatformStatuspage, Zone: "Europe/Berlin",
		CreatedAt:  p.past(190, 10, 15),
		Components: []Component{bank, invoices, reports},
		Incidents: []Incident{
			{
				Name: "New database servers for reports", ScheduledFor: start.Truncate(time.Minute),
				ScheduledUntil: end.Truncate(time.Minute).Add(10 * time.Minute),
				Updates: []Update{
					{State: "scheduled", At: p.past(3, 9, 30),
						Body: "We are moving reports to new servers. Reports will be slow and at times not there at " +
							"all; everything else stays up.",
						Sets: []Status{{reports.ID, "operational"}}},
					{State: "in_progress", At: start, Body: "The move has begun.",
						Sets: []Status{{reports.ID, "under_maintenance"}}},
					{State: "verifying", At: p.at(15),
						Body: "Reports run on the new servers. We are comparing the results with the old ones."},
					{State: "completed", At: end, Body: "The move is done and the results agree.",
						Sets: []Status{{reports.ID, "operational"}}},
				},
			},
			{
				Name: "Yearly change of certificates", ScheduledFor: next, ScheduledUntil: next.Add(2 * time.Hour),
				Updates: []Update{{State: "scheduled", At: p.at(31),
					Body: "The certificates of our API change. If you pin them, take the new ones from " +
						"https://ledgerline.example/certificates before that day.",
					Sets: []Status{{bank.ID, "operational"}, {invoices.ID, "operational"}}}},
			},
			{
				Name: "Bank feeds from two banks are late", Impact: "minor",
				Renames: []Edit{{At: p.at(40.5), Text: "Bank feeds from four banks are late"}},
				Updates: []Update{
					{State: "investigating", At: p.at(33),
						Body: "Transactions of two banks arrive with a delay of several hours.",
						Sets: []Status{{bank.ID, "degraded_performance"}}},
					{State: "identified", At: p.at(39),
						Body: "The banks' common gateway limits us. We have asked for more."},
					{State: "identified", At: p.at(47), Impact: "major",
						Body: "Two more banks behind that gateway are late. The gateway has promised a higher limit " +
							"for today.",
						Sets: []Status{{bank.ID, "partial_outage"}}},
				},
			},
			closed(invoices, "Invoices without a logo", "none", "operational", p.past(12, 14, 0), 4*time.Hour,
				"Invoices are printed without your logo.", "Images are served from the wrong place.",
				"Logos are back."),
			closed(bank, "Bank feeds stopped overnight", "critical", "major_outage", p.past(96, 1, 20), 5*time.Hour,
				"No bank feed has been updated since midnight.", "A certificate had run out.",
				"All feeds are up to date."),
		},
	}
}
