#!/usr/bin/env bash
# `make bench`: measures the webhook beside nginx, which answers a constant of the same size over the same TLS. What is
# measured, and how to read it, is in Benchmarks/README.md. The answers are checked while they are measured: a wrong one
# ends the run with an error. The results, as Markdown, go to standard output and .build/benchmarks/results.md.
#
# Settings, from the environment: BENCH_ROUNDS (3), BENCH_SECONDS of load for each figure (5), BENCH_THREADS of each
# server (2), BENCH_CONNECTIONS (64), BENCH_LOAD_THREADS of wrk (2), BENCH_CLIENTS for new connections (4), BENCH_PORT (18443).
set -euo pipefail
cd "$(dirname "$0")/.."

readonly rounds=${BENCH_ROUNDS:-3} duration=${BENCH_SECONDS:-5} threads=${BENCH_THREADS:-2}
readonly connections=${BENCH_CONNECTIONS:-64} load_threads=${BENCH_LOAD_THREADS:-2} clients=${BENCH_CLIENTS:-4}
readonly cases=(openedx-lms openedx-lms-worker large-60k large-900k)
# How many connections post a review at once. The webhook holds at most four bodies of the greatest size, 32 MiB, and
# answers 503 beyond that; so few may post the large one.
declare -rA posting=([openedx-lms]=$connections [openedx-lms-worker]=$connections [large-60k]=$connections
    [large-900k]=$((connections < 16 ? connections : 16)))

# shellcheck source=Benchmarks/load.bash
source Benchmarks/load.bash
# What curl trusts.
authority=$temporary/certificate.pem

# record CASE SERVER ROUND MEASURE VALUE: one figure, for report.py.
record() {
    local IFS=$'\t'
    echo "$*" >>"$results/figures.tsv"
}

# ---------------------------------------------------------------------------------------------- Servers

make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
        -keyout "$temporary/key.pem" -out "$temporary/certificate.pem" 2>"$temporary/openssl.log" ||
        fail 'no certificate could be made' "$temporary/openssl.log"
}

