package words

import (
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// ByPage says who reports an incident that no vendor posted.
const ByPage = "the status page itself, not a post of the vendor"

// Lasted writes how long an incident lasted, or why no length can be given.
func Lasted(i query.Incident) string {
	switch {
	case i.DurationSeconds != nil:
		return Seconds(*i.DurationSeconds)
	case normalize.State(i.State).Over(), i.EndUnknown():
		return "not known"
	case i.LeftFeedAt != "":
		return "left the page"
	case i.Kind == string(normalize.KindMaintenance) && i.State == string(normalize.StateScheduled):
		return "planned"
	}
	return "ongoing"
}
