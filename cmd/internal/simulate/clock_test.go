package simulate

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	wall := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	now := wall
	c := NewClock(func() time.Time { return now },
		Stretch{Real: 25 * time.Second, Virtual: 30 * time.Minute},
		Stretch{Real: 20 * time.Second, Virtual: 9 * 24 * time.Hour})
	end := wall.Add(45 * time.Second)
	begin := end.Add(-30*time.Minute - 9*24*time.Hour)
	for _, tt := range []struct {
		name    string
		elapsed time.Duration
		want    time.Time
	}{
		{"begins so that it ends in the present", 0, begin},
		{"half of the first stretch", 12500 * time.Millisecond, begin.Add(15 * time.Minute)},
		{"where the stretches meet", 25 * time.Second, begin.Add(30 * time.Minute)},
		{"half of the second stretch", 35 * time.Second, begin.Add(30*time.Minute + 108*time.Hour)},
		{"the end is the present", 45 * time.Second, end},
		{"from then on it is the wall clock", time.Hour, wall.Add(time.Hour)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now = wall.Add(tt.elapsed)
			if got := c.Now(); !got.Equal(tt.want) {
				t.Errorf("after %v it is %v, want %v", tt.elapsed, got, tt.want)
			}
			if got := c.Now(); got.After(now) {
				t.Errorf("after %v the story is in the future: %v, on the wall %v", tt.elapsed, got, now)
			}
		})
	}
	if got := c.Length(); got != 45*time.Second {
		t.Errorf("length %v, want 45s", got)
	}
	now = wall.Add(40 * time.Second)
	if got := c.Remaining(); got != 5*time.Second {
		t.Errorf("remaining %v, want 5s", got)
	}
	now = wall.Add(time.Hour)
	if got := c.Remaining(); got != 0 {
		t.Errorf("remaining after the end %v, want 0", got)
	}
}

func TestClockNeverGoesBackOrAhead(t *testing.T) {
	wall := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	for _, length := range []time.Duration{2 * time.Second, DemoLength, time.Hour} {
		_, c := Demo(func() time.Time { return wall }, length)
		last := c.At(0)
		for i := range 1000 {
			elapsed := length * time.Duration(i) / 900
			at := c.At(elapsed)
			if at.Before(last) || at.After(wall.Add(elapsed)) {
				t.Fatalf("demo of %v: after %v it is %v, before it was %v, on the wall it is %v", length, elapsed, at,
					last, wall.Add(elapsed))
			}
			last = at
		}
	}
}

func TestMostStoryTimeInWallTime(t *testing.T) {
	wall := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	c := NewClock(func() time.Time { return wall }, Stretch{Real: 10 * time.Second, Virtual: time.Minute},
		Stretch{Real: 2 * time.Second, Virtual: time.Hour})
	if got := c.Most(time.Second); got != 30*time.Minute {
		t.Errorf("in a second %v, want 30m of the second stretch", got)
	}
	if got := NewClock(func() time.Time { return wall }).Most(time.Second); got != time.Second {
		t.Errorf("without stretches %v, want what passes on the wall", got)
	}
}
