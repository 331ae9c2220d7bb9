package pages

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/board"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// How much of each list Now shows. The rest is one click away. The limits keep the page small even with thousands of
// vendors.
const (
	shownOpen       = 12
	shownWork       = 5
	shownUnreadable = 6
	shownNews       = 5
	foldedNews      = 20
	readNews        = 250 // from which these are made
	shownCells      = 150

	// fewVendors have so little to tell that each open incident gets a card.
	fewVendors = 6

	quietAfter = 7 * 24 * time.Hour // without a word, an open incident stands behind those of which there is news
	newsWithin = 24 * time.Hour
	workWithin = 7 * 24 * time.Hour
)

// verdict is the answer to "is anything broken?", and how sure it is.
type verdict struct {
	Tone string // class: ok only if every watched vendor is known to be well
	Head string
	Text string
}

// cell is a vendor in the grid.
type cell struct {
	Slug, Name string
	Tone, Word string
}

type nowBody struct {
	Choice      choice
	Verdict     verdict
	LastCheck   string
	Few         bool
	Open        board.Open
	OwnOutage   query.OwnOutage // that lasts; the zero one: there is none
	Stories     []query.Story   // of all vendors; those that last, and those that ended of late
	Hidden      int
	Work        board.Work
	Unreadable  []query.SourceHealth
	UnreadTotal int
	Unwell      []query.Status // those of which something is wrong or not known, and neither list above says what
	News        []newsRow
	OlderNews   []newsRow // folded
	MoreNews    bool
	Cells       []cell
	Vendors     int
}

// Partial reports whether there are more vendors than the grid shows.
func (b nowBody) Partial() bool { return b.Vendors > len(b.Cells) }

// Sought is empty: the grid shows no search.
func (b nowBody) Sought() string { return "" }

func (p *Pages) now(r *http.Request) (view, error) {
	c, _, err := p.readChoice(r, "/")
	if err != nil {
		return view{}, err
	}
	b, scope, err := p.present(r, c, shownOpen, shownCells)
	if err != nil {
		return view{}, err
	}
	ctx := r.Context()
	if !c.Any() {
		if b.OwnOutage, err = p.ownOutage(r); err != nil {
			return view{}, err
		}
		if b.Stories, err = p.DB.Stories(ctx, p.Clock().Add(-newsWithin), p.Clock()); err != nil {
			return view{}, err
		}
		if b.Hidden, err = p.Board.FilteredOpen(ctx); err != nil {
			return view{}, err
		}
	}
	b.Work, err = p.Board.Work(ctx, scope, p.Clock(), p.Clock().Add(workWithin), shownWork)
	if err != nil {
		return view{}, err
	}
	news, err := p.Board.News(ctx, scope, p.Clock().Add(-newsWithin), readNews)
	if err != nil {
		return view{}, err
	}
	b.News = together(news)
	b.MoreNews = len(b.News) > shownNews+foldedNews || len(news) == readNews
	b.News, b.OlderNews = part(b.News, 0, shownNews), part(b.News, shownNews, foldedNews)
	return view{Template: "now", Title: b.Verdict.Head, Nav: "now", Body: b}, nil
}

// ownOutage returns the outage of our own network that lasts.
func (p *Pages) ownOutage(r *http.Request) (query.OwnOutage, error) {
	_, all, err := p.DB.OwnChecks(r.Context(), p.Clock())
	if len(all) == 0 || all[0].ToAt != "" {
		return query.OwnOutage{}, err
	}
	return all[0], err
}

// present reads how the chosen vendors do at this moment, with at most so many open incidents and vendors.
func (p *Pages) present(r *http.Request, c choice, open, cells int) (b nowBody, s board.Scope, err error) {
	ctx, now := r.Context(), p.Clock()
	b.Choice = c
	if s, err = p.Board.Scope(ctx, c.Choice); err != nil {
		return b, s, err
	}
	at, err := p.Board.Present(ctx, s, now)
	if err != nil {
		return b, s, err
	}
	if b.Open, err = p.Board.Open(ctx, s, now.Add(-quietAfter), open); err != nil {
		return b, s, err
	}
	if err := p.addUnreadable(r, &b, s); err != nil {
		return b, s, err
	}
	facts, err := p.DB.FileFacts(ctx)
	if err != nil {
		return b, s, err
	}
	b.LastCheck, b.Vendors, b.Few = facts.LastCheckAt, at.Vendors, at.Vendors <= fewVendors
	b.Verdict = p.verdict(at)
	for _, v := range at.Unwell {
		if unlisted(v) && len(b.Unwell) < shownUnreadable {
			b.Unwell = append(b.Unwell, v)
		}
	}
	shown, err := p.cellsOf(r, at, s, cells)
	for _, v := range shown {
		b.Cells = append(b.Cells, newCell(v))
	}
	return b, s, err
}

