#!/usr/bin/env bash
# Installs what `make all` needs beside Go: Debian packages, axe-core, Uptime Kuma, Litestream, a fresh Debian. Run it with: make setup
# With CI=true make all runs it by itself, while the first checks run.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

while read -r program package; do
	command -v "$program" >/dev/null || install_package "$package"
done <<-END
	shellcheck shellcheck
	gcc gcc
	curl curl
	xz xz-utils
	chromium chromium
	npm npm
	node nodejs
	python3 python3
	buildah buildah
END

# axe-core checks what a program can check of accessibility.
if ! [ -f "$axe" ] && command -v npm >/dev/null; then
	folder=$(mktemp -d)
	if npm pack --silent --pack-destination "$folder" "axe-core@$axe_version" >ci-output/axe.log 2>&1; then
		tar -xzf "$folder/axe-core-$axe_version.tgz" -C "$folder" package/axe.min.js
		mv "$folder/package/axe.min.js" "$axe"
	fi
	rm -rf "$folder"
fi

# Of the status page programs that are free software, the package registries have Uptime Kuma only: Gatus and cState are
# not to be had there, and Upptime is no server. No package but the one that is compiled may run scripts when it is
# installed; that one is compiled without optimization, which is four times as fast. Uptime Kuma has some of its
# migrations in another folder than the one it looks in.
if ! [ -d "$kuma" ] && command -v npm >/dev/null; then
	folder=$(mktemp -d)
	if (
		cd "$folder"
		npm install --ignore-scripts --omit=dev --no-audit --no-fund --before=2026-11-01 "uptime-kuma@$kuma_version"
		grep -qF 'sha512-v3Us08l88spSB6+USKNzmUZzxHXnDOBxHX/D54cOaa6thTuAD63qV7uyDt6/Z2cFJYncyRk9v0rt62qcPXnFbg==' package-lock.json
		CFLAGS=-O0 CXXFLAGS=-O0 npm rebuild @louislam/sqlite3
		cp -n node_modules/uptime-kuma/db/patch-*.sql node_modules/uptime-kuma/db/old_migrations/
	) >ci-output/uptime-kuma.log 2>&1; then
		mv "$folder" "$kuma"
	else
		rm -rf "$folder"
	fi
fi

# Litestream replicates a database. It is compiled here, with gcc and without optimization, like what is above.
if ! [ -x "$litestream" ]; then
	folder=$(mktemp -d)
	if CGO_ENABLED=1 CGO_CFLAGS=-O0 GOBIN=$folder go install "github.com/benbjohnson/litestream/cmd/litestream@$litestream_version" \
		>ci-output/litestream.log 2>&1; then
		mv "$folder/litestream" "$litestream"
	fi
	rm -rf "$folder"
fi

# A fresh Debian, in which the package is tried. It needs root, and a mirror of Debian.
if ! [ -f "$debian_root" ] && [ "$(id -u)" = 0 ]; then
	command -v debootstrap >/dev/null || install_package debootstrap
	folder=$(mktemp -d)
	if command -v debootstrap >/dev/null &&
		debootstrap --variant=minbase bookworm "$folder/root" http://deb.debian.org/debian >ci-output/debootstrap.log 2>&1; then
		tar -C "$folder/root" -cf "$debian_root.part" .
		mv "$debian_root.part" "$debian_root"
	fi
	rm -rf "$folder"
fi
