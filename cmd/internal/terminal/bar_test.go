package terminal

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// safeBuffer is written by the goroutine that draws the bar.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestABarIsShownOnlyOfWhatTakesLong(t *testing.T) {
	for _, c := range []struct {
		name     string
		terminal bool
		takes    time.Duration
		want     bool
	}{
		{"a short pass", true, patience - time.Millisecond, false},
		{"a long pass", true, patience + time.Second, true},
		{"a long pass into a file", false, patience + time.Second, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out safeBuffer
				b := newBar(&out, c.terminal, patience, "import", 10)
				for range 10 {
					b.Add(1)
					time.Sleep(c.takes / 10)
				}
				b.Say(&out, "4.json: not the expected page")
				b.Done()
				b.Done()
				if got := strings.Contains(out.String(), "import"); got != c.want {
					t.Errorf("a bar was shown: %t\n%q", got, out.String())
				}
				if !strings.Contains(out.String(), "4.json: not the expected page") {
					t.Errorf("what was said is lost: %q", out.String())
				}
			})
		})
	}
}
