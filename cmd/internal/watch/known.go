package watch

import (
	"context"
	"maps"
	"sync"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/db/record"
)

// known keeps in memory what a scrape begins with, for sources whose last scrape found nothing changed. The file stays
// what counts: record.Scrape.Known has what a scrape took from here compared with it.
type known struct {
	mu     sync.Mutex
	states map[int64]query.SourceState
}

// take returns the state of a source and forgets it, so that only a scrape that goes well can put it back.
func (k *known) take(sourceID int64) (query.SourceState, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	state, ok := k.states[sourceID]
	delete(k.states, sourceID)
	return state, ok
}

// put keeps the state of a source.
func (k *known) put(state query.SourceState) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.states == nil {
		k.states = map[int64]query.SourceState{}
	}
	k.states[state.SourceID] = state
}

// stateOf returns what a scrape of a source begins with. For what comes from memory it also returns what to hold the
// file to, otherwise nil.
func (w *Watcher) stateOf(ctx context.Context, sourceID int64) (query.SourceState, *record.Known, error) {
	if state, ok := w.known.take(sourceID); ok {
		return state, &record.Known{PageURL: state.PageURL, Platform: state.Platform,
			LastSuccessAt: state.LastSuccessAt}, nil
	}
	state, err := w.DB.SourceState(ctx, sourceID)
	return state, nil, err
}

// keep keeps the state of a source of which a scrape that is saved found nothing changed.
func (w *Watcher) keep(state query.SourceState, scrape record.Scrape, saved record.Saved) {
	if saved.Outcome != query.OutcomeUnchanged || !scrape.Unchanged || scrape.Err != nil || scrape.Moved != nil ||
		state.BaselineAt.IsZero() {
		return
	}
	at := scrape.At.UTC().Truncate(time.Millisecond) // as stored
	state.LastAttemptAt, state.LastSuccessAt, state.ConsecutiveFailures = at, at, 0
	if len(scrape.Documents) > 0 {
		state.Documents = maps.Clone(state.Documents)
	}
	for _, d := range scrape.Documents {
		d.RefusedAt = d.RefusedAt.UTC().Truncate(time.Millisecond)
		before := state.Documents[d.URL]
		d.ReadAt = before.ReadAt
		if d != before {
			d.ReadAt = at
		}
		state.Documents[d.URL] = d
	}
	w.known.put(state)
}
