package board

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"vendorwatch/db/internal/scan"
)

// lookedAt is how many incidents of a vendor are compared with one, the newest.
const lookedAt = 400

// Past is another incident of a vendor.
type Past struct {
	IncidentID int64  `db:"incident_id"`
	Title      string `db:"title"`
	Severity   string `db:"severity"`
	BeganAt    string `db:"began_at"`
	Seconds    *int64 `db:"seconds"` // from start to end; nil: it is not over, or that is not known
	Components string `db:"components"`
	Body       string `db:"body"` // how its first post begins
}

// Like is what a vendor's record says of incidents like one.
type Like struct {
	Similar []Past // the most similar ones first
	// of its incidents of the same severity that are over: the length that half of them did not exceed, and how many
	// they are; 0 of 0 if there are none
	MedianSeconds int64
	Of            int
}

var pastRow = scan.Of[Past]("")

// Like compares an incident with the others of its vendor, by the words of titles, components and first posts, as
// Okapi BM25 weighs them within the vendor's own incidents. At most limit are returned. The full-text index is not
// asked for its rank, since that would look at every incident of all vendors that has one of the words.
func (d *DB) Like(ctx context.Context, incidentID int64, limit int) (Like, error) {
	all, err := pastRow.All(ctx, d.read, `
		SELECT i.incident_id, i.title, i.severity,
			coalesce(i.started_at, i.scheduled_start_at, i.first_seen_at) AS began_at,
			(SELECT x.seconds_to_resolve FROM v_impact x WHERE x.incident_id = i.incident_id) AS seconds,
			(SELECT group_concat(c.group_name || ' ' || c.name, ' ') FROM incident_components ic
				JOIN components c USING (component_id) WHERE ic.incident_id = i.incident_id) AS components,
			(SELECT substr(u.body, 1, 300) FROM incident_updates u WHERE u.incident_id = i.incident_id
				ORDER BY u.position LIMIT 1) AS body
		FROM incidents one CROSS JOIN sources mine ON mine.source_id = one.source_id
		CROSS JOIN sources s ON s.vendor_id = mine.vendor_id CROSS JOIN incidents i ON i.source_id = s.source_id
		WHERE one.incident_id = ?1 AND i.kind = one.kind
			AND (coalesce(i.same_event_id, i.incident_id) = i.incident_id OR i.incident_id = ?1)
			AND NOT (i.same_event_id IS one.same_event_id AND i.same_event_id IS NOT NULL AND i.incident_id <> ?1)
		ORDER BY i.incident_id <> ?1, began_at DESC LIMIT ?2`, incidentID, lookedAt)
	if err != nil {
		return Like{}, fmt.Errorf("incidents like %d: %w", incidentID, err)
	}
	var l Like
	if len(all) == 0 {
		return l, nil
	}
	var lengths []int64
	for _, p := range all[1:] {
		if p.Seconds != nil && p.Severity == all[0].Severity {
			lengths = append(lengths, *p.Seconds)
		}
	}
	if l.Of = len(lengths); l.Of > 0 {
		slices.Sort(lengths)
		l.MedianSeconds = lengths[(len(lengths)-1)/2]
	}
	l.Similar = similar(all[0], all[1:], limit)
	return l, nil
}

// leastAlike is the share of what an incident scores with itself from which on another counts as like it.
const leastAlike = 0.35

// similar ranks incidents by how like one of them is to the others.
func similar(one Past, others []Past, limit int) []Past {
	type scored struct {
		Past
		score float64
	}
	of, in, length := make([]map[string]float64, len(others)), map[string]int{}, 0.0
	for n, p := range others {
		of[n] = weights(p)
		for word, weight := range of[n] {
			in[word]++
			length += weight
		}
	}
	mean := length / float64(max(1, len(others)))
	ask := weights(one)
	asked := slices.Sorted(maps.Keys(ask))
	score := func(words map[string]float64) (sum float64) {
		size := 0.0
		for _, weight := range words {
			size += weight
		}
		for _, word := range asked { // in one order, so that the sums of equal ones are equal
			if weight := words[word]; weight > 0 {
				rare := math.Log(1 + (float64(len(others)+1-in[word])+.5)/(float64(in[word])+.5))
				sum += min(ask[word], 3) * rare * weight * 2.2 / (weight + 1.2*(.25+.75*size/max(1, mean)))
			}
		}
		return sum
	}
	own := score(ask)
	var found []scored
	for n, p := range others {
		if s := score(of[n]); own > 0 && s >= leastAlike*own {
			found = append(found, scored{p, s})
		}
	}
	slices.SortFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.BeganAt, a.BeganAt),
			cmp.Compare(b.IncidentID, a.IncidentID))
	})
	var out []Past
	for _, s := range found[:min(limit, len(found))] {
		out = append(out, s.Past)
	}
	return out
}

// weights counts the words of an incident. Those of the title count three times, those of components twice.
func weights(p Past) map[string]float64 {
	words := map[string]float64{}
	for text, weight := range map[string]float64{p.Title: 3, p.Components: 2, p.Body: 1} {
		for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			if len(w) > 2 {
				words[w] += weight
			}
		}
	}
	return words
}

// TagsOf returns the tags of a vendor (slug), in their order.
func (d *DB) TagsOf(ctx context.Context, slug string) ([]string, error) {
	tags, err := scan.Column[string](ctx, d.read, `SELECT t.tag FROM vendors v JOIN vendor_tags t USING (vendor_id)
		WHERE v.slug = ? ORDER BY t.tag`, slug)
	if err != nil {
		return nil, fmt.Errorf("tags of %q: %w", slug, err)
	}
	return tags, nil
}
