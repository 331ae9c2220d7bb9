#!/usr/bin/env bash
# Kills the program $CRASHES times (1000 unless it says otherwise) in everything that writes to the file, and counts what
# is lost and what is doubled. Run it with: make crashes. It is no part of make all, whose tests have a shorter form.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
crashes=${CRASHES:-1000}

section "$crashes kills"
CRASHES=$crashes go test -count=1 -tags crashes -timeout 3h -run '^TestCrashes$' -v ./cmd/internal/cli |
	tee ci-output/crashes.log
