package mcp

import (
	"context"
	"errors"
	"fmt"

	"vendorwatch/cmd/internal/web/prose"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// maxActions is how many actions of people an answer has.
const maxActions = 50

// incident is one incident, cut to the limits. The answer says what was left out.
func (s tools) incident(ctx context.Context, in IncidentIn) (out IncidentOut, err error) {
	i, err := s.DB.IncidentByID(ctx, in.IncidentID, s.Clock())
	if errors.Is(err, db.ErrNotFound) {
		return out, site.BadRequest(fmt.Sprintf(
			"there is no incident %d on record; incident_history and open_incidents give the numbers", in.IncidentID))
	}
	if err != nil {
		return out, err
	}
	out = IncidentOut{
		Incident: s.brief(i.Incident), Summary: prose.Summary(i, s.Clock()),
		VendorSeverity: words.Short(i.VendorSeverity, 100), VendorState: words.Short(i.VendorState, 100),
		Affected: []Component{}, Timeline: []Update{}, Edits: []Edit{}, SameEvent: []Record{}, Actions: []Action{},
		LeftOut: []string{},
	}
	out.LatestBody = ""
	for _, c := range i.AffectedComponents[:min(maxComponents, len(i.AffectedComponents))] {
		out.Affected = append(out.Affected, Component{GroupName: words.Short(c.GroupName, 100),
			Name: words.Short(c.Name, 100), Status: c.Status, LastStatus: c.LastStatus,
			ResolvedAt: c.ResolvedAt})
	}
	if n := len(i.AffectedComponents) - maxComponents; n > 0 {
		out.LeftOut = append(out.LeftOut, words.Count(n, "component"))
	}
	for _, o := range i.SameEvent[:min(20, len(i.SameEvent))] {
		out.SameEvent = append(out.SameEvent, Record{o.IncidentID, o.PageURL, words.Short(o.Title, 300), o.State})
	}
	for _, a := range i.Actions[max(0, len(i.Actions)-maxActions):] {
		out.Actions = append(out.Actions, Action{a.Kind, a.Who, words.Short(a.Text, 500), a.CreatedAt, a.UntilAt,
			a.EndedAt})
	}
	addTimeline(&out, i.Updates)
	addEdits(&out, i)
	return out, nil
}

// addTimeline adds the posts, or the newest of them if there are too many.
func addTimeline(out *IncidentOut, updates []query.Update) {
	var posts []query.Update
	for _, u := range updates {
		if u.State == string(normalize.StatePostmortem) {
			// Of several, the last one stands.
			out.Postmortem = u.Body
			continue
		}
		posts = append(posts, u)
	}
	var cut bool
	if out.Postmortem, cut = clip(out.Postmortem, maxBodies/2); cut {
		out.LeftOut = append(out.LeftOut, "the end of the postmortem")
	}
	first, letters, shortened := len(posts), 0, 0
	for first > 0 && len(posts)-first < maxPosts {
		body, cut := clip(posts[first-1].Body, maxBody)
		if letters += len(body); letters > maxBodies {
			break
		}
		first--
		posts[first].Body = body
		if cut {
			shortened++
		}
	}
	if first > 0 {
		out.LeftOut = append(out.LeftOut, "the oldest "+words.Count(first, "post"))
	}
	if shortened > 0 {
		out.LeftOut = append(out.LeftOut, "the end of "+words.Count(shortened, "post"))
	}
	for _, u := range posts[first:] {
		out.Timeline = append(out.Timeline,
			Update{u.PostedAt, u.State, words.Short(u.VendorState, 100), u.Body, u.RemovedAt})
	}
}

// addEdits adds what the vendor changed, or the newest of it if there is too much.
func addEdits(out *IncidentOut, i query.IncidentDetail) {
	posted := map[int64]string{}
	for _, u := range i.Updates {
		posted[u.UpdateID] = u.PostedAt
	}
	edits := i.Revisions
	if n := len(edits) - maxEdits; n > 0 {
		out.LeftOut = append(out.LeftOut, "the oldest "+words.Count(n, "edit"))
		edits = edits[n:]
	}
	shortened := false
	for _, r := range edits {
		old, cutOld := clip(r.OldValue, 500)
		new, cutNew := clip(r.NewValue, 500)
		shortened = shortened || cutOld || cutNew
		out.Edits = append(out.Edits, Edit{r.SeenAt, r.Field, posted[r.UpdateID], old, new})
	}
	if shortened {
		out.LeftOut = append(out.LeftOut, "the end of long values among the edits")
	}
}

// clip cuts a text to at most n bytes, between characters, and reports whether it did.
func clip(text string, n int) (string, bool) {
	if len(text) <= n {
		return text, false
	}
	for n > 0 && text[n]&0xC0 == 0x80 {
		n--
	}
	return text[:n] + "…", true
}
