package message

import (
	"fmt"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// gapsNamed is how many pages with coverage gaps a digest names.
const gapsNamed = 5

// gapsText names the readable pages with coverage gaps, and the gaps. It is empty if there are none.
func (d Digest) gapsText() string {
	if len(d.NotFullySeen) == 0 {
		return ""
	}
	zone, until := d.location(), words.Time(d.UntilAt)
	var names []string
	for _, u := range d.NotFullySeen[:min(gapsNamed, len(d.NotFullySeen))] {
		var gaps []string
		for _, b := range u.Gaps {
			from, to := words.Moment(words.Time(b.FromAt), zone, until), words.Moment(words.Time(b.ToAt), zone, until)
			switch {
			case b.Reason == query.GapNeverRead:
				gaps = append(gaps, "never read")
			case b.Reason == query.GapNotYetWatched:
				gaps = append(gaps, "before "+to)
			case b.ToAt == "":
				gaps = append(gaps, fmt.Sprintf("since %s (%s)", from, b.Reason))
			default:
				gaps = append(gaps, fmt.Sprintf("%s to %s (%s)", from, to, b.Reason))
			}
		}
		if n := len(gaps); n > 3 {
			gaps = append(gaps[:2:2], fmt.Sprintf("%d more gaps", n-2))
		}
		names = append(names, VendorName(u.VendorName, u.Vendor, 40)+" "+strings.Join(gaps, ", "))
	}
	text := "Coverage gaps: " + strings.Join(names, "; ")
	if n := len(d.NotFullySeen) - gapsNamed; n > 0 {
		text += "; and " + words.Count(n, "more page")
	}
	return text
}
