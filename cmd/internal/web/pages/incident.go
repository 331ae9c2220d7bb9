package pages

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"vendorwatch/cmd/internal/web/prose"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/db/board"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
)

// maxWords is how much of a vendor's text one page shows, in bytes. A longer timeline is split into parts.
const maxWords = 22 << 10

// shownLike is how many similar incidents are shown.
const shownLike = 5

// longSilence is the time between two posts from which on it is pointed out.
const longSilence = time.Hour

// post is an update as it is shown.
type post struct {
	query.Update
	HTML   template.HTML
	Gap    string // time since the post before
	Silent bool   // it was long
	Edits  int
}

// edit is a revision as it is shown.
type edit struct {
	query.Revision
	What  string
	Parts []diffPart
	Long  bool
}

type incidentBody struct {
	query.IncidentDetail
	Told               query.Story // of which it is a member; without members: of none
	Tone, SeverityWord string
	Summary            string
	Begin              string
	Seen               string // how long after the start we first saw it
	Posts              []post
	SinceLast          string // time since the last post of an open incident
	Postmortem         []post
	Edits              []edit
	MoreEdits          int
	Part, Parts        int
	NewestFirst        bool // it is open: what was said last is asked for first
	Tags               []string
	Like               board.Like
	Permalink          string
	Us                 query.Vendor // who of us looks after the vendor, and what to do when it is down
	Commands           []string     // by which people act on it; none once it is over
}

func (p *Pages) incidentByPath(r *http.Request) (query.IncidentDetail, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return query.IncidentDetail{}, db.ErrNotFound
	}
	return p.DB.IncidentByID(r.Context(), id, p.Clock())
}

func (p *Pages) IncidentJSON(r *http.Request) (site.Document, error) {
	i, err := p.incidentByPath(r)
	if err != nil {
		return site.Document{}, err
	}
	return site.JSON(i)
}

