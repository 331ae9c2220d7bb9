package record

import (
	"context"

	"vendorwatch/db"
	"vendorwatch/db/record/internal/components"
	"vendorwatch/normalize"
)

// saveComponents stores the page's own list of components, and tells what is new of them.
func saveComponents(ctx context.Context, tx *db.Tx, p pass) (change, error) {
	listed, err := p.parts.Save(ctx, tx, components.List{
		At: p.at, Components: p.Components, Whole: p.AllComponents, Words: p.Words,
		Baseline: p.baseline, Backfill: p.Backfill, Archived: p.Archived, Past: p.past, PastList: p.pastList,
		LastSuccess: p.source.LastSuccess,
	})
	all := changedRows(listed.Rows)
	for _, n := range listed.News {
		if err == nil {
			err = all.add(writeEvent(ctx, tx, p, event{kind: normalize.EventComponentChanged, detail: n.Detail,
				hidden: p.source.filter.HidesComponent(n.Component)}))
		}
	}
	return all, err
}
