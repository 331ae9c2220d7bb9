#!/usr/bin/env bash
# The benchmarks; what they measure goes to ci-output/bench.txt. Run it with: make bench
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section benchmarks
mapfile -t packages < <(packages_with Benchmark)
{
	go test "${quick[@]}" -run '^$' -bench . -skip '^Benchmark(Poll|Import)$' -benchmem -benchtime 5x "${packages[@]}"
	# One round of these is a poll of hundreds of sources, or an import of hundreds of captures: it is enough of a measure.
	BENCH_SOURCES=${BENCH_SOURCES:-200} go test "${quick[@]}" -run '^$' -bench '^Benchmark(Poll|Import)$' -benchmem -benchtime 1x ./cmd/internal/cli
} | tee ci-output/bench.txt
