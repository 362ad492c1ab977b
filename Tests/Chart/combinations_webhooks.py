"""Combinations of values about the webhook configurations."""

from expectations import (
    MUTATING,
    POD_RULES,
    VALIDATING,
    Combination,
    arguments,
    at,
    container,
    default_policy,
    entries,
    entry,
    excluded,
    has,
    lacks,
    no_argument,
    notes,
    pod,
    policy_requirement,
    skips,
)
from rendering import RELEASE

CHECK = RELEASE + "-label-check"

WEBHOOKS = [
    Combination(
        "defaults",
        {},
        [
            has(
                "Deployment",
                "Service",
                "ServiceAccount",
                "Secret",
                "PodDisruptionBudget",
                "NetworkPolicy",
                MUTATING,
            ),
            lacks("HorizontalPodAutoscaler", "ServiceMonitor", "PrometheusRule", "Certificate", "Issuer"),
            lacks(
                "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "PodMonitor", "GrafanaDashboard"
            ),
            # The check of the label's value, and no guard.
            at("ValidatingAdmissionPolicy", "metadata/name", CHECK),
            at("ValidatingAdmissionPolicyBinding", "spec/validationActions", ["Warn"]),
            arguments("--strict-exemptions=likely", "--env-from=add"),
            entries(MUTATING, "mutate", "strict", "audit"),
            entries(VALIDATING, "strict"),
            policy_requirement("mutate", "In", ["mutate"]),
            policy_requirement("strict", "In", ["strict"]),
            policy_requirement("audit", "In", ["audit"]),
            policy_requirement("strict", "In", ["strict"], VALIDATING),
            entry("mutate", "failurePolicy", "Ignore"),
            entry("strict", "failurePolicy", "Fail"),
            entry("audit", "failurePolicy", "Ignore"),
            entry("strict", "failurePolicy", "Fail", VALIDATING),
            entry("mutate", "reinvocationPolicy", "IfNeeded"),
            entry("mutate", "clientConfig/service/path", "/mutate"),
            entry("strict", "clientConfig/service/path", "/strict"),
            entry("audit", "clientConfig/service/path", "/audit"),
            entry("mutate", "rules", POD_RULES),
            entry("strict", "rules", POD_RULES, VALIDATING),
            skips("mutate", True),
            skips("audit", True),
            skips("strict", False),
            skips("strict", False, VALIDATING),
            excluded("mutate"),
            at("Deployment", "spec/replicas", 2),
            # Whole numbers, never Go's 1.048576e+06.
            arguments("serve", "--bind=[::]:10250", "--admin-bind=[::]:8081", "--max-fd=1048576"),
            arguments("--ceiling=1048576", "--max-body-bytes=8388608", "--max-connections=1024"),
            arguments("--tls-cert=/etc/uwsgi-max-fd/tls/tls.crt", "--tls-key=/etc/uwsgi-max-fd/tls/tls.key"),
            arguments(
                "--tls-min-version=1.3", "--drain-delay=5s", "--drain-timeout=20s", "--log-format=json"
            ),
            no_argument("--client-ca"),
            no_argument("--threads"),
            no_argument("--image-catalogue"),
            pod("spec/terminationGracePeriodSeconds", 30),
            pod("spec/securityContext", {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}),
            pod("spec/volumes/0/secret/defaultMode", 0o444),
            pod("spec/hostNetwork", None),
            pod("metadata/annotations", None),
            container("readinessProbe/httpGet", {"path": "/readyz", "port": "admin"}),
            container("livenessProbe/httpGet", {"path": "/livez", "port": "admin"}),
            at("Service", "spec/ports/0/port", 443, RELEASE),
            at("Secret", "type", "kubernetes.io/tls"),
            notes("It does nothing until a namespace asks for it", "helm test " + RELEASE),
        ],
    ),
    # The policy of unlabelled namespaces
    Combination("default policy mutate", {"defaultPolicy": "mutate"}, default_policy("mutate")),
    Combination(
        "default policy strict",
        {"defaultPolicy": "strict"},
        [
            entries(MUTATING, "mutate", "strict", "strict.default", "audit"),
            entries(VALIDATING, "strict", "strict.default"),
            policy_requirement("strict", "In", ["strict"]),
            policy_requirement("strict.default", "NotIn", ["audit", "mutate", "off", "strict"], VALIDATING),
            excluded("strict"),
            entry("strict", "matchConditions", None),
            entry("strict.default", "matchConditions/0/name", "not-system-critical"),
            entry("strict.default", "matchConditions/1", None),
            entry("strict.default", "clientConfig/service/path", "/strict"),
            entry("strict.default", "reinvocationPolicy", "Never"),
            notes("have the policy strict", "calico-system"),
        ],
    ),
    Combination(
        "default policy strict without exemptions",
        {"defaultPolicy": "strict", "webhooks": {"bootstrap": {"priorityClasses": [], "namespaces": []}}},
        [
            policy_requirement("strict", "NotIn", ["audit", "mutate", "off"]),
            policy_requirement("strict", "NotIn", ["audit", "mutate", "off"], VALIDATING),
            entries(MUTATING, "mutate", "strict", "audit"),
        ],
        breaks=frozenset({"bootstrap"}),
    ),
    Combination(
        "default policy strict that fails open",
        {"defaultPolicy": "strict", "webhooks": {"strict": {"failurePolicy": "Ignore"}}},
        [*default_policy("strict"), entries(MUTATING, "mutate", "strict", "audit")],
    ),
    Combination(
        "default policy mutate that fails closed, with exemptions of one's own",
        {
            "defaultPolicy": "mutate",
            "webhooks": {
                "mutate": {"failurePolicy": "Fail"},
                "bootstrap": {"namespaces": ["my-network", "calico-system", "rook-ceph", "cert-manager"]},
                "matchConditions": [{"name": "mine", "expression": "object.metadata.name != 'x'"}],
            },
        },
        [
            entries(MUTATING, "mutate", "mutate.default", "strict", "audit"),
            excluded("mutate.default", "my-network", "calico-system", "rook-ceph", "cert-manager"),
            excluded("mutate"),
            entry("mutate.default", "matchConditions/1/name", "not-system-critical"),
            entry("mutate.default", "reinvocationPolicy", "IfNeeded"),
            entry("mutate", "matchConditions/1", None),
        ],
    ),
    Combination("default policy audit", {"defaultPolicy": "audit"}, default_policy("audit")),
    Combination(
        "default policy off as YAML reads it",
        {"defaultPolicy": False},
        [policy_requirement("mutate", "In", ["mutate"]), notes("until a namespace asks for it")],
    ),
    # Webhook entries
    Combination(
        "failure policies",
        {
            "webhooks": {
                "mutate": {"failurePolicy": "Fail"},
                "strict": {"failurePolicy": "Ignore"},
                "audit": {"failurePolicy": "Fail"},
            }
        },
        [
            entry("mutate", "failurePolicy", "Fail"),
            entry("strict", "failurePolicy", "Ignore"),
            entry("strict", "failurePolicy", "Ignore", VALIDATING),
            entry("audit", "failurePolicy", "Fail"),
        ],
    ),
    Combination(
        "timeouts at both ends",
        {
            "webhooks": {
                "mutate": {"timeoutSeconds": 15},
                "strict": {"timeoutSeconds": 1},
                "audit": {"timeoutSeconds": 2},
                "workloads": {"enabled": True, "timeoutSeconds": 15},
            }
        },
        [
            entry("mutate", "timeoutSeconds", 15),
            entry("strict", "timeoutSeconds", 1),
            entry("strict", "timeoutSeconds", 1, VALIDATING),
            entry("audit", "timeoutSeconds", 2),
            entry("audit.workloads", "timeoutSeconds", 15, VALIDATING),
        ],
    ),
    Combination(
        "strict judges the final Pod only",
        {"webhooks": {"strict": {"mutating": False}}},
        [entries(MUTATING, "mutate", "audit"), entries(VALIDATING, "strict")],
    ),
    Combination(
        "strict in the mutating phase only",
        {"webhooks": {"strict": {"validating": False}}},
        [entries(MUTATING, "mutate", "strict", "audit"), lacks(VALIDATING)],
    ),
    Combination(
        "strict honours the skip label",
        {"webhooks": {"strict": {"honourSkipLabel": True}}},
        [skips("strict", True), skips("strict", True, VALIDATING), skips("mutate", True)],
    ),
    Combination(
        "without ephemeral containers",
        {"webhooks": {"ephemeralContainers": False}},
        [entry("mutate", "rules", POD_RULES[:1]), entry("strict", "rules", POD_RULES[:1], VALIDATING)],
    ),
    Combination(
        "workload warnings",
        {"webhooks": {"workloads": {"enabled": True}}},
        [
            entries(VALIDATING, "strict", "mutate.workloads", "strict.workloads", "audit.workloads"),
            entries(MUTATING, "mutate", "strict", "audit"),
            entry("strict.workloads", "failurePolicy", "Ignore", VALIDATING),
            entry("strict.workloads", "clientConfig/service/path", "/strict", VALIDATING),
            entry(
                "strict.workloads",
                "rules/0/resources",
                ["deployments", "statefulsets", "daemonsets"],
                VALIDATING,
            ),
            entry("strict.workloads", "rules/1/resources", ["jobs", "cronjobs"], VALIDATING),
            entry("mutate.workloads", "namespaceSelector/matchExpressions/0/values", ["mutate"], VALIDATING),
        ],
    ),
    Combination(
        "workload warnings for some kinds, with a default policy, strict elsewhere",
        {
            "defaultPolicy": "audit",
            "webhooks": {
                "workloads": {"enabled": True, "resources": ["cronjobs"]},
                "strict": {"validating": False},
            },
        },
        [
            entries(VALIDATING, "mutate.workloads", "strict.workloads", "audit.workloads"),
            entry("audit.workloads", "rules/0/apiGroups", ["batch"], VALIDATING),
            entry("audit.workloads", "rules/1", None, VALIDATING),
            policy_requirement("audit.workloads", "NotIn", ["mutate", "off", "strict"], VALIDATING),
        ],
    ),
    Combination(
        "further exclusions are added to the fixed ones",
        {
            "webhooks": {
                "excludedNamespaces": ["monitoring", "kube-system"],
                "namespaceExpressions": [{"key": "team", "operator": "In", "values": ["shop"]}],
            }
        },
        [
            excluded("mutate", "monitoring"),
            excluded("strict", "monitoring"),
            entry("audit", "namespaceSelector/matchExpressions/4/key", "team"),
        ],
    ),
    Combination(
        "match conditions and annotations",
        {
            "webhooks": {
                "matchConditions": [{"name": "not-static", "expression": "!has(object.spec.nodeName)"}],
                "annotations": {"example.org/owner": "platform"},
                "workloads": {"enabled": True},
            }
        },
        [
            entry("mutate", "matchConditions/0/name", "not-static"),
            entry("strict", "matchConditions/0/name", "not-static", VALIDATING),
            # Written for Pods, so not put on entries that see other kinds.
            entry("strict.workloads", "matchConditions", None, VALIDATING),
            at(MUTATING, "metadata/annotations", {"example.org/owner": "platform"}),
            at(VALIDATING, "metadata/annotations", {"example.org/owner": "platform"}),
        ],
    ),
]
