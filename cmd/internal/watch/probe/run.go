package probe

import (
	"context"
	"hash/fnv"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"vendorwatch/db/query"
	"vendorwatch/db/record/signals"
	"vendorwatch/normalize/reach"
)

// atOnce is how many probes are asked at the same time.
const atOnce = 32

// Runner asks probes on their schedules. Its fields are set before Run.
type Runner struct {
	Record   signals.Recorder
	Client   *http.Client
	Agent    string // the User-Agent header
	Log      *slog.Logger
	Now      func() time.Time
	OnEvents func([]query.Event) // called with what is saved; calls may overlap
	// OnMiss is called when a probe of a vendor misses, with the state that it has now.
	OnMiss func(vendor string, state reach.State)
}

// Run asks each probe every so often, spread over its interval, until ctx ends.
func (r *Runner) Run(ctx context.Context, probes []Probe) {
	places := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for _, p := range probes {
		wg.Go(func() {
			next := time.NewTimer(phase(p))
			defer next.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-next.C:
				}
				next.Reset(p.Every)
				select {
				case <-ctx.Done():
					return
				case places <- struct{}{}:
				}
				r.Ask(ctx, p)
				<-places
			}
		})
	}
	wg.Wait()
}

// phase is how long after the start a probe is first asked: the same after each start.
func phase(p Probe) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(p.Name))
	return time.Duration(h.Sum64() % uint64(min(p.Every, time.Minute)))
}

// Ask asks a probe once, and saves what that came to.
func (r *Runner) Ask(ctx context.Context, p Probe) {
	reached, err := r.Record.Reached(ctx)
	if err != nil {
		r.fail(ctx, p, err)
		return
	}
	result := signals.Result{Result: reach.Result{Probe: p.ID, At: r.Now().UTC(), Reached: reached}}
	missed := ask(ctx, r.Client, r.Agent, p, r.Now)
	if ctx.Err() != nil {
		return // the service stops, which says nothing of the vendor
	}
	result.Took, result.OK = r.Now().UTC().Sub(result.At), missed == nil
	if missed != nil {
		result.Answered, result.Error = missed.answered, missed.text
	}
	judged, err := r.Record.SaveProbe(ctx, result)
	if err != nil {
		r.fail(ctx, p, err)
		return
	}
	if judged.Turned {
		r.Log.Warn("checks of several vendors fail together, or do so no longer: our own network is taken for the "+
			"cause", "probe", p.Name, "state", string(judged.State))
	}
	if missed != nil {
		r.Log.Info("probe", "probe", p.Name, "vendor", p.Vendor, "state", string(judged.State), "error", missed.text)
		if p.Vendor != "" && r.OnMiss != nil {
			r.OnMiss(p.Vendor, judged.State)
		}
	}
	if len(judged.Events) > 0 && r.OnEvents != nil {
		r.OnEvents(judged.Events)
	}
}

func (r *Runner) fail(ctx context.Context, p Probe, err error) {
	if ctx.Err() == nil {
		r.Log.Error("probe", "probe", p.Name, "error", err)
	}
}
