package gather

import (
	"testing"
	"testing/synctest"
	"time"
)

// A panic in what saves is the first one's, who can catch it; the others learn that they are not saved, and the next
// commit is as any other.
func TestAPanicIsOfTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Group[int]
		caught := make(chan any)
		go func() {
			defer func() { caught <- recover() }()
			g.Save(1, time.Second, func([]int) []bool { panic("broken") })
		}()
		other := make(chan bool)
		go func() {
			time.Sleep(time.Millisecond)
			other <- g.Save(2, time.Second, func([]int) []bool { return []bool{true, true} })
		}()
		if got := <-other; got {
			t.Error("what was not saved is said to be")
		}
		if got := <-caught; got != "broken" {
			t.Errorf("the first caught %v", got)
		}
		if !g.Save(3, time.Second, func(list []int) []bool { return []bool{len(list) == 1 && list[0] == 3} }) {
			t.Error("the next commit does not hold the next one alone")
		}
	})
}
