package incidentio

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// pageData is a page that is being read into a Result.
type pageData struct {
	document  string
	home      string
	summary   summary
	incidents []incident // beyond those of the summary
	history   history
	subPages  []subPage
	lost      []normalize.Finding               // entries of the calendar that cannot be read
	parts     map[string]normalize.RawComponent // by id
}

// readLists reads the lists in a page's data beside its summary.
func (g *pageData) readLists(data *page.NextData) error {
	for _, o := range data.Find(`"updates"`, isIOIncident) {
		var in incident
		if err := data.Decode(o, &in); err != nil {
			return err
		}
		g.incidents = append(g.incidents, in)
	}
	g.readCalendar(data)
	for _, o := range data.Find(`"incident_links"`,
		func(o map[string]any) bool { return o["incident_links"] != nil }) {
		var history history
		if err := data.Decode(o, &history); err != nil {
			return err
		}
		g.history.Impacts = append(g.history.Impacts, history.Impacts...)
		g.history.Links = append(g.history.Links, history.Links...)
	}
	for _, o := range data.Find(`"worst_component_status"`,
		func(o map[string]any) bool {
			_, hasURL := o["public_url"]
			_, hasStatus := o["worst_component_status"]
			return hasURL && hasStatus
		}) {
		var sub subPage
		if err := data.Decode(o, &sub); err != nil {
			return err
		}
		g.subPages = append(g.subPages, sub)
	}
	return nil
}

// readCalendar tells of the entries of a page's calendar that are no incidents. The calendar is the list "incidents";
// among the texts of the page ("messages"), that may be a word. A calendar that is undefined holds nothing.
func (g *pageData) readCalendar(data *page.NextData) {
	for _, o := range data.Find(`"incidents"`, func(o map[string]any) bool {
		_, listed := o["incidents"]
		return listed || o["messages"] != nil
	}) {
		value, listed := o["incidents"]
		if !listed || value == "$undefined" {
			continue
		}
		entries, ok := data.Resolve(value, 0).([]any)
		if !ok {
			g.lost = append(g.lost, page.LeftOut("incidents", jsonText(value), "the calendar is no list", 1, 1))
			continue
		}
		for n, entry := range entries {
			if in, ok := entry.(map[string]any); !ok || !isIOIncident(in) {
				g.lost = append(g.lost, page.LeftOut("incidents", jsonText(entry),
					"it lacks the id, name, state, time or updates of an incident", n+1, len(entries)))
			}
		}
	}
}

