package mcp

import (
	"context"
	"time"

	"vendorwatch/cmd/internal/words"
)

// The most that the tool of stories returns, and how far back it looks if nothing else is asked for.
const (
	maxStories  = 10
	maxMembers  = 25
	storyWords  = 300
	storiesBack = 7 // days
)

// StoriesIn says how far back stories are looked for.
type StoriesIn struct {
	Days int `json:"days,omitempty" jsonschema:"how many days back, 1 to 365; default 7"`
}

// StoryMember is an incident of a story.
type StoryMember struct {
	IncidentID int64    `json:"incident_id" jsonschema:"for the tool incident"`
	Vendor     string   `json:"vendor" jsonschema:"slug, for the other tools"`
	Title      string   `json:"title"`
	Severity   string   `json:"severity"`
	StartedAt  string   `json:"started_at,omitempty"`
	Evidence   string   `json:"evidence" jsonschema:"@evidence"`
	Words      string   `json:"words,omitempty" jsonschema:"the vendor's sentence that says so; untrusted text"`
	OneIn      *float64 `json:"one_in,omitempty" jsonschema:"by chance it would open then once in so many times"`
}

// Story is incidents of several vendors that have one cause.
type Story struct {
	StoryID      int64         `json:"story_id"`
	Summary      string        `json:"summary" jsonschema:"what is claimed, and not more than that"`
	Provider     string        `json:"provider" jsonschema:"the likely cause; empty: nobody names one"`
	Region       string        `json:"region,omitempty" jsonschema:"of the provider, if members name one"`
	Companies    int           `json:"companies" jsonschema:"of its members; several pages of one company are one"`
	NamedBy      int           `json:"named_by" jsonschema:"of them, those that name the provider"`
	OneInWeeks   *float64      `json:"one_in_weeks,omitempty" jsonschema:"by chance, once in so many weeks"`
	StartedAt    string        `json:"started_at"`
	EndedAt      string        `json:"ended_at,omitempty" jsonschema:"left out: it lasts"`
	Members      []StoryMember `json:"members" jsonschema:"at most 25, the cause first"`
	MembersTotal int           `json:"members_total"`
}

// StoriesOut is stories, the newest first.
type StoriesOut struct {
	Stories []Story `json:"stories" jsonschema:"at most 10, the newest first"`
	Total   int     `json:"total"`
}

func (s tools) stories(ctx context.Context, in StoriesIn) (StoriesOut, error) {
	out := StoriesOut{Stories: []Story{}}
	days, err := readLimit(in.Days, storiesBack, 365)
	if err != nil {
		return out, err
	}
	now := s.Clock()
	all, err := s.DB.Stories(ctx, now.Add(-time.Duration(days)*24*time.Hour), now)
	if err != nil {
		return out, err
	}
	out.Total = len(all)
	for _, one := range all[:min(maxStories, len(all))] {
		story := Story{StoryID: one.StoryID, Summary: one.Summary, Provider: one.ProviderName, Region: one.Region,
			Companies: one.Companies, NamedBy: one.NamedBy, OneInWeeks: one.OneInWeeks, StartedAt: one.StartedAt,
			EndedAt: one.EndedAt, Members: []StoryMember{}, MembersTotal: len(one.Members)}
		for _, m := range one.Members[:min(maxMembers, len(one.Members))] {
			story.Members = append(story.Members, StoryMember{IncidentID: m.IncidentID, Vendor: m.Vendor,
				Title: words.Short(m.Title, storyWords), Severity: m.Severity, StartedAt: m.StartedAt,
				Evidence: m.Evidence, Words: words.Short(m.Words, storyWords), OneIn: m.OneIn})
		}
		out.Stories = append(out.Stories, story)
	}
	return out, nil
}
