#!/usr/bin/env bash
# Runs the image in an OCI archive and asks it for reviews. Closing line: "N passed, N failed".
#
#   Tests/Image/check.sh ARCHIVE
#
# No container runtime is needed: the image's layers are unpacked and its entrypoint runs in them by
# chroot, as the image's user, without capabilities, with the root mounted read-only in a mount
# namespace of its own. That shows what a Pod shows: whether the image holds all that the program needs.
set -euo pipefail

archive=$1
here=$(cd "$(dirname "$0")" && pwd)
reviews=$here/../Fixtures/admission-reviews
chart=$here/../../charts/uwsgi-max-fd-webhook
work=$(mktemp -d)
server=
# shellcheck source=.ci/checks.bash
. "$here/../../.ci/checks.bash"

finish() {
    [[ -z $server ]] || kill -KILL "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# The image, as a runtime sees it.
mkdir "$work/oci" "$work/root"
tar --extract --file "$archive" --directory "$work/oci"
blob() {
    echo "$work/oci/blobs/${1/://}"
}
manifest=$(blob "$(jq --raw-output '.manifests[0].digest' "$work/oci/index.json")")
config=$(blob "$(jq --raw-output '.config.digest' "$manifest")")
while read -r layer; do
    tar --extract --file "$(blob "$layer")" --directory "$work/root"
done < <(jq --raw-output '.layers[].digest' "$manifest")
chmod 0755 "$work" "$work/root"

says() {
    jq --exit-status "$1" "$config" || { jq .config "$config" && false; }
}
check 'runs as a user who is not root, by number' says '.config.User == "65532:65532"'
check 'has an entrypoint in exec form' says '.config.Entrypoint == ["/usr/bin/uwsgi-max-fd"]'
check 'is stopped by SIGTERM' says '.config.StopSignal == "SIGTERM"'
check 'says its version' says ".config.Labels[\"org.opencontainers.image.version\"] | test(\"^[0-9]+[.][0-9]+[.][0-9]+\$\")"
check 'names its licence, title and revision' says '.config.Labels | has("org.opencontainers.image.licenses") and has("org.opencontainers.image.title") and has("org.opencontainers.image.revision")'

only_what_is_needed() {
    local extra
    extra=$(cd "$work/root" && find . -type f ! -name '*.so' ! -name '*.so.*' ! -path ./usr/bin/uwsgi-max-fd)
    [[ -z $extra ]] || { echo "$extra" && false; }
}
check 'holds the executable and libraries, and nothing else' only_what_is_needed
no_writable_or_setuid() {
    local bad
    bad=$(find "$work/root" ! -type l \( -perm /6000 -o -perm /022 \))
    [[ -z $bad ]] || { echo "$bad" && false; }
}
check 'holds nothing that its user could change' no_writable_or_setuid

# in_image ARGUMENT…: the entrypoint, in the image's root, mounted read-only, with one folder for files
# that the chart would mount.
# Every container runtime mounts /proc, from which Swift reads the arguments.
mkdir -p "$work/root/mnt" "$work/root/proc" "$work/shared"
chmod 0777 "$work/shared"
in_image() {
    # The inner shell's own variables, so none of this one's is expanded.
    # shellcheck disable=SC2016
    exec unshare --mount --pid --fork --kill-child --propagation private bash -c '
        set -e
        mount --bind "$1" "$1"
        mount --bind "$2" "$1/mnt"
        mount --types proc proc "$1/proc"
        mount --options remount,bind,ro "$1"
        root=$1
        shift 2
        # Changing the user takes all capabilities away.
        exec setpriv --no-new-privs chroot --userspec=65532:65532 --groups= "$root" /usr/bin/uwsgi-max-fd "$@"
    ' in-image "$work/root" "$work/shared" "$@"
}

says_its_version() {
    (in_image --version) | tee /dev/stderr | grep -qFx "$(jq --raw-output '.config.Labels["org.opencontainers.image.version"]' "$config")"
}
check 'starts, and has the version that its label says' says_its_version

# start ARGUMENT…: the server in the image; its log is $work/log, its addresses are $webhook and $admin.
start() {
    local tries
    : >"$work/log"
    (in_image "$@" >"$work/log" 2>"$work/errors") &
    server=$!
    for tries in $(seq 100); do
        webhook=$(listening 1)
        admin=$(listening 2)
        [[ -z $webhook || -z $admin ]] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    printf 'the server does not say where it listens, after %s looks\n' "$tries"
    cat "$work/log" "$work/errors"
    return 1
}

# listening N: the Nth address that the log names.
listening() {
    { grep -oE '127\.0\.0\.1:[0-9]+' "$work/log" || true; } | awk '!seen[$0]++' | sed -n "$1p"
}

# stop: SIGTERM to the program itself; its exit status.
stop() {
    local child status=0
    child=$(pgrep --parent "$server" | head -n 1)
    kill -TERM "${child:-$server}"
    wait "$server" || status=$?
    server=
    cat "$work/errors"
    return "$status"
}

if ! start serve --self-signed localhost 127.0.0.1 --ca-out /mnt/ca.crt \
    --bind 127.0.0.1:0 --admin-bind 127.0.0.1:0; then
    echo 'FAIL  serve --self-signed'
    echo "$passed passed, $((failed + 1)) failed"
    exit 1
fi

ask() {
    curl --silent --show-error --fail --max-time 10 --cacert "$work/shared/ca.crt" \
        --header 'Content-Type: application/json' --data-binary "@$reviews/$2" "https://$webhook/$1?timeout=10s"
}
patches_the_lms() {
    ask mutate openedx-lms.pod.json >"$work/answer"
    jq --raw-output '.response.patch' "$work/answer" | base64 --decode >"$work/patch"
    cat "$work/answer" "$work/patch"
    jq --exit-status '[.. | objects | select(.name? == "UWSGI_MAX_FD" and .value == "1048576")] | length == 1' "$work/patch"
}
check 'mutate gives the recorded Open edX Pod its max-fd' patches_the_lms
denies_the_lms() {
    ask strict openedx-lms.pod.json | tee /dev/stderr | jq --exit-status '.response.allowed == false and .response.status.code == 403'
}
check 'strict refuses it' denies_the_lms
leaves_the_worker() {
    ask mutate openedx-lms-worker.pod.json | tee /dev/stderr | jq --exit-status '.response.allowed and (.response | has("patch") | not)'
}
check 'mutate leaves the Celery worker of the same image as it is' leaves_the_worker
check 'is alive and ready' curl --silent --show-error --fail "http://$admin/livez" "http://$admin/readyz"

# The script of `helm test` meets the real server here.
check 'the script of helm test passes' env "WEBHOOK_URL=https://$webhook" "CA_FILE=$work/shared/ca.crt" \
    EXPECTED_VALUE=1048576 "REVIEWS=$chart/files" sh "$chart/files/review.sh"

# Every metric that the chart's alerts and dashboard use must have a HELP line at least.
metrics_are_there() {
    curl --silent --show-error --fail "http://$admin/metrics" >"$work/metrics"
    local name missing=0
    while read -r name _; do
        name=${name%_bucket}
        name=${name%_sum}
        name=${name%_count}
        grep -q "^# HELP $name " "$work/metrics" || { echo "no $name" && missing=1; }
    done < <(grep -E '^(uwsgi_max_fd|process)_' "$here/../Chart/metrics.txt")
    return "$missing"
}
check 'has the metrics that the alerts and the dashboard use' metrics_are_there

child=$(pgrep --parent "$server" | head -n 1)
printf 'resident memory after these requests: %s\n' \
    "$(awk '/^VmRSS/ { printf "%.1f MiB", $2 / 1024 }' "/proc/${child:-$server}/status")"
check 'ends in order on SIGTERM' stop

# The same again as the chart runs it: every flag that it can write, the Secret that Helm generates, and a
# client certificate as an API server would show it.
# shellcheck source=Tests/Chart/environment.sh
source "$here/../Chart/environment.sh"
"$python" -B "$here/chart_files.py" "$work/shared/chart" /mnt/chart
tls=$work/shared/chart/tls
server_name=$(<"$work/shared/chart/server-name")
client=$work/client
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=client-ca \
    -keyout "$client-ca.key" -out "$client-ca.crt" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=kube-apiserver \
    -keyout "$client.key" -out "$client.csr" 2>/dev/null
openssl x509 -req -in "$client.csr" -CA "$client-ca.crt" -CAkey "$client-ca.key" -CAcreateserial -days 2 \
    -extfile <(printf 'subjectAltName=DNS:kube-apiserver\nextendedKeyUsage=clientAuth\n') -out "$client.crt" 2>/dev/null
install -D --mode 0444 "$client-ca.crt" "$work/shared/chart/client-ca/ca.crt"

mapfile -t arguments <"$work/shared/chart/arguments"
check "understands every flag that the chart can write" start "${arguments[@]}"
if [[ -n $webhook && -n $admin ]]; then
    as_api_server() {
        curl --silent --show-error --fail --max-time 10 --cacert "$tls/ca.crt" "$@" \
            --connect-to "$server_name:443:$webhook" --header 'Content-Type: application/json' \
            --data-binary "@$reviews/openedx-lms.pod.json" "https://$server_name/mutate?timeout=10s"
    }
    gives_the_value() {
        as_api_server --cert "$client.crt" --key "$client.key" | jq --raw-output .response.patch | base64 --decode |
            tee /dev/stderr | jq --exit-status '[.. | objects | select(.name? == "UWSGI_MAX_FD") | .value] == ["4096"]'
    }
    check 'serves with the certificate that Helm generates, to a client with a certificate' gives_the_value
    refuses_strangers() {
        ! as_api_server 2>"$work/refusal" && cat "$work/refusal" && grep -q 'certificate required' "$work/refusal"
    }
    check 'refuses a client without one' refuses_strangers
    check 'ends in order again' stop
fi

count_checks
