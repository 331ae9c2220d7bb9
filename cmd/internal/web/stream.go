package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"vendorwatch/cmd/internal/web/site"
)

// stream is an answer that does not end: server-sent events, written as they are learned.
type stream struct {
	// from is the number of the event after which it begins.
	from func(*http.Request) (int64, error)
	// news is what is to be sent after the last event, empty for nothing, and the number of the last event in it.
	news func(ctx context.Context, last int64) (text string, to int64, err error)
}

// streams reports whether a request to the route is answered with a stream: always if there is no other answer,
// else if the request accepts one.
func (route Route) streams(r *http.Request) bool {
	if route.stream == nil {
		return false
	}
	return route.answer == nil ||
		r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

// newest is where the stream of open pages begins: with what is learned from now on.
func (s *Server) newest(r *http.Request) (int64, error) { return s.site.DB.LastEventID(r.Context()) }

// news tells an open page that there is something new, so that it can load itself again. The event says no more than
// that: what a page shows has one source, the page.
func (s *Server) news(ctx context.Context, last int64) (string, int64, error) {
	id, err := s.site.DB.LastEventID(ctx)
	if err != nil || id == last {
		return "", last, err
	}
	return fmt.Sprintf("event: news\nid: %d\ndata: {\"event_id\":%d}\n\n", id, id), id, nil
}

// heartbeat lets proxies see that a connection is in use.
const heartbeat = 25 * time.Second

// follow keeps a connection open and sends what is new, until the reader has gone or the service stops.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, route Route) {
	last, err := route.stream.from(r)
	if err != nil {
		s.send(w, r, s.failure(r, route, err))
		return
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		w.Header().Set("Retry-After", "60")
		s.refuse(w, r, route, http.StatusServiceUnavailable, "Too many connections wait for news already.")
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold the events back
	control := http.NewResponseController(w)
	send := func(text string) bool {
		// A connection that takes nothing for this long is given up.
		_ = control.SetWriteDeadline(time.Now().Add(site.AnswerTime))
		if _, err := fmt.Fprint(w, text); err != nil {
			return false
		}
		return control.Flush() == nil
	}
	if !send(fmt.Sprintf("retry: 5000\nid: %d\n\n", last)) {
		return
	}
	poll, beat := time.NewTicker(s.poll), time.NewTicker(heartbeat)
	defer poll.Stop()
	defer beat.Stop()
	for {
		text, to, err := route.stream.news(r.Context(), last)
		if err != nil && r.Context().Err() == nil {
			s.site.Log.Error("stream", "path", r.URL.Path, "error", err)
		}
		if err == nil && text != "" && !send(text) {
			return
		}
		last = to
		select {
		case <-r.Context().Done():
			return
		case <-s.stopped:
			return
		case <-beat.C:
			if !send(": still here\n\n") {
				return
			}
		case <-poll.C:
		}
	}
}
