package record

import (
	"context"
	"fmt"

	"vendorwatch/db"
	"vendorwatch/db/record/internal/services"
)

// Service is a service of ours, Need something that it needs.
type (
	Service = services.Service
	Need    = services.Need
)

// SetServices records which services there are: these, and no others. The vendors of their needs have to be on record.
func (r *Recorder) SetServices(ctx context.Context, all []Service) error {
	err := r.file.Change(ctx, func(tx *db.Tx) error { return services.Set(ctx, tx, all) })
	if err != nil {
		return fmt.Errorf("services: %w", err)
	}
	return nil
}

// SetTags records which tags each vendor has, by slug: these, and no others. What is not on record is left out.
func (r *Recorder) SetTags(ctx context.Context, tags map[string][]string) error {
	err := r.file.Change(ctx, func(tx *db.Tx) error { return services.SetTags(ctx, tx, tags) })
	if err != nil {
		return fmt.Errorf("tags of vendors: %w", err)
	}
	return nil
}
