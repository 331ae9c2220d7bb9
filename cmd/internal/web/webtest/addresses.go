package webtest

import (
	"net/http"
	"net/http/httptest"
	"strconv"

	"vendorwatch/cmd/internal/web"
)

// Addresses are what the tests of all routes request from a rich record: every route at least once.
func Addresses(r *Record) []string {
	list := []string{"/", "/wall", "/vendors", "/services", "/services/checkout",
		"/trends", "/trends?vendor=acme,moody&component=api",
		"/trends?component=api,web&vendor=acme", "/?tag=core", "/vendors?q=acme",
		"/history", "/history?q=403", "/maintenance", "/health", "/nowhere",
		"/history.csv", "/history.json", "/static/style.css", "/static/app.js", "/static/icon.svg",
		"/feed.atom", "/feed.atom?severity=major", "/feed.json", "/feed.rss?kind=incident",
		"/maintenance.ics", "/maintenance.ics?alarm=off",
		"/events", "/metrics", "/mcp", "/healthz", "/readyz",
		"/api/v1/vendors", "/api/v1/services", "/api/v1/services/checkout", "/api/v1/ok", "/api/v1/stories",
		"/api/v1/sources", "/api/v1/components", "/api/v1/incidents", "/api/v1/updates",
		"/api/v1/events", "/api/v1/actions", "/api/v1/health", "/api/v1/openapi.json", "/api/nothing"}
	for _, slug := range []string{"acme", "blind", "odds", "moody", "fresh", "dropped"} {
		list = append(list, "/vendors/"+slug, "/vendors/"+slug+"/feed.atom", "/vendors/"+slug+"/feed.json",
			"/vendors/"+slug+"/feed.rss", "/vendors/"+slug+"/maintenance.ics",
			"/vendors/"+slug+"/badge.svg", "/api/v1/vendors/"+slug, "/api/v1/vendors/"+slug+"/stats")
	}
	for _, title := range []string{"Access denied for all users", "API answers are slow", "Database upgrade",
		"Something odd", "New terms of service", "Exports fail"} {
		id := strconv.FormatInt(r.IDOf(title), 10)
		list = append(list, "/incidents/"+id, "/incidents/"+id+"/json", "/incidents/"+id+"/raw",
			"/api/v1/incidents/"+id, "/api/v1/incidents/"+id+"/updates")
	}
	for _, base := range []string{"", "/vendors/acme"} {
		for _, name := range []string{"summary", "status", "components", "incidents", "incidents/unresolved",
			"scheduled-maintenances", "scheduled-maintenances/upcoming", "scheduled-maintenances/active"} {
			list = append(list, base+"/api/v2/"+name+".json")
		}
	}
	return append(list, "/vendors/acme/api/nothing")
}

// RouteOf is the route of an address.
func RouteOf(r *Record, address string) web.Route {
	mux := http.NewServeMux()
	routes := map[string]web.Route{}
	for _, route := range r.Server.Routes() {
		mux.Handle(route.Pattern, http.NotFoundHandler())
		routes[route.Pattern] = route
	}
	_, pattern := mux.Handler(httptest.NewRequest(http.MethodGet, address, nil))
	return routes[pattern]
}

// Untried are the patterns of the chosen routes to which none of the addresses leads.
func Untried(r *Record, addresses []string, chosen func(web.Route) bool) []string {
	tried := map[string]bool{}
	for _, address := range addresses {
		tried[RouteOf(r, address).Pattern] = true
	}
	var out []string
	for _, route := range r.Server.Routes() {
		if chosen(route) && !tried[route.Pattern] {
			out = append(out, route.Pattern)
		}
	}
	return out
}
