package route

import (
	"strings"
	"testing"

	"vendorwatch/db/query"
	"vendorwatch/normalize"
)

// What our services need decides where a route asks for services, and where it asks for nothing else.
func TestServicesOfARoute(t *testing.T) {
	needed := []Need{{"Checkout", "checkout", "API"}, {"Invoices", "invoices", ""}, {"Search", "search", "Query"}}
	incident := func(touches, may string) News {
		return News{Event: query.Event{Kind: normalize.EventIncidentOpened, Vendor: "acme"},
			Vendor: Vendor{Needed: needed},
			Subject: &Subject{Incident: query.Incident{Kind: "incident", Severity: "critical", Touches: touches,
				MayTouch: may, Components: "API"}, Parts: []query.Component{{Name: "API"}}},
			Severity: normalize.SeverityCritical}
	}
	component := func(name string) News {
		return News{Event: query.Event{Kind: normalize.EventComponentChanged, Vendor: "acme",
			Detail: map[string]string{"component": name}}, Vendor: Vendor{Needed: needed[:1]}}
	}
	nobody := incident("", "")
	nobody.Vendor.Needed = nil
	page := News{Event: query.Event{Kind: normalize.EventSourceUnreadable, Vendor: "acme"},
		Vendor: Vendor{Needed: needed}}
	for _, c := range []struct {
		name  string
		route Route
		news  News
		want  bool
		why   string
	}{
		{"it touches one", Route{}, incident("Checkout", ""), true, "it touches Checkout"},
		{"it may touch one", Route{}, incident("", "Checkout, Search"), true, "it touches Checkout and Search"},
		{"it touches none", Route{}, incident("", ""), false,
			"it touches none of Checkout, Invoices and Search, which need the vendor"},
		{"a route for that too", Route{Untouched: true}, incident("", ""), true, ""},
		{"a route of components", Route{Match: Match{Components: []string{"API"}}}, incident("", ""), true,
			"components match"},
		{"a route of regions", Route{Match: Match{Regions: []string{"API"}}}, incident("", ""), true, "regions match"},
		{"nobody needs the vendor", Route{}, nobody, true, ""},
		{"nobody needs the vendor, and services are asked for", Route{Match: Match{Services: []string{"*"}}}, nobody,
			false, "no service needs the vendor"},
		{"services by name", Route{Match: Match{Services: []string{"invoi*"}}}, incident("Checkout, Invoices", ""),
			true, `services "invoi*" matches "Invoices"`},
		{"services by slug", Route{Match: Match{Services: []string{"search"}}}, incident("", "Search"), true,
			`services "search" matches "Search"`},
		{"another service", Route{Match: Match{Services: []string{"search"}}}, incident("Checkout", ""), false,
			`services "search" match none of "Checkout", which it touches`},
		{"no service at all", Route{Match: Match{Services: []string{"*"}}, Untouched: true}, incident("", ""), false,
			`services "*": it touches none`},
		{"news of a page", Route{Match: Match{Services: []string{"search"}}}, page, true, `matches "Search"`},
		{"a needed component", Route{}, component("EU › API"), true, "it touches Checkout"},
		{"another component", Route{}, component("EU › Web"), false, "it touches none of Checkout"},
	} {
		got, why := c.route.Judge(c.news)
		if got != c.want || !strings.Contains(why, c.why) {
			t.Errorf("%s: matched = %v, %q; want %v, %q", c.name, got, why, c.want, c.why)
		}
	}
}
