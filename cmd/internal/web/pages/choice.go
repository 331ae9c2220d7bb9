package pages

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/board"
)

// choice is which vendors a page shows, by its address, and what else could be chosen.
type choice struct {
	board.Choice
	board.Choices
	Action string // address that the form asks
	Text   string // what is chosen, in words; empty: all vendors
}

// readChoice reads from an address which vendors are meant. A word that is on no vendor is a mistake: an empty page for
// a misspelt tag would look like vendors that are well. Other parameters are refused, but for the others.
func (p *Pages) readChoice(r *http.Request, path string, others ...string) (choice, site.Params, error) {
	c := choice{Action: p.Link(path)}
	params, err := site.ReadParams(r, append([]string{"tag", "owner", "service"}, others...)...)
	if err != nil {
		return c, params, err
	}
	if c.Choices, err = p.Board.Choices(r.Context()); err != nil {
		return c, params, err
	}
	var said []string
	for _, field := range []struct {
		name, words string
		into        *string
		known       []string
	}{
		{"tag", "the tag ", &c.Tag, c.Tags},
		{"owner", "the owner ", &c.Owner, c.Owners},
		{"service", "what is needed by ", &c.Service, c.Services},
	} {
		typed := strings.TrimSpace(params.Get(field.name))
		if typed == "" {
			continue
		}
		for _, known := range field.known {
			if strings.EqualFold(known, typed) {
				*field.into = known
			}
		}
		if *field.into == "" {
			return c, params, unknownWord(field.name, typed, field.known)
		}
		said = append(said, field.words+*field.into)
	}
	c.Text = strings.Join(said, ", ")
	return c, params, nil
}

func unknownWord(name, typed string, known []string) site.BadRequest {
	if len(known) == 0 {
		return site.BadRequest(fmt.Sprintf("%s=%q is not known: config.toml names no %s yet.", name, typed, name))
	}
	hint := ""
	if near := words.Nearest(typed, known); near != "" {
		hint = fmt.Sprintf(" Did you mean %s?", near)
	}
	list := strings.Join(known[:min(20, len(known))], ", ")
	if more := len(known) - 20; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return site.BadRequest(fmt.Sprintf("%s=%q is not known; write one of: %s.%s", name, typed, list, hint))
}

// Offers reports whether there is anything to choose by.
func (c choice) Offers() bool { return len(c.Tags)+len(c.Owners)+len(c.Services) > 0 }

// values are the parameters of an address with the same choice.
func (c choice) values() url.Values {
	v := url.Values{}
	for name, word := range map[string]string{"tag": c.Tag, "owner": c.Owner, "service": c.Service} {
		if word != "" {
			v.Set(name, word)
		}
	}
	return v
}

// Query is the choice as it stands in an address.
func (c choice) Query() string { return site.Address(c.values()) }
