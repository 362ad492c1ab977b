"""A Kubernetes control plane on this machine: etcd and kube-apiserver from the folder KUBEBUILDER_ASSETS.

It has no nodes and no controllers; what a kubelet and kube-proxy do for the webhook, node.py and service_network.py do.
"""

import json
import pathlib
import secrets
import subprocess
import urllib.request

from processes import Process, free_ports, until


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


class ControlPlane:
    def __init__(self, assets, folder, network):
        """`network` is the socket by which the API server reaches what is inside the cluster (service_network.py)."""
        self.assets, self.folder = pathlib.Path(assets), pathlib.Path(folder)
        self.audit_log = self.folder / "audit.jsonl"
        self.kubeconfig = self.folder / "kubeconfig"
        etcd, peers, self.port = free_ports(3)
        self._start_etcd(f"http://127.0.0.1:{etcd}", f"http://127.0.0.1:{peers}")
        self._write_configuration(network)
        self._start_api_server(f"http://127.0.0.1:{etcd}")

    def _start_etcd(self, clients, peers):
        process = Process(
            "etcd",
            [
                self.assets / "etcd",
                f"--data-dir={self.folder / 'etcd'}",
                f"--listen-client-urls={clients}",
                f"--advertise-client-urls={clients}",
                f"--listen-peer-urls={peers}",
                f"--initial-advertise-peer-urls={peers}",
                f"--initial-cluster=default={peers}",
                # Nothing has to outlive these tests.
                "--unsafe-no-fsync",
            ],
            self.folder,
        )
        until("etcd is healthy", lambda: _answers(f"{clients}/health"), process=process)

    def _write_configuration(self, network):
        token = secrets.token_hex(16)
        (self.folder / "tokens.csv").write_text(f"{token},admin,admin,system:masters\n")
        subprocess.run(
            ["openssl", "genpkey", "-algorithm", "RSA", "-out", self.folder / "accounts.key"],
            check=True,
            capture_output=True,
        )
        self._write(
            "audit-policy.json",
            {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "Metadata"}]},
        )
        # https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/
        connection = {
            "proxyProtocol": "HTTPConnect",
            "transport": {"uds": {"udsName": str(network)}},
        }
        self._write(
            "egress.json",
            {
                "apiVersion": "apiserver.k8s.io/v1beta1",
                "kind": "EgressSelectorConfiguration",
                "egressSelections": [{"name": "cluster", "connection": connection}],
            },
        )
        self._write(
            "kubeconfig",
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [
                    {
                        "name": "tests",
                        "cluster": {
                            "server": f"https://127.0.0.1:{self.port}",
                            "insecure-skip-tls-verify": True,
                        },
                    }
                ],
                "users": [{"name": "admin", "user": {"token": token}}],
                "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "admin"}}],
                "current-context": "tests",
            },
        )

    def _write(self, name, value):
        (self.folder / name).write_text(json.dumps(value, indent=1))

    def _start_api_server(self, etcd):
        accounts = self.folder / "accounts.key"
        self.api_server = Process(
            "kube-apiserver",
            [
                self.assets / "kube-apiserver",
                f"--etcd-servers={etcd}",
                "--bind-address=127.0.0.1",
                f"--secure-port={self.port}",
                f"--cert-dir={self.folder / 'kube-apiserver'}",
                "--service-cluster-ip-range=10.0.0.0/24",
                "--service-account-issuer=https://kubernetes.default.svc",
                f"--service-account-key-file={accounts}",
                f"--service-account-signing-key-file={accounts}",
                f"--token-auth-file={self.folder / 'tokens.csv'}",
                "--authorization-mode=RBAC",
                # No controller makes the ServiceAccount `default` that every Pod would need.
                "--disable-admission-plugins=ServiceAccount",
                "--allow-privileged",
                f"--audit-policy-file={self.folder / 'audit-policy.json'}",
                f"--audit-log-path={self.audit_log}",
                f"--egress-selector-config-file={self.folder / 'egress.json'}",
            ],
            self.folder,
        )
