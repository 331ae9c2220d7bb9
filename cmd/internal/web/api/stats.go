package api

import (
	"net/http"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db/query"
)

func (a *API) stats(r *http.Request) (query.Stats, error) {
	if _, err := site.ReadParams(r); err != nil {
		return query.Stats{}, err
	}
	return a.DB.Stats(r.Context(), r.PathValue("slug"), a.Clock())
}
