"""Plain manifests, and the cert-manager manifests in certs/: the same objects as the chart's."""

import re
import subprocess

import pytest
import yaml

import platform_rules
from rendering import ROOT, Rendered, render
from test_matrix import NEWEST, OLDEST, validate_object


def manifests(*arguments):
    return subprocess.run(
        [str(ROOT / "charts" / "manifests"), *arguments], capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def text():
    result = manifests()
    assert result.returncode == 0, result.stderr
    return result.stdout


def without_helm_labels(item):
    labels = item["metadata"]["labels"]
    item["metadata"]["labels"] = {
        key: value
        for key, value in labels.items()
        if key not in ("helm.sh/chart", "app.kubernetes.io/managed-by")
    }
    return item


def test_same_objects_as_the_chart(text):
    objects = [item for item in yaml.safe_load_all(text) if item]
    chart = [
        without_helm_labels(item)
        for item in render(
            {
                "image": {"repository": "uwsgi-max-fd-webhook", "pullPolicy": "Never"},
                "certificates": {"mode": "certManager"},
                "tests": {"enabled": False},
            },
            namespace="uwsgi-max-fd",
        ).objects
    ]
    assert objects[0]["kind"] == "Namespace"
    assert objects[0]["metadata"]["labels"] == {"pod-security.kubernetes.io/enforce": "restricted"}

    def key(item):
        return item["kind"], item["metadata"]["name"]

    assert sorted(objects[1:], key=key) == sorted(chart, key=key)


def test_without_a_repository_no_node_pulls_a_strangers_image(text):
    container = Rendered({"all.yaml": text}).server()
    assert container["image"].startswith("uwsgi-max-fd-webhook:") and container["imagePullPolicy"] == "Never"
    assert "image.repository" in text.splitlines()[2]
    named = Rendered({"all.yaml": manifests("--set", "image.repository=example.org/a").stdout}).server()
    assert named["image"].startswith("example.org/a:") and named["imagePullPolicy"] == "IfNotPresent"


def test_nothing_of_helm_is_left(text):
    assert not re.search(r"helm\.sh|: Helm$", text, re.MULTILINE)


def test_webhook_configurations_come_last(text):
    kinds = [item["kind"] for item in yaml.safe_load_all(text) if item]
    assert kinds[-2:] == ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]
    assert kinds.index("ServiceAccount") < kinds.index("Deployment")


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_accepts_them(text, version):
    for item in yaml.safe_load_all(text):
        if item:
            validate_object(item, version)


def test_platforms_have_nothing_to_say(text):
    assert platform_rules.violations(Rendered({"all.yaml": text}), "uwsgi-max-fd") == []


def test_same_bytes_each_time(text):
    assert manifests().stdout == text


def test_values_files_and_set(tmp_path):
    values = tmp_path / "values.yaml"
    values.write_text("defaultPolicy: off\nreplicaCount: 3\nhostNetwork: {enabled: true}\n")
    output = tmp_path / "made" / "all.yaml"
    result = manifests(
        "--values", str(values), "--set", "replicaCount=4,certificates.mode=serviceCA", "--name", "maxfd",
        "--namespace", "platform", "--output", str(output),
    )  # fmt: skip
    assert result.returncode == 0 and result.stdout == "", result.stderr
    rendered = Rendered({"all.yaml": output.read_text()})
    assert rendered.of_kind("Deployment")["spec"]["replicas"] == 4
    assert rendered.of_kind("Deployment")["metadata"]["name"] == "maxfd-uwsgi-max-fd"
    assert rendered.of_kind("Namespace")["metadata"]["labels"] == {
        "pod-security.kubernetes.io/enforce": "privileged"
    }


def test_namespaces_allow_what_is_in_them():
    """hostPID needs the privileged level: in a namespace of its own, the webhook's stays restricted."""

    def levels(*arguments):
        rendered = Rendered({"all.yaml": manifests(*arguments).stdout})
        return {
            item["metadata"]["name"]: item["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
            for item in rendered.objects
            if item["kind"] == "Namespace"
        }

    on = ("--set", "nodes.enabled=true")
    assert levels(*on) == {"uwsgi-max-fd": "privileged"}
    assert levels(*on, "--set", "nodes.namespace=nodes") == {
        "uwsgi-max-fd": "restricted",
        "nodes": "privileged",
    }
    assert levels("--set", "namespaceOverride=platform") == {"platform": "restricted"}


def test_objects_that_the_chart_does_not_know_come_before_the_webhooks(tmp_path):
    values = tmp_path / "values.yaml"
    values.write_text(
        "extraObjects: [{apiVersion: example.org/v1, kind: Unknown, metadata: {name: a, namespace: b}}]\n"
    )
    kinds = Rendered({"all.yaml": manifests("--values", str(values)).stdout}).kinds()
    assert kinds.index("Deployment") < kinds.index("Unknown") < kinds.index("MutatingWebhookConfiguration")


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--set", "certificates.mode=generated"], "certificates.mode=generated makes another certificate"),
        (["--set", "defaultPolicy=mutat"], "/defaultPolicy"),
        (["--set", "unknown=1"], "'unknown' not allowed"),
    ],
)
def test_refusals(arguments, message):
    result = manifests(*arguments)
    assert result.returncode != 0 and message in result.stderr and "Traceback" not in result.stderr


def test_cert_manager_manifests_are_the_charts():
    kept = [item for item in yaml.safe_load_all((ROOT / "certs" / "cert-manager.yaml").read_text()) if item]
    for item in render({"certificates": {"mode": "certManager"}}, namespace="uwsgi-max-fd").objects:
        if item["apiVersion"].startswith("cert-manager.io"):
            validate_object(item, NEWEST)
            del item["metadata"]["labels"]
            assert item in kept
            kept.remove(item)
    assert kept == []


def test_no_serving_certificate_outlives_its_ca():
    hours = {
        item["metadata"]["name"]: {
            key: int(item["spec"][key].rstrip("h")) for key in ("duration", "renewBefore")
        }
        for item in yaml.safe_load_all((ROOT / "certs" / "cert-manager.yaml").read_text())
        if item["kind"] == "Certificate"
    }
    assert hours["uwsgi-max-fd-ca"]["renewBefore"] > hours["uwsgi-max-fd"]["duration"]
    assert hours["uwsgi-max-fd"]["renewBefore"] * 3 == hours["uwsgi-max-fd"]["duration"]
