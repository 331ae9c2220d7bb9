package simulate

import "time"

// parcelwise refuses its API to robots, so that its pages have to be read. Its incident grows from
// minor to major to critical before it ends.
func (p plot) parcelwise() Vendor {
	const slug = "parcelwise"
	labels := component(slug, "Shipping", "Label printing")
	tracking := component(slug, "Shipping", "Tracking")
	checkout := component(slug, "", "Checkout widget")
	return Vendor{
		Slug: slug, Name: "Parcelwise", Platform: PlatformStatuspage, Zone: "Europe/London",
		CreatedAt:  p.past(250, 9, 0),
		Components: []Component{labels, tracking, checkout},
		Faults:     []Fault{{Kind: FaultAPIRefused}},
		Incidents: []Incident{
			{
				Name: "Labels fail to print", Impact: "minor",
				Updates: []Update{
					{State: "investigating", At: p.at(5),
						Body: "About one label in twenty comes out empty. We are looking into it.",
						Sets: []Status{{labels.ID, "degraded_performance"}}},
					{State: "investigating", At: p.at(8), Impact: "major",
						Body: "It is now half of all labels, and tracking pages are slow to load.",
						Sets: []Status{{labels.ID, "partial_outage"}, {tracking.ID, "degraded_performance"}}},
					{State: "identified", At: p.at(12.5), Impact: "critical",
						Body: "No labels are printed at all.\n\nThe disk of our document store is full. We are " +
							"moving it to a larger one; see https://parcelwise.example/printing for a way to print " +
							"by hand.",
						Sets: []Status{{labels.ID, "major_outage"}, {tracking.ID, "partial_outage"}}},
					{State: "monitoring", At: p.at(18),
						Body: "The store has been moved and labels are printing. We are watching the backlog.",
						Sets: []Status{{labels.ID, "degraded_performance"}, {tracking.ID, "operational"}}},
					{State: "resolved", At: p.at(24), Body: "The backlog is printed. Everything works as it should.",
						Sets: []Status{{labels.ID, "operational"}}},
				},
			},
			closed(checkout, "Checkout widget shows no delivery dates", "minor", "degraded_performance",
				p.past(6, 8, 12), 50*time.Minute,
				"The widget shows prices without dates.",
				"One carrier's calendar cannot be reached. We have asked them.",
				"The carrier is back and so are the dates."),
			closed(tracking, "Tracking stuck for parcels from the north hub", "major", "partial_outage",
				p.past(70, 11, 30), 130*time.Minute,
				"Parcels from the north hub seem to stand still.",
				"The hub's scanners send nothing. The hub is restarting them.",
				"The scanners are back and the missing scans have been added."),
		},
	}
}
