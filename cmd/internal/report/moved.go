package report

import (
	"slices"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// movedTitle heads the pages that went elsewhere.
const movedTitle = "Moved"

// moved lists the pages that went to another address or platform, each with its last move.
func moved(f facts) []Source {
	out := []Source{}
	for _, e := range f.events {
		if e.Kind != normalize.EventSourceMoved {
			continue
		}
		s := Source{SourceID: e.SourceID, Vendor: e.Vendor, VendorName: e.VendorName, PageURL: e.Detail["to_url"], SinceAt: e.At, Reason: movedTo(e)}
		if n := slices.IndexFunc(out, func(o Source) bool { return o.SourceID == e.SourceID }); n >= 0 {
			s.EventIDs = out[n].EventIDs
			out = slices.Delete(out, n, n+1)
		}
		s.EventIDs = append(s.EventIDs, e.EventID)
		out = append(out, s)
	}
	return out
}

// movedTo says where a page is now: "page has moved to https://… and is served by instatus; its history goes on".
func movedTo(e db.Event) string {
	to := words.OneLine(e.Detail["to_url"])
	by := ""
	if platform := words.OneLine(e.Detail["to_platform"]); platform != words.OneLine(e.Detail["from_platform"]) {
		by = "is now served by " + platform
	}
	text := "page " + by
	if to != words.OneLine(e.Detail["from_url"]) {
		text = "page has moved to " + to
		if by != "" {
			text += " and " + by
		}
	}
	return text + "; its history goes on"
}
