#!/usr/bin/env bash
# Reads status pages from the programs that serve them. Run it with: make servers
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section 'the programs that serve status pages'
if ! need node nodejs 'reading from Uptime Kuma'; then
	exit 0
fi
if ! [ -d "$kuma" ]; then
	skip 'reading from Uptime Kuma needs it (make setup); if that failed, ci-output/uptime-kuma.log says why'
	exit 0
fi
mapfile -t packages < <(tagged servers)
KUMA_DIR=$kuma go test -count=1 -tags servers -run '^TestServer' -v "${packages[@]}" |
	tee ci-output/servers.log
none_skipped ci-output/servers.log