// cellsOf returns the vendors of the grid. With more vendors than fit, those with trouble come first. Otherwise each
// keeps its place, so that it is found where it was yesterday.
func (p *Pages) cellsOf(r *http.Request, at query.Present, s board.Scope, limit int) ([]query.Status, error) {
	ctx := r.Context()
	switch {
	case s.Vendors != nil:
		some, err := p.DB.StatusesOf(ctx, p.Clock(), s.Vendors)
		if len(some) > limit {
			slices.SortStableFunc(some, func(a, b query.Status) int { return site.Rank(b) - site.Rank(a) })
			some = some[:limit]
		}
		return some, err
	case at.Vendors > limit:
		return p.WorstFirst(ctx, at, limit)
	}
	return p.Statuses(ctx)
}

// addUnreadable adds the pages that were not read when they were last due.
func (p *Pages) addUnreadable(r *http.Request, b *nowBody, s board.Scope) (err error) {
	if s.Vendors == nil {
		b.Unreadable, b.UnreadTotal, err = p.DB.FailingSources(r.Context(), p.Clock(), shownUnreadable)
		return err
	}
	all, _, err := p.DB.FailingSources(r.Context(), p.Clock(), everyPage)
	if err != nil {
		return err
	}
	for _, h := range all {
		if !s.Slugs[h.Vendor] {
			continue
		}
		if b.UnreadTotal++; b.UnreadTotal <= shownUnreadable {
			b.Unreadable = append(b.Unreadable, h)
		}
	}
	return nil
}

// everyPage is more pages than anybody watches.
const everyPage = 1_000_000

func newCell(v query.Status) cell {
	return cell{Slug: v.Vendor, Name: v.VendorName, Tone: site.Tone(v), Word: words.Status(v)}
}

// unlisted reports whether a vendor is not known to be well for a reason that is neither an incident, nor work under
// way, nor a page that was not read.
func unlisted(v query.Status) bool {
	if !v.Watched() || v.Well() || v.IncidentID != 0 {
		return false
	}
	return v.SourcesUnread == 0 || v.Trouble()
}

// verdict sums up the states of all vendors. It is "All quiet" only if each that is watched is known to be well.
func (p *Pages) verdict(at query.Present) verdict {
	watched, readable := at.Watched, at.Readable
	var vendors, incidents, working int
	var worst query.Status
	var unwell, unknown []string
	for _, v := range at.Unwell {
		if v.OpenIncidents > 0 {
			vendors++
			incidents += v.OpenIncidents
		}
		if site.Rank(v) > site.Rank(worst) {
			worst = v
		}
		switch {
		case v.Trouble() && v.IncidentID == 0:
			unwell = append(unwell, v.VendorName)
		case v.Status == normalize.StatusUnknown && v.Readable() && !v.Trouble():
			unknown = append(unknown, v.VendorName)
		case v.Status == normalize.StatusMaintenance:
			working++
		}
	}
	seen := strconv.Itoa(readable) + " of " + words.Count(watched, "vendor") + " readable"
	if len(unwell) > 0 {
		seen = "Pages that report trouble without an incident: " + some(unwell) + ". " + seen
	}
	switch {
	case at.Vendors == 0:
		return verdict{"unreadable", "Nothing is watched yet",
			"Add a vendor to config.toml with vendorwatch vendors add NAME --write, and start vendorwatch serve. Its " +
				"state appears here after the first scrape."}
	case watched == 0:
		return verdict{"unreadable", "Nothing is watched any more",
			"The record is here, but the configuration lists no vendor. Whether anything is broken now is not known."}
	case incidents > 0:
		return verdict{site.Tone(worst), words.Count(incidents, "open incident") + " at " +
			words.Count(vendors, "vendor"), seen}
	case len(unwell) > 0:
		return verdict{site.Tone(worst), "No open incident, but some trouble", seen}
	case readable == 0:
		return verdict{"unreadable", "Not known: no page was read when last due", seen +
			"; is vendorwatch serve running?"}
	case readable < watched:
		return verdict{"unreadable", "No open incident on the pages that can be read", seen}
	case len(unknown) > 0:
		return verdict{"unknown", "No open incident, but not all is known",
			"Pages that do not say how they do in words that are known: " + some(unknown) + ". " + seen}
	case working > 0:
		return verdict{"maintenance", "No open incident, " + words.Count(working, "vendor") + " under " +
			"maintenance", seen}
	}
	return verdict{"ok", "All quiet", seen}
}

// some names the first few.
func some(names []string) string {
	text := strings.Join(names[:min(3, len(names))], ", ")
	if len(names) > 3 {
		text += " and " + strconv.Itoa(len(names)-3) + " more"
	}
	return text
}
