#!/usr/bin/env bash
# What can be checked without running the program. Run it with: make lint
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section 'no compiled programs'
programs=$(git ls-files -z | xargs -0 grep -laP '\A\x7fELF' || true)
if [ -n "$programs" ]; then
	printf 'take these out of the repository:\n%s\n' "$programs" >&2
	exit 1
fi

section gofmt
unformatted=$(gofmt -l .)
if [ -n "$unformatted" ]; then
	printf 'run gofmt -w on:\n%s\n' "$unformatted" >&2
	exit 1
fi

section go build
go build ./...

section go vet
go vet -tags browser,servers,crashes ./...

section shellcheck
if need shellcheck shellcheck 'checking these scripts'; then
	shellcheck -x -P .ci .ci/*.sh .ci/run packaging/*.sh
fi

section 'no copies of vendors'\'' pages'
# Captured pages belong to the vendors and are read in place. A file under 200 bytes can be the same by chance.
if [ -d ../shared ]; then
	find ../shared/ -type f -size +199c -exec sha256sum {} + | sort >ci-output/shared.sums
	find . \( -path ./.git -o -path ./ci-output \) -prune -o -type f -size +199c -exec sha256sum {} + | sort >ci-output/own.sums
	copied=$(join -j 1 -o 1.2,2.2 ci-output/own.sums ci-output/shared.sums)
	if [ -n "$copied" ]; then
		printf 'copied files, and what they are copies of:\n%s\n' "$copied" >&2
		exit 1
	fi
	printf '%d files here, none is one of %d there\n' "$(wc -l <ci-output/own.sums)" "$(wc -l <ci-output/shared.sums)"
else
	# Without the pages there is nothing to compare with, so that this is no gap even where CI=true.
	printf 'there is no ../shared to compare with\n'
fi
