package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"vendorwatch/cmd/internal/config"
	"vendorwatch/cmd/internal/terminal"
	"vendorwatch/cmd/internal/vendorlist"
)

// ErrSome ends an addition of which not all vendors were found; that was said.
var ErrSome = errors.New("not all vendors were found")

// Watched is the result of a vendor that the config file has already.
const Watched = "watched"

// Added is what became of one vendor of a list.
type Added struct {
	Given    string `json:"given"` // as it was written
	Where    string `json:"where,omitempty"`
	Result   string `json:"result"` // found, watched, doubtful or not found
	Why      string `json:"why,omitempty"`
	Name     string `json:"name,omitempty"`
	PageURL  string `json:"page_url,omitempty"`
	Platform string `json:"platform,omitempty"` // empty: detected when the page is first read
	TOML     string `json:"toml,omitempty"`
	Written  bool   `json:"written"`
}

// AddMany shows what of a list of vendors was found, and writes that to the config file if write says so.
func (s Shell) AddMany(ctx context.Context, typed []string, from string, write, asJSON bool) error {
	wishes, err := s.wishes(typed, from)
	if err != nil {
		return err
	}
	c, err := s.Config()
	if err != nil {
		return err
	}
	all := []Added{}
	var texts []string
	for _, m := range vendorlist.Find(wishes) {
		a, err := s.add(ctx, c, m)
		if err != nil {
			return err
		}
		if a.Result == vendorlist.Found {
			texts = append(texts, a.TOML)
			c = with(c, a)
		}
		all = append(all, a)
	}
	if write && len(texts) > 0 {
		if err := config.Append(s.ConfigPath(), texts, s.Kinds); err != nil {
			return err
		}
		for n := range all {
			all[n].Written = all[n].Result == vendorlist.Found
		}
	}
	if err := s.print(all, texts, write, asJSON); err != nil {
		return err
	}
	for _, a := range all {
		if a.Result != vendorlist.Found && a.Result != Watched {
			return ErrSome
		}
	}
	return nil
}

// add says what becomes of one vendor; the page of an address that the catalogue does not have is asked.
func (s Shell) add(ctx context.Context, c *config.Config, m vendorlist.Match) (Added, error) {
	a := Added{Given: m.Given(), Where: m.Where, Result: m.Result, Why: m.Why, Name: m.Entry.Name,
		PageURL: m.Entry.Page, Platform: m.Entry.Platform}
	if m.Result == vendorlist.Address {
		found, name, err := s.Detect(ctx, m.URL)
		switch {
		case ctx.Err() != nil:
			return a, context.Cause(ctx)
		case err != nil:
			a.Result, a.Why, a.PageURL = vendorlist.Doubtful, err.Error(), m.URL
			return a, nil
		}
		a.Result, a.PageURL, a.Platform = vendorlist.Found, found.URL, found.Platform
		a.Name = cmp.Or(m.Name, name)
	}
	if a.Result != vendorlist.Found {
		return a, nil
	}
	if owner := WatchedAs(c, a.PageURL, a.Name); owner != "" {
		a.Result, a.Name, a.Why = Watched, owner, fmt.Sprintf("%s has it as %q", s.ConfigPath(), owner)
		return a, nil
	}
	a.TOML = config.VendorTOML(a.Name, a.PageURL, a.Platform)
	return a, nil
}

// WatchedAs returns the name of the vendor in the config that has this page or this name, "" if there is none.
func WatchedAs(c *config.Config, page, name string) string {
	if c == nil {
		return ""
	}
	same := func(address string) string {
		_, rest, _ := strings.Cut(strings.TrimRight(address, "/"), "://")
		return strings.ToLower(rest)
	}
	for _, v := range c.Vendors {
		if name != "" && (strings.EqualFold(v.Name, name) || v.Slug == config.Slug(name)) {
			return v.Name
		}
		for _, source := range v.Sources {
			if same(source.URL) == same(page) {
				return v.Name
			}
		}
	}
	return ""
}

// with is a config that has this vendor too, so that a list does not add one twice.
func with(c *config.Config, a Added) *config.Config {
	next := config.Config{}
	if c != nil {
		next = *c
	}
	next.Vendors = append(next.Vendors[:len(next.Vendors):len(next.Vendors)], config.Vendor{Name: a.Name,
		Slug: config.Slug(a.Name), Sources: []config.Source{{URL: a.PageURL}}})
	return &next
}

func (s Shell) print(all []Added, texts []string, write, asJSON bool) error {
	if asJSON {
		return s.JSON(all)
	}
	t := s.Table(terminal.Cut("Given", 16), terminal.Word("Result"), terminal.Cut("Vendor", 12),
		terminal.Whole("Platform"), terminal.Cut("Page", 20), terminal.Cut("Where", 10))
	counts := map[string]int{}
	for _, a := range all {
		counts[a.Result]++
		t.Row(a.Given, a.Result, a.Name, cmp.Or(a.Platform, dash(a)), a.PageURL, a.Where)
	}
	t.Render()
	for _, a := range all {
		if a.Result != vendorlist.Found && a.Result != Watched {
			fmt.Fprintf(s.Stderr, "%s: %s: %s\n", a.Given, a.Result, a.Why)
		}
	}
	if !write && len(texts) > 0 {
		fmt.Fprintf(s.Stdout, "\n%s", strings.Join(texts, "\n"))
	}
	fmt.Fprintf(s.Stderr, "%d found, %d watched already, %d doubtful, %d not found\n", counts[vendorlist.Found],
		counts[Watched], counts[vendorlist.Doubtful], counts[vendorlist.NotFound])
	switch {
	case len(texts) == 0:
	case write:
		fmt.Fprintf(s.Stderr, "%d written to %s; a running service reads it after a SIGHUP\nnext: %s\n", len(texts),
			s.ConfigPath(), s.command("serve"))
	default:
		fmt.Fprintln(s.Stderr, "next: paste the lines into the config file, or run this again with --write")
	}
	return nil
}

// dash stands for a platform that is not known.
func dash(a Added) string {
	if a.Result == vendorlist.Found || a.Result == Watched {
		return "detected"
	}
	return "–"
}
