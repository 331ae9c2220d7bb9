// Package gather lets things that are saved at about the same time share a commit, which costs more than all else that
// is done about one of them.
package gather

import (
	"sync"
	"time"
)

// Group gathers what the next commit takes. The zero value is ready to use, from several goroutines at once.
type Group[T any] struct {
	mu   sync.Mutex
	next *batch[T] // nil if nobody waits for a commit
}

type batch[T any] struct {
	list  []T
	saved []bool // of each, once done is closed
	done  chan struct{}
}

// Save has save called with one and all others that come within a time of the first of them, and returns what it
// returned of one. save returns as much as it is given, or nil for false of each. It is called by the first of them, so
// that a panic in it is that one's; the others have false.
func (g *Group[T]) Save(one T, within time.Duration, save func([]T) []bool) bool {
	g.mu.Lock()
	b, first := g.next, g.next == nil
	if first {
		b = &batch[T]{done: make(chan struct{})}
		g.next = b
	}
	n := len(b.list)
	b.list = append(b.list, one)
	g.mu.Unlock()
	if first {
		time.Sleep(within)
		g.mu.Lock()
		g.next = nil
		g.mu.Unlock()
		defer close(b.done)
		b.saved = save(b.list)
	} else {
		<-b.done
	}
	return n < len(b.saved) && b.saved[n]
}
