"""Every combination of values: lint, schema, Kubernetes' own schemas, platforms, and its expectations."""

import functools
import json
import pathlib

import helm_python
import jsonschema
import kubernetes_validate
import pytest
from kubernetes_validate import utils as kubernetes_schemas

import platform_rules
from matrix import COMBINATIONS
from rendering import CHART, NAMESPACE, render, render_files, with_image

OLDEST, NEWEST = "1.30", "1.37"
CUSTOM_SCHEMAS = pathlib.Path(__file__).parent / "custom-resources"

# The schemas are large, and every object asks for them again.
kubernetes_schemas.schema_contents = functools.lru_cache(maxsize=None)(kubernetes_schemas.schema_contents)


def combinations(function):
    return pytest.mark.parametrize("combination", COMBINATIONS, ids=lambda item: item.name)(function)


def is_generated(combination):
    return combination.values.get("certificates", {}).get("mode", "generated") == "generated"


def validate_object(item, version):
    """Against Kubernetes' own schema, or for a custom resource against the one kept here."""
    custom = CUSTOM_SCHEMAS / ("%s.json" % item["kind"].lower())
    if custom.exists():
        jsonschema.Draft202012Validator(json.loads(custom.read_text())).validate(item)
    else:
        kubernetes_validate.validate(item, version, strict=True)


def test_there_are_enough_combinations_and_no_name_twice():
    assert len(COMBINATIONS) >= 40
    assert len({combination.name for combination in COMBINATIONS}) == len(COMBINATIONS)


def test_versions_are_those_that_the_documents_claim():
    assert "Kubernetes %s to %s" % (OLDEST, NEWEST) in (CHART / "README.md").read_text()
    assert 'kubeVersion: ">=%s.0-0"' % OLDEST in (CHART / "Chart.yaml").read_text()


@combinations
def test_expectations(combination):
    rendered = render(combination.values)
    assert combination.expectations
    for expectation in combination.expectations:
        expectation(rendered)


@combinations
def test_lint_strict(combination):
    for version in (OLDEST, NEWEST):
        report = helm_python.lint(
            str(CHART),
            with_image(combination.values),
            strict=True,
            namespace=NAMESPACE,
            kube_version="v%s.0" % version,
        )
        assert report["errors"] == []
        assert report["messages"] == []


@combinations
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_accepts_every_object(combination, version):
    if version == OLDEST and combination.since:
        version = combination.since
    objects = render(combination.values).objects
    assert objects
    for item in objects:
        try:
            validate_object(item, version)
        except (jsonschema.ValidationError, kubernetes_validate.ValidationError) as error:
            pytest.fail("%s %s: %s" % (item["kind"], item["metadata"]["name"], error.message))


@combinations
def test_platforms_have_nothing_to_say(combination):
    rendered = render(combination.values)
    found = platform_rules.violations(rendered, combination.namespace)
    assert [violation for violation in found if violation.split(":")[0] not in combination.breaks] == []
    assert {violation.split(":")[0] for violation in found} == combination.breaks


@combinations
def test_rendering_twice_gives_the_same_bytes(combination):
    first, second = render_files(combination.values), render_files(combination.values)
    assert first.keys() == second.keys()
    if is_generated(combination):
        # The certificate alone may differ; nothing may depend on it that restarts a Pod.
        changed = {path for path in first if first[path] != second[path]}
        assert {pathlib.Path(path).name for path in changed} <= {
            "secret.yaml",
            "mutatingwebhookconfiguration.yaml",
            "validatingwebhookconfiguration.yaml",
        }
    else:
        assert first == second


@pytest.mark.parametrize(
    "combination", [item for item in COMBINATIONS if not is_generated(item)], ids=lambda item: item.name
)
def test_an_upgrade_renders_what_an_install_renders(combination):
    """The mode `generated` keeps its certificate by lookup: see test_generated_certificates.py."""
    assert render_files(combination.values) == render_files(combination.values, upgrade=True)


@combinations
def test_every_object_is_labelled_and_in_its_place(combination):
    cluster_wide = (
        "WebhookConfiguration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ClusterRole",
        "ClusterRoleBinding",
    )
    for item in render(combination.values).objects:
        labels = item["metadata"]["labels"]
        assert labels["app.kubernetes.io/managed-by"] == "Helm"
        assert all(len(str(value)) <= 63 for value in labels.values())
        assert len(item["metadata"]["name"]) <= 63
        expected = None if item["kind"].endswith(cluster_wide) else combination.namespace
        if labels.get("app.kubernetes.io/component") == "node":
            expected = combination.nodes_namespace or expected
        assert item["metadata"].get("namespace") == expected, item["kind"]


def selected(rendered, labels):
    """The Pods, of templates or on their own, that these labels select."""
    return [
        template
        for _, template in rendered.pod_templates()
        if labels.items() <= template["metadata"].get("labels", {}).items()
    ]


def port_names(container):
    return {port["name"] for port in container["ports"]}


@combinations
def test_names_that_refer_to_one_another_exist(combination):
    rendered = render(combination.values)
    deployment = rendered.of_kind("Deployment")
    services = {item["metadata"]["name"]: item for item in rendered.objects if item["kind"] == "Service"}
    for _, webhook in rendered.webhooks():
        service = services[webhook["clientConfig"]["service"]["name"]]
        assert webhook["clientConfig"]["service"]["namespace"] == combination.namespace
        assert webhook["clientConfig"]["service"]["port"] == service["spec"]["ports"][0]["port"]
    for service in services.values():
        [chosen] = selected(rendered, service["spec"]["selector"])
        [container] = chosen["spec"]["containers"]
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= port_names(container)
    for item in rendered.objects:
        selector = item["spec"].get("selector") or item["spec"].get("podSelector") if "spec" in item else None
        if item["kind"] in ("PodDisruptionBudget", "NetworkPolicy", "Deployment", "DaemonSet"):
            assert len(selected(rendered, selector["matchLabels"])) == 1
        if item["kind"] == "PodMonitor":
            [chosen] = selected(rendered, selector["matchLabels"])
            ports = {endpoint["port"] for endpoint in item["spec"]["podMetricsEndpoints"]}
            assert ports <= port_names(chosen["spec"]["containers"][0])
        if item["kind"] == "ServiceMonitor":
            assert any(
                selector["matchLabels"].items() <= service["metadata"]["labels"].items()
                for service in services.values()
            )
    if "Pod" in rendered.kinds():
        test_labels = rendered.of_kind("Pod")["metadata"]["labels"]
        assert not deployment["spec"]["selector"]["matchLabels"].items() <= test_labels.items()
