"""The reports that `scan` writes for policy engines, as the API server takes and keeps them.

POLICY_REPORT_CRDS names a folder with the published CustomResourceDefinitions: those of `config/crd` in
github.com/openreports/reports-api, and of `policy-report/crd/v1alpha2` in github.com/kubernetes-sigs/wg-policy-prototypes.
"""

import os
import pathlib
import subprocess

import pytest
import yaml
from processes import until

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "Fixtures"
INPUTS = (FIXTURES / "cluster" / "objects.json", FIXTURES / "admission-reviews")


@pytest.fixture(scope="module")
def served(api):
    """The kinds whose definitions are installed, as {(apiVersion, kind): path of its objects}."""
    folder = os.environ.get("POLICY_REPORT_CRDS")
    if not folder:
        pytest.skip("needs POLICY_REPORT_CRDS: a folder with the published CustomResourceDefinitions")
    api.run_kubectl("apply", "--filename", folder)
    definitions = [yaml.safe_load(path.read_text()) for path in sorted(pathlib.Path(folder).glob("*.yaml"))]
    paths = {}
    for definition in definitions:
        spec = definition["spec"]
        for version in spec["versions"]:
            name = f"{spec['group']}/{version['name']}"
            scope = "/namespaces/{namespace}" if spec["scope"] == "Namespaced" else ""
            paths[name, spec["names"]["kind"]] = f"/apis/{name}{scope}/{spec['names']['plural']}"
            listed = f"/apis/{name}/{spec['names']['plural']}"
            until(f"{listed} is served", lambda path=listed: api.ask("GET", path).status == 200)
    yield paths
    api.run_kubectl("delete", "--filename", folder)


@pytest.mark.parametrize("output", ["openreports", "policyreport"])
def test_reports_are_taken_and_kept_whole(cluster, served, output):
    command = [cluster.executable, "scan", "--fail-on", "never", "--output", output, *INPUTS]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    written = [document for document in yaml.safe_load_all(text) if document]
    assert {document["kind"].startswith("Cluster") for document in written} == {True, False}
    for namespace in sorted({document["metadata"].get("namespace", "default") for document in written}):
        if cluster.api.ask("GET", f"/api/v1/namespaces/{namespace}").status == 404:
            cluster.make_namespace(namespace, {})
    # A field that the schema does not have is refused by a client that asks for it, and otherwise dropped in silence.
    cluster.api.run_kubectl("apply", "--validate=strict", "--filename", "-", input=text)
    for document in written:
        metadata = document["metadata"]
        path = served[document["apiVersion"], document["kind"]]
        path = path.format(namespace=metadata.get("namespace", "default"))
        kept = cluster.api.get(f"{path}/{metadata['name']}")
        for field in ("source", "summary", "results"):
            assert kept.get(field) == document.get(field), (path, field)
    again = cluster.api.run_kubectl("apply", "--filename", "-", input=text)
    assert all(line.endswith(" unchanged") for line in again.splitlines()), again
