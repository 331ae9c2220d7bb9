package terminal

import (
	"io"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"

	"vendorwatch/cmd/internal/words"
)

// patience is how long a pass takes before a bar is shown.
const patience = 2 * time.Second

// A Bar shows on a terminal how far a pass has come, once it has taken two seconds. Elsewhere it shows nothing. It is
// safe for concurrent use.
type Bar struct {
	writer  progress.Writer
	tracker *progress.Tracker
	stop    chan struct{}
	stopped chan struct{}

	mu    sync.Mutex
	shown bool
	kept  []string  // what was said while the bar is shown
	to    io.Writer // where it goes
}

// NewBar begins a pass over so many things on w; what says what is done, such as "import". With a
// total of 0 nobody knows how much there is, and the bar only moves. End it with Done.
func NewBar(w io.Writer, what string, total int) *Bar {
	return newBar(w, words.IsTerminal(w), patience, what, total)
}

func newBar(w io.Writer, shown bool, after time.Duration, what string, total int) *Bar {
	b := &Bar{tracker: &progress.Tracker{Message: words.Visible(what), Total: int64(total)}}
	if !shown {
		return b
	}
	b.writer = progress.NewWriter()
	b.writer.SetOutputWriter(w)
	b.writer.SetAutoStop(false)
	b.writer.SetUpdateFrequency(200 * time.Millisecond)
	b.writer.SetTrackerLength(30)
	b.writer.SetTrackerPosition(progress.PositionRight)
	b.writer.AppendTracker(b.tracker)
	b.stop, b.stopped = make(chan struct{}), make(chan struct{})
	go b.run(after)
	return b
}

// run shows the bar when its time has come.
func (b *Bar) run(after time.Duration) {
	defer close(b.stopped)
	select {
	case <-b.stop:
		return
	case <-time.After(after):
	}
	b.mu.Lock()
	b.shown = true
	b.mu.Unlock()
	rendered := make(chan struct{})
	go func() {
		defer close(rendered)
		b.writer.Render()
	}()
	<-b.stop
	// Stop before Render has begun has no effect, so that it is said until the rendering has ended.
	for {
		b.writer.Stop()
		select {
		case <-rendered:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Add says that n more are done.
func (b *Bar) Add(n int) { b.tracker.Increment(int64(n)) }

// Say writes a line to w: at once, or after the end of the bar where one is shown, which would write over it.
func (b *Bar) Say(w io.Writer, line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept = append(b.kept, line)
	if !b.shown {
		b.tell(w)
	}
	b.to = w
}

// tell writes what was kept.
func (b *Bar) tell(w io.Writer) {
	for _, line := range b.kept {
		_, _ = io.WriteString(w, line+"\n")
	}
	b.kept = nil
}

// Done ends the bar. It may be called again.
func (b *Bar) Done() {
	if b.stop == nil {
		return
	}
	close(b.stop)
	<-b.stopped
	b.stop = nil
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown = false
	b.tell(b.to)
}
