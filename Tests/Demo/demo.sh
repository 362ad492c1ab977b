#!/usr/bin/env bash
# `make demo`: the webhook reviews a Pod that runs uWSGI, and the variable from its answer is then given to a real uWSGI
# on a node which allows DEMO_NOFILE open files (default 2^27), or that believes itself on one where this machine allows
# nobody as many; where it does, `node` looks at the processes too. Everything shown is measured; a figure that
# contradicts what this project claims ends the demo with an error.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly review=Tests/Fixtures/admission-reviews/openedx-lms.pod.json
readonly executable=.build/release/uwsgi-max-fd
readonly nofile=${DEMO_NOFILE:-$((1 << 27))}
# uWSGI's routers keep one pointer for every file that they may open (plugins/corerouter/corerouter.c).
readonly pointer_bytes=8

source .ci/processes.bash

# ---------------------------------------------------------------------------------------------- Output

bold='' red='' green='' cyan='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' cyan=$'\e[36m' plain=$'\e[0m'
fi
# Bars in eighths of a character where the terminal can show them.
full='#' parts=('' '' '' '' '' '' '' '')
if [[ $(locale charmap 2>/dev/null) == UTF-8 ]]; then
    full='█' parts=('' ▏ ▎ ▍ ▌ ▋ ▊ ▉)
fi
# From here on a number's decimal point is a point, whatever the visitor's language.
export LC_ALL=C

heading() { printf '\n%s%s%s\n\n' "$bold" "$1" "$plain"; }
note() { printf '  %-10s %s%s%s\n' "$1" "${3:-}" "$2" "$plain"; }

# wrapped SEPARATOR: standard input in lines of at most 80 columns, broken behind the separator where there is one.
wrapped() {
    awk -v separator="$1" -v width=76 '{
        n = split($0, pieces, separator)
        line = ""
        for (i = 1; i <= n; i++) {
            piece = pieces[i] (i < n ? separator : "")
            if (line != "" && length(line piece) > width) { print line; line = "" }
            line = line piece
        }
        print line
    }' | fold -w 76 | sed -e 's/^/    /' -e 's/ *$//'
}

# fail MESSAGE [FILE]: ends the demo, after the last lines of the log that may tell why.
fail() {
    if [[ -s ${2:-} ]]; then
        tail -n 15 "$2" | sed 's/^/    /' >&2
    fi
    printf '\n%sdemo failed:%s %s\n' "$red" "$plain" "$1" >&2
    exit 1
}

mebibytes() { printf '%d.%d MiB' $(($1 / 1024)) $(($1 % 1024 * 10 / 1024)); }
seconds() { printf '%d.%02d s' $(($1 / 100)) $(($1 % 100)); }

# bar VALUE MAXIMUM: forty columns for the maximum, at least a sliver for anything.
bar() {
    local eighths=$(($1 * 320 / ($2 > 0 ? $2 : 1))) i
    if ((eighths == 0 && $1 > 0)); then
        eighths=1
    fi
    for ((i = 0; i < eighths / 8; i++)); do
        printf '%s' "$full"
    done
    printf '%s' "${parts[eighths % 8]}"
}

# ---------------------------------------------------------------------------------------------- Memory

