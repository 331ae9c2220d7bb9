package pages

import (
	"net/http"
	"strconv"
	"strings"

	"vendorwatch/cmd/internal/words"
)

type vendorsBody struct {
	Cells      []cell
	Total      int
	Sought     string // words of names
	Prev, Next string
}

// Partial reports whether there are more vendors than the page shows.
func (b vendorsBody) Partial() bool { return b.Total > len(b.Cells) || b.Sought != "" }

// vendors lists all vendors by name, or those whose names have the words that were typed.
func (p *Pages) vendors(r *http.Request) (view, error) {
	if typed := strings.TrimSpace(words.Short(r.URL.Query().Get("q"), 100)); typed != "" {
		return p.vendorsNamed(r, typed)
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page = min(max(page, 1), 1_000_000)
	from := (page - 1) * vendorsPerPage
	states, total, err := p.StatusesByName(r.Context(), vendorsPerPage, from)
	if last := 1 + total/vendorsPerPage; err == nil && page > last {
		page, from = last, (last-1)*vendorsPerPage
		states, total, err = p.StatusesByName(r.Context(), vendorsPerPage, from)
	}
	if err != nil {
		return view{}, err
	}
	b := vendorsBody{Total: total}
	for _, v := range states {
		b.Cells = append(b.Cells, newCell(v))
	}
	if page > 1 {
		b.Prev = "?page=" + strconv.Itoa(page-1)
	}
	if from+len(states) < total {
		b.Next = "?page=" + strconv.Itoa(page+1)
	}
	return view{Template: "vendors", Title: "Vendors", Nav: "vendors", Body: b}, nil
}

func (p *Pages) vendorsNamed(r *http.Request, typed string) (view, error) {
	b := vendorsBody{Sought: typed}
	ids, total, err := p.Board.Named(r.Context(), strings.Fields(typed), vendorsPerPage)
	if err != nil {
		return view{}, err
	}
	some, err := p.DB.StatusesOf(r.Context(), p.Clock(), ids)
	for _, v := range some {
		b.Cells = append(b.Cells, newCell(v))
	}
	b.Total = total
	return view{Template: "vendors", Title: "Vendors", Nav: "vendors", Body: b}, err
}
