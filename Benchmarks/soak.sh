#!/usr/bin/env bash
# `make soak`: whether the webhook stays as it is through hours of work, in ten minutes: at half of what it can do, with
# certificates that change and clients that give up. What is checked, and how to read it, is in Benchmarks/README.md. The
# table goes to standard output and .build/benchmarks/soak.md; the samples are in soak.tsv beside it.
#
# Settings, from the environment: SOAK_SECONDS (600), BENCH_THREADS of the server (2), BENCH_CONNECTIONS (64),
# BENCH_PORT (18443).
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=Benchmarks/load.bash
source Benchmarks/load.bash
readonly duration=${SOAK_SECONDS:-600} threads=${BENCH_THREADS:-2} connections=${BENCH_CONNECTIONS:-64}
readonly certificates=$temporary/certificates
readonly authority=$certificates/ca.crt
# Seconds between two certificates: longer than the server takes to see one.
readonly renewal=8
# Patched, untouched, and patched again and ten times as large.
readonly cases=(openedx-lms openedx-lms-worker large-60k)
((duration >= 30)) || fail "SOAK_SECONDS is $duration; at least 30 are needed for tenths to mean anything"

# renew_certificates [FLAG]: a serving certificate; with --renew another one from the same CA.
renew_certificates() {
    "$executable" certs --directory "$certificates" "${@:-localhost}" >"$temporary/certs.log" 2>&1 ||
        fail 'no certificate could be made' "$temporary/certs.log"
}

# The audit log comes to gigabytes in an hour, so it is counted instead of kept; other lines go to webhook.log.
start_webhook() {
    # shellcheck disable=SC2016 # for the inner shell and for awk
    start "$temporary/webhook.log" bash -c '
        counts=$1; shift
        exec "$@" > >(exec awk -v counts="$counts" "/\"msg\":\"admission\"/ { n++; next } { print } END { print n + 0 >counts }")' \
        - "$temporary/audited" "$executable" serve --threads "$threads" \
        --tls-cert "$certificates/tls.crt" --tls-key "$certificates/tls.key" \
        --bind "127.0.0.1:$port" --admin-bind "127.0.0.1:$admin_port" --drain-delay 0s
    server=$pid
    local i
    for ((i = 0; i < 200; i++)); do
        curl --silent --fail --max-time 1 --output "$temporary/ready" "http://127.0.0.1:$admin_port/readyz" && return
        sleep 0.05
    done
    fail 'the webhook is not ready after ten seconds' "$temporary/webhook.log"
}

# metric PATTERN: the sum of the metric's samples whose names match.
metric() {
    curl --silent --show-error --fail --max-time 10 "http://127.0.0.1:$admin_port/metrics" |
        awk -v pattern="^$1" '$1 ~ pattern { sum += $2 } END { printf "%d", sum }'
}

# Resident memory in KiB, descriptors and threads, four times a second.
sample() {
    local since=${EPOCHREALTIME//./} memory count
    local -a descriptors
    while [[ ! -e $temporary/load-ended ]]; do
        read -r memory count < <(awk '/^VmRSS:/ { m = $2 } /^Threads:/ { t = $2 } END { print m, t }' "/proc/$server/status")
        descriptors=("/proc/$server/fd/"*)
        printf '%d\t%s\t%d\t%s\n' $((${EPOCHREALTIME//./} - since)) "$memory" "${#descriptors[@]}" "$count"
        sleep 0.25
    done >"$results/soak.tsv"
}

change_certificates() {
    local count=0
    while sleep "$renewal" && [[ ! -e $temporary/load-ended ]]; do
        renew_certificates --renew
        count=$((count + 1))
        echo "$count" >"$temporary/renewals"
    done
}

# Sets $rate, the requests a second to keep to: half of what comes through without a pause.
measure_capacity() {
    local requests taken
    IFS=$'\t' read -r requests taken _ < <(load 2 "$connections" 5)
    ((${requests:-0} > 0)) || fail 'no capacity could be measured' "$temporary/wrk.log"
    capacity=$(awk -v n="$requests" -v s="$taken" 'BEGIN { printf "%d", n / s }')
    rate=$((capacity / 2))
}

# The end of the server, which has to be an orderly one.
end_webhook() {
    local status=0
    kill -TERM "$server"
    wait "$server" || status=$?
    unset "started[$server]"
    ((status == 0)) || fail "the webhook ended with $status" "$temporary/webhook.log"
    local i
    for ((i = 0; i < 100; i++)); do
        [[ -s $temporary/audited ]] && return
        sleep 0.1
    done
    fail 'the audit log has no end'
}

# await_rest: waits until the clients' last connections are gone, those that gave up in silence too.
await_rest() {
    local i
    for ((i = 0; i < 300; i++)); do
        (($(metric uwsgi_max_fd_connections\$) == 0)) && return
        sleep 0.1
    done
    fail "$(metric uwsgi_max_fd_connections\$) connections are open thirty seconds after the end"
}

mkdir -p "$results" "$certificates"
rm -f "$results"/soak.*
renew_certificates
start_webhook
REVIEWS=''
for case in "${cases[@]}"; do
    note_answer "$case"
    REVIEWS+=" $reviews/$case.pod.json"
done
export REVIEWS
measure_capacity
echo "$capacity requests a second can be answered; for $duration s there are to be $rate" >&2

sample &
sampler=$!
change_certificates &
changer=$!
watch_answers "${cases[@]}" &
watcher=$!
python3 Benchmarks/aborts.py "$port" "$authority" "$temporary/load-ended" >"$temporary/aborts" 2>"$temporary/aborts.log" &
aborter=$!
IFS=$'\t' read -r requests taken _ failures p50 p99 p999 < <(
    PAUSE_MS=$(awk -v c="$connections" -v r="$rate" 'BEGIN { print c * 1000 / r }') load 2 "$connections" "$duration")
touch "$temporary/load-ended"
wait "$sampler" "$changer" || fail 'the certificate could not be changed' "$temporary/certs.log"
wait "$aborter" || fail 'the clients that give up have given up' "$temporary/aborts.log"
wait "$watcher" && wrong=0 || wrong=1
await_rest

record() { printf '%s\t%s\n' "$@" >>"$results/soak.figures"; }
record capacity "$capacity"
record rate "$(awk -v n="${requests:-0}" -v s="${taken:-1}" 'BEGIN { printf "%d", n / s }')"
record requests "${requests:-0}"
record failures "${failures:-1}"
record wrong "$wrong"
record p50 "${p50:-0}"
record p99 "${p99:-0}"
record p999 "${p999:-0}"
record reviews "$(metric 'uwsgi_max_fd_reviews_total{')"
record errors "$(metric 'uwsgi_max_fd_reviews_total{.*"error"')"
record dropped "$(metric uwsgi_max_fd_log_lines_dropped_total)"
record in-flight "$(metric uwsgi_max_fd_requests_in_flight)"
record renewals "$(<"$temporary/renewals")"
record reloads "$(metric 'uwsgi_max_fd_certificate_reloads_total{.*success')"
end_webhook
record audited "$(<"$temporary/audited")"
sed 's/^/abort /' "$temporary/aborts" >>"$results/soak.figures"
python3 Benchmarks/soak_report.py "$results/soak.tsv" "$results/soak.figures" | tee "$results/soak.md"
