package normalize

import (
	"strings"

	"vendorwatch/normalize/lazyregexp"
)

// Words are a platform's words beyond those that every platform uses, folded by Word; they go before the common ones.
type Words struct {
	States     map[string]State
	Severities map[string]Severity
	Statuses   map[string]ComponentStatus
}

var notWord = lazyregexp.New(`[^\pL\pN]+`)

// Word folds a vendor's word for look-up: lower case, runs of anything but letters and digits become "_".
func Word(s string) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(s), "_"), "_")
}

var states = map[string]State{
	"investigating": StateInvestigating, "investigation": StateInvestigating, "under_investigation": StateInvestigating,
	"identified": StateIdentified, "monitoring": StateMonitoring, "watching": StateMonitoring,
	"recovering": StateMonitoring, "recovered": StateResolved, "went_down": StateInvestigating,
	"resolved": StateResolved, "fixed": StateResolved, "closed": StateResolved, "mitigated": StateResolved,
	"scheduled": StateScheduled, "planned": StateScheduled, "upcoming": StateScheduled,
	"in_progress": StateInProgress, "underway": StateInProgress,
	"verifying": StateVerifying,
	"completed": StateCompleted, "complete": StateCompleted,
	"cancelled": StateCancelled, "canceled": StateCancelled,
	"update": StateUpdate, "updated": StateUpdate,
	"postmortem": StatePostmortem, "post_mortem": StatePostmortem,
}

var severities = map[string]Severity{
	"none": SeverityNone, "notice": SeverityNone, "informational": SeverityNone, "information": SeverityNone,
	"maintenance": SeverityNone, "under_maintenance": SeverityNone, "operational": SeverityNone,
	"minor": SeverityMinor, "degraded": SeverityMinor, "degraded_performance": SeverityMinor,
	"major": SeverityMajor, "partial_outage": SeverityMajor,
	"critical": SeverityCritical, "major_outage": SeverityCritical, "full_outage": SeverityCritical,
}

var statuses = map[string]ComponentStatus{
	"operational": StatusOperational, "degraded_performance": StatusDegraded, "partial_outage": StatusPartial,
	"major_outage": StatusMajor, "full_outage": StatusMajor,
	"under_maintenance": StatusMaintenance, "maintenance": StatusMaintenance,
}

// State returns the meaning of a state word; ok is false for a word nobody knows.
func (w Words) State(word string) (s State, ok bool) {
	return lookup(w.States, states, word, StateUnknown)
}

// Severity returns the meaning of an impact word; ok is false for a word nobody knows.
func (w Words) Severity(word string) (s Severity, ok bool) {
	return lookup(w.Severities, severities, word, SeverityUnknown)
}

// Status returns the meaning of a component's status word; ok is false for a word nobody knows.
func (w Words) Status(word string) (s ComponentStatus, ok bool) {
	return lookup(w.Statuses, statuses, word, StatusUnknown)
}

func lookup[V any](own, common map[string]V, word string, unknown V) (V, bool) {
	// Most words come as they are folded: folding them is for those that do not.
	if v, ok := own[word]; ok {
		return v, true
	}
	if v, ok := common[word]; ok {
		return v, true
	}
	key := Word(word)
	if v, ok := own[key]; ok {
		return v, true
	}
	v, ok := common[key]
	if !ok {
		return unknown, false
	}
	return v, true
}
