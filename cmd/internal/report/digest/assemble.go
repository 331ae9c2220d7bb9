package digest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/report/message"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// incidentNews is one incident with its events in the window.
type incidentNews struct {
	item   message.Item
	events []query.Event
}

func (s *incidentNews) has(kinds ...normalize.EventKind) bool {
	return slices.ContainsFunc(s.events, func(e query.Event) bool { return slices.Contains(kinds, e.Kind) })
}

// marked reports whether an event has a detail that is true: "late", "already_open".
func (s *incidentNews) marked(detail string) bool {
	return slices.ContainsFunc(s.events, func(e query.Event) bool { return e.Detail[detail] == "true" })
}

// assembly is a digest while it is made.
type assembly struct{ message.Digest }

// Assemble sorts facts into the sections of a digest. It is pure. Every event ends in a section, except edits where
// they are not asked for, events that another record of the same incident reports, and changes of components that an
// incident of the digest names.
func Assemble(f Facts, w Window, o Options) message.Digest {
	d := &assembly{message.Digest{
		FromAt: normalize.FormatTime(w.Since), UntilAt: normalize.FormatTime(w.Until),
		Zone: o.Zone.String(), Location: o.Zone, Compared: f.Compared, DashboardURL: message.WebLink(o.DashboardURL),
	}}
	listed := map[int64]bool{}
	for _, s := range newsByIncident(f, o.Edits) {
		s.item.Owner, s.item.Actions = o.Vendors[s.item.Vendor].Owner, f.Actions[s.item.IncidentID]
		d.place(s, w.Until)
		listed[s.item.IncidentID], listed[s.item.SameEventID] = true, true
	}
	for _, e := range f.Events {
		d.EventIDs = append(d.EventIDs, e.EventID)
	}
	for _, i := range slices.Concat(f.Open, f.Maintenance) {
		if listed[i.IncidentID] {
			continue
		}
		listed[i.IncidentID] = true
		if i.Filtered == 1 {
			d.Counts.Filtered++
			continue
		}
		item := message.Item{Incident: i, Owner: o.Vendors[i.Vendor].Owner, Actions: f.Actions[i.IncidentID]}
		if i.Kind != string(normalize.KindMaintenance) {
			d.StillOpen = append(d.StillOpen, item)
		} else {
			d.placeMaintenance(item, w.Until, false)
		}
	}
	d.Components = slices.DeleteFunc(componentChanges(f.Events), d.saidByIncident)
	d.weighSources(f)
	d.Moved = moved(f)
	d.OwnOutages = f.OwnOutages
	d.NotFullySeen = d.unseen(f)
	d.NotWell = d.notWell(f.Statuses, listed)
	d.sort()
	d.tally(f.Health, f.Statuses)
	d.Headline = d.HeadlineText()
	d.fill()
	return d.Digest
}

// fill makes absent lists empty ones, so that JSON has no null.
func (d *assembly) fill() {
	for _, items := range []*[]message.Item{&d.New, &d.AlreadyOpen, &d.StillOpen, &d.LeftFeed, &d.Resolved, &d.Running,
		&d.Upcoming,
		&d.Ended, &d.Postmortems, &d.AddedToPast, &d.Changed} {
		if *items == nil {
			*items = []message.Item{}
		}
	}
	if d.NotWell == nil {
		d.NotWell = []query.Status{}
	}
	if d.NotFullySeen == nil {
		d.NotFullySeen = []message.CoverageGaps{}
	}
	for _, sources := range []*[]message.Source{&d.Unreadable, &d.ReadableAgain, &d.Moved} {
		if *sources == nil {
			*sources = []message.Source{}
		}
	}
	if d.EventIDs == nil {
		d.EventIDs = []int64{}
	}
}

// newsByIncident collects the events of each incident, also where several of a vendor's pages report it.
func newsByIncident(f Facts, edits bool) []*incidentNews {
	var order []*incidentNews
	byEvent := map[int64]*incidentNews{}
	for _, e := range slices.Concat(f.Before, f.Events) {
		if e.IncidentID == 0 || e.Withheld == query.WithheldSameEvent || e.Withheld == query.WithheldFiltered ||
			e.Kind == normalize.EventIncidentEdited && !edits {
			continue
		}
		i := incidentOf(f, e)
		event := i.SameEventID
		if event == 0 {
			event = i.IncidentID
		}
		s := byEvent[event]
		if s == nil {
			s = &incidentNews{item: message.Item{Incident: f.standingFor(i)}}
			byEvent[event] = s
			order = append(order, s)
		}
		s.events = append(s.events, e)
		s.item.EventIDs = append(s.item.EventIDs, e.EventID)
	}
	isNew := map[int64]bool{}
	for _, e := range f.Events {
		isNew[e.EventID] = true
	}
	for _, s := range order {
		s.item.ToldBefore = !slices.ContainsFunc(s.item.EventIDs, func(id int64) bool { return isNew[id] })
		s.item.Notes = notes(s.item, s.events)
	}
	return order
}

