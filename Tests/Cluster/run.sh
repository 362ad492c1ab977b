#!/usr/bin/env bash
# `make test-cluster`: what only a real API server can say of the webhook: that it takes the patches, the denials and the
# warnings, that the selectors choose as the chart means them to, and that the guard guards. Closing line:
# "N passed, N failed".
#
# Needs KUBEBUILDER_ASSETS, envtest's convention: a folder with kube-apiserver, etcd and kubectl
# (https://book.kubebuilder.io/reference/envtest). The API server reaches the webhook by URL on this machine, so a cluster
# elsewhere will not do. Where something is missing it says what, and ends with status 77.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly reviews=Tests/Fixtures/admission-reviews
skip() {
    echo "make test-cluster: skipped: $1" >&2
    exit 77
}
[[ -n ${KUBEBUILDER_ASSETS:-} ]] ||
    skip 'KUBEBUILDER_ASSETS is not set: name a folder with kube-apiserver, etcd and kubectl, as setup-envtest makes it'
for program in kube-apiserver etcd kubectl; do
    [[ -x $KUBEBUILDER_ASSETS/$program ]] || skip "KUBEBUILDER_ASSETS ($KUBEBUILDER_ASSETS) has no $program"
done
.ci/require curl jq openssl python3
swift build --product uwsgi-max-fd
readonly executable=.build/debug/uwsgi-max-fd

work=$(mktemp -d)
readonly work
processes=()
passed=0
failed=0
finish() {
    for process in "${processes[@]}"; do kill -KILL "$process" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}
trap finish EXIT

check() {
    local name=$1
    shift
    if "$@" >"$work/check.log" 2>&1; then
        printf 'ok    %s\n' "$name"
        passed=$((passed + 1))
    else
        printf 'FAIL  %s\n' "$name"
        sed 's/^/      /' "$work/check.log"
        failed=$((failed + 1))
    fi
}

# start LOG COMMAND…: runs a server until the end.
start() {
    local log=$1
    shift
    "$@" >"$work/$log.log" 2>&1 &
    processes+=($!)
}

