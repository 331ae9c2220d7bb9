#!/usr/bin/env bash
# Everything that has to hold before a change is taken in. Run it with: make all
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ "$ci" = true ]; then
	# What comes from the network comes while the checks run.
	.ci/setup.sh &
	setup=$!
	trap 'kill "$setup" 2>/dev/null || true' EXIT
fi
.ci/check.sh
.ci/test.sh
.ci/race.sh
wait
# The browser, the other programs and the packages wait more than they compute. Beside them, and behind them where they
# compute, all code is analyzed.
beside() {
	name=$1
	shift
	"$@" >"ci-output/$name-section.log" 2>&1 &
	names+=("$name") jobs+=($!)
}
beside servers .ci/servers.sh
beside packages bash -c '.ci/packages.sh && .ci/image.sh'
beside analyze nice -n 15 .ci/analyze.sh
.ci/browser.sh
for n in "${!jobs[@]}"; do
	wait "${jobs[n]}" && status=0 || status=$?
	cat "ci-output/${names[n]}-section.log"
	[ "$status" = 0 ] || exit 1
done
.ci/fuzz.sh
.ci/bench.sh
section 'all is well'
