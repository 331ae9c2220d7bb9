package simtest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestFleet(t *testing.T) {
	f := NewFleet(3, 4, 100_000)
	if err := f.Start(); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	url := f.URL(1) + "/api/v2/summary.json"
	first, body := get(t, url)
	var summary struct {
		Page      struct{ URL string }
		Incidents []struct {
			Updates []any `json:"incident_updates"`
		}
	}
	if err := json.Unmarshal([]byte(body), &summary); err != nil {
		t.Fatal(err)
	}
	if n := len(body); n < 90_000 || n > 120_000 {
		t.Errorf("a summary of %d bytes, want about 100,000", n)
	}
	if len(summary.Incidents) != 1 || len(summary.Incidents[0].Updates) != 1 || summary.Page.URL != f.URL(1) {
		t.Errorf("open incidents %+v at %s, want one with one update at %s", summary.Incidents, summary.Page.URL,
			f.URL(1))
	}
	if _, list := get(t, f.URL(1)+"/api/v2/incidents.json"); strings.Count(list, `"shortlink"`) != 4 {
		t.Errorf("want 4 incidents in:\n%s", list)
	}

	tag := first.Header.Get("ETag")
	if again, _ := get(t, url, "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged: %d, want 304", again.StatusCode)
	}
	f.Change(1)
	changed, body := get(t, url, "If-None-Match", tag)
	if changed.StatusCode != http.StatusOK || !strings.Contains(body, "update number 2") {
		t.Errorf("changed: %d, want 200 with the second update", changed.StatusCode)
	}
	if _, other := get(t, f.URL(2)+"/api/v2/summary.json"); strings.Contains(other, "update number") {
		t.Error("a change of one vendor shows on the page of another")
	}
	if f.URL(3) != "" {
		t.Errorf("there is a vendor beyond the last, at %s", f.URL(3))
	}
	if got := f.Requests(); got != 5 {
		t.Errorf("%d requests counted, want 5", got)
	}
}

func TestFleetVendorsDiffer(t *testing.T) {
	f := NewFleet(50, 2, 0)
	seen := map[string]int{}
	for i := range f.Len() {
		v := f.members[i].vendor
		for _, id := range []string{v.ID, v.Slug, v.Components[0].ID, v.Incidents[0].ID, v.Incidents[0].Updates[0].ID} {
			if other, taken := seen[id]; taken {
				t.Fatalf("vendors %d and %d share the id %s", other, i, id)
			}
			seen[id] = i
		}
	}
}
