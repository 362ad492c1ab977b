"""What `scan` and `explain` make of a cluster, held against that cluster."""

import json
import os
import re
import subprocess

import pytest
from pods import container, max_fd, path_of, pod, pods_of, workload

KINDS = ("Deployment", "DaemonSet", "StatefulSet", "CronJob")
LISTED = "pods,deployments,statefulsets,daemonsets,jobs,cronjobs"


@pytest.fixture(scope="module")
def existing(cluster):
    """A namespace with workloads that were there before."""
    cluster.make_namespace("existing", {})
    for kind in KINDS:
        assert cluster.api.create(path_of(kind, "existing"), workload(kind, kind.lower())).status == 201
    return "existing"


def scan(cluster, namespace, *options):
    listed = cluster.api.run_kubectl("get", LISTED, "--namespace", namespace, "--output", "json")
    return subprocess.run([cluster.executable, "scan", *options], input=listed, capture_output=True, text=True)


def test_the_commands_of_the_patch_output_mend_what_is_there(cluster, existing):
    before = scan(cluster, existing, "--policy", "strict")
    assert before.returncode == 1 and all(f"{kind}/{kind.lower()}" in before.stdout for kind in KINDS), before
    commands = scan(cluster, existing, "--policy", "strict", "--output", "patch")
    path = f"{cluster.api.kubectl.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-eu"],
        input=commands.stdout,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, "KUBECONFIG": str(cluster.api.kubeconfig)},
    )
    assert done.returncode == 0 and done.stdout.count("patched") == len(KINDS), (commands.stdout, done)
    after = scan(cluster, existing, "--policy", "strict")
    assert after.returncode == 0, after
    template = cluster.api.get(f"{path_of('Deployment', existing)}/deployment")["spec"]["template"]
    assert template["spec"]["containers"][0]["env"] == [{"name": "UWSGI_MAX_FD", "value": "1048576"}]


def test_scan_foresees_what_strict_says(cluster):
    """Of Pods in a namespace without a policy, those are findings that strict refuses."""
    bodies = {
        "unset": pod(),
        "set": pod(container("web", "--max-fd", "4096")),
        "harmful": pod({**container(), "env": [{"name": "UWSGI_MAX_FD", "value": "1.048576e+06"}]}),
        "other": pod(container("web", program="nginx")),
    }
    cluster.make_namespace("foreseen", {})
    for name, body in bodies.items():
        body["metadata"] = {"name": name}
        assert cluster.api.create(pods_of("foreseen"), body).status == 201
    found = json.loads(scan(cluster, "foreseen", "--policy", "strict", "--output", "json").stdout)
    refused = {
        name for name, body in bodies.items() if cluster.api.create(pods_of("strict"), body, dry_run=True).status == 403
    }
    assert refused == {"unset", "harmful"}
    assert {finding["name"] for finding in found["findings"]} == refused


def test_explain_says_which_path_the_api_server_takes(cluster):
    listed = cluster.api.run_kubectl(
        "get", "namespaces,mutatingwebhookconfigurations,validatingwebhookconfigurations", "--output", "json"
    )
    (cluster.folder / "cluster.json").write_text(listed)
    made = cluster.api.create(pods_of("mutate"), pod())
    assert max_fd(made) == "1048576"
    (cluster.folder / "pod.json").write_text(json.dumps(made.body))
    command = [cluster.executable, "explain", "--cluster", cluster.folder / "cluster.json", cluster.folder / "pod.json"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # A line with namespaces that take the same path, and then a line for each path.
    taken, namespaces = {}, []
    for line in text.split("\n"):
        if found := re.match(r"namespaces? (.*)", line):
            namespaces = [name.split(" ")[0] for name in found[1].split(", ")]
        elif found := re.match(r"  (/\w+) +taken ", line):
            for name in namespaces:
                taken.setdefault(name, set()).add(found[1])
    policies = {policy: {f"/{policy}"} for policy in ("mutate", "strict", "audit")}
    assert {name: paths for name, paths in taken.items() if name in (*policies, "off", "default", "webhooks")} == policies, text
