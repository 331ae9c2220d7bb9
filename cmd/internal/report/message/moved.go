package message

import (
	"cmp"
	"fmt"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/db/query"
)

// MovedTitle heads the list of pages that moved.
const MovedTitle = "Moved"

// MovedPageText says where a page is now: "page has moved to https://… and is now served by instatus; its history goes
// on".
func MovedPageText(e query.Event) string {
	to := words.OneLine(e.Detail["to_url"])
	by := ""
	if platform := words.OneLine(e.Detail["to_platform"]); platform != words.OneLine(e.Detail["from_platform"]) {
		by = "is now served by " + platform
	}
	text := "page " + by
	if to != words.OneLine(e.Detail["from_url"]) {
		text = "page has moved to " + to
		if by != "" {
			text += " and " + by
		}
	}
	return text + "; its history goes on"
}

// MovedText says where a page moved: "has moved from status.acme.example (statuspage) to … (incidentio), and is
// followed".
func MovedText(e query.Event) string {
	from, to := words.OneLine(e.Detail["from_url"]), words.OneLine(e.Detail["to_url"])
	was, is := words.OneLine(e.Detail["from_platform"]), words.OneLine(e.Detail["to_platform"])
	switch {
	case to == "" && is == "":
		return "has moved, and is followed"
	case from == to || to == "":
		return fmt.Sprintf("is now served by %s instead of %s, and is followed", cmp.Or(is, "another product"),
			cmp.Or(was, "another"))
	case was == is:
		return fmt.Sprintf("has moved from %s to %s, and is followed", BareAddresses(from), BareAddresses(to))
	}
	return fmt.Sprintf("has moved from %s (%s) to %s (%s), and is followed", BareAddresses(from), was,
		BareAddresses(to), is)
}
