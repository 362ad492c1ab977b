"""Combinations of values about scheduling, names, monitoring, the guard, and whole set-ups."""

from expectations import (
    MUTATING,
    VALIDATING,
    Combination,
    at,
    container,
    entries,
    entry,
    has,
    lacks,
    one_service,
    pod,
    policy_requirement,
)
from rendering import IMAGE, NAMESPACE, RELEASE

GUARD, CHECK = RELEASE + "-label-guard", RELEASE + "-label-check"

CLUSTER = [
    # Scheduling and scale
    Combination(
        "autoscaling",
        {"autoscaling": {"enabled": True, "minReplicas": 3, "maxReplicas": 9}},
        [
            has("HorizontalPodAutoscaler"),
            at("Deployment", "spec/replicas", None),
            at("HorizontalPodAutoscaler", "spec/minReplicas", 3),
            at("HorizontalPodAutoscaler", "spec/scaleTargetRef/name", RELEASE),
        ],
    ),
    Combination(
        "one replica without a budget",
        {"replicaCount": 1, "podDisruptionBudget": {"enabled": False}},
        [lacks("PodDisruptionBudget"), at("Deployment", "spec/replicas", 1)],
    ),
    Combination(
        "budget in percent",
        {"replicaCount": 5, "podDisruptionBudget": {"maxUnavailable": "40%"}},
        [at("PodDisruptionBudget", "spec/maxUnavailable", "40%")],
    ),
    Combination(
        "strict spread",
        {"topologySpread": {"whenUnsatisfiable": "DoNotSchedule"}},
        [
            pod("spec/topologySpreadConstraints/0/whenUnsatisfiable", "DoNotSchedule"),
            pod("spec/topologySpreadConstraints/1/topologyKey", "topology.kubernetes.io/zone"),
        ],
    ),
    Combination(
        "placement",
        {
            "topologySpread": {"enabled": False},
            "priorityClassName": "system-cluster-critical",
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
            "affinity": {
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [
                            {
                                "matchExpressions": [
                                    {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}
                                ]
                            }
                        ]
                    }
                }
            },
        },
        [
            pod("spec/topologySpreadConstraints", None),
            pod("spec/priorityClassName", "system-cluster-critical"),
            pod("spec/nodeSelector", {"kubernetes.io/os": "linux"}),
            pod("spec/tolerations/0/key", "CriticalAddonsOnly"),
        ],
    ),
    Combination(
        "another update strategy",
        {
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": "50%", "maxUnavailable": 1},
            }
        },
        [at("Deployment", "spec/strategy/rollingUpdate", {"maxSurge": "50%", "maxUnavailable": 1})],
    ),
    Combination(
        "resources and probes",
        {
            "resources": {
                "requests": {"cpu": "1", "memory": "64Mi"},
                "limits": {"cpu": 2, "memory": "512Mi"},
            },
            "probes": {
                "readinessPeriodSeconds": 2,
                "livenessPeriodSeconds": 20,
                "timeoutSeconds": 1,
                "failureThreshold": 5,
            },
        },
        [
            container("resources/limits/cpu", 2),
            container("readinessProbe/periodSeconds", 2),
            container("livenessProbe/failureThreshold", 5),
        ],
    ),
    # Pods, names and images
    Combination(
        "user and group IDs",
        {"podSecurityContext": {"runAsUser": 1000, "runAsGroup": 1001, "fsGroup": 1002}},
        [
            pod("spec/securityContext/runAsUser", 1000),
            pod("spec/securityContext/fsGroup", 1002),
            pod("spec/volumes/0/secret/defaultMode", 0o440),
        ],
    ),
    Combination(
        "image by digest with pull secrets",
        {
            "image": {
                "repository": "registry.example.org/tools/uwsgi-max-fd",
                "tag": "ignored",
                "digest": "sha256:" + "0a" * 32,
                "pullPolicy": "Always",
                "pullSecrets": ["one", "two"],
            }
        },
        [
            container("image", "registry.example.org/tools/uwsgi-max-fd@sha256:" + "0a" * 32),
            container("imagePullPolicy", "Always"),
            pod("spec/imagePullSecrets", [{"name": "one"}, {"name": "two"}]),
        ],
    ),
    Combination("image by tag", {"image": {"tag": "1.2.3"}}, [container("image", IMAGE + ":1.2.3")]),
    Combination(
        "other names, labels and annotations",
        {
            "nameOverride": "maxfd",
            "fullnameOverride": "maxfd-prod",
            "commonLabels": {"team": "platform"},
            "podLabels": {"team": "platform"},
            "podAnnotations": {"example.org/scrape": "no"},
            "serviceAccount": {"name": "maxfd-sa", "annotations": {"example.org/x": "y"}},
        },
        [
            entry("mutate", "clientConfig/service/name", "maxfd-prod"),
            at("Deployment", "metadata/labels/team", "platform"),
            pod("metadata/labels/team", "platform"),
            pod("metadata/annotations", {"example.org/scrape": "no"}),
            pod("spec/serviceAccountName", "maxfd-sa"),
            at("ServiceAccount", "metadata/name", "maxfd-sa"),
        ],
    ),
    Combination(
        "the same keys in every map",
        {
            "certificates": {"mode": "serviceCA"},
            "commonLabels": {"team": "a", "app.kubernetes.io/part-of": "b", "app.kubernetes.io/version": "1"},
            "commonAnnotations": {"team": "a", "service.beta.openshift.io/inject-cabundle": "false"},
            "podLabels": {"team": "pods"},
            "podAnnotations": {"checksum/config": "mine"},
            "checksumAnnotation": True,
            "service": {"annotations": {"team": "b"}},
            "serviceAccount": {"annotations": {"team": "c"}},
            "webhooks": {"annotations": {"team": "d"}, "mutatingAnnotations": {"team": "e"}},
            "metrics": {
                "service": {"annotations": {"team": "f"}},
                "serviceMonitor": {
                    "enabled": True,
                    "labels": {"team": "g", "app.kubernetes.io/version": "2"},
                },
                "prometheusRule": {
                    "enabled": True,
                    "labels": {"team": "h"},
                    "alertLabels": {"severity": "page"},
                },
                "dashboard": {
                    "enabled": True,
                    "labels": {"team": "i"},
                    "annotations": {"grafana_folder": "A"},
                    "folder": "B",
                },
            },
        },
        [
            at("Deployment", "metadata/labels/team", "a"),
            at("Deployment", "metadata/labels/app.kubernetes.io~1part-of", "b"),
            at("Deployment", "metadata/labels/app.kubernetes.io~1version", "1"),
            pod("metadata/labels/team", "pods"),
            pod("metadata/labels/app.kubernetes.io~1name", "uwsgi-max-fd"),
            at("Service", "metadata/annotations/team", "b", RELEASE),
            at("ServiceAccount", "metadata/annotations/team", "c"),
            at(MUTATING, "metadata/annotations/team", "e"),
            at(MUTATING, "metadata/annotations/service.beta.openshift.io~1inject-cabundle", "true"),
            at(VALIDATING, "metadata/annotations/team", "d"),
            at("Service", "metadata/annotations/team", "f", RELEASE + "-metrics"),
            at("ServiceMonitor", "metadata/labels/app.kubernetes.io~1version", "2"),
            at("PrometheusRule", "spec/groups/0/rules/0/labels", {"severity": "page"}),
            at("ConfigMap", "metadata/labels/team", "i", RELEASE + "-dashboard"),
            at("ConfigMap", "metadata/annotations/grafana_folder", "B", RELEASE + "-dashboard"),
            at("NetworkPolicy", "metadata/annotations/team", "a"),
            pod("metadata/annotations/team", None),
        ],
    ),
    Combination(
        "a long name",
        {"fullnameOverride": "a" * 50},
        [at("Service", "metadata/name", "a" * 50 + "-metrics", "a" * 50 + "-metrics")],
    ),
    Combination(
        "someone else's service account",
        {"serviceAccount": {"create": False}},
        [lacks("ServiceAccount"), pod("spec/serviceAccountName", "default")],
    ),
    # Monitoring, guard, tests
    Combination(
        "all of monitoring",
        {
            "metrics": {
                "serviceMonitor": {"enabled": True, "interval": "15s", "labels": {"release": "prometheus"}},
                "prometheusRule": {
                    "enabled": True,
                    "labels": {"release": "prometheus"},
                    "alertLabels": {"team": "a"},
                },
                "dashboard": {"enabled": True, "annotations": {"grafana_folder": "Platform"}},
            }
        },
        [
            has("ServiceMonitor", "PrometheusRule"),
            at("ServiceMonitor", "spec/endpoints/0/interval", "15s"),
            at("ServiceMonitor", "metadata/labels/release", "prometheus"),
            at("ConfigMap", "metadata/labels/grafana_dashboard", "1", RELEASE + "-dashboard"),
            at("ConfigMap", "metadata/annotations", {"grafana_folder": "Platform"}, RELEASE + "-dashboard"),
            at("PrometheusRule", "spec/groups/0/rules/0/labels", {"severity": "warning", "team": "a"}),
        ],
    ),
    Combination(
        "no metrics Service",
        {"metrics": {"enabled": False}},
        [one_service],
    ),
    Combination(
        "guard for groups and users",
        {
            "guard": {
                "enabled": True,
                "groups": ["platform"],
                "users": ["system:serviceaccount:argocd:controller"],
                "actions": ["Deny", "Audit"],
            }
        },
        [
            has("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
            at("ValidatingAdmissionPolicyBinding", "spec/validationActions", ["Deny", "Audit"], GUARD),
            at("ValidatingAdmissionPolicyBinding", "spec/policyName", GUARD, GUARD),
        ],
    ),
    Combination("no test Pod", {"tests": {"enabled": False}}, [lacks("Pod", "ConfigMap")]),
    Combination(
        "another test image",
        {"tests": {"image": {"repository": "registry.example.org/curl", "tag": "1"}, "runAsUser": 100}},
        [
            at("Pod", "spec/containers/0/image", "registry.example.org/curl:1"),
            at("Pod", "spec/securityContext/runAsUser", 100),
            at("Pod", "spec/containers/0/env/0/value", "https://%s.%s.svc:443" % (RELEASE, NAMESPACE)),
        ],
    ),
    # What a careful team would run
    Combination(
        "production",
        {
            "defaultPolicy": "audit",
            "replicaCount": 3,
            "certificates": {"mode": "certManager"},
            "webhooks": {"strict": {"mutating": False}, "workloads": {"enabled": True}},
            "metrics": {
                "serviceMonitor": {"enabled": True},
                "prometheusRule": {"enabled": True},
                "dashboard": {"enabled": True},
            },
            "guard": {"enabled": True, "groups": ["platform"]},
            "priorityClassName": "platform-critical",
        },
        [
            entries(MUTATING, "mutate", "audit"),
            entries(VALIDATING, "strict", "mutate.workloads", "strict.workloads", "audit.workloads"),
            has("PrometheusRule", "ValidatingAdmissionPolicy", "Certificate"),
        ],
    ),
    Combination(
        "everything under host network on OpenShift",
        {
            "certificates": {"mode": "serviceCA"},
            "hostNetwork": {"enabled": True},
            "autoscaling": {"enabled": True},
            "webhooks": {"workloads": {"enabled": True, "resources": ["replicasets", "jobs"]}},
            "metrics": {"serviceMonitor": {"enabled": True}},
            "defaultPolicy": "strict",
        },
        [
            pod("spec/hostNetwork", True),
            entry("strict.workloads", "rules/0/resources", ["replicasets"], VALIDATING),
            policy_requirement("strict", "In", ["strict"]),
            policy_requirement("strict.default", "NotIn", ["audit", "mutate", "off", "strict"]),
        ],
    ),
]
