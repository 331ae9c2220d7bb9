package custom

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"

	"vendorwatch/normalize"
	"vendorwatch/normalize/times"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// reading is one page that is being read into a Result.
type reading struct {
	*Selectors
	root  node
	base  *url.URL
	at    time.Time
	order map[*html.Node]int // of every element, where a selector may match above its place
	out   scraper.Result
	lost  struct{ incidents, components bool } // an entry of the list is none

	entries   map[string]map[string]string // of lookups, by key and id
	misshapen error                        // a text that has not its form
}

func newReading(s *Selectors, from scraper.Source, p page.Page) (*reading, error) {
	r := &reading{
		Selectors: s, at: p.At, out: scraper.Result{Document: s.kind()}, entries: map[string]map[string]string{},
	}
	body := page.Body(p)
	want := fmt.Sprintf("the anchor %q of the vendor's page", r.page.Anchor)
	var err error
	if r.root, err = parseNode(r.page.Format, body); err != nil || len(body) == 0 ||
		!r.finders["anchor"].there(r.root) || !marked(r.page.Marks, p.Body) {
		return nil, page.Unexpected(p, want)
	}
	address := cmp.Or(p.URL, from.URL)
	if r.base, err = url.Parse(address); err != nil {
		r.base = &url.URL{}
	}
	r.number()
	return r, nil
}

// number notes the order of a page's elements, where a selector may match above its place.
func (r *reading) number() {
	if r.root.element == nil || r.finders["date"] == nil && r.finders["component_group"] == nil {
		return
	}
	r.order = map[*html.Node]int{}
	for n := range r.root.element.Descendants() {
		r.order[n] = len(r.order)
	}
}

// above returns the text of what a selector matches at a place, else of its last match before it.
func (r *reading) above(key string, at node) string {
	f := r.finders[key]
	if text := r.text(key, at); text != "" || f == nil || at.element == nil {
		return text
	}
	text := ""
	for _, n := range f.all(r.root) {
		if r.order[n.element] > r.order[at.element] {
			break
		}
		text = cmp.Or(f.of(n), text)
	}
	return text
}

func (r *reading) incidents() error {
	f := r.finders["list"]
	if f == nil {
		return nil
	}
	list := f.all(r.root)
	if len(list) == 0 {
		if empty := r.finders["empty"]; empty != nil && !empty.there(r.root) {
			return page.Errorf(
				"the page has its anchor, but neither an incident (list %q) nor what stands for none (empty %q)",
				f.text,
				empty.text,
			)
		}
		return nil
	}
	titles, states := 0, 0
	for n, at := range list {
		if err := r.check(inIncident, at, fmt.Sprintf("the incident %d of %d", n+1, len(list))); err != nil {
			return err
		}
		raw, err := r.incident(at)
		if err != nil {
			return err
		}
		if raw.Title == "" && at.element == nil && !isObject(at.value) {
			r.out.Findings = append(r.out.Findings, page.Nameless("incidents", n+1, len(list)))
			r.lost.incidents = true
			continue
		}
		if raw.Title != "" {
			titles++
		}
		if raw.State != "" {
			states++
		}
		r.out.Incidents = append(r.out.Incidents, raw)
	}
	if titles == 0 {
		return page.Errorf(
			"the list %q matches %d times, and the title %q in none of them",
			f.text,
			len(list),
			r.page.Title,
		)
	}
	if states == 0 && r.page.State != "" {
		r.out.Findings = append(
			r.out.Findings,
			normalize.Finding{
				Field:   "state",
				Value:   r.page.State,
				Problem: "this selector matches in none of the incidents",
			},
		)
	}
	r.sharedLinks()
	return nil
}

func (r *reading) incident(at node) (normalize.Raw, error) {
	raw := normalize.Raw{
		Document: r.out.Document, ID: r.text("id", at), Title: r.text("title", at), State: r.text("state", at),
		Impact: r.text("severity", at), Zone: r.page.TimeZone, ReadBy: r.readBy(),
	}
	if word := r.text("kind", at); word != "" {
		raw.Kind = word
		kind, known := r.kinds[word]
		if !known {
			kind, known = r.kinds[normalize.Word(word)]
		}
		if known {
			raw.Kind = string(kind)
		}
	}
	planned := r.planned(raw)
	raw.Started, raw.Resolved = r.time("start", at, planned), r.time("end", at, planned)
	raw.ScheduledStart, raw.ScheduledEnd = r.time("scheduled_start", at, true), r.time("scheduled_end", at, true)
	if raw.Kind == string(normalize.KindMaintenance) && raw.ScheduledStart.IsZero() && raw.ScheduledEnd.IsZero() {
		// What a page prints of planned work is its window.
		raw.ScheduledStart, raw.ScheduledEnd = raw.Started, raw.Resolved
		raw.Started, raw.Resolved = normalize.RawTime{}, normalize.RawTime{}
	}
	r.link(&raw, at)
	for _, name := range r.names(at) {
		raw.Components = append(raw.Components, normalize.RawComponent{Name: name})
	}
	updates := r.finders["updates"]
	// Where no timeline is selected, or the incident is its own only update, there is more than is shown.
	raw.Excerpt = updates == nil || updates.self
	for _, u := range updates.all(at) {
		if u.element == nil && u.value == nil {
			r.out.Findings = append(r.out.Findings, normalize.Finding{Field: "updates", Value: raw.Title,
				Problem: "an update is null and is left out"})
			continue
		}
		if err := r.check(inUpdate, u, fmt.Sprintf("an update of %q", raw.Title)); err != nil {
			return raw, err
		}
		raw.Updates = append(raw.Updates, r.update(u))
	}
	page.OldestFirst(raw.Updates)
	return raw, nil
}

