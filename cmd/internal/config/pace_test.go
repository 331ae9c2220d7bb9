package config

import (
	"fmt"
	"strings"
	"testing"
)

// More pages of one host than can be read in time are remarked, and none that can be.
func TestPace(t *testing.T) {
	for _, c := range []struct {
		pages    int
		schedule string
		delay    string
		want     string
	}{
		{100, "* * * * *", "1s", "100 pages of one.example every 1m cannot be read at delay = 1s"},
		{50, "* * * * *", "1s", ""},
		{100, "* * * * *", "0s", ""},
		{400, "*/5 * * * *", "1s", "400 pages of one.example every 5m"},
		{100, "@every 90s", "1s", "every 1m30s"},
	} {
		var b strings.Builder
		fmt.Fprintf(&b, "schedule = %q\n[fetch]\ncontact = \"ops@acme.test\"\ndelay = %q\n", c.schedule, c.delay)
		for n := range c.pages {
			fmt.Fprintf(&b, "[[vendor]]\nname = \"V%d\"\nurl = \"https://one.example/%d\"\n", n, n)
		}
		cfg, err := Parse("config.toml", []byte(b.String()), testKinds, nil)
		if err != nil {
			t.Fatal(err)
		}
		notes := strings.Join(cfg.Notes, "\n")
		if said := strings.Contains(notes, "cannot be read at delay"); said != (c.want != "") ||
			!strings.Contains(notes, c.want) {
			t.Errorf("%d pages by %s at %s: %s", c.pages, c.schedule, c.delay, notes)
		}
	}
}
