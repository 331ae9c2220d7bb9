package statuspage

import (
	"fmt"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// indicator is the state of a vendor, as a word for Statuspage's indicator and as a sentence.
type indicator struct {
	word        string // none, maintenance, minor, unknown, major, critical
	description string
	blind       bool // a page of the vendor cannot be read
}

const (
	indicatorMaintenance = "maintenance" // Statuspage's indicator while work is under way
	indicatorUnknown     = "unknown"     // not one of Statuspage's words
)

// indicatorOrder has the words from the best to the worst. Not to know is worse than minor trouble, as in
// normalize.Severity.Rank.
var indicatorOrder = []string{"none", indicatorMaintenance, "minor", indicatorUnknown, "major", "critical"}

func worse(a, b string) string {
	if slices.Index(indicatorOrder, b) > slices.Index(indicatorOrder, a) {
		return b
	}
	return a
}

// descriptions are Statuspage's sentences for the indicator; the one for unknown is ours.
var descriptions = map[string]string{
	"none":               "All Systems Operational",
	indicatorMaintenance: "Service Under Maintenance",
	"minor":              "Minor Service Outage",
	indicatorUnknown:     "Trouble of unknown severity",
	"major":              "Partial System Outage",
	"critical":           "Major Service Outage",
}

// indicatorWords are the indicators that component statuses amount to.
var indicatorWords = map[normalize.ComponentStatus]string{
	normalize.StatusOperational: "none",
	normalize.StatusMaintenance: indicatorMaintenance,
	normalize.StatusDegraded:    "minor",
	normalize.StatusUnknown:     indicatorUnknown,
	normalize.StatusPartial:     "major",
	normalize.StatusMajor:       "critical",
}

// componentStatus is the component status that amounts to the indicator.
func (v indicator) componentStatus() string {
	for status, word := range indicatorWords {
		if word == v.word {
			return string(status)
		}
	}
	return string(normalize.StatusUnknown)
}

// indicatorOf is the worst of what is known about a vendor: its open incidents, its components, the indicators of its
// pages, and that a page cannot be read, which counts as unknown.
func indicatorOf(s *site.Site, v query.VendorState, raised []string) indicator {
	if v.Sources == 0 {
		return indicator{word: indicatorUnknown, blind: true,
			description: "Not watched: the configuration lists no status page of this vendor"}
	}
	word := "none"
	if v.WorstSeverity != "" {
		word = worse(word, v.WorstSeverity)
	}
	if v.WorstStatus != "" {
		word = worse(word, indicatorWords[normalize.ComponentStatus(v.WorstStatus)])
	}
	if v.Maintenances > 0 {
		word = worse(word, indicatorMaintenance)
	}
	for _, theirs := range raised {
		known := normalize.Word(theirs)
		if !slices.Contains(indicatorOrder, known) {
			known = indicatorUnknown
		}
		word = worse(word, known)
	}
	if s.Readable(v) {
		return indicator{word: word, description: descriptions[word]}
	}
	trouble := word
	word = worse(word, indicatorUnknown)
	why := "Status page has never been read"
	switch {
	case v.FailingSinceAt != "":
		why = "Status page has been unreadable since " + v.FailingSinceAt
	case v.LastSuccessAt != "" && v.NeverRead == 0:
		why = "Status page was last read at " + v.LastSuccessAt
	}
	if trouble != "none" {
		why = descriptions[trouble] + " when it was last read; " + strings.ToLower(why[:1]) + why[1:]
	}
	return indicator{word: word, description: why, blind: true}
}

// indicatorOfAll is the worst of all vendors, and how many of them have trouble.
func indicatorOfAll(all []indicator) indicator {
	if len(all) == 0 {
		return indicator{word: indicatorUnknown, description: "No vendor is watched", blind: true}
	}
	out := indicator{word: "none"}
	trouble, blind := 0, 0
	for _, v := range all {
		out.word = worse(out.word, v.word)
		switch {
		case v.blind:
			blind++
		case v.word != "none":
			trouble++
		}
	}
	if out.word == "none" {
		out.description = descriptions["none"]
		return out
	}
	var parts []string
	if trouble > 0 {
		parts = append(parts, fmt.Sprintf("%d with trouble or under maintenance", trouble))
	}
	if blind > 0 {
		parts = append(parts, fmt.Sprintf("%d cannot be read", blind))
	}
	out.description = fmt.Sprintf("Of %d vendors: %s", len(all), strings.Join(parts, ", "))
	return out
}
