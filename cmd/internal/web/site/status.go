package site

import (
	"context"
	"slices"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Statuses returns how all vendors do now, by name.
func (s *Site) Statuses(ctx context.Context) ([]query.Status, error) {
	return s.DB.Statuses(ctx, s.Clock())
}

// StatusesByName is a part of Statuses: limit of them from offset on, and how many there are.
func (s *Site) StatusesByName(ctx context.Context, limit, offset int) ([]query.Status, int, error) {
	return s.DB.StatusesByName(ctx, s.Clock(), limit, offset)
}

// Present returns how all vendors do now: those that are not well one by one, and how many others there are.
func (s *Site) Present(ctx context.Context) (query.Present, error) {
	return s.DB.Present(ctx, s.Clock())
}

// WorstFirst returns vendors, those of at that need a look first and then by name, at most limit of them.
func (s *Site) WorstFirst(ctx context.Context, at query.Present, limit int) ([]query.Status, error) {
	first := slices.Clone(at.Unwell)
	slices.SortStableFunc(first, func(a, b query.Status) int { return Rank(b) - Rank(a) })
	if len(first) >= limit {
		return first[:limit], nil
	}
	others, err := s.Board.OthersByName(ctx, s.Clock(), first, limit-len(first))
	return append(first, others...), err
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
