// Package racetest lets a test say that the race detector need not run it. It is imported by tests only.
//
// The detector makes a program five to twenty times slower, and finds something only where several goroutines
// meet. A test that takes long in one goroutine says so in its first line, and is left out of go test -race:
//
//	racetest.Skip(t, "reads every capture, in one goroutine")
//
// It stands below normalize because every package of this module may import what is there. normalize itself does not.
package racetest

import "testing"

// Skip skips the test if it was built with -race. why says what makes it slow, and why no goroutines meet in it.
func Skip(t testing.TB, why string) {
	t.Helper()
	if On {
		t.Skip("not with the race detector: " + why)
	}
}
