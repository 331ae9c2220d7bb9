package scraper

import (
	"slices"
	"time"

	"vendorwatch/normalize"
)

// oldestFirst puts a timeline in the order of its times. Vendors list updates in either order, and some
// documents of one platform in another order than the rest. Updates of one time keep the order of a list
// that begins with the oldest; an update without a readable time stays behind the one before it.
func oldestFirst(updates []normalize.RawUpdate) {
	type dated struct {
		update normalize.RawUpdate
		at     time.Time
	}
	list := make([]dated, len(updates))
	var last time.Time
	rising, falling := 0, 0
	for i, u := range updates {
		at, err := normalize.ParseTime(u.Posted, "")
		if err != nil {
			at = last
		}
		if i > 0 && at.After(last) {
			rising++
		} else if i > 0 && at.Before(last) {
			falling++
		}
		list[i], last = dated{u, at}, at
	}
	if falling > rising {
		slices.Reverse(list)
	}
	slices.SortStableFunc(list, func(a, b dated) int { return a.at.Compare(b.at) })
	for i := range list {
		updates[i] = list[i].update
	}
}
