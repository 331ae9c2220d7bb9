package normalize

// Kinds returns the words for kinds of incidents.
func Kinds() []Kind { return []Kind{KindIncident, KindMaintenance, KindNotice} }

// States returns the words for states, those of updates included.
func States() []State {
	return []State{
		StateInvestigating, StateIdentified, StateMonitoring, StateResolved, StateScheduled, StateInProgress,
		StateVerifying, StateCompleted, StateCancelled, StateUpdate, StatePostmortem, StateUnknown,
	}
}

// Severities returns the words for severities, mildest first.
func Severities() []Severity {
	return []Severity{SeverityNone, SeverityMinor, SeverityMajor, SeverityCritical, SeverityUnknown}
}

// Statuses returns the words for the statuses of components.
func Statuses() []ComponentStatus {
	return []ComponentStatus{
		StatusOperational, StatusDegraded, StatusPartial, StatusMajor, StatusMaintenance, StatusUnknown,
	}
}
