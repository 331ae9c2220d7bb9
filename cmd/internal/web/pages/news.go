package pages

import (
	"cmp"
	"strconv"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/board"
	"vendorwatch/normalize"
)

// newsRow is what happened to one incident, or to the components or the page of one vendor, in one row.
type newsRow struct {
	board.News        // the newest of it
	Words      string // all of it, in the order in which it was learned
}

// newsKey tells what belongs together.
type newsKey struct {
	incident, source int64
	page             bool
}

func keyOf(n board.News) newsKey {
	if n.IncidentID != 0 {
		return newsKey{incident: n.IncidentID}
	}
	return newsKey{source: n.SourceID, page: n.Kind != normalize.EventComponentChanged}
}

// together makes a row of all news of one thing, by the newest of each.
func together(news []board.News) []newsRow {
	var rows []newsRow
	at, parts := map[newsKey]int{}, map[newsKey][]board.News{}
	for _, n := range news {
		key := keyOf(n)
		if _, ok := at[key]; !ok {
			at[key] = len(rows)
			rows = append(rows, newsRow{News: n})
		}
		parts[key] = append(parts[key], n)
	}
	for key, n := range at {
		rows[n].Words = newsWords(parts[key])
	}
	return rows
}

// newsWords says in one line what happened to one thing. The news comes newest first.
func newsWords(news []board.News) string {
	var said []string
	posts, components := 0, map[string]bool{}
	for n := len(news) - 1; n >= 0; n-- {
		switch e := news[n]; e.Kind {
		case normalize.EventUpdatePosted:
			posts++
		case normalize.EventComponentChanged:
			components[cmp.Or(e.Detail["component"], strconv.Itoa(n))] = true
			if len(components) == 1 {
				said = append(said, "") // its place
			}
			said[0] = eventWords(e.Kind, e.Detail)
		default:
			if text := eventWords(e.Kind, e.Detail); len(said) == 0 || said[len(said)-1] != text {
				said = append(said, text)
			}
		}
	}
	if len(components) > 1 {
		said[0] = words.Count(len(components), "component") + " changed"
	}
	if posts == 1 {
		said = append(said, "new post")
	} else if posts > 1 {
		said = append(said, words.Count(posts, "new post"))
	}
	if cut := len(said) - 4; cut > 0 { // what it began with, and how it stands
		said = append([]string{said[0], "…"}, said[cut+1:]...)
	}
	return strings.Join(said, ", ")
}
