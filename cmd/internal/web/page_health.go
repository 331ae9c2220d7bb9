package web

import (
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
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
)

// monthOf groups maintenances by the month of their windows.
type monthOf struct {
	Month string
	List  []db.Incident
}

type maintenanceBody struct {
	Running []db.Incident
	Late    []db.Incident // the window has passed without a word
	Ahead   []monthOf
	More    int // further ones under way or ahead
	Past    []monthOf
	Older   string
	Newer   string
}

func (s *Server) maintenancePage(r *http.Request) (view, error) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page = min(max(page, 1), 10_000)
	var b maintenanceBody
	if page == 1 {
		ahead, err := s.db.UpcomingMaintenance(r.Context(), s.now(), farAhead)
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
		if b.Late, err = s.late(r); err != nil {
			return view{}, err
		}
	}
	past, err := s.db.MaintenancePast(r.Context(), shownPast+1, (page-1)*shownPast)
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

// late returns maintenances whose window has passed and of which the vendor has not said that they began or
// ended.
func (s *Server) late(r *http.Request) ([]db.Incident, error) {
	planned, err := s.db.MaintenanceAhead(r.Context(), shownLate)
	if err != nil {
		return nil, err
	}
	now := normalize.FormatTime(s.now())
	return slices.DeleteFunc(planned, func(m db.Incident) bool {
		end := m.ScheduledEndAt
		if end == "" {
			end = m.ScheduledStartAt
		}
		running := m.State == string(normalize.StateInProgress) || m.State == string(normalize.StateVerifying)
		return running || end == "" || end >= now
	}), nil
}

func addMonth(months []monthOf, m db.Incident) []monthOf {
	name := "Without a window"
	if t := words.Time(begin(m)); !t.IsZero() {
		name = t.Format("January 2006")
	}
	if last := len(months) - 1; last >= 0 && months[last].Month == name {
		months[last].List = append(months[last].List, m)
		return months
	}
	return append(months, monthOf{name, []db.Incident{m}})
}

type healthBody struct {
	Facts      db.FileFacts
	Sources    []db.SourceHealth
	Total      int
	Prev, Next string
	Scrapes    []db.ScrapeRow
	Findings   []db.FindingRow
	Deliveries []db.DeliveryRow
	Waiting    int
	Version    string
	Go         string
}

func (s *Server) healthPage(r *http.Request) (view, error) {
	ctx := r.Context()
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page = min(max(page, 1), 10_000)
	b := healthBody{Version: s.o.Version}
	var err error
	if b.Sources, b.Total, err = s.db.SourcesPage(ctx, shownSources, (page-1)*shownSources); err != nil {
		return view{}, err
	}
	if page > 1 {
		b.Prev = "?page=" + strconv.Itoa(page-1)
	}
	if page*shownSources < b.Total {
		b.Next = "?page=" + strconv.Itoa(page+1)
	}
	if b.Facts, err = s.db.Facts(ctx); err != nil {
		return view{}, err
	}
	if b.Scrapes, err = s.db.RecentScrapes(ctx, shownScrapes); err != nil {
		return view{}, err
	}
	if b.Findings, err = s.db.RecentFindings(ctx, shownFinding); err != nil {
		return view{}, err
	}
	if b.Deliveries, b.Waiting, err = s.db.RecentDeliveries(ctx, shownDeliver); err != nil {
		return view{}, err
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Go = info.GoVersion
	}
	return view{Template: "health", Title: "Health", Nav: "health", Body: b}, nil
}
