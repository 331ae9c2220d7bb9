package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

// unseenNamed is how many pages a digest names that were not fully seen.
const unseenNamed = 5

// alarms finds the pages that say that something is wrong while no incident on them says what: those that say
// so now, and those of which the window's news tells.
func alarms(f facts) []Alarm {
	bySource := map[int64]*Alarm{}
	var out []*Alarm
	for _, h := range f.health {
		if h.Watched == 1 && h.IndicatorSinceAt != "" {
			a := &Alarm{SourceID: h.SourceID, Vendor: h.Vendor, VendorName: h.VendorName, PageURL: h.PageURL,
				Indicator: words.OneLine(h.Indicator), SinceAt: h.IndicatorSinceAt}
			bySource[h.SourceID] = a
			out = append(out, a)
		}
	}
	for _, e := range f.events {
		if e.Kind != normalize.EventIndicatorRaised && e.Kind != normalize.EventIndicatorCleared {
			continue
		}
		a := bySource[e.SourceID]
		if a == nil {
			a = &Alarm{SourceID: e.SourceID, Vendor: e.Vendor, VendorName: e.VendorName, PageURL: e.URL}
			bySource[e.SourceID] = a
			out = append(out, a)
		}
		a.EventIDs = append(a.EventIDs, e.EventID)
		switch {
		case e.Kind == normalize.EventIndicatorRaised:
			a.Text = firstOf(words.OneLine(e.Detail["description"]), a.Text)
			a.Indicator = firstOf(a.Indicator, words.OneLine(e.Detail["indicator"]))
			a.SinceAt = firstOf(a.SinceAt, e.Detail["since"], e.At)
		case !slices.ContainsFunc(f.health, func(h db.SourceHealth) bool { return h.SourceID == e.SourceID && h.IndicatorSinceAt != "" }):
			a.Indicator = firstOf(a.Indicator, words.OneLine(e.Detail["from"]))
			a.SinceAt = firstOf(a.SinceAt, e.Detail["since"])
			a.ClearedAt, a.Explained = e.At, e.Detail["explained"] == "true"
		}
	}
	slices.SortStableFunc(out, func(a, b *Alarm) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.VendorName), strings.ToLower(b.VendorName)), cmp.Compare(a.SourceID, b.SourceID))
	})
	list := make([]Alarm, len(out))
	for n, a := range out {
		list[n] = *a
	}
	return list
}

// alarmsTitle heads the list of alarms.
const alarmsTitle = "Page indicator raised without an incident"

// alarmWords says what a page says of itself, and since when.
func (d Digest) alarmWords(a Alarm) string {
	zone, until := d.location(), words.Time(d.UntilAt)
	said := words.Short(words.Spell(firstOf(a.Indicator, "unknown")), titleLimit) + " since " + words.Moment(words.Time(a.SinceAt), zone, until)
	if text := words.Short(a.Text, titleLimit); text != "" {
		said += " (" + text + ")"
	}
	switch {
	case a.ClearedAt == "":
		return said
	case a.Explained:
		return said + ", an incident says why since " + words.Moment(words.Time(a.ClearedAt), zone, until)
	}
	return said + ", until " + words.Moment(words.Time(a.ClearedAt), zone, until)
}

// unseen returns the readable pages of whose window parts were not seen.
func (d Digest) unseen(f facts) []Unseen {
	var out []Unseen
	for _, b := range f.blind {
		if _, blind := d.blindTo(b.SourceID); blind || b.Watched == 0 {
			continue
		}
		if n := len(out); n == 0 || out[n-1].SourceID != b.SourceID {
			out = append(out, Unseen{SourceID: b.SourceID, Vendor: b.Vendor, VendorName: b.VendorName, PageURL: b.PageURL})
		}
		last := &out[len(out)-1]
		last.Stretches = append(last.Stretches, b)
	}
	return out
}

// unseenWords names the readable pages that were not fully seen, or says that there are none.
func (d Digest) unseenWords() string {
	if len(d.NotFullySeen) == 0 {
		return ""
	}
	zone, until := d.location(), words.Time(d.UntilAt)
	var names []string
	for _, u := range d.NotFullySeen[:min(unseenNamed, len(d.NotFullySeen))] {
		var stretches []string
		for _, b := range u.Stretches {
			from, to := words.Moment(words.Time(b.FromAt), zone, until), words.Moment(words.Time(b.ToAt), zone, until)
			switch {
			case b.Reason == db.BlindNeverRead:
				stretches = append(stretches, "never so far")
			case b.Reason == db.BlindBefore:
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
		names = append(names, vendorName(u.VendorName, u.Vendor, 40)+" "+strings.Join(stretches, ", "))
	}
	text := "Not fully seen in this time: " + strings.Join(names, "; ")
	if n := len(d.NotFullySeen) - unseenNamed; n > 0 {
		text += "; and " + words.Count(n, "more page")
	}
	return text
}
