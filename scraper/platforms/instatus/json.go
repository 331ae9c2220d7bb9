package instatus

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// textValue is a text of Instatus: a string, or in newer documents an object of languages,
// {"en":"…","default":"…"}, of which the default is taken.
type textValue string

func (t *textValue) UnmarshalJSON(text []byte) error {
	if len(text) == 0 || text[0] != '{' {
		return json.Unmarshal(text, (*string)(t))
	}
	var languages map[string]*string
	if err := json.Unmarshal(text, &languages); err != nil {
		return err
	}
	best := languages["default"]
	if best == nil {
		best = languages["en"]
	}
	for _, key := range slices.Sorted(maps.Keys(languages)) {
		if best == nil || *best == "" {
			best = languages[key]
		}
	}
	if best != nil {
		*t = textValue(*best)
	}
	return nil
}

type site struct {
	Name       textValue   `json:"name"`
	Status     string      `json:"status"`     // UP, HASISSUES, UNDERMAINTENANCE
	MainStatus string      `json:"mainStatus"` // UP, SOMEMAJOROUTAGE, …
	Components []component `json:"components"`
}

type component struct {
	ID       string      `json:"id"`
	Name     textValue   `json:"name"`
	Status   string      `json:"status"`
	IsParent bool        `json:"isParent"`
	Group    *component  `json:"group"`
	Children []component `json:"children"`
}

// notice is an incident or a maintenance. A maintenance has a start and a length in place of its end.
type notice struct {
	ID         string      `json:"id"`
	Name       textValue   `json:"name"`
	Status     string      `json:"status"`
	Impact     string      `json:"impact"`
	URL        string      `json:"url"`
	Started    string      `json:"started"`
	Start      string      `json:"start"`
	Resolved   string      `json:"resolved"`
	Duration   *float64    `json:"duration"` // minutes of a maintenance, seconds of an incident
	CreatedAt  string      `json:"createdAt"`
	UpdatedAt  string      `json:"updatedAt"`
	Components []component `json:"components"`
	Updates    []update    `json:"updates"`
}

type update struct {
	ID          string    `json:"id"`
	Status      string    `json:"status"`
	Started     string    `json:"started"` // the time readers are shown
	CreatedAt   string    `json:"createdAt"`
	Message     textValue `json:"message"`
	MessageHTML textValue `json:"messageHtml"`
}

// pageReader is a document that is being read into a Result.
type pageReader struct {
	res   scraper.Result
	parts map[string]normalize.RawComponent // by id
}

func newPage(document, home string) *pageReader {
	return &pageReader{
		res:   scraper.Result{Document: document, PageURL: home},
		parts: map[string]normalize.RawComponent{},
	}
}

// components collects the page's components. One that only contains others is their group.
func (g *pageReader) components(list []component) {
	for _, c := range list {
		group := ""
		if c.Group != nil {
			group = string(c.Group.Name)
		}
		g.component(c, group)
	}
}

func (g *pageReader) component(c component, group string) {
	for _, child := range c.Children {
		g.component(child, string(c.Name))
	}
	if _, known := g.parts[c.ID]; known || c.IsParent && len(c.Children) > 0 || c.Name == "" {
		return
	}
	part := normalize.RawComponent{ID: c.ID, Name: string(c.Name), Group: group, Status: c.Status}
	g.parts[c.ID] = part
	g.res.Components = append(g.res.Components, part)
}

// add adds a notice. If the page shows it more than once, the most complete is kept.
func (g *pageReader) add(n notice, kind string) error {
	if n.ID == "" && n.Name == "" || n.Status == "" {
		return page.Errorf("a list of Instatus with an entry that has no state, or neither id nor name")
	}
	raw := g.raw(n, kind)
	i := page.Listed(g.res.Incidents, raw)
	switch {
	case i < 0:
		g.res.Incidents = append(g.res.Incidents, raw)
	case len(raw.Updates) > len(g.res.Incidents[i].Updates):
		g.res.Incidents[i] = raw
	}
	return nil
}

