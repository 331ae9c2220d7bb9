package prose

import (
	"fmt"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Summary describes an incident in a few sentences: who reported it, how bad it is, what it affects, how long it
// lasted, and what is odd about it. It says nothing that is not on record.
func Summary(i query.IncidentDetail, now time.Time) string {
	parts := []string{Opening(i)}
	if i.Kind != string(normalize.KindNotice) {
		parts = append(parts, Ending(i.Incident, now))
	}
	if t := words.Time(i.ComponentsResolvedAt); !t.IsZero() {
		parts = append(parts, "What it affects recovered before that, on "+t.Format("2 January 2006 at 15:04 UTC")+".")
	}
	if n := i.StatedDurationSeconds; n != nil {
		text := "The postmortem states " + words.Seconds(*n) + " of impact"
		switch d := i.DurationSeconds; {
		case d == nil || *n/60 == *d/60:
		case *n > *d:
			text += ", " + words.Seconds(*n-*d) + " more than the page showed"
		default:
			text += ", " + words.Seconds(*d-*n) + " less than the page showed"
		}
		parts = append(parts, text+".")
	}
	if n := len(i.Revisions); n > 0 {
		parts = append(parts, fmt.Sprintf("The vendor edited it %s after publishing.", words.Times(n)))
	}
	return strings.Join(parts, " ")
}

// Opening says who reported an incident, how bad it is, when it began and what it affects.
func Opening(i query.IncidentDetail) string {
	text, when := i.VendorName, " on "
	switch {
	case i.ByPage():
		text, when = "The status page of "+text+" itself shows trouble of "+words.Spell(i.Severity)+
			" severity, which no post of the vendor says", ", seen first on "
	case i.Ours():
		text, when = "Our own checks or alerts say that something is wrong with "+text+
			", and how bad it is for us: "+words.Spell(i.Severity), ", since "
	case i.Kind == string(normalize.KindMaintenance):
		text, when = text+" scheduled maintenance", " for "
	case i.Kind == string(normalize.KindNotice):
		text += " published a notice"
	case i.Severity == string(normalize.SeverityUnknown):
		text += " reported an incident without saying how bad it is"
	case i.Severity == string(normalize.SeverityNone):
		text += " reported an incident without impact"
	default:
		text += " reported a " + i.Severity + " incident"
	}
	begin := i.StartedAt
	if i.Kind == string(normalize.KindMaintenance) && i.ScheduledStartAt != "" {
		begin = i.ScheduledStartAt
	}
	if t := words.Time(begin); !t.IsZero() {
		text += when + t.Format("2 January 2006 at 15:04 UTC")
	}
	if len(i.AffectedComponents) > 0 {
		text += ", affecting " + componentWords(i.Parts())
	}
	return text + "."
}

// componentWords lists components with their groups. A name that is in several groups is written once.
func componentWords(components []query.Component) string {
	var labels []string
	groups := map[string][]string{}
	for _, c := range components {
		if _, ok := groups[c.Name]; !ok {
			labels = append(labels, c.Name)
		}
		groups[c.Name] = append(groups[c.Name], c.GroupName)
	}
	const most = 4
	var out []string
	for n, name := range labels {
		if n == most && len(labels) > most+1 {
			return strings.Join(out, ", ") + fmt.Sprintf(" and %d more", len(labels)-most)
		}
		var in []string
		for _, g := range groups[name] {
			if g != "" {
				in = append(in, words.Short(g, 40))
			}
		}
		label := words.Short(name, 60)
		if len(in) > 0 && len(in) <= 3 {
			label += " in " + words.And(in)
		} else if len(in) > 3 {
			label += fmt.Sprintf(" in %d groups", len(in))
		}
		out = append(out, label)
	}
	return words.And(out)
}

// Ending says how an incident ended, or where it stands.
func Ending(i query.Incident, now time.Time) string {
	state := normalize.State(i.State)
	maintenance := i.Kind == string(normalize.KindMaintenance)
	switch {
	case state == normalize.StateCancelled:
		return "It was cancelled."
	case state.Over() && i.DurationSeconds != nil && maintenance:
		return "It was completed after " + words.Seconds(*i.DurationSeconds) + "."
	case state.Over() && i.DurationSeconds != nil:
		return "It was resolved after " + words.Seconds(*i.DurationSeconds) + "."
	case state.Over():
		if !i.Posted() {
			return "It is over; how long it lasted is not known."
		}
		return "It is over; the vendor did not publish when it ended."
	case i.LeftFeedAt != "":
		return "It disappeared from the vendor's page on " +
			words.Time(i.LeftFeedAt).Format("2 January 2006 at 15:04 UTC") + " without being resolved."
	case maintenance && state == normalize.StateScheduled:
		if t := words.Time(i.ScheduledStartAt); !t.IsZero() && t.After(now) {
			return "It starts in " + words.Duration(t.Sub(now)) + "."
		}
		return "The vendor has not said that it has started."
	}
	if i.EndUnknown() {
		return "Its feed does not say whether it is over."
	}
	text := "It is open"
	if t := words.Time(i.StartedAt); !t.IsZero() {
		text = "It has been open for " + words.Duration(max(0, now.Sub(t)))
	}
	if i.State != string(normalize.StateUnknown) {
		text += " (" + words.Spell(i.State) + ")"
	}
	if t := words.Time(i.LatestPostedAt); !t.IsZero() && now.Sub(t) > time.Minute {
		last := "; the last post is "
		if !i.Posted() {
			last = "; the last change that was seen is "
		}
		text += last + words.Duration(now.Sub(t)) + " old"
	}
	return text + "."
}
