#!/usr/bin/env bash
# Every test that needs no other program, the six-year replay and the crash tests included. Run it with: make test-all
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section go test
# One test unpacks captures that lie beside the repository; Go's library reads no xz.
if [ -d ../shared/replay ]; then
	need xz xz-utils 'the replay of six years' || true
fi
need curl curl 'running the commands of docs/api.md' || true
go test -count=1 -timeout 30m ./...