func (r *reading) update(at node) normalize.RawUpdate {
	u := normalize.RawUpdate{
		ID:     r.text("update_id", at),
		State:  r.text("update_state", at),
		Posted: r.time("update_time", at, false),
	}
	body := r.finders["update_body"]
	if body == nil {
		body = &finder{self: true}
	}
	if u.Body, u.Format = body.body(at); r.finders["update_body"] != nil {
		u.Body = r.meant("update_body", u.Body)
	}
	return u
}

// planned reports whether an incident may lie in the future.
func (r *reading) planned(raw normalize.Raw) bool {
	state, own := r.words.States[raw.State]
	if !own {
		state = normalize.State(normalize.Word(raw.State))
	}
	return raw.Kind == string(normalize.KindMaintenance) || state == normalize.StateScheduled
}

// time returns a printed time with the date that stands in or above its place. A year that is not printed is the one
// that brings the time closest to when the page was fetched; what is not planned has happened by then.
func (r *reading) time(key string, at node, planned bool) normalize.RawTime {
	t := page.Time(r.text(key, at), "")
	if t.IsZero() {
		return t
	}
	t.Layout, t.Language = r.layout, r.page.TimeLanguage
	if _, err := times.Parse(t, r.page.TimeZone); err == nil {
		return t
	}
	if date := r.near(page.Time(r.above("date", at), ""), planned); !date.IsZero() {
		t.Near = date.Text
		if day, err := times.Parse(date, ""); err == nil {
			t.Near = day.Format("2006-01-02")
		}
		return t
	}
	return r.near(t, planned)
}

// near supplies the year of a time that is printed without one, and nothing else: a day would be another one with the
// next fetch.
func (r *reading) near(t normalize.RawTime, planned bool) normalize.RawTime {
	read := func(near time.Time) (time.Time, normalize.RawTime, bool) {
		in := t
		in.Near = near.UTC().Format(time.RFC3339)
		out, err := times.Parse(in, r.page.TimeZone)
		return out, in, err == nil
	}
	if r.at.IsZero() || t.IsZero() {
		return t
	}
	today, in, ok := read(r.at)
	if tomorrow, _, _ := read(r.at.AddDate(0, 0, 1)); !ok || !today.Equal(tomorrow) {
		return t
	}
	if !planned && today.After(r.at.AddDate(0, 0, 1)) {
		_, in, _ = read(r.at.AddDate(-1, 0, 0))
	}
	return in
}

// link fills in the incident's own page. A link into the status page itself tells a name, not an address.
func (r *reading) link(raw *normalize.Raw, at node) {
	text := r.text("link", at)
	u, err := r.base.Parse(text)
	if text == "" || err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return
	}
	page := *u
	page.Fragment, page.RawFragment = "", ""
	if strings.TrimSuffix(page.String(), "/") != strings.TrimSuffix(r.base.String(), "/") {
		raw.URL = u.String()
		return
	}
	if raw.ID == "" {
		raw.ID = u.Fragment
	}
}

// sharedLinks drops an address that several incidents without an id have: it is none of them's own, and they would be
// taken for one.
func (r *reading) sharedLinks() {
	times := map[string]int{}
	for _, raw := range r.out.Incidents {
		times[raw.URL]++
	}
	for n := range r.out.Incidents {
		if raw := &r.out.Incidents[n]; raw.ID == "" && times[raw.URL] > 1 {
			raw.URL = ""
		}
	}
}

// names returns the affected components. One element with several names is split at its commas.
func (r *reading) names(at node) []string {
	f := r.finders["components"]
	found := f.all(at)
	var names []string
	for _, n := range found {
		list := []string{f.of(n)}
		if len(found) == 1 && n.element != nil {
			list = strings.Split(list[0], ",")
		}
		for _, name := range list {
			if name = r.meant("components", strings.TrimSpace(name)); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// components reads the page's own list.
func (r *reading) components() error {
	f := r.finders["component_list"]
	if f == nil {
		return nil
	}
	list := f.all(r.root)
	for n, at := range list {
		if err := r.check(inComponent, at, fmt.Sprintf("the component %d of %d", n+1, len(list))); err != nil {
			return err
		}
		c := normalize.RawComponent{
			ID:     r.text("component_id", at),
			Name:   r.text("component_name", at),
			Group:  r.above("component_group", at),
			Status: r.text("component_status", at),
		}
		if c.Name != "" {
			r.out.Components = append(r.out.Components, c)
		} else {
			r.out.Findings = append(r.out.Findings, page.Nameless("components", n+1, len(list)))
			r.lost.components = true
		}
	}
	if len(r.out.Components) > 0 {
		return nil
	}
	if len(r.out.Incidents) == 0 {
		return page.Errorf(
			"the page has its anchor, but no component with a name (component_list %q, component_name %q) and no "+
				"incident",
			f.text,
			r.page.ComponentName,
		)
	}
	r.out.Findings = append(
		r.out.Findings,
		normalize.Finding{
			Field:   "components",
			Value:   f.text,
			Problem: "this selector matches no component with a name",
		},
	)
	return nil
}

// isObject reports whether an entry of a list in JSON is an object. Another one can be an incident if it is a title.
func isObject(v any) bool { _, ok := v.(map[string]any); return ok }
