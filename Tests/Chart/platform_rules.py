"""What managed platforms expect of webhook configurations and Pods, as code that finds violations.

Sources: Gardener's pkg/gardenlet/operation/botanist/matchers (the protected resources) and its shoot
care controller (timeouts); GKE's documentation on unsafe webhooks; the two selector requirements of
AKS's admissions enforcer; the restricted Pod Security Standard of Kubernetes.
"""

import dataclasses
import itertools
import re

from bootstrap_rules import bootstrap
from label_selectors import selects
from node_rules import nodes

MAXIMUM_TIMEOUT = 15
POLICIES = ("mutate", "strict", "audit", "off")
POLICY_LABEL = "uwsgi-max-fd/policy"


@dataclasses.dataclass(frozen=True)
class Resource:
    """A resource that a platform protects; no namespaces: cluster-scoped."""

    group: str
    name: str
    namespaces: tuple[str, ...] = ()
    versions: tuple[str, ...] = ("v1",)


def _in(namespaces, group, names, versions=("v1",)):
    return [Resource(group, name, namespaces, versions) for name in names.split()]


KUBE_SYSTEM = ("kube-system",)
GARDENER = [
    *_in(
        KUBE_SYSTEM,
        "",
        "pods pods/status configmaps endpoints secrets serviceaccounts services services/status",
    ),
    *_in(("default",), "", "endpoints services services/status"),
    *_in((), "", "nodes nodes/status namespaces namespaces/status"),
    *_in(
        KUBE_SYSTEM,
        "apps",
        "controllerrevisions daemonsets daemonsets/status deployments deployments/scale"
        " replicasets replicasets/status replicasets/scale",
        ("v1", "v1beta1", "v1beta2"),
    ),
    *_in(("kube-system", "default"), "coordination.k8s.io", "leases", ("v1", "v1beta1")),
    *_in(KUBE_SYSTEM, "networking.k8s.io", "networkpolicies", ("v1", "v1beta1")),
    *_in((), "rbac.authorization.k8s.io", "clusterroles clusterrolebindings", ("v1", "v1beta1", "v1alpha1")),
    *_in(KUBE_SYSTEM, "rbac.authorization.k8s.io", "roles rolebindings", ("v1", "v1beta1", "v1alpha1")),
    *_in((), "apiextensions.k8s.io", "customresourcedefinitions customresourcedefinitions/status"),
    *_in((), "apiregistration.k8s.io", "apiservices apiservices/status"),
    *_in(
        (),
        "certificates.k8s.io",
        "certificatesigningrequests certificatesigningrequests/status certificatesigningrequests/approval",
    ),
    *_in((), "scheduling.k8s.io", "priorityclasses", ("v1", "v1beta1")),
]
GKE = [
    *_in(KUBE_SYSTEM, "", "pods"),
    *_in(("kube-system", "kube-node-lease"), "coordination.k8s.io", "leases"),
    *_in((), "", "nodes"),
    *_in((), "authentication.k8s.io", "tokenreviews"),
    *_in((), "authorization.k8s.io", "subjectaccessreviews"),
    *_in((), "certificates.k8s.io", "certificatesigningrequests"),
]
AKS = [
    {"key": "control-plane", "operator": "NotIn", "values": ["true"]},
    {"key": "kubernetes.azure.com/managedby", "operator": "NotIn", "values": ["aks"]},
]
# Labels that the platforms put on kube-system, apart from its name.
SYSTEM_LABELS = [
    {},
    {"shoot.gardener.cloud/no-cleanup": "true", "gardener.cloud/purpose": "kube-system"},
    {"control-plane": "true", "kubernetes.azure.com/managedby": "aks"},
]
# A Pod with and without what Gardener labels its own with.
OBJECT_LABELS = [{}, {"shoot.gardener.cloud/no-cleanup": "true", "origin": "gardener"}]


def rule_covers(rule, resource):
    """Whether a webhook rule names this resource for creating or updating it."""

    def among(items, wanted):
        return "*" in items or wanted in items

    name, _, sub = resource.name.partition("/")

    def names(pattern):
        wanted, _, wanted_sub = pattern.partition("/")
        return wanted in ("*", name) and wanted_sub in ("*", sub)

    scope = rule.get("scope", "*")
    if scope == "Namespaced" and not resource.namespaces or scope == "Cluster" and resource.namespaces:
        return False
    return (
        among(rule["apiGroups"], resource.group)
        and any(among(rule["apiVersions"], version) for version in resource.versions)
        and any(operation in ("*", "CREATE", "UPDATE") for operation in rule["operations"])
        and any(names(pattern) for pattern in rule["resources"])
    )


