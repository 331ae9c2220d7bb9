package web

import (
	"fmt"
	"net/http"
	"time"
)

// live sends a server-sent event whenever the file has news, so that an open page can fetch itself again. The
// event says only that there is something: what a page shows has one source, the page.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	select {
	case s.stream <- struct{}{}:
		defer func() { <-s.stream }()
	default:
		w.Header().Set("Retry-After", "60")
		http.Error(w, "Too many pages wait for news already; this one does not refresh itself.", http.StatusServiceUnavailable)
		return
	}
	last, err := s.db.LastEventID(r.Context())
	if err != nil {
		s.o.Log.Error("live", "error", err)
		http.Error(w, "The file cannot be read.", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold the events back
	control := http.NewResponseController(w)
	send := func(text string) bool {
		// A connection that takes nothing for this long is given up.
		_ = control.SetWriteDeadline(time.Now().Add(answerTime))
		if _, err := fmt.Fprint(w, text); err != nil {
			return false
		}
		return control.Flush() == nil
	}
	if !send(fmt.Sprintf("retry: 5000\nid: %d\n\n", last)) {
		return
	}
	poll, beat := time.NewTicker(s.o.Poll), time.NewTicker(25*time.Second)
	defer poll.Stop()
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-s.stopped:
			return
		case <-beat.C: // lets proxies see that the connection is in use
			if !send(": still here\n\n") {
				return
			}
		case <-poll.C:
			id, err := s.db.LastEventID(r.Context())
			if err != nil || id == last {
				continue
			}
			last = id
			if !send(fmt.Sprintf("event: news\nid: %d\ndata: {\"event_id\":%d}\n\n", id, id)) {
				return
			}
		}
	}
}
