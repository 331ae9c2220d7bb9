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
# These wait more than they compute.
.ci/servers.sh >ci-output/servers-section.log 2>&1 &
servers=$!
{ .ci/packages.sh && .ci/image.sh; } >ci-output/packages-section.log 2>&1 &
packages=$!
.ci/browser.sh
wait "$servers" || {
	cat ci-output/servers-section.log
	exit 1
}
cat ci-output/servers-section.log
wait "$packages" || {
	cat ci-output/packages-section.log
	exit 1
}
cat ci-output/packages-section.log
.ci/fuzz.sh
.ci/bench.sh
section 'all is well'
