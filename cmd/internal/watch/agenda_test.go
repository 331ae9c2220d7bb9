package watch

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"
)

// The agenda starts each job at just the times at which cron.Cron does.
func TestAgendaKeepsTheTimesOfCron(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var schedules []cron.Schedule
		for n, spec := range []string{"*/5 * * * *", "@hourly", "CRON_TZ=Asia/Kolkata 30 5-8 * * *", "@every 90s",
			"0 0 30 2 *", "CRON_TZ=UTC 15,45 * 1 1 *", "@every 1s"} {
			s, err := cron.ParseStandard(spec)
			if err != nil {
				t.Fatal(err)
			}
			schedules = append(schedules, s, spread(Source{Vendor: fmt.Sprint(n), Schedule: s}, time.Now()))
		}
		var mu sync.Mutex
		var want, got []string
		note := func(list *[]string, n int) func() {
			return func() {
				mu.Lock()
				defer mu.Unlock()
				*list = append(*list, fmt.Sprintf("%s %d", time.Now().UTC().Format(time.RFC3339Nano), n))
			}
		}
		theirs, ours := cron.New(), agenda{}
		for n, s := range schedules {
			theirs.Schedule(s, cron.FuncJob(note(&want, n)))
			ours.add(s, note(&got, n))
		}
		theirs.Start()
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Hour+time.Millisecond)
		defer cancel()
		ours.run(ctx)
		<-theirs.Stop().Done()
		slices.Sort(want)
		slices.Sort(got)
		if len(want) < 1000 || !slices.Equal(want, got) {
			t.Errorf("%d starts, cron has %d", len(got), len(want))
		}
	})
}

// atTimes is a schedule that comes at these times and never again.
type atTimes []time.Time

func (s atTimes) Next(now time.Time) time.Time {
	for _, at := range s {
		if at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// A job whose schedule never comes again is started no more, and the others go on.
func TestAgendaWithoutAJobThatIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a agenda
		twice, always := 0, 0
		a.add(atTimes{time.Now().Add(time.Minute), time.Now().Add(90 * time.Second)}, func() { twice++ })
		a.add(cron.Every(time.Minute), func() { always++ })
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute+time.Second)
		defer cancel()
		a.run(ctx)
		if twice != 2 || always != 10 {
			t.Errorf("they are started %d and %d times, want 2 and 10", twice, always)
		}
	})
}

// An agenda without jobs, or whose jobs are never due, lasts until it is told to end.
func TestAgendaWithoutJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never, err := cron.ParseStandard("0 0 30 2 *")
		if err != nil {
			t.Fatal(err)
		}
		var a agenda
		a.add(never, func() { t.Error("started") })
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		a.run(ctx)
		if time.Since(began) != time.Hour {
			t.Errorf("it ended after %s", time.Since(began))
		}
	})
}
