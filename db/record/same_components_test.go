package record

import (
	"path/filepath"
	"testing"
	"time"

	"vendorwatch/db"
	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

func TestSameComponents(t *testing.T) {
	list := func(parts ...normalize.RawComponent) []normalize.RawComponent { return parts }
	api, web := part("2", "Core", "API", "operational"), part("1", "", "Web", "")
	for name, c := range map[string]struct {
		before, now []normalize.RawComponent
		want        bool
	}{
		"as they were":                {list(api, web), list(api, web), true},
		"another order":               {list(api, web), list(web, api), false},
		"one more":                    {list(api), list(api, web), false},
		"one less":                    {list(api, web), list(api), false},
		"another status":              {list(api, web), list(part("2", "Core", "API", "major_outage"), web), false},
		"another word for the status": {list(api, web), list(part("2", "Core", "API", "Operational"), web), false},
		"another name":                {list(api, web), list(part("2", "Core", "Api", "operational"), web), false},
		"another group":               {list(api, web), list(part("2", "Edge", "API", "operational"), web), false},
		"another id":                  {list(api, web), list(part("3", "Core", "API", "operational"), web), false},
		"without an id": {list(part("", "", "API", "operational")),
			list(part("", "", "API", "operational")), true},
		"a name that holds what parts": {list(part("1", "G", "A", "")), list(part("1", "", "A\x1fG", "")), false},
	} {
		t.Run(name, func(t *testing.T) {
			file, source := empty(t)
			scrape := func(at time.Time, raws []normalize.RawComponent) Scrape {
				components, _ := normalize.Components(raws, normalize.Words{})
				return Scrape{SourceID: source, At: at, Components: components, AllComponents: true}
			}
			t0 := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
			if _, err := New(file).SaveScrape(t.Context(), scrape(t0, c.before)); err != nil {
				t.Fatal(err)
			}
			err := file.Change(t.Context(), func(tx *db.Tx) error {
				v := &saver{ctx: t.Context(), tx: tx, s: scrape(t0.Add(time.Hour), c.now)}
				same, err := v.sameComponents()
				if same != c.want {
					t.Errorf("same: %t, want %t", same, c.want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// empty is a file with one vendor and one source.
func empty(t *testing.T) (*db.DB, int64) {
	t.Helper()
	file, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	r := New(file)
	vendor, err := r.EnsureVendor(t.Context(), query.Vendor{Slug: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	source, err := r.EnsureSource(t.Context(), vendor, "https://status.acme.example", "statuspage")
	if err != nil {
		t.Fatal(err)
	}
	return file, source
}

func part(id, group, name, status string) normalize.RawComponent {
	return normalize.RawComponent{ID: id, Group: group, Name: name, Status: status}
}

func TestAffects(t *testing.T) {
	parts := func(keys ...string) (out []normalize.Component) {
		for _, key := range keys {
			out = append(out, normalize.Component{Key: key})
		}
		return out
	}
	rec := &record{components: map[int64]bool{1: true, 2: true},
		incident: normalize.Incident{Components: parts("a", "b")}}
	for name, c := range map[string]struct {
		list []normalize.Component
		want bool
	}{
		"the same":         {parts("a", "b"), true},
		"in another order": {parts("b", "a"), true},
		"one less":         {parts("a"), false},
		"one more":         {parts("a", "b", "c"), false},
		"another":          {parts("a", "c"), false},
		"one listed twice": {parts("a", "a"), false},
		"none":             {nil, false},
	} {
		if got := rec.affects(c.list); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}
