#!/usr/bin/env bash
# Builds the last stage of the Dockerfile around the program of .ci/packages.sh, and runs the service in its root file
# system as a container would: as its user, with nothing else there. Run it with: make image
# The first stage, which compiles, needs an image of Go from a registry, and is not tried here.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

section 'the container image'
if ! command -v buildah >/dev/null || [ "$(id -u)" != 0 ]; then
	printf 'not tried: it needs root, and buildah (apt-get install buildah, or: make setup)\n'
	exit 0
fi
archive=$(find ci-output/release -name "vendorwatch_*_linux_$(go env GOARCH).tar.gz" | head -1)
if [ -z "$archive" ]; then
	printf 'run make packages first: the image takes the program of the archive\n' >&2
	exit 1
fi
folder=$(mktemp -d)
boxed() { buildah --storage-driver vfs --root "$folder/storage" --runroot "$folder/run" "$@"; }
trap 'kill "${service:-}" 2>/dev/null || true; boxed rm -a >/dev/null 2>&1 || true; rm -rf "$folder"; finish' EXIT

mkdir -p "$folder"/build/out/{data,tmp} "$folder/build/etc/ssl/certs"
chmod 1777 "$folder/build/out/tmp"
tar -xzf "$archive" -C "$folder/build/out" --strip-components=1 --wildcards '*/vendorwatch'
cp /etc/ssl/certs/ca-certificates.crt "$folder/build/etc/ssl/certs/"
sed -n '/^FROM scratch/,$p' Dockerfile >"$folder/Containerfile"
if ! boxed bud --quiet --isolation chroot --format docker --build-context build="$folder/build" \
	-f "$folder/Containerfile" -t vendorwatch "$folder/build" >"$folder/log" 2>&1; then
	# Without the privileges to mount or to change root, buildah can do nothing.
	if grep -qiE 'operation not permitted|permission denied' "$folder/log"; then
		printf 'not tried: buildah has not the privileges that it needs here:\n%s\n' "$(tail -3 "$folder/log")"
		exit 0
	fi
	cat "$folder/log" >&2
	exit 1
fi
boxed images
container=$(boxed from vendorwatch)
root=$(boxed mount "$container")
boxed inspect --type image vendorwatch >"$folder/image.json"
grep -q '"User": "65532:65532"' "$folder/image.json"
grep -q '"Healthcheck"' "$folder/image.json"

cat >"$root/data/config.toml" <<-END
	web.listen = "127.0.0.1:18765"
	time_zone = "Europe/Berlin"
	[fetch]
	contact = "ops@vendorwatch.test"
	[[vendor]]
	name = "Acme"
	url = "http://127.0.0.1:9"
END
program() { chroot --userspec=65532:65532 "$root" /vendorwatch --config /data/config.toml "$@"; }
if program health 2>/dev/null; then exit 1; fi
program serve >"$folder/serve.log" 2>&1 &
service=$!
for _ in $(seq 50); do
	if program health 2>/dev/null; then break; fi
	sleep 0.2
done
program health
kill "$(pgrep -P "$service" || echo "$service")"
wait "$service"
test "$(stat -c %u "$root/data/vendorwatch.db")" = 65532
printf 'the service ran as user 65532 in its image, and ended by itself\n'
