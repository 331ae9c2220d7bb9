package ours

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
)

// Story is several vendors' incidents that have one cause, as it is on record.
type Story struct {
	StoryID      int64    `db:"story_id" json:"story_id"`
	Summary      string   `db:"summary" json:"summary"`   // what is claimed, in a line
	Provider     string   `db:"provider" json:"provider"` // slug on the list of providers; empty: nobody is named
	ProviderName string   `db:"provider_name" json:"provider_name"`
	Region       string   `db:"region" json:"region,omitempty"`
	Companies    int      `db:"companies" json:"companies"`
	NamedBy      int      `db:"named_by" json:"named_by"` // companies that name the provider
	OneInWeeks   *float64 `db:"one_in_weeks" json:"one_in_weeks,omitempty"`
	StartedAt    string   `db:"started_at" json:"started_at"`
	EndedAt      string   `db:"ended_at" json:"ended_at,omitempty"` // empty: it lasts
	ToldAt       string   `db:"told_at" json:"told_at"`             // since when there is enough to claim it
	Members      []Member `json:"members"`
}

// Member is an incident of a story, and why it belongs to it.
type Member struct {
	StoryID    int64    `db:"story_id" json:"-"`
	IncidentID int64    `db:"incident_id" json:"incident_id"`
	EventID    int64    `db:"event_id" json:"-"`    // the record that stands for its event
	Vendor     string   `db:"vendor" json:"vendor"` // slug
	VendorName string   `db:"vendor_name" json:"vendor_name"`
	Title      string   `db:"title" json:"title"`
	Severity   string   `db:"severity" json:"severity"`
	StartedAt  string   `db:"started_at" json:"started_at,omitempty"`
	Evidence   string   `db:"evidence" json:"evidence"`
	Words      string   `db:"words" json:"words,omitempty"` // the sentence that says so
	OneIn      *float64 `db:"one_in" json:"one_in,omitempty"`
	SinceAt    string   `db:"since_at" json:"since_at"` // since when that is known
}

var (
	storyRow  = scan.Of[Story]("st")
	memberRow = scan.Of[Member]("x")
)

// lasting is for how long a story without an end is taken to last.
const lasting = 7 * 24 * time.Hour

// Stories returns the stories that last, and those that began or ended since a moment, the newest first, with their
// members in the order in which they began.
func (r Reader) Stories(ctx context.Context, since, now time.Time) ([]Story, error) {
	all, err := storyRow.All(ctx, r.Read, `SELECT `+storyRow.Columns+` FROM stories st
		WHERE st.withdrawn_at IS NULL AND st.started_at <= ?3
			AND (st.started_at >= ?1 OR st.ended_at >= ?1 OR st.ended_at IS NULL AND st.started_at > ?2)
		ORDER BY st.started_at DESC, st.story_id DESC LIMIT 100`, db.Stamp(since), db.Stamp(now.Add(-lasting)),
		db.Stamp(now))
	if err == nil {
		err = r.addMembers(ctx, all)
	}
	return all, stories(err)
}

// Story returns a story on record with its members, or db.ErrNotFound.
func (r Reader) Story(ctx context.Context, id int64) (Story, error) {
	all, err := storyRow.All(ctx, r.Read, `SELECT `+storyRow.Columns+` FROM stories st
		WHERE st.story_id = ? AND st.withdrawn_at IS NULL`, id)
	if err == nil && len(all) == 0 {
		err = db.ErrNotFound
	}
	if err == nil {
		err = r.addMembers(ctx, all)
	}
	if err != nil {
		return Story{}, stories(err)
	}
	return all[0], nil
}

// addMembers reads the members of stories.
func (r Reader) addMembers(ctx context.Context, all []Story) error {
	ids, at := []int64{}, map[int64]int{}
	for n, s := range all {
		ids = append(ids, s.StoryID)
		at[s.StoryID] = n
	}
	list, err := db.JSON(ids)
	if err != nil || len(all) == 0 {
		return err
	}
	members, err := memberRow.All(ctx, r.Read, `SELECT `+memberRow.Columns+` FROM (
			SELECT m.story_id, i.incident_id, coalesce(i.same_event_id, i.incident_id) AS event_id,
				v.slug AS vendor, coalesce(nullif(v.name, ''), v.slug) AS vendor_name, i.title, i.severity,
				coalesce(i.started_at, i.first_seen_at) AS started_at, m.evidence, m.words, m.one_in, m.since_at
			FROM json_each(?) j JOIN story_members m ON m.story_id = j.value JOIN incidents i USING (incident_id)
			JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)) x
		ORDER BY x.evidence <> 'cause', x.started_at, x.incident_id`, list)
	for _, m := range members {
		n := at[m.StoryID]
		all[n].Members = append(all[n].Members, m)
	}
	return err
}

func stories(err error) error {
	if err != nil {
		return fmt.Errorf("stories: %w", err)
	}
	return nil
}

// StoryMembers returns the incidents of a story.
func (r Reader) StoryMembers(ctx context.Context, story int64) ([]int64, error) {
	ids, err := scan.Column[int64](ctx, r.Read, `SELECT incident_id FROM story_members WHERE story_id = ?
		ORDER BY incident_id`, story)
	return ids, stories(err)
}
