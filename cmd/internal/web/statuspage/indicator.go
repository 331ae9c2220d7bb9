package statuspage

import (
	"fmt"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/words"
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

// descriptions are Statuspage's sentences for the indicator. It has none for unknown.
var descriptions = map[string]string{
	"none":               "All Systems Operational",
	indicatorMaintenance: "Service Under Maintenance",
	"minor":              "Minor Service Outage",
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

// indicatorOf is the status of a vendor in Statuspage's words.
func indicatorOf(v query.Status) indicator {
	is := indicator{word: indicatorWords[v.Status], blind: !v.Readable()}
	switch {
	case !v.Watched():
		is.description = "Not watched: the configuration lists no status page of this vendor"
	case v.Trouble() && is.word == indicatorUnknown:
		is.description = "Trouble of unknown severity"
	case v.Trouble():
		is.description = descriptions[is.word]
	case v.Because == query.BecauseNeverRead:
		is.description = "Status page has never been read"
	case is.blind:
		is.description = "Status page was last read at " + v.ReadableAt
		switch v.Severity {
		case "":
		case normalize.SeverityUnknown:
			is.description = "There was trouble of unknown severity when it was last read; s" + is.description[1:]
		default:
			is.description = "There was " + string(v.Severity) + " trouble when it was last read; s" +
				is.description[1:]
		}
	case is.word == indicatorUnknown:
		is.description = words.StatusSentence(v)
	default:
		is.description = descriptions[is.word]
	}
	return is
}

// indicatorOfAll is the worst of so many vendors, of which those that are not well are given, and how many of them have
// trouble.
func indicatorOfAll(unwell []indicator, vendors int) indicator {
	if vendors == 0 {
		return indicator{word: indicatorUnknown, description: "No vendor is watched", blind: true}
	}
	out := indicator{word: "none"}
	trouble, blind := 0, 0
	for _, v := range unwell {
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
	out.description = fmt.Sprintf("Of %d vendors: %s", vendors, strings.Join(parts, ", "))
	return out
}