// incidentOf returns the incident of an event, or as much of it as the event itself holds.
func incidentOf(f Facts, e query.Event) query.Incident {
	if i, ok := f.Incidents[e.IncidentID]; ok {
		return i
	}
	return query.Incident{
		IncidentID: e.IncidentID, Vendor: e.Vendor, VendorName: e.VendorName, SourceID: e.SourceID,
		Title: e.Title, URL: e.URL, Severity: e.Severity, State: e.State, FirstSeenAt: e.At,
	}
}

// standingFor returns the record that stands for i and its other records, unless the page of that one cannot be read:
// then i knows more.
func (f Facts) standingFor(i query.Incident) query.Incident {
	standing, have := f.Incidents[i.SameEventID]
	if !have || slices.ContainsFunc(f.Health, func(h query.SourceHealth) bool {
		return h.SourceID == standing.SourceID && h.ConsecutiveFailures >= unreadableAfter
	}) {
		return i
	}
	return standing
}

func (d *assembly) place(s *incidentNews, now time.Time) {
	over := normalize.State(s.item.State).Over()
	for _, e := range s.events {
		if e.Kind == normalize.EventPostmortemPosted {
			post := s.item
			post.Postmortem, post.Notes = e.Body, nil
			d.Postmortems = append(d.Postmortems, post)
			break
		}
	}
	opened := s.has(normalize.EventIncidentOpened)
	switch {
	case s.marked("late"):
		d.AddedToPast = append(d.AddedToPast, s.item)
	case s.item.Kind == string(normalize.KindMaintenance):
		d.placeMaintenance(s.item, now, true)
	case opened && s.marked("already_open"):
		d.AlreadyOpen = append(d.AlreadyOpen, s.item)
	case opened, s.has(normalize.EventIncidentReopened) && !over:
		s.item.Reopened = !opened
		d.New = append(d.New, s.item)
	case s.has(normalize.EventIncidentResolved) && over:
		d.Resolved = append(d.Resolved, s.item)
	case s.item.LeftFeedAt != "" && !over && s.has(normalize.EventIncidentLeftFeed):
		d.LeftFeed = append(d.LeftFeed, s.item)
	case !over && s.item.LeftFeedAt == "":
		d.StillOpen = append(d.StillOpen, s.item)
	case s.only(normalize.EventPostmortemPosted):
		// listed among the postmortems
	default:
		d.Changed = append(d.Changed, s.item)
	}
}

func (s *incidentNews) only(kind normalize.EventKind) bool {
	return !slices.ContainsFunc(s.events, func(e query.Event) bool { return e.Kind != kind })
}

// placeMaintenance puts planned work into the section that its window and state call for. Without news, work beyond the
// horizon, and work whose window is long over, is left out.
func (d *assembly) placeMaintenance(i message.Item, now time.Time, news bool) {
	state := normalize.State(i.State)
	start, end := words.Time(cmp.Or(i.ScheduledStartAt, i.StartedAt)), words.Time(i.ScheduledEndAt)
	switch {
	case state.Over(), i.LeftFeedAt != "":
		if news {
			d.Ended = append(d.Ended, i)
		}
	case state == normalize.StateInProgress, state == normalize.StateVerifying:
		d.Running = append(d.Running, i)
	case start.After(now) && (news || !start.After(now.Add(horizon))):
		d.Upcoming = append(d.Upcoming, i)
	case start.After(now):
	case end.IsZero(), end.After(now):
		d.Running = append(d.Running, i)
	case news || now.Sub(end) < stale:
		i.Notes = append(slices.Clone(i.Notes), "its window is over, and the vendor has not said that the work is done")
		d.Running = append(d.Running, i)
	}
}

// notes says in words what is new about an incident, beyond what its state and times show.
func notes(i message.Item, events []query.Event) []string {
	var out []string
	updates, postmortem := 0, false
	var severities, edited []string
	for _, e := range events {
		switch e.Kind {
		case normalize.EventUpdatePosted:
			updates++
		case normalize.EventSeverityChanged:
			if len(severities) == 0 {
				severities = append(severities, e.Detail["from"])
			}
			severities = append(severities, e.Detail["to"])
		case normalize.EventIncidentEdited:
			for _, field := range message.EditedFields(e) {
				if !slices.Contains(edited, field) {
					edited = append(edited, field)
				}
			}
		case normalize.EventPostmortemPosted:
			postmortem = true
		case normalize.EventIncidentReopened:
			out = append(out, "reopened")
		case normalize.EventIncidentLeftFeed:
			if i.LeftFeedAt == "" {
				out = append(out, "was missing from the page for a while")
			}
		}
	}
	if n := len(severities); n > 0 {
		out = append(out, "severity "+words.SeverityChange(severities[0], severities[n-1]))
	}
	if updates > 1 {
		out = append(out, words.Count(updates, "new update"))
	}
	if len(edited) > 0 {
		out = append(out, "edited by the vendor: "+strings.Join(edited, ", "))
	}
	if postmortem {
		out = append(out, "postmortem published")
	}
	return out
}

