// Package targets records what vendors promise of their availability.
package targets

import (
	"context"
	"fmt"
	"vendorwatch/db"
	"vendorwatch/normalize/target"
)

// Set records what a vendor promises of its availability; nil takes back what was recorded before.
func Set(ctx context.Context, file *db.DB, vendorID int64, t *target.Target) error {
	err := file.Change(ctx, func(tx *db.Tx) error {
		if t == nil {
			_, err := tx.Exec(ctx, `DELETE FROM vendor_targets WHERE vendor_id = ?`, vendorID)
			return err
		}
		var lists [3]string
		for n, list := range []any{t.Severities, t.Components, t.Credits} {
			text, err := db.JSON(list)
			if err != nil {
				return err
			}
			if text == "null" {
				text = "[]"
			}
			lists[n] = text
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO vendor_targets (vendor_id, target_percent, period, severities, components, maintenance, credits)
			VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (vendor_id) DO UPDATE SET target_percent = excluded.target_percent, period = excluded.period,
				severities = excluded.severities, components = excluded.components, maintenance = excluded.maintenance,
				credits = excluded.credits`,
			vendorID, t.TargetPercent, t.Period, lists[0], lists[1], db.Bit(t.Maintenance), lists[2])
		return err
	})
	if err != nil {
		return fmt.Errorf("target of vendor %d: %w", vendorID, err)
	}
	return nil
}
