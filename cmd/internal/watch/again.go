package watch

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"vendorwatch/scraper"
)

// saidEach is how many warnings of one cause are logged each within tellEvery. What is more becomes one line with a
// count: when our own network is down, every page fails.
const saidEach = 10

// again counts warnings of one cause while a schedule runs.
type again struct {
	mu     sync.Mutex
	runs   bool
	causes map[string]*cause
}

// cause is what was warned of in the stretch of tellEvery that runs now.
type cause struct {
	message string
	said    int   // logged
	others  int   // not logged
	last    []any // attributes of the last of those
	timer   *time.Timer
}

// warn logs a warning, unless there were many of its cause within the last minute; those are logged as a count.
func (w *Watcher) warn(of, message string, attrs ...any) {
	w.again.mu.Lock()
	defer w.again.mu.Unlock()
	c := w.again.causes[of]
	if c == nil && w.again.runs {
		c = &cause{message: message}
		c.timer = time.AfterFunc(tellEvery, func() { w.countOthers(of) })
		w.again.causes[of] = c
	}
	if c == nil || c.said < saidEach {
		if c != nil {
			c.said++
		}
		w.Log.Warn(message, attrs...)
		return
	}
	c.others, c.last = c.others+1, attrs
}

// countOthers ends the stretch of a cause.
func (w *Watcher) countOthers(of string) {
	w.again.mu.Lock()
	defer w.again.mu.Unlock()
	c := w.again.causes[of]
	if c == nil {
		return
	}
	c.timer.Stop()
	delete(w.again.causes, of)
	if c.others > 0 {
		w.Log.Warn(c.message+": and others, for the same cause",
			append([]any{"cause", of, "others", c.others}, c.last...)...)
	}
}

// countWarnings counts warnings of one cause until the returned function is called.
func (w *Watcher) countWarnings() (stop func()) {
	w.again.mu.Lock()
	defer w.again.mu.Unlock()
	w.again.runs, w.again.causes = true, map[string]*cause{}
	return func() {
		w.again.mu.Lock()
		w.again.runs = false
		all := slices.Sorted(maps.Keys(w.again.causes))
		w.again.mu.Unlock()
		for _, of := range all {
			w.countOthers(of)
		}
	}
}

// causeOf names what an error of many pages has in common: the innermost reason, without their addresses.
func causeOf(err error) string {
	var status *scraper.HTTPError
	var name *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &status):
		return "HTTP " + strconv.Itoa(status.Status)
	case errors.Is(err, scraper.ErrBlocked):
		return "blocked"
	case errors.Is(err, scraper.ErrShape):
		return "shape"
	case errors.As(err, &name):
		return "name not resolved"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "time-out"
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}
