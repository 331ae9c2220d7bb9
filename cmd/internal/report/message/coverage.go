package message

import (
	"fmt"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// unseenNamed is how many pages a digest names that were not fully seen.
const unseenNamed = 5

// gapsText names the readable pages that were not fully seen, or says that there are none.
func (d Digest) gapsText() string {
	if len(d.NotFullySeen) == 0 {
		return ""
	}
	zone, until := d.location(), words.Time(d.UntilAt)
	var names []string
	for _, u := range d.NotFullySeen[:min(unseenNamed, len(d.NotFullySeen))] {
		var stretches []string
		for _, b := range u.Gaps {
			from, to := words.Moment(words.Time(b.FromAt), zone, until), words.Moment(words.Time(b.ToAt), zone, until)
			switch {
			case b.Reason == query.GapNeverRead:
				stretches = append(stretches, "never so far")
			case b.Reason == query.GapNotYetWatched:
				stretches = append(stretches, "not before "+to)
			case b.ToAt == "":
				stretches = append(stretches, fmt.Sprintf("not since %s (%s)", from, b.Reason))
			default:
				stretches = append(stretches, fmt.Sprintf("not from %s to %s (%s)", from, to, b.Reason))
			}
		}
		if n := len(stretches); n > 3 {
			stretches = append(stretches[:2:2], fmt.Sprintf("%d more gaps", n-2))
		}
		names = append(names, VendorName(u.VendorName, u.Vendor, 40)+" "+strings.Join(stretches, ", "))
	}
	text := "Not fully seen in this time: " + strings.Join(names, "; ")
	if n := len(d.NotFullySeen) - unseenNamed; n > 0 {
		text += "; and " + words.Count(n, "more page")
	}
	return text
}
