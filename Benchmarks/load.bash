# What `make bench` and `make soak` share: the webhook, the load on it, and answers to compare. To be sourced.

readonly executable=.build/release/uwsgi-max-fd
readonly reviews=Tests/Fixtures/admission-reviews
readonly results=.build/benchmarks
readonly port=${BENCH_PORT:-18443}
readonly admin_port=$((port + 1))
# The decision that each review must get.
declare -rA decisions=([openedx-lms]=patched [openedx-lms-worker]=allowed [large-60k]=patched [large-900k]=patched)

fail() {
    if [[ -s ${2:-} ]]; then
        tail -n 15 "$2" >&2
    fi
    echo "benchmark failed: $1" >&2
    exit 1
}

source .ci/processes.bash

# ask CASE FILE: posts a review once, verifying the server's certificate by the CA in $authority; prints the answer's
# size with its head.
ask() {
    curl --silent --show-error --fail --max-time 10 --cacert "$authority" \
        --header 'Content-Type: application/json' --data-binary "@$reviews/$1.pod.json" --output "$2" \
        --write-out '%{size_header} %{size_download}' "https://localhost:$port/mutate" 2>>"$temporary/curl.log" |
        awk '{ print $1 + $2 }'
}

# note_answer CASE: the webhook's answer to a review: checked once in full, then the pattern for every later one.
note_answer() {
    local case=$1 decision
    ask "$case" "$temporary/$case.answer" >"$temporary/$case.size" ||
        fail "the webhook did not answer $case" "$temporary/curl.log"
    decision=$(jq --raw-output '.response.auditAnnotations.decision' "$temporary/$case.answer")
    [[ $decision == "${decisions[$case]}" ]] ||
        fail "$case was \"$decision\", not \"${decisions[$case]}\"" "$temporary/$case.answer"
}

# watch_answers CASE…: compares answers with the pattern while the load runs; ends when asked to, or with the first
# that differs.
watch_answers() {
    local case
    while [[ ! -e $temporary/load-ended ]]; do
        for case in "$@"; do
            ask "$case" "$temporary/watched" >/dev/null || return 1
            cmp "$temporary/watched" "$temporary/$case.answer" >>"$temporary/curl.log" || return 1
        done
        sleep 0.25
    done
}

# load THREADS CONNECTIONS SECONDS: posts the reviews in the files $REVIEWS; prints the line of figures of post.lua.
load() {
    timeout $(($3 + 20)) wrk --threads "$1" --connections "$2" --duration "$3" --timeout 10s \
        --script Benchmarks/post.lua "https://127.0.0.1:$port/mutate" >"$temporary/wrk.log" 2>&1 ||
        fail 'wrk failed' "$temporary/wrk.log"
    sed -n 's/^figures\t//p' "$temporary/wrk.log"
}
