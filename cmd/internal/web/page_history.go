package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"vendorwatch/db"
	"vendorwatch/normalize"
)

// query is what the address of a listing asks for: the filter, and its fields as they were typed.
type query struct {
	filter db.HistoryFilter
	typed  url.Values
}

// fields are the parameters of a listing, in the order of the form.
var fields = []string{"q", "vendor", "severity", "kind", "state", "component", "since", "until", "after"}

var (
	kinds      = []string{"incident", "maintenance", "notice"}
	severities = []string{"critical", "major", "minor", "none"}
	states     = []string{"open", "investigating", "identified", "monitoring", "resolved", "scheduled", "in_progress", "verifying", "completed", "cancelled", "unknown"}
)

// readQuery reads a listing's parameters. A value that means nothing is a badRequest: it is never taken for
// "all", which would show what was not asked for.
func readQuery(values url.Values) (query, error) {
	q := query{typed: url.Values{}}
	for _, name := range fields {
		if v := strings.TrimSpace(values.Get(name)); v != "" {
			q.typed.Set(name, v)
		}
	}
	get := q.typed.Get
	oneOf := func(name string, allowed []string) error {
		if v := get(name); v != "" && !slices.Contains(allowed, v) {
			return badRequest{fmt.Sprintf("%s=%q is not known; write one of: %s.", name, v, strings.Join(allowed, ", "))}
		}
		return nil
	}
	for name, allowed := range map[string][]string{"kind": kinds, "severity": severities, "state": states} {
		if err := oneOf(name, allowed); err != nil {
			return q, err
		}
	}
	f := &q.filter
	f.Search, f.Vendor, f.Component, f.After = get("q"), strings.ToLower(get("vendor")), get("component"), get("after")
	f.Kind, f.Severity = normalize.Kind(get("kind")), normalize.Severity(get("severity"))
	if state := get("state"); state == "open" {
		f.Open = true
	} else {
		f.State = normalize.State(state)
	}
	for name, t := range map[string]*time.Time{"since": &f.Since, "until": &f.Until} {
		v := get(name)
		if v == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, v)
		if err != nil {
			return q, badRequest{fmt.Sprintf("%s=%q is not a day; write for example %s=2026-11-23.", name, v, name)}
		}
		*t = day
	}
	if !f.Until.IsZero() {
		f.Until = f.Until.AddDate(0, 0, 1) // the day itself is meant too
	}
	f.Limit = 50
	return q, nil
}

// with returns the parameters, one of them changed; an empty value takes it away.
func (q query) with(name, value string) string {
	v := url.Values{}
	for k, values := range q.typed {
		v[k] = values
	}
	v.Del("after")
	if value == "" {
		v.Del(name)
	} else {
		v.Set(name, value)
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

// historyList is a listing as it is shown.
type historyList struct {
	db.HistoryPage
	Typed       url.Values
	Older       string // address of the next page; empty if there is none
	Newest      string // address of the first page; empty on the first
	Filtered    bool
	Kinds       []string
	Severities  []string
	States      []string
	Action      string // address that the form asks
	Exact       string // parameters of what is shown, for CSV and JSON
	ShowVendors bool
}

func (s *Server) list(r *http.Request, q query, path string) (historyList, error) {
	page, err := s.db.History(r.Context(), q.filter)
	if err != nil {
		return historyList{}, err
	}
	l := historyList{HistoryPage: page, Typed: q.typed, Kinds: kinds, Severities: severities, States: states, Action: s.link(path), ShowVendors: path == "/history"}
	if page.Next != "" {
		l.Older = s.link(path) + q.with("after", page.Next)
	}
	if q.filter.After != "" {
		l.Newest = s.link(path) + q.with("after", "")
	}
	exact := url.Values{}
	for k, v := range q.typed {
		exact[k] = v
	}
	l.Filtered = len(exact) > 0 && !(len(exact) == 1 && exact.Has("after"))
	if !l.ShowVendors {
		exact.Set("vendor", q.filter.Vendor)
		exact.Set("limit", strconv.Itoa(q.filter.Limit))
	}
	if len(exact) > 0 {
		l.Exact = "?" + exact.Encode()
	}
	return l, nil
}

func (s *Server) historyPage(r *http.Request) (view, error) {
	q, err := readQuery(r.URL.Query())
	if err != nil {
		return view{}, err
	}
	l, err := s.list(r, q, "/history")
	if err != nil {
		return view{}, err
	}
	return view{Template: "history", Title: "History", Nav: "history", Static: true, Body: l}, nil
}

// shown is what the page of the same address shows.
func (s *Server) shown(r *http.Request) (db.HistoryPage, error) {
	q, err := readQuery(r.URL.Query())
	if err != nil {
		return db.HistoryPage{}, err
	}
	if limit := r.URL.Query().Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 || n > 500 {
			return db.HistoryPage{}, badRequest{fmt.Sprintf("limit=%q is not a number from 1 to 500.", limit)}
		}
		q.filter.Limit = n
	}
	return s.db.History(r.Context(), q.filter)
}

func (s *Server) historyJSON(r *http.Request) (document, error) {
	page, err := s.shown(r)
	if err != nil {
		return document{}, err
	}
	return jsonDocument(struct {
		Incidents []db.Incident `json:"incidents"`
		Next      string        `json:"next,omitempty"` // parameter after of the next page
		Cut       bool          `json:"cut,omitempty"`  // the words stand in more posts than were searched
	}{page.Incidents, page.Next, page.Cut})
}

func (s *Server) historyCSV(r *http.Request) (document, error) {
	page, err := s.shown(r)
	if err != nil {
		return document{}, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	// A bytes.Buffer takes everything; Error below tells of rows that CSV cannot hold.
	_ = w.Write([]string{"incident_id", "vendor", "kind", "severity", "state", "title", "started_at", "resolved_at", "scheduled_start_at",
		"scheduled_end_at", "duration_seconds", "components", "first_seen_at", "url", "page_url"})
	for _, i := range page.Incidents {
		length := ""
		if i.DurationSeconds != nil {
			length = strconv.FormatInt(*i.DurationSeconds, 10)
		}
		_ = w.Write([]string{strconv.FormatInt(i.IncidentID, 10), i.Vendor, i.Kind, i.Severity, i.State, harmless(i.Title), i.StartedAt, i.ResolvedAt,
			i.ScheduledStartAt, i.ScheduledEndAt, length, harmless(i.Components), i.FirstSeenAt, harmless(i.URL), harmless(i.PageURL)})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return document{}, err
	}
	return document{media: "text/csv; charset=utf-8", name: "vendorwatch-history.csv", body: b.Bytes()}, nil
}

// harmless keeps a spreadsheet from taking a vendor's text for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
