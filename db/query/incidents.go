package query

import (
	"context"
	"fmt"

	"vendorwatch/db/internal/scan"
	"vendorwatch/normalize"
	"vendorwatch/normalize/signal"
)

// Incident is a row of v_incidents.
type Incident struct {
	IncidentID     int64  `db:"incident_id" json:"incident_id"`
	Vendor         string `db:"vendor" json:"vendor"` // slug
	VendorName     string `db:"vendor_name" json:"vendor_name"`
	SourceID       int64  `db:"source_id" json:"source_id"`
	PageURL        string `db:"page_url" json:"page_url"`
	Platform       string `db:"platform" json:"platform"`
	SourceKey      string `db:"source_key" json:"source_key"`
	Origin         string `db:"origin" json:"origin"` // vendor, page, probe, signal
	Kind           string `db:"kind" json:"kind"`
	Title          string `db:"title" json:"title"`
	URL            string `db:"url" json:"url,omitempty"`
	Severity       string `db:"severity" json:"severity"`
	State          string `db:"state" json:"state"`
	Stateless      bool   `db:"stateless" json:"-"` // its feed does not say whether it is over
	VendorSeverity string `db:"vendor_severity" json:"vendor_severity,omitempty"`
	VendorState    string `db:"vendor_state" json:"vendor_state,omitempty"`
	StartedAt      string `db:"started_at" json:"started_at,omitempty"`
	ResolvedAt     string `db:"resolved_at" json:"resolved_at,omitempty"`
	// how the two are known: stated, posted, seen; empty if they are not, or do not count as start or end
	StartedBasis  string `db:"started_basis" json:"started_basis,omitempty"`
	ResolvedBasis string `db:"resolved_basis" json:"resolved_basis,omitempty"`
	// where they were seen: when the contrary was last known
	StartedAfter     string `db:"started_after" json:"started_after,omitempty"`
	ResolvedAfter    string `db:"resolved_after" json:"resolved_after,omitempty"`
	ScheduledStartAt string `db:"scheduled_start_at" json:"scheduled_start_at,omitempty"`
	ScheduledEndAt   string `db:"scheduled_end_at" json:"scheduled_end_at,omitempty"`
	FirstSeenAt      string `db:"first_seen_at" json:"first_seen_at"`
	LeftFeedAt       string `db:"left_feed_at" json:"left_feed_at,omitempty"`
	// null while it is open or an end is unknown
	DurationSeconds *int64 `db:"duration_seconds" json:"duration_seconds,omitempty"`
	// by how much it may have been shorter
	DurationUncertaintySeconds *int64 `db:"duration_uncertainty_seconds" json:"duration_uncertainty_seconds,omitempty"`
	StatedDurationSeconds      *int64 `db:"stated_duration_seconds" json:"stated_duration_seconds,omitempty"`
	// how long the page was red before the vendor's first post; null if it was not, or since when is not known
	RedBeforePostSeconds *int64 `db:"red_before_post_seconds" json:"red_before_post_seconds,omitempty"`
	// how long before the vendor's first post our own check missed, or our own alert burned; null if none did
	SignalBeforePostSeconds *int64 `db:"signal_before_post_seconds" json:"signal_before_post_seconds,omitempty"`
	Announced               int    `db:"announced" json:"announced"`
	// 1: the vendor's filters hide it, its news is withheld
	Filtered int `db:"filtered" json:"filtered"`
	// the record that stands for the event; 0 if no other page tells of it
	SameEventID int64 `db:"same_event_id" json:"same_event_id,omitempty"`
	// other pages that tell of the event, separated by ", "
	AlsoOn     string `db:"also_on" json:"also_on,omitempty"`
	Components string `db:"components" json:"components,omitempty"` // "Group › Name", separated by ", "
	// when the last of them recovered, if all did before the incident's end
	ComponentsResolvedAt string `db:"components_resolved_at" json:"components_resolved_at,omitempty"`
	// services of ours that need its vendor, or what it affects; and those that need components of the vendor, where it
	// names none; both separated by ", "
	Touches  string `db:"touches" json:"touches,omitempty"`
	MayTouch string `db:"may_touch" json:"may_touch,omitempty"`
	// the story of several vendors that it belongs to, what that claims, and why it belongs to it; 0 if none is claimed
	StoryID       int64  `db:"story_id" json:"story_id,omitempty"`
	Story         string `db:"story" json:"story,omitempty"`
	StoryEvidence string `db:"story_evidence" json:"story_evidence,omitempty"`
	UpdateCount   int    `db:"update_count" json:"update_count"`
	// newest update's text that is no postmortem
	LatestBody     string `db:"latest_body" json:"latest_body,omitempty"`
	LatestState    string `db:"latest_state" json:"latest_state,omitempty"`
	LatestPostedAt string `db:"latest_posted_at" json:"latest_posted_at,omitempty"`
	// when somebody of ours took it on, and who; empty if nobody has, or it reopened since
	AcknowledgedAt string `db:"acknowledged_at" json:"acknowledged_at,omitempty"`
	AcknowledgedBy string `db:"acknowledged_by" json:"acknowledged_by,omitempty"`
}

