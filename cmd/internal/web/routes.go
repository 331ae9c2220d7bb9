package web

import "net/http"

// routes lists every path. Paths are without the prefix, which the guard takes off.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page(s.nowPage))
	mux.HandleFunc("GET /wall", s.page(s.wallPage))
	mux.HandleFunc("GET /vendors", s.page(s.vendorsPage))
	mux.HandleFunc("GET /vendors/{slug}", s.page(s.vendorPage))
	mux.HandleFunc("GET /incidents/{id}", s.page(s.incidentPage))
	mux.HandleFunc("GET /incidents/{id}/json", s.data(s.incidentJSON))
	mux.HandleFunc("GET /incidents/{id}/raw", s.data(s.incidentRaw))
	mux.HandleFunc("GET /history", s.page(s.historyPage))
	mux.HandleFunc("GET /history.csv", s.data(s.historyCSV))
	mux.HandleFunc("GET /history.json", s.data(s.historyJSON))
	mux.HandleFunc("GET /maintenance", s.page(s.maintenancePage))
	mux.HandleFunc("GET /health", s.page(s.healthPage))

	s.apiRoutes(mux)
	s.feedRoutes(mux)
	s.metricsRoutes(mux)
	s.mcpRoutes(mux)
	mux.HandleFunc("GET /events", s.live)
	mux.HandleFunc("GET /static/{name}", s.static)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("/", s.page(func(*http.Request) (view, error) { return view{}, errNotFound }))
	return mux
}
