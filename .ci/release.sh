#!/usr/bin/env bash
# Builds what is released: archives for every platform, Debian and RPM packages for Linux, and checksums, below
# ci-output/release. Run it with: make release
#
# PLATFORMS="linux/amd64"   these only
# VERSION=1.2.3             the version of the packages; left out: that of the tag, else one made of the last commit
#
# goreleaser would do the same with 340 modules, which are compiled anew on each machine; this is 100 lines. nfpm, which
# goreleaser makes packages with, makes them here too, in the version that tools.mod pins.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

out=$PWD/ci-output/release
platforms=${PLATFORMS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64}
if [ -z "${VERSION:-}" ]; then
	if tag=$(git describe --tags --exact-match --match 'v[0-9]*' 2>/dev/null); then
		VERSION=${tag#v}
	else
		# Snapshots sort by the time of their commit, and before the first release.
		VERSION=0.0.0-$(TZ=UTC git log -1 --date=format-local:%Y%m%d%H%M%S --format=%cd.%h)
	fi
fi
rm -rf "$out"
mkdir -p "$out"

# licences OS ARCH prints the licences of all modules that are in the program.
licences() {
	printf 'vendorwatch contains the Go standard library and the modules below, each with its licence.\n'
	printf '\n=== Go\n\n'
	cat "$(go env GOROOT)/LICENSE"
	GOOS=$1 GOARCH=$2 go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' \
		./cmd/vendorwatch | sort -u | while read -r module version folder; do
		printf '\n=== %s %s\n' "$module" "$version"
		found=$(find "$folder" -maxdepth 1 -type f \
			\( -iname 'licen[sc]e*' -o -iname 'copying*' -o -iname 'notice*' -o -iname 'unlicense*' \) ! -name '*.go' | sort)
		if [ -z "$found" ]; then
			printf 'no file with a licence in %s %s\n' "$module" "$version" >&2
			return 1
		fi
		while read -r file; do
			printf '\n'
			cat "$file"
		done <<<"$found"
	done
}

# build FILE builds the program, with the commit and the version of its source in it.
build() {
	CGO_ENABLED=0 go build -trimpath -buildvcs=true -ldflags '-s -w' -o "$1" ./cmd/vendorwatch
}

# The manual and the completions are made by the program itself, as it is built for this machine.
section 'the program'
own=$(mktemp -d)
trap 'rm -rf "$own"; finish' EXIT
build "$own/vendorwatch"
"$own/vendorwatch" version
"$own/vendorwatch" manual | gzip -9n >"$own/vendorwatch.1.gz"
for shell in bash zsh fish; do
	"$own/vendorwatch" completion "$shell" >"$own/completion.$shell"
done

for platform in $platforms; do
	os=${platform%/*} arch=${platform#*/}
	section "$platform"
	name=vendorwatch_${VERSION}_${os}_$arch
	STAGE=$own/$name
	mkdir "$STAGE"
	program=vendorwatch
	if [ "$os" = windows ]; then program=vendorwatch.exe; fi
	if [ "$platform" = "$(go env GOHOSTOS)/$(go env GOHOSTARCH)" ]; then
		cp "$own/vendorwatch" "$STAGE"
	else
		GOOS=$os GOARCH=$arch build "$STAGE/$program"
	fi
	licences "$os" "$arch" >"$STAGE/THIRD-PARTY-LICENSES.txt"
	cp -r LICENSE README.md CHANGELOG.md SECURITY.md config.toml docs "$own"/completion.* "$own/vendorwatch.1.gz" "$STAGE"
	if [ "$os" = windows ]; then
		(cd "$own" && python3 -m zipfile -c "$out/$name.zip" "$name")
	else
		tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" -C "$own" -cf - "$name" |
			gzip -9n >"$out/$name.tar.gz"
	fi
	if [ "$os" = linux ]; then
		# The archive is used in its own folder, the package keeps its record where records belong.
		sed -i 's|^database = "vendorwatch.db" .*|database = "/var/lib/vendorwatch/vendorwatch.db"|' "$STAGE/config.toml"
		grep -q '^database = "/var/lib/' "$STAGE/config.toml"
		sed "s|\${STAGE}|$STAGE|; s|\${VERSION}|$VERSION|; s|\${ARCH}|$arch|" packaging/nfpm.yaml >"$own/nfpm.yaml"
		for packager in deb rpm; do
			tool nfpm package --config "$own/nfpm.yaml" --packager "$packager" --target "$out/"
		done
	fi
done
(cd "$out" && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)
