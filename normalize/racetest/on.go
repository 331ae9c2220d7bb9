//go:build race

package racetest

// On says whether the race detector is built in.
const On = true
