package web

import (
	"fmt"
	"net/http"
	"strings"

	ical "github.com/arran4/golang-ical"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db"
	"vendorwatch/normalize"
)

const (
	calendarDays   = 90   // how far back planned work is in a calendar
	calendarEvents = 1000 // in one calendar; of more, the latest
)

// calendar is planned work, of one vendor or of all, as iCalendar has it (RFC 5545).
func (s *Server) calendar(r *http.Request) (document, error) {
	if _, err := parameters(r); err != nil {
		return document{}, err
	}
	ctx, name := r.Context(), "Maintenance of vendors"
	f := db.HistoryFilter{Filter: db.Filter{
		Vendor: r.PathValue("slug"), Kind: normalize.KindMaintenance, Since: s.now().AddDate(0, 0, -calendarDays), Limit: calendarEvents,
	}}
	if f.Vendor != "" {
		v, err := s.db.VendorBySlug(ctx, f.Vendor)
		if err != nil {
			return document{}, err
		}
		name = "Maintenance of " + v.Name
	}
	page, err := s.db.History(ctx, f)
	if err != nil {
		return document{}, err
	}
	ids := make([]int64, len(page.Incidents))
	for n, i := range page.Incidents {
		ids[n] = i.IncidentID
	}
	fresh, err := s.db.FreshnessOf(ctx, ids)
	if err != nil {
		return document{}, err
	}
	cal := ical.NewCalendarFor("vendorwatch")
	cal.SetProductId("-//vendorwatch//EN")
	cal.SetMethod(ical.MethodPublish)
	cal.SetXWRCalName(printable(name))
	cal.SetRefreshInterval("PT1H") // the library adds VALUE=DURATION
	cal.SetXPublishedTTL("PT1H")
	for _, i := range page.Incidents {
		if i.Filtered == 0 {
			s.addEvent(r, cal, i, fresh[i.IncidentID])
		}
	}
	var b strings.Builder
	if err := cal.SerializeTo(&b, ical.WithNewLineWindows); err != nil {
		return document{}, fmt.Errorf("calendar: %w", err)
	}
	return document{media: "text/calendar; charset=utf-8", body: []byte(b.String())}, nil
}

// addEvent adds a maintenance by its planned window. One without any time cannot stand in a calendar.
func (s *Server) addEvent(r *http.Request, cal *ical.Calendar, i db.Incident, fresh db.Freshness) {
	begin, end := words.Time(i.ScheduledStartAt), words.Time(i.ScheduledEndAt)
	if begin.IsZero() {
		begin = words.Time(i.StartedAt)
	}
	if begin.IsZero() {
		return
	}
	if end.IsZero() {
		end = words.Time(i.ResolvedAt)
	}
	// The number in the file, with the time at which it was given: another file may have the number too.
	e := cal.AddEvent(fmt.Sprintf("maintenance-%d-%d@vendorwatch", i.IncidentID, words.Time(i.FirstSeenAt).UnixMilli()))
	changed := words.Time(fresh.ChangedAt)
	e.SetDtStampTime(changed)
	e.SetLastModifiedAt(changed)
	e.SetSequence(fresh.Version)
	e.SetStartAt(begin)
	if end.After(begin) {
		e.SetEndAt(end)
	}
	status := ical.ObjectStatusConfirmed
	note := ""
	switch {
	case i.State == string(normalize.StateCancelled):
		status = ical.ObjectStatusCancelled
	case i.LeftFeedAt != "" && !normalize.State(i.State).Over():
		status, note = ical.ObjectStatusTentative, " (left the vendor’s page without a word)"
	case i.State == string(normalize.StateUnknown):
		status = ical.ObjectStatusTentative
	}
	e.SetStatus(status)
	e.SetTimeTransparency(ical.TransparencyTransparent)
	e.SetSummary(printable(i.VendorName + ": " + normalize.Plain(i.Title)))
	text := "State: " + words.Spell(i.State) + note
	if i.Components != "" {
		text += "\nComponents: " + words.Short(i.Components, 1000)
	}
	if body := plainText(i.LatestBody, 4000); body != "" {
		text += "\n\n" + body
	}
	if own := ownPage(i); own != "" {
		text += "\n\n" + own
	}
	e.SetDescription(printable(text))
	e.SetURL(s.permalink(r, fmt.Sprintf("/incidents/%d", i.IncidentID)))
}
