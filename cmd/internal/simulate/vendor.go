// Package simulate serves scripted vendors on loopback, in the formats of real status pages, for
// the demo, for tests and for benchmarks. It is the vendors' side only: nothing here reads a page.
//
// A vendor is a script: what it published and when. Every page is a function of that script and of
// the time, so that at time t it shows what had been published by t and nothing else.
package simulate

import (
	"strconv"
	"time"
)

// The platforms a vendor's page can be on, by the name under which their reader is registered.
const (
	PlatformStatuspage = "statuspage"
	PlatformPingoru    = "pingoru"
	PlatformFeed       = "feed"
)

// Vendor is the script of one vendor.
type Vendor struct {
	Slug       string // lower case, as in a configuration
	Name       string
	Platform   string    // PlatformStatuspage, PlatformPingoru or PlatformFeed
	ID         string    // the page's id on its platform
	Zone       string    // IANA name of the zone the page prints times in; empty: Etc/UTC
	CreatedAt  time.Time // when the page came to be; history pages reach down to its month
	Components []Component
	Incidents  []Incident // in any order; maintenances too
	Faults     []Fault
}

// Component is a part of the vendor's service. It is operational until an update sets it to
// something else.
type Component struct {
	ID    string
	Name  string
	Group string // name of its group; empty: none
}

// Incident is the script of an incident, or of a maintenance if ScheduledFor is set.
type Incident struct {
	ID             string
	Name           string
	Impact         string    // none, minor, major, critical; a maintenance's is always "maintenance"
	StartedAt      time.Time // zero: when its first update is dated
	ScheduledFor   time.Time
	ScheduledUntil time.Time
	Updates        []Update  // oldest first
	Renames        []Edit    // new titles, oldest first
	RemovedAt      time.Time // when the vendor took it off the page; zero: never
}

// Update is one post of an incident's timeline.
type Update struct {
	ID        string
	State     string    // the platform's word: investigating, in_progress, postmortem, …
	Body      string    // Markdown
	At        time.Time // when it was published
	DisplayAt time.Time // the date readers are shown, where the vendor set another; zero: At
	Impact    string    // the incident's impact from here on; empty: as before
	Sets      []Status  // components whose status changes with it
	Edits     []Edit    // new bodies, oldest first
}

// Status is a component's status, set by an update.
type Status struct {
	Component string // its ID
	Status    string // operational, degraded_performance, partial_outage, major_outage, under_maintenance
}

// Edit is a new text in the place of an old one.
type Edit struct {
	At   time.Time
	Text string
}

// Maintenance reports whether the incident is planned work.
func (i Incident) Maintenance() bool { return !i.ScheduledFor.IsZero() }

func (v Vendor) location() *time.Location {
	if v.Zone == "" {
		return time.UTC
	}
	loc, err := time.LoadLocation(v.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Complete fills in the ids that a script leaves out. They depend on the script alone, so that they
// are the same in every run.
func Complete(v Vendor) Vendor {
	if v.ID == "" {
		v.ID = code("page", v.Slug)
	}
	v.Components = append([]Component(nil), v.Components...)
	for i, c := range v.Components {
		if c.ID == "" {
			v.Components[i].ID = code(v.Slug, c.Group, c.Name)
		}
	}
	v.Incidents = append([]Incident(nil), v.Incidents...)
	for i := range v.Incidents {
		inc := &v.Incidents[i]
		if inc.ID == "" {
			inc.ID = code(v.Slug, inc.Name)
		}
		inc.Updates = append([]Update(nil), inc.Updates...)
		for k := range inc.Updates {
			if inc.Updates[k].ID == "" {
				inc.Updates[k].ID = code(inc.ID, strconv.Itoa(k+1))
			}
		}
	}
	return v
}
