"""The guard of the namespace label: its CEL expressions, run by an implementation of CEL."""

import pytest

import cel
from rendering import NAMESPACE, RELEASE, render

LABEL = "uwsgi-max-fd/policy"
PLATFORM, OTHER = (
    ("anna", ["platform", "system:authenticated"]),
    ("bert", ["developers", "system:authenticated"]),
)
CONTROLLER = ("system:serviceaccount:argocd:controller", [])

# who, label before (None: the namespace is new; "": it has no label), label after, admitted
CASES = [
    (OTHER, None, "", True),
    (OTHER, None, "mutate", False),
    (OTHER, None, "off", False),
    (OTHER, "", "", True),
    (OTHER, "", "audit", False),
    (OTHER, "mutate", "mutate", True),
    (OTHER, "mutate", "off", False),
    (OTHER, "strict", "", False),
    (OTHER, "strict", "audit", False),
    (OTHER, "mutat", "mutat", True),
    (PLATFORM, None, "mutate", True),
    (PLATFORM, "", "strict", True),
    (PLATFORM, "strict", "audit", True),
    (PLATFORM, "strict", "off", True),
    (PLATFORM, "strict", "", True),
    (PLATFORM, "", "mutat", False),
    (PLATFORM, "mutat", "mutate", True),
    (CONTROLLER, "", "mutate", True),
    (CONTROLLER, "", "yes", False),
    (("system:serviceaccount:argocd:other", None), "", "mutate", False),
]


def labels(policy):
    """None: the namespace does not exist; "": it has no label."""
    return None if policy is None else {LABEL: policy} if policy else {}


def namespace(labels, name):
    if labels is None:
        return None
    metadata = {"name": name}
    if labels:
        metadata["labels"] = {"kubernetes.io/metadata.name": name, **labels}
    return {"metadata": metadata}


def decide(policy, who, before, after):
    """(admitted, messages) for a change of the policy label."""
    return decide_labels(policy, who, labels(before), labels(after))


def decide_labels(policy, who, before, after, name="shop"):
    """(admitted, messages) for labels before (None: the namespace is new) and after."""
    username, groups = who
    user = {"username": username, **({} if groups is None else {"groups": groups})}
    decision = cel.Decision(policy, user, namespace(before, name), namespace(after, name))
    return decision.admitted, decision.messages


def guard(values=None, **settings):
    values = {**(values or {}), "guard": {"enabled": True, **settings}}
    return render(values).of_kind("ValidatingAdmissionPolicy", RELEASE + "-label-guard")


@pytest.fixture(scope="module")
def policy():
    return guard(groups=["platform"], users=[CONTROLLER[0]])


@pytest.mark.parametrize("who, before, after, admitted", CASES)
def test_decision(policy, who, before, after, admitted):
    decision, messages = decide(policy, who, before, after)
    assert decision is admitted, messages


def test_message_says_what_and_who(policy):
    _, messages = decide(policy, OTHER, "strict", "off")
    assert messages == [
        "namespace label uwsgi-max-fd/policy may not be changed from 'strict' to 'off' by bert: "
        "ask a member of the groups that look after this policy"
    ]
    assert "\n" not in messages[0]


def test_nobody_gets_round_it_by_a_subresource(policy):
    [rule] = policy["spec"]["matchConstraints"]["resourceRules"]
    assert set(rule["resources"]) == {"namespaces", "namespaces/status", "namespaces/finalize"}
    assert set(rule["operations"]) == {"CREATE", "UPDATE"}
    assert policy["spec"]["failurePolicy"] == "Fail"


def test_administrators_may_by_default():
    policy = guard()
    assert decide(policy, ("admin", ["system:masters"]), "", "strict")[0]
    assert not decide(policy, PLATFORM, "", "strict")[0]


def test_names_with_quotes_stay_names():
    """A group's name cannot become part of the expression."""
    hostile = 'x" in ["x"] || "a" == "a'
    policy = guard(groups=[hostile, "it's"])
    assert not decide(policy, OTHER, "strict", "off")[0]
    assert decide(policy, ("c", [hostile]), "strict", "off")[0]
    assert decide(policy, ("d", ["it's"]), "strict", "off")[0]