# The memory in bytes that the demo can use: the machine's, and what each control group above it leaves.
available_memory() {
    local available used limit directory
    available=$(($(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo) * 1024))
    while IFS=: read -r _ controllers path; do
        case $controllers in
        '') directory=/sys/fs/cgroup limit=memory.max used=memory.current ;;
        memory) directory=/sys/fs/cgroup/memory limit=memory.limit_in_bytes used=memory.usage_in_bytes ;;
        *) continue ;;
        esac
        # In a container the path may be the host's; then only the top directory is there, and it is the container's.
        while true; do
            if [[ -r $directory$path/$limit && $(<"$directory$path/$limit") != max ]]; then
                local left=$(($(<"$directory$path/$limit") - $(<"$directory$path/$used")))
                ((left < available)) && available=$left
            fi
            [[ -n $path && $path != / ]] || break
            path=${path%/*}
        done
    done </proc/self/cgroup
    echo "$available"
}

check_settings() {
    local minimum=$((1 << 24)) maximum=2147483584
    if [[ ! $nofile =~ ^[1-9][0-9]{0,9}$ ]] || ((nofile < minimum || nofile > maximum)); then
        fail "DEMO_NOFILE must be a whole number from $minimum to $maximum (the kernel's maximum), not \"$nofile\""
    fi
    local needed=$((nofile * pointer_bytes + (512 << 20))) available
    available=$(available_memory)
    if ((available < needed)); then
        fail "uWSGI will fill $((nofile * pointer_bytes >> 20)) MiB with $nofile open files allowed, which with a margin\
 takes $((needed >> 20)) MiB; only $((available >> 20)) MiB are free. A smaller DEMO_NOFILE, such as $minimum, needs less."
    fi
}

# ---------------------------------------------------------------------------------------------- The webhook

# post POLICY ANSWER: sends the recorded review to the webhook, over TLS that is verified against its CA.
post() {
    curl --silent --show-error --fail-with-body --max-time 10 --tlsv1.3 --cacert "$temporary/ca.pem" \
        --header 'Content-Type: application/json' --data-binary "@$review" --output "$2" \
        "https://localhost:$port/$1" || fail "POST /$1 was not answered" "$temporary/webhook.log"
}

start_webhook() {
    local address
    start "$temporary/webhook.log" "$executable" serve \
        --self-signed localhost 127.0.0.1 --ca-out "$temporary/ca.pem" \
        --bind 127.0.0.1:0 --admin-bind 127.0.0.1:0 --drain-delay 0s
    webhook=$pid
    address=$(await "$temporary/webhook.log" '"msg":"started"' | jq --raw-output .address)
    port=${address##*:}
}

# Shows what /mutate answers, and sets $variable to the variable in its patch.
show_mutate() {
    local answer=$temporary/mutate.json
    heading '1. /mutate: a Pod that runs uWSGI gets a max-fd'
    note request 'POST /mutate over TLS 1.3, verified against the CA of the webhook'
    note review "$review"
    post mutate "$answer"
    note decision "$(jq --raw-output '.response.auditAnnotations.decision' "$answer")" "$green"
    jq --exit-status '.response.allowed' "$answer" >/dev/null || fail '/mutate did not allow the Pod' "$answer"

    jq --raw-output '.response.patch // "" | @base64d' "$answer" >"$temporary/patch.json"
    note patch '(decoded)'
    jq --compact-output '.[]?' "$temporary/patch.json" | wrapped ,
    note 'audit log' '(one line, wrapped here)'
    await "$temporary/webhook.log" '"policy":"mutate"' | wrapped ,

    variable=$(jq --raw-output \
        '[.. | objects | select(.name == "UWSGI_MAX_FD") | "\(.name)=\(.value)"] | first // ""' \
        "$temporary/patch.json")
    [[ $variable =~ ^UWSGI_MAX_FD=[1-9][0-9]*$ ]] || fail 'the patch does not add UWSGI_MAX_FD' "$temporary/patch.json"
}

show_strict() {
    local answer=$temporary/strict.json
    heading '2. /strict: the same Pod is refused, and the message names the cure'
    note request 'POST /strict, the same review'
    post strict "$answer"
    note decision "$(jq --raw-output '.response.auditAnnotations.decision' "$answer")" "$red"
    jq --exit-status '.response.allowed == false' "$answer" >/dev/null || fail '/strict let the Pod pass' "$answer"
    jq --raw-output '.response.status.message' "$answer" | wrapped ' '
}

# ---------------------------------------------------------------------------------------------- uWSGI

declare -A resident processor together first_answer believed processes

# Gives this shell, and so what it starts from now on, the node's limit. Where it has a lower one, that takes the right to
# raise limits (CAP_SYS_RESOURCE) and, where fs.nr_open is lower, to write to it. It is the whole machine's: it is touched
# only once the right is certain, and put back at once, which takes nothing from those who have the limit (setrlimit(2)).
take_limit() (
    prlimit --pid $$ --nofile="$nofile:$nofile" 2>/dev/null && return
    before=$(</proc/sys/fs/nr_open)
    capabilities=0x$(awk '$1 == "CapEff:" { print $2 }' /proc/self/status)
    # CAP_SYS_RESOURCE, by its number in linux/capability.h.
    ((nofile > before && capabilities >> 24 & 1)) && [[ -w /proc/sys/fs/nr_open ]] || return
    # From here until it is put back, nothing that can be caught ends this.
    trap '' INT TERM HUP
    { echo "$nofile" >/proc/sys/fs/nr_open; } 2>/dev/null || return
    prlimit --pid $$ --nofile="$nofile:$nofile" 2>/dev/null
    taken=$?
    echo "$before" >/proc/sys/fs/nr_open
    return $taken
)

# The port of the socket that a process holds as a file descriptor; uWSGI does not log which one it got for port 0.
port_of() {
    local socket inode
    socket=$(readlink "/proc/$1/fd/$2")
    inode=${socket//[!0-9]/}
    printf '%d' "0x$(awk -v inode="$inode" '$10 == inode { sub(/.*:/, "", $2); print $2 }' /proc/net/tcp)"
}

# Memory in KiB: field Rss (all that is mapped) or Pss (shared pages divided among those who share them).
memory_of() { awk -v field="$2:" '$1 == field { print $2 }' "/proc/$1/smaps_rollup"; }

# Processor time in hundredths of a second, all threads, user and kernel. The name before the figures can hold spaces.
processor_time_of() {
    sed 's/.*) //' "/proc/$1/stat" | awk -v ticks="$(getconf CLK_TCK)" '{ print int(($12 + $13) * 100 / ticks) }'
}

# await_answer PORT LOG: waits until uWSGI has answered one request.
await_answer() {
    local answer=$temporary/answer request
    # The kernel takes the connection at once. The router answers it when its table is filled, at 10^7 entries a second
    # on a slow machine.
    curl --silent --max-time $((30 + nofile / 10000000)) --output "$answer" "http://127.0.0.1:$1/" &
    request=$!
    started[$request]=1
    while kill -0 "$request" 2>/dev/null; do
        if grep -q 'respawned uWSGI http' "$2"; then
            fail "uWSGI's HTTP router died while it filled its table: memory is short here" "$2"
        fi
        sleep 0.02
    done
    wait "$request" || fail 'uWSGI did not answer in time' "$2"
    unset "started[$request]"
    [[ $(<"$answer") == hello ]] || fail "uWSGI answered \"$(<"$answer")\" where \"hello\" was expected" "$2"
}

# measure RUN [VARIABLE]: starts uWSGI with its HTTP router under the node's limit, waits for its first answer, and
# notes what each of its processes uses.
measure() {
    local run=$1 log=$temporary/uwsgi-$1.log since line role process
    # An empty environment otherwise: the visitor's own UWSGI_ variables must not take part.
    start "$log" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "${node_limit[@]}" "${@:2}" \
        uwsgi-core --plugin http,python3 --http 127.0.0.1:0 --master --processes 2 --auto-procname \
        --wsgi-file Tests/Demo/app.py --need-app --die-on-term
    since=${EPOCHREALTIME//./}
    line=$(await "$log" 'uWSGI http bound on')
    await_answer "$(port_of "$pid" "${line##* }")" "$log"
    first_answer[$run]=$(((${EPOCHREALTIME//./} - since) / 10000))

    line=$(await "$log" 'detected max file descriptor number')
    believed[$run]=${line##* }
    together[$run]=0
    while read -r role process; do
        resident[$run:$role]=$(memory_of "$process" Rss)
        processor[$run:$role]=$(processor_time_of "$process")
        together[$run]=$((together[$run] + $(memory_of "$process" Pss)))
        processes[$run:$role]=$process
    done < <(sed -nE 's/^spawned uWSGI (master|worker|http) ?([0-9]*).*\(pid: ([0-9]+).*/\1\2 \3/p' "$log")
    if [[ -n $has_limit ]]; then
        look "$run" text
        look "$run" json
    fi
    stop "$pid"
}

