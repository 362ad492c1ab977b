"""What a combination of values may claim about its render: small checks that read as a sentence."""

import base64
import dataclasses
import typing

from rendering import CA_PEM, NAMESPACE, RELEASE, Rendered

MUTATING, VALIDATING = "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"
SYSTEM = ["kube-system", "kube-public", "kube-node-lease", NAMESPACE]


@dataclasses.dataclass
class Combination:
    name: str
    values: dict
    expectations: list[typing.Callable[[Rendered], None]]
    # The platform rules that these values break, as their author means them to.
    breaks: frozenset[str] = frozenset()
    namespace: str = NAMESPACE
    # The oldest Kubernetes that has what these values need, where that is not the oldest that the chart supports.
    since: str | None = None
    nodes_namespace: str | None = None


def has(*kinds):
    def check(rendered):
        for kind in kinds:
            assert kind in rendered.kinds(), "no %s" % kind

    return check


def lacks(*kinds):
    def check(rendered):
        for kind in kinds:
            assert kind not in rendered.kinds(), "there is a %s" % kind

    return check


def walk(node, path):
    """The value at a path such as spec/ports/0/port, where ~1 stands for a slash; None where there is none."""
    for step in path.split("/"):
        step = step.replace("~1", "/")
        if isinstance(node, list):
            node = node[int(step)] if int(step) < len(node) else None
        elif isinstance(node, dict):
            node = node.get(step)
        else:
            return None
    return node


def at(kind, path, expected, name=None):
    def check(rendered):
        assert walk(rendered.of_kind(kind, name), path) == expected

    return check


def pod(path, expected):
    return at("Deployment", "spec/template/" + path, expected)


def container(path, expected):
    def check(rendered):
        assert walk(rendered.server(), path) == expected

    return check


def arguments(*wanted):
    def check(rendered):
        given = rendered.server()["args"]
        for argument in wanted:
            assert argument in given, "%s is not in %s" % (argument, given)

    return check


def no_argument(prefix):
    def check(rendered):
        assert not [item for item in rendered.server()["args"] if item.startswith(prefix)]

    return check


def entry(policy, path, expected, kind=MUTATING):
    def check(rendered):
        assert walk(rendered.webhook(policy + ".uwsgi-max-fd.webhook", kind), path) == expected

    return check


def entries(kind, *prefixes):
    """Exactly these entries, in this order."""

    def check(rendered):
        names = [item["name"] for owner, item in rendered.webhooks() if owner == kind]
        assert names == [prefix + ".uwsgi-max-fd.webhook" for prefix in prefixes]

    return check


def policy_requirement(policy, operator, values, kind=MUTATING):
    """The first requirement of an entry's namespaceSelector."""
    return entry(
        policy,
        "namespaceSelector/matchExpressions/0",
        {"key": "uwsgi-max-fd/policy", "operator": operator, "values": values},
        kind,
    )


def excluded(policy, *namespaces):
    return entry(policy, "namespaceSelector/matchExpressions/1/values", SYSTEM + list(namespaces))


def skips(policy, expected, kind=MUTATING):
    """Whether Pods with the skip label are left out."""
    requirement = {"key": "uwsgi-max-fd/skip", "operator": "NotIn", "values": ["true"]}
    return entry(policy, "objectSelector/matchExpressions", [requirement] if expected else None, kind)


def ca_bundle(expected):
    def check(rendered):
        for _, item in rendered.webhooks():
            assert item["clientConfig"].get("caBundle") == expected

    return check


def notes(*wanted):
    def check(rendered):
        for text in wanted:
            assert text in rendered.notes

    return check


def annotated(key, value):
    """Every object has this annotation."""

    def check(rendered):
        for item in rendered.objects:
            assert (item["metadata"].get("annotations") or {}).get(key) == value, item["kind"]

    return check


def checksum(rendered):
    annotations = rendered.of_kind("Deployment")["spec"]["template"]["metadata"]["annotations"]
    assert annotations["example.org/team"] == "a"
    assert len(annotations["checksum/config"]) == 64


def one_service(rendered):
    assert rendered.of_kind("Service")["metadata"]["name"] == RELEASE


PEM_AS_BASE64 = base64.b64encode(CA_PEM.encode()).decode()
POD_RULES = [
    {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE"],
        "resources": ["pods"],
        "scope": "Namespaced",
    },
    {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["UPDATE"],
        "resources": ["pods/ephemeralcontainers"],
        "scope": "Namespaced",
    },
]


def default_policy(policy):
    """Expectations for a defaultPolicy: its entry takes every namespace that chose no other."""
    others = [item for item in ("audit", "mutate", "off", "strict") if item != policy]
    checks = [policy_requirement(policy, "NotIn", others), notes("have the policy %s" % policy)]
    for other in ("mutate", "strict", "audit"):
        if other != policy:
            checks.append(policy_requirement(other, "In", [other]))
    return checks
