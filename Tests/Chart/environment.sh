# shellcheck shell=bash
# Sourced: makes the virtual environment with Helm's engine once, and sets `python` to it.
# The folder can be moved by CHART_VENV.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
venv=${CHART_VENV:-$root/.build-chart/venv}
python=$venv/bin/python
wanted=$root/Tests/Chart/requirements.txt

if ! cmp -s "$wanted" "$venv/requirements.txt"; then
    echo "Setting up Helm's engine in ${venv#"$root"/}" >&2
    rm -rf "$venv"
    # Debian keeps what makes virtual environments in a package of its own.
    python3 -c 'import ensurepip' 2>/dev/null || "$root/.ci/require" python3-venv
    python3 -m venv "$venv"
    "$python" -m pip install --quiet --disable-pip-version-check --requirement "$wanted" >&2
    cp "$wanted" "$venv/requirements.txt"
fi
