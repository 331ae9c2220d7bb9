package pages

import (
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

const (
	farAhead     = 10 * 365 * 24 * time.Hour
	shownAhead   = 25
	shownLate    = 10
	shownPast    = 25
	shownSources = 50
	shownScrapes = 15
	shownFinding = 15
	shownDeliver = 15

	ownOutagesShown = 30 * 24 * time.Hour
)

// monthOf groups maintenances by the month of their windows.
type monthOf struct {
	Month string
	List  []query.Incident
}

type maintenanceBody struct {
	Running []query.Incident
	Late    []query.Incident // the window has passed, and the vendor has not said how it went
	Ahead   []monthOf
	More    int // further ones in progress or upcoming
	Past    []monthOf
	Older   string
	Newer   string
}

func (p *Pages) maintenance(r *http.Request) (view, error) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page = min(max(page, 1), 10_000)
	var b maintenanceBody
	if page == 1 {
		ahead, err := p.DB.UpcomingMaintenances(r.Context(), p.Clock(), farAhead)
		if err != nil {
			return view{}, err
		}
		for n, m := range ahead {
			switch {
			case n >= shownAhead:
				b.More++
			case m.State == string(normalize.StateInProgress) || m.State == string(normalize.StateVerifying):
				b.Running = append(b.Running, m)
			default:
				b.Ahead = addMonth(b.Ahead, m)
			}
		}
		if b.Late, err = p.late(r); err != nil {
			return view{}, err
		}
	}
	past, err := p.DB.PastMaintenances(r.Context(), shownPast+1, (page-1)*shownPast)
	if err != nil {
		return view{}, err
	}
	for n, m := range past {
		if n == shownPast {
			b.Older = "?page=" + strconv.Itoa(page+1)
			break
		}
		b.Past = addMonth(b.Past, m)
	}
	if page > 1 {
		b.Newer = "?page=" + strconv.Itoa(page-1)
	}
	return view{Template: "maintenance", Title: "Maintenance", Nav: "maintenance", Body: b}, nil
}

// late returns maintenances whose window has passed although the vendor has not said that they began or ended.
func (p *Pages) late(r *http.Request) ([]query.Incident, error) {
	planned, err := p.DB.OpenMaintenances(r.Context(), shownLate)
	if err != nil {
		return nil, err
	}
	now := normalize.FormatTime(p.Clock())
	return slices.DeleteFunc(planned, func(m query.Incident) bool {
		end := m.ScheduledEndAt
		if end == "" {
			end = m.ScheduledStartAt
		}
		running := m.State == string(normalize.StateInProgress) || m.State == string(normalize.StateVerifying)
		return running || end == "" || end >= now
	}), nil
}

func addMonth(months []monthOf, m query.Incident) []monthOf {
	name := "Without a window"
	if t := words.Time(begin(m)); !t.IsZero() {
		name = t.Format("January 2006")
	}
	if last := len(months) - 1; last >= 0 && months[last].Month == name {
		months[last].List = append(months[last].List, m)
		return months
	}
	return append(months, monthOf{name, []query.Incident{m}})
}

type healthBody struct {
	Facts      query.FileFacts
	Sources    []query.SourceHealth
	Total      int
	Prev, Next string
	Scrapes    []query.Scrape
	Findings   []query.ListedFinding
	Channels   []query.ChannelHealth // those that do not take their messages
	Deliveries []query.Delivery
	Waiting    int
	Version    string
	Go         string
	Late       site.Lateness
	Probes     []query.Probe
	OwnOutages []query.OwnOutage
}

func (p *Pages) health(r *http.Request) (view, error) {
	ctx := r.Context()
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page = min(max(page, 1), 10_000)
	b := healthBody{Version: p.Version, Late: p.Lateness()}
	var err error
	if b.Sources, b.Total, err = p.DB.SourcesByHealth(ctx, p.Clock(), shownSources, (page-1)*shownSources); err != nil {
		return view{}, err
	}
	if page > 1 {
		b.Prev = "?page=" + strconv.Itoa(page-1)
	}
	if page*shownSources < b.Total {
		b.Next = "?page=" + strconv.Itoa(page+1)
	}
	if b.Facts, err = p.DB.FileFacts(ctx); err != nil {
		return view{}, err
	}
	if b.Scrapes, err = p.DB.RecentScrapes(ctx, shownScrapes); err != nil {
		return view{}, err
	}
	if b.Findings, err = p.DB.RecentFindings(ctx, shownFinding); err != nil {
		return view{}, err
	}
	if b.Deliveries, b.Waiting, err = p.DB.RecentDeliveries(ctx, shownDeliver); err != nil {
		return view{}, err
	}
	channels, err := p.DB.ChannelHealth(ctx)
	if err != nil {
		return view{}, err
	}
	for _, c := range channels {
		if c.LastError != "" {
			b.Channels = append(b.Channels, c)
		}
	}
	since := p.Clock().Add(-ownOutagesShown)
	if b.Probes, b.OwnOutages, err = p.DB.OwnChecks(ctx, since); err != nil {
		return view{}, err
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Go = info.GoVersion
	}
	return view{Template: "health", Title: "Health", Nav: "health", Body: b}, nil
}
