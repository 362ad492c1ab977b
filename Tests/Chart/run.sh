#!/usr/bin/env bash
# Tests the chart with the real Helm engine. Closing line: "N passed, N failed".
# Arguments go to pytest, for example: Tests/Chart/run.sh --junitxml FILE -k gardener
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Tests/Chart/environment.sh
source "$here/environment.sh"

# promtool judges the alerts, curl runs the script of `helm test`, openssl judges certificates.
"$root/.ci/require" curl openssl shellcheck
if ! command -v promtool >/dev/null; then
    # The program alone: installing Debian's package would start a Prometheus on this machine.
    tools=$root/.build-chart/tools
    if [[ ! -x $tools/usr/bin/promtool ]]; then
        echo "Fetching promtool" >&2
        mkdir -p "$tools"
        (cd "$tools" && { apt-get --quiet=2 download prometheus || { apt-get --quiet=2 update && apt-get --quiet=2 download prometheus; }; } >&2)
        dpkg-deb --fsys-tarfile "$tools"/prometheus_*.deb | tar --extract --directory "$tools" ./usr/bin/promtool
        rm "$tools"/prometheus_*.deb
    fi
    PATH=$tools/usr/bin:$PATH
fi

exec "$python" -B "$here/run.py" "$here" "$@"