// EndUnknown reports whether nothing says whether it is over: it is an item of a feed without words for that.
func (i Incident) EndUnknown() bool { return i.Stateless && i.LeftFeedAt == "" }

// ByPage reports whether the page itself says so, and no post of the vendor: the title and the posts are ours.
func (i Incident) ByPage() bool { return i.Origin == string(normalize.OriginPage) }

// Ours reports whether our own checks or alerts say so, and neither the vendor nor its page.
func (i Incident) Ours() bool { return signal.Ours(normalize.Origin(i.Origin)) }

// Posted reports whether the vendor posted it.
func (i Incident) Posted() bool { return !i.ByPage() && !i.Ours() }

var incidentRow = scan.Of[Incident]("i")

var selectIncident = `SELECT ` + incidentRow.Columns + ` FROM v_incidents i `

// Incidents returns the incidents that f chooses, newest first.
func (d *DB) Incidents(ctx context.Context, f Filter) ([]Incident, error) {
	where, args := f.where()
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	// The ids are chosen on the table, so that the view's figures are made only for what is returned.
	query := selectIncident + `
		WHERE i.incident_id IN (SELECT i.incident_id FROM incidents i ` + where + ` ORDER BY ` + began +
		` DESC, i.incident_id DESC LIMIT ?)
		ORDER BY ` + began + ` DESC, i.incident_id DESC`
	incidents, err := incidentRow.All(ctx, d.read, query, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("incidents: %w", err)
	}
	return incidents, nil
}

// OpenIncidents returns what is not over and still on its page, maintenances included, newest first.
func (d *DB) OpenIncidents(ctx context.Context) ([]Incident, error) {
	return d.Incidents(ctx, Filter{Open: true})
}

// OpenByKind returns what is open of one kind on pages that are watched, the worst and then the newest first, at most
// limit of them, and how many there are. A vendor that is not empty chooses (slug).
func (d *DB) OpenByKind(ctx context.Context, kind normalize.Kind, vendor string, limit int) ([]Incident, int, error) {
	const chosen = ` FROM incidents i WHERE ` + OpenWatched + ` AND i.kind = ?1
		AND (?2 = '' OR i.source_id IN (SELECT source_id FROM sources JOIN vendors USING (vendor_id) WHERE slug = ?2))`
	var total int
	if err := d.read.QueryRowContext(ctx, `SELECT count(*)`+chosen, kind, vendor).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("open %ss: %w", kind, err)
	}
	const order = WorstFirst + `, ` + began + ` DESC, i.incident_id DESC`
	incidents, err := incidentRow.All(ctx, d.read, selectIncident+`
		WHERE i.incident_id IN (SELECT i.incident_id`+chosen+` ORDER BY `+order+` LIMIT ?3) ORDER BY `+order, kind,
		vendor, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("open %ss: %w", kind, err)
	}
	return incidents, total, nil
}
