package db

import (
	"database/sql"
	"testing"

	"vendorwatch/normalize"
)

func TestSameComponents(t *testing.T) {
	list := func(parts ...normalize.RawComponent) []normalize.RawComponent { return parts }
	api, web := part("2", "Core", "API", "operational"), part("1", "", "Web", "")
	for name, c := range map[string]struct {
		before, now []normalize.RawComponent
		want        bool
	}{
		"as they were":                 {list(api, web), list(api, web), true},
		"another order":                {list(api, web), list(web, api), false},
		"one more":                     {list(api), list(api, web), false},
		"one less":                     {list(api, web), list(api), false},
		"another status":               {list(api, web), list(part("2", "Core", "API", "major_outage"), web), false},
		"another word for the status":  {list(api, web), list(part("2", "Core", "API", "Operational"), web), false},
		"another name":                 {list(api, web), list(part("2", "Core", "Api", "operational"), web), false},
		"another group":                {list(api, web), list(part("2", "Edge", "API", "operational"), web), false},
		"another id":                   {list(api, web), list(part("3", "Core", "API", "operational"), web), false},
		"without an id":                {list(part("", "", "API", "operational")), list(part("", "", "API", "operational")), true},
		"a name that holds what parts": {list(part("1", "G", "A", "")), list(part("1", "", "A\x1fG", "")), false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFile(t)
			f.save(listed(t0, c.before...))
			s := listed(after(hour), c.now...)
			s.SourceID = f.source
			err := f.change(t.Context(), func(tx *sql.Tx) error {
				v := &saver{ctx: t.Context(), tx: tx, s: s, stmts: newStatements(f.DB)}
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

func TestAffects(t *testing.T) {
	parts := func(keys ...string) (out []normalize.Component) {
		for _, key := range keys {
			out = append(out, normalize.Component{Key: key})
		}
		return out
	}
	rec := &record{components: map[int64]bool{1: true, 2: true}, incident: normalize.Incident{Components: parts("a", "b")}}
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
