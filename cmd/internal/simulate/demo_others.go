package simulate

import "time"

// mailferry is seen through an aggregator only.
func (p plot) mailferry() Vendor {
	const slug = "mailferry"
	smtp := component(slug, "", "SMTP relay")
	hooks := component(slug, "", "Event webhooks")
	return Vendor{
		Slug: slug, Name: "Mailferry", Platform: PlatformPingoru, CreatedAt: p.past(180, 0, 0),
		Components: []Component{smtp, hooks},
		Incidents: []Incident{
			{
				Name: "Delayed delivery to two large mailbox providers", Impact: "major",
				Updates: []Update{
					{State: "investigating", At: p.at(16),
						Body: "Messages to two large mailbox providers are waiting in our queues. We are asking why.",
						Sets: []Status{{smtp.ID, "partial_outage"}}},
					{State: "identified", At: p.at(20.5),
						Body: "One of our address ranges was put on a block list by mistake. We have moved the " +
							"traffic to another."},
					{State: "resolved", At: p.at(27), Body: "The range is off the list and the queues are empty.",
						Sets: []Status{{smtp.ID, "operational"}}},
				},
			},
			closed(hooks, "Webhooks sent twice", "minor", "degraded_performance", p.past(20, 16, 40), 75*time.Minute,
				"Some webhooks arrive twice.", "A restart made workers forget what they had sent.",
				"Webhooks arrive once again."),
		},
	}
}

// nimbusRidge is a cloud whose health is an Atom feed of its own making.
func (p plot) nimbusRidge() Vendor {
	const slug = "nimbus-ridge"
	storage := component(slug, "", "Object storage")
	return Vendor{
		Slug: slug, Name: "Nimbus Ridge Cloud", Platform: PlatformFeed, CreatedAt: p.past(60, 0, 0),
		Components: []Component{storage},
		Incidents: []Incident{
			{
				Name: "Object storage in region north-2: elevated error rates",
				Updates: []Update{
					{State: "investigating", At: p.at(10.8),
						Body: "Uploads to object storage in region north-2 fail at a higher rate than usual. Our " +
							"engineers are at work on it."},
					{State: "identified", At: p.at(14.2),
						Body: "A network switch drops packets. It is being taken out of service."},
					{State: "resolved", At: p.at(22.8),
						Body: "The switch has been replaced and error rates are back to normal."},
				},
			},
			{
				Name: "Load balancers in region south-1: connections reset",
				Updates: []Update{
					{State: "investigating", At: p.at(35.5), Body: "New connections are reset in region south-1."},
					{State: "monitoring", At: p.at(37.5),
						Body: "A faulty release was taken back. We keep an eye on it."},
					{State: "resolved", At: p.at(42),
						Body: "There have been no resets since the release was taken back."},
				},
			},
			closed(storage, "Virtual machines in region east-1: slow starts", "", "operational", p.past(15, 5, 10),
				3*time.Hour,
				"New machines take minutes to start.", "The image cache is cold after an update.",
				"Machines start as fast as ever."),
		},
	}
}

// quillpay has a page that is readable at first, with an incident open, and then turns into an
// advertisement for good: from then on nobody can tell how it is doing.
func (p plot) quillpay() Vendor {
	const slug = "quillpay"
	cards := component(slug, "", "Card payments")
	return Vendor{
		Slug: slug, Name: "Quillpay", Platform: PlatformStatuspage, CreatedAt: p.past(130, 7, 45),
		Components: []Component{cards, component(slug, "", "Payouts")},
		Faults:     []Fault{{Kind: FaultMarketing, From: p.at(13.2)}},
		Incidents: []Incident{
			{
				Name: "Card payments declined in two countries", Impact: "major",
				Updates: []Update{
					{State: "investigating", At: p.past(0, 16, 58),
						Body: "Cards from two countries are declined more often than they should be.",
						Sets: []Status{{cards.ID, "partial_outage"}}},
					{State: "identified", At: p.at(9),
						Body: "One of our partner banks does not answer. We are sending its payments another way."},
				},
			},
			closed(cards, "Receipts sent late", "minor", "operational", p.past(33, 12, 25), 40*time.Minute,
				"Receipts are late.", "A mail server is overloaded.", "Receipts go out at once."),
		},
	}
}

// switchyard asks for a login at first; when its page can be read again, an incident has happened
// meanwhile. Later it backfills one, and puts one up by mistake which it takes away again.
func (p plot) switchyard() Vendor {
	const slug = "switchyard"
	rails := component(slug, "", "Message routing")
	console := component(slug, "", "Console")
	return Vendor{
		Slug: slug, Name: "Switchyard", Platform: PlatformStatuspage, CreatedAt: p.past(310, 9, 0),
		Components: []Component{rails, console},
		Faults:     []Fault{{Kind: FaultLogin, Until: p.at(21.5)}},
		Incidents: []Incident{
			{
				Name: "Messages routed out of order", Impact: "major",
				Updates: []Update{
					{State: "investigating", At: p.at(4),
						Body: "Messages may arrive in another order than they were sent in.",
						Sets: []Status{{rails.ID, "partial_outage"}}},
					{State: "identified", At: p.at(17),
						Body: "Two routers disagree about the time. We are setting their clocks."},
					{State: "resolved", At: p.at(29), Body: "The clocks agree and so do the messages.",
						Sets: []Status{{rails.ID, "operational"}}},
				},
			},
			{
				Name: "Console slow for an hour", Impact: "minor", StartedAt: p.past(1, 10, 0),
				Updates: []Update{{State: "resolved", At: p.at(31.8), DisplayAt: p.past(1, 11, 0),
					Body: "The console was slow for an hour while a report was running. We add this entry " +
						"afterwards, for the record.",
					Sets: []Status{{console.ID, "operational"}}}},
			},
			{
				Name: "Trying out our new status page", Impact: "none", RemovedAt: p.at(38.2),
				Updates: []Update{{State: "investigating", At: p.at(36.2),
					Body: "Please pay no attention to this entry.",
					Sets: []Status{{console.ID, "operational"}}}},
			},
			{
				Name: "Console shows yesterday's figures", Impact: "minor",
				Updates: []Update{
					{State: "investigating", At: p.at(45.8), Body: "The figures in the console stop at midnight.",
						Sets: []Status{{console.ID, "degraded_performance"}}},
					{State: "identified", At: p.at(48.5),
						Body: "A nightly job is waiting for another one that never ran. We have started both."},
				},
			},
		},
	}
}
