package normalize

import (
	"slices"
	"strings"
	"time"
	"vendorwatch/normalize/markdown"
	"vendorwatch/normalize/times"
)

// memo remembers what texts of one incident mean, since its readings repeat most of them.
type memo struct {
	zones    times.Zones
	markdown map[[2]string]string
	squeezed map[string]string
}

func newMemo() *memo {
	return &memo{zones: times.Zones{}, markdown: map[[2]string]string{}}
}

// toMarkdown is Markdown, done once for each text.
func (m *memo) toMarkdown(body, format string) string {
	if m == nil {
		return markdown.Convert(body, format)
	}
	key := [2]string{body, format}
	text, ok := m.markdown[key]
	if !ok {
		text = markdown.Convert(body, format)
		m.markdown[key] = text
	}
	return text
}

// squeeze is the function of that name, done once for each text.
func (m *memo) squeeze(s string) string {
	if m.squeezed == nil {
		m.squeezed = map[string]string{}
	}
	text, ok := m.squeezed[s]
	if !ok {
		text = markdown.Squeeze(s)
		m.squeezed[s] = text
	}
	return text
}

// view gives a reading its meaning.
func (m *memo) view(r Reading) *view {
	v := &view{raws: r.Raws, seen: r.Seen}
	parts := make([]*view, len(r.Raws))
	for n, raw := range r.Raws {
		parts[n] = m.part(raw, r.Words, r.Former)
		v.findings = append(v.findings, parts[n].findings...)
	}
	if len(parts) == 1 {
		*v = *parts[0]
		v.raws, v.seen = r.Raws, r.Seen
		v.checkStart()
		return v
	}
	// One item a post, or several entries of one list: the newest speaks, and the posts of all are shown.
	slices.SortStableFunc(parts, func(a, b *view) int {
		return latest(a.age().content, a.age().touched).Compare(latest(b.age().content, b.age().touched))
	})
	newest := parts[len(parts)-1]
	v.i, v.kind, v.oneDate, v.startIs, v.stated = newest.i, newest.kind, newest.oneDate, newest.startIs, newest.stated
	v.toSecond = newest.toSecond
	v.i.Updates, v.i.Components = nil, nil
	for _, p := range parts {
		v.i.Excerpt = v.i.Excerpt || p.i.Excerpt
		if v.i.CreatedAt.IsZero() || !p.i.CreatedAt.IsZero() && p.i.CreatedAt.Before(v.i.CreatedAt) {
			v.i.CreatedAt = p.i.CreatedAt
		}
		for _, u := range p.i.Updates {
			if !slices.ContainsFunc(v.i.Updates, func(o Update) bool {
				return o.State == u.State && o.PostedAt.Equal(u.PostedAt) && o.Body == u.Body &&
					(o.Key == u.Key || generatedKey(u.Key))
			}) {
				v.i.Updates = append(v.i.Updates, u)
			}
		}
		for _, c := range p.i.Components {
			if !slices.ContainsFunc(v.i.Components, func(o Component) bool { return o.Key == c.Key }) {
				v.i.Components = append(v.i.Components, c)
			}
		}
	}
	slices.SortStableFunc(v.i.Updates, func(a, b Update) int { return a.PostedAt.Compare(b.PostedAt) })
	v.checkStart()
	return v
}

// checkStart notes that an incident is said to go on, and to begin only later. Clocks may differ by an hour, as they do
// where a zone was forgotten.
func (v *view) checkStart() {
	if i := v.i; i.Kind == KindIncident && !i.State.Over() && i.StartedAt.After(v.seen.Add(time.Hour)) {
		v.findings = append(v.findings, Finding{Field: "started_at", Value: FormatTime(i.StartedAt),
			Problem: "the incident goes on, and starts in the future"})
	}
}

// part gives one entry of a reading its meaning.
func (m *memo) part(raw Raw, own Words, former bool) *view {
	r := &reader{raw: raw, own: own, zones: m.zones, memo: m}
	i := r.meaning()
	v := &view{i: i, findings: r.findings}
	v.kind = kindAssumed
	switch Kind(raw.Kind) {
	case KindIncident, KindMaintenance, KindNotice:
		v.kind = kindByList
	default:
		if i.Kind != KindIncident {
			v.kind = kindByWords
		}
	}
	for n := range v.i.Updates {
		// The state in force before a post headed "Update" may be that of a post that is taken away later.
		if s, _ := own.State(v.i.Updates[n].VendorState); s == StateUpdate {
			v.i.Updates[n].State = StateUpdate
		}
	}
	if former {
		for n := range v.i.Updates {
			v.i.Updates[n].Key = "@" + strings.TrimPrefix(v.i.Updates[n].Key, "@")
		}
		v.i.Components = slices.Clone(v.i.Components)
		for n := range v.i.Components {
			v.i.Components[n].Key = "@" + strings.TrimPrefix(v.i.Components[n].Key, "@")
		}
	}
	v.oneDate = len(i.Updates) == 1 && generatedKey(i.Updates[0].Key) && !i.Updates[0].PostedAt.IsZero() &&
		(i.StartGiven && i.StartedAt.Equal(i.Updates[0].PostedAt) || i.CreatedAt.Equal(i.Updates[0].PostedAt))
	v.toSecond = [2]bool{times.ToSecond(raw.Started), times.ToSecond(raw.Resolved)}
	v.startIs = startBasis(i, v.toSecond[0])
	if i.EndGiven {
		v.stated = i.ResolvedAt
	}
	return v
}

// startBasis tells how a document knows the start that it gives. Platforms copy the time at which the entry was made
// into the start unless somebody sets it: equal to that, or to the time of the first post, it is no statement.
func startBasis(i Incident, toSecond bool) Basis {
	if !i.StartGiven || i.StartedAt.IsZero() {
		return ""
	}
	firstPost := time.Time{}
	for _, u := range i.Updates {
		if !u.PostedAt.IsZero() && (firstPost.IsZero() || u.PostedAt.Before(firstPost)) {
			firstPost = u.PostedAt
		}
	}
	for _, t := range []time.Time{i.CreatedAt, firstPost} {
		if !t.IsZero() && times.OfPost(i.StartedAt, t, toSecond) {
			return BasisPosted
		}
	}
	return BasisStated
}
