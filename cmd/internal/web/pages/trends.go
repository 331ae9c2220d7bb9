package pages

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/web/trends"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/board"
	"vendorwatch/db/query"
)

const (
	usualWeeks  = 13
	mostWeeks   = 53
	mostGroups  = 4 // side by side
	shownHeat   = 30
	shownLines  = 40
	latelyHours = 48
)

// group is what one picture of each kind is about.
type group struct {
	Name    string // empty: it is all that was chosen
	Link    string // of the page about it; empty: there is none
	Words   string // of the components that it is about; empty: all
	Vendors int    // in it
	ByWeek  trends.ByWeek
	Heat    []trends.Row
	Calm    int // vendors that Heat leaves out, for nothing is on record of them or too many others come first
	Lengths trends.Lengths
	Lately  []trends.Line
	Later   int // vendors that Lately leaves out
	Titles  map[int64]string
	Stories map[int64]string // what is claimed, by story

	// Of a group that stands alone, one for broad screens, one for narrow ones and one for phones.
	WeekPictures, HeatPictures, LengthPictures, LatelyPictures []picture
}

type trendsBody struct {
	Choice       choice
	Typed        map[string]string
	Since, Until time.Time
	Weeks        []time.Time
	Severities   []string
	Classes      []string
	Groups       []group
	Kept         bool // the answer is shown to others for a minute
}

// Trends is the page of trends. Of many vendors it is made once a minute, and says when.
func (p *Pages) Trends(r *http.Request) (site.Document, error) {
	now := p.Clock()
	if d, ok := p.kept.get(r.URL.RawQuery, now); ok {
		return d, nil
	}
	v, err := p.trends(r)
	d, err := p.html(v, err)
	if b, ok := v.Body.(trendsBody); ok && err == nil && b.Kept {
		p.kept.put(r.URL.RawQuery, now, d)
	}
	return d, err
}

// trends draws what happened over weeks, for all vendors or for those of the address, several groups side by side.
func (p *Pages) trends(r *http.Request) (view, error) {
	b, scopes, err := p.readTrends(r)
	if err != nil {
		return view{}, err
	}
	for n := range b.Groups {
		if err := p.addTrends(r, &b, &b.Groups[n], scopes[n]); err != nil {
			return view{}, err
		}
		b.Kept = b.Kept || b.Groups[n].Vendors > manyVendors
	}
	return view{Template: "trends", Title: "Trends", Nav: "trends", Static: true, Body: b}, nil
}

// readTrends reads what the address asks for: the window, and the scope of each group.
func (p *Pages) readTrends(r *http.Request) (b trendsBody, scopes []board.Scope, err error) {
	now := p.Clock()
	var params site.Params
	tags := listed(r.URL.Query().Get("tag"))
	if b.Choice, params, err = p.readChoice(withoutTags(r, tags), "/trends", "vendor", "component", "since",
		"until"); err != nil {
		return b, nil, err
	}
	b.Typed = map[string]string{"tag": strings.Join(tags, ", ")}
	for _, name := range []string{"vendor", "component", "since", "until"} {
		b.Typed[name] = strings.TrimSpace(params.Get(name))
	}
	if b.Since, err = params.Moment("since"); err != nil {
		return b, nil, err
	}
	if b.Until, err = params.Moment("until"); err != nil {
		return b, nil, err
	}
	if len(params.Get("until")) == len(time.DateOnly) {
		b.Until = b.Until.AddDate(0, 0, 1) // the day itself is included
	}
	if b.Until.IsZero() || b.Until.After(now) {
		b.Until = now
	}
	if b.Since.IsZero() {
		b.Since = b.Until.AddDate(0, 0, -7*(usualWeeks-1))
	}
	b.Weeks = trends.Weeks(b.Since, b.Until)
	if len(b.Weeks) == 0 || len(b.Weeks) > mostWeeks {
		return b, nil, site.BadRequest(fmt.Sprintf("since and until are to lie between 1 and %d weeks apart, until "+
			"after since, and since before now.", mostWeeks))
	}
	b.Since = b.Weeks[0]
	for _, s := range trends.Severities {
		b.Severities = append(b.Severities, string(s))
	}
	b.Classes = trends.Classes
	scopes, err = p.sideBySide(r, &b)
	return b, scopes, err
}