// weighSources lists the pages that cannot be read, and those that can be read again.
func (d *assembly) weighSources(f Facts) {
	blind := map[int64]bool{}
	d.Unwatched = map[int64]string{}
	for _, h := range f.Health {
		if h.Watched == 0 {
			d.Unwatched[h.SourceID] = cmp.Or(h.LatestAt, h.LastSuccessAt)
			continue
		}
		reason := words.OneLine(h.LastError)
		since := cmp.Or(h.FailingSince, h.LastSuccessAt)
		switch {
		case h.LastSuccessAt != "" && h.Health != "unreadable" && h.ConsecutiveFailures < unreadableAfter:
			continue
		case h.LastSuccessAt != "" && h.FailingSince == "":
			reason = cmp.Or(reason, "not read since; is the service running?")
		}
		blind[h.SourceID] = true
		d.Unreadable = append(d.Unreadable, message.Source{
			SourceID: h.SourceID, Vendor: h.Vendor, VendorName: h.VendorName, PageURL: h.PageURL,
			SinceAt: since, LastGoodAt: h.LastSuccessAt, Reason: reason,
		})
	}
	back := map[int64]message.Source{}
	for _, e := range f.Events {
		if e.Kind != normalize.EventSourceReadable || blind[e.SourceID] {
			continue
		}
		s := message.Source{SourceID: e.SourceID, Vendor: e.Vendor, VendorName: e.VendorName, SinceAt: e.At,
			Reason: words.OneLine(e.Detail["reason"]), LastGoodAt: e.Detail["unreadable_since"]}
		s.EventIDs = append(back[e.SourceID].EventIDs, e.EventID)
		back[e.SourceID] = s
	}
	d.ReadableAgain = slices.Collect(maps.Values(back))
}

// sort puts the worst first, whatever the vendor, and planned work in the order of its begin.
func (d *assembly) sort() {
	for _, items := range [][]message.Item{d.New, d.AlreadyOpen, d.StillOpen, d.LeftFeed, d.Resolved, d.Postmortems,
		d.AddedToPast, d.Changed} {
		message.WorstFirst(items)
	}
	for _, items := range [][]message.Item{d.Running, d.Upcoming, d.Ended} {
		slices.SortStableFunc(items, soonestFirst)
	}
	bySource := func(a, b message.Source) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.VendorName), strings.ToLower(b.VendorName)),
			cmp.Compare(a.SourceID, b.SourceID))
	}
	slices.SortFunc(d.Unreadable, bySource)
	slices.SortFunc(d.ReadableAgain, bySource)
	slices.SortFunc(d.Moved, bySource)
}

func soonestFirst(a, b message.Item) int {
	return cmp.Or(
		cmp.Compare(cmp.Or(a.ScheduledStartAt, a.StartedAt), cmp.Or(b.ScheduledStartAt, b.StartedAt)),
		cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.IncidentID, b.IncidentID))
}

// notWell returns the vendors that are not known to be well, but for those of which a list of the digest says why.
func (d *assembly) notWell(statuses []query.Status, listed map[int64]bool) []query.Status {
	var out []query.Status
	for _, s := range statuses {
		unread := s.SourcesUnread > 0 && !s.Trouble() // it is listed as unreadable
		if s.Watched() && !s.Well() && !unread && !(s.IncidentID != 0 && listed[s.IncidentID]) {
			out = append(out, s)
		}
	}
	return out
}

func (d *assembly) tally(health []query.SourceHealth, statuses []query.Status) {
	c := &d.Counts
	c.NotWell = len(d.NotWell)
	for _, s := range statuses {
		if s.Well() {
			c.VendorsWell++
		}
	}
	c.New = len(d.New) + len(d.AlreadyOpen)
	c.Resolved = len(d.Resolved)
	for _, s := range d.Sections() {
		for _, i := range s.Items {
			if len(i.EventIDs) > 0 && !i.ToldBefore {
				c.News++
			}
		}
	}
	c.News += len(d.Components)
	c.StillOpen = len(d.StillOpen)
	c.OpenBySeverity, c.OpenUnseen = d.OpenNow()

	blind, blindVendor, vendors := map[int64]bool{}, map[string]bool{}, map[string]bool{}
	for _, s := range d.Unreadable {
		blind[s.SourceID], blindVendor[s.Vendor] = true, true
	}
	for _, h := range health {
		if h.Watched == 0 {
			continue
		}
		c.Sources++
		vendors[h.Vendor] = true
		if blind[h.SourceID] {
			continue
		}
		if h.ConsecutiveFailures > 0 || h.LastError != "" {
			c.SourcesUncertain++
		}
	}
	c.SourcesReadable = c.Sources - len(d.Unreadable)
	c.SourcesCovered = c.SourcesReadable - len(d.NotFullySeen)
	c.Vendors, c.VendorsReadable = len(vendors), len(vendors)-len(blindVendor)
}
