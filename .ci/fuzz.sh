#!/usr/bin/env bash
# Every fuzz target for $FUZZTIME. Run it with: make fuzz
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
fuzztime=${FUZZTIME:-4s}

section "fuzzing, $fuzztime a target, twenty-one side by side"
# Guided by what it covers, fuzzing finds more. For that all that a target uses is compiled anew, which takes minutes: CI
# changes the seeds without it, and in the same order each time, so that what fails there fails again, and because of
# the change. make fuzz looks for what is new.
guided=(-fuzz=. "${plain_sqlite[@]/%/=-d=libfuzzer=0}")
if [ "$ci" = true ]; then
	guided=()
	export GODEBUG=fuzzseed=1
fi
# A package's test program is made once for all of its targets; each then works by itself, with one worker.
mkdir -p ci-output/fuzz
rm -f ci-output/fuzz/*.log
packages_with Fuzz | while read -r folder; do
	program=$PWD/ci-output/fuzz/$(printf '%s' "${folder#./}" | tr / -).test
	go test -c "${guided[@]}" "${quick[@]}" -o "$program" "$folder"
	sed -nE "s|^func (Fuzz[A-Z][A-Za-z0-9]*)\(.*|$program $folder \1|p" "$folder"/*_test.go
done >ci-output/fuzz/targets
fuzz_one() {
	program=$1 folder=$2 target=$3
	log=$PWD/ci-output/fuzz/$(basename "$program" .test)-$target.log
	# The engine sometimes fails with its own deadline at the very end, without a failing input; that is tried once more.
	for try in 1 2; do
		if (cd "$folder" && "$program" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "$4" \
			-test.fuzzcachedir "$(dirname "$program")/cache/$(basename "$program" .test)" -test.parallel 1) >"$log" 2>&1; then
			printf '%s: %s\n' "$target" "$(grep -o 'execs: .*' "$log" | tail -n 1)"
			return 0
		fi
		if [ "$try" = 2 ] || ! grep -q 'context deadline exceeded' "$log" || grep -q 'Failing input written' "$log"; then
			cat "$log" >&2
			return 1
		fi
	done
}
export -f fuzz_one
xargs -P 21 -L 1 bash -c 'fuzz_one "$@" '"$fuzztime" _ <ci-output/fuzz/targets