# until_ready WHAT COMMAND…: asks once a second, for a minute.
until_ready() {
    local what=$1 try
    shift
    for ((try = 0; try < 60; try++)); do
        ! "$@" >"$work/ready.log" 2>&1 || return 0
        sleep 1
    done
    echo "$what did not become ready:" >&2
    tail -n 20 "$work"/*.log >&2
    exit 1
}

# ---------------------------------------------------------------------------------------------- The servers

mapfile -t ports < <(python3 - 5 <<'PORTS'
import socket, sys

sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
for each in sockets:
    print(each.getsockname()[1])
PORTS
)
readonly etcd=http://127.0.0.1:${ports[0]} peers=http://127.0.0.1:${ports[1]} webhook=https://127.0.0.1:${ports[3]}
token=$(openssl rand -hex 16)
printf '%s,admin,admin,system:masters\n' "$token" >"$work/tokens.csv"
openssl genpkey -algorithm RSA -out "$work/accounts.key" 2>"$work/openssl.log"
printf '%s\n' '{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "Metadata"}]}' >"$work/policy.json"

start etcd "$KUBEBUILDER_ASSETS/etcd" --data-dir "$work/etcd" --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
    --listen-peer-urls "$peers" --initial-advertise-peer-urls "$peers" --initial-cluster "default=$peers"
until_ready etcd curl --silent --fail "$etcd/health"
# Pods without a ServiceAccount are taken, since nothing here makes one in a namespace.
start apiserver "$KUBEBUILDER_ASSETS/kube-apiserver" --etcd-servers "$etcd" --bind-address 127.0.0.1 \
    --secure-port "${ports[2]}" --cert-dir "$work/apiserver" --service-cluster-ip-range 10.0.0.0/24 \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$work/accounts.key" \
    --service-account-signing-key-file "$work/accounts.key" --token-auth-file "$work/tokens.csv" \
    --authorization-mode RBAC --disable-admission-plugins ServiceAccount --allow-privileged \
    --audit-policy-file "$work/policy.json" --audit-log-path "$work/audit.jsonl"
kubectl() {
    "$KUBEBUILDER_ASSETS/kubectl" --kubeconfig /dev/null --server "https://127.0.0.1:${ports[2]}" \
        --insecure-skip-tls-verify --token "$token" "$@"
}
until_ready kube-apiserver kubectl get --raw /readyz

"$executable" certs --directory "$work/certs" 127.0.0.1 >"$work/certs.log"
start webhook "$executable" serve --tls-cert "$work/certs/tls.crt" --tls-key "$work/certs/tls.key" \
    --bind "${webhook#https://}" --admin-bind "127.0.0.1:${ports[4]}" --drain-delay 0s
until_ready 'the webhook' curl --silent --fail "http://127.0.0.1:${ports[4]}/readyz"

# ---------------------------------------------------------------------------------------------- The chart

ca=$(base64 --wrap 0 "$work/certs/ca.crt")
charts/manifests --set image.repository=unused.example.com/webhook --set certificates.mode=existingSecret \
    --set certificates.existingSecret.name=unused --set "certificates.existingSecret.caBundle=$ca" \
    --set guard.enabled=true --set webhooks.workloads.enabled=true --output "$work/manifests.yaml"
# The configurations and the guard, with webhooks by URL.
kubectl create --dry-run=client --output json --filename "$work/manifests.yaml" | jq --arg url "$webhook" --arg ca "$ca" '
    (if .kind == "List" then .items[] else . end)
    | select(.apiVersion | startswith("admissionregistration.k8s.io/"))
    | (.webhooks // empty)[].clientConfig |= {url: ($url + .service.path), caBundle: $ca}' >"$work/webhooks.json"
check 'the API server takes the configurations and the guard' kubectl apply --filename "$work/webhooks.json"
for policy in mutate strict audit off; do
    kubectl create namespace "$policy" >>"$work/namespaces.log"
    kubectl label namespace "$policy" "uwsgi-max-fd/policy=$policy" >>"$work/namespaces.log"
done

# pod NAMESPACE [ARGUMENTS…]: creates a Pod that runs uWSGI with these.
pod() {
    local namespace=$1
    shift
    kubectl --namespace "$namespace" create --output json --filename - <<POD
{"apiVersion": "v1", "kind": "Pod", "metadata": {"generateName": "web-"}, "spec": {"containers": [
    {"name": "web", "image": "web", "command": ["uwsgi", "--http", ":8000"$(printf ', "%s"' "$@" | sed 's/, ""$//')]}]}}
POD
}
# The API server takes up configurations after a moment.
is_patched() { pod mutate | jq --exit-status '.spec.containers[0].env[0].name == "UWSGI_MAX_FD"'; }
until_ready 'the webhook configurations' is_patched

check 'mutate adds the variable' is_patched
check 'off leaves the Pod alone' bash -c '! grep --quiet UWSGI_MAX_FD' < <(pod off)
refuses() { ! pod strict && pod strict 2>&1 | grep --quiet 'max-fd'; }
check 'strict refuses' refuses
check 'strict takes a Pod with max-fd' pod strict --max-fd 4096
warns() { pod audit 2>&1 >"$work/audit.json" | grep --quiet 'Warning:.*max-fd'; }
check 'audit warns' warns
workload() {
    kubectl --namespace strict create deployment web --image web -- uwsgi --http :8000 2>&1 | grep --quiet 'Warning:.*max-fd'
}
check 'a Deployment is taken with a warning' workload
annotated() { jq --exit-status --slurp 'any(.annotations // {} | to_entries[]; .key | contains("uwsgi-max-fd.webhook/"))' "$work/audit.jsonl"; }
check 'the API server has the audit annotations' until_ready 'the audit log' annotated

# What the API server takes without the webhook, it must take with the webhook's patch.
corpus() {
    local review taken=0
    for review in "$reviews"/*.pod.json; do
        jq 'select(.request.operation == "CREATE") | .request.object | del(.metadata.namespace, .metadata.uid, .spec.nodeName, .status)' \
            "$review" >"$work/pod.json"
        [[ -s $work/pod.json ]] || continue
        kubectl --namespace off create --dry-run=server --filename "$work/pod.json" >"$work/off.log" 2>&1 || continue
        taken=$((taken + 1))
        kubectl --namespace mutate create --dry-run=server --filename "$work/pod.json" || { echo "$review" && return 1; }
    done
    [[ $taken -gt 0 ]]
}
check 'every patch is accepted' corpus

kubectl create clusterrolebinding everyone --clusterrole cluster-admin --user eve >>"$work/namespaces.log"
guarded() { ! kubectl --as eve label --overwrite namespace strict uwsgi-max-fd/policy=off; }
check 'the guard keeps others from changing the policy' guarded
check 'the guard lets others change another label' kubectl --as eve label namespace strict team=a

kubectl get namespaces,mutatingwebhookconfigurations,validatingwebhookconfigurations --output json >"$work/cluster.json"
explains() {
    pod mutate >"$work/mutated.json"
    "$executable" explain --cluster "$work/cluster.json" "$work/mutated.json" | tee /dev/stderr |
        grep --after-context 1 'mutate (its own)' | grep --quiet '/mutate  taken'
}
check 'explain --cluster says what the API server did' explains

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
