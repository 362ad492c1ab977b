#!/usr/bin/env bash
# `make test-cluster`: what only a real API server can say of the chart and the webhook. Closing line:
# "N passed, N failed". Arguments go to pytest.
#
# Needs KUBEBUILDER_ASSETS, envtest's convention: a folder with kube-apiserver, etcd and kubectl
# (https://book.kubebuilder.io/reference/envtest). Or a cluster that is there to be tried with: KUBECONFIG names it, and
# WEBHOOK_ADDRESS the address at which its API server reaches this machine, such as 127.0.0.1; what is made in it is
# deleted at the end. Where something is missing it says what, and ends with status 77.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
skip() {
    echo "make test-cluster: skipped: $1" >&2
    exit 77
}
if [[ -n ${KUBEBUILDER_ASSETS:-} ]]; then
    for program in kube-apiserver etcd kubectl; do
        [[ -x $KUBEBUILDER_ASSETS/$program ]] || skip "KUBEBUILDER_ASSETS ($KUBEBUILDER_ASSETS) has no $program"
    done
elif [[ -n ${KUBECONFIG:-} && -n ${WEBHOOK_ADDRESS:-} ]]; then
    [[ -r $KUBECONFIG ]] || skip "KUBECONFIG ($KUBECONFIG) is not a file that can be read"
    command -v kubectl >/dev/null || skip 'there is no kubectl on the PATH'
else
    skip 'there is no API server: set KUBEBUILDER_ASSETS to a folder with kube-apiserver, etcd and kubectl, as
setup-envtest makes it, or KUBECONFIG and WEBHOOK_ADDRESS (Tests/Cluster/run.sh)'
fi

# shellcheck source=Tests/Chart/environment.sh
source "$here/../Chart/environment.sh"
"$root/.ci/require" openssl
cd "$root"
swift build --product uwsgi-max-fd
export EXECUTABLE=$root/.build/debug/uwsgi-max-fd
exec "$python" -B Tests/Chart/run.py "$here" "$@"
