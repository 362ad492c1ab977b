"""What the API server's own audit log says of a review."""

import json

from pods import container, pod, pods_of
from processes import until


def annotations(own_cluster, name):
    """Those of the request that made the Pod of this name."""

    def found():
        for line in own_cluster.audit_log.read_text().splitlines():
            event = json.loads(line)
            if event["stage"] == "ResponseComplete" and event.get("objectRef", {}).get("name") == name:
                return event.get("annotations", {})

    return until(f"the audit log has {name}", found)


def create(own_cluster, policy, name, **annotated):
    body = pod()
    body["metadata"] = {"name": name, "annotations": annotated}
    return own_cluster.api.create(pods_of(policy), body)


def test_a_patch(own_cluster):
    assert create(own_cluster, "mutate", "of-a-patch").status == 201
    found = annotations(own_cluster, "of-a-patch")
    ours = {key: value for key, value in found.items() if key.startswith("mutate.uwsgi-max-fd.webhook/")}
    assert ours == {
        "mutate.uwsgi-max-fd.webhook/policy": "mutate",
        "mutate.uwsgi-max-fd.webhook/decision": "patched",
        "mutate.uwsgi-max-fd.webhook/containers": "web",
        "mutate.uwsgi-max-fd.webhook/value": "1048576",
    }, found


def test_a_refusal(own_cluster):
    assert create(own_cluster, "strict", "of-a-refusal").status == 403
    found = annotations(own_cluster, "of-a-refusal")
    assert found["strict.uwsgi-max-fd.webhook/decision"] == "denied", found


def test_a_warning(own_cluster):
    assert create(own_cluster, "audit", "of-a-warning").status == 201
    found = annotations(own_cluster, "of-a-warning")
    assert found["audit.uwsgi-max-fd.webhook/decision"] == "warned", found
    assert found["audit.uwsgi-max-fd.webhook/containers"] == "web"


def test_nothing_to_do(own_cluster):
    body = pod(container("web", program="nginx"))
    body["metadata"] = {"name": "of-nothing"}
    assert own_cluster.api.create(pods_of("strict"), body).status == 201
    found = annotations(own_cluster, "of-nothing")
    assert found["strict.uwsgi-max-fd.webhook/decision"] == "allowed", found
