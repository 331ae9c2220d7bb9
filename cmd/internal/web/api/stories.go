package api

import (
	"net/http"
	"time"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db/query"
)

// StoryList is stories, the newest first.
type StoryList struct {
	Stories []query.Story `json:"stories"`
}

// storiesBack is how far back stories are listed if nothing else is asked for.
const storiesBack = 7 * 24 * time.Hour

func (a *API) stories(r *http.Request) (StoryList, error) {
	p, err := site.ReadParams(r, "since")
	if err != nil {
		return StoryList{}, err
	}
	since, err := p.Moment("since")
	if err != nil {
		return StoryList{}, err
	}
	if since.IsZero() {
		since = a.Clock().Add(-storiesBack)
	}
	all, err := a.DB.Stories(r.Context(), since, a.Clock())
	if all == nil {
		all = []query.Story{}
	}
	return StoryList{all}, err
}
