package pages

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// historyList is a listing as it is shown.
type historyList struct {
	query.HistoryPage
	Typed       url.Values
	Older       string // address of the next page; empty if there is none
	Newest      string // address of the first page; empty on the first
	Filtered    bool
	Kinds       []string
	Severities  []string
	States      []string
	Statuses    []string
	Action      string // address that the form asks
	Exact       string // parameters of what is shown, for JSON
	All         string // parameters of all that is chosen, on whatever page of it, for CSV
	ShowVendors bool
}

func (p *Pages) list(r *http.Request, q site.Query, path string) (historyList, error) {
	page, err := p.DB.History(r.Context(), q.Filter)
	if err != nil {
		return historyList{}, err
	}
	l := historyList{HistoryPage: page, Typed: q.Typed, Action: p.Link(path), ShowVendors: path == "/history",
		Kinds: site.Kinds, Severities: site.Severities, States: site.States,
		Statuses: site.Statuses}
	if page.Next != "" {
		l.Older = p.Link(path) + q.With("after", page.Next)
	}
	if q.Filter.After != "" {
		l.Newest = p.Link(path) + q.With("after", "")
	}
	exact := url.Values{}
	for k, v := range q.Typed {
		exact[k] = v
	}
	l.Filtered = len(exact) > 0 && !(len(exact) == 1 && exact.Has("after"))
	if !l.ShowVendors {
		if q.Filter.Vendor != "" {
			exact.Set("vendor", q.Filter.Vendor)
		}
		if q.Filter.Service != "" {
			exact.Set("service", q.Filter.Service)
		}
	}
	all := url.Values{}
	for k, v := range exact {
		all[k] = v
	}
	all.Del("after")
	l.All = site.Address(all)
	if !l.ShowVendors {
		exact.Set("limit", strconv.Itoa(q.Filter.Limit))
	}
	l.Exact = site.Address(exact)
	return l, nil
}

func (p *Pages) history(r *http.Request) (view, error) {
	q, err := site.ReadQuery(r.URL.Query())
	if err != nil {
		return view{}, err
	}
	l, err := p.list(r, q, "/history")
	if err != nil {
		return view{}, err
	}
	return view{Template: "history", Title: "History", Nav: "history", Static: true, Body: l}, nil
}

// shown is what the page with the same parameters shows.
func (p *Pages) shown(r *http.Request) (query.HistoryPage, error) {
	q, err := site.ReadQuery(r.URL.Query())
	if err != nil {
		return query.HistoryPage{}, err
	}
	if limit := r.URL.Query().Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 || n > 500 {
			return query.HistoryPage{}, site.BadRequest(fmt.Sprintf("limit=%q is not a number from 1 to 500.", limit))
		}
		q.Filter.Limit = n
	}
	return p.DB.History(r.Context(), q.Filter)
}

func (p *Pages) HistoryJSON(r *http.Request) (site.Document, error) {
	page, err := p.shown(r)
	if err != nil {
		return site.Document{}, err
	}
	return site.JSON(struct {
		Incidents []query.Incident `json:"incidents"`
		Next      string           `json:"next,omitempty"` // parameter after of the next page
		Cut       bool             `json:"cut,omitempty"`  // the words stand in more posts than were searched
	}{page.Incidents, page.Next, page.Cut})
}

// HistoryCSV is everything that is asked for, from after on where that is given; with a limit it is one page. What one
// page does not hold is sent as it is read, so that the memory it takes does not grow with the file.
func (p *Pages) HistoryCSV(r *http.Request) (site.Document, error) {
	r, cancel := inTime(r)
	defer cancel()
	page, err := p.shown(r)
	if err != nil {
		return site.Document{}, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	// A bytes.Buffer takes everything; Error below tells of rows that CSV cannot hold.
	_ = w.Write([]string{"incident_id", "vendor", "kind", "severity", "state", "title", "started_at", "resolved_at",
		"scheduled_start_at", "scheduled_end_at", "duration_seconds", "components", "first_seen_at", "url", "page_url",
		"origin", "touches", "may_touch"})
	if err := writeRows(w, page.Incidents); err != nil {
		return site.Document{}, err
	}
	d := site.Document{Media: "text/csv; charset=utf-8", Body: b.Bytes(),
		Header: map[string]string{"Content-Disposition": `attachment; filename="vendorwatch-history.csv"`}}
	if page.Next != "" && !r.URL.Query().Has("limit") {
		d.More = func(ctx context.Context, w io.Writer) error {
			return p.writeFollowing(r.WithContext(ctx), csv.NewWriter(w), page.Next)
		}
	}
	return d, nil
}

// writeFollowing writes all rows that a request asks for, from after on.
func (p *Pages) writeFollowing(r *http.Request, w *csv.Writer, after string) error {
	q, err := site.ReadQuery(r.URL.Query())
	if err != nil {
		return err
	}
	for q.Filter.Limit = site.MaxLimit; after != ""; {
		q.Filter.After = after
		part, cancel := inTime(r)
		page, err := p.DB.History(part.Context(), q.Filter)
		cancel()
		if err == nil {
			err = writeRows(w, page.Incidents)
		}
		if err != nil {
			return err
		}
		after = page.Next
	}
	return nil
}

// inTime bounds a request, or a part of a long one, by the time that an answer may take.
func inTime(r *http.Request) (*http.Request, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(r.Context(), site.AnswerTime)
	return r.WithContext(ctx), cancel
}

func writeRows(w *csv.Writer, incidents []query.Incident) error {
	for _, i := range incidents {
		length := ""
		if i.DurationSeconds != nil {
			length = strconv.FormatInt(*i.DurationSeconds, 10)
		}
		if err := w.Write([]string{strconv.FormatInt(i.IncidentID, 10), i.Vendor, i.Kind, i.Severity, i.State,
			words.Harmless(i.Title), i.StartedAt, i.ResolvedAt, i.ScheduledStartAt, i.ScheduledEndAt, length,
			words.Harmless(i.Components), i.FirstSeenAt, words.Harmless(i.URL), words.Harmless(i.PageURL), i.Origin,
			words.Harmless(i.Touches), words.Harmless(i.MayTouch)}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
