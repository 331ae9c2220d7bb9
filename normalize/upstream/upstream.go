// Package upstream finds incidents of several vendors that have one cause, and tells them as one story. It is pure.
//
// Vendors stand on vendors: when a cloud fails, so do many who run there. That it is so can be known from three things:
// from words ("due to an outage at AWS"), from time against the usual rate of each vendor, and from what is known of
// who stands on whom. Words make a story; time alone only where chance would bring such a run less than once a year.
// See docs/upstream.md.
package upstream

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"vendorwatch/normalize"
)

// An Incident is what stories are made of: one incident of one vendor, as far as it is known at a moment.
type Incident struct {
	ID       int64
	Vendor   string // its slug
	Page     string // host of its status page
	Title    string
	Kind     normalize.Kind
	Origin   normalize.Origin
	Severity normalize.Severity
	Opened   time.Time // when the vendor first posted it
	Started  time.Time // when it says that the trouble began, if it says so
	Ended    time.Time // zero: it lasts
	Says     []Mention // what its words say of providers: see Read
}

// A Post is one of the vendor's posts.
type Post struct {
	At   time.Time
	Text string
}

// A Footing is a provider on which a vendor stands, and perhaps in which region.
type Footing struct{ Provider, Region string }

// World is what is known beside the incidents.
type World struct {
	PerWeek  map[string]float64   // by company: how many incidents it opens in a usual week
	StandsOn map[string][]Footing // by company
}

// Evidence is why an incident belongs to a story.
type Evidence string

// The kinds of evidence, the strongest first.
const (
	Cause    Evidence = "cause"     // it is the provider's own incident
	Named    Evidence = "named"     // it names the provider as its cause
	Unnamed  Evidence = "unnamed"   // it blames a provider whom it does not name, within hours
	Located  Evidence = "located"   // its trouble is in the provider's region, within hours
	StandsOn Evidence = "stands_on" // its vendor stands on the provider, and it opened within the hour
	InTime   Evidence = "in_time"   // it opened within the hour, and its vendor opens seldom
)

// A Member is an incident of a story.
type Member struct {
	Incident int64
	Vendor   string
	Company  string
	Evidence Evidence
	At       time.Time // since when that is known
	Words    string    // the sentence that says so; empty where time says so
	OneIn    float64   // by chance its vendor opens one in so little time once in so many times; 0: not computed
}

// A Story is one cause and the incidents that stem from it.
type Story struct {
	Provider  string // slug on the list of providers; empty: nobody has named it yet
	Name      string // its name; empty like Provider
	Region    string // if members name one
	Members   []Member
	Companies int       // how many of them: pages of one company are one witness
	NamedBy   int       // how many companies name the provider, beside itself
	StartedAt time.Time // the earliest opening, or start by the provider's own record
	EndedAt   time.Time // zero: it lasts
	ToldAt    time.Time // when there first was enough to claim it
	OneIn     float64   // so many weeks pass until chance brings such a run of openings once; 0: not computed
}

// Limits of time.
const (
	episode    = 6 * time.Hour    // openings that name one provider and lie further apart are two stories
	longest    = 24 * time.Hour   // and so are those this long after the first
	before     = 6 * time.Hour    // a provider's own incident may have begun so long before the first who names it
	late       = 90 * time.Minute // and be posted so long after
	blaming    = 3 * time.Hour    // who blames a provider without its name opened so soon after the start
	withinHour = time.Hour        // who says nothing opened so soon after the start
	early      = 20 * time.Minute // clocks and posts differ: a victim may post before the one who fails
	afterwards = time.Hour        // who opens so long after the end is no part of it
)

func (i Incident) company() string {
	if i.Page == "" {
		return i.Vendor
	}
	return Company(i.Page)
}

// Known returns the incidents as they were known at a moment: those that had opened by then, with what they had said by
// then.
func Known(all []Incident, at time.Time) []Incident {
	var known []Incident
	for _, i := range all {
		if i.Opened.After(at) {
			continue
		}
		if i.Ended.After(at) {
			i.Ended = time.Time{}
		}
		i.Says = slices.DeleteFunc(slices.Clone(i.Says), func(m Mention) bool { return m.At.After(at) })
		known = append(known, i)
	}
	return known
}

// witness is an incident with what its words say.
type witness struct {
	Incident
	by    string // its company
	says  testimony
	taken bool // it belongs to a story
	cloud bool // its vendor stands on machines of its own
}

// Stories returns the stories of these incidents, the first to start first. Their order makes no difference.
func Stories(incidents []Incident, w World) []Story {
	t := newTelling(incidents, w)
	t.named()
	t.inTime()
	t.chain()
	// One who names a provider at a time when many open is no story as long as nobody else belongs to it.
	t.stories = slices.DeleteFunc(t.stories, func(s Story) bool { return s.Companies < 2 })
	slices.SortFunc(t.stories, func(a, b Story) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), strings.Compare(a.Provider, b.Provider))
	})
	return t.stories
}

// telling is the state of Stories.
type telling struct {
	world     World
	all       []*witness // by opening
	companies []string   // all of which anything is known
	found     []run      // what chance does not bring
	stories   []Story
}

func newTelling(incidents []Incident, w World) *telling {
	t := &telling{world: w}
	known := map[string]bool{}
	for company := range w.PerWeek {
		known[company] = true
	}
	for _, i := range incidents {
		if i.Kind != normalize.KindIncident || i.Origin != normalize.OriginVendor && i.Origin != normalize.OriginPage {
			continue
		}
		one := &witness{Incident: i, by: i.company(), says: weigh(i.Says), cloud: isCloud(i)}
		known[one.by] = true
		t.all = append(t.all, one)
	}
	for company := range known {
		t.companies = append(t.companies, company)
	}
	slices.Sort(t.companies)
	slices.SortFunc(t.all, func(a, b *witness) int {
		return cmp.Or(a.Opened.Compare(b.Opened), strings.Compare(a.Vendor, b.Vendor), cmp.Compare(a.ID, b.ID))
	})
	t.oneVoice()
	t.found = t.runsOf(t.all)
	return t
}

// oneVoice makes one witness of those who post the same title at the same time: they are one company, whatever their
// addresses are.
func (t *telling) oneVoice() {
	last := map[string]*witness{}
	for _, i := range t.all {
		title := strings.ToLower(strings.Join(strings.Fields(i.Title), " "))
		if len(title) < 30 {
			continue
		}
		if other, ok := last[title]; ok && i.Opened.Sub(other.Opened) <= withinHour {
			i.by = other.by
		}
		last[title] = i
	}
}

// isCloud reports whether a vendor stands on machines of its own: another cloud's trouble is none of its.
func isCloud(i Incident) bool {
	n := readNames()
	for _, p := range n.providers {
		if p.Kind == KindCloud && n.isOf(p.Slug, i) {
			return true
		}
	}
	return false
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
