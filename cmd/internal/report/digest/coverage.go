package digest

import "vendorwatch/cmd/internal/report/message"

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
