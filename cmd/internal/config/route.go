package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
)

// Match chooses news. An empty key excludes nothing. The patterns are globs, in which * stands for any
// characters and ? for one; upper and lower case are the same.
type Match struct {
	Vendors []string `toml:"vendors"` // globs of slugs or names
	Tags    []string `toml:"tags"`    // globs of a vendor's tags
	Owners  []string `toml:"owners"`  // globs of a vendor's owner
	// globs of "Group › Name", of the group or of the name; an incident that names no component may be everywhere, and
	// matches
	Components []string `toml:"components"`
	// globs of the slugs or names of services that it touches, or may touch; see Service
	Services []string `toml:"services"`
	// globs of the group or the name, either of which may be a place; as for components
	Regions []string `toml:"regions"`
	// the mildest status that one of these components must have itself, as in a vendor's filter
	ComponentStatus normalize.ComponentStatus `toml:"component_status"`

	Kinds    []normalize.Kind      `toml:"kinds"`    // of incidents
	Severity normalize.Severity    `toml:"severity"` // the lowest, by Severity.Rank; planned work has none
	Events   []normalize.EventKind `toml:"events"`   // kinds of events
}

// Route says which news goes to which channels as alerts.
type Route struct {
	Name string `toml:"name"` // required, unique
	Match
	Channels []string `toml:"channels"` // names of channels; at least one
	// whether the routes below are tried too where this one matches; default false
	Continue bool `toml:"continue"`
	// how long the first message on anything is held, in case that ends before; default 0s, which is not at all
	Hold Duration `toml:"hold"`
	// tell also of what touches no service of ours, of a vendor that one needs; default false
	Untouched bool               `toml:"untouched"`
	Mention   normalize.Severity `toml:"mention"` // severity from which people are called, as by @here; default never
}

// Alerts is the short form of one route: severe incidents go to these channels.
type Alerts struct {
	Channels []string `toml:"channels"` // names of channels; without any, and without a route, there are no alerts
	Hold     Duration `toml:"hold"`     // as that of a route
	// as that of a route
	Untouched bool `toml:"untouched"`
}

// DefaultRoute is the name of the route that [alerts] stands for.
const DefaultRoute = "alerts"

// AlertEvents are the events of a route that names none: an incident opens, changes its severity, is resolved or
// reopens, a page cannot be read, can be read again or moves, our own network fails, and a target is at risk or missed.
// Updates and planned work are left to the digest.
func AlertEvents() []normalize.EventKind {
	return []normalize.EventKind{
		normalize.EventIncidentOpened, normalize.EventIncidentResolved, normalize.EventIncidentReopened,
		normalize.EventSeverityChanged,
		normalize.EventSourceUnreadable, normalize.EventSourceReadable, normalize.EventSourceMoved,
		words.OwnNetwork, words.SLAAtRisk, words.SLAMissed,
	}
}

func (c *checker) routes() {
	cfg := c.config
	c.channelNames("alerts.channels", cfg.Alerts.Channels)
	c.length("alerts.hold", cfg.Alerts.Hold, 0, 24*time.Hour, "10m")
	if len(cfg.Routes) > 0 && len(cfg.Alerts.Channels) > 0 {
		c.Add("alerts.channels", "[alerts] and [[route]] cannot be combined",
			"name its channels in a [[route]] and remove [alerts]")
	}
	first := map[string]int{}
	for i := range cfg.Routes {
		r, path := &cfg.Routes[i], fmt.Sprintf("route[%d]", i)
		c.unique(first, path+".name", r.Name, "route")
		if len(r.Channels) == 0 && !c.Refused(path+".channels") {
			c.Add(path+".channels", "it is missing: a route needs a channel", `write for example channels = ["team"]`)
		}
		c.channelNames(path+".channels", r.Channels)
		c.match(&r.Match, path)
		c.severity(path+".mention", r.Mention)
		c.length(path+".hold", r.Hold, 0, 24*time.Hour, "10m")
		r.fill()
	}
	if len(cfg.Routes) == 0 && len(cfg.Alerts.Channels) > 0 {
		r := Route{Name: DefaultRoute, Channels: cfg.Alerts.Channels, Hold: cfg.Alerts.Hold,
			Untouched: cfg.Alerts.Untouched}
		r.fill()
		cfg.Routes = []Route{r}
	}
}

// fill sets the defaults of a route. Notices and planned work have no severity, so a route for those alone has no
// lowest severity.
func (r *Route) fill() {
	if r.Severity == "" {
		r.Severity = normalize.SeverityMajor
		if len(r.Kinds) > 0 && !slices.Contains(r.Kinds, normalize.KindIncident) {
			r.Severity = normalize.SeverityNone
		}
	}
	if len(r.Events) == 0 {
		r.Events = AlertEvents()
	}
}

// channelNames notes names of channels that do not exist or are listed twice.
func (c *checker) channelNames(path string, given []string) {
	var names []string
	for _, ch := range c.config.Channels {
		names = append(names, ch.Name)
	}
	seen := map[string]bool{}
	for i, name := range given {
		path := fmt.Sprintf("%s[%d]", path, i)
		if seen[name] {
			c.Add(path, fmt.Sprintf("channel %q is named twice", name), "keep one of the two")
			continue
		}
		seen[name] = true
		if slices.Contains(names, name) {
			continue
		}
		write := "add a [[channel]] of that name"
		if near := words.Nearest(name, names); near != "" {
			write = fmt.Sprintf("write %q", near)
		} else if len(names) > 0 {
			write += ", or write one of: " + strings.Join(names, ", ")
		}
		c.Add(path, fmt.Sprintf("there is no channel %q", name), write)
	}
}

