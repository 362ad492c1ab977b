"""A cluster must come up from nothing: what the webhook itself needs cannot wait for the webhook."""

import cel
from label_selectors import selects

PRIORITY_CLASSES = ("system-node-critical", "system-cluster-critical")
# One of each kind of provider: network, storage, certificates.
PROVIDERS = ("calico-system", "rook-ceph", "cert-manager")
POLICY_LABEL = "uwsgi-max-fd/policy"


def sees(webhook, namespace, labels, spec):
    """Whether an entry would be called for the creation of a Pod with this specification."""
    labels = {"kubernetes.io/metadata.name": namespace, "team": "shop", **labels}
    if not selects(webhook.get("namespaceSelector"), labels):
        return False
    pod = {"metadata": {"name": "pod", "namespace": namespace}, "spec": spec}
    values = {"object": pod, "oldObject": None, "request": {"operation": "CREATE", "namespace": namespace}}
    return all(
        cel.evaluate(condition["expression"], values) for condition in webhook.get("matchConditions", [])
    )


def bootstrap(rendered, release_namespace):
    """A default that fails closed leaves alone what a cluster starts with; what was chosen holds for all."""
    for _, webhook in rendered.webhooks():
        name = webhook["name"]
        if webhook["failurePolicy"] != "Fail":
            continue
        for namespace in PROVIDERS:
            if sees(webhook, namespace, {}, {}):
                yield "%s: fails closed for the namespace %s, which chose no policy" % (name, namespace)
        for priority in PRIORITY_CLASSES:
            if sees(webhook, "shop", {}, {"priorityClassName": priority}):
                yield "%s: fails closed for Pods of %s, whose namespace chose no policy" % (name, priority)
        policy = name.split(".")[0]
        if name.split(".")[1] == "default":
            for namespace, spec in (("shop", {}), ("shop", {"priorityClassName": "high"})):
                if not sees(webhook, namespace, {}, spec):
                    yield "%s: leaves alone Pods that a cluster does not start with: %s" % (name, spec)
            continue
        for namespace in ("shop", *PROVIDERS):
            for spec in ({}, *({"priorityClassName": priority} for priority in PRIORITY_CLASSES)):
                if not sees(webhook, namespace, {POLICY_LABEL: policy}, spec):
                    yield "%s: leaves alone what chose the policy: %s %s" % (name, namespace, spec)
