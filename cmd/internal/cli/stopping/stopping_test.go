package stopping_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vendorwatch/cmd/internal/cli/stopping"
)

// blocked is an output that nobody reads.
type blocked struct{ until <-chan struct{} }

func (b blocked) Write(p []byte) (int, error) {
	<-b.until
	return len(p), nil
}

func TestAProgramEndsWithinTenSecondsOfAStop(t *testing.T) {
	for _, c := range []struct {
		name  string
		takes time.Duration // after the stop; 0: for ever
		mute  bool          // nobody reads standard error
		code  int
		after time.Duration
		says  bool
	}{
		{"ends by itself", 3 * time.Second, false, 7, 3 * time.Second, false},
		{"saves to the last", 9 * time.Second, false, 7, 9 * time.Second, false},
		{"waits for a reader", 0, false, stopping.Failed, 9500 * time.Millisecond, true},
		{"waits for a reader, as does standard error", 0, true, stopping.Failed, 9700 * time.Millisecond, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				read := make(chan struct{})
				var said bytes.Buffer
				var stderr io.Writer = &said
				if c.mute {
					stderr = blocked{read}
				}
				told := time.Now().Add(time.Hour)
				time.AfterFunc(time.Hour, stop)
				code := stopping.Bound(ctx, stderr, func(ctx context.Context) int {
					<-ctx.Done()
					if c.takes == 0 {
						<-read
					}
					time.Sleep(c.takes)
					return 7
				})
				if after := time.Since(told); code != c.code || after != c.after {
					t.Errorf("exit code %d, %s after the stop; want %d, %s", code, after, c.code, c.after)
				}
				close(read)
				synctest.Wait()
				if got := strings.Contains(said.String(), "stopped by force"); got != c.says {
					t.Errorf("it says %q", said.String())
				}
			})
		})
	}
}

func TestAProgramThatIsNotStoppedReturnsItsCode(t *testing.T) {
	var said bytes.Buffer
	if code := stopping.Bound(t.Context(), &said, func(context.Context) int { return 2 }); code != 2 || said.Len() > 0 {
		t.Errorf("exit code %d, %q", code, said.String())
	}
}
