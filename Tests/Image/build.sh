#!/usr/bin/env bash
# Builds the image without a base image, runs it, and asks it for reviews.
#
#   Tests/Image/build.sh              build .build-image/uwsgi-max-fd-webhook.tar and test it
#   EXECUTABLE=path Tests/Image/build.sh   with an executable that is there already
#
# Closing line: "N passed, N failed". Needs root, or user namespaces, and Debian's `buildah`.
set -euo pipefail

cd "$(dirname "$0")/../.."
work=$PWD/.build-image
archive=$work/uwsgi-max-fd-webhook.tar
version=$(sed -n 's/.*static let text = "\(.*\)"/\1/p' Sources/uwsgi-max-fd/Commands/ProgramVersion.swift)
image=uwsgi-max-fd-webhook:$version

.ci/require binutils buildah curl jq openssl

# Everything that buildah writes stays in one folder, and needs no overlay file system.
builder() {
    buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"
}

if [[ -z ${EXECUTABLE:-} ]]; then
    .ci/require swift libssl-dev libsimdjson-dev libyaml-dev zlib1g-dev pkg-config
    make --no-print-directory release
    EXECUTABLE=.build/release/uwsgi-max-fd
fi

# Layers of earlier runs may belong to other users, so root's rm is not always enough: ask buildah first.
[[ ! -d $work/storage ]] || builder rm --all >/dev/null
rm -rf "$work"
mkdir -p "$work"
Tests/Image/rootfs.sh "$EXECUTABLE" "$work/rootfs"

# The time of the commit, so that the same source gives the same image.
epoch=$(git log -1 --format=%ct 2>/dev/null || echo 0)
# assemble ARCHIVE
assemble() {
    local container
    container=$(builder from scratch)
    builder copy --quiet --chown 0:0 "$container" "$work/rootfs" / >/dev/null
    builder config \
        --user 65532:65532 \
        --entrypoint '["/usr/bin/uwsgi-max-fd"]' \
        --cmd '["--help"]' \
        --stop-signal SIGTERM \
        --port 8443 --port 8081 \
        --label org.opencontainers.image.title=uwsgi-max-fd-webhook \
        --label "org.opencontainers.image.description=Kubernetes admission webhook that gives every Pod that runs uWSGI an effective max-fd" \
        --label org.opencontainers.image.licenses=Apache-2.0 \
        --label "org.opencontainers.image.version=$version" \
        --label "org.opencontainers.image.revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
        --label "org.opencontainers.image.created=$(date --utc --date "@$epoch" +%Y-%m-%dT%H:%M:%SZ)" \
        "$container"
    builder commit --quiet --format oci --timestamp "$epoch" "$container" "$image" >/dev/null
    builder push --quiet "$image" "oci-archive:$1:$image"
}

# digest ARCHIVE: what identifies the image.
digest() {
    tar --extract --to-stdout --file "$1" index.json | jq --raw-output '.manifests[0].digest'
}

assemble "$archive"
assemble "$work/again.tar"
if [[ $(digest "$archive") != $(digest "$work/again.tar") ]]; then
    echo 'two images from the same executable differ' >&2
    exit 1
fi
rm "$work/again.tar"

printf '%s\n' "$archive"
(cd "$work/rootfs" && find . -type f -printf '%10s  %p\n' | sort -rn)
printf 'image: %s, %s compressed\n' \
    "$(du --apparent-size --block-size=1 --summarize "$work/rootfs" | awk '{ printf "%.1f MiB", $1 / 1048576 }')" \
    "$(gzip --stdout "$archive" | wc --bytes | awk '{ printf "%.1f MiB", $1 / 1048576 }')"

Tests/Image/check.sh "$archive"
