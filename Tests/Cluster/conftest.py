"""A cluster with the chart installed and its replicas running: once for all tests."""

import os
import pathlib
import shutil
import tempfile

import pytest
from given_cluster import GivenCluster
from own_cluster import OwnCluster
from pods import max_fd, pod, pods_of
from processes import until

POLICIES = ("mutate", "strict", "audit", "off")


@pytest.fixture(scope="session")
def cluster():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="test-cluster-"))
    kind = OwnCluster if "KUBEBUILDER_ASSETS" in os.environ else GivenCluster
    cluster = kind(folder, pathlib.Path(os.environ["EXECUTABLE"]))
    try:
        cluster.set_up()
        for policy in POLICIES:
            cluster.make_namespace(policy, {"uwsgi-max-fd/policy": policy})
        wait_for_webhooks(cluster.api)
        yield cluster
    finally:
        cluster.tear_down()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def api(cluster):
    return cluster.api


@pytest.fixture(scope="session")
def own_cluster(cluster):
    """For what can be seen only of an API server that the tests started themselves."""
    if not isinstance(cluster, OwnCluster):
        pytest.skip("needs KUBEBUILDER_ASSETS: an API server whose files can be read")
    return cluster


def wait_for_webhooks(api):
    """The API server takes up configurations after a moment."""

    def all_answer():
        patched = api.create(pods_of("mutate"), pod(), dry_run=True)
        denied = api.create(pods_of("strict"), pod(), dry_run=True)
        return patched.status == 201 and max_fd(patched) and denied.status == 403

    until("mutate and strict are in force", all_answer)
