package pages

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

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
	Tone string // class: ok, unreadable, or the worst severity
	Head string
	Text string
}

// cell is a vendor in the grid.
type cell struct {
	Slug, Name string
	Tone, Word string
	rank       int
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
	Unwell      []query.VendorState // those whose page reports trouble, and no incident says why
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
	states, err := p.DB.VendorStates(ctx)
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
	if b.Unreadable, b.UnreadTotal, err = p.DB.FailingSources(ctx, shownUnreadable); err != nil {
		return b, err
	}
	if b.Events, b.EventTotal, err = p.DB.RecentEvents(ctx, p.Clock().Add(-24*time.Hour), shownEvents); err != nil {
		return b, err
	}
	facts, err := p.DB.FileFacts(ctx)
	if err != nil {
		return b, err
	}
	b.LastCheck, b.Vendors = facts.LastCheckAt, len(states)
	b.Verdict = p.verdict(states)
	for _, v := range states {
		if v.IndicatorSinceAt != "" && len(b.Unwell) < shownUnreadable {
			b.Unwell = append(b.Unwell, v)
		}
		b.Cells = append(b.Cells, p.cell(v))
	}
	// With more vendors than fit, those with trouble come first. Otherwise each keeps its place, so that it is found
	// where it was yesterday.
	if len(b.Cells) > shownCells {
		slices.SortStableFunc(b.Cells, func(a, b cell) int { return b.rank - a.rank })
		b.Cells = b.Cells[:shownCells]
	}
	return b, nil
}

func (p *Pages) cell(v query.VendorState) cell {
	c := cell{Slug: v.Slug, Name: v.Name, Tone: "ok", Word: "quiet"}
	set := func(rank int, tone, word string) {
		if rank > c.rank {
			c.rank, c.Tone, c.Word = rank, tone, word
		}
	}
	if v.Sources == 0 {
		set(1, "none", "not watched")
		return c
	}
	if v.Maintenances > 0 {
		set(2, "maintenance", "maintenance")
	}
	if v.WorstStatus != "" && v.WorstStatus != string(normalize.StatusMaintenance) {
		word := words.Spell(v.WorstStatus)
		if v.WorstStatus == string(normalize.StatusUnknown) {
			word = "state unknown"
		}
		set(3, statusTone(v.WorstStatus), word)
	}
	if v.IndicatorSinceAt != "" {
		set(3, "unknown", "trouble, no incident")
	}
	if v.Incidents > 0 {
		word := words.Spell(v.WorstSeverity)
		if v.WorstSeverity == string(normalize.SeverityUnknown) {
			word = "severity unknown"
		} else if v.WorstSeverity == string(normalize.SeverityNone) {
			word = "no impact"
		}
		if v.Incidents > 1 {
			word += " +" + strconv.Itoa(v.Incidents-1)
		}
		set(5+normalize.Severity(v.WorstSeverity).Rank(), v.WorstSeverity, word)
	}
	if !p.Readable(v) {
		word := "unreadable"
		switch {
		case v.NeverRead > 0 && v.Failing == 0:
			word = "never read"
		case v.Failing == 0:
			word = "not checked"
		}
		if c.rank >= 5 {
			c.Word += ", " + word
		}
		set(4, "unreadable", word)
	}
	return c
}

// statusTone is the colour of the severity that a component status amounts to.
func statusTone(status string) string {
	switch normalize.ComponentStatus(status) {
	case normalize.StatusOperational:
		return "ok"
	case normalize.StatusMajor:
		return "critical"
	case normalize.StatusPartial:
		return "major"
	case normalize.StatusDegraded:
		return "minor"
	case normalize.StatusMaintenance:
		return "maintenance"
	}
	return "unknown"
}

func (p *Pages) verdict(states []query.VendorState) verdict {
	var watched, readable, vendors, incidents int
	var stale bool
	worst := normalize.SeverityNone
	var unwell []string
	for _, v := range states {
		if v.Sources > 0 {
			watched++
			if p.Readable(v) {
				readable++
			} else if v.Failing == 0 && v.NeverRead == 0 {
				stale = true
			}
		}
		broken := v.WorstStatus != "" && statusTone(v.WorstStatus) != "maintenance"
		if v.IndicatorSinceAt != "" || broken && v.Incidents == 0 && v.Sources > 0 {
			unwell = append(unwell, v.Name)
		}
		if v.Incidents > 0 {
			vendors++
			incidents += v.Incidents
			if sev := normalize.Severity(v.WorstSeverity); sev.Rank() >= worst.Rank() {
				worst = sev
			}
		}
	}
	seen := strconv.Itoa(readable) + " of " + words.Count(watched, "vendor") + " readable"
	switch {
	case len(states) == 0:
		return verdict{"unreadable", "Nothing is watched yet",
			"List vendors in config.toml and start vendorwatch serve. Their state appears here after the first scrape."}
	case watched == 0:
		return verdict{"unreadable", "Nothing is watched any more",
			"The record is here, but the configuration lists no vendor. Whether anything is broken now is not known."}
	case incidents > 0:
		head := words.Count(incidents, "open incident") + " at " + words.Count(vendors, "vendor")
		return verdict{string(worst), head, seen}
	case readable < watched && stale && readable == 0:
		return verdict{"unreadable", "Not known: nothing has been checked lately",
			seen + "; is vendorwatch serve running?"}
	case readable < watched:
		return verdict{"unreadable", "No open incident on the pages that can be read", seen}
	case len(unwell) > 0:
		names := strings.Join(unwell[:min(3, len(unwell))], ", ")
		if len(unwell) > 3 {
			names += " and " + strconv.Itoa(len(unwell)-3) + " more"
		}
		return verdict{"unknown", "No open incident, but some trouble",
			"Pages that report trouble without an incident: " +
				names + ". " + seen}
	}
	return verdict{"ok", "All quiet", seen}
}
