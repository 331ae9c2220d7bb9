package digest

import (
	"cmp"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// indicators lists the pages whose indicator is raised without an incident, and those whose indicator was raised or
// cleared in the window.
func indicators(f Facts) []message.Indicator {
	bySource := map[int64]*message.Indicator{}
	var out []*message.Indicator
	for _, h := range f.Health {
		if h.Watched == 1 && h.IndicatorSinceAt != "" {
			a := &message.Indicator{SourceID: h.SourceID, Vendor: h.Vendor, VendorName: h.VendorName,
				PageURL:   h.PageURL,
				Indicator: words.OneLine(h.Indicator), SinceAt: h.IndicatorSinceAt}
			bySource[h.SourceID] = a
			out = append(out, a)
		}
	}
	for _, e := range f.Events {
		if e.Kind != normalize.EventIndicatorRaised && e.Kind != normalize.EventIndicatorCleared {
			continue
		}
		a := bySource[e.SourceID]
		if a == nil {
			a = &message.Indicator{SourceID: e.SourceID, Vendor: e.Vendor, VendorName: e.VendorName, PageURL: e.URL}
			bySource[e.SourceID] = a
			out = append(out, a)
		}
		a.EventIDs = append(a.EventIDs, e.EventID)
		switch {
		case e.Kind == normalize.EventIndicatorRaised:
			a.Text = cmp.Or(words.OneLine(e.Detail["description"]), a.Text)
			a.Indicator = cmp.Or(a.Indicator, words.OneLine(e.Detail["indicator"]))
			a.SinceAt = cmp.Or(a.SinceAt, e.Detail["since"], e.At)
		case !slices.ContainsFunc(f.Health, func(h query.SourceHealth) bool {
			return h.SourceID == e.SourceID &&
				h.IndicatorSinceAt != ""
		}):
			a.Indicator = cmp.Or(a.Indicator, words.OneLine(e.Detail["from"]))
			a.SinceAt = cmp.Or(a.SinceAt, e.Detail["since"])
			a.ClearedAt, a.Explained = e.At, e.Detail["explained"] == "true"
		}
	}
	slices.SortStableFunc(out, func(a, b *message.Indicator) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.VendorName), strings.ToLower(b.VendorName)),
			cmp.Compare(a.SourceID, b.SourceID))
	})
	list := make([]message.Indicator, len(out))
	for n, a := range out {
		list[n] = *a
	}
	return list
}

// unseen returns the readable pages with coverage gaps in the window.
func (d *assembly) unseen(f Facts) []message.CoverageGaps {
	var out []message.CoverageGaps
	for _, b := range f.Gaps {
		if _, blind := d.UnreadableSource(b.SourceID); blind || b.Watched == 0 {
			continue
		}
		if n := len(out); n == 0 || out[n-1].SourceID != b.SourceID {
			out = append(out, message.CoverageGaps{SourceID: b.SourceID, Vendor: b.Vendor, VendorName: b.VendorName,
				PageURL: b.PageURL})
		}
		last := &out[len(out)-1]
		last.Gaps = append(last.Gaps, b)
	}
	return out
}