// addTrends reads the figures of a group, and draws them.
func (p *Pages) addTrends(r *http.Request, b *trendsBody, g *group, s board.Scope) error {
	ctx, now := r.Context(), p.Clock()
	end := b.Weeks[len(b.Weeks)-1].AddDate(0, 0, 7)
	found, err := p.Board.Impact(ctx, s, g.Words, b.Since, end)
	if err != nil {
		return err
	}
	if s.Vendors == nil {
		if g.Vendors, err = p.Board.VendorCount(ctx); err != nil {
			return err
		}
	}
	g.ByWeek = trends.Count(found, b.Weeks, now)
	g.Lengths = trends.Distribute(found, b.Since, end)
	if err := p.addHeat(r, b, g, s, found); err != nil {
		return err
	}
	since := now.Add(-latelyHours * time.Hour)
	lately := during(found, since, now)
	if since.Before(b.Since) || end.Before(now) {
		if lately, err = p.Board.Impact(ctx, s, g.Words, since, now); err != nil {
			return err
		}
	}
	stories, err := p.DB.Stories(ctx, since, now)
	if err != nil {
		return err
	}
	g.Stories = map[int64]string{}
	member := map[int64]int64{}
	for _, s := range stories {
		g.Stories[s.StoryID] = words.OneLine(s.Summary)
		for _, m := range s.Members {
			member[m.IncidentID], member[m.EventID] = s.StoryID, s.StoryID
		}
	}
	g.Lately = trends.Lately(lately, member, since, now)
	g.Later = max(0, len(g.Lately)-shownLines)
	g.Lately = g.Lately[:min(shownLines, len(g.Lately))]
	var shown []int64
	for _, line := range g.Lately {
		for _, bar := range line.Bars {
			shown = append(shown, bar.IncidentID)
		}
	}
	if g.Titles, err = p.Board.Titles(ctx, shown); err != nil {
		return err
	}
	widths := []int{narrowPicture}
	if len(b.Groups) == 1 {
		widths = []int{broadPicture, narrowPicture, slimPicture}
	}
	for _, width := range widths {
		g.WeekPictures = append(g.WeekPictures, drawWeeks(g.ByWeek, width))
		g.HeatPictures = append(g.HeatPictures, drawHeat(g.Heat, b.Weeks, width))
		g.LengthPictures = append(g.LengthPictures, drawLengths(g.Lengths, width))
		g.LatelyPictures = append(g.LatelyPictures, drawLately(g.Lately, g.Stories, since, now, width))
	}
	return nil
}

// during returns those of the incidents of a window that began or lasted in a part of it.
func during(found []query.IncidentImpact, since, until time.Time) (part []query.IncidentImpact) {
	for _, i := range found {
		if i.CountedAt.Before(until) && (!i.CountedAt.Before(since) || i.ToAt.After(since)) {
			part = append(part, i)
		}
	}
	return part
}

// addHeat adds the impact by vendor and week, of those vendors that had the most. A few vendors are all shown.
func (p *Pages) addHeat(r *http.Request, b *trendsBody, g *group, s board.Scope, found []query.IncidentImpact) error {
	ctx, now := r.Context(), p.Clock()
	end := b.Weeks[len(b.Weeks)-1].AddDate(0, 0, 7)
	type vendor struct {
		slug, name string
		impact     time.Duration
	}
	of := map[string][]query.IncidentImpact{}
	for _, i := range found {
		of[i.Vendor] = append(of[i.Vendor], i)
	}
	var vendors []vendor
	for slug, all := range of {
		vendors = append(vendors, vendor{slug, all[0].VendorName, query.ImpactOf(all, b.Since, end, now).Time})
	}
	if s.Vendors != nil && len(s.Vendors) <= shownHeat {
		states, err := p.DB.StatusesOf(ctx, now, s.Vendors)
		if err != nil {
			return err
		}
		for _, v := range states {
			if of[v.Vendor] == nil {
				vendors = append(vendors, vendor{v.Vendor, v.VendorName, 0})
			}
		}
	}
	slices.SortFunc(vendors, func(a, b vendor) int {
		return cmp.Or(cmp.Compare(b.impact, a.impact), cmp.Compare(a.slug, b.slug))
	})
	vendors = vendors[:min(shownHeat, len(vendors))]
	var slugs []string
	for _, v := range vendors {
		slugs = append(slugs, v.slug)
	}
	unseen, err := p.Board.Unseen(ctx, slugs, now)
	if err != nil {
		return err
	}
	for _, v := range vendors {
		stretches := unseen[v.slug]
		for _, i := range of[v.slug] {
			lasted := i.Interval(now)
			stretches = append(stretches, query.Stretch{What: query.StretchImpact, IncidentID: i.IncidentID,
				Severity: i.Severity, FromAt: lasted.Start, ToAt: lasted.End, CountedAt: i.CountedAt})
		}
		g.Heat = append(g.Heat, trends.HeatRow(v.slug, v.name, stretches, b.Weeks, now))
	}
	g.Calm = max(0, g.Vendors-len(g.Heat))
	return nil
}

// heatWords tells a cell of the heat map. What is not known is a dash, and never 0.
func heatWords(c trends.Cell) string {
	switch {
	case !c.Known || !c.Stated:
		return "–"
	case c.Partly():
		return "≥ " + hours(int64(c.Impact/time.Second))
	}
	return hours(int64(c.Impact / time.Second))
}

// heatTitle is heatWords in full.
func heatTitle(c trends.Cell) string {
	text := "nothing is known"
	switch {
	case c.Known && !c.Stated:
		text = words.Count(c.Unknown, "incident") + " of unknown length"
	case c.Known && c.Unknown > 0:
		text = hours(int64(c.Impact/time.Second)) + ", and " + words.Count(c.Unknown, "incident") + " of unknown length"
	case c.Known:
		text = hours(int64(c.Impact/time.Second)) + " of impact"
	}
	if c.Seen < 1 {
		text += fmt.Sprintf("; %.0f %% of the time is known", 100*c.Seen)
	}
	return text
}

// monthHours tells the impact of a month.
func monthHours(m trends.Month) string {
	if m.Unknown == m.Days {
		return "–"
	}
	if m.Unknown+m.Partly > 0 {
		return "≥ " + hours(int64(m.Impact/time.Second))
	}
	return hours(int64(m.Impact / time.Second))
}
