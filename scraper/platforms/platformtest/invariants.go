package platformtest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"vendorwatch/normalize"
	"vendorwatch/scraper"
	"vendorwatch/scraper/page"
)

func MustRefuse(t *testing.T, what string, p scraper.Platform, doc page.Page) {
	t.Helper()
	res, err := p.Parse(scraper.Source{Name: "acme", URL: "https://status.acme.example"}, doc)
	switch {
	case err == nil:
		t.Errorf("%s is read as %q with %d incidents", what, res.Document, len(res.Incidents))
	case len(res.Incidents) > 0:
		t.Errorf("%s is refused (%v), and %d incidents of it are returned", what, err, len(res.Incidents))
	case !errors.Is(err, page.ErrShape) && !errors.Is(err, scraper.ErrBlocked):
		t.Errorf("%s: the error is neither ErrShape nor ErrBlocked: %v", what, err)
	case len(err.Error()) <= len(page.ErrShape.Error())+2:
		t.Errorf("%s: the error does not say what the page is: %v", what, err)
	}
}

// Refuses checks that a platform refuses each of the bodies.
func Refuses(t *testing.T, p scraper.Platform, bodies map[string]string) {
	t.Helper()
	for what, body := range bodies {
		res, err := p.Parse(
			scraper.Source{URL: "https://status.acme.example"},
			page.Page{URL: "https://status.acme.example/", Body: []byte(body)},
		)
		if !errors.Is(err, page.ErrShape) || len(res.Incidents) > 0 {
			t.Errorf("%s: read as %+v, error %v", what, res, err)
		}
	}
}

// CheckIncidents checks what must be true of every incident of every platform.
func CheckIncidents(
	t *testing.T,
	raws []normalize.Raw,
	incidents []normalize.Incident,
	findings []normalize.Finding,
	words normalize.Words,
) {
	t.Helper()
	kinds := []normalize.Kind{normalize.KindIncident, normalize.KindMaintenance, normalize.KindNotice}
	severities := []normalize.Severity{
		normalize.SeverityNone,
		normalize.SeverityMinor,
		normalize.SeverityMajor,
		normalize.SeverityCritical,
		normalize.SeverityUnknown,
	}
	states := []normalize.State{
		normalize.StateInvestigating, normalize.StateIdentified, normalize.StateMonitoring, normalize.StateResolved,
		normalize.StateScheduled, normalize.StateInProgress, normalize.StateVerifying, normalize.StateCompleted,
		normalize.StateCancelled, normalize.StateUnknown,
	}
	statuses := []normalize.ComponentStatus{
		normalize.StatusOperational, normalize.StatusDegraded, normalize.StatusPartial, normalize.StatusMajor,
		normalize.StatusMaintenance, normalize.StatusUnknown,
	}
	byKey := map[string]normalize.Incident{}
	for _, i := range incidents {
		fail := func(format string, args ...any) {
			t.Helper()
			t.Errorf("incident %q: "+format, append([]any{i.Key}, args...)...)
		}
		if _, twice := byKey[i.Key]; twice || i.Key == "" {
			fail("the key is empty or another's too")
		}
		byKey[i.Key] = i
		if !slices.Contains(kinds, i.Kind) || !slices.Contains(severities, i.Severity) ||
			!slices.Contains(states, i.State) {
			fail("kind %q, severity %q or state %q is none of the schema's", i.Kind, i.Severity, i.State)
		}
		if !i.ResolvedAt.IsZero() && i.ResolvedAt.Before(i.StartedAt) {
			fail("resolved at %s, before it started at %s", i.ResolvedAt, i.StartedAt)
		}
		if i.Title == "" &&
			!slices.ContainsFunc(
				findings,
				func(f normalize.Finding) bool { return f.Key == i.Key && f.Field == "title" },
			) {
			fail("no title, and no finding says so")
		}
		if len(i.Raws) == 0 {
			fail("the vendor's words are not kept")
		}
		keys, last := map[string]bool{}, time.Time{}
		for _, u := range i.Updates {
			if keys[u.Key] || u.Key == "" {
				fail("the key %q of an update is empty or another's too", u.Key)
			}
			keys[u.Key] = true
			if !slices.Contains(append(states, normalize.StateUpdate, normalize.StatePostmortem), u.State) {
				fail("the state %q of an update is none of the schema's", u.State)
			}
			if !u.PostedAt.IsZero() && u.PostedAt.Before(last) {
				fail("the updates are not sorted by their time")
			}
			last = u.PostedAt
		}
		for _, comp := range i.Components {
			if comp.Name == "" || comp.Key == "" || !slices.Contains(statuses, comp.Status) {
				fail("component %+v lacks a name, a key or a status of the schema's", comp)
			}
		}
	}
	for _, raw := range raws {
		alone, _ := normalize.Incidents([]normalize.Raw{raw}, words)
		if len(alone) != 1 {
			t.Fatalf("raw %q became %d incidents", raw.Title, len(alone))
		}
		became, ok := byKey[alone[0].Key]
		if !ok && normalize.WeakKey(alone[0].Key) {
			n := slices.IndexFunc(
				incidents,
				func(i normalize.Incident) bool { return normalize.SameByTitle(i, alone[0]) },
			)
			if ok = n >= 0; ok {
				became = incidents[n]
			}
		}
		if !ok {
			t.Errorf("raw %q (%s %s) became no incident", raw.Title, raw.ID, raw.URL)
		} else if len(became.Updates) < len(raw.Updates) {
			t.Errorf("raw %q shows %d updates, its incident has %d", raw.Title, len(raw.Updates), len(became.Updates))
		}
	}
}

// CheckFuzzed checks what must be true of any bytes: the page is refused with ErrShape, or its incidents keep every
// update.
func CheckFuzzed(t *testing.T, p scraper.Platform, body []byte) {
	t.Helper()
	doc := page.Page{URL: "https://status.acme.example/providers/acme/outage-history", Body: body}
	res, err := p.Parse(scraper.Source{URL: "https://status.acme.example"}, doc)
	if err != nil {
		if !errors.Is(err, page.ErrShape) || len(res.Incidents) > 0 {
			t.Fatalf("%d incidents, error %v", len(res.Incidents), err)
		}
		return
	}
	if res.Document == "" {
		t.Error("the result does not say what it was read from")
	}
	for _, raw := range res.Incidents {
		CheckUpdatesKept(t, raw, scraper.WordsOf(p))
	}
}

// CheckUpdatesKept checks that an incident that is read alone has every update of the raw one, and none twice. Only an
// update whose id, time and text stand in the document twice is one.
func CheckUpdatesKept(t *testing.T, raw normalize.Raw, words normalize.Words) {
	t.Helper()
	read := func(r normalize.Raw) []normalize.Update {
		incidents, _ := normalize.Incidents([]normalize.Raw{r}, words)
		if len(incidents) != 1 {
			t.Fatalf("raw %+v became %d incidents", r, len(incidents))
		}
		return incidents[0].Updates
	}
	distinct := map[string]bool{}
	for n, u := range raw.Updates {
		one := raw
		one.Updates = []normalize.RawUpdate{u}
		key := fmt.Sprintf("no id, number %d", n)
		if u.ID != "" {
			up := read(one)[0]
			key = fmt.Sprintf("%q %v %q", up.Key, up.PostedAt, up.Body)
		}
		distinct[key] = true
	}
	if kept := len(read(raw)); kept < len(distinct) || kept > len(raw.Updates) {
		t.Errorf("of %d updates, %d of them different, the incident has %d: %+v", len(raw.Updates), len(distinct),
			kept, raw)
	}
}
