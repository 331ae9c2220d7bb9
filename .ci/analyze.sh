#!/usr/bin/env bash
# What the types and calls of the whole program say: staticcheck and dead code. Run it with: make lint
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section staticcheck
tool staticcheck -tags browser,servers,crashes ./...

section 'functions that nothing reaches'
dead=$(tool deadcode -test -tags browser,servers,crashes ./...)
if [ -n "$dead" ]; then
	printf '%s\n' "$dead" >&2
	exit 1
fi
