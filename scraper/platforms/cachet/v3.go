package cachet

import (
	"cmp"
	"encoding/json"
	"net/url"

	"vendorwatch/normalize"
	"vendorwatch/normalize/lazyregexp"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// cachet3Resource is a JSON:API resource of Cachet 3; see https://jsonapi.org/format/ .
type cachet3Resource struct {
	ID         page.Scalar `json:"id"`
	Type       string      `json:"type"`
	Attributes struct {
		Name      string        `json:"name"`
		Message   string        `json:"message"`
		Status    *cachet3Value `json:"status"`
		Enabled   *bool         `json:"enabled"`
		Occurred  cachet3Time   `json:"occurred"`
		Scheduled *cachet3Time  `json:"scheduled"`
		Completed cachet3Time   `json:"completed"`
		Created   *cachet3Time  `json:"created"`
		Updated   cachet3Time   `json:"updated"`
		Pivot     struct {
			Status cachet3Value `json:"component_status"`
		} `json:"pivot"`
	} `json:"attributes"`
	Relationships map[string]struct {
		Data json.RawMessage `json:"data"`
	} `json:"relationships"`
}

// cachet3Value is a number of Cachet's with the word for it in the page's language.
type cachet3Value struct {
	Value page.Scalar `json:"value"`
}

type cachet3Time struct {
	String string `json:"string"`
}

type cachet3Link struct {
	ID   page.Scalar `json:"id"`
	Type string      `json:"type"`
}

var cachet3Path = lazyregexp.New(`/api/(components|incidents|schedules)$`)

// read3 reads one page of a list of Cachet 3. The kind of list is known from the document's own address.
func read3(p page.Page, path string, data, included []json.RawMessage) (scraper.Result, error) {
	u, err := url.Parse(path)
	if err != nil {
		return scraper.Result{}, unexpected(p)
	}
	m := cachet3Path.FindStringSubmatch(u.Path)
	if m == nil || m[1] == components && len(data) == 0 {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{Document: m[1]}
	others := map[cachet3Link]cachet3Resource{}
	for _, text := range included {
		var r cachet3Resource
		if json.Unmarshal(text, &r) == nil {
			others[cachet3Link{r.ID, r.Type}] = r
		}
	}
	for n, text := range data {
		var r cachet3Resource
		if json.Unmarshal(text, &r) != nil || !r.valid(res.Document) {
			return scraper.Result{}, page.Errorf(
				"a list of %s of Cachet whose entry %d lacks what such an entry has (type, id, name, status, created)",
				res.Document,
				n+1,
			)
		}
		switch res.Document {
		case components:
			if r.Attributes.Enabled != nil && !*r.Attributes.Enabled {
				continue // not shown
			}
			c := normalize.RawComponent{
				ID:     string(r.ID),
				Name:   r.Attributes.Name,
				Status: string(r.Attributes.Status.Value),
			}
			for _, group := range r.related("group", others) {
				c.Group = group.Attributes.Name
			}
			res.Components = append(res.Components, c)
		case incidents:
			res.Incidents = append(res.Incidents, r.incident(others))
		case schedules:
			res.Incidents = append(res.Incidents, r.schedule(others))
		}
	}
	return res, nil
}

func (r cachet3Resource) valid(list string) bool {
	a := r.Attributes
	return r.Type == list && r.ID != "" && a.Name != "" && a.Status != nil && a.Created != nil &&
		(list != schedules || a.Scheduled != nil)
}

// related returns the resources of a relationship that the document includes.
func (r cachet3Resource) related(name string, included map[cachet3Link]cachet3Resource) []cachet3Resource {
	var one cachet3Link
	var links []cachet3Link
	data := r.Relationships[name].Data
	if json.Unmarshal(data, &links) != nil && json.Unmarshal(data, &one) == nil {
		links = []cachet3Link{one}
	}
	var out []cachet3Resource
	for _, link := range links {
		if other, ok := included[link]; ok {
			out = append(out, other)
		}
	}
	return out
}

// incident reads an incident. Its own message is its first post. That post has the incident's state only if there is
// no other post.
func (r cachet3Resource) incident(included map[cachet3Link]cachet3Resource) normalize.Raw {
	a := r.Attributes
	raw := normalize.Raw{
		Document: incidents, ID: "incident-" + string(r.ID), Kind: string(normalize.KindIncident),
		Title: a.Name, State: string(a.Status.Value),
		Started: page.Time(
			cmp.Or(a.Occurred.String, a.Created.String),
			"",
		), Created: page.Time(a.Created.String, ""), Updated: page.Time(a.Updated.String, ""),
	}
	for _, c := range r.related("components", included) {
		status := string(c.Attributes.Pivot.Status.Value)
		raw.Components = append(
			raw.Components,
			normalize.RawComponent{ID: string(c.ID), Name: c.Attributes.Name, Status: status},
		)
	}
	posts := r.posts(included)
	first := normalize.RawUpdate{
		ID:     "incident",
		State:  "update",
		Posted: raw.Started,
		Body:   a.Message,
		Format: normalize.FormatMarkdown,
	}
	switch {
	case len(posts) > 0:
	case raw.State == "4":
		raw.Resolved = raw.Updated
	case raw.State != "":
		first.State = raw.State
	}
	if a.Message != "" {
		raw.Updates = append(raw.Updates, first)
	}
	raw.Updates = append(raw.Updates, posts...)
	page.OldestFirst(raw.Updates)
	return raw
}

// posts returns the updates of an incident or a schedule; those of a schedule have no state.
func (r cachet3Resource) posts(included map[cachet3Link]cachet3Resource) []normalize.RawUpdate {
	var posts []normalize.RawUpdate
	for _, u := range r.related("updates", included) {
		post := normalize.RawUpdate{
			ID:     "update-" + string(u.ID),
			State:  "update",
			Body:   u.Attributes.Message,
			Format: normalize.FormatMarkdown,
		}
		if u.Attributes.Status != nil && u.Attributes.Status.Value != "" && r.Type == incidents {
			post.State = string(u.Attributes.Status.Value)
		}
		if u.Attributes.Created != nil {
			post.Posted = page.Time(u.Attributes.Created.String, "")
		}
		posts = append(posts, post)
	}
	return posts
}

func (r cachet3Resource) schedule(included map[cachet3Link]cachet3Resource) normalize.Raw {
	a := r.Attributes
	raw := normalize.Raw{
		Document: schedules, ID: "schedule-" + string(r.ID), Kind: string(normalize.KindMaintenance), Title: a.Name,
		State: scheduleWord(string(a.Status.Value)), Impact: "maintenance",
		ScheduledStart: page.Time(
			a.Scheduled.String,
			"",
		), Created: page.Time(a.Created.String, ""), Updated: page.Time(a.Updated.String, ""),
	}
	end(&raw, a.Completed.String)
	for _, c := range r.related("components", included) {
		raw.Components = append(raw.Components, normalize.RawComponent{ID: string(c.ID), Name: c.Attributes.Name})
	}
	if a.Message != "" {
		raw.Updates = []normalize.RawUpdate{
			{
				ID:     "schedule",
				State:  "upcoming",
				Posted: raw.Created,
				Body:   a.Message,
				Format: normalize.FormatMarkdown,
			},
		}
	}
	raw.Updates = append(raw.Updates, r.posts(included)...)
	page.OldestFirst(raw.Updates)
	return raw
}
