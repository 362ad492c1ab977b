"""Who may change the namespace labels that choose a policy."""

import pytest

BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"


@pytest.fixture(scope="module", autouse=True)
def eve(api):
    """A user who may do everything, as far as RBAC goes."""
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "eve"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "User", "name": "eve", "apiGroup": "rbac.authorization.k8s.io"}],
    }
    assert api.create(BINDINGS, binding).status == 201
    yield
    api.ask("DELETE", f"{BINDINGS}/eve")
    api.ask("DELETE", "/api/v1/namespaces/own")


def label(api, namespace, labels, user="eve", subresource=""):
    body = {"metadata": {"labels": labels}}
    return api.merge(f"/api/v1/namespaces/{namespace}{subresource}", body, user)


@pytest.mark.parametrize("value", ["off", "mutate", None])
@pytest.mark.parametrize("subresource", ["", "/status"])
def test_others_cannot_change_the_policy(api, value, subresource):
    answer = label(api, "strict", {"uwsgi-max-fd/policy": value}, subresource=subresource)
    assert answer.status == 403 and "may not be changed from 'strict'" in answer.message, answer
    assert "by eve" in answer.message


def test_others_cannot_make_a_namespace_with_a_policy(api):
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "own", "labels": {"uwsgi-max-fd/policy": "off"}},
    }
    assert api.create("/api/v1/namespaces", namespace, user="eve").status == 403
    del namespace["metadata"]["labels"]
    assert api.create("/api/v1/namespaces", namespace, user="eve").status == 201


@pytest.mark.parametrize("labels", [{"control-plane": "true"}, {"kubernetes.azure.com/managedby": "aks"}])
def test_others_cannot_have_the_webhooks_pass_over_a_namespace(api, labels):
    answer = label(api, "strict", labels)
    assert answer.status == 403 and "pass over strict by eve" in answer.message, answer


def test_others_change_other_labels(api):
    assert label(api, "strict", {"team": "a"}).status == 200


def test_those_named_change_the_policy(api):
    assert label(api, "own", {"uwsgi-max-fd/policy": "mutate"}, user=None).status == 200


def test_nobody_sets_what_is_not_a_policy(api):
    answer = label(api, "own", {"uwsgi-max-fd/policy": "Strict"}, user=None)
    assert answer.status == 422 and "must be mutate, strict, audit or off" in answer.message, answer
