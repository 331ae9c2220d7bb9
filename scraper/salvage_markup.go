package scraper

import (
	"bytes"
	"errors"
	"io"

	"golang.org/x/net/html"

	"vendorwatch/normalize/lazyregexp"
)

var feedItem = lazyregexp.New(`(?is)<(?:[a-z]+:)?(?:item|entry)(?:\s[^>]*)?>.*?</(?:[a-z]+:)?(?:item|entry)\s*>`)

// feedItems returns the items of a feed.
func feedItems(body []byte) []list {
	l := list{name: "item", markup: true}
	for _, m := range feedItem.FindAllIndex(body, -1) {
		l.items = append(l.items, span{m[0], m[1]})
	}
	return []list{l}
}

// element is one that has been opened and not yet closed.
type element struct {
	name, class string
	from        int
	lists       map[string]int // of its children, by name and class
}

// elements returns the lists in a web page: elements of one name and class that have one parent, the outer before the
// inner ones.
func elements(body []byte) []list {
	var all []list
	stack := []*element{{lists: map[string]int{}}}
	pop := func(to int) {
		e, parent := stack[len(stack)-1], stack[len(stack)-2]
		stack = stack[:len(stack)-1]
		n := parent.lists[e.name+" "+e.class]
		all[n].items = append(all[n].items, span{e.from, to})
	}
	z := html.NewTokenizer(bytes.NewReader(body))
	at := 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if errors.Is(z.Err(), io.EOF) {
				for len(stack) > 1 {
					pop(len(body))
				}
			}
			return all
		}
		from := at
		at += len(z.Raw())
		switch kind {
		case html.StartTagToken:
			tok := z.Token()
			if void[tok.Data] {
				continue
			}
			class := ""
			for _, a := range tok.Attr {
				if a.Key == "class" {
					class = a.Val
				}
			}
			parent := stack[len(stack)-1]
			key := tok.Data + " " + class
			if _, known := parent.lists[key]; !known {
				parent.lists[key] = len(all)
				all = append(all, list{name: tok.Data, markup: true, element: true})
			}
			stack = append(stack, &element{name: tok.Data, class: class, from: from, lists: map[string]int{}})
		case html.EndTagToken:
			name, _ := z.TagName()
			for n := len(stack) - 1; n > 0; n-- {
				if stack[n].name != string(name) {
					continue
				}
				for len(stack) > n+1 {
					pop(from)
				}
				pop(at)
				break
			}
		}
	}
}

// void are the elements of HTML that have no end.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true,
}
