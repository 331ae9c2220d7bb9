// Package pagestate says how bad a status page itself is, by its own word and its components, whatever its vendor
// posts. It is pure: no network, no file, no clock.
package pagestate

import (
	"slices"
	"strings"

	"vendorwatch/normalize"
)

// Because is what of a page gave its severity; empty where nothing did.
type Because string

// What gives a page its severity.
const (
	ByPage      Because = "page"      // its own word for its state
	ByComponent Because = "component" // the statuses of its components
)

// words are page-level words that are no impact and no status of a component, as normalize.Word writes them.
var words = map[string]normalize.Severity{
	"up": normalize.SeverityNone, "ok": normalize.SeverityNone, "good": normalize.SeverityNone,
	"available": normalize.SeverityNone, "all_good": normalize.SeverityNone,
	"all_systems_operational": normalize.SeverityNone,

	"partially_degraded_service": normalize.SeverityMinor, "minor_service_outage": normalize.SeverityMinor,
	"degraded_service": normalize.SeverityMinor,

	"partial_system_outage": normalize.SeverityMajor, "major_service_outage": normalize.SeverityMajor,
	"downtime": normalize.SeverityMajor, "down": normalize.SeverityMajor, "outage": normalize.SeverityMajor,
	"onepartialoutage": normalize.SeverityMajor, "somepartialoutage": normalize.SeverityMajor,
	"onemajoroutage": normalize.SeverityMajor, "somemajoroutage": normalize.SeverityMajor,
	"allpartialoutage": normalize.SeverityMajor,

	"onedegradedperformance": normalize.SeverityMinor, "somedegradedperformance": normalize.SeverityMinor,
	"alldegradedperformance": normalize.SeverityMinor, "oneminoroutage": normalize.SeverityMinor,
	"someminoroutage": normalize.SeverityMinor, "allminoroutage": normalize.SeverityMinor,

	"major_system_outage": normalize.SeverityCritical, "allmajoroutage": normalize.SeverityCritical,
}

// ofStatus is how bad a page is whose word is the status of a component.
var ofStatus = map[normalize.ComponentStatus]normalize.Severity{
	normalize.StatusOperational: normalize.SeverityNone, normalize.StatusMaintenance: normalize.SeverityNone,
	normalize.StatusDegraded: normalize.SeverityMinor, normalize.StatusPartial: normalize.SeverityMajor,
	normalize.StatusMajor: normalize.SeverityMajor,
}

// Severity says how bad a page is. Its own word counts where it says that something is wrong; one that nobody knows
// is of unknown severity, unless the components show that it is worse than that. Where the word says that all is well,
// or speaks of planned work, and a component is red all the same, it is minor. A page without a word is as bad as its
// components: critical if all that have a status are in major outage, major if some are in an outage, minor if some
// are degraded. Planned work is not red.
//
// whole says that components are all that the page has. A part of them shows that something is red, and never that
// nothing is. The severity is empty where the page says nothing of its state, or nothing that can be understood.
func Severity(indicator string, components []normalize.Component, whole bool, own normalize.Words) (normalize.Severity,
	Because) {
	said := ofWord(indicator, own)
	shown := ofComponents(components, whole, own)
	switch {
	case said == normalize.SeverityUnknown && shown.Rank() > said.Rank():
		return shown, ByComponent
	case said != "" && said != normalize.SeverityNone:
		return said, ByPage
	case said != "" && (shown == "" || shown == normalize.SeverityNone):
		return said, ByPage
	case said != "":
		return normalize.SeverityMinor, ByComponent
	case shown != "":
		return shown, ByComponent
	}
	return "", ""
}

// Red reports whether a severity of a page says that something is wrong.
func Red(s normalize.Severity) bool { return s != "" && s != normalize.SeverityNone }

// ofWord gives a page's own word its meaning; empty if it has none.
func ofWord(indicator string, own normalize.Words) normalize.Severity {
	word := normalize.Word(indicator)
	if word == "" {
		return ""
	}
	if own, known := own.Severities[word]; known {
		return own
	}
	if s, known := words[word]; known {
		return s
	}
	if s, known := own.Severity(word); known {
		return s
	}
	if status, known := own.Status(word); known && status != normalize.StatusUnknown {
		return ofStatus[status]
	}
	state, _ := own.State(word)
	planned := []normalize.State{normalize.StateScheduled, normalize.StateInProgress, normalize.StateVerifying,
		normalize.StateCompleted}
	if strings.Contains(word, "maintenance") || slices.Contains(planned, state) {
		return normalize.SeverityNone
	}
	return normalize.SeverityUnknown
}

// ofComponents is how bad a page is by its components alone; empty if they do not tell.
func ofComponents(components []normalize.Component, whole bool, own normalize.Words) normalize.Severity {
	count := map[normalize.ComponentStatus]int{}
	rated, unread := 0, false
	for _, c := range components {
		if c.Status != normalize.StatusUnknown && c.Status != "" {
			count[c.Status]++
			rated++
			continue
		}
		if _, known := own.Status(c.VendorStatus); c.VendorStatus != "" && !known {
			unread = true
		}
	}
	switch {
	case rated > 0 && count[normalize.StatusMajor] == rated && whole && !unread:
		return normalize.SeverityCritical
	case count[normalize.StatusMajor]+count[normalize.StatusPartial] > 0:
		return normalize.SeverityMajor
	case count[normalize.StatusDegraded] > 0:
		return normalize.SeverityMinor
	case rated == 0 || unread || !whole:
		return ""
	}
	return normalize.SeverityNone
}

// RedStatus reports whether a component of that status is red.
func RedStatus(s normalize.ComponentStatus) bool {
	return s == normalize.StatusDegraded || s == normalize.StatusPartial || s == normalize.StatusMajor
}
