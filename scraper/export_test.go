package scraper

import "fmt"

// For tests in package scraper_test, which use the platforms.

// MostProbes is mostProbes.
const MostProbes = mostProbes

// OfOneCompany is ofOneCompany.
var OfOneCompany = ofOneCompany

// FoldName is foldName.
var FoldName = foldName

// Candidates returns the addresses at which Find would look for a status page.
func (r Registry) Candidates(base string) []string {
	var out []string
	for _, c := range r.candidates(base) {
		out = append(out, c.address)
	}
	return out
}

// FoldedNames returns the folded name and aliases.
func (e Entry) FoldedNames() []string { return e.names() }

// Variants returns, for each list in a page, the page with the item n of that list in another form. The name is that of
// the list. Elements of web pages are left out.
func Variants(body []byte, n int, change func(item []byte, markup bool) []byte) map[string][]byte {
	out := map[string][]byte{}
	for _, doc := range documents(body, nil) {
		for m, l := range doc.lists {
			if n >= len(l.items) || l.element {
				continue
			}
			name := fmt.Sprintf("%d %s", m, l.name)
			text := rewritten(doc.text, l, func(s span, item []byte) []byte {
				if s == l.items[n] {
					return change(item, l.markup)
				}
				return item
			})
			out[name] = doc.wrap(text, nil)
		}
	}
	return out
}

// Lists returns the lists of objects in a JSON document: of each its name and the bytes of its items.
func Lists(body []byte) (names []string, items [][][]byte) {
	for _, l := range lists(body) {
		var of [][]byte
		for _, s := range l.items {
			of = append(of, body[s.from:s.to])
		}
		names, items = append(names, l.name), append(items, of)
	}
	return names, items
}

// ListItem is an item of a list in a page.
type ListItem struct {
	List    string
	N, Of   int
	Item    []byte
	Markup  bool                        // of a feed or a web page
	Element bool                        // of a web page
	With    func(instead []byte) []byte // the page with something else in its place; nil takes it out
	Alone   func(instead []byte) []byte // the same, and no other item in the list
}

// ListItems returns the first and the last item of each list in a page.
func ListItems(body []byte) []ListItem {
	var out []ListItem
	for d, doc := range documents(body, nil) {
		for m, l := range doc.lists {
			for n, s := range l.items {
				if n > 0 && n < len(l.items)-1 {
					continue
				}
				out = append(out, ListItem{
					List: fmt.Sprintf("%d.%d %s", d, m, l.name), N: n, Of: len(l.items),
					Item: doc.text[s.from:s.to], Markup: l.markup, Element: l.element,
					With: func(instead []byte) []byte {
						var gone [][]byte
						if instead == nil {
							gone = [][]byte{doc.text[s.from:s.to]}
						}
						return doc.wrap(rewritten(doc.text, l, func(of span, item []byte) []byte {
							if of == s {
								return instead
							}
							return item
						}), gone)
					},
					Alone: func(instead []byte) []byte {
						var gone [][]byte
						for _, other := range l.items {
							if other != s {
								gone = append(gone, doc.text[other.from:other.to])
							}
						}
						return doc.wrap(rewritten(doc.text, l, func(of span, _ []byte) []byte {
							if of == s {
								return instead
							}
							return nil
						}), gone)
					},
				})
			}
		}
	}
	return out
}
