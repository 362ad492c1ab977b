# For scripts that start servers: what they start runs in process groups of its own and ends with the script, however
# that ends. To be sourced; the script defines `fail MESSAGE [LOG]`, and finds a folder in $temporary that is removed.

temporary=$(mktemp -d)
readonly temporary
declare -A started=()

# start LOG COMMAND…: runs a program. Sets $pid.
start() {
    local log=$1
    shift
    : >"$log"
    # Should memory run out, the kernel takes this first and nobody else's work.
    (echo 1000 2>/dev/null >/proc/self/oom_score_adj || true; exec setsid "$@") >"$log" 2>&1 </dev/null &
    pid=$!
    started[$pid]=1
}

# stop PID: asks a program that was started to end, and kills its whole group if five seconds were not enough.
stop() {
    local i
    kill -TERM "$1" 2>/dev/null || true
    for ((i = 0; i < 50; i++)); do
        kill -0 -- "-$1" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL -- "-$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
    unset "started[$1]"
}

# await LOG PATTERN: waits until a line of the log matches, and prints the last one that does.
await() {
    local log=$1 pattern=$2 i
    for ((i = 0; i < 200; i++)); do
        if grep -E -- "$pattern" "$log" | tail -n 1 | grep .; then
            return
        fi
        kill -0 "$pid" 2>/dev/null || fail "the program ended before it wrote \"$pattern\"" "$log"
        sleep 0.05
    done
    fail "the program did not write \"$pattern\" within 10 seconds" "$log"
}

clean_up() {
    local pid
    for pid in "${!started[@]}"; do
        stop "$pid"
    done
    rm -rf "$temporary"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