# start_server SERVER CASE: starts the webhook or nginx, and waits until it takes connections. Sets $pid, $ready_micros.
start_server() {
    local since=${EPOCHREALTIME//./}
    if [[ $1 == webhook ]]; then
        start "$temporary/webhook.log" "$executable" serve --threads "$threads" \
            --tls-cert "$temporary/certificate.pem" --tls-key "$temporary/key.pem" \
            --bind "127.0.0.1:$port" --admin-bind "127.0.0.1:$admin_port" --drain-delay 0s
    else
        nginx_configuration "$temporary/$2.answer" >"$temporary/nginx.conf"
        since=${EPOCHREALTIME//./}
        start "$temporary/nginx.log" nginx -p "$temporary/" -e stderr -c nginx.conf
    fi
    until { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; do
        kill -0 "$pid" 2>/dev/null || fail "$1 did not start" "$temporary/$1.log"
    done
    ready_micros=$((${EPOCHREALTIME//./} - since))
    exec 3>&-
}

# nginx_configuration FILE: nginx answers every request with the file's bytes. Like the webhook it reads the request's
# body; unlike the webhook it logs nothing. The folders are named because the default ones belong to the system's nginx.
nginx_configuration() {
    local answer
    # Within single quotes, nginx takes a backslash before a quote and before itself.
    answer=$(<"$1")
    answer=${answer//\\/\\\\}
    answer=${answer//\'/\\\'}
    [[ $answer != *\$* ]] || fail "an answer with a dollar sign cannot be a constant in nginx's configuration"
    if ((EUID == 0)); then
        echo 'user root;'
    fi
    cat <<CONFIGURATION
daemon off;
worker_processes $threads;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
    access_log off;
    default_type application/json;
    keepalive_requests 1000000000;
    client_max_body_size 16m;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen 127.0.0.1:$port ssl backlog=1024;
        ssl_certificate certificate.pem;
        ssl_certificate_key key.pem;
        ssl_protocols TLSv1.3;
        location / { return 200 '$answer'; }
    }
}
CONFIGURATION
}

# The processes of the server that was started: nginx's workers too.
processes() { echo "$pid" "$(<"/proc/$pid/task/$pid/children")"; }

# memory FIELD: KiB of all processes of the server; VmRSS is now, VmHWM the highest so far.
memory() {
    local process sum=0
    for process in $(processes); do
        sum=$((sum + $(awk -v field="$1:" '$1 == field { print $2 }' "/proc/$process/status")))
    done
    echo "$sum"
}

# Seconds of processor time that the server has used.
processor_seconds() {
    local process
    for process in $(processes); do
        sed 's/.*) //' "/proc/$process/stat"
    done | awk -v ticks="$(getconf CLK_TCK)" '{ sum += $12 + $13 } END { print sum / ticks }'
}

# cost BEFORE REQUESTS: the server's processor seconds since BEFORE for a thousand requests.
cost() { awk -v before="$1" -v after="$(processor_seconds)" -v n="$2" 'BEGIN { print (after - before) * 1000 / n }'; }

# ---------------------------------------------------------------------------------------------- Answers

# The webhook's answer to each review, and nginx's constant.
note_answers() {
    local case
    start_server webhook
    for case in "${cases[@]}"; do
        note_answer "$case"
    done
    stop "$pid"
}

# check_load CASE SERVER REQUESTS BYTES FAILURES: whether every request was answered as it should be.
check_load() {
    local case=$1 requests=$3 size logged counted
    (($5 == 0)) || fail "$5 requests of $case failed at $2" "$temporary/$2.log"
    size=$(<"$temporary/$case.size")
    if [[ $2 == nginx ]]; then
        return
    fi
    # One per cent is for what was under way when the load ended.
    ((requests * size * 99 / 100 <= $4 && $4 <= requests * size * 101 / 100)) ||
        fail "$requests answers to $case of $size bytes each came to $4 bytes"
    # Nothing was answered past the audit log or the metrics.
    logged=$(grep -c "\"policy\":\"mutate\",\"decision\":\"${decisions[$case]}\"" "$temporary/webhook.log") || true
    counted=$(curl --silent --show-error --max-time 10 "http://127.0.0.1:$admin_port/metrics" |
        awk -v label="decision=\"${decisions[$case]}\"" \
            '/^uwsgi_max_fd_reviews_total[{]/ && index($1, label) { sum += $2 } END { printf "%d", sum }')
    ((logged >= requests && counted == logged)) ||
        fail "$requests requests of $case, but $logged lines in the audit log and $counted in the metrics"
}

# ---------------------------------------------------------------------------------------------- Measures

# post_reviews CASE SECONDS: wrk's line of figures.
post_reviews() {
    REVIEWS="$reviews/$1.pod.json" load "$load_threads" "${posting[$1]}" "$2"
}

# measure_reviews CASE SERVER ROUND: a fresh server, a second to warm up, then the load.
measure_reviews() {
    local case=$1 server=$2 before watcher requests taken bytes failures p50 p99 p999
    start_server "$server" "$case"
    record start "$server" "$3" ready-ms "$(awk -v micros="$ready_micros" 'BEGIN { print micros / 1000 }')"
    sleep 0.2
    record start "$server" "$3" idle-kib "$(memory VmRSS)"

    post_reviews "$case" 1 >/dev/null
    rm -f "$temporary/load-ended"
    watch_answers "$case" &
    watcher=$!
    before=$(processor_seconds)
    IFS=$'\t' read -r requests taken bytes failures p50 p99 p999 < <(post_reviews "$case" "$duration")
    record "$case" "$server" "$3" cpu-s-per-1000 "$(cost "$before" "$requests")"
    touch "$temporary/load-ended"
    wait "$watcher" || fail "$server gave a wrong answer to $case" "$temporary/curl.log"

    record "$case" "$server" "$3" requests-per-s "$(awk -v n="$requests" -v s="$taken" 'BEGIN { print n / s }')"
    record "$case" "$server" "$3" p50-us "$p50"
    record "$case" "$server" "$3" p99-us "$p99"
    record "$case" "$server" "$3" p99.9-us "$p999"
    record "$case" "$server" "$3" peak-kib "$(memory VmHWM)"
    check_load "$case" "$server" "$requests" "$bytes" "$failures"
    if [[ $server == webhook ]]; then
        record "$case" "$server" "$3" decision-us "$(tail -n 2001 "$temporary/webhook.log" |
            sed -nE 's/.*"durationMicros":([0-9]+).*/\1/p' | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')"
    fi
    stop "$pid"
}

# measure_connections KIND SERVER ROUND: new connections, one request on each; `openssl s_time` marks each connection
# with `r` if its session was resumed, and with another sign if the handshake was a full one.
measure_connections() {
    local kind=$1 server=$2 flag=-new i before since count=0 resumed=0 total
    local -a running=()
    [[ $kind == resumed ]] && flag=-reuse
    start_server "$server" openedx-lms
    before=$(processor_seconds)
    since=${EPOCHREALTIME//./}
    for ((i = 0; i < clients; i++)); do
        timeout $((duration + 20)) openssl s_time -connect "127.0.0.1:$port" "$flag" -www /mutate -time "$duration" \
            >"$temporary/s_time.$i" 2>&1 &
        running+=("$!")
    done
    wait "${running[@]}" || fail 'openssl s_time failed' "$temporary/s_time.0"
    total=$((${EPOCHREALTIME//./} - since))
    for ((i = 0; i < clients; i++)); do
        count=$((count + $(sed -nE 's/^([0-9]+) connections in .* real seconds.*/\1/p' "$temporary/s_time.$i")))
        resumed=$((resumed + $(grep -E '^[*rtT0-9]+$' "$temporary/s_time.$i" | tr -cd r | wc -c)))
    done
    if [[ $kind == resumed ]]; then
        ((count > 0 && resumed >= count)) || fail "$server resumed $resumed sessions of $count"
    else
        ((count > 0 && resumed == 0)) || fail "$server resumed $resumed sessions where full handshakes were asked for"
    fi
    record "connections-$kind" "$server" "$3" per-s "$(awk -v n="$count" -v us="$total" 'BEGIN { print n * 1e6 / us }')"
    record "connections-$kind" "$server" "$3" cpu-s-per-1000 "$(cost "$before" "$count")"
    stop "$pid"
}

describe_machine() {
    awk -F ': ' '/^model name/ { name = $2; n++ } END { printf "%d × %s, ", n, name }' /proc/cpuinfo
    awk '/^MemTotal:/ { printf "%d GiB, ", $2 / 1048576 + 0.5 }' /proc/meminfo
    echo "Linux $(uname -r), $(openssl version | cut -d ' ' -f 1-2)," \
        "nginx $(nginx -v 2>&1 | sed 's/.*nginx\///; s/ .*//')," \
        "wrk $({ wrk -v 2>&1 || true; } | sed -nE 's/^wrk ([^ ]+).*/\1/p')," \
        "$(swift --version 2>/dev/null | sed -nE 's/.*(Swift) version ([0-9.]+).*/\1 \2/p')"
    echo "Servers with $threads threads; load of $load_threads threads, $connections connections" \
        "(large-900k: ${posting[large-900k]}), $rounds rounds of $duration s."
}

# Rounds alternate between the servers, so that what else the machine does falls on both.
rm -rf "$results"
mkdir -p "$results"
make_certificate
note_answers
for ((round = 1; round <= rounds; round++)); do
    servers=(webhook nginx)
    ((round % 2)) || servers=(nginx webhook)
    for case in "${cases[@]}"; do
        for server in "${servers[@]}"; do
            echo "round $round of $rounds: $case, $server" >&2
            measure_reviews "$case" "$server" "$round"
        done
    done
    for kind in full resumed; do
        for server in "${servers[@]}"; do
            echo "round $round of $rounds: new connections ($kind), $server" >&2
            measure_connections "$kind" "$server" "$round"
        done
    done
done
echo "the steps of a review" >&2
paths=("${cases[@]/#/$reviews/}")
paths=("${paths[@]/%/.pod.json}")
timeout 120 .build/release/microbenchmarks 0.3 "${paths[@]}" >"$results/steps.md" 2>"$temporary/steps.log" ||
    fail 'the microbenchmarks failed' "$temporary/steps.log"
describe_machine >"$results/machine.txt"
{
    python3 Benchmarks/report.py "$results/figures.tsv" "$results/machine.txt"
    printf '\n### The steps of a review, without a network\n'
    cat "$results/steps.md"
} | tee "$results/results.md"
