package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"vendorwatch/cmd/internal/web/site"
	"vendorwatch/db/query"
)

// EventsPath is where events are listed, and streamed to a request that accepts text/event-stream.
const EventsPath = "/api/v1/events"

// EventList is a page of events, in the order in which they were learned.
type EventList struct {
	Events []query.Event `json:"events"`
	Next   string        `json:"next,omitempty"`
}

// events lists what is new after an event. Events that channels are not notified of are in it, with the reason in
// withheld.
func (a *API) events(r *http.Request) (EventList, error) {
	_, after, limit, err := eventsAsked(r)
	if err != nil {
		return EventList{}, err
	}
	rows, err := a.DB.EventsAfter(r.Context(), after, limit)
	return EventList{rows, site.Next(rows, limit, func(e query.Event) int64 { return e.EventID })}, err
}

func eventsAsked(r *http.Request) (p site.Params, after int64, limit int, err error) {
	if p, err = site.ReadParams(r, "after", "limit"); err != nil {
		return p, 0, 0, err
	}
	after, limit, err = p.After()
	return p, after, limit, err
}

// StreamFrom is the number of the event after which a stream begins.
func (a *API) StreamFrom(r *http.Request) (int64, error) {
	p, after, _, err := eventsAsked(r)
	if err != nil {
		return 0, err
	}
	newest, err := a.DB.LastEventID(r.Context())
	if err != nil {
		return 0, err
	}
	// A reader that comes back says in the header what it had last, and asks for the address it began with. One
	// that says nothing wants what is to come, not the whole record; and a number that no event has yet is from
	// another file.
	last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	switch {
	case err == nil && last >= 0:
		after = max(after, last)
	case p.Get("after") == "":
		after = newest
	}
	return min(after, newest), nil
}

// StreamEvents writes the events after the last one as server-sent events, at most a page of them, and returns the
// number of the last event that it wrote.
func (a *API) StreamEvents(ctx context.Context, last int64) (text string, to int64, err error) {
	rows, err := a.DB.EventsAfter(ctx, last, site.MaxLimit)
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
