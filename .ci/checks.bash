# shellcheck shell=bash disable=SC2154
# For scripts whose checks are commands: a line for each that ends well or not, and the numbers of both. To be sourced;
# the script names a folder in $work and ends with `count_checks`.

passed=0
failed=0

# check NAME COMMAND…: runs a command, and shows what it printed if it fails.
check() {
    local name=$1
    shift
    # In this shell, for a check may set variables.
    if "$@" >"$work/check.log" 2>&1; then
        printf 'ok    %s\n' "$name"
        passed=$((passed + 1))
    else
        printf 'FAIL  %s\n' "$name"
        sed 's/^/      /' "$work/check.log"
        failed=$((failed + 1))
    fi
}

# count_checks: the closing line, "N passed, N failed"; fails if a check did.
count_checks() {
    echo "$passed passed, $failed failed"
    [[ $failed == 0 ]]
}
