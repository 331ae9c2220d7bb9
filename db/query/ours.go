package query

import (
	"context"
	"time"

	"vendorwatch/db/query/ours"
)

// Probe is a check of ours, OwnOutage a time in which our own network is taken for the cause.
type (
	Probe     = ours.Probe
	OwnOutage = ours.OwnOutage
)

// OwnChecks returns the probes of ours, and when our own network was taken for the cause since a time.
func (d *DB) OwnChecks(ctx context.Context, since time.Time) ([]Probe, []OwnOutage, error) {
	return ours.Checks(ctx, d.read, since)
}

// InTrouble is ours.InTrouble.
func (d *DB) InTrouble(ctx context.Context, now time.Time) ([]int64, error) {
	return ours.InTrouble(ctx, d.read, now)
}
