# make test    what to run while you work: seconds to a few minutes
# make check   what to run before you commit: format, vet, staticcheck, dead code, the race detector
# make crashes kills the program 1,000 times and counts what is lost (CRASHES=N: N times); a day of 1,000 vendors
# make release builds archives and packages for every platform; make packages for this one, and tries them;
# make image   builds the container image, and runs it
# make all     everything, as CI does: all tests, browser, fuzzing, benchmarks
#
# Nothing is installed unless you ask with `make setup`. What cannot be checked without it says so, and is skipped.

.PHONY: help test check all setup lint test-all race browser servers fuzz bench packages image release crashes

help:
	@sed -n 's/^# \(make\)/\1/p' Makefile

test:
	go test -short ./...

check: lint race

all:
	@.ci/all.sh

setup:
	@.ci/setup.sh

lint:
	@.ci/check.sh
	@.ci/analyze.sh

test-all:
	@.ci/test.sh

race browser servers fuzz bench packages image release crashes:
	@.ci/$@.sh
