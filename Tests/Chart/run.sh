#!/usr/bin/env bash
# Tests the chart with the real Helm engine. Closing line: "N passed, N failed".
# An argument that ends in .xml names an xUnit file to write; others go to pytest, for example:
#   Tests/Chart/run.sh -k gardener
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Tests/Chart/environment.sh
source "$here/environment.sh"

# promtool judges the alerts, curl runs the script of `helm test`.
missing=()
command -v promtool >/dev/null || missing+=(prometheus)
command -v curl >/dev/null || missing+=(curl)
command -v shellcheck >/dev/null || missing+=(shellcheck)
command -v openssl >/dev/null || missing+=(openssl)
if ((${#missing[@]})); then
    echo "Installing ${missing[*]}" >&2
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}" >&2
fi

exec "$python" -B "$here/run.py" "$@"
