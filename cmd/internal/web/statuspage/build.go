package statuspage

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Component is a component of a vendor, a group of them, or a vendor among all vendors.
type Component struct {
	ID                 string   `json:"id"`
	Name               string   `json:"name"`
	Status             string   `json:"status"`
	CreatedAt          *string  `json:"created_at"` // when we first read it
	UpdatedAt          *string  `json:"updated_at"` // when we saw it take this status; for a vendor, when it was read
	Position           int      `json:"position"`
	Description        *string  `json:"description"`
	Showcase           bool     `json:"showcase"`
	StartDate          *string  `json:"start_date"`
	GroupID            *string  `json:"group_id"`
	PageID             string   `json:"page_id"`
	Group              bool     `json:"group"`
	OnlyShowIfDegraded bool     `json:"only_show_if_degraded"`
	Components         []string `json:"components,omitempty"` // of a group
}

// common is what incidents and maintenances have in common.
type common struct {
	ID           string      `json:"id"`
	Name         string      `json:"name"`
	Status       string      `json:"status"`
	CreatedAt    string      `json:"created_at"`
	UpdatedAt    string      `json:"updated_at"`
	MonitoringAt *string     `json:"monitoring_at"`
	ResolvedAt   *string     `json:"resolved_at"`
	Impact       string      `json:"impact"`
	Shortlink    string      `json:"shortlink"`
	StartedAt    *string     `json:"started_at"`
	PageID       string      `json:"page_id"`
	Updates      []Update    `json:"incident_updates"` // newest first
	Components   []Component `json:"components"`
}

// Incident is an incident or a notice.
type Incident struct {
	common
	ReminderIntervals *string `json:"reminder_intervals"`
}

// Maintenance is a maintenance window.
type Maintenance struct {
	common
	ScheduledFor   *string `json:"scheduled_for"`
	ScheduledUntil *string `json:"scheduled_until"`
}

// Update is a post. The status of components at each post is not on record: affected_components is null, as in
// Statuspage's posts that name no component.
type Update struct {
	ID                   string    `json:"id"`
	Status               string    `json:"status"`
	Body                 string    `json:"body"`
	IncidentID           string    `json:"incident_id"`
	CreatedAt            string    `json:"created_at"`
	UpdatedAt            string    `json:"updated_at"`
	DisplayAt            string    `json:"display_at"`
	AffectedComponents   *struct{} `json:"affected_components"`
	DeliverNotifications bool      `json:"deliver_notifications"`
	CustomTweet          *string   `json:"custom_tweet"`
	TweetID              *string   `json:"tweet_id"`
}

// ofVendor lists a vendor's components, each group before its members.
func (c *scene) ofVendor(v query.VendorHealth, state query.Status) error {
	now, err := c.DB.ComponentStatuses(c.ctx, c.Clock(), c.slug)
	if err != nil {
		return err
	}
	dropped := map[int64]bool{}
	for _, page := range v.Sources {
		dropped[page.SourceID] = page.Watched == 0 && state.Watched()
	}
	c.listed, c.byID = []Component{}, map[int64]*Component{}
	groups := map[string]int{}       // place in listed
	members := map[string][]string{} // ids, by the group's
	worst := map[string]string{}
	for n := range now {
		each := &now[n]
		out := &Component{
			ID: number(each.ComponentID), Name: each.Name, Status: each.Status,
			CreatedAt: &each.FirstSeenAt, UpdatedAt: &each.ChangedAt, Showcase: true, PageID: c.page.ID,
		}
		c.byID[each.ComponentID] = out
		if each.GroupName != "" {
			id := groupID(each.SourceID, each.GroupName)
			out.GroupID = &id
		}
		if each.GoneAt != "" || dropped[each.SourceID] {
			continue
		}
		if out.GroupID != nil {
			id := *out.GroupID
			if _, known := groups[id]; !known {
				groups[id], worst[id] = len(c.listed), "none"
				c.listed = append(c.listed, Component{ID: id, Name: each.GroupName, Group: true,
					CreatedAt: &each.FirstSeenAt, UpdatedAt: &each.ChangedAt,
					Position: len(c.listed) + 1, PageID: c.page.ID})
			}
			members[id] = append(members[id], out.ID)
			worst[id] = worse(worst[id], indicatorWords[normalize.ComponentStatus(out.Status)])
			group := &c.listed[groups[id]]
			if each.FirstSeenAt < *group.CreatedAt {
				group.CreatedAt = &each.FirstSeenAt
			}
			if each.ChangedAt > *group.UpdatedAt {
				group.UpdatedAt = &each.ChangedAt
			}
		}
		out.Position = len(c.listed) + 1
		c.listed = append(c.listed, *out)
	}
	for id, place := range groups {
		c.listed[place].Components = members[id]
		c.listed[place].Status = indicator{word: worst[id]}.componentStatus()
	}
	return nil
}