def namespace_labels(name):
    """Every set of labels that a namespace of this name could carry, our own label included."""
    for labels, policy in itertools.product(SYSTEM_LABELS, (None, *POLICIES)):
        labels = {**labels, "kubernetes.io/metadata.name": name}
        if policy:
            labels[POLICY_LABEL] = policy
        yield labels


def catches(webhook, resource):
    """Whether this entry could see an object of the resource in a protected place."""
    if not any(rule_covers(rule, resource) for rule in webhook["rules"]):
        return False
    if not any(selects(webhook.get("objectSelector"), labels) for labels in OBJECT_LABELS):
        return False
    if not resource.namespaces:
        return True
    return any(
        selects(webhook.get("namespaceSelector"), labels)
        for name in resource.namespaces
        if name != "default"
        for labels in namespace_labels(name)
    ) or (
        "default" in resource.namespaces
        and selects(webhook.get("namespaceSelector"), {"kubernetes.io/metadata.name": "default"})
    )


def gardener(rendered, release_namespace):
    for _, webhook in rendered.webhooks():
        timeout = webhook.get("timeoutSeconds")
        if timeout is None or timeout > MAXIMUM_TIMEOUT:
            yield "%s: timeoutSeconds is %s, Gardener allows 1 to %d" % (
                webhook["name"],
                timeout,
                MAXIMUM_TIMEOUT,
            )
        for resource in GARDENER:
            if catches(webhook, resource):
                yield "%s: can catch %s, which Gardener protects" % (webhook["name"], resource.name)


def gke(rendered, release_namespace):
    for _, webhook in rendered.webhooks():
        for resource in GKE:
            if catches(webhook, resource):
                yield "%s: can catch %s, which GKE calls unsafe" % (webhook["name"], resource.name)
    for name, spec in rendered.pod_specs():
        for container in spec["containers"]:
            for port in container.get("ports", []):
                if port["name"] == "https" and port["containerPort"] == 10250 and spec.get("hostNetwork"):
                    yield "%s: takes the kubelet's port 10250 on the node" % name


def aks(rendered, release_namespace):
    for _, webhook in rendered.webhooks():
        expressions = (webhook.get("namespaceSelector") or {}).get("matchExpressions") or []
        for wanted in AKS:
            if wanted not in expressions:
                yield "%s: AKS would add %s to namespaceSelector" % (webhook["name"], wanted)


def configuration(rendered, release_namespace):
    """What Kubernetes recommends for every webhook, and what this one promises."""
    for kind, webhook in rendered.webhooks():
        name = webhook["name"]
        if len(name.split(".")) < 3:
            yield "%s: the name needs three parts" % name
        for field, wanted in (("sideEffects", "None"), ("matchPolicy", "Equivalent")):
            if webhook.get(field) != wanted:
                yield "%s: %s is %s" % (name, field, webhook.get(field))
        if "v1" not in webhook["admissionReviewVersions"]:
            yield "%s: does not accept admission.k8s.io/v1" % name
        if webhook.get("failurePolicy") not in ("Ignore", "Fail"):
            yield "%s: failurePolicy is not explicit" % name
        service = webhook["clientConfig"].get("service", {})
        policy = name.split(".")[0]
        if service.get("path") != "/" + policy:
            yield "%s: the path is %s" % (name, service.get("path"))
        for segment in service.get("path", "").strip("/").split("/"):
            if not re.fullmatch("[a-z0-9]([-a-z0-9]*[a-z0-9])?", segment):
                yield "%s: path segment %r is no DNS label" % (name, segment)
        for rule in webhook["rules"]:
            if rule.get("scope") != "Namespaced":
                yield "%s: a rule's scope is not Namespaced" % name
            pods = rule["apiGroups"] == [""] and (
                (rule["resources"], rule["operations"])
                in ((["pods"], ["CREATE"]), (["pods/ephemeralcontainers"], ["UPDATE"]))
            )
            warns_only = (
                ".workloads." in name
                and kind.startswith("Validating")
                and webhook["failurePolicy"] == "Ignore"
            )
            if not pods and not warns_only:
                yield "%s: a rule is for more than the creation of Pods: %s" % (name, rule)
        for namespace in ("kube-system", "kube-public", "kube-node-lease", release_namespace):
            if any(
                selects(webhook.get("namespaceSelector"), labels) for labels in namespace_labels(namespace)
            ):
                yield "%s: the namespace %s is not left out" % (name, namespace)
        skipped = not selects(webhook.get("objectSelector"), {"uwsgi-max-fd/skip": "true"})
        if policy != "strict" and not skipped:
            yield "%s: the skip label has no effect" % name
        if kind.startswith("Mutating"):
            wanted = "IfNeeded" if policy == "mutate" else "Never"
            if webhook.get("reinvocationPolicy") != wanted:
                yield "%s: reinvocationPolicy is %s" % (name, webhook.get("reinvocationPolicy"))


