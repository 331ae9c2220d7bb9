package simulate

import (
	"cmp"
	"slices"
	"time"
)

// page is what a vendor shows at one moment.
type page struct {
	Vendor
	now       time.Time
	base      string // the page's address, without a slash at the end
	updatedAt time.Time
	parts     []part
	incidents []story // newest first
}

// part is a component as it is at that moment.
type part struct {
	Component
	status    string
	position  int
	updatedAt time.Time
}

// story is an incident as far as it has come.
type story struct {
	Incident
	title      string
	impact     string
	state      string
	createdAt  time.Time
	startedAt  time.Time
	monitorAt  time.Time
	resolvedAt time.Time
	updatedAt  time.Time
	posts      []post // newest first
	affected   []string
}

// post is an update as it reads at that moment.
type post struct {
	Update
	body      string
	date      time.Time // shown to readers
	updatedAt time.Time
	changes   []change
}

// change is what an update did to a component.
type change struct {
	component Component
	from, to  string
}

// at returns the page as it is at t.
func (v Vendor) at(t time.Time, base string) page {
	p := page{Vendor: v, now: t, base: base, updatedAt: v.CreatedAt}
	statuses := map[string]string{}
	touched := map[string]time.Time{}
	for _, c := range v.Components {
		statuses[c.ID] = "operational"
		touched[c.ID] = v.CreatedAt
	}
	visible := map[string]map[string][]change{} // incident, update
	for _, u := range v.published(t) {
		if visible[u.incident] == nil {
			visible[u.incident] = map[string][]change{}
		}
		for _, s := range u.Sets {
			was, known := statuses[s.Component]
			if !known {
				continue
			}
			visible[u.incident][u.ID] = append(visible[u.incident][u.ID],
				change{component: v.component(s.Component), from: was, to: s.Status})
			statuses[s.Component], touched[s.Component] = s.Status, u.At
		}
		p.touch(u.At)
	}
	for i, c := range v.Components {
		p.parts = append(p.parts, part{Component: c, status: statuses[c.ID], position: i + 1, updatedAt: touched[c.ID]})
	}
	for _, i := range v.Incidents {
		if gone := i.RemovedAt; !gone.IsZero() && !gone.After(t) {
			p.touch(gone)
			continue
		}
		if s := i.at(t, visible[i.ID]); len(s.posts) > 0 {
			p.touch(s.updatedAt)
			p.incidents = append(p.incidents, s)
		}
	}
	slices.SortStableFunc(p.incidents, func(a, b story) int {
		return cmp.Compare(b.startedAt.UnixNano(),
			a.startedAt.UnixNano())
	})
	return p
}

func (p *page) touch(t time.Time) {
	if t.After(p.updatedAt) {
		p.updatedAt = t
	}
}

// publishedUpdate is an update with the incident it belongs to.
type publishedUpdate struct {
	Update
	incident string
}

// published returns the updates of all incidents published by t, oldest first, so that component
// statuses can be followed across incidents. What was removed later did have its effect.
func (v Vendor) published(t time.Time) []publishedUpdate {
	var out []publishedUpdate
	for _, i := range v.Incidents {
		for _, u := range i.Updates {
			if !u.At.After(t) {
				out = append(out, publishedUpdate{u, i.ID})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b publishedUpdate) int { return a.At.Compare(b.At) })
	return out
}

// at returns the incident as far as it has come by t.
func (i Incident) at(t time.Time, changes map[string][]change) story {
	s := story{Incident: i, title: i.Name, impact: i.Impact}
	if i.Maintenance() {
		s.impact = "maintenance"
	}
	for _, u := range i.Updates {
		if u.At.After(t) {
			continue
		}
		p := post{Update: u, body: u.Body, date: cmp.Or(u.DisplayAt, u.At), updatedAt: u.At, changes: changes[u.ID]}
		for _, e := range u.Edits {
			if !e.At.After(t) {
				p.body, p.updatedAt = e.Text, e.At
			}
		}
		if len(s.posts) == 0 {
			s.createdAt = u.At
			s.startedAt = cmp.Or(i.StartedAt, p.date)
		}
		s.posts = append(s.posts, p)
		s.follow(p)
	}
	for _, e := range i.Renames {
		if !e.At.After(t) && len(s.posts) > 0 {
			s.title, s.updatedAt = e.Text, later(s.updatedAt, e.At)
		}
	}
	slices.SortStableFunc(s.posts, func(a, b post) int { return b.date.Compare(a.date) })
	return s
}

// follow moves the incident on by one update.
func (s *story) follow(p post) {
	s.state = p.State
	s.updatedAt = later(s.updatedAt, p.updatedAt)
	if p.Impact != "" {
		s.impact = p.Impact
	}
	switch p.State {
	case "monitoring":
		s.monitorAt = p.date
	case "resolved", "completed":
		s.resolvedAt = p.date
	}
	for _, c := range p.changes {
		if !slices.Contains(s.affected, c.component.ID) {
			s.affected = append(s.affected, c.component.ID)
		}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (v Vendor) component(id string) Component {
	for _, c := range v.Components {
		if c.ID == id {
			return c
		}
	}
	return Component{}
}

// open reports whether the incident is still going on, or the maintenance still to come.
func (s story) open() bool { return s.resolvedAt.IsZero() && s.state != "postmortem" }

// postmortem returns the postmortem, if it is published.
func (s story) postmortem() (post, bool) {
	for _, p := range s.posts {
		if p.State == "postmortem" {
			return p, true
		}
	}
	return post{}, false
}

// worst returns the page-level indicator: the worst impact among what is open and has begun.
func (p page) worst() string {
	rank := []string{"none", "maintenance", "minor", "major", "critical"}
	best := 0
	for _, s := range p.incidents {
		if !s.open() || s.state == "scheduled" {
			continue
		}
		best = max(best, slices.Index(rank, s.impact))
	}
	return rank[best]
}
