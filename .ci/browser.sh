#!/usr/bin/env bash
# Every page of the dashboard in a browser, and axe-core on it; pictures go to ci-output/screenshots.
# Run it with: make browser
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section browser tests
if ! need chromium chromium 'tests of the dashboard in a browser'; then
	exit 0
fi
if [ -f "$axe" ]; then
	export AXE=$axe
else
	skip 'the accessibility of pages needs axe-core (make setup); if that failed, ci-output/axe.log says why'
fi
rm -rf ci-output/screenshots
mapfile -t packages < <(tagged browser)
SCREENSHOTS=$PWD/ci-output/screenshots go test -count=1 "${quick[@]}" -tags browser -run Browser -v "${packages[@]}" |
	tee ci-output/browser.log
none_skipped ci-output/browser.log
