// Package stopping is what the commands do when SIGINT or SIGTERM tells the program to stop.
package stopping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
)

const (
	// limit is how long a command may take to end by itself. The program promises ten seconds.
	limit = 9500 * time.Millisecond
	// grace is how long a command may go on with what it has begun to save.
	grace = 8 * time.Second
	// lastWords is how long the line about a hard end may take: standard error may be blocked, too.
	lastWords = 200 * time.Millisecond
)

// Failed is the exit code of a command that was stopped before its end.
const Failed = 1

// Bound runs the program until it has ended, and returns its exit code. If it has not ended some time after ctx, as
// when nobody reads what it prints, Bound does not wait for it: what is not saved by then is rolled back by the next
// program that opens the file.
func Bound(ctx context.Context, stderr io.Writer, program func(context.Context) int) int {
	code := make(chan int, 1)
	go func() { code <- program(ctx) }()
	select {
	case c := <-code:
		return c
	case <-ctx.Done():
	}
	select {
	case c := <-code:
		return c
	case <-time.After(limit):
	}
	said := make(chan struct{})
	go func() {
		fmt.Fprintf(stderr, "vendorwatch: stopped by force %s after the signal, because it did not end by itself; "+
			"maybe nothing reads its output. What was saved is in the file\n", limit)
		close(said)
	}()
	select {
	case <-said:
	case <-time.After(lastWords):
	}
	return Failed
}

// Outlasting returns a context that ends some seconds after ctx does, or when the function is called: in it, a command
// ends what it has begun to save.
func Outlasting(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(grace, cancel)
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() { stop(); cancel() }
}

// left is the annotation of a command that says what a stop leaves behind.
const left = "left by a stop"

// Leaves annotates a command with what it leaves behind when it is stopped. Without it, the command only prints.
func Leaves(what string) map[string]string { return map[string]string{left: what} }

// Line says that a command was stopped, and what that leaves behind.
func Line(c *cobra.Command) string {
	return fmt.Sprintf("%s: stopped by a signal before its end: %s", c.CommandPath(),
		cmp.Or(c.Annotations[left], "what it printed is not complete"))
}

// Only reports whether an error says no more than that ctx has ended.
func Only(ctx context.Context, err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.Cause(ctx))
}
