#!/usr/bin/env bash
# The tests in which goroutines meet, with the race detector. Run it with: make race
# They are those of the packages that start goroutines, or lock what these share. A test is left out where it calls racetest.Skip: see normalize/racetest.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section go test -race
if need gcc gcc 'the race detector'; then
	export CGO_ENABLED=1
	mapfile -t packages < <(concurrent)
	go test -count=1 -race -short -timeout 40m "${quick[@]}" "${plain_sqlite[@]/%/=-race=false}" "${packages[@]}"
fi