// match checks the keys that choose news. A pattern that matches no vendor in the file is a mistake that would cost
// alerts.
func (c *checker) match(m *Match, path string) {
	var vendors, slugs, tags, owners []string
	for _, v := range c.config.Vendors {
		slug := v.Slug
		if slug == "" {
			slug = Slug(v.Name)
		}
		slugs = append(slugs, slug)
		vendors = append(vendors, slug, v.Name)
		tags = append(tags, v.Tags...)
		if v.Owner != "" {
			owners = append(owners, v.Owner)
		}
	}
	c.globs(path+".vendors", m.Vendors, vendors, slugs, "there is no vendor %q")
	c.globs(path+".tags", m.Tags, tags, tags, "no vendor has the tag %q")
	c.globs(path+".owners", m.Owners, owners, owners, "no vendor has the owner %q")
	var services, named []string
	for _, s := range c.config.Services {
		services, named = append(services, s.Slug, s.Name), append(named, s.Name)
	}
	c.globs(path+".services", m.Services, services, named, "there is no service %q")
	for key, globs := range map[string][]string{"components": m.Components, "regions": m.Regions} {
		for i, glob := range globs {
			if strings.TrimSpace(glob) == "" {
				c.Add(fmt.Sprintf("%s.%s[%d]", path, key, i), "it is empty, and matches nothing",
					`write for example "*Frankfurt*"`)
			}
		}
	}
	c.severity(path+".severity", m.Severity)
	if m.ComponentStatus != "" {
		c.oneOf(path+".component_status", string(m.ComponentStatus), "a status of components", componentStatuses)
	}
	for i, k := range m.Kinds {
		c.oneOf(fmt.Sprintf("%s.kinds[%d]", path, i), string(k), "a kind of incident", kinds)
	}
	for i, e := range m.Events {
		at := fmt.Sprintf("%s.events[%d]", path, i)
		if instead := formerEvents[string(e)]; instead != "" {
			c.Add(at, fmt.Sprintf("%q is no event any more: trouble that a page shows, and that its vendor has not "+
				"posted, is an incident", string(e)), fmt.Sprintf("write %q", instead))
			continue
		}
		c.oneOf(at, string(e), "an event", eventKinds)
	}
}

// globs notes patterns that match none of the texts; known are the words that may be written.
func (c *checker) globs(path string, globs, texts, known []string, problem string) {
	known = slices.Compact(slices.Sorted(slices.Values(known)))
	for i, glob := range globs {
		if slices.ContainsFunc(texts, func(t string) bool { return normalize.Glob(glob, t) }) {
			continue
		}
		write := "leave it out"
		if near := words.Nearest(glob, known); near != "" {
			write = fmt.Sprintf("write %q", near)
		} else if len(known) > 0 {
			write = "write one of: " + strings.Join(known, ", ")
		}
		c.Add(fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf(problem, glob), write)
	}
}

var (
	kinds = []string{string(normalize.KindIncident), string(normalize.KindMaintenance),
		string(normalize.KindNotice)}
	componentStatuses = []string{string(normalize.StatusOperational), string(normalize.StatusMaintenance),
		string(normalize.StatusDegraded), string(normalize.StatusPartial), string(normalize.StatusMajor)}
	severities = []string{string(normalize.SeverityNone), string(normalize.SeverityMinor),
		string(normalize.SeverityUnknown),
		string(normalize.SeverityMajor), string(normalize.SeverityCritical)}
	eventKinds = []string{
		string(normalize.EventIncidentOpened), string(normalize.EventUpdatePosted), string(normalize.EventStateChanged),
		string(normalize.EventSeverityChanged), string(normalize.EventIncidentResolved),
		string(normalize.EventIncidentReopened),
		string(normalize.EventPostmortemPosted), string(normalize.EventIncidentEdited),
		string(normalize.EventIncidentLeftFeed),
		string(normalize.EventMaintenanceScheduled), string(normalize.EventMaintenanceStarted),
		string(normalize.EventMaintenanceCompleted),
		string(normalize.EventComponentChanged), string(normalize.EventSourceUnreadable),
		string(normalize.EventSourceReadable),
		string(normalize.EventSourceMoved), words.OwnNetwork, words.SLAAtRisk, words.SLAMissed,
	}
)

// formerEvents are kinds of events that there once were, and those that tell the same now.
var formerEvents = map[string]string{
	"indicator_raised":  string(normalize.EventIncidentOpened),
	"indicator_cleared": string(normalize.EventIncidentResolved),
}

// severity notes a word that is not a severity. An empty one is left alone.
func (c *checker) severity(path string, s normalize.Severity) {
	if s != "" {
		c.oneOf(path, string(s), "a severity", severities)
	}
}

// oneOf notes a word that is not among those known.
func (c *checker) oneOf(path, word, what string, known []string) bool {
	if slices.Contains(known, word) {
		return true
	}
	write := "write one of: " + strings.Join(known, ", ")
	if near := words.Nearest(word, known); near != "" {
		write = fmt.Sprintf("write %q, or another of: %s", near, strings.Join(known, ", "))
	}
	c.Add(path, fmt.Sprintf("%q is not %s", word, what), write)
	return false
}

// Places are the groups of places that the built-in catalogue has for a vendor, by name ("eu"), with the vendor's
// words for them.
func (v Vendor) Places() map[string][]string { return placesOf(v) }
