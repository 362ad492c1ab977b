"""Combinations of values about the DaemonSet that looks at nodes."""

from expectations import Combination, at, has, lacks, walk
from rendering import NAMESPACE, RELEASE

NODE = RELEASE + "-node"
NODE_RELABELING = {"sourceLabels": ["__meta_kubernetes_pod_node_name"], "targetLabel": "node"}


def node_pod(path, expected):
    return at("DaemonSet", "spec/template/" + path, expected)


def node_container(path, expected):
    def check(rendered):
        container = rendered.of_kind("DaemonSet")["spec"]["template"]["spec"]["containers"][0]
        assert walk(container, path) == expected

    return check


def alerts(*names):
    """The alerts of the second group."""

    def check(rendered):
        rules = rendered.of_kind("PrometheusRule")["spec"]["groups"][1]["rules"]
        assert [rule["alert"] for rule in rules] == list(names)

    return check


NODES = [
    Combination(
        "nodes",
        {"nodes": {"enabled": True}},
        [
            has("DaemonSet"),
            lacks("ServiceMonitor", "PodMonitor"),
            node_container("args", ["node", "--listen=[::]:8082"]),
            node_container("ports/0", {"name": "metrics", "containerPort": 8082, "protocol": "TCP"}),
            node_container("livenessProbe/httpGet", {"path": "/livez", "port": "metrics"}),
            node_container("readinessProbe/httpGet", {"path": "/readyz", "port": "metrics"}),
            node_container("volumeMounts", None),
            node_container("securityContext/capabilities", {"drop": ["ALL"]}),
            node_container("securityContext/readOnlyRootFilesystem", True),
            node_pod("spec/hostPID", True),
            node_pod("spec/volumes", None),
            node_pod("spec/automountServiceAccountToken", False),
            node_pod("spec/securityContext/runAsNonRoot", True),
            node_pod("spec/tolerations", [{"operator": "Exists"}]),
            node_pod("spec/nodeSelector", {"kubernetes.io/os": "linux"}),
            node_pod("spec/serviceAccountName", NODE),
            at("Service", "spec/clusterIP", "None", NODE),
            at("NetworkPolicy", "spec/egress", [], NODE),
            at("ServiceAccount", "automountServiceAccountToken", False, NODE),
        ],
    ),
    Combination(
        "nodes in a namespace of their own, scraped by a ServiceMonitor",
        {
            "nodes": {"enabled": True, "namespace": "nodes"},
            "metrics": {
                "service": {"annotations": {"a": "b"}},
                "serviceMonitor": {
                    "enabled": True,
                    "labels": {"release": "prometheus"},
                    "relabelings": [{"action": "labeldrop", "regex": "pod"}],
                },
                "prometheusRule": {"enabled": True},
            },
        },
        [
            at("ServiceMonitor", "spec/namespaceSelector/matchNames", ["nodes"], NODE),
            at("ServiceMonitor", "spec/namespaceSelector/matchNames", [NAMESPACE], RELEASE),
            at("ServiceMonitor", "spec/endpoints/0/relabelings/0", NODE_RELABELING, NODE),
            at("ServiceMonitor", "spec/endpoints/0/relabelings/1/regex", "pod", NODE),
            at("ServiceMonitor", "spec/endpoints/0/relabelings/1", None, RELEASE),
            at("ServiceMonitor", "metadata/labels/release", "prometheus", NODE),
            at("Service", "metadata/annotations", {"a": "b"}, NODE),
            alerts("UwsgiMaxFdNodeLimitHuge", "UwsgiMaxFdRouterHuge"),
        ],
        nodes_namespace="nodes",
    ),
    Combination(
        "nodes scraped by a PodMonitor",
        {
            "nodes": {"enabled": True},
            "metrics": {"enabled": False, "podMonitor": {"enabled": True}},
            "networkPolicy": {"metricsFrom": [{"namespaceSelector": {"matchLabels": {"a": "b"}}}]},
        },
        [
            at("PodMonitor", "spec/podMetricsEndpoints/0/port", "metrics", NODE),
            at("PodMonitor", "spec/podMetricsEndpoints/0/relabelings", [NODE_RELABELING], NODE),
            at("NetworkPolicy", "spec/ingress/0/from/0/namespaceSelector/matchLabels", {"a": "b"}, NODE),
        ],
    ),
    Combination(
        "every value of nodes",
        {
            "serviceAccount": {"create": False},
            "networkPolicy": {"enabled": False},
            "podSecurityContext": {"runAsUser": 1000},
            "global": {"imageRegistry": "mirror.example.org", "imagePullSecrets": ["one"]},
            "server": {"bindAddress": "0.0.0.0"},
            "nodes": {
                "enabled": True,
                "port": 9082,
                "extraArgs": ["--proc=/proc"],
                "resources": {"limits": {"memory": "32Mi", "cpu": "100m"}},
                "maxUnavailable": 3,
                "priorityClassName": "low",
                "nodeSelector": {"pool": "a"},
                "tolerations": [{"operator": "Exists"}, {"key": "a", "operator": "Exists"}],
                "affinity": {
                    "nodeAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": {
                            "nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]
                        }
                    }
                },
                "podAnnotations": {"a": "b"},
                "podLabels": {"c": "d"},
            },
            "metrics": {"prometheusRule": {"enabled": True}},
            "alerts": {"disabled": ["UwsgiMaxFdRouterHuge"]},
        },
        [
            lacks("ServiceAccount", "NetworkPolicy"),
            node_container("args", ["node", "--listen=0.0.0.0:9082", "--proc=/proc"]),
            node_container("image", "mirror.example.org/uwsgi-max-fd-webhook:0.1.0"),
            node_container("resources/limits/cpu", "100m"),
            node_pod("spec/imagePullSecrets", [{"name": "one"}]),
            node_pod("spec/serviceAccountName", "default"),
            node_pod("spec/securityContext/runAsUser", 1000),
            node_pod("spec/priorityClassName", "low"),
            node_pod("spec/nodeSelector", {"kubernetes.io/os": "linux", "pool": "a"}),
            node_pod("metadata/annotations", {"a": "b"}),
            node_pod("metadata/labels/c", "d"),
            at("DaemonSet", "spec/updateStrategy/rollingUpdate/maxUnavailable", 3),
            alerts("UwsgiMaxFdNodeLimitHuge"),
        ],
    ),
]
