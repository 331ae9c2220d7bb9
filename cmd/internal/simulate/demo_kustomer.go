package simulate

import "time"

// kustomer lives through the incident of 29 August 2025 known as "[PLATFORM] [403 ERROR] [PROD 1 & 2]":
// its title, impact, times of day, components and the postmortem nine days later are the facts; the
// sentences are ours. The day is the story's.
func (p plot) kustomer() Vendor {
	const slug = "kustomer"
	us := component(slug, "Prod1 (US)", "Web Client")
	eu := component(slug, "Prod2 (EU)", "Web Client")
	api := component(slug, "Prod1 (US)", "API")
	email := component(slug, "", "Channel - Email")
	on := func(hour, minute, second int) time.Time {
		return p.day().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
			time.Duration(second)*time.Second)
	}
	return Vendor{
		Slug: slug, Name: "Kustomer", Platform: PlatformStatuspage, Zone: "America/New_York",
		CreatedAt: p.past(400, 14, 20),
		Components: []Component{us, api, component(slug, "Prod1 (US)", "Workflows"), eu,
			component(slug, "Prod2 (EU)", "API"), email},
		Incidents: []Incident{
			{
				Name: "[PLATFORM] [403 ERROR] [PROD 1 & 2]", Impact: "minor",
				Updates: []Update{
					{
						State: "investigating", At: on(17, 46, 31).Add(208 * time.Millisecond),
						Body: "Some people are being turned away with a 403 when they open the platform, in both " +
							"production regions. " +
							"We are looking for the cause.\n\nExpect the next update within 30 minutes.",
						Sets: []Status{{us.ID, "degraded_performance"}, {eu.ID, "degraded_performance"}},
						Edits: []Edit{{At: on(17, 49, 10),
							Text: "Some people are being turned away with a 403 when they open the platform, in both " +
								"production regions. " +
								"Whoever is already logged in can go on working.\n\nWe are looking for the cause. " +
								"Expect the next update within 30 minutes."}},
					},
					{
						State: "resolved", At: on(17, 54, 2).Add(117 * time.Millisecond),
						Body: "We took back a change to our security settings and the 403 answers have stopped in " +
							"both regions. " +
							"Questions? Write to our support team.",
						Sets: []Status{{us.ID, "operational"}, {eu.ID, "operational"}},
					},
					{State: "postmortem", At: on(16, 50, 44).AddDate(0, 0, 9), Body: kustomerPostmortem},
				},
			},
			closed(email, "[EMAIL] Late outbound messages", "minor", "degraded_performance", p.past(41, 13, 39),
				38*time.Minute,
				"Emails leave later than they should.", "A queue had stopped taking work from one of its workers.",
				"The queue is empty again and emails leave at once."),
			closed(api, "[API] Slow searches in Prod 1", "major", "partial_outage", p.past(126, 15, 5), 95*time.Minute,
				"Searches take up to a minute.", "An index is being rebuilt on the wrong machines. We are moving it.",
				"Searches are fast again."),
		},
	}
}

// kustomerPostmortem has the headings of the original, and its habit of bold headings and escaped
// brackets.
const kustomerPostmortem = `# **Summary**

For 26 minutes, a change to a security policy kept people out of the web client: their browsers got a 403 for the ` +
	`files that the page is made of. The API went on working, and so did most sessions that were already open. ` +
	`Taking the change back ended it.

# **Root Cause**

The new policy was stricter than we had meant. It covered files that everybody must be able to read before they log in.

# **Timeline \(Eastern\)**

**1:27 pm** – The new policy goes live.

**1:28 pm** – An alarm reports more 403 answers than usual.

**1:34 pm** – We see that the web client is hit and the API is not.

**1:53 pm** – The policy is taken back and the errors stop.

# **Lessons/Improvements**

* **\[IN-PROGRESS\]** A second pair of eyes for every change that decides who may open the platform.
* **\[IN-PROGRESS\]** A check that opens the login page from outside before such a change goes further than the ` +
	`first region.
`
