package page

import (
	"cmp"
	"slices"

	"vendorwatch/normalize"
)

// Listed returns where among incidents that were read one stands which a document shows again; -1 if it shows it for
// the first time. It has the id, and the title or the start: an id alone may be that of two incidents, which
// normalize.Incidents tells apart.
func Listed(read []normalize.Raw, raw normalize.Raw) int {
	return slices.IndexFunc(read, func(r normalize.Raw) bool {
		return raw.ID != "" && r.ID == raw.ID &&
			(r.Title == raw.Title || raw.Title == "" || r.Title == "" || begin(r) == begin(raw))
	})
}

// OtherTitle says that an entry with another title is taken for a post of an incident. key is the incident's.
func OtherTitle(key, title string) normalize.Finding {
	return normalize.Finding{Key: key, Field: "title", Value: title,
		Problem: "an entry of this title has the id and the address of another one, and is taken for its post"}
}

func begin(r normalize.Raw) string {
	return cmp.Or(r.Started.Text, r.ScheduledStart.Text, r.Created.Text)
}