# Labels before and after, and whether someone who is not trusted may make that change.
EXEMPTIONS = [
    ({}, {"control-plane": "true"}, False),
    (None, {"control-plane": "true"}, False),
    ({LABEL: "strict"}, {LABEL: "strict", "control-plane": "true"}, False),
    ({}, {"kubernetes.azure.com/managedby": "aks"}, False),
    (None, {"kubernetes.azure.com/managedby": "aks"}, False),
    ({"control-plane": "controller-manager"}, {"control-plane": "true"}, False),
    # What many operators' namespaces carry, and no selector asks for.
    (None, {"control-plane": "controller-manager"}, True),
    ({"control-plane": "true"}, {"control-plane": "true", "a": "b"}, True),
    ({"control-plane": "true"}, {}, True),
    ({}, {"kubernetes.azure.com/managedby": "someone"}, True),
]


@pytest.mark.parametrize("before, after, admitted", EXEMPTIONS)
def test_labels_that_exempt_a_namespace_are_guarded(policy, before, after, admitted):
    assert decide_labels(policy, OTHER, before, after)[0] is admitted
    assert decide_labels(policy, PLATFORM, before, after)[0]
    assert decide_labels(policy, CONTROLLER, before, after)[0]


def test_message_names_the_label_that_exempts(policy):
    _, messages = decide_labels(policy, OTHER, {LABEL: "strict"}, {LABEL: "strict", "control-plane": "true"})
    assert messages == [
        "namespace label control-plane may not be changed so that the uwsgi-max-fd webhooks pass over shop by bert: "
        "ask a member of the groups that look after this policy"
    ]


@pytest.mark.parametrize("name", ["kube-system", NAMESPACE])
def test_platforms_may_label_their_own(policy, name):
    """What the selectors leave out by name anyway, as AKS labels kube-system."""
    assert decide_labels(policy, OTHER, {}, {"kubernetes.azure.com/managedby": "aks"}, name)[0]


REQUIREMENTS = [
    ({"operator": "In", "values": ["shop", "it's"]}, "shop", "other"),
    ({"operator": "In", "values": ["shop"]}, "shop", None),
    ({"operator": "NotIn", "values": ["sandbox"]}, "shop", "sandbox"),
    ({"operator": "NotIn", "values": ["sandbox"]}, None, "sandbox"),
    ({"operator": "Exists"}, "shop", None),
    ({"operator": "DoesNotExist"}, None, "shop"),
]


@pytest.mark.parametrize("where", ["all", "mutate", "strict", "audit"])
@pytest.mark.parametrize("requirement, inside, outside", REQUIREMENTS)
def test_every_label_that_the_values_select_by_is_guarded(where, requirement, inside, outside):
    expressions = {"namespaceExpressions": [{"key": "example.org/team", **requirement}]}
    policy = guard({"webhooks": expressions if where == "all" else {where: expressions}}, groups=["platform"])

    def team(value):
        return {} if value is None else {"example.org/team": value}

    assert not decide_labels(policy, OTHER, team(inside), team(outside))[0]
    assert decide_labels(policy, PLATFORM, team(inside), team(outside))[0]
    # Into the webhooks' sight, or within it.
    assert decide_labels(policy, OTHER, team(outside), team(inside))[0]
    assert decide_labels(policy, OTHER, team(inside), {**team(inside), "a": "b"})[0]


def test_every_label_of_every_selector_is_guarded():
    """Whatever a template adds to a selector, the guard reads it from the same list."""
    values = {
        "defaultPolicy": "strict",
        "webhooks": {
            "workloads": {"enabled": True},
            "namespaceExpressions": [{"key": "team", "operator": "Exists"}],
            "audit": {"namespaceExpressions": [{"key": "stage", "operator": "Exists"}]},
        },
        "guard": {"enabled": True},
    }
    rendered = render(values)
    keys = {
        requirement["key"]
        for _, webhook in rendered.webhooks()
        for requirement in webhook["namespaceSelector"]["matchExpressions"]
    }
    validations = rendered.of_kind("ValidatingAdmissionPolicy", RELEASE + "-label-guard")["spec"][
        "validations"
    ]
    for key in keys - {"kubernetes.io/metadata.name"}:
        assert any(key in validation["message"] for validation in validations), key
    assert {"team", "stage", "control-plane", LABEL} <= keys


def test_the_name_cannot_be_guarded_and_need_not_be():
    requirement = {"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["x"]}
    assert len(guard({"webhooks": {"namespaceExpressions": [requirement]}})["spec"]["validations"]) == 4
