package config

import (
	"fmt"
	"strings"
	"testing"
)

// More pages of one host than can be read in time are remarked, and none that can be.
func TestPace(t *testing.T) {
	const one, many, pages = "https://one.example/%d", "https://s%d.one.example", "https://s%d.statuspage.io"
	for _, c := range []struct {
		pages    int
		url      string
		schedule string
		delay    string
		want     string
	}{
		{100, one, "* * * * *", "1s", "100 pages of one.example every 1m cannot be read at delay = 1s"},
		{100, many, "* * * * *", "1s", "100 pages of one.example every 1m cannot be read at delay = 1s"},
		{100, pages, "* * * * *", "1s", ""},
		{50, one, "* * * * *", "1s", ""},
		{100, one, "* * * * *", "0s", ""},
		{400, one, "*/5 * * * *", "1s", "400 pages of one.example every 5m"},
		{100, one, "@every 90s", "1s", "every 1m30s"},
	} {
		var b strings.Builder
		fmt.Fprintf(&b, "schedule = %q\n[fetch]\ncontact = \"ops@acme.test\"\ndelay = %q\n", c.schedule, c.delay)
		for n := range c.pages {
			fmt.Fprintf(&b, "[[vendor]]\nname = \"V%d\"\nurl = \""+c.url+"\"\n", n, n)
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

func TestConcurrencyGrowsWithTheSources(t *testing.T) {
	for _, c := range []struct {
		key     string
		sources int
		want    int
	}{
		{"", 1, 8}, {"", 99, 8}, {"", 100, 9}, {"", 1000, 18}, {"", 6000, 64}, {"concurrency = 3", 1000, 3},
	} {
		var b strings.Builder
		fmt.Fprintf(&b, "%s\n[fetch]\ncontact = \"ops@acme.test\"\n", c.key)
		for n := range c.sources {
			fmt.Fprintf(&b, "[[vendor]]\nname = \"V%d\"\nurl = \"https://v%d.example\"\n", n, n)
		}
		cfg, err := Parse("config.toml", []byte(b.String()), testKinds, nil)
		if err != nil {
			t.Fatal(err)
		}
		if cfg.Concurrency != c.want {
			t.Errorf("%q with %d sources: %d, want %d", c.key, c.sources, cfg.Concurrency, c.want)
		}
	}
}