// groupID is an id for a group, which has none on record. It stays the same as long as the name does.
func groupID(source int64, name string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s", source, name))
	return hex.EncodeToString(sum[:6])
}

// told is an incident or maintenance in the form of Statuspage.
func (c *scene) told(w query.Timeline) common {
	oldest, newest := first(w.StartedAt, w.ScheduledStartAt, w.FirstSeenAt), first(w.FirstSeenAt)
	if n := len(w.Updates); n > 0 {
		oldest = first(w.Updates[n-1].CreatedAt, w.Updates[n-1].PostedAt, w.Updates[n-1].FirstSeenAt)
		newest = first(w.Updates[0].CreatedAt, w.Updates[0].PostedAt, w.Updates[0].FirstSeenAt)
	}
	out := common{
		ID: number(w.IncidentID), Name: w.Title, Status: w.State, Impact: w.Severity,
		CreatedAt: first(w.CreatedAt, oldest), UpdatedAt: first(w.UpdatedAt, newest),
		StartedAt: orNull(w.StartedAt), ResolvedAt: orNull(w.ResolvedAt),
		Shortlink: c.Permalink(c.r, "/incidents/"+number(w.IncidentID)), PageID: c.page.ID,
		Updates: []Update{}, Components: []Component{},
	}
	states := statesAtPosts(w.Updates)
	for n, u := range w.Updates {
		created := first(u.CreatedAt, u.PostedAt, u.FirstSeenAt)
		out.Updates = append(out.Updates, Update{
			ID: number(u.UpdateID), Status: states[n], Body: u.Body, IncidentID: out.ID,
			CreatedAt: created, UpdatedAt: created, DisplayAt: first(u.PostedAt, created), DeliverNotifications: true,
		})
		if out.MonitoringAt == nil && states[n] == string(normalize.StateMonitoring) {
			out.MonitoringAt = orNull(u.PostedAt)
		}
	}
	if c.slug == "" {
		out.Name = w.VendorName + ": " + w.Title
		if vendor := c.byVendor[w.Vendor]; vendor != nil {
			out.Components = append(out.Components, *vendor)
		}
		return out
	}
	for _, id := range w.Components {
		if component := c.byID[id]; component != nil {
			out.Components = append(out.Components, *component)
		}
	}
	return out
}

// statesAtPosts returns the state in which each post, newest first, left the incident. Statuspage has no word for a
// post that changes nothing: it repeats the state before.
func statesAtPosts(posts []query.Update) []string {
	states := make([]string, len(posts))
	before := string(normalize.StateUnknown)
	for n := len(posts) - 1; n >= 0; n-- {
		states[n] = posts[n].State
		switch posts[n].State {
		case string(normalize.StateUpdate):
			states[n] = before
		case string(normalize.StatePostmortem):
		default:
			before = posts[n].State
		}
	}
	return states
}

func (c *scene) maintenance(w query.Timeline) Maintenance {
	m := Maintenance{common: c.told(w),
		ScheduledFor: orNull(w.ScheduledStartAt), ScheduledUntil: orNull(w.ScheduledEndAt)}
	if w.Severity == string(normalize.SeverityNone) || w.Severity == string(normalize.SeverityUnknown) {
		m.Impact = "maintenance"
	}
	return m
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
