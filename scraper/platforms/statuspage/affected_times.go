package statuspage

import (
	"cmp"
	"slices"

	"vendorwatch/normalize"
	"vendorwatch/scraper/page"
)

const operational = "operational"

// date says of a component since when and until when an incident affected it, as far as its updates tell: each names
// the components with their status before and after. One that is well before the update that says so became well when
// it was last touched, if that was since the update before.
func date(part *normalize.RawComponent, in incident) {
	if in.ScheduledFor != "" {
		return // the component follows the window
	}
	n := slices.IndexFunc(in.Components, func(c component) bool { return c.ID == part.ID })
	touched := ""
	if n >= 0 && in.Components[n].Status == operational {
		touched = in.Components[n].Updated
	}
	start, end, last := "", "", "" // last is the time of the newest update by which it was not well; empty while it is
	for _, u := range slices.Backward(in.Updates) {
		i := slices.IndexFunc(u.Affected, func(a affected) bool { return a.Code == part.ID })
		if i < 0 || u.Affected[i].NewStatus == "" {
			continue
		}
		at := cmp.Or(u.DisplayAt, u.CreatedAt)
		switch a := u.Affected[i]; {
		case a.NewStatus != operational:
			start, end, last = cmp.Or(start, at), "", at
		case last == "":
		case a.OldStatus != operational:
			end, last = at, ""
		default:
			end, last = between(last, touched, at), ""
		}
	}
	if last != "" {
		end = between(last, touched, in.ResolvedAt)
	}
	part.Started, part.Resolved = page.Time(start, ""), page.Time(end, "")
}

// between returns a time if it is after the one before it and no later than the one after it, which may be empty;
// otherwise "".
func between(after, at, until string) string {
	if at == "" || !page.Before(after, at) || until != "" && page.Before(until, at) {
		return ""
	}
	return at
}