# look RUN OUTPUT: keeps what `node` says now. It ends with 1 where something is in danger.
look() {
    "$executable" node --output "$2" >"$temporary/node-$1.$2" 2>"$temporary/node.log" || (($? == 1)) ||
        fail 'node could not look at this machine' "$temporary/node.log"
}

readonly roles=(http1 master worker1 worker2)
declare -rA titles=([http1]='http router' [master]=master [worker1]='worker 1' [worker2]='worker 2')

row() { printf '  %-24s %16s %8s %16s %8s\n' "$@"; }

table() {
    local role
    printf '%s  %-24s %25s %25s%s\n' "$bold" '' without "with $variable" "$plain"
    row process resident CPU resident CPU
    for role in "${roles[@]}"; do
        row "${titles[$role]}" \
            "$(mebibytes "${resident[without:$role]}")" "$(seconds "${processor[without:$role]}")" \
            "$(mebibytes "${resident[with:$role]}")" "$(seconds "${processor[with:$role]}")"
    done
    printf '  %-24s %16s %25s\n' 'all, shared pages once' \
        "$(mebibytes "${together[without]}")" "$(mebibytes "${together[with]}")"
    printf '  %-24s %16s %25s\n' 'max-fd that uWSGI saw' "${believed[without]}" "${believed[with]}"
    printf '  %-24s %25s %25s\n' 'first answer after' \
        "$(seconds "${first_answer[without]}")" "$(seconds "${first_answer[with]}")"
}

