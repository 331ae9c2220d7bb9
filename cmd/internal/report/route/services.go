package route

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"vendorwatch/cmd/internal/words"
	"vendorwatch/normalize"
	"vendorwatch/normalize/needed"
)

// judgeServices checks whether news concerns a service of ours. Where some service needs the vendor, what is known to
// spare all of them is not for a route that asks for nothing else; where none does, nobody has said what matters of it.
func (r Route) judgeServices(n News) (why string, ok bool) {
	if len(n.Vendor.Needed) == 0 {
		if len(r.Services) > 0 {
			return "no service needs the vendor", false
		}
		return "", true
	}
	touched := n.touched()
	if len(r.Services) > 0 {
		for _, s := range touched {
			if glob, _ := firstMatch(r.Services, []string{s.Service, s.Slug}); glob != "" {
				return fmt.Sprintf("services %q matches %q", glob, s.Service), true
			}
		}
		if len(touched) == 0 {
			return fmt.Sprintf("services %s: it touches none", quoted(r.Services)), false
		}
		return fmt.Sprintf("services %s match none of %s, which it touches", quoted(r.Services),
			quoted(names(touched))), false
	}
	switch {
	case len(touched) > 0:
		return "it touches " + words.And(names(touched)), true
	case r.Untouched, len(r.Components) > 0, len(r.Regions) > 0:
		return "", true
	}
	return fmt.Sprintf("it touches none of %s, which need the vendor, and the route does not say untouched = true",
		words.And(names(n.Vendor.Needed))), false
}

// touched returns the needs that news concerns, or is not known to spare.
func (n News) touched() []Need {
	switch {
	case n.Subject != nil:
		list := strings.Split(n.Subject.Touches+", "+n.Subject.MayTouch, ", ")
		return slices.DeleteFunc(slices.Clone(n.Vendor.Needed), func(need Need) bool {
			return !slices.Contains(list, need.Service)
		})
	case n.Event.Kind == normalize.EventComponentChanged:
		c := normalize.Component{Name: cmp.Or(n.Event.Detail["component"], n.Event.Detail["to_name"])}
		if group, name, cut := strings.Cut(c.Name, " › "); cut {
			c = normalize.Component{Name: name, Group: group}
		}
		return slices.DeleteFunc(slices.Clone(n.Vendor.Needed), func(need Need) bool {
			return need.Component != "" && len(needed.Components(need.Component, []normalize.Component{c})) == 0
		})
	}
	return n.Vendor.Needed // news of a page is news of all that is on it
}

func names(needs []Need) []string {
	var out []string
	for _, n := range needs {
		if !slices.Contains(out, n.Service) {
			out = append(out, n.Service)
		}
	}
	return out
}