def coverage(rendered, release_namespace):
    """A namespace that chose a policy is seen by that policy's entry alone, and by one entry only; a namespace
    without a label, or with one that is not a policy, by that of the default policy, if any."""
    groups = {}
    for kind, webhook in rendered.webhooks():
        groups.setdefault((kind, ".workloads." in webhook["name"]), []).append(webhook)
    for webhooks in groups.values():
        for chosen in POLICIES:
            yield from _wrong_about(webhooks, chosen)
        bare = [_seen_by(webhooks, labels) for labels in ({}, {POLICY_LABEL: "Strict"}, {POLICY_LABEL: ""})]
        if not bare[0] == bare[1] == bare[2] or len(bare[0]) > 1:
            yield "a namespace without a policy is seen by %s, and one with a value that is not a policy by %s" % (
                bare[0],
                bare[1],
            )


def _seen_by(webhooks, labels):
    labels = {"kubernetes.io/metadata.name": "shop", "team": "shop", **labels}
    return [webhook["name"] for webhook in webhooks if selects(webhook.get("namespaceSelector"), labels)]


def _wrong_about(webhooks, chosen):
    seen = _seen_by(webhooks, {POLICY_LABEL: chosen})
    own = [webhook["name"] for webhook in webhooks if webhook["name"].split(".")[0] == chosen]
    for name in seen:
        if name not in own:
            yield "%s: wrong about a namespace with the policy %s" % (name, chosen)
    if own and len(set(seen) & set(own)) != 1:
        yield "%s: a namespace with the policy %s is seen by %d entries" % (own[0], chosen, len(seen))


ALLOWED_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    # Since Kubernetes has image volumes (1.31): read-only, of an image that the kubelet pulls.
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
SELINUX_TYPES = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}


def pod_security(rendered, release_namespace):
    """The restricted Pod Security Standard, a read-only root and no token."""
    daemon_sets = [item["metadata"]["name"] for item in rendered.objects if item["kind"] == "DaemonSet"]
    cron_jobs = [item["metadata"]["name"] for item in rendered.objects if item["kind"] == "CronJob"]
    for name, spec in rendered.pod_specs():
        pod_context = spec.get("securityContext") or {}
        for field in ("hostPID", "hostIPC", "hostNetwork"):
            # The DaemonSet is there to see the node's processes: node_rules.py has what that asks of it.
            is_meant = field == "hostNetwork" and _asked_for_host_network(rendered)
            is_meant = is_meant or field == "hostPID" and name in daemon_sets
            if spec.get(field) and not is_meant:
                yield "%s: %s" % (name, field)
        if pod_context.get("sysctls"):
            yield "%s: sysctls" % name
        if spec.get("automountServiceAccountToken") is not False:
            yield "%s: mounts a service-account token" % name
        for volume in spec.get("volumes", []):
            if not (set(volume) - {"name"}) <= ALLOWED_VOLUMES:
                yield "%s: volume %s" % (name, volume)
            # What refreshes the image catalogue asks the API server, and nothing else does.
            for source in volume.get("projected", {}).get("sources", []):
                if "serviceAccountToken" in source and name not in cron_jobs:
                    yield "%s: mounts a service-account token" % name
        for container in spec["containers"] + spec.get("initContainers", []):
            context = container.get("securityContext") or {}
            where = "%s/%s" % (name, container["name"])
            if context.get("privileged"):
                yield "%s: privileged" % where
            if context.get("allowPrivilegeEscalation") is not False:
                yield "%s: allowPrivilegeEscalation" % where
            if "ALL" not in (context.get("capabilities") or {}).get("drop", []):
                yield "%s: capabilities are not dropped" % where
            if set((context.get("capabilities") or {}).get("add", [])) - {"NET_BIND_SERVICE"}:
                yield "%s: capabilities are added" % where
            if context.get("runAsNonRoot", pod_context.get("runAsNonRoot")) is not True:
                yield "%s: runAsNonRoot" % where
            if 0 in (context.get("runAsUser"), pod_context.get("runAsUser")):
                yield "%s: runAsUser 0" % where
            profile = context.get("seccompProfile", pod_context.get("seccompProfile")) or {}
            if profile.get("type") not in ("RuntimeDefault", "Localhost"):
                yield "%s: seccompProfile" % where
            if context.get("procMount") not in (None, "Default"):
                yield "%s: procMount" % where
            for options in (context.get("seLinuxOptions") or {}, pod_context.get("seLinuxOptions") or {}):
                if options.get("type") not in SELINUX_TYPES or options.get("user") or options.get("role"):
                    yield "%s: seLinuxOptions" % where
            if context.get("readOnlyRootFilesystem") is not True:
                yield "%s: the root file system can be written" % where
            if any(port.get("hostPort") for port in container.get("ports", [])):
                yield "%s: hostPort" % where
            if not (container.get("resources") or {}).get("requests") or not container["resources"].get(
                "limits"
            ):
                yield "%s: no requests or limits" % where


