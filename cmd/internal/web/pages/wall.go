package pages

import (
	"net/http"
	"strconv"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db/query"
)

// How much of the wall screen is filled at a time. What is more comes on the pages that follow, which take turns.
const (
	wallRows    = 6
	wallCells   = 72
	wallOpen    = 48  // incidents, the worst first; the verdict counts all
	wallVendors = 288 // if there are more, those with trouble first
	wallPages   = 20
)

type wallBody struct {
	nowBody
	Listed      []query.Incident // of the open ones, those of this part
	Unread      []query.SourceHealth
	Page, Pages int
	Next        string // address of the part that follows, after the last that of the first
}

// wall is Now for a screen that nobody touches: all of it is seen without scrolling, in parts that take turns.
func (p *Pages) wall(r *http.Request) (view, error) {
	c, params, err := p.readChoice(r, "/wall", "page")
	if err != nil {
		return view{}, err
	}
	page, err := params.Number("page", 1, 1, wallPages)
	if err != nil {
		return view{}, err
	}
	now, _, err := p.present(r, c, wallOpen, wallVendors)
	if err != nil {
		return view{}, err
	}
	b := wallBody{nowBody: now}
	open := append(b.Open.Live, b.Open.Silent...)
	b.Pages = max(1, pagesFor(len(open)+len(b.Unreadable), wallRows), pagesFor(len(b.Cells), wallCells))
	b.Page = min(int(page), b.Pages) // what was open may be over by now
	from := (b.Page - 1) * wallRows
	b.Listed = part(open, from, wallRows)
	b.Unread = part(b.Unreadable, max(0, from-len(open)), wallRows-len(b.Listed))
	b.Cells = part(b.Cells, (b.Page-1)*wallCells, wallCells)
	next := c.values()
	next.Set("page", strconv.Itoa(1+b.Page%b.Pages))
	b.Next = p.Link("/wall") + site.Address(next)
	return view{Template: "wall", Title: b.Verdict.Head, Nav: "wall", Body: b}, nil
}

func pagesFor(n, each int) int { return min(wallPages, (n+each-1)/each) }

// part is at most n of a list from one on.
func part[T any](list []T, from, n int) []T {
	from = min(from, len(list))
	return list[from:min(len(list), from+n)]
}
