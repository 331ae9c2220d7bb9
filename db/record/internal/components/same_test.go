package components

import (
	"path/filepath"
	"testing"

	"vendorwatch/db"
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
			err := file.Change(t.Context(), func(tx *db.Tx) error {
				before, _ := normalize.Components(c.before, normalize.Words{})
				k := Of(source)
				if _, err := k.Save(t.Context(), tx, List{At: "2026-11-23T09:00:00.000Z", Components: before,
					Whole: true}); err != nil {
					return err
				}
				now, _ := normalize.Components(c.now, normalize.Words{})
				same, err := k.same(t.Context(), tx, now)
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
	var source int64
	err = file.Change(t.Context(), func(tx *db.Tx) error {
		vendor, err := tx.Insert(t.Context(), `INSERT INTO vendors (slug, name) VALUES ('acme', 'Acme')`)
		if err != nil {
			return err
		}
		source, err = tx.Insert(t.Context(), `INSERT INTO sources (vendor_id, page_url, platform)
			VALUES (?, 'https://status.acme.example', 'statuspage')`, vendor)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return file, source
}

func part(id, group, name, status string) normalize.RawComponent {
	return normalize.RawComponent{ID: id, Group: group, Name: name, Status: status}
}
