package feeds

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"

	"vendorwatch/cmd/internal/web/prose"
	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
	"vendorwatch/normalize/markdown"
)

const (
	calendarDays   = 90   // how far back a calendar reaches
	calendarEvents = 1000 // the most in one calendar, the latest first
)

// Calendar is the maintenance windows of one vendor or of all, as iCalendar (RFC 5545).
func (s Feeds) Calendar(r *http.Request) (site.Document, error) {
	alarm, err := readAlarm(r)
	if err != nil {
		return site.Document{}, err
	}
	ctx, name := r.Context(), "Maintenance of vendors"
	f := query.HistoryFilter{Filter: query.Filter{
		Vendor: r.PathValue("slug"), Kind: normalize.KindMaintenance,
		Since: s.Clock().AddDate(0, 0, -calendarDays), Limit: calendarEvents,
	}}
	if f.Vendor != "" {
		v, err := s.DB.VendorBySlug(ctx, f.Vendor, s.Clock())
		if err != nil {
			return site.Document{}, err
		}
		name = "Maintenance of " + v.Name
	}
	ids, err := s.DB.HistoryIDs(ctx, f)
	if err != nil {
		return site.Document{}, err
	}
	windows, err := s.Board.Windows(ctx, ids)
	if err != nil {
		return site.Document{}, err
	}
	fresh, err := s.DB.IncidentVersions(ctx, ids)
	if err != nil {
		return site.Document{}, err
	}
	sources := make([]int64, len(windows))
	for n, i := range windows {
		sources[n] = i.SourceID
	}
	unread, err := s.DB.UnreadSources(ctx, s.Clock(), sources)
	if err != nil {
		return site.Document{}, err
	}
	cal := ical.NewCalendarFor("vendorwatch")
	cal.SetProductId("-//vendorwatch//EN")
	cal.SetMethod(ical.MethodPublish)
	cal.SetXWRCalName(printable(name))
	cal.SetRefreshInterval("PT1H") // the library adds VALUE=DURATION
	cal.SetXPublishedTTL("PT1H")
	for _, i := range windows {
		if !i.Filtered {
			s.addEvent(r, cal, i, fresh[i.IncidentID], unread[i.SourceID], alarm)
		}
	}
	var b strings.Builder
	if err := cal.SerializeTo(&b, ical.WithNewLineWindows); err != nil {
		return site.Document{}, fmt.Errorf("calendar: %w", err)
	}
	return site.Document{Media: "text/calendar; charset=utf-8", Body: []byte(b.String())}, nil
}

// addEvent adds a maintenance at its planned window. One without any time cannot be in a calendar. unread says that its
// page was not read when it was due, or is not watched: it may have been moved or called off since. alarm is how long
// before planned work the calendar reminds of it; negative: it does not.
func (s Feeds) addEvent(r *http.Request, cal *ical.Calendar, i site.Window, fresh query.IncidentVersion,
	unread bool, alarm time.Duration) {
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
	// The incident's number, with the time at which it was given: another file may have the same number.
	e := cal.AddEvent(fmt.Sprintf("maintenance-%d-%d@vendorwatch", i.IncidentID,
		words.Time(i.FirstSeenAt).UnixMilli()))
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
		status, note = ical.ObjectStatusTentative, " (disappeared from the vendor’s page)"
	case unread && !normalize.State(i.State).Over():
		status, note = ical.ObjectStatusTentative, " when last read (the vendor’s page is not read now)"
	case i.State == string(normalize.StateUnknown):
		status = ical.ObjectStatusTentative
	}
	e.SetStatus(status)
	e.SetTimeTransparency(ical.TransparencyTransparent)
	e.SetSummary(printable(i.VendorName + ": " + markdown.Plain(i.Title)))
	body := "State: " + words.Spell(i.State) + note
	if i.Components != "" {
		body += "\nComponents: " + words.Short(i.Components, 1000)
	}
	if latest := prose.Plain(i.LatestBody, 4000); latest != "" {
		body += "\n\n" + latest
	}
	if own := ownPage(i.URL, i.PageURL); own != "" {
		body += "\n\n" + own
	}
	e.SetDescription(printable(body))
	e.SetURL(s.Permalink(r, fmt.Sprintf("/incidents/%d", i.IncidentID)))
	if alarm >= 0 && begin.After(s.Clock()) && !normalize.State(i.State).Over() {
		a := e.AddAlarm()
		a.SetAction(ical.ActionDisplay)
		a.SetTrigger(fmt.Sprintf("-PT%dM", int(alarm.Minutes())))
		a.SetProperty(ical.ComponentPropertyDescription, printable(i.VendorName+": "+markdown.Plain(i.Title)))
	}
}

const (
	usualAlarm = time.Hour
	mostAlarm  = 7 * 24 * time.Hour
)

// readAlarm reads how long before planned work the calendar is to remind of it; negative: not at all.
func readAlarm(r *http.Request) (time.Duration, error) {
	p, err := site.ReadParams(r, "alarm")
	if err != nil {
		return 0, err
	}
	switch text := p.Get("alarm"); text {
	case "":
		return usualAlarm, nil
	case "off":
		return -1, nil
	default:
		alarm, err := time.ParseDuration(text)
		if err != nil || alarm < 0 || alarm > mostAlarm {
			return 0, site.BadRequest(fmt.Sprintf("alarm=%q is no length up to 168h; write one like 15m or 24h, "+
				"or off.", text))
		}
		return alarm, nil
	}
}
