package cli_test

import (
	"slices"
	"time"

	"vendorwatch/cmd/internal/simulate"
)

// storySlugs are the vendors of the story: a page on Statuspage, one that refuses its API, one of an
// aggregator, and a feed.
var storySlugs = []string{"kustomer", "parcelwise", "ledgerline", "quillpay"}

// storyLength is when the last of it has happened.
const storyLength = 95 * time.Minute

// storyBegin lets the story begin three hours ago, so that the whole of it lies in the past of the clock
// on the wall, and in the last day.
func storyBegin() time.Time { return time.Now().UTC().Truncate(time.Minute).Add(-3 * time.Hour) }

// story is what its vendors publish, in minutes after the beginning.
func story(begin time.Time, slugs ...string) []simulate.Vendor {
	at := func(minutes float64) time.Time { return begin.Add(time.Duration(minutes * float64(time.Minute))) }
	day := func(days int) float64 { return float64(days * 24 * 60) }
	all := []simulate.Vendor{kustomer(at, day), parcelwise(at, day), ledgerline(at, day), quillpay(at, day)}
	if len(slugs) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(v simulate.Vendor) bool { return !slices.Contains(slugs, v.Slug) })
}

// ended is an incident of the past, an hour long.
func ended(name, component string, from float64, at func(float64) time.Time) simulate.Incident {
	return simulate.Incident{Name: name, Impact: "minor", Updates: []simulate.Update{
		{State: "investigating", At: at(from), Body: "We are looking into it.",
			Sets: []simulate.Status{{Component: component, Status: "degraded_performance"}}},
		{State: "resolved", At: at(from + 60), Body: "It is over.",
			Sets: []simulate.Status{{Component: component, Status: "operational"}}},
	}}
}

func kustomer(at func(float64) time.Time, day func(int) float64) simulate.Vendor {
	set := func(component, status string) []simulate.Status {
		return []simulate.Status{{Component: component, Status: status}}
	}
	return simulate.Vendor{
		Slug: "kustomer", Name: "Kustomer", Platform: simulate.PlatformStatuspage, Zone: "America/New_York",
		CreatedAt: at(-day(400)),
		Components: []simulate.Component{
			{ID: "us", Name: "Web Client", Group: "Prod1 (US)"}, {ID: "eu", Name: "Web Client", Group: "Prod2 (EU)"},
			{ID: "api", Name: "API"},
		},
		Incidents: []simulate.Incident{
			ended("Emails are late", "api", -day(3), at),
			ended("Exports stand still", "api", -day(110), at),
			ended("Imports stand still", "api", -day(210), at),
			ended("Reports are empty", "api", -day(330), at),
			{Name: "Searches are slow", Impact: "minor", Updates: []simulate.Update{
				{State: "investigating", At: at(-60), Body: "Searches take a minute.",
					Sets: set("api", "degraded_performance")},
				{State: "identified", At: at(20), Body: "An index is broken."},
				{State: "resolved", At: at(70), Body: "The index is whole again.", Sets: set("api", "operational")},
			}},
			{Name: "Logins fail with a 403", Impact: "minor",
				Updates: []simulate.Update{
					{State: "investigating", At: at(10), Body: "Some logins end with a 403.",
						Sets: set("us", "partial_outage"),
						Edits: []simulate.Edit{{At: at(20),
							Text: "Some logins end with a 403. Whoever is in stays in."}}},
					{State: "identified", At: at(30), Impact: "major", Body: "It was a **security policy**.",
						Sets: set("eu", "partial_outage")},
					{State: "resolved", At: at(50), Body: "The policy is taken back.",
						Sets: []simulate.Status{{Component: "us", Status: "operational"},
							{Component: "eu", Status: "operational"}}},
					{State: "postmortem", At: at(90),
						Body: "# Summary\n\nFor 40 minutes a policy was too strict.\n\n* Test policies first."},
				},
				Renames: []simulate.Edit{{At: at(60), Text: "Logins failed with a 403"}}},
			{Name: "Database upgrade", ScheduledFor: at(40), ScheduledUntil: at(60), Updates: []simulate.Update{
				{State: "scheduled", At: at(15), Body: "We upgrade a database."},
				{State: "in_progress", At: at(40), Body: "It has begun.", Sets: set("eu", "under_maintenance")},
				{State: "completed", At: at(60), Body: "It is done.", Sets: set("eu", "operational")},
			}},
			{Name: "A false alarm", Impact: "none", RemovedAt: at(55), Updates: []simulate.Update{
				{State: "investigating", At: at(35), Body: "Something looks odd."},
			}},
		},
	}
}

func parcelwise(at func(float64) time.Time, day func(int) float64) simulate.Vendor {
	set := func(status string) []simulate.Status { return []simulate.Status{{Component: "labels", Status: status}} }
	return simulate.Vendor{
		Slug: "parcelwise", Name: "Parcelwise", Platform: simulate.PlatformStatuspage, Zone: "Europe/London",
		CreatedAt: at(-day(100)),
		Components: []simulate.Component{{ID: "labels", Name: "Labels", Group: "Shipping"},
			{ID: "tracking", Name: "Tracking", Group: "Shipping"}},
		Faults: []simulate.Fault{{Kind: simulate.FaultAPIRefused}},
		Incidents: []simulate.Incident{
			ended("Tracking stands still", "tracking", -day(4), at),
			{Name: "Labels fail to print", Impact: "minor", Updates: []simulate.Update{
				{State: "investigating", At: at(10), Body: "One label in twenty is empty.",
					Sets: set("degraded_performance")},
				{State: "identified", At: at(25), Impact: "critical", Body: "No label is printed.",
					Sets: set("major_outage")},
				{State: "monitoring", At: at(45), Body: "Labels are printed again.", Sets: set("degraded_performance")},
				{State: "resolved", At: at(65), Body: "All labels are printed.", Sets: set("operational")},
				{State: "postmortem", At: at(85), Body: "A disk was full."},
			}},
		},
	}
}

func ledgerline(at func(float64) time.Time, day func(int) float64) simulate.Vendor {
	return simulate.Vendor{
		Slug: "ledgerline", Name: "Ledgerline", Platform: simulate.PlatformPingoru, CreatedAt: at(-day(100)),
		Components: []simulate.Component{{ID: "books", Name: "Books"}},
		Incidents: []simulate.Incident{
			ended("Books do not open", "books", -day(5), at),
			{Name: "Balances are wrong", Impact: "major", Updates: []simulate.Update{
				{State: "investigating", At: at(20), Body: "Some balances are wrong.",
					Sets: []simulate.Status{{Component: "books", Status: "partial_outage"}}},
				{State: "identified", At: at(40), Body: "A job ran twice.",
					Edits: []simulate.Edit{{At: at(45), Text: "A job ran three times."}}},
				{State: "resolved", At: at(60), Body: "All balances are right.",
					Sets: []simulate.Status{{Component: "books", Status: "operational"}}},
			}},
		},
	}
}

func quillpay(at func(float64) time.Time, day func(int) float64) simulate.Vendor {
	return simulate.Vendor{
		Slug: "quillpay", Name: "Quillpay", Platform: simulate.PlatformFeed, CreatedAt: at(-day(100)),
		Components: []simulate.Component{{ID: "cards", Name: "Cards"}},
		Incidents: []simulate.Incident{
			ended("Cards are refused", "cards", -day(6), at),
			{Name: "Payouts are late", Impact: "minor", Updates: []simulate.Update{
				{State: "investigating", At: at(5), Body: "Payouts wait."},
				{State: "resolved", At: at(55), Body: "Payouts are through."},
			}},
		},
	}
}
