package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vendorwatch/db"
)

// apiEvents lists the news after an event, or streams it as server-sent events where the request accepts
// text/event-stream. News that channels are not told of is in it, with the reason in withheld.
func (s *Server) apiEvents(w http.ResponseWriter, r *http.Request) {
	a, err := parameters(r, "after", "limit")
	var after int64
	var limit int
	if err == nil {
		after, limit, err = a.after()
	}
	if err != nil {
		s.apiProblem(w, r, err)
		return
	}
	if !wantsStream(r) {
		s.api(func(r *http.Request) (any, error) {
			rows, err := s.db.EventsAfter(r.Context(), after, limit)
			return struct {
				Events []db.Event `json:"events"`
				Next   string     `json:"next,omitempty"`
			}{rows, next(rows, limit, func(e db.Event) int64 { return e.EventID })}, err
		})(w, r)
		return
	}
	newest, err := s.db.LastEventID(r.Context())
	if err != nil {
		s.apiProblem(w, r, err)
		return
	}
	// A reader that comes back says in the header what it had last, and asks for the address it began with. Who
	// says nothing wants what comes, not the whole record; and a number that no event has yet is of another file.
	last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	switch {
	case err == nil && last >= 0:
		after = max(after, last)
	case a.Get("after") == "":
		after = newest
	}
	after = min(after, newest)
	s.follow(w, r, after, s.streamEvents)
}

// wantsStream reports whether a request is one for a stream, which lasts longer than an answer.
func wantsStream(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

// streamEvents writes the events after the last one, at most a page of them.
func (s *Server) streamEvents(ctx context.Context, last int64) (text string, to int64, err error) {
	rows, err := s.db.EventsAfter(ctx, last, apiMaxLimit)
	if err != nil {
		return "", last, err
	}
	var b strings.Builder
	for _, e := range rows {
		line, err := json.Marshal(e)
		if err != nil {
			return "", last, err
		}
		fmt.Fprintf(&b, "id: %d\nevent: %s\ndata: %s\n\n", e.EventID, e.Kind, line)
		last = e.EventID
	}
	return b.String(), last, nil
}

// follow keeps a connection open and sends what news there is after the last event, until the reader has gone or
// the service stops.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, last int64, news func(ctx context.Context, last int64) (text string, to int64, err error)) {
	select {
	case s.stream <- struct{}{}:
		defer func() { <-s.stream }()
	default:
		w.Header().Set("Retry-After", "60")
		s.refuse(w, r, http.StatusServiceUnavailable, "Too many wait for news already; this one does not refresh itself.")
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
		text, to, err := news(r.Context(), last)
		if err != nil && r.Context().Err() == nil {
			s.o.Log.Error("stream", "path", r.URL.Path, "error", err)
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
		case <-beat.C: // lets proxies see that the connection is in use
			if !send(": still here\n\n") {
				return
			}
		case <-poll.C:
		}
	}
}
