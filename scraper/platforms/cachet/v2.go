package cachet

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

// cachet2Entry is an entry of any list of Cachet 2. The pointers tell a key that is missing from an empty value.
type cachet2Entry struct {
	ID        page.Scalar `json:"id"`
	Name      string      `json:"name"`
	Status    page.Scalar `json:"status"`
	Message   string      `json:"message"`
	CreatedAt string      `json:"created_at"`
	UpdatedAt string      `json:"updated_at"`

	// Components and their groups.
	StatusName *string          `json:"status_name"`
	GroupID    page.Scalar      `json:"group_id"`
	Enabled    json.RawMessage  `json:"enabled"`
	Members    *json.RawMessage `json:"enabled_components"`

	// Incidents.
	HumanStatus  *string        `json:"human_status"`
	Visible      *page.Scalar   `json:"visible"`
	OccurredAt   string         `json:"occurred_at"`
	LatestStatus page.Scalar    `json:"latest_status"`
	Latest       page.Scalar    `json:"latest_update_id"`
	Permalink    string         `json:"permalink"`
	Updates      []cachet2Entry `json:"updates"`

	// Schedules, and incidents before 2.4.
	ScheduledAt string  `json:"scheduled_at"`
	CompletedAt *string `json:"completed_at"`
}

// kind returns which list the entry is of, "" for none of Cachet's.
func (e cachet2Entry) kind() string {
	switch {
	case e.ID == "" || e.CreatedAt == "":
	case e.Members != nil && e.Name != "":
		return groups
	case e.StatusName != nil && e.Name != "" && e.Status != "" && e.Enabled != nil:
		return components
	case e.HumanStatus != nil && e.Visible != nil && e.Status != "":
		return incidents
	case e.HumanStatus != nil && e.ScheduledAt != "" && e.Status != "":
		return schedules
	}
	return ""
}

// read2 reads one page of a list of Cachet 2. The kind of an empty list is known from its address.
func read2(p page.Page, data []json.RawMessage) (scraper.Result, error) {
	u, err := url.Parse(p.URL)
	if err != nil {
		return scraper.Result{}, unexpected(p)
	}
	res := scraper.Result{}
	for n, text := range data {
		var e cachet2Entry
		if json.Unmarshal(text, &e) != nil || e.kind() == "" || n > 0 && e.kind() != res.Document {
			return scraper.Result{}, page.Errorf(
				"a list of Cachet whose entry %d is neither a component nor a group, an incident or a schedule of 2.x",
				n+1,
			)
		}
		switch res.Document = e.kind(); res.Document {
		case components:
			if string(e.Enabled) == "false" || string(e.Enabled) == "0" {
				continue // not shown
			}
			c := normalize.RawComponent{ID: string(e.ID), Name: e.Name, Status: string(e.Status)}
			if e.GroupID != "" && e.GroupID != "0" {
				c.Group = fragmentValues(p.URL).Get(string(e.GroupID))
			}
			res.Components = append(res.Components, c)
		case incidents:
			res.Incidents = append(res.Incidents, e.incident(p))
		case schedules:
			res.Incidents = append(res.Incidents, e.schedule())
		}
	}
	if len(data) == 0 {
		switch {
		case strings.HasSuffix(u.Path, "/components/groups"):
			res.Document = groups
		case strings.HasSuffix(u.Path, "/components"):
			return scraper.Result{}, unexpected(p)
		case strings.HasSuffix(u.Path, "/schedules"):
			res.Document = schedules
		default:
			res.Document = incidents
		}
	}
	if res.Document == groups {
		res.Part = true
		names := url.Values{}
		for _, text := range data {
			var e cachet2Entry
			if json.Unmarshal(text, &e) == nil {
				names.Set(string(e.ID), e.Name)
			}
		}
		if home := scraper.HomeOf(Platform{}, p.URL); u.Host != "" {
			res.Follow = []scraper.Request{
				{URL: listURL(home, "/api/v1/components", "sort=id&order=asc", 1) + "#" + names.Encode()},
			}
		}
	}
	return res, nil
}

// fragmentValues returns the values in an address's fragment.
func fragmentValues(address string) url.Values {
	_, fragment, _ := strings.Cut(address, "#")
	values, err := url.ParseQuery(fragment)
	if err != nil {
		return url.Values{}
	}
	return values
}

// incident reads an incident. Its own message is its first post; until 2.3 it is the only one, and is edited as
// things go on.
func (e cachet2Entry) incident(p page.Page) normalize.Raw {
	at := page.Time(e.OccurredAt, "")
	if at.IsZero() {
		at = page.Time(e.CreatedAt, "")
	}
	raw := normalize.Raw{
		Document: incidents, ID: "incident-" + string(e.ID), URL: page.Resolve(p.URL, e.Permalink),
		Kind:  string(normalize.KindIncident),
		Title: e.Name, State: cmp.Or(string(e.LatestStatus), string(e.Status)),
		Started: at, Created: page.Time(e.CreatedAt, ""), Updated: page.Time(e.UpdatedAt, ""),
	}
	first := normalize.RawUpdate{
		ID:     "incident",
		State:  string(e.Status),
		Posted: at,
		Body:   e.Message,
		Format: normalize.FormatMarkdown,
	}
	if raw.State == "0" {
		raw.Kind, raw.State, raw.Started = string(normalize.KindMaintenance), "scheduled", normalize.RawTime{}
		raw.ScheduledStart, first.State = page.Time(e.ScheduledAt, ""), "scheduled"
	}
	if e.Status == "4" {
		// Its state is the current one, not that of the time of posting.
		first.State = "update"
		if len(e.Updates) == 0 {
			raw.Resolved = raw.Updated
		}
	}
	if e.Message != "" {
		raw.Updates = []normalize.RawUpdate{first}
	}
	if n := len(e.Updates); n > 1 && e.Latest != "" && e.Latest == e.Updates[0].ID && e.Latest != e.Updates[n-1].ID {
		slices.Reverse(e.Updates) // which tells the order of posts of one time
	}
	for _, u := range e.Updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: "update-" + string(
				u.ID,
			), State: string(u.Status), Posted: page.Time(u.CreatedAt, ""), Body: u.Message,
			Format: normalize.FormatMarkdown,
		})
	}
	page.OldestFirst(raw.Updates)
	return raw
}

func (e cachet2Entry) schedule() normalize.Raw {
	raw := normalize.Raw{
		Document: schedules, ID: "schedule-" + string(e.ID), Kind: string(normalize.KindMaintenance), Title: e.Name,
		State: scheduleWord(string(e.Status)), Impact: "maintenance",
		ScheduledStart: page.Time(
			e.ScheduledAt,
			"",
		), Created: page.Time(e.CreatedAt, ""), Updated: page.Time(e.UpdatedAt, ""),
	}
	if e.CompletedAt != nil {
		end(&raw, *e.CompletedAt)
	}
	if e.Message != "" {
		raw.Updates = []normalize.RawUpdate{
			{
				ID:     "schedule",
				State:  "upcoming",
				Posted: raw.Created,
				Body:   e.Message,
				Format: normalize.FormatMarkdown,
			},
		}
	}
	return raw
}
