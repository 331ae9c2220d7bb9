package incidents

import (
	"testing"

	"vendorwatch/normalize"
)

func TestAffects(t *testing.T) {
	parts := func(keys ...string) (out []normalize.Component) {
		for _, key := range keys {
			out = append(out, normalize.Component{Key: key})
		}
		return out
	}
	rec := &Record{Components: map[int64]bool{1: true, 2: true},
		Incident: normalize.Incident{Components: parts("a", "b")}}
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
		if got := rec.Affects(c.list); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}
