"""What operators do, while Pods are created: none is lost, and none passes without its policy."""

import time

from conftest import wait_for_webhooks
from load import Load
from pods import max_fd, pod, pods_of
from processes import until

# How long the rest of a cluster may take to hear of a change: endpoints, a Secret's files.
LAG = 2


def replace_all(node):
    """As a rollout does it: one more, then one less."""
    for _ in range(len(node.replicas)):
        node.start_replica()
        node.stop_oldest_replica(lag=LAG)


def ca_bundle(api):
    configurations = api.get("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations")["items"]
    ours = next(each for each in configurations if "uwsgi-max-fd" in each["metadata"]["name"])
    return ours["webhooks"][0]["clientConfig"]["caBundle"]


def test_replicas_are_replaced(cluster):
    with Load(cluster.api) as load:
        replace_all(cluster.node)
    load.check()


def test_an_upgrade_keeps_the_certificate(cluster):
    bundle = ca_bundle(cluster.api)
    with Load(cluster.api) as load:
        cluster.release.upgrade(server={"logLevel": "debug"})
        replace_all(cluster.node)
    load.check()
    assert ca_bundle(cluster.api) == bundle


def test_an_upgrade_is_rolled_back(cluster):
    revision = cluster.release.revision()
    cluster.release.upgrade(server={"maxFd": 65536})
    replace_all(cluster.node)
    assert max_fd(cluster.api.create(pods_of("mutate"), pod())) == "65536"
    cluster.release.rollback(revision)
    replace_all(cluster.node)
    wait_for_webhooks(cluster.api)
    with Load(cluster.api) as load:
        time.sleep(1)
    load.check()


def test_certificate_and_ca_are_renewed(own_cluster):
    """By the README's steps, and back by the README's other steps: what `helm rollback` would lose is not lost."""
    certificates = {"generated": {"generation": "2"}}
    old = ca_bundle(own_cluster.api)
    with Load(own_cluster.api) as load:
        own_cluster.release.upgrade(certificates=certificates)
        # The kubelets bring the Secret's files later.
        time.sleep(LAG)
        own_cluster.node.deliver_secret()
        time.sleep(LAG)
        replace_all(own_cluster.node)
        both = ca_bundle(own_cluster.api)
        own_cluster.release.upgrade(certificates=certificates, server={"logLevel": "warning"})
        replace_all(own_cluster.node)
    load.check()
    assert both != old and ca_bundle(own_cluster.api) == both


def test_a_rollback_across_generations_has_a_gap_that_closes_by_itself(own_cluster):
    """Which is why the README has other steps."""
    api, node, release = own_cluster.api, own_cluster.node, own_cluster.release
    revision, before = release.revision(), ca_bundle(api)
    release.upgrade(certificates={"generated": {"generation": "3"}})
    node.deliver_secret()
    # The API server keeps connections, and asks for a certificate only when it makes one.
    replace_all(node)
    wait_for_webhooks(api)
    assert ca_bundle(api) != before
    release.rollback(revision)

    def is_cut_off():
        answer = api.create(pods_of("strict"), pod(), dry_run=True)
        return answer.status == 500 and "certificate" in answer.message

    until("the old CA is trusted alone", is_cut_off)
    assert ca_bundle(api) == before
    node.deliver_secret()
    wait_for_webhooks(api)


def test_an_outage_lets_mutate_pass_and_strict_refuse(cluster):
    count = len(cluster.node.replicas)
    while cluster.node.replicas:
        cluster.node.stop_oldest_replica(lag=0)
    answer = cluster.api.create(pods_of("mutate"), pod(), dry_run=True)
    assert answer.status == 201 and max_fd(answer) is None, answer
    answer = cluster.api.create(pods_of("strict"), pod(), dry_run=True)
    assert answer.status == 500 and "failed calling webhook" in answer.message, answer
    for _ in range(count):
        cluster.node.start_replica()
    wait_for_webhooks(cluster.api)
