package words

import (
	"strings"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/upstream"
)

// ByPage says who reports an incident that no vendor posted.
const ByPage = "the status page itself, not a post of the vendor"

// ReportedBy says who reports an incident that no vendor posted; empty if one did.
func ReportedBy(i query.Incident) string {
	switch {
	case i.ByPage():
		return ByPage
	case i.Ours():
		return "our own checks, not the vendor"
	}
	return ""
}

// Touches says which services of ours an incident touches, and which it may; empty if it is known to spare them.
func Touches(i query.Incident) string {
	var parts []string
	if i.Touches != "" {
		parts = append(parts, "touches "+OneLine(i.Touches))
	}
	if i.MayTouch != "" {
		parts = append(parts, "may touch "+OneLine(i.MayTouch)+" (it names no component)")
	}
	return strings.Join(parts, ", ")
}

// Story says which story of several vendors an incident belongs to, and why; empty if it belongs to none.
func Story(i query.Incident) string {
	if i.StoryID == 0 {
		return ""
	}
	return "one story: " + OneLine(i.Story) + "; this one " + StoryEvidence(i.StoryEvidence)
}

// StoryEvidence says why an incident belongs to its story.
func StoryEvidence(evidence string) string {
	switch upstream.Evidence(evidence) {
	case upstream.Cause:
		return "is its own"
	case upstream.Named:
		return "names it"
	case upstream.Unnamed:
		return "blames a provider"
	case upstream.Located:
		return "is in the region"
	case upstream.StandsOn:
		return "stands on it"
	}
	return "opened just then"
}

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
