#!/usr/bin/env bash
# `make function-order`: writes Benchmarks/function-order.txt, the functions that reviews run through. The linker puts
# those side by side, and apart from the rest of the executable, most of which only commands need: one review runs
# through some thousand functions, and finding each in a page of its own costs more than running it. What the list does
# not name, or names in vain, is linked as it would be without, so it may be older than the code; speed is all that it
# changes.
#
# Setting, from the environment: BENCH_PORT (18443).
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=Benchmarks/load.bash
source Benchmarks/load.bash
readonly list=Benchmarks/function-order.txt profile=$temporary/profile certificates=$temporary/certificates

# post: each recorded review to each policy, over a connection of its own.
post() {
    local review
    for review in "$reviews"/*.json; do
        curl --silent --show-error --fail --max-time 60 --retry 30 --retry-connrefused --cacert "$certificates/ca.crt" \
            --header 'Content-Type: application/json' --data-binary "@$review" --output "$temporary/answer.#1" \
            "https://localhost:$port/{mutate,strict,audit}" 2>"$temporary/curl.log" ||
            fail "no answer to $review" "$temporary/curl.log"
    done
}

mkdir -p "$certificates"
"$executable" certs --directory "$certificates" localhost >"$temporary/certs.log" 2>&1 ||
    fail 'no certificate could be made' "$temporary/certs.log"
# Older versions of valgrind cannot read the debug information that swiftc writes.
strip --strip-debug -o "$temporary/uwsgi-max-fd" "$executable"
start "$temporary/webhook.log" valgrind --tool=callgrind --callgrind-out-file="$profile" --instr-atstart=no \
    --demangle=no "$temporary/uwsgi-max-fd" serve --threads 1 --tls-cert "$certificates/tls.crt" \
    --tls-key "$certificates/tls.key" --bind "127.0.0.1:$port" --admin-bind "127.0.0.1:$admin_port" --drain-delay 0s
# What happens only once is none of a review's cost.
post
callgrind_control --instr=on "$pid" >"$temporary/control.log" 2>&1 || fail 'nothing was recorded' "$temporary/control.log"
post
callgrind_control --instr=off "$pid" >"$temporary/control.log" 2>&1 || fail 'nothing was recorded' "$temporary/control.log"
stop "$pid"
nm --format=posix "$executable" | Benchmarks/function_order.py "$profile" >"$temporary/list"
mv "$temporary/list" "$list"
echo "$list: $(wc -l <"$list") functions"
