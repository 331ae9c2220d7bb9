// Package stories reads the record for incidents of several vendors that have one cause.
package stories

import (
	"context"
	"fmt"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
	"vendorwatch/normalize/upstream"
)

// Story is several vendors' incidents that have one cause, as far as it was known at a moment.
type Story struct {
	StoryID      int64    `json:"story_id,omitempty"` // on record; 0: it is not
	Summary      string   `json:"summary"`            // what is claimed, in a line
	Provider     string   `json:"provider"`           // slug on the list of providers; empty: nobody has named it
	ProviderName string   `json:"provider_name"`
	Region       string   `json:"region,omitempty"`
	StartedAt    string   `json:"started_at"`
	EndedAt      string   `json:"ended_at,omitempty"` // empty: it lasts
	ToldAt       string   `json:"told_at"`            // since when there is enough to claim it
	Companies    int      `json:"companies"`
	NamedBy      int      `json:"named_by"` // companies that name the provider
	OneInWeeks   float64  `json:"one_in_weeks,omitempty"`
	Members      []Member `json:"members"`
}

// Member is an incident of a story, and why it belongs to it.
type Member struct {
	IncidentID int64              `json:"incident_id"`
	Vendor     string             `json:"vendor"` // slug
	Title      string             `json:"title"`
	URL        string             `json:"url,omitempty"`
	Severity   normalize.Severity `json:"severity"`
	OpenedAt   string             `json:"opened_at"` // when the vendor first posted it
	Evidence   upstream.Evidence  `json:"evidence"`
	Words      string             `json:"words,omitempty"` // the sentence that says so
	OneIn      float64            `json:"one_in,omitempty"`
	SinceAt    string             `json:"since_at"` // since when that is known
}

// Filter chooses stories.
type Filter struct {
	Since, At time.Time                  // of incidents that opened from then on, as they were known at that moment
	StandsOn  func(page string) []string // providers on whom the vendor of a status page says that it stands
}

// storyIncident is an incident as stories need it.
type storyIncident struct {
	IncidentID int64              `db:"incident_id"`
	Vendor     string             `db:"vendor"`
	PageURL    string             `db:"page_url"`
	Title      string             `db:"title"`
	URL        string             `db:"url"`
	Kind       normalize.Kind     `db:"kind"`
	Origin     normalize.Origin   `db:"origin"`
	Severity   normalize.Severity `db:"severity"`
	OpenedAt   string             `db:"opened_at"`
	StartedAt  string             `db:"started_at"`
	EndedAt    string             `db:"ended_at"`
}

type storyPost struct {
	IncidentID int64  `db:"incident_id"`
	PostedAt   string `db:"posted_at"`
	Body       string `db:"body"`
}

// rateRow is how much one page has shown within a year, and since when it is known.
type rateRow struct {
	PageURL   string `db:"page_url"`
	Vendor    string `db:"vendor"`
	Incidents int    `db:"incidents"`
	FromAt    string `db:"from_at"`
}

var (
	storyIncidentRow = scan.Of[storyIncident]("x")
	storyPostRow     = scan.Of[storyPost]("x")
	storyRateRow     = scan.Of[rateRow]("x")
)

// Stories returns the stories of incidents that opened since a moment. They are made of the record as it is, so that
// the order in which pages were read or imported makes no difference to them.
func Stories(ctx context.Context, d *db.DB, f Filter) ([]Story, error) {
	world, err := usualRates(ctx, d, f)
	if err != nil {
		return nil, fmt.Errorf("stories: %w", err)
	}
	all, err := told(ctx, d, f, world)
	for n := 0; n < len(all) && err == nil; n++ {
		all[n].StoryID, err = Number(ctx, d.Reader(), all[n].Members)
	}
	if err != nil {
		return nil, fmt.Errorf("stories: %w", err)
	}
	return all, nil
}

func told(ctx context.Context, d *db.DB, f Filter, world upstream.World) ([]Story, error) {
	// A vendor may move the start to after its first posts: what had opened by then is decided below, by the posts.
	from, until := db.Stamp(f.Since), db.Stamp(f.At.Add(24*time.Hour))
	rows, err := storyIncidentRow.All(ctx, d.Reader(), `
		SELECT `+storyIncidentRow.Columns+` FROM (
			SELECT i.incident_id, v.slug AS vendor, s.page_url, i.title, i.url, i.kind, i.origin, i.severity,
				coalesce((SELECT min(u.posted_at) FROM incident_updates u WHERE u.incident_id = i.incident_id),
					i.created_at, i.started_at, i.first_seen_at) AS opened_at,
				coalesce(i.started_at, '') AS started_at, coalesce(i.resolved_at, i.left_feed_at, '') AS ended_at
			FROM incidents i JOIN sources s USING (source_id) JOIN vendors v USING (vendor_id)
			WHERE coalesce(i.started_at, i.scheduled_start_at, i.first_seen_at) BETWEEN ?1 AND ?2
				AND i.kind = 'incident' AND (i.same_event_id IS NULL OR i.same_event_id = i.incident_id)
				AND NOT EXISTS (SELECT 1 FROM filtered_incidents x WHERE x.incident_id = i.incident_id)) x
		ORDER BY x.opened_at, x.incident_id`, from, until)
	if err != nil {
		return nil, err
	}
	posts, err := storyPosts(ctx, d, rows)
	if err != nil {
		return nil, err
	}
	byID := map[int64]storyIncident{}
	var all []upstream.Incident
	for _, r := range rows {
		byID[r.IncidentID] = r
		i := upstream.Incident{ID: r.IncidentID, Vendor: r.Vendor, Page: upstream.Host(r.PageURL), Title: r.Title,
			Kind: r.Kind, Origin: r.Origin, Severity: r.Severity, Opened: momentOf(r.OpenedAt),
			Started: momentOf(r.StartedAt), Ended: momentOf(r.EndedAt)}
		i.Says = upstream.Read(i, posts[r.IncidentID])
		all = append(all, i)
	}
	out := []Story{}
	for _, s := range upstream.Stories(upstream.Known(all, f.At), world) {
		out = append(out, storyOf(s, byID))
	}
	return out, nil
}