// jsonText returns a value of a page's data as JSON.
func jsonText(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// isIOIncident reports whether an object of a page's data is an incident.
func isIOIncident(o map[string]any) bool {
	_, listed := o["updates"].([]any)
	id, _ := o["id"].(string)
	return listed && page.IsULID(id) && o["name"] != nil && o["status"] != nil && o["published_at"] != nil
}

// result makes the Result of a page or of its data as JSON.
func (g *pageData) result(s scraper.Source, p page.Page) (scraper.Result, error) {
	sum := &g.summary
	if sum.Ongoing == nil || sum.Affected == nil || sum.Structure == nil || sum.Name == "" {
		return scraper.Result{}, page.Errorf(
			"a page of incident.io without its list of ongoing incidents, its affected components or its structure",
		)
	}
	g.home = pageURL(s, p, sum.PublicURL)
	res := scraper.Result{Document: g.document, PageName: sum.Name, PageURL: g.home}
	listed := g.note()
	for _, in := range slices.Concat(sum.Ongoing, sum.Maintenances, g.incidents) {
		if in.ID == "" && in.Name == "" {
			return scraper.Result{}, page.Errorf("a page of incident.io with an incident that has neither id nor name")
		}
		if raw := g.incident(in); page.Listed(res.Incidents, raw) < 0 {
			res.Incidents = append(res.Incidents, raw)
		}
	}
	if id := page.IncidentID(p.URL); g.document == page.DocIncidentPage &&
		!slices.ContainsFunc(res.Incidents, func(r normalize.Raw) bool { return r.ID == id }) {
		if len(res.Incidents) == 0 {
			return scraper.Result{}, page.Errorf(
				"the page of incident %s of incident.io does not hold that incident", id)
		}
		g.lost = append(g.lost,
			page.LeftOut("incident", id, "the page does not hold the incident of its address", 1, 1))
	}
	res.Findings = append(res.Findings, g.lost...)
	for n, link := range g.history.Links {
		if link.ID == "" {
			res.Findings = append(res.Findings, page.Nameless("incidents", n+1, len(g.history.Links)))
		}
	}
	links := g.links(res.Incidents)
	res.Incidents = append(res.Incidents, links...)
	if sum.PageType == "parent" {
		g.parent(s, &res)
		return res, nil
	}
	if g.document == page.DocIncidentPage {
		return res, nil // the home page covers what is on every page
	}
	res.Components = listed
	res.Coverage = scraper.Coverage{Components: true, Open: sum.Maintenances != nil && len(res.Findings) == 0}
	res.Follow = g.follow(s, links)
	return res, nil
}

// parent reads a page that only links to sub-pages. Its own lists are always empty, and prove nothing. Each sub-page
// becomes one component.
func (g *pageData) parent(s scraper.Source, res *scraper.Result) {
	for _, item := range g.summary.Structure.Items {
		if item.SubPage != nil {
			g.subPages = append(g.subPages, *item.SubPage)
		}
	}
	seen := map[string]bool{}
	for n, sub := range g.subPages {
		if sub.Name == "" {
			res.Findings = append(res.Findings, page.Nameless("components", n+1, len(g.subPages)))
		}
		if seen[sub.ID] || sub.Name == "" {
			continue
		}
		seen[sub.ID] = true
		res.Components = append(res.Components, normalize.RawComponent{ID: sub.ID, Name: sub.Name, Status: sub.Worst})
		if page.SiteOf(sub.PublicURL) != "" && page.SiteOf(sub.PublicURL) == page.SiteOf(s.URL) {
			res.Follow = append(res.Follow, scraper.Request{URL: sub.PublicURL})
		}
	}
	if len(res.Follow) == 0 && g.document == docProxy && s.URL != "" {
		res.Follow = []scraper.Request{{URL: base(s.URL)}}
	}
}

// follow asks, in a poll, for the newest incidents with their ends, which the JSON of a page does not
// list, and for the page of each incident of which the history tells more than the database does; in a
// backfill for each that is not on the record whole.
func (g *pageData) follow(s scraper.Source, links []normalize.Raw) []scraper.Request {
	base := base(s.URL)
	if base == "" {
		return nil
	}
	var out []scraper.Request
	if s.Mode == scraper.Poll {
		out = recentIncidents(s)
	}
	for _, raw := range links {
		known, ok := s.Known[raw.ID]
		over := strings.EqualFold(raw.State, "resolved") || strings.HasPrefix(raw.State, "maintenance_complete")
		wanted := s.Mode == scraper.Backfill && (!ok || known.Excerpt || !known.Over) || ok && !known.Over && over
		if wanted && raw.URL != "" {
			out = append(out, scraper.Request{URL: base + "/incidents/" + raw.ID, Optional: true})
		}
	}
	return out
}

// note collects and returns the page's components. Components that are not in the list of affected components are
// operational. A parent page says nothing about its own.
func (g *pageData) note() []normalize.RawComponent {
	g.parts = map[string]normalize.RawComponent{}
	status := map[string]string{}
	for _, a := range g.summary.Affected {
		status[a.ComponentID] = cmp.Or(a.Current, a.Status)
	}
	var out []normalize.RawComponent
	add := func(c component, group string) {
		id := cmp.Or(c.ComponentID, c.ID)
		if _, known := g.parts[id]; known || c.Name == "" {
			return
		}
		part := normalize.RawComponent{ID: id, Name: c.Name, Group: group, Status: "operational"}
		if word, affected := status[id]; affected {
			part.Status = word
		}
		g.parts[id] = part
		out = append(out, part)
	}
	page := ""
	if g.summary.Parent != nil {
		page = g.summary.Name
	}
	for _, item := range g.summary.Structure.Items {
		if item.Component != nil {
			add(*item.Component, page)
		}
		if item.Group != nil {
			for _, c := range item.Group.Components {
				add(c, item.Group.Name)
			}
		}
	}
	for _, c := range g.summary.Components {
		add(c, page)
	}
	return out
}

// incident reads one incident or maintenance with its timeline.
func (g *pageData) incident(in incident) normalize.Raw {
	kind := ""
	if in.Type == string(normalize.KindMaintenance) {
		kind = in.Type
	}
	raw := normalize.Raw{
		Document: g.document, ID: in.ID, URL: page.IncidentURL(g.home, in.ID), Title: in.Name, State: in.Status,
		Kind: kindOf(kind, in.Status), Created: page.Time(in.PublishedAt, ""),
	}
	var words []string
	spans := spansOf(in.Impacts)
	for _, a := range in.Affected {
		words = append(words, a.Status)
		if part, ok := g.part(a.ComponentID); ok {
			part.Status = cmp.Or(a.Current, a.Status)
			spans[a.ComponentID].date(&part, raw.Kind)
			raw.Components = append(raw.Components, part)
		}
	}
	for _, s := range in.Summaries {
		words = append(words, s.Worst)
	}
	for _, u := range in.Updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: u.ID, State: cmp.Or(u.ToStatus, u.Status), Posted: page.Time(u.PublishedAt, ""),
			Body: cmp.Or(u.Text, richText(u.Message)), Format: normalize.FormatMarkdown,
		})
	}
	page.OldestFirst(raw.Updates)
	g.impacts(&raw, in.Impacts, words)
	if body := cmp.Or(richText(in.WriteUp), in.WriteUpURL); body != "" {
		raw.Updates = append(
			raw.Updates,
			normalize.RawUpdate{State: "postmortem", Body: body, Format: normalize.FormatMarkdown},
		)
	}
	return raw
}

