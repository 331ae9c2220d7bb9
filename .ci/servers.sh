#!/usr/bin/env bash
# Reads status pages from the programs that serve them, and replicates the record with Litestream.
# Run it with: make servers
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section 'other programs: Uptime Kuma and Litestream'
mapfile -t packages < <(tagged servers)
if ! need node nodejs 'reading from Uptime Kuma'; then
	:
elif [ -d "$kuma" ]; then
	export KUMA_DIR=$kuma
else
	skip 'reading from Uptime Kuma needs it (make setup); if that failed, ci-output/uptime-kuma.log says why'
fi
if [ -x "$litestream" ]; then
	export LITESTREAM=$litestream
else
	skip 'replication needs Litestream (make setup); if that failed, ci-output/litestream.log says why'
fi
go test -count=1 "${quick[@]}" -tags servers -run '^TestServer' -v "${packages[@]}" | tee ci-output/servers.log
none_skipped ci-output/servers.log
