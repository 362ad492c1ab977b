"""Combinations of values about what other charts have too: registries, volumes, monitors, dashboards."""

from expectations import (
    MUTATING,
    VALIDATING,
    Combination,
    annotated,
    arguments,
    at,
    container,
    entry,
    has,
    lacks,
    pod,
    skips,
)
from rendering import CA_PEM, NAMESPACE, RELEASE

CHECK = RELEASE + "-label-check"
TEAM = {"key": "team", "operator": "In", "values": ["shop"]}
STAGE = {"key": "stage", "operator": "NotIn", "values": ["test"]}
TIER = {"key": "tier", "operator": "Exists"}

EXTRAS = [
    Combination(
        "another namespace than the release's",
        {
            "namespaceOverride": "platform",
            "certificates": {"mode": "certManager"},
            "metrics": {"serviceMonitor": {"enabled": True}, "prometheusRule": {"enabled": True}},
        },
        [
            entry(
                "mutate",
                "namespaceSelector/matchExpressions/1/values",
                ["kube-system", "kube-public", "kube-node-lease", NAMESPACE, "platform"],
            ),
            at("Certificate", "spec/dnsNames/0", RELEASE + ".platform.svc", RELEASE),
            at(MUTATING, "metadata/annotations", {"cert-manager.io/inject-ca-from": "platform/" + RELEASE}),
            at("ServiceMonitor", "spec/namespaceSelector/matchNames", ["platform"]),
            at("Pod", "spec/containers/0/env/0/value", "https://%s.platform.svc:443" % RELEASE),
        ],
        namespace="platform",
    ),
    Combination(
        "selectors and conditions for each policy",
        {
            "webhooks": {
                "namespaceExpressions": [TEAM],
                "matchConditions": [{"name": "all", "expression": "true"}],
                "mutate": {"namespaceExpressions": [STAGE], "objectExpressions": [TIER]},
                "strict": {"objectExpressions": [TIER]},
                "audit": {"matchConditions": [{"name": "audit", "expression": "!false"}]},
                "workloads": {"enabled": True},
                "mutatingAnnotations": {"example.org/phase": "mutating"},
                "validatingAnnotations": {"example.org/phase": "validating"},
            }
        },
        [
            entry("mutate", "namespaceSelector/matchExpressions/4", TEAM),
            entry("mutate", "namespaceSelector/matchExpressions/5", STAGE),
            entry("mutate", "objectSelector/matchExpressions/1", TIER),
            entry("mutate", "matchConditions", [{"name": "all", "expression": "true"}]),
            entry("strict", "namespaceSelector/matchExpressions/5", None),
            entry("strict", "objectSelector/matchExpressions", [TIER]),
            entry("strict", "objectSelector/matchExpressions", [TIER], VALIDATING),
            entry("audit", "matchConditions/1/name", "audit"),
            skips("audit", True),
            # Which namespaces a policy covers is the same for workloads; what their Pods' labels are is not.
            entry("mutate.workloads", "namespaceSelector/matchExpressions/5", STAGE, VALIDATING),
            skips("mutate.workloads", True, VALIDATING),
            at(MUTATING, "metadata/annotations", {"example.org/phase": "mutating"}),
            at(VALIDATING, "metadata/annotations", {"example.org/phase": "validating"}),
        ],
    ),
    Combination(
        "a registry and pull secrets for all charts",
        {
            "global": {
                "imageRegistry": "mirror.example.org:5000/",
                "imagePullSecrets": ["one", {"name": "two"}],
            },
            "image": {
                "repository": "registry.example.org/tools/uwsgi-max-fd",
                "pullSecrets": ["two", "three"],
                "tag": "1",
            },
        },
        [
            container("image", "mirror.example.org:5000/tools/uwsgi-max-fd:1"),
            pod("spec/imagePullSecrets", [{"name": "two"}, {"name": "three"}, {"name": "one"}]),
            at("Pod", "spec/containers/0/image", "mirror.example.org:5000/curlimages/curl:8.11.1"),
            at("Pod", "spec/imagePullSecrets/2/name", "one"),
        ],
    ),
    Combination(
        "a registry in place of a host without a dot",
        {
            "global": {"imageRegistry": "mirror.example.org/cache"},
            "image": {"repository": "localhost/tools/uwsgi-max-fd", "digest": "sha256:" + "0b" * 32},
            "tests": {"image": {"digest": "sha256:" + "0c" * 32}},
        },
        [
            container("image", "mirror.example.org/cache/tools/uwsgi-max-fd@sha256:" + "0b" * 32),
            at(
                "Pod",
                "spec/containers/0/image",
                "mirror.example.org/cache/curlimages/curl@sha256:" + "0c" * 32,
            ),
        ],
    ),
    Combination(
        "an image catalogue",
        {"images": {"catalogue": {"existingConfigMap": "images", "key": "mine"}}},
        [
            arguments("--image-catalogue=/etc/uwsgi-max-fd/images/catalogue.jsonl"),
            container("volumeMounts/1/mountPath", "/etc/uwsgi-max-fd/images"),
            # The whole folder, since a file mounted by subPath is never renewed.
            container("volumeMounts/1/subPath", None),
            pod(
                "spec/volumes/1/configMap",
                {"name": "images", "items": [{"key": "mine", "path": "catalogue.jsonl"}]},
            ),
        ],
    ),
    Combination(
        "an image catalogue in an image",
        {"images": {"catalogue": {"image": "registry.example.org/catalogue:1", "key": "mine.jsonl"}}},
        [
            arguments("--image-catalogue=/etc/uwsgi-max-fd/images/mine.jsonl"),
            container("volumeMounts/1/mountPath", "/etc/uwsgi-max-fd/images"),
            pod(
                "spec/volumes/1",
                {"name": "image-catalogue", "image": {"reference": "registry.example.org/catalogue:1"}},
            ),
        ],
        since="1.33",
    ),
    Combination(
        "registries that are asked while Pods are reviewed",
        {
            "images": {
                "read": {
                    "enabled": True,
                    "pullSecret": "registries",
                    "caConfigMap": "registry-ca",
                    "mirrors": ["docker.io=https://mirror.example.org"],
                    "egress": [{"ports": [{"protocol": "TCP", "port": 5000}]}],
                }
            }
        },
        [
            arguments(
                "--read-images",
                "--registry-config=/etc/uwsgi-max-fd/registry/config.json",
                "--registry-ca=/etc/uwsgi-max-fd/registry-ca/ca.crt",
                "--registry-mirror=docker.io=https://mirror.example.org",
            ),
            container("volumeMounts/1/mountPath", "/etc/uwsgi-max-fd/registry-ca"),
            container("volumeMounts/2/mountPath", "/etc/uwsgi-max-fd/registry"),
            container("volumeMounts/3/mountPath", "/tmp"),
            pod("spec/volumes/3", {"name": "registry-layers", "emptyDir": {"sizeLimit": "16Gi"}}),
            at("NetworkPolicy", "spec/egress/0/ports/0/port", 53),
            at("NetworkPolicy", "spec/egress/1/ports", [{"port": 443, "protocol": "TCP"}]),
            at("NetworkPolicy", "spec/egress/2/ports/0/port", 5000),
        ],
    ),
    Combination(
        "an image catalogue that is kept fresh",
        {
            "images": {
                "catalogue": {"existingConfigMap": "images"},
                "refresh": {
                    "enabled": True,
                    "pullSecret": "registries",
                    "caConfigMap": "registry-ca",
                    "mirrors": ["docker.io=https://mirror.example.org"],
                },
            }
        },
        [
            at("CronJob", "spec/schedule", "23 * * * *"),
            at(
                "CronJob",
                "spec/jobTemplate/spec/template/spec/containers/0/args",
                [
                    "images",
                    "--in-cluster",
                    "--configmap=images",
                    "--configmap-key=catalogue.jsonl",
                    "--refresh",
                    "--jobs=2",
                    "--registry-config=/etc/uwsgi-max-fd/registry/config.json",
                    "--registry-ca=/etc/uwsgi-max-fd/registry-ca/ca.crt",
                    "--registry-mirror=docker.io=https://mirror.example.org",
                ],
            ),
            # It may read which Pods run, and change the one ConfigMap; the webhook itself has no rights as before.
            at("ClusterRole", "rules", [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]),
            at(
                "Role",
                "rules",
                [
                    {
                        "apiGroups": [""],
                        "resources": ["configmaps"],
                        "resourceNames": ["images"],
                        "verbs": ["get", "patch"],
                    }
                ],
            ),
            pod("spec/automountServiceAccountToken", False),
            at(
                "NetworkPolicy",
                "spec/egress/1/ports",
                [{"port": 443, "protocol": "TCP"}, {"port": 6443, "protocol": "TCP"}],
                RELEASE + "-images",
            ),
            # The webhook itself still calls nobody.
            at("NetworkPolicy", "spec/egress", [], RELEASE),
        ],
    ),
    Combination(
        "volumes, hooks and annotations of one's own",
        {
            "extraVolumes": [{"name": "tmp", "emptyDir": {"medium": "Memory"}}],
            "extraVolumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
            "lifecycle": {"preStop": {"sleep": {"seconds": 2}}},
            "commonAnnotations": {"example.org/owner": "platform"},
            "clientAuth": {"enabled": True, "ca": CA_PEM},
            "autoscaling": {"enabled": True},
            "guard": {"enabled": True},
        },
        [
            pod("spec/volumes/2", {"name": "tmp", "emptyDir": {"medium": "Memory"}}),
            container("volumeMounts/2", {"name": "tmp", "mountPath": "/tmp"}),
            container("lifecycle/preStop/sleep/seconds", 2),
            at("Deployment", "metadata/annotations", {"example.org/owner": "platform"}),
            at("ConfigMap", "metadata/annotations/example.org~1owner", "platform", RELEASE + "-client-ca"),
            annotated("example.org/owner", "platform"),
            pod("metadata/annotations", None),
        ],
    ),
    Combination(
        "PodMonitor with relabelings, and no metrics Service",
        {
            "metrics": {
                "enabled": False,
                "podMonitor": {
                    "enabled": True,
                    "interval": "1m",
                    "labels": {"release": "prometheus"},
                    "relabelings": [
                        {"sourceLabels": ["__meta_kubernetes_pod_node_name"], "targetLabel": "node"}
                    ],
                    "metricRelabelings": [
                        {"sourceLabels": ["__name__"], "regex": "process_.*", "action": "drop"}
                    ],
                },
                "prometheusRule": {"enabled": True},
            },
            "alerts": {"disabled": ["UwsgiMaxFdSlow"], "runbookURL": "https://example.org/alerts.md"},
        },
        [
            has("PodMonitor"),
            lacks("ServiceMonitor"),
            at("PodMonitor", "spec/podMetricsEndpoints/0/port", "admin"),
            at("PodMonitor", "spec/podMetricsEndpoints/0/interval", "1m"),
            at("PodMonitor", "spec/podMetricsEndpoints/0/relabelings/0/targetLabel", "node"),
            at("PodMonitor", "spec/podMetricsEndpoints/0/metricRelabelings/0/action", "drop"),
            at("PodMonitor", "metadata/labels/release", "prometheus"),
            at(
                "PrometheusRule",
                "spec/groups/0/rules/0/annotations/runbook_url",
                "https://example.org/alerts.md#uwsgimaxfdcertificateexpiring",
            ),
        ],
    ),
    Combination(
        "ServiceMonitor with relabelings, and an annotated Service",
        {
            "metrics": {
                "service": {"annotations": {"prometheus.io/scrape": "true"}},
                "serviceMonitor": {
                    "enabled": True,
                    "relabelings": [{"action": "labeldrop", "regex": "pod"}],
                    "metricRelabelings": [
                        {"action": "keep", "sourceLabels": ["__name__"], "regex": "uwsgi.*"}
                    ],
                },
            }
        },
        [
            at("Service", "metadata/annotations", {"prometheus.io/scrape": "true"}, RELEASE + "-metrics"),
            at("Service", "metadata/annotations", None, RELEASE),
            at("ServiceMonitor", "spec/endpoints/0/relabelings/0/regex", "pod"),
            at("ServiceMonitor", "spec/endpoints/0/metricRelabelings/0/action", "keep"),
        ],
    ),
    Combination(
        "dashboard for Grafana's operator, in a folder",
        {
            "metrics": {
                "dashboard": {
                    "folder": "Platform",
                    "grafanaDashboard": {
                        "enabled": True,
                        "instanceSelector": {"matchLabels": {"dashboards": "platform"}},
                        "labels": {"team": "a"},
                        "allowCrossNamespaceImport": False,
                    },
                }
            }
        },
        [
            at("GrafanaDashboard", "spec/configMapRef/name", RELEASE + "-dashboard"),
            at("GrafanaDashboard", "spec/folder", "Platform"),
            at("GrafanaDashboard", "spec/allowCrossNamespaceImport", False),
            at("GrafanaDashboard", "spec/instanceSelector/matchLabels/dashboards", "platform"),
            at("GrafanaDashboard", "metadata/labels/team", "a"),
            # Grafana's sidecar must not load it a second time.
            at("ConfigMap", "metadata/labels/grafana_dashboard", None, RELEASE + "-dashboard"),
        ],
    ),
    Combination(
        "dashboard in a folder by another annotation",
        {
            "metrics": {
                "dashboard": {"enabled": True, "folder": "A", "folderAnnotation": "example.org/folder"}
            }
        },
        [
            lacks("GrafanaDashboard"),
            at("ConfigMap", "metadata/annotations", {"example.org/folder": "A"}, RELEASE + "-dashboard"),
        ],
    ),
    Combination(
        "a wrong policy label is refused",
        {"labelCheck": {"actions": ["Deny", "Audit"]}},
        [at("ValidatingAdmissionPolicyBinding", "spec/validationActions", ["Deny", "Audit"], CHECK)],
    ),
    Combination(
        "policy labels are not checked",
        {"labelCheck": {"enabled": False}},
        [lacks("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")],
    ),
    Combination(
        "exemptions for every container, and the variable left to envFrom",
        {"server": {"strictExemptions": "all", "envFrom": "trust"}},
        [arguments("--strict-exemptions=all", "--env-from=trust")],
    ),
]
