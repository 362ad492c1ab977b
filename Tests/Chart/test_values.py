"""Defaults, schema and documents agree."""

import shutil
import subprocess
import sys

import yaml

from rendering import CHART, ROOT, default_values, schema


def objects_of(node, path=()):
    """Every object in a schema, with its path."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield path, node
        for key, value in node.items():
            yield from objects_of(value, (*path, key))


# Maps whose keys are the user's, and parts of Kubernetes' own API that it checks itself.
FREE_FORM = {
    "global", "affinity", "items", "podSelector", "namespaceSelector", "ipBlock", "postStart", "preStop",
}  # fmt: skip


def test_schema_allows_no_unknown_key_anywhere():
    for path, node in objects_of(schema()):
        allowed = node.get("additionalProperties")
        if allowed is not False:
            name = path[-1] if path else ""
            is_map = isinstance(allowed, dict) and allowed.get("type") == "string"
            assert is_map or name in FREE_FORM, "/".join(path)


def leaves(node, path=()):
    for key, value in node.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


def test_schema_and_defaults_have_the_same_keys():
    def keys(node, path=()):
        for key, child in node.get("properties", {}).items():
            if child.get("properties"):
                yield from keys(child, (*path, key))
            else:
                yield (*path, key)

    def whole_maps(path):
        """The path up to the map whose keys are the user's."""
        for length, word in enumerate(path, 1):
            if word in ("labels", "matchLabels"):
                return path[:length]
        return path

    # Not in values.yaml: what Kubernetes fills in, and the parts of an empty default.
    extra = {"resources", "updateStrategy", "lifecycle"}
    in_values = {whole_maps(path) for path in leaves(default_values())}
    in_schema = {path for path in keys(schema()) if path[-1] != "matchExpressions"}
    assert {path for path in in_schema if not extra & set(path)} == {
        path for path in in_values if not extra & set(path)
    }
    assert extra <= set(schema()["properties"])


def test_every_value_is_used_by_a_template():
    text = "".join(path.read_text() for path in (CHART / "templates").rglob("*") if path.is_file())
    for path in leaves(default_values()):
        wanted = next((word for word in ("labels", "instanceSelector") if word in path), path[-1])
        wanted = "resources" if path[0] == "resources" else wanted
        assert wanted in text, ".".join(path)


def test_readme_table_and_descriptions_are_current():
    check = subprocess.run(
        [sys.executable, str(ROOT / "charts" / "values-docs"), "--check"], capture_output=True, text=True
    )
    assert check.returncode == 0, check.stderr


def test_a_stale_table_is_noticed(tmp_path):
    shutil.copytree(ROOT / "charts", tmp_path / "charts")
    script = tmp_path / "charts" / "values-docs"
    values = tmp_path / "charts" / "uwsgi-max-fd-webhook" / "values.yaml"
    values.write_text(values.read_text().replace("replicaCount: 2", "replicaCount: 3"))
    check = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True)
    assert check.returncode == 1 and "README.md is out of date" in check.stderr
    subprocess.run([sys.executable, str(script)], check=True)
    assert (
        "| `replicaCount` | `3` |" in (tmp_path / "charts" / "uwsgi-max-fd-webhook" / "README.md").read_text()
    )


def test_no_file_of_the_chart_names_a_registry_host():
    for path in CHART.rglob("*"):
        if path.is_file():
            text = path.read_text()
            assert not [host for host in ("docker.io", "ghcr.io", "quay.io", "gcr.io") if host in text], path


def test_version_is_the_programs():
    source = next((ROOT / "Sources" / "uwsgi-max-fd").rglob("ProgramVersion.swift")).read_text()
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert 'static let text = "%s"' % chart["appVersion"] in source
    assert chart["version"] == chart["appVersion"]
