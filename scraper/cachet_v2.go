package scraper

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"

	"vendorwatch/normalize"
)

// cachet2Entry is an entry of any list of Cachet 2. The pointers tell a key that is missing from an empty value.
type cachet2Entry struct {
	ID        jsonText `json:"id"`
	Name      string   `json:"name"`
	Status    jsonText `json:"status"`
	Message   string   `json:"message"`
	CreatedAt string   `json:"created_at"`
	UpdatedAt string   `json:"updated_at"`

	// Components and their groups.
	StatusName *string          `json:"status_name"`
	GroupID    jsonText         `json:"group_id"`
	Enabled    json.RawMessage  `json:"enabled"`
	Members    *json.RawMessage `json:"enabled_components"`

	// Incidents.
	HumanStatus  *string        `json:"human_status"`
	Visible      *jsonText      `json:"visible"`
	OccurredAt   string         `json:"occurred_at"`
	LatestStatus jsonText       `json:"latest_status"`
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
		return cachetGroups
	case e.StatusName != nil && e.Name != "" && e.Status != "" && e.Enabled != nil:
		return cachetComponents
	case e.HumanStatus != nil && e.Visible != nil && e.Status != "":
		return cachetIncidents
	case e.HumanStatus != nil && e.ScheduledAt != "" && e.Status != "":
		return cachetSchedules
	}
	return ""
}

// readCachet2 reads one page of a list of Cachet 2. What an empty list is of, its address tells.
func readCachet2(p Page, data []json.RawMessage) (Result, error) {
	u, err := url.Parse(p.URL)
	if err != nil {
		return Result{}, notCachet(p)
	}
	res := Result{}
	for n, text := range data {
		var e cachet2Entry
		if json.Unmarshal(text, &e) != nil || e.kind() == "" || n > 0 && e.kind() != res.Document {
			return Result{}, shapeErrorf("a list of Cachet whose entry %d is neither a component nor a group, an incident or a schedule of 2.x", n+1)
		}
		switch res.Document = e.kind(); res.Document {
		case cachetComponents:
			if string(e.Enabled) == "false" || string(e.Enabled) == "0" {
				continue // not shown
			}
			c := normalize.RawComponent{ID: string(e.ID), Name: e.Name, Status: string(e.Status)}
			if e.GroupID != "" && e.GroupID != "0" {
				c.Group = fragmentValues(p.URL).Get(string(e.GroupID))
			}
			res.Components = append(res.Components, c)
		case cachetIncidents:
			res.Incidents = append(res.Incidents, e.incident(p))
		case cachetSchedules:
			res.Incidents = append(res.Incidents, e.schedule())
		}
	}
	if len(data) == 0 {
		switch {
		case strings.HasSuffix(u.Path, "/components/groups"):
			res.Document = cachetGroups
		case strings.HasSuffix(u.Path, "/components"):
			return Result{}, notCachet(p)
		case strings.HasSuffix(u.Path, "/schedules"):
			res.Document = cachetSchedules
		default:
			res.Document = cachetIncidents
		}
	}
	if res.Document == cachetGroups {
		res.Part = true
		names := url.Values{}
		for _, text := range data {
			var e cachet2Entry
			if json.Unmarshal(text, &e) == nil {
				names.Set(string(e.ID), e.Name)
			}
		}
		if home := HomeOf(cachet{}, p.URL); u.Host != "" {
			res.Follow = []Request{{URL: cachetURL(home, "/api/v1/components", "sort=id&order=asc", 1) + "#" + names.Encode()}}
		}
	}
	return res, nil
}

// fragmentValues returns what an address carries in its fragment.
func fragmentValues(address string) url.Values {
	_, fragment, _ := strings.Cut(address, "#")
	values, err := url.ParseQuery(fragment)
	if err != nil {
		return url.Values{}
	}
	return values
}

// incident reads an incident. Its own message is its first post; until 2.3 it is the only one, and is edited as things go on.
func (e cachet2Entry) incident(p Page) normalize.Raw {
	at := rawTime(e.OccurredAt, "")
	if at.IsZero() {
		at = rawTime(e.CreatedAt, "")
	}
	raw := normalize.Raw{
		Document: cachetIncidents, ID: "incident-" + string(e.ID), URL: resolveURL(p.URL, e.Permalink), Kind: string(normalize.KindIncident),
		Title: e.Name, State: cmp.Or(string(e.LatestStatus), string(e.Status)),
		Started: at, Created: rawTime(e.CreatedAt, ""), Updated: rawTime(e.UpdatedAt, ""),
	}
	first := normalize.RawUpdate{ID: "incident", State: string(e.Status), Posted: at, Body: e.Message, Format: normalize.FormatMarkdown}
	if raw.State == "0" {
		raw.Kind, raw.State, raw.Started = string(normalize.KindMaintenance), "scheduled", normalize.RawTime{}
		raw.ScheduledStart, first.State = rawTime(e.ScheduledAt, ""), "scheduled"
	}
	if e.Status == "4" {
		// It says how things stand, not how they stood when it was posted.
		first.State = "update"
		if len(e.Updates) == 0 {
			raw.Resolved = raw.Updated
		}
	}
	if e.Message != "" {
		raw.Updates = []normalize.RawUpdate{first}
	}
	for _, u := range e.Updates {
		raw.Updates = append(raw.Updates, normalize.RawUpdate{
			ID: "update-" + string(u.ID), State: string(u.Status), Posted: rawTime(u.CreatedAt, ""), Body: u.Message, Format: normalize.FormatMarkdown,
		})
	}
	oldestFirst(raw.Updates)
	return raw
}

func (e cachet2Entry) schedule() normalize.Raw {
	raw := normalize.Raw{
		Document: cachetSchedules, ID: "schedule-" + string(e.ID), Kind: string(normalize.KindMaintenance), Title: e.Name,
		State: cachetScheduleWord(string(e.Status)), Impact: "maintenance",
		ScheduledStart: rawTime(e.ScheduledAt, ""), Created: rawTime(e.CreatedAt, ""), Updated: rawTime(e.UpdatedAt, ""),
	}
	if e.CompletedAt != nil {
		cachetEnd(&raw, *e.CompletedAt)
	}
	if e.Message != "" {
		raw.Updates = []normalize.RawUpdate{{ID: "schedule", State: "upcoming", Posted: raw.Created, Body: e.Message, Format: normalize.FormatMarkdown}}
	}
	return raw
}
