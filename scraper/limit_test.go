package scraper

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatWaitsTakesNothingOfTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := errors.New("late")
		ctx, limit := WithLimit(t.Context(), 10*time.Second, late)
		defer limit.Stop()
		time.Sleep(4 * time.Second)
		err := Pause(ctx, func(outer context.Context) error {
			return Pause(ctx, func(context.Context) error { // within another
				time.Sleep(time.Hour)
				return outer.Err()
			})
		})
		if err != nil || ctx.Err() != nil || limit.Waited() != time.Hour {
			t.Fatalf("%v, %v, waited %s", err, ctx.Err(), limit.Waited())
		}
		if end, ends := deadline(ctx); !ends || time.Until(end) != 6*time.Second {
			t.Errorf("it ends in %s, %v", time.Until(end), ends)
		}
		time.Sleep(5 * time.Second)
		if ctx.Err() != nil {
			t.Error("it ended too soon")
		}
		time.Sleep(2 * time.Second)
		if context.Cause(ctx) != late {
			t.Errorf("after its time: %v", context.Cause(ctx))
		}
		if err := Pause(ctx, func(context.Context) error { return nil }); err != late {
			t.Errorf("to wait after the end: %v", err)
		}
	})
}

func TestALimitOfNothingIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, limit := WithLimit(t.Context(), 0, errors.New("late"))
		time.Sleep(time.Hour)
		if _, ends := deadline(ctx); ends || ctx.Err() != nil {
			t.Errorf("it ends: %v %v", ends, ctx.Err())
		}
		limit.Stop()
		if ctx.Err() == nil {
			t.Error("Stop does not end it")
		}
	})
}

// Many pages of one host wait for each other for longer than one of them may take, and each is read all the same: the
// queue is ours, and the server answers everything.
func TestAQueueIsNoFailure(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") }))
	t.Cleanup(server.Close)
	const pages, delay = 12, 100 * time.Millisecond
	c := collector(t, func(o *FetchOptions) { o.Delay = delay })
	errs := make(chan error, pages)
	for n := range pages {
		go func() {
			ctx, limit := WithLimit(t.Context(), pages*delay/2, errors.New("no complete answer"))
			defer limit.Stop()
			_, err := c.Fetch(ctx, Request{URL: fmt.Sprintf("%s/%d", server.URL, n)})
			errs <- err
		}()
	}
	for range pages {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
