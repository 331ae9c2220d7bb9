package readings

import (
	"time"

	"vendorwatch/normalize"
)

// OwnWords gives an incident that comes without words those of the schema, so that there is something to read.
func OwnWords(i normalize.Incident) []normalize.Raw {
	word := func(vendors, ours string) string {
		if vendors != "" {
			return vendors
		}
		return ours
	}
	at := func(t time.Time) normalize.RawTime { return normalize.RawTime{Text: normalize.FormatTime(t)} }
	raw := normalize.Raw{
		Document: "incident", ID: i.Key, URL: i.URL, Kind: string(i.Kind), Title: i.Title, Excerpt: i.Excerpt,
		State: word(i.VendorState, string(i.State)), Impact: word(i.VendorSeverity, string(i.Severity)),
		Started: at(i.StartedAt), Resolved: at(i.ResolvedAt), Created: at(i.CreatedAt), Updated: at(i.UpdatedAt),
		ScheduledStart: at(i.ScheduledStartAt), ScheduledEnd: at(i.ScheduledEndAt),
	}
	for _, c := range i.Components {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: c.Key, Name: c.Name, Group: c.Group})
	}
	for _, u := range i.Updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: u.Key, State: word(u.VendorState, string(u.State)), Posted: at(u.PostedAt), Created: at(u.CreatedAt),
			Body: u.Body, Format: normalize.FormatMarkdown,
		})
	}
	return []normalize.Raw{raw}
}
