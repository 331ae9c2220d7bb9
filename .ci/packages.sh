#!/usr/bin/env bash
# Makes the archive and the packages for this machine, and tries the Debian package as a user does, in a fresh Debian:
# it is installed, reads a page, is upgraded, removed and purged, and nothing of the user's is lost. Run it with:
# make packages
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section 'archive and packages'
PLATFORMS=linux/$(go env GOARCH) .ci/release.sh
release=$PWD/ci-output/release

section 'the archive'
folder=$(mktemp -d)
trap 'kill "${pages:-}" 2>/dev/null || true; rm -rf "$folder"; finish' EXIT
tar -xzf "$release"/vendorwatch_*.tar.gz -C "$folder" --strip-components=1
"$folder/vendorwatch" --config "$folder/config.toml" config check
grep -q '^=== modernc.org/sqlite ' "$folder/THIRD-PARTY-LICENSES.txt"
if command -v file >/dev/null; then
	file "$folder/vendorwatch" | grep -q 'statically linked, .*stripped'
fi
if command -v man >/dev/null; then
	man --warnings -l "$folder/vendorwatch.1.gz" >/dev/null
fi

section 'the unit of systemd'
if command -v systemd-analyze >/dev/null && systemd-analyze --help | grep -q -- --threshold; then
	systemd-analyze security --offline=true --threshold=30 packaging/vendorwatch.service | tail -1
else
	printf 'not checked: there is no systemd-analyze of version 250 or newer\n'
fi

# setup.sh makes a fresh Debian where debootstrap works. Where it does not, this is no gap that anybody could fill.
section 'the Debian package'
if ! [ -f "$debian_root" ] || [ "$(id -u)" != 0 ] || ! command -v python3 >/dev/null; then
	printf 'not tried: it needs root, python3, and %s, which make setup makes with debootstrap\n' "$debian_root"
	exit 0
fi
root=$folder/root
mkdir "$root"
tar -xf "$debian_root" -C "$root"
inside() { chroot "$root" "$@"; }
user() { chroot --userspec=vendorwatch:vendorwatch "$root" /usr/bin/vendorwatch --config /etc/vendorwatch/config.toml "$@"; }

# The package before is the same with a lower version.
package=$(echo "$release"/*_"$(go env GOARCH)".deb)
dpkg-deb -R "$package" "$folder/before"
sed -i 's/^Version: .*/Version: 0.0.0~0/' "$folder/before/DEBIAN/control"
dpkg-deb --root-owner-group -b "$folder/before" "$root/before.deb" >/dev/null
cp "$package" "$root/now.deb"

# A page, served on the loopback, which the Debian in the folder shares.
mkdir -p "$folder/pages/api/v2"
cp scraper/testdata/statuspage/healthy/summary.json "$folder/pages/api/v2/"
(cd "$folder/pages" && exec python3 -u -m http.server --bind 127.0.0.1 0) >"$folder/pages.log" 2>&1 &
pages=$!
for _ in $(seq 50); do
	port=$(sed -nE 's/.* port ([0-9]+) .*/\1/p' "$folder/pages.log")
	if [ -n "$port" ]; then break; fi
	sleep 0.1
done

inside dpkg -i /before.deb
test "$(stat -c '%a %U' "$root/etc/vendorwatch/environment")" = '600 root'
inside vendorwatch version
user config check
cat >"$root/etc/vendorwatch/config.toml" <<-END
	# ours
	database = "/var/lib/vendorwatch/vendorwatch.db"
	[fetch]
	contact = "ops@vendorwatch.test"
	delay = "0s"
	[[vendor]]
	name = "Acme"
	url = "http://127.0.0.1:$port"
END
own=$(sha256sum <"$root/etc/vendorwatch/config.toml")
user scrape
before=$(user vendors --json | grep -c '"slug": "acme"')
inside dpkg -i /now.deb
test "$(sha256sum <"$root/etc/vendorwatch/config.toml")" = "$own"
user scrape
test "$(user vendors --json | grep -c '"slug": "acme"')" = "$before"
user db check
inside dpkg --remove vendorwatch
test -f "$root/etc/vendorwatch/config.toml"
inside dpkg --purge vendorwatch
test -f "$root/var/lib/vendorwatch/vendorwatch.db"
test ! -e "$root/usr/bin/vendorwatch"
printf 'installed, upgraded, removed and purged; the record is there\n'