// IncidentRaw is the vendor's own words, as they were read.
func (p *Pages) IncidentRaw(r *http.Request) (site.Document, error) {
	i, err := p.incidentByPath(r)
	if err != nil {
		return site.Document{}, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(i.Raw); err != nil {
		return site.Document{}, err
	}
	return site.Document{Media: "text/plain; charset=utf-8", Body: b.Bytes()}, nil
}

func (p *Pages) incident(r *http.Request) (view, error) {
	i, err := p.incidentByPath(r)
	if err != nil {
		return view{}, err
	}
	b := incidentBody{
		IncidentDetail: i,
		Tone:           tone(i.Incident),
		SeverityWord:   severityWords(i.Incident),
		Summary:        prose.Summary(i, p.Clock()),
		Begin:          begin(i.Incident),
		Seen:           seen(i.Incident),
		Permalink:      p.Permalink(r, fmt.Sprintf("/incidents/%d", i.IncidentID)),
	}
	if !normalize.State(i.State).Over() && i.LeftFeedAt == "" {
		for _, command := range []string{"ack %d", "mute %d --for 2h", `note %d "…"`} {
			b.Commands = append(b.Commands, "vendorwatch "+fmt.Sprintf(command, i.IncidentID))
		}
	}
	b.NewestFirst = !normalize.State(i.State).Over() && i.LeftFeedAt == ""
	if b.Tags, err = p.Board.TagsOf(r.Context(), i.Vendor); err != nil {
		return view{}, err
	}
	if i.Kind == string(normalize.KindIncident) {
		if b.Like, err = p.Board.Like(r.Context(), i.IncidentID, shownLike); err != nil {
			return view{}, err
		}
	}
	if i.StoryID != 0 {
		if b.Told, err = p.DB.Story(r.Context(), i.StoryID); err != nil && !errors.Is(err, db.ErrNotFound) {
			return view{}, err
		}
	}
	if b.Us, err = p.DB.Vendor(r.Context(), i.Vendor); err != nil {
		return view{}, err
	}
	b.Parts = parts(b.Updates)
	b.Part, _ = strconv.Atoi(r.URL.Query().Get("part"))
	if b.Part < 1 && b.NewestFirst {
		b.Part = b.Parts
	}
	p.addPosts(&b)
	if b.NewestFirst {
		slices.Reverse(b.Posts)
	}
	b.addEdits()
	if b.Part > b.Parts {
		return view{}, db.ErrNotFound
	}
	title := i.VendorName + ": " + words.Short(i.Title, 80)
	return view{Template: "incident", Title: title, Nav: "history", Body: b}, nil
}

// begin is when an incident began; for a maintenance, the start of its window.
func begin(i query.Incident) string {
	if i.StartedAt == "" || i.Kind == string(normalize.KindMaintenance) && i.ScheduledStartAt != "" {
		return i.ScheduledStartAt
	}
	return i.StartedAt
}

// seen says how long after its start an incident was first seen.
func seen(i query.Incident) string {
	start, first := words.Time(i.StartedAt), words.Time(i.FirstSeenAt)
	switch d := first.Sub(start); {
	case start.IsZero() || first.IsZero() || i.Kind == string(normalize.KindMaintenance):
		return ""
	case i.Announced == 0 && i.SameEventID == 0:
		return "read from the page's history"
	case d >= 0 && d < time.Minute:
		return "within a minute of the start"
	case d >= 0:
		return "+" + words.Duration(d) + " after the start"
	}
	return ""
}

// parts is how many parts a timeline has, so that no page grows beyond what maxWords allows.
func parts(updates []query.Update) int {
	part, size := 1, 0
	for _, u := range updates {
		part, size = place(part, size, u)
	}
	return part
}

// place is the part in which a post stands after one that stands in a part of this size, and the size with it.
func place(part, size int, u query.Update) (int, int) {
	weight := len(u.Body) + 400
	if size > 0 && size+weight > maxWords {
		return part + 1, weight
	}
	return part, size + weight
}

// addPosts adds the posts of one part of the timeline, in the order in which they were posted.
func (p *Pages) addPosts(b *incidentBody) {
	base := b.URL
	if base == "" {
		base = b.PageURL
	}
	edits := map[int64]int{}
	for _, r := range b.Revisions {
		edits[r.UpdateID]++
	}
	b.Part = max(b.Part, 1)
	part, size := 1, 0
	var before time.Time
	for _, u := range b.Updates {
		part, size = place(part, size, u)
		at := words.Time(u.PostedAt)
		gap := at.Sub(before)
		if part == b.Part {
			p := post{Update: u, HTML: body(u.Body, base), Edits: edits[u.UpdateID]}
			if !before.IsZero() && !at.IsZero() && gap > 0 {
				p.Gap, p.Silent = words.Duration(gap), gap >= longSilence
			}
			if u.State == string(normalize.StatePostmortem) {
				b.Postmortem = append(b.Postmortem, p)
			} else {
				b.Posts = append(b.Posts, p)
			}
		}
		if !at.IsZero() {
			before = at
		}
	}
	if b.NewestFirst && b.Part == b.Parts && !before.IsZero() && p.Clock().After(before) {
		b.SinceLast = words.Duration(p.Clock().Sub(before))
	}
}

// body renders a post. One that is too long for a page by itself is cut, and says so.
func body(text, base string) template.HTML {
	if len(text) <= maxWords {
		return prose.Markdown(text, base)
	}
	cut := text[:maxWords]
	for len(cut) > 0 && cut[len(cut)-1]&0xC0 == 0x80 { // not within a character
		cut = cut[:len(cut)-1]
	}
	return prose.Markdown(cut[:max(0, len(cut)-1)], base) +
		`<p class="muted">Cut here. The full text is under “The vendor’s own words” below.</p>`
}

// addEdits adds the newest edits, as many as there is room for.
func (b *incidentBody) addEdits() {
	when := map[int64]string{}
	for _, u := range b.Updates {
		when[u.UpdateID] = u.State
	}
	size := 0
	for n := len(b.Revisions) - 1; n >= 0; n-- {
		r := b.Revisions[n]
		size += len(r.OldValue) + len(r.NewValue) + 300
		if size > maxWords/2 && len(b.Edits) > 0 {
			b.MoreEdits = n + 1
			break
		}
		e := edit{Revision: r, What: words.Spell(r.Field)}
		if r.UpdateID != 0 {
			e.What = "post “" + words.Spell(when[r.UpdateID]) + "”"
			if r.Field != "body" {
				e.What += ", " + words.Spell(r.Field)
			}
		}
		if len(r.OldValue)+len(r.NewValue) > maxWords {
			e.Long = true
		} else {
			e.Parts = wordDiff(markdown.Plain(r.OldValue), markdown.Plain(r.NewValue))
		}
		b.Edits = append(b.Edits, e)
	}
}