func (g *pageReader) raw(n notice, kind string) normalize.Raw {
	raw := normalize.Raw{
		Document: g.res.Document, ID: n.ID, URL: n.URL, Title: string(n.Name), State: n.Status, Impact: n.Impact,
		Kind:    kind,
		Created: page.Time(n.CreatedAt, ""), Updated: page.Time(n.UpdatedAt, ""),
		Excerpt: len(n.Updates) == 0,
	}
	if raw.URL == "" && n.ID != "" && g.res.PageURL != "" {
		raw.URL = g.res.PageURL + "/" + n.ID
	}
	maintenance := kind != "" || n.Start != "" || normalize.Word(n.Impact) == "undermaintenance" ||
		slices.Contains([]string{"notstartedyet", "inprogress", "completed"}, normalize.Word(n.Status))
	if maintenance {
		raw.Kind = string(normalize.KindMaintenance)
		start := cmp.Or(n.Start, n.Started)
		raw.ScheduledStart, raw.ScheduledEnd = page.Time(start, ""), windowEnd(start, n.Duration)
	} else {
		raw.Started = page.Time(n.Started, "")
	}
	raw.Resolved = page.Time(n.Resolved, "")
	for _, c := range n.Components {
		part, known := g.parts[c.ID]
		if c.Name != "" {
			part.ID, part.Name = c.ID, string(c.Name)
		}
		if c.Group != nil && part.Group == "" {
			part.Group = string(c.Group.Name)
		}
		part.Status = c.Status
		if known || part.Name != "" {
			raw.Components = append(raw.Components, part)
		}
	}
	for _, u := range n.Updates {
		update := normalize.RawUpdate{
			ID: u.ID, State: u.Status, Posted: page.Time(u.Started, ""), Created: page.Time(u.CreatedAt, ""),
			Body: string(u.Message), Format: normalize.FormatMarkdown,
		}
		if update.Body == "" {
			update.Body, update.Format = string(u.MessageHTML), normalize.FormatHTML
		}
		raw.Updates = append(raw.Updates, update)
	}
	page.OldestFirst(raw.Updates)
	return raw
}

// windowEnd returns the end of a maintenance from its length in minutes. There is none where no length is told.
func windowEnd(start string, minutes *float64) normalize.RawTime {
	at, err := time.Parse(time.RFC3339, start)
	if err != nil || minutes == nil || *minutes <= 0 || *minutes > 1e6 {
		return normalize.RawTime{}
	}
	return normalize.RawTime{
		Text: at.Add(time.Duration(*minutes * float64(time.Minute))).UTC().Format(time.RFC3339Nano),
	}
}

// gather adds the notices that a page's data holds beside its lists of what is active: those of the last
// days with their timelines, and the titles of three months.
func (g *pageReader) gather(data *page.NextData, o map[string]any) error {
	var found []map[string]any
	g.tellLost(data, o)
	for _, key := range []string{"dailyGroupedNotices", "notices", "incident", "maintenance", "notice",
		"pastIncidents", "months", "month"} {
		page.WalkObjects(data.Resolve(o[key], 0), func(v map[string]any) bool {
			if noticeData(v) {
				found = append(found, v)
				return false
			}
			return true
		})
	}
	for _, v := range found {
		var n notice
		text, err := json.Marshal(v)
		if err == nil {
			err = json.Unmarshal(text, &n)
		}
		if err != nil {
			return err
		}
		if err := g.add(n, ""); err != nil {
			return err
		}
	}
	return nil
}

// tellLost tells of the entries of a page's notices, an object by id, and of those of its last days, that cannot be
// read. The page then does not cover what is open.
func (g *pageReader) tellLost(data *page.NextData, o map[string]any) {
	lose := func(field string, v any, why string, n, of int) {
		text, _ := json.Marshal(v)
		g.res.Findings = append(g.res.Findings, page.LeftOut(field, string(text), why, n, of))
		g.res.Coverage.Open = false
	}
	check := func(field string, entries []any) {
		for n, entry := range entries {
			if v, ok := data.Resolve(entry, 0).(map[string]any); !ok || !noticeData(v) {
				lose(field, entry, "it lacks the id, name, state or start of a notice", n+1, len(entries))
			}
		}
	}
	if v, given := o["notices"]; given {
		if ref, ok := v.(string); ok {
			v = data.Resolve(ref, 0)
		}
		byID, ok := v.(map[string]any)
		list, isList := v.([]any)
		switch {
		case ok: // resolved one by one: data.Resolve leaves out what is null
			for _, id := range slices.Sorted(maps.Keys(byID)) {
				list = append(list, byID[id])
			}
			check("notices", list)
		case isList && len(list) > 0:
			check("notices", list)
		default:
			lose("notices", v, "the notices are no object by id", 1, 1)
		}
	}
	v, given := o["dailyGroupedNotices"]
	if !given {
		return
	}
	days, ok := data.Resolve(v, 0).([]any)
	if !ok {
		lose("dailyGroupedNotices", v, "the last days are no list", 1, 1)
		return
	}
	for n, d := range days {
		day, _ := d.(map[string]any)
		if notices, ok := day["notices"].([]any); ok {
			check("dailyGroupedNotices", notices)
		} else {
			lose("dailyGroupedNotices", d, "it is no day with its notices", n+1, len(days))
		}
	}
}

// noticeData reports whether an object of a page's data is a notice.
func noticeData(o map[string]any) bool {
	_, id := o["id"].(string)
	_, state := o["status"].(string)
	_, started := o["started"].(string)
	_, planned := o["start"].(string)
	return id && state && o["name"] != nil && (started || planned)
}
