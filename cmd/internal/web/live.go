package web

import (
	"context"
	"fmt"
	"net/http"
)

// live sends a server-sent event whenever the file has news, so that an open page can fetch itself again. The
// event says only that there is something: what a page shows has one source, the page.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	last, err := s.db.LastEventID(r.Context())
	if err != nil {
		s.o.Log.Error("live", "error", err)
		http.Error(w, "The file cannot be read.", http.StatusServiceUnavailable)
		return
	}
	s.follow(w, r, last, func(ctx context.Context, last int64) (string, int64, error) {
		id, err := s.db.LastEventID(ctx)
		if err != nil || id == last {
			return "", last, err
		}
		return fmt.Sprintf("event: news\nid: %d\ndata: {\"event_id\":%d}\n\n", id, id), id, nil
	})
}
