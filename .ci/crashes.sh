#!/usr/bin/env bash
# Kills the program $CRASHES times (1000 unless it says otherwise) in everything that writes to the file, and counts what
# is lost and what is doubled. Run it with: make crashes. It is no part of make all, whose tests have a shorter form.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
crashes=${CRASHES:-1000}

section "$crashes kills"
CRASHES=$crashes go test -count=1 -tags crashes -timeout 3h -run '^TestCrashes$' -v ./cmd/internal/cli |
	tee ci-output/crashes.log

# The service with 1,000 vendors for a day of simulated time, which takes about half an hour on two cores.
section "a day of ${DAY_VENDORS:-1000} vendors"
DAY_VENDORS=${DAY_VENDORS:-1000} DAY_HOURS=${DAY_HOURS:-24} go test -count=1 -timeout 3h -run '^TestDay$' -v \
	./cmd/internal/cli/service | tee ci-output/day.log
