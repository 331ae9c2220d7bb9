package setup

import (
	"bufio"
	"strings"
	"testing"

	"vendorwatch/cmd/internal/vendorlist"
)

// TestAsks holds that whoever types is asked until the answers can be used, and for nothing that is known.
func TestAsks(t *testing.T) {
	for name, c := range map[string]struct {
		given  initFlags
		typed  string
		want   initFlags
		found  string
		says   string
		failed bool
	}{
		"all of it": {initFlags{}, "github, stripe\nops@acme.test\ny\n",
			initFlags{contact: "ops@acme.test", slack: true}, "GitHub Stripe", "Which vendors", false},
		"nothing at first": {initFlags{}, "\n\ngithub\nme\nops@acme.test\n\n", initFlags{contact: "ops@acme.test"},
			"GitHub", `"me" is neither`, false},
		"another for what is doubtful": {initFlags{contact: "ops@acme.test"}, "githu,stripe\ngithub\n",
			initFlags{contact: "ops@acme.test"}, "Stripe GitHub", `"githu": did you mean GitHub`, false},
		"without what is doubtful": {initFlags{contact: "ops@acme.test"}, "githu,stripe\n\n",
			initFlags{contact: "ops@acme.test"}, "Stripe", `"githu": did you mean GitHub`, false},
		"an end": {initFlags{}, "github\n", initFlags{}, "GitHub", "Your mail address", true},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			ask := asker{bufio.NewReader(strings.NewReader(c.typed)), &out}
			matches, err := ask.vendors(vendorlist.Find(vendorlist.Of(c.given.vendors)))
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, m := range matches {
				names = append(names, m.Entry.Name)
			}
			got, err := ask.rest(c.given)
			if (err != nil) != c.failed || strings.Join(names, " ") != c.found ||
				!strings.Contains(out.String(), c.says) {
				t.Errorf("found %q, error %v\n%s", names, err, &out)
			}
			if err == nil && (got.contact != c.want.contact || got.slack != c.want.slack) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}