def _asked_for_host_network(rendered):
    """Only the server, and only on the port that it has there."""
    ports = [port["containerPort"] for port in rendered.server()["ports"]]
    return (
        10250 not in ports
        and rendered.of_kind("Deployment")["spec"]["template"]["spec"].get("dnsPolicy")
        == "ClusterFirstWithHostNet"
    )


def network(rendered, release_namespace):
    """Control planes call from many addresses; the server itself calls nobody, unless it is to ask registries."""
    may_ask = "--read-images" in rendered.of_kind("Deployment")["spec"]["template"]["spec"]["containers"][0]["args"]
    for item in rendered.objects:
        if item["kind"] != "NetworkPolicy":
            continue
        spec = item["spec"]
        component = spec["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
        asks = component == "images" or component == "webhook" and may_ask
        if "Egress" not in spec["policyTypes"] or bool(spec.get("egress")) != asks:
            yield "NetworkPolicy: egress is not locked"
        if any(not rule.get("ports") for rule in spec.get("egress") or []):
            yield "NetworkPolicy: egress to every port"
        open_ports = [
            port["port"] for rule in spec["ingress"] if not rule.get("from") for port in rule["ports"]
        ]
        if component == "webhook" and "https" not in open_ports:
            yield "NetworkPolicy: the webhook port's sources are restricted"


def permissions(rendered, release_namespace):
    """The server has no rights in the API at all; what refreshes the image catalogue lists Pods and writes one ConfigMap."""
    server = rendered.of_kind("Deployment")["spec"]["template"]["spec"]["serviceAccountName"]
    for item in rendered.objects:
        name = "%s %s" % (item["kind"], item["metadata"]["name"])
        if item["apiVersion"].startswith("rbac.authorization.k8s.io"):
            if item["metadata"].get("labels", {}).get("app.kubernetes.io/component") != "images":
                yield "%s: gives permissions" % name
            if any(subject["name"] == server for subject in item.get("subjects", [])):
                yield "%s: gives permissions to the server" % name
            for rule in item.get("rules", []):
                may = (rule["resources"], rule["verbs"], bool(rule.get("resourceNames")))
                if may not in ((["pods"], ["list"], False), (["configmaps"], ["get", "patch"], True)):
                    yield "%s: gives more than is needed" % name
        if item["kind"] == "ServiceAccount" and item.get("automountServiceAccountToken") is not False:
            yield "ServiceAccount: mounts its token"


RULES = {
    "gardener": gardener,
    "gke": gke,
    "aks": aks,
    "configuration": configuration,
    "coverage": coverage,
    "bootstrap": bootstrap,
    "pod-security": pod_security,
    "network": network,
    "permissions": permissions,
    "nodes": nodes,
}


def violations(rendered, release_namespace):
    """Every violation, as `rule: what`."""
    return [
        "%s: %s" % (name, violation)
        for name, rule in RULES.items()
        for violation in rule(rendered, release_namespace)
    ]
