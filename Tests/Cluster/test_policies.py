"""What each policy does with Pods, workloads and ephemeral containers, as the API server has it in the end."""

import pytest
from pods import container, max_fd, path_of, pod, pods_of, workload

DENIED = 403
KINDS = ("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "CronJob")


def test_mutate_adds_the_variable(api):
    answer = api.create(pods_of("mutate"), pod())
    assert answer.status == 201 and max_fd(answer) == "1048576", answer


def test_mutate_adds_it_to_init_containers_and_sidecars_alone_that_run_uwsgi(api):
    init = container("init", "--http", ":8000")
    sidecar = {**container("sidecar", "--http", ":8001"), "restartPolicy": "Always"}
    others = container("nginx", program="nginx")
    answer = api.create(pods_of("mutate"), pod(others, container("web"), initContainers=[init, sidecar]))
    assert answer.status == 201, answer
    assert [max_fd(answer, index, "initContainers") for index in (0, 1)] == ["1048576"] * 2
    assert [max_fd(answer, index) for index in (0, 1)] == [None, "1048576"]


def test_mutate_replaces_a_value_without_effect_and_says_so(api):
    web = {**container(), "env": [{"name": "UWSGI_MAX_FD", "value": "1.048576e+06"}]}
    answer = api.create(pods_of("mutate"), pod(web))
    assert max_fd(answer) == "1048576" and "now 1048576" in answer.warnings[0], answer


def test_mutate_leaves_a_max_fd_alone(api):
    answer = api.create(pods_of("mutate"), pod(container("web", "--max-fd", "4096")))
    assert answer.status == 201 and max_fd(answer) is None and answer.warnings == [], answer


@pytest.mark.parametrize("namespace, status", [("mutate", 201), ("audit", 201), ("strict", DENIED)])
def test_the_skip_label_is_honoured_but_by_strict(api, namespace, status):
    answer = api.create(pods_of(namespace), pod(labels={"uwsgi-max-fd/skip": "true"}))
    assert answer.status == status and answer.warnings == [], answer
    assert status == DENIED or max_fd(answer) is None


def test_strict_refuses_and_says_what_to_do(api):
    answer = api.create(pods_of("strict"), pod())
    assert answer.status == DENIED, answer
    assert 'admission webhook "strict.uwsgi-max-fd.webhook" denied the request' in answer.message
    assert "max-fd" in answer.message and "web" in answer.message


def test_strict_takes_a_pod_with_max_fd(api):
    assert api.create(pods_of("strict"), pod(container("web", "--max-fd", "4096"))).status == 201


def test_audit_warns_and_changes_nothing(api):
    answer = api.create(pods_of("audit"), pod())
    assert answer.status == 201 and max_fd(answer) is None, answer
    assert any("max-fd" in warning for warning in answer.warnings), answer


@pytest.mark.parametrize("namespace", ["off", "default", "kube-system", "webhooks"])
def test_elsewhere_nothing_happens(api, namespace):
    answer = api.create(pods_of(namespace), pod(), dry_run=True)
    assert answer.status == 201 and max_fd(answer) is None and answer.warnings == [], answer


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("namespace", ["mutate", "strict", "audit"])
def test_workloads_are_taken_unchanged_with_a_warning(api, kind, namespace):
    answer = api.create(path_of(kind, namespace), workload(kind, "web"), dry_run=True)
    assert answer.status == 201 and "UWSGI_MAX_FD" not in str(answer.body), answer
    # ReplicaSets are not among the kinds that the chart has looked at by default.
    expected = kind != "ReplicaSet"
    assert any("max-fd" in warning for warning in answer.warnings) == expected, answer


def test_a_changed_workload_is_warned_about_too(api):
    deployments = path_of("Deployment", "strict")
    assert api.create(deployments, workload("Deployment", "changed")).status == 201
    answer = api.merge(f"{deployments}/changed", {"spec": {"replicas": 2}})
    assert answer.status == 200 and any("max-fd" in warning for warning in answer.warnings), answer


@pytest.mark.parametrize("namespace, status", [("mutate", 200), ("audit", 200), ("strict", DENIED), ("off", 200)])
def test_ephemeral_containers(api, namespace, status):
    made = api.create(pods_of(namespace), pod(container("idle", program="sleep")))
    assert made.status == 201, made
    path = f"{pods_of(namespace)}/{made.body['metadata']['name']}/ephemeralcontainers"
    answer = api.merge(path, {"spec": {"ephemeralContainers": [container("debug", "--http", ":8000")]}})
    assert answer.status == status, answer
    if status == DENIED:
        assert "debug" in answer.message, answer
        return
    value = max_fd(answer, 0, "ephemeralContainers")
    assert value == ("1048576" if namespace == "mutate" else None), answer
    assert bool(answer.warnings) == (namespace == "audit"), answer