bars() {
    local run role colour
    printf '\n  Resident memory of each process\n'
    for run in without with; do
        [[ $run == without ]] && colour=$red || colour=$green
        for role in "${roles[@]}"; do
            printf '  %-8s %-12s %s%s%s %s\n' "$run" "${titles[$role]}" "$colour" \
                "$(bar "${resident[$run:$role]}" "${resident[without:http1]}")" "$plain" \
                "$(mebibytes "${resident[$run:$role]}")"
        done
    done
    printf '\n  Processor time of the http router until its first answer\n'
    for run in without with; do
        [[ $run == without ]] && colour=$red || colour=$green
        printf '  %-8s %-12s %s%s%s %s\n' "$run" "${titles[http1]}" "$colour" \
            "$(bar "${processor[$run:http1]}" "${processor[without:http1]}")" "$plain" \
            "$(seconds "${processor[$run:http1]}")"
    done
}

show_cure() {
    heading "3. The cure, on real uWSGI, on a node that allows $nofile open files"
    has_limit='' node_limit=()
    if take_limit; then
        has_limit=1
    else
        "${CC:-clang}" -Wall -Wextra -Werror -O1 -shared -fPIC -o "$temporary/node-limit.so" Tests/Demo/node-limit.c
        node_limit=(LD_PRELOAD="$temporary/node-limit.so" DEMO_NOFILE="$nofile")
    fi
    note uWSGI "$(uwsgi-core --version)"
    note command 'uwsgi --http 127.0.0.1:0 --master --processes 2 --wsgi-file app.py' "$cyan"
    note limit "$nofile files, $([[ -n $has_limit ]] && echo "this shell's own" || echo 'by a preloaded library'); the rest is measured"
    echo
    measure without
    measure with "$variable"
    table
    bars
}

# What `node` says of the processes that the demo has started, before and after.
show_node() {
    local run role own state expected=safe
    heading '4. node: the same processes, as seen from the node'
    if [[ -z $has_limit ]]; then
        note 'not shown' "it takes root with CAP_SYS_RESOURCE and a writable fs.nr_open to allow $nofile files here"
        return
    fi
    for run in without with; do
        own=
        for role in "${roles[@]}"; do
            own+=" ${processes[$run:$role]}"
        done
        note "$run" "$([[ $run == with ]] && echo "$variable")"
        awk -v own="$own " '$1 == "PID" || ($1 ~ /^[0-9]+$/ && index(own, " " $1 " "))' "$temporary/node-$run.text" |
            sed 's/^/    /'
    done
    # More than 2^24 does harm.
    ((nofile > 1 << 24)) && expected=danger
    for run in without with; do
        [[ $run == with ]] && expected=safe
        state=$(jq --raw-output --argjson router "${processes[$run:http1]}" \
            '.uwsgi[] | select(.pid == $router) | "\(.role) \(.state)"' "$temporary/node-$run.json")
        [[ $state == "router $expected" ]] ||
            fail "node called the router $run the variable \"$state\", not \"router $expected\"" "$temporary/node-$run.text"
    done
}

# The claim, in figures.
check_claim() {
    local table_kib=$((nofile * pointer_bytes / 1024)) value=${variable#*=}
    ((believed[without] == nofile)) ||
        fail "without the variable uWSGI saw a limit of ${believed[without]}, not the node's $nofile"
    ((believed[with] == value)) ||
        fail "with $variable uWSGI saw a limit of ${believed[with]}"
    ((${resident[without:http1]} * 10 >= table_kib * 9)) ||
        fail "without the variable the router holds $(mebibytes "${resident[without:http1]}"), where its table alone \
should be $(mebibytes "$table_kib")"
    ((together[with] <= 64 * 1024)) ||
        fail "with the variable uWSGI still holds $(mebibytes "${together[with]}"), more than 64 MiB"
    printf "\n  %sThe router's memory fell from %s to %s: to one part in %d.%s\n" "$bold$green" \
        "$(mebibytes "${resident[without:http1]}")" "$(mebibytes "${resident[with:http1]}")" \
        $((${resident[without:http1]} / ${resident[with:http1]})) "$plain"
}

check_settings
make --no-print-directory release
start_webhook
show_mutate
show_strict
stop "$webhook"
show_cure
show_node
check_claim
