package normalize

import "time"

// placeholders of signatures
type Words struct {
	States     map[string]State
	Severities map[string]Severity
	Statuses   map[string]ComponentStatus
}

func Incidents(source string, raws []Raw, own Words) ([]Incident, []Finding) { return nil, nil }
func Components(raws []RawComponent, own Words) ([]Component, []Finding)     { return nil, nil }

type Change struct {
	Incident Incident // the record as it is to be stored: what was known merged with what was seen
	New      bool     // nothing was known under its key
	Edits    []Edit
	News     []News
}

// Edit is one thing the vendor changed after it had been published.
type Edit struct {
	UpdateKey string // empty for a field of the incident itself
	Field     string // as in SQL: title, severity, body, …
	Old, New  string
}

// News is one event of a change.
type News struct {
	Kind      EventKind
	UpdateKey string
	Detail    map[string]string
}

func Diff(known map[string]Incident, seen []Incident) []Change { return nil }
func ParseTime(t RawTime, zone string) (time.Time, error)      { return time.Time{}, nil }
func Plain(markdown string) string                             { return markdown }
