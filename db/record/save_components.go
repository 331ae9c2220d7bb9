package record

import "vendorwatch/db/record/internal/components"

// saveComponents stores the page's own list of components, and tells what is new of them.
func (v *saver) saveComponents() error {
	change, err := v.components.Save(v.ctx, v.tx, components.List{
		At: v.at, Components: v.s.Components, Whole: v.s.AllComponents, Words: v.s.Words,
		Baseline: v.baseline, Backfill: v.s.Backfill, Archived: v.s.Archived, Past: v.past, PastList: v.pastList,
		LastSuccess: v.source.lastSuccess,
	})
	if err != nil {
		return err
	}
	v.changed = v.changed || change.Rows
	for _, n := range change.News {
		if err := v.componentEvent(n.Component, n.Detail); err != nil {
			return err
		}
	}
	return nil
}