// part returns the page's entry for a component; ok is false in a document without components. A component that is no
// longer on the page is named by its id.
func (g *pageData) part(id string) (part normalize.RawComponent, ok bool) {
	if part, ok = g.parts[id]; !ok {
		part = normalize.RawComponent{ID: id, Name: id}
	}
	return part, ok || len(g.parts) > 0 && id != ""
}

// links returns the history's titles, except those of incidents that were read with their timelines.
func (g *pageData) links(read []normalize.Raw) []normalize.Raw {
	var out []normalize.Raw
	for _, link := range g.history.Links {
		if link.ID == "" {
			continue // result tells of it
		}
		raw := normalize.Raw{
			Document: docHistoryLink, ID: link.ID, URL: page.IncidentURL(g.home, link.ID), Title: link.Name,
			State: link.Status,
			Kind:  kindOf("", link.Status), Created: page.Time(link.PublishedAt, ""), Excerpt: true,
		}
		if raw.URL == "" {
			raw.URL = link.Permalink
		}
		var impacts []impact
		for _, i := range g.history.Impacts {
			if i.IncidentID == link.ID {
				impacts = append(impacts, i)
			}
		}
		g.impacts(&raw, impacts, nil)
		if page.Listed(read, raw) < 0 && page.Listed(out, raw) < 0 {
			out = append(out, raw)
		}
	}
	return out
}

// impacts adds what an incident's impacts contain: the worst word, the components if none are listed, when it began and
// ended, and a maintenance's window. The end of the window is the planned one only until the maintenance is over.
func (g *pageData) impacts(raw *normalize.Raw, impacts []impact, words []string) {
	listed := len(raw.Components) > 0
	named, spans := map[string]bool{}, spansOf(impacts)
	var all span
	for _, i := range impacts {
		words = append(words, i.Status)
		if !listed && !named[i.ComponentID] {
			named[i.ComponentID] = true
			if part, ok := g.part(i.ComponentID); ok {
				part.Status = ""
				spans[i.ComponentID].date(&part, raw.Kind)
				raw.Components = append(raw.Components, part)
			}
		}
		all.add(i)
	}
	raw.Impact = worstOf(words)
	if raw.Kind == string(normalize.KindMaintenance) {
		raw.ScheduledStart = page.Time(all.start, "")
		if !all.open && !strings.HasPrefix(strings.ToLower(raw.State), "maintenance_complete") {
			raw.ScheduledEnd = page.Time(all.end, "")
		}
		return
	}
	if all.beginsBefore(*raw) {
		raw.Started = page.Time(all.start, "")
	}
	if !all.open && strings.EqualFold(raw.State, "resolved") && !all.outlived(raw.Updates) {
		raw.Resolved = page.Time(all.end, "")
	}
}

// span is the time from the first start of several impacts to the last end.
type span struct {
	start, end string
	open       bool // one of them goes on
}

// spansOf returns the time of each component's impacts.
func spansOf(impacts []impact) map[string]span {
	spans := map[string]span{}
	for _, i := range impacts {
		s := spans[i.ComponentID]
		s.add(i)
		spans[i.ComponentID] = s
	}
	return spans
}

// date says of a component when an incident affected it. The times of planned work are its window.
func (s span) date(part *normalize.RawComponent, kind string) {
	if kind == string(normalize.KindMaintenance) {
		return
	}
	if part.Started = page.Time(s.start, ""); !s.open {
		part.Resolved = page.Time(s.end, "")
	}
}

func (s *span) add(i impact) {
	if s.start == "" || page.Before(i.StartAt, s.start) {
		s.start = i.StartAt
	}
	if s.open = s.open || i.EndAt == ""; s.end == "" || page.Before(s.end, i.EndAt) {
		s.end = i.EndAt
	}
}

// outlived reports whether a post says, over a minute after the last impact ended, that the incident goes on. That the
// vendor watches on is no such word.
func (s *span) outlived(updates []normalize.RawUpdate) bool {
	end, err := times.Parse(page.Time(s.end, ""), "")
	return err == nil && slices.ContainsFunc(updates, func(u normalize.RawUpdate) bool {
		goesOn := strings.EqualFold(u.State, "investigating") || strings.EqualFold(u.State, "identified")
		return goesOn && page.After(u.Posted.Text, end.Add(time.Minute))
	})
}

// beginsBefore reports whether the impact began before everything that was posted. One that began later is a part of
// the incident.
func (s *span) beginsBefore(raw normalize.Raw) bool {
	later := func(posted normalize.RawTime) bool { return posted.IsZero() || page.Before(s.start, posted.Text) }
	return s.start != "" && later(raw.Created) &&
		!slices.ContainsFunc(raw.Updates, func(u normalize.RawUpdate) bool { return !later(u.Posted) })
}
