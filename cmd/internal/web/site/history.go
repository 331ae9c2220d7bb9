package site

import (
	"net/url"
	"strings"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// Query is what the address of a listing of incidents asks for: the filter, and its fields as they were typed.
type Query struct {
	Filter query.HistoryFilter
	Typed  url.Values
}

// Fields are the parameters of a listing of incidents, in the order of the form.
var Fields = []string{"q", "vendor", "severity", "kind", "state", "component", "component_status",
	"service", "since", "until", "after"}

// The words that the fields of a listing of incidents take.
var (
	Kinds      = []string{"incident", "maintenance", "notice"}
	Severities = []string{"critical", "major", "minor", "none"}
	Statuses   = []string{"operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage"}
	States     = []string{"open", "investigating", "identified", "monitoring", "resolved", "scheduled", "in_progress",
		"verifying", "completed", "cancelled", "unknown"}
)

// ReadQuery reads the parameters of a listing of incidents. A value that means nothing is a BadRequest: if it were
// taken for "all", the answer would show what nobody asked for.
func ReadQuery(values url.Values) (Query, error) {
	q := Query{Typed: url.Values{}}
	for _, name := range Fields {
		if v := strings.TrimSpace(values.Get(name)); v != "" {
			q.Typed.Set(name, v)
		}
	}
	typed := Params{q.Typed}
	for _, field := range []struct {
		name  string
		words []string
	}{{"kind", Kinds}, {"severity", Severities}, {"state", States}, {"component_status", Statuses}} {
		if _, err := typed.OneOf(field.name, field.words); err != nil {
			return q, err
		}
	}
	get, f := q.Typed.Get, &q.Filter
	f.Search, f.Vendor, f.Component, f.After = get("q"), strings.ToLower(get("vendor")), get("component"), get("after")
	f.Status = normalize.ComponentStatus(get("component_status"))
	f.Service = strings.ToLower(get("service"))
	f.Kind, f.Severity = normalize.Kind(get("kind")), normalize.Severity(get("severity"))
	if state := get("state"); state == "open" {
		f.Open = true
	} else {
		f.State = normalize.State(state)
	}
	var err error
	if f.Since, err = typed.Moment("since"); err != nil {
		return q, err
	}
	if f.Until, err = typed.Moment("until"); err != nil {
		return q, err
	}
	if len(get("until")) == len(time.DateOnly) {
		f.Until = f.Until.AddDate(0, 0, 1) // the day itself is included
	}
	f.Limit = 50
	return q, nil
}

// With returns the parameters with one of them changed, as they stand in an address. An empty value removes the
// parameter. The result begins at the first page.
func (q Query) With(name, value string) string {
	v := url.Values{}
	for k, values := range q.Typed {
		v[k] = values
	}
	v.Del("after")
	if value == "" {
		v.Del(name)
	} else {
		v.Set(name, value)
	}
	return Address(v)
}

// Address is parameters as they stand in an address, with the question mark; empty if there are none.
func Address(v url.Values) string {
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}
