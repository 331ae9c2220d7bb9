# shellcheck shell=bash
# What the scripts beside this one share. Each begins with: . "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
#
# CI=true     a program that is missing is installed, and what cannot be checked is a failure and not a skip
# FUZZTIME    how long each fuzz target runs, 4s unless it says otherwise
# ci-output/  logs, benchmarks and screenshots; git does not see it
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p ci-output

# What is checked is built as it is released, and compiled once for both. The race detector needs the other way.
export CGO_ENABLED=0 GOFLAGS=${GOFLAGS:--trimpath}

ci=${CI:-false}
export STARTED=${STARTED:-$(date +%s)}

# section NAME says what comes now. A script that fails names the section it failed in.
current=
section() {
	current=$*
	printf '\n=== %s (after %d s)\n' "$current" "$(($(date +%s) - STARTED))"
}
finish() {
	local status=$?
	if [ "$status" != 0 ] && [ -n "$current" ]; then
		printf '\n*** failed at: %s\n' "$current" >&2
	fi
}
trap finish EXIT

# skip WHY says what is not checked and how to have it checked; where everything has to be, it ends the run.
skip() {
	printf 'skipped: %s\n' "$1"
	if [ "$ci" = true ]; then
		printf 'with CI=true nothing may be skipped\n' >&2
		exit 1
	fi
}

# none_skipped LOG looks for tests that skipped themselves, and so checked nothing, in the log of go test -v.
none_skipped() {
	local skipped
	skipped=$(grep -A 1 -E '^[[:space:]]*--- SKIP' "$1" || true)
	if [ -n "$skipped" ]; then
		printf '%s\n' "$skipped"
		skip 'the tests above skipped themselves'
	fi
}

# need PROGRAM PACKAGE WHAT-FOR is true if the program is there. If not, and CI=true, it installs the Debian package;
# elsewhere it says what is skipped, and installs nothing.
need() {
	if command -v "$1" >/dev/null; then
		return 0
	fi
	if [ "$ci" != true ]; then
		skip "$3 needs $1 (apt-get install $2, or: make setup)"
		return 1
	fi
	install_package "$2"
	command -v "$1" >/dev/null || skip "$3 needs $1, and apt-get could not install $2: see ci-output/apt-$2.log"
}

# install_package NAME installs a Debian package. Its log, not its exit code, says how that went.
install_package() {
	local root=
	if [ "$(id -u)" != 0 ]; then root='sudo -n'; fi
	# shellcheck disable=SC2086 # two words where it is sudo
	(
		exec 9>ci-output/apt.lock
		flock 9
		export DEBIAN_FRONTEND=noninteractive
		{ $root apt-get update -qq && $root apt-get install -y -qq --no-install-recommends "$1"; } >"ci-output/apt-$1.log" 2>&1
	) || true
}

# tagged TAG prints the packages that have tests of a build tag: with the tag, all others would be tested once more.
tagged() {
	{ grep -rlE "^//go:build .*\b$1\b" --include='*_test.go' . || true; } | xargs -r -n 1 dirname | sort -u
}

# packages_with FUNC prints the packages that have a test function of that prefix, such as Fuzz.
packages_with() {
	{ grep -rlE "^func $1[A-Z]" --include='*_test.go' . || true; } | xargs -r -n 1 dirname | sort -u
}

# concurrent prints the packages whose code or tests start goroutines, or lock what they share.
concurrent() {
	{
		grep -rlE '^[[:space:]]+go [a-z]|\.Go\(' --include='*.go' .
		grep -rlE '"sync"|"sync/atomic"' --include='*.go' --exclude='*_test.go' .
	} | xargs -r -n 1 dirname | sort -u
}

# Flags of every go test here. check.sh has run vet already, and no debugger needs the tests' symbols.
# shellcheck disable=SC2034
quick=(-vet=off -ldflags=-w)
# SQLite comes as C that was made into Go. Its memory is its own: what the race detector or the fuzzer adds to it finds
# nothing, and takes most of the time. Each pattern is completed by the flag that leaves it out.
# shellcheck disable=SC2034
plain_sqlite=(-gcflags=modernc.org/sqlite/lib -gcflags=modernc.org/libc/...)

# tool NAME ARG... runs a tool in the version that tools.mod pins.
tool() {
	go tool -modfile=tools.mod "$@"
}

# What comes from npm, in one version each, and where it is kept.
# shellcheck disable=SC2034 # for the scripts that read this one
axe_version=4.14.1 axe=$PWD/ci-output/axe-core-4.14.1.js
# shellcheck disable=SC2034
kuma_version=2.0.0-dev.0 kuma=$PWD/ci-output/uptime-kuma-2.0.0-dev.0

# Litestream comes through the Go module proxy.
# shellcheck disable=SC2034
litestream_version=v0.3.13 litestream=$PWD/ci-output/litestream-v0.3.13

# A fresh Debian, in which the package is tried.
# shellcheck disable=SC2034
debian_root=$PWD/ci-output/debian-bookworm.tar
