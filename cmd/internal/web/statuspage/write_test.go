package statuspage

import (
	"testing"

	"vendorwatch/cmd/internal/web/site"
)

// What withVendors writes is what site.JSON writes.
func TestWithVendors(t *testing.T) {
	at, none := "2026-11-23T12:00:00.000Z", ""
	texts := []string{"", "Acme", `"Odds" & <Ends>`, "back\\slash", "tab\there", "Łódź", "\u2028", "broken \xff",
		"~ \x7f"}
	var all []Component
	for n, text := range texts {
		v := Component{ID: text, Name: text, Status: "unknown", Position: n + 1, Showcase: true, PageID: allVendors}
		if n%2 == 0 {
			v.CreatedAt, v.Description = &at, &texts[n]
		} else {
			v.UpdatedAt = &none
		}
		all = append(all, v)
	}
	type document struct {
		Page       Page        `json:"page"`
		Components []Component `json:"components"`
		Status     Status      `json:"status"`
	}
	for n := range len(all) + 1 {
		doc := document{Page: Page{Name: "components"}, Components: all[:n]}
		want, err := site.JSON(doc)
		if err != nil {
			t.Fatal(err)
		}
		doc.Components = []Component{}
		empty, err := site.JSON(doc)
		if err != nil {
			t.Fatal(err)
		}
		if got := withVendors(empty, all[:n]); string(got.Body) != string(want.Body) {
			t.Errorf("%d vendors\n%s\nwant\n%s", n, got.Body, want.Body)
		}
	}
}
