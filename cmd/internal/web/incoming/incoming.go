// Package incoming reads what our own monitoring posts: its alerts, in a form of ours, or as Alertmanager's or
// Grafana's webhook sends them.
package incoming

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
	"vendorwatch/normalize/signal"
)

// Post is what is posted: one of the two lists.
type Post struct {
	Signals         []Signal `json:"signals,omitempty"`
	Alerts          []Alert  `json:"alerts,omitempty"`
	TruncatedAlerts int      `json:"truncatedAlerts,omitempty"`
}

// Signal is an alert in our own form.
type Signal struct {
	Vendor      string `json:"vendor,omitempty"`
	Service     string `json:"service,omitempty"`
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint,omitempty"`
	Severity    string `json:"severity,omitempty"`
	Summary     string `json:"summary,omitempty"`
	URL         string `json:"url,omitempty"`
	StartedAt   string `json:"started_at,omitempty"`
	EndedAt     string `json:"ended_at,omitempty"`
}

// Alert is one of Alertmanager's or Grafana's.
type Alert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     string            `json:"startsAt"`
	EndsAt       string            `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL"`
	PanelURL     string            `json:"panelURL,omitempty"` // of Grafana
	DashboardURL string            `json:"dashboardURL,omitempty"`
	Fingerprint  string            `json:"fingerprint"`
}

// Read decodes what was posted. Senders add fields to their webhooks, so that only in our own form an unknown one is a
// mistake.
func Read(body []byte) (Post, error) {
	var lists struct {
		Signals json.RawMessage `json:"signals"`
		Alerts  json.RawMessage `json:"alerts"`
	}
	var p Post
	err := json.Unmarshal(body, &lists)
	switch {
	case err != nil:
	case lists.Signals != nil && lists.Alerts != nil:
		return p, errors.New("signals and alerts are both there; send one of the two lists")
	case lists.Alerts != nil:
		err = json.Unmarshal(body, &p)
	case lists.Signals != nil:
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		err = d.Decode(&p)
	default:
		return p, errors.New("neither the list signals nor the list alerts is there")
	}
	return p, err
}

// Wrong is an entry that cannot be taken.
type Wrong struct {
	Name string // of the alert
	Why  string // a sentence without its capital letter and its full stop
}

// Received returns what was posted as signals, and the entries of which that cannot be made.
func (p Post) Received(now time.Time) (list []signal.Received, wrong []Wrong) {
	add := func(r signal.Received, err error) {
		if err == nil && r.Vendor == "" && r.Service == "" {
			err = errors.New("nothing says which vendor or service it is about: it needs a label vendor or service")
		}
		if err != nil {
			wrong = append(wrong, Wrong{r.Name, err.Error()})
			return
		}
		list = append(list, tidy(r, now))
	}
	for _, s := range p.Signals {
		add(s.received())
	}
	for _, a := range p.Alerts {
		add(a.received(now))
	}
	return list, wrong
}

// The longest texts that are kept, in characters.
const (
	longestName = 200
	longestText = 1000
)

// tidy keeps what is unreasonable out of the record: long texts, addresses that lead nowhere, times that lie ahead.
func tidy(r signal.Received, now time.Time) signal.Received {
	r.Name, r.Summary = words.Short(r.Name, longestName), words.Short(r.Summary, longestText)
	if len(r.Fingerprint) > longestName {
		r.Fingerprint = hash(r.Fingerprint)
	}
	if !strings.HasPrefix(r.URL, "https://") && !strings.HasPrefix(r.URL, "http://") || len(r.URL) > 2*longestText {
		r.URL = ""
	}
	if r.StartedAt.IsZero() || r.StartedAt.After(now) {
		r.StartedAt = now
	}
	if r.EndedAt.After(now) {
		r.EndedAt = now
	}
	return r
}

func (s Signal) received() (signal.Received, error) {
	r := signal.Received{Vendor: strings.TrimSpace(s.Vendor), Service: strings.TrimSpace(s.Service),
		Name: strings.TrimSpace(s.Name), Summary: s.Summary, URL: s.URL}
	// What names itself is known by that, whoever else uses the same word.
	r.Fingerprint = cmp.Or(s.Fingerprint,
		strings.ToLower(strings.Join([]string{r.Name, r.Vendor, r.Service}, " / ")))
	var err error
	if r.StartedAt, err = moment("started_at", s.StartedAt); err != nil {
		return r, err
	}
	if r.EndedAt, err = moment("ended_at", s.EndedAt); err != nil {
		return r, err
	}
	if r.Name == "" {
		return r, errors.New("it has no name")
	}
	switch r.Severity = normalize.Severity(s.Severity); r.Severity {
	case "":
		r.Severity = normalize.SeverityMajor
	case normalize.SeverityMinor, normalize.SeverityMajor, normalize.SeverityCritical:
	default:
		return r, fmt.Errorf("%q is no severity of a signal; write minor, major or critical", s.Severity)
	}
	return r, nil
}

func (a Alert) received(now time.Time) (signal.Received, error) {
	r := signal.Received{Vendor: strings.TrimSpace(a.Labels["vendor"]), Service: strings.TrimSpace(a.Labels["service"]),
		Name:     cmp.Or(strings.TrimSpace(a.Labels["alertname"]), "alert"),
		Severity: severity(a.Labels["severity"]), Summary: cmp.Or(a.Annotations["summary"],
			a.Annotations["description"], a.Annotations["message"]),
		URL:         cmp.Or(a.GeneratorURL, a.PanelURL, a.DashboardURL),
		Fingerprint: a.Fingerprint}
	if r.Fingerprint == "" {
		var labels []string
		for _, name := range slices.Sorted(maps.Keys(a.Labels)) {
			labels = append(labels, name, a.Labels[name])
		}
		r.Fingerprint = hash(labels...)
	}
	var err error
	if r.StartedAt, err = moment("startsAt", a.StartsAt); err != nil {
		return r, err
	}
	switch a.Status {
	case "firing": // its endsAt says when it would end unless it were sent again
	case "resolved":
		r.EndedAt, err = moment("endsAt", a.EndsAt)
		if r.EndedAt.IsZero() {
			r.EndedAt = now
		}
	default:
		err = fmt.Errorf("its status is %q, which is neither firing nor resolved", a.Status)
	}
	return r, err
}

// severities are what people write into the label severity of their alerts. Any other word, and none, is major: that
// somebody is alerted says that it matters.
var severities = map[string]normalize.Severity{
	"critical": normalize.SeverityCritical, "page": normalize.SeverityCritical, "fatal": normalize.SeverityCritical,
	"emergency": normalize.SeverityCritical, "p1": normalize.SeverityCritical, "sev1": normalize.SeverityCritical,
	"minor": normalize.SeverityMinor, "warning": normalize.SeverityMinor, "warn": normalize.SeverityMinor,
	"info": normalize.SeverityMinor, "low": normalize.SeverityMinor, "notice": normalize.SeverityMinor,
	"none": normalize.SeverityMinor,
}

func severity(label string) normalize.Severity {
	return cmp.Or(severities[strings.ToLower(strings.TrimSpace(label))], normalize.SeverityMajor)
}

// moment reads a time; an empty one, and the one that stands for none in Go, is zero.
func moment(field, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s = %q is not a time; write one like 2026-11-23T10:02:05Z", field,
			words.Short(text, 40))
	}
	if at.Year() < 1970 {
		return time.Time{}, nil
	}
	return at.UTC(), nil
}

func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
