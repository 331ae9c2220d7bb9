#!/usr/bin/env bash
# Every test that needs no other program, the six-year replay and the crash tests included. Run it with: make test-all
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section go test
# One test unpacks captures that lie beside the repository; Go's library reads no xz.
if [ -d ../shared/replay ]; then
	need xz xz-utils 'the replay of six years' || true
fi
need curl curl 'running the commands of docs/api.md' || true
if [ "$ci" != true ]; then
	go test -count=1 -timeout 30m "${quick[@]}" ./...
	exit 0
fi
log='ci-output/test.log'
passed=true
go test -count=1 -timeout 30m -v "${quick[@]}" ./... >"$log" 2>&1 || passed=false
if [ "$passed" = false ]; then
	grep -vE '^[[:space:]]*(=== |--- PASS|PASS$)' "$log" | tail -n 500
	exit 1
fi
grep -E '^ok' "$log"
# Those that the race detector leaves out run here. Without the pages beside the repository some cannot.
if [ -d ../shared ]; then
	none_skipped "$log"
fi