// storyPosts returns the posts of incidents that the vendor has not taken down, by incident.
func storyPosts(ctx context.Context, d *db.DB, rows []storyIncident) (map[int64][]upstream.Post, error) {
	ids := []int64{}
	for _, r := range rows {
		ids = append(ids, r.IncidentID)
	}
	list, err := db.JSON(ids)
	if err != nil {
		return nil, err
	}
	found, err := storyPostRow.All(ctx, d.Reader(), `
		SELECT `+storyPostRow.Columns+` FROM (
			SELECT u.incident_id, coalesce(u.posted_at, u.first_seen_at) AS posted_at, u.body
			FROM json_each(?) j JOIN incident_updates u ON u.incident_id = j.value
			WHERE u.removed_at IS NULL) x`, list)
	posts := map[int64][]upstream.Post{}
	for _, p := range found {
		posts[p.IncidentID] = append(posts[p.IncidentID], upstream.Post{At: momentOf(p.PostedAt), Text: p.Body})
	}
	return posts, err
}

// A company of which little is known is taken to open so many incidents a week, as if that had been seen for so long.
const (
	guessedPerWeek = 3.0
	guessedWeeks   = 2.0
)

// usualRates returns how many incidents each company opens in a week, by its record of the year before, and on whom
// each stands.
func usualRates(ctx context.Context, d *db.DB, f Filter) (upstream.World, error) {
	rows, err := storyRateRow.All(ctx, d.Reader(), `
		SELECT `+storyRateRow.Columns+` FROM (
			SELECT s.page_url, v.slug AS vendor, coalesce(s.coverage_start_at, s.baseline_at, '') AS from_at,
				(SELECT count(*) FROM incidents i WHERE i.source_id = s.source_id AND i.kind = 'incident'
					AND i.started_at BETWEEN ?1 AND ?2) AS incidents
			FROM sources s JOIN vendors v USING (vendor_id)) x`,
		db.Stamp(f.Since.AddDate(-1, 0, 0)), db.Stamp(f.Since))
	w := upstream.World{PerWeek: map[string]float64{}, StandsOn: map[string][]upstream.Footing{}}
	if err != nil {
		return w, err
	}
	seen := map[string]float64{}
	weeks := map[string]float64{}
	for _, r := range rows {
		company := r.Vendor
		if host := upstream.Host(r.PageURL); host != "" {
			company = upstream.Company(host)
		}
		seen[company] += float64(r.Incidents)
		known := 0.0
		if from := momentOf(r.FromAt); !from.IsZero() {
			known = min(52, max(0, f.Since.Sub(from).Hours()/(7*24)))
		}
		weeks[company] = max(weeks[company], known)
		if f.StandsOn == nil {
			continue
		}
		for _, words := range f.StandsOn(r.PageURL) {
			if provider, region, ok := upstream.Place(words); ok {
				w.StandsOn[company] = append(w.StandsOn[company], upstream.Footing{Provider: provider, Region: region})
			}
		}
	}
	for company, n := range seen {
		w.PerWeek[company] = (n + guessedPerWeek*guessedWeeks) / (weeks[company] + guessedWeeks)
	}
	return w, nil
}

func storyOf(s upstream.Story, byID map[int64]storyIncident) Story {
	out := Story{Provider: s.Provider, ProviderName: s.Name, Region: s.Region, StartedAt: db.Stamp(s.StartedAt),
		ToldAt: db.Stamp(s.ToldAt), Companies: s.Companies, NamedBy: s.NamedBy, OneInWeeks: s.OneIn}
	if !s.EndedAt.IsZero() {
		out.EndedAt = db.Stamp(s.EndedAt)
	}
	for _, m := range s.Members {
		i := byID[m.Incident]
		out.Members = append(out.Members, Member{IncidentID: m.Incident, Vendor: m.Vendor, Title: i.Title,
			URL: i.URL, Severity: i.Severity, OpenedAt: i.OpenedAt, Evidence: m.Evidence, Words: m.Words,
			OneIn: m.OneIn, SinceAt: db.Stamp(m.At)})
	}
	out.Summary = summaryOf(out)
	return out
}

// momentOf reads a stored time; zero if there is none.
func momentOf(stamp string) time.Time {
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return time.Time{}
	}
	return at
}
