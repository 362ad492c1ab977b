"""The guard of the namespace label: its CEL expressions, run by an implementation of CEL."""

import celpy
import pytest
from celpy import celtypes

from rendering import render

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


def namespace(label):
    if label is None:
        return None
    labels = {LABEL: label} if label else {}
    metadata = {"name": "shop"}
    if label or LABEL in labels:
        metadata["labels"] = {"kubernetes.io/metadata.name": "shop", **labels}
    return {"metadata": metadata}


def evaluate(expression, values):
    environment = celpy.Environment()
    program = environment.program(environment.compile(expression))
    return program.evaluate({key: celpy.json_to_cel(value) for key, value in values.items()})


def decide(policy, who, before, after):
    """(admitted, messages) as the API server decides: variables in order, then every validation."""
    username, groups = who
    user = {"username": username}
    if groups is not None:
        user["groups"] = groups
    values = {
        "object": namespace(after),
        "oldObject": namespace(before),
        "request": {"userInfo": user, "operation": "CREATE" if before is None else "UPDATE"},
    }
    variables = {}
    for variable in policy["spec"]["variables"]:
        result = evaluate(variable["expression"], {**values, "variables": variables})
        variables[variable["name"]] = bool(result) if isinstance(result, celtypes.BoolType) else str(result)
    messages = []
    for validation in policy["spec"]["validations"]:
        if not evaluate(validation["expression"], {**values, "variables": variables}):
            text = validation["message"]
            if "messageExpression" in validation:
                text = str(evaluate(validation["messageExpression"], {**values, "variables": variables}))
            messages.append(text)
    return not messages, messages


@pytest.fixture(scope="module")
def policy():
    values = {"guard": {"enabled": True, "groups": ["platform"], "users": [CONTROLLER[0]]}}
    return render(values).of_kind("ValidatingAdmissionPolicy")


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
    policy = render({"guard": {"enabled": True}}).of_kind("ValidatingAdmissionPolicy")
    assert decide(policy, ("admin", ["system:masters"]), "", "strict")[0]
    assert not decide(policy, PLATFORM, "", "strict")[0]


def test_names_with_quotes_stay_names():
    """A group's name cannot become part of the expression."""
    hostile = 'x" in ["x"] || "a" == "a'
    policy = render({"guard": {"enabled": True, "groups": [hostile, "it's"]}}).of_kind(
        "ValidatingAdmissionPolicy"
    )
    assert not decide(policy, OTHER, "strict", "off")[0]
    assert decide(policy, ("c", [hostile]), "strict", "off")[0]
    assert decide(policy, ("d", ["it's"]), "strict", "off")[0]
