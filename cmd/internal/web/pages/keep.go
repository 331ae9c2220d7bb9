package pages

import (
	"sync"
	"time"

	"vendorwatch/cmd/internal/web/site"
)

const (
	manyVendors = 1000        // from which on figures of weeks are kept
	keptFor     = time.Minute // they hardly change within that
	mostKept    = 32          // answers
)

// keeper keeps answers that are dear to make and may be a minute old, by their addresses.
type keeper struct {
	mu   sync.Mutex
	kept map[string]keptAnswer
}

type keptAnswer struct {
	site.Document
	at time.Time
}

func (k *keeper) get(address string, now time.Time) (site.Document, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	a, ok := k.kept[address]
	age := now.Sub(a.at)
	return a.Document, ok && age >= 0 && age < keptFor
}

func (k *keeper) put(address string, now time.Time, d site.Document) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= mostKept {
		k.kept = map[string]keptAnswer{} // what is asked for again is soon back
	}
	k.kept[address] = keptAnswer{d, now}
}
