package pages

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// How much of each list Now shows. The rest is one click away. The limits keep the page small even with thousands of
// vendors.
const (
	shownOpen        = 20
	shownMaintenance = 8
	shownPlanned     = 5
	shownUnreadable  = 8
	shownEvents      = 15
	shownCells       = 150
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
	Verdict     verdict
	LastCheck   string
	Open        []query.Incident
	OpenTotal   int
	Hidden      int
	Maintenance []query.Incident // in progress
	MaintTotal  int
	Planned     []query.Incident // the next ones within seven days
	Unreadable  []query.SourceHealth
	UnreadTotal int
	Unwell      []query.Status // those of which something is wrong or not known, and neither list above says what
	Events      []query.Event
	EventTotal  int
	Cells       []cell
	Vendors     int
}

func (p *Pages) now(r *http.Request) (view, error) {
	body, err := p.present(r, shownOpen)
	return view{Template: "now", Title: body.Verdict.Head, Nav: "now", Body: body}, err
}

func (p *Pages) wall(r *http.Request) (view, error) {
	body, err := p.present(r, 12)
	return view{Template: "wall", Title: body.Verdict.Head, Nav: "wall", Body: body}, err
}

// present reads the state of everything at this moment.
func (p *Pages) present(r *http.Request, open int) (b nowBody, err error) {
	ctx := r.Context()
	at, err := p.Present(ctx)
	if err != nil {
		return b, err
	}
	if b.Open, b.OpenTotal, err = p.DB.OpenByKind(ctx, normalize.KindIncident, "", open); err != nil {
		return b, err
	}
	if b.Hidden, err = p.DB.FilteredOpen(ctx); err != nil {
		return b, err
	}
	ahead, err := p.DB.UpcomingMaintenances(ctx, p.Clock(), 7*24*time.Hour)
	if err != nil {
		return b, err
	}
	for _, m := range ahead {
		if m.State == string(normalize.StateInProgress) || m.State == string(normalize.StateVerifying) {
			b.MaintTotal++
			if len(b.Maintenance) < shownMaintenance {
				b.Maintenance = append(b.Maintenance, m)
			}
		} else if words.Time(begin(m)).After(p.Clock()) && len(b.Planned) < shownPlanned {
			b.Planned = append(b.Planned, m)
		}
	}
	if b.Unreadable, b.UnreadTotal, err = p.DB.FailingSources(ctx, p.Clock(), shownUnreadable); err != nil {
		return b, err
	}
	if b.Events, b.EventTotal, err = p.DB.RecentEvents(ctx, p.Clock().Add(-24*time.Hour), shownEvents); err != nil {
		return b, err
	}
	facts, err := p.DB.FileFacts(ctx)
	if err != nil {
		return b, err
	}
	b.LastCheck, b.Vendors = facts.LastCheckAt, at.Vendors
	b.Verdict = p.verdict(at)
	for _, v := range at.Unwell {
		if unlisted(v) && len(b.Unwell) < shownUnreadable {
			b.Unwell = append(b.Unwell, v)
		}
	}
	// With more vendors than fit, those with trouble come first. Otherwise each keeps its place, so that it is found
	// where it was yesterday.
	var shown []query.Status
	if at.Vendors > shownCells {
		shown, err = p.WorstFirst(ctx, at, shownCells)
	} else {
		shown, err = p.Statuses(ctx)
	}
	for _, v := range shown {
		b.Cells = append(b.Cells, newCell(v))
	}
	return b, err
}

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
