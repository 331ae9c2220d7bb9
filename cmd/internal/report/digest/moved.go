package digest

import (
	"slices"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/normalize"
)

// moved lists the pages that moved to another address or platform, each with its last move.
func moved(f Facts) []message.Source {
	out := []message.Source{}
	for _, e := range f.Events {
		if e.Kind != normalize.EventSourceMoved {
			continue
		}
		s := message.Source{SourceID: e.SourceID, Vendor: e.Vendor, VendorName: e.VendorName,
			PageURL: e.Detail["to_url"], SinceAt: e.At, Reason: message.MovedPageText(e)}
		if n := slices.IndexFunc(out, func(o message.Source) bool { return o.SourceID == e.SourceID }); n >= 0 {
			s.EventIDs = out[n].EventIDs
			out = slices.Delete(out, n, n+1)
		}
		s.EventIDs = append(s.EventIDs, e.EventID)
		out = append(out, s)
	}
	return out
}
