"""The check of the policy label's value: on by default, as a warning, for every user."""

import pytest

import cel
from rendering import RELEASE, render

NAME = RELEASE + "-label-check"
LABEL = "uwsgi-max-fd/policy"
ADMIN = {"username": "admin", "groups": ["system:masters"]}


def check(values=None):
    return render(values).of_kind("ValidatingAdmissionPolicy", NAME)


def namespace(value):
    metadata = {"name": "shop"}
    if value is not None:
        metadata["labels"] = {"kubernetes.io/metadata.name": "shop", LABEL: value}
    return {"metadata": metadata}


def decide(policy, value, before=None):
    return cel.Decision(policy, ADMIN, before and namespace(before), namespace(value))


@pytest.mark.parametrize("value", ["mutate", "strict", "audit", "off", None])
def test_policies_and_no_label_pass(value):
    assert decide(check(), value).admitted
    assert decide(check(), value, before="strict").admitted


@pytest.mark.parametrize("value", ["Strict", "enforce", "OFF", "true", "mutat", ""])
def test_other_values_are_told_to_every_user(value):
    assert decide(check(), value).messages == [
        "namespace label uwsgi-max-fd/policy is '%s', which is not a policy, so no policy applies: "
        "set it to mutate, strict, audit or off" % value
    ]
    # Also of a namespace that had it before: a warning does not stand in the way.
    assert not decide(check(), value, before=value or "Strict").admitted


def test_message_says_which_policy_applies_instead():
    [message] = decide(check({"defaultPolicy": "audit"}), "Strict").messages
    assert "so the default policy audit applies: set it" in message


def test_it_warns_unless_told_otherwise():
    binding = render().of_kind("ValidatingAdmissionPolicyBinding", NAME)
    assert binding["spec"] == {"policyName": NAME, "validationActions": ["Warn"]}
    assert check()["spec"]["matchConstraints"]["resourceRules"][0]["operations"] == ["CREATE", "UPDATE"]


def test_a_refusal_leaves_alone_what_was_there():
    values = {"labelCheck": {"actions": ["Deny"]}}
    assert not decide(check(values), "Strict").admitted
    assert not decide(check(values), "Strict", before="strict").admitted
    assert decide(check(values), "Strict", before="Strict").admitted
    binding = render(values).of_kind("ValidatingAdmissionPolicyBinding", NAME)
    assert binding["spec"]["validationActions"] == ["Deny"]


def test_it_can_be_left_out():
    assert "ValidatingAdmissionPolicy" not in render({"labelCheck": {"enabled": False}}).kinds()
