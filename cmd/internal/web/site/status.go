package site

import (
	"context"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Statuses returns how all vendors do now, by name.
func (s *Site) Statuses(ctx context.Context) ([]query.Status, error) {
	return s.DB.Statuses(ctx, s.Clock())
}

// Status returns how the vendor of that slug does now, or db.ErrNotFound.
func (s *Site) Status(ctx context.Context, slug string) (query.Status, error) {
	return s.DB.Status(ctx, slug, s.Clock())
}

// Tone is the class that gives a vendor its colour and shape: ok only where it is known to be well.
func Tone(s query.Status) string {
	switch {
	case !s.Watched():
		return "none"
	case s.Well():
		return "ok"
	case s.Trouble() && s.Status == normalize.StatusUnknown:
		return "unknown"
	case s.Status == normalize.StatusUnknown && s.Because != query.BecausePage && s.Because != query.BecauseComponent:
		return "unreadable"
	case s.Because == query.BecauseIncident && s.Status == normalize.StatusOperational:
		return "none"
	}
	return StatusTone(s.Status)
}

// NeedTone is Tone for something that a service of ours needs, and for the service.
func NeedTone(status normalize.ComponentStatus, severity normalize.Severity, because query.Because) string {
	return Tone(query.Status{Status: status, Severity: severity, Because: because, Sources: 1})
}

// StatusTone is the class of the status of a component.
func StatusTone(status normalize.ComponentStatus) string {
	switch status {
	case normalize.StatusOperational:
		return "ok"
	case normalize.StatusMajor:
		return "critical"
	case normalize.StatusPartial:
		return "major"
	case normalize.StatusDegraded:
		return "minor"
	case normalize.StatusMaintenance:
		return "maintenance"
	}
	return "unknown"
}

// Rank orders vendors, those that need a look first.
func Rank(s query.Status) int {
	switch {
	case s.Trouble():
		return 10 + s.Severity.Rank()
	case !s.Watched():
		return 1
	case s.Status == normalize.StatusUnknown && s.Severity != "":
		return 9
	case s.Status == normalize.StatusUnknown:
		return 8
	case s.Because == query.BecauseIncident:
		return 4
	case s.Status == normalize.StatusMaintenance:
		return 3
	}
	return 0
}
