"""Charts broken on purpose: each is a change of one file that one of the platforms' rules must catch."""

import dataclasses


@dataclasses.dataclass
class Breakage:
    name: str
    file: str
    old: str
    new: str
    # What one of the violations must start with.
    caught: str
    values: dict = dataclasses.field(default_factory=dict)


WEBHOOKS = "templates/_webhooks.tpl"
MUTATING = "templates/mutatingwebhookconfiguration.yaml"
DEPLOYMENT = "templates/deployment.yaml"
HELPERS = "templates/_helpers.tpl"
TEST_POD = "templates/tests/review.yaml"
SYSTEM = '(list "kube-system" "kube-public" "kube-node-lease" .Release.Namespace (include "uwsgi-max-fd.namespace" .))'

NODES = {"nodes": {"enabled": True}}

BREAKAGES = [
    # Gardener
    Breakage(
        "no timeout",
        WEBHOOKS,
        "  timeoutSeconds: {{ $settings.timeoutSeconds | int64 }}\n",
        "",
        "gardener: mutate.uwsgi-max-fd.webhook: timeoutSeconds is None",
    ),
    Breakage(
        "the schema lets a long timeout pass",
        "values.schema.json",
        '"maximum": 15',
        '"maximum": 30',
        "gardener: audit.uwsgi-max-fd.webhook: timeoutSeconds is 30",
        {"webhooks": {"audit": {"timeoutSeconds": 30}}},
    ),
    Breakage(
        "kube-system not left out",
        WEBHOOKS,
        SYSTEM,
        '(list "kube-public" "kube-node-lease" .Release.Namespace)',
        "gardener: mutate.uwsgi-max-fd.webhook: can catch pods",
    ),
    Breakage(
        "kube-system left out by a label that anyone can remove",
        WEBHOOKS,
        "    - key: kubernetes.io/metadata.name\n",
        "    - key: name\n",
        "gardener: strict.uwsgi-max-fd.webhook: can catch pods",
    ),
    Breakage(
        "values take the place of the fixed exclusions",
        WEBHOOKS,
        "concat %s .Values.webhooks.excludedNamespaces | uniq" % SYSTEM,
        "default %s .Values.webhooks.excludedNamespaces" % SYSTEM,
        "gardener: mutate.uwsgi-max-fd.webhook: can catch pods",
        {"webhooks": {"excludedNamespaces": ["monitoring"]}},
    ),
    Breakage(
        "all groups",
        WEBHOOKS,
        '    - apiGroups: [""]\n      apiVersions: [v1]\n      operations: [CREATE]\n      resources: [pods]\n      scope: Namespaced\n',
        '    - apiGroups: ["*"]\n      apiVersions: ["*"]\n      operations: ["*"]\n      resources: ["*"]\n      scope: "*"\n',
        "gardener: mutate.uwsgi-max-fd.webhook: can catch nodes",
    ),
    Breakage(
        "workload warnings in kube-system",
        WEBHOOKS,
        "    - key: kubernetes.io/metadata.name\n      operator: NotIn\n",
        "    - key: kubernetes.io/metadata.name\n      operator: In\n",
        "gardener: mutate.workloads.uwsgi-max-fd.webhook: can catch deployments",
        {"webhooks": {"workloads": {"enabled": True}}},
    ),
    # GKE
    Breakage(
        "nodes are caught too",
        WEBHOOKS,
        "      resources: [pods]\n      scope: Namespaced\n",
        '      resources: [pods, nodes]\n      scope: "*"\n',
        "gke: audit.uwsgi-max-fd.webhook: can catch nodes",
    ),
    Breakage(
        "kube-node-lease not left out",
        WEBHOOKS,
        SYSTEM,
        '(list "kube-system" "kube-public" .Release.Namespace)',
        "configuration: mutate.uwsgi-max-fd.webhook: the namespace kube-node-lease is not left out",
    ),
    Breakage(
        "the kubelet's port on the node",
        HELPERS,
        "ternary .Values.hostNetwork.port .Values.port .Values.hostNetwork.enabled",
        ".Values.port",
        "gke: uwsgi-max-fd: takes the kubelet's port 10250",
        {"hostNetwork": {"enabled": True}},
    ),
    # AKS
    Breakage(
        "no requirement on control-plane",
        WEBHOOKS,
        '- key: control-plane\n  operator: NotIn\n  values: ["true"]\n',
        "",
        "aks: mutate.uwsgi-max-fd.webhook: AKS would add",
    ),
    Breakage(
        "another requirement on managedby",
        WEBHOOKS,
        '- key: kubernetes.azure.com/managedby\n  operator: NotIn\n  values: ["aks"]\n',
        "- key: kubernetes.azure.com/managedby\n  operator: DoesNotExist\n",
        "aks: strict.uwsgi-max-fd.webhook: AKS would add",
    ),
    # The configuration itself
    Breakage(
        "side effects unknown",
        WEBHOOKS,
        "  sideEffects: None\n",
        "  sideEffects: Unknown\n",
        "configuration: mutate.uwsgi-max-fd.webhook: sideEffects",
    ),
    Breakage(
        "exact match policy",
        WEBHOOKS,
        "  matchPolicy: Equivalent\n",
        "  matchPolicy: Exact\n",
        "configuration: audit.uwsgi-max-fd.webhook: matchPolicy",
    ),
    Breakage(
        "every update of a Pod",
        WEBHOOKS,
        "      operations: [CREATE]\n",
        "      operations: [CREATE, UPDATE]\n",
        "configuration: mutate.uwsgi-max-fd.webhook: a rule is for more",
    ),
    Breakage(
        "all scopes",
        WEBHOOKS,
        "      scope: Namespaced\n",
        '      scope: "*"\n',
        "configuration: mutate.uwsgi-max-fd.webhook: a rule's scope",
    ),
    Breakage(
        "the webhook's own namespace",
        WEBHOOKS,
        ' .Release.Namespace (include "uwsgi-max-fd.namespace" .))',
        ")",
        "configuration: mutate.uwsgi-max-fd.webhook: the namespace webhooks is not left out",
    ),
    Breakage(
        "the path does not say the policy",
        WEBHOOKS,
        "    path: /{{ .policy }}\n",
        "    path: /mutate\n",
        "configuration: strict.uwsgi-max-fd.webhook: the path is /mutate",
    ),
    Breakage(
        "a path that is no DNS label",
        WEBHOOKS,
        "    path: /{{ .policy }}\n",
        "    path: /{{ .policy | upper }}\n",
        "configuration: mutate.uwsgi-max-fd.webhook: path segment 'MUTATE'",
    ),
    Breakage(
        "a short name",
        WEBHOOKS,
        "-}}uwsgi-max-fd.webhook{{- end",
        "-}}uwsgi-max-fd{{- end",
        "configuration: mutate.uwsgi-max-fd: the name needs three parts",
    ),
    Breakage(
        "the policy label is not looked at",
        WEBHOOKS,
        "      operator: In\n      values: [{{ .policy | quote }}]\n",
        "      operator: Exists\n",
        "coverage: mutate.uwsgi-max-fd.webhook: wrong about a namespace with the policy strict",
    ),
    Breakage(
        "off is not an opt-out of the default policy",
        WEBHOOKS,
        'list "audit" "mutate" "off" "strict"',
        'list "audit" "mutate" "strict"',
        "coverage: mutate.uwsgi-max-fd.webhook: wrong about a namespace with the policy off",
        {"defaultPolicy": "mutate"},
    ),
    Breakage(
        "the skip label without effect",
        WEBHOOKS,
        "    - key: uwsgi-max-fd/skip\n      operator: NotIn\n",
        "    - key: uwsgi-max-fd/skip\n      operator: In\n",
        "configuration: mutate.uwsgi-max-fd.webhook: the skip label has no effect",
    ),
    Breakage(
        "mutate is not called again",
        MUTATING,
        '"reinvocationPolicy" "IfNeeded"',
        '"reinvocationPolicy" "Never"',
        "configuration: mutate.uwsgi-max-fd.webhook: reinvocationPolicy",
    ),
    Breakage(
        "workload warnings can stand in the way",
        WEBHOOKS,
        "  failurePolicy: Ignore\n",
        "  failurePolicy: Fail\n",
        "configuration: mutate.workloads.uwsgi-max-fd.webhook: a rule is for more",
        {"webhooks": {"workloads": {"enabled": True}}},
    ),
    Breakage(
        "a review version that the server is not asked in",
        WEBHOOKS,
        "admissionReviewVersions: [v1]",
        "admissionReviewVersions: [v1beta1]",
        "configuration: mutate.uwsgi-max-fd.webhook: does not accept",
    ),
    # Starting from nothing
    Breakage(
        "system-critical Pods wait for the webhook",
        WEBHOOKS,
        'and (eq .part "default") $webhooks.bootstrap.priorityClasses',
        "false",
        "bootstrap: strict.default.uwsgi-max-fd.webhook: fails closed for Pods of system-node-critical",
        {"defaultPolicy": "strict"},
    ),
    Breakage(
        "providers' namespaces wait for the webhook",
        WEBHOOKS,
        "    {{- $excluded = concat $excluded .root.Values.webhooks.bootstrap.namespaces | uniq }}\n",
        "",
        "bootstrap: mutate.default.uwsgi-max-fd.webhook: fails closed for the namespace calico-system",
        {"defaultPolicy": "mutate", "webhooks": {"mutate": {"failurePolicy": "Fail"}}},
    ),
    Breakage(
        "exemptions reach namespaces that chose strict",
        WEBHOOKS,
        '(eq .part "default") $webhooks',
        '(ne .policy "off") $webhooks',
        "bootstrap: strict.uwsgi-max-fd.webhook: leaves alone what chose the policy: shop",
        {"defaultPolicy": "strict"},
    ),
    Breakage(
        "exemptions for every Pod",
        WEBHOOKS,
        "!has(object.spec.priorityClassName) || !(",
        "has(object.spec.priorityClassName) && !(",
        "bootstrap: strict.default.uwsgi-max-fd.webhook: leaves alone Pods that a cluster does not start with",
        {"defaultPolicy": "strict"},
    ),
    Breakage(
        "two entries for one namespace",
        WEBHOOKS,
        "      values: {{ toJson $policies }}\n",
        "      values: {{ without $policies .policy | toJson }}\n",
        "coverage: strict.uwsgi-max-fd.webhook: a namespace with the policy strict is seen by 2 entries",
        {"defaultPolicy": "strict"},
    ),
    Breakage(
        "a value that is not a policy is like off",
        WEBHOOKS,
        "      operator: NotIn\n      values: {{ toJson $policies }}\n",
        "      operator: DoesNotExist\n",
        "coverage: a namespace without a policy is seen by ['strict.default.uwsgi-max-fd.webhook']",
        {"defaultPolicy": "strict"},
    ),
    # Restricted Pod Security
    Breakage(
        "privilege escalation",
        HELPERS,
        "allowPrivilegeEscalation: false\n",
        "",
        "pod-security: uwsgi-max-fd/webhook: allowPrivilegeEscalation",
    ),
    Breakage(
        "root file system",
        HELPERS,
        "readOnlyRootFilesystem: true\n",
        "",
        "pod-security: uwsgi-max-fd/webhook: the root",
    ),
    Breakage(
        "capabilities",
        HELPERS,
        "  drop: [ALL]\n",
        "  drop: [NET_RAW]\n",
        "pod-security: uwsgi-max-fd/webhook: capabilities are not",
    ),
    Breakage(
        "added capability",
        HELPERS,
        "  drop: [ALL]\n",
        "  drop: [ALL]\n  add: [SYS_RESOURCE]\n",
        "pod-security: uwsgi-max-fd/webhook: capabilities are added",
    ),
    Breakage(
        "privileged",
        HELPERS,
        "readOnlyRootFilesystem: true\n",
        "readOnlyRootFilesystem: true\nprivileged: true\n",
        "pod-security: uwsgi-max-fd/webhook: privileged",
    ),
    Breakage(
        "root user",
        HELPERS,
        "  runAsNonRoot: true\n  seccompProfile:\n",
        "  runAsUser: 0\n  seccompProfile:\n",
        "pod-security: uwsgi-max-fd/webhook: runAsUser 0",
    ),
    Breakage(
        "may be root",
        HELPERS,
        "runAsNonRoot: true\ncapabilities",
        "runAsNonRoot: false\ncapabilities",
        "pod-security: uwsgi-max-fd/webhook: runAsNonRoot",
    ),
    Breakage(
        "seccomp",
        HELPERS,
        "  type: RuntimeDefault\n",
        "  type: Unconfined\n",
        "pod-security: uwsgi-max-fd/webhook: seccompProfile",
    ),
    Breakage(
        "token of the server",
        DEPLOYMENT,
        "      automountServiceAccountToken: false\n",
        "",
        "pod-security: uwsgi-max-fd: mounts a service-account token",
    ),
    Breakage(
        "token of the test",
        TEST_POD,
        "  automountServiceAccountToken: false\n",
        "",
        "pod-security: uwsgi-max-fd-test: mounts a service-account token",
    ),
    Breakage(
        "security of the test",
        TEST_POD,
        '      securityContext:\n        {{- include "uwsgi-max-fd.containerSecurityContext" . | nindent 8 }}\n',
        "",
        "pod-security: uwsgi-max-fd-test/review: allowPrivilegeEscalation",
    ),
    Breakage(
        "a folder of the node",
        DEPLOYMENT,
        "      volumes:\n",
        "      volumes:\n        - name: host\n          hostPath:\n            path: /etc\n",
        "pod-security: uwsgi-max-fd: volume",
    ),
    Breakage(
        "host network without its DNS policy",
        DEPLOYMENT,
        "      dnsPolicy: ClusterFirstWithHostNet\n",
        "",
        "pod-security: uwsgi-max-fd: hostNetwork",
        {"hostNetwork": {"enabled": True}},
    ),
    Breakage(
        "host processes",
        DEPLOYMENT,
        "      enableServiceLinks: false\n",
        "      hostPID: true\n",
        "pod-security: uwsgi-max-fd: hostPID",
    ),
    Breakage(
        "no resources",
        DEPLOYMENT,
        "          resources:\n            {{- toYaml .resources | nindent 12 }}\n",
        "",
        "pod-security: uwsgi-max-fd/webhook: no requests",
    ),
    # The DaemonSet on the nodes
    Breakage(
        "nodes unseen",
        "templates/nodes.yaml",
        "      hostPID: true\n",
        "",
        "nodes: uwsgi-max-fd-node: does not see",
        NODES,
    ),
    Breakage(
        "a path of the node",
        "templates/nodes.yaml",
        "      hostPID: true\n",
        "      hostPID: true\n      volumes:\n        - name: proc\n          hostPath:\n            path: /proc\n",
        "nodes: uwsgi-max-fd-node: has volumes",
        NODES,
    ),
    Breakage(
        "the node's network",
        "templates/nodes.yaml",
        "      hostPID: true\n",
        "      hostPID: true\n      hostNetwork: true\n",
        "nodes: uwsgi-max-fd-node: hostNetwork",
        NODES,
    ),
    Breakage(
        "nodes with taints unseen",
        "values.yaml",
        "  tolerations: [{operator: Exists}]\n",
        "  tolerations: [{key: a, operator: Exists}]\n",
        "nodes: uwsgi-max-fd-node: stays away",
        NODES,
    ),
    Breakage(
        "nodes of another system",
        "templates/nodes.yaml",
        '"kubernetes.io/os" "linux"',
        '"kubernetes.io/arch" "amd64"',
        "nodes: uwsgi-max-fd-node: goes to nodes without Linux",
        NODES,
    ),
    Breakage(
        "much memory on each node",
        "values.yaml",
        "      memory: 64Mi\n",
        "      memory: 640Mi\n",
        "nodes: uwsgi-max-fd-node: may take more",
        NODES,
    ),
    Breakage(
        "a token on each node",
        "templates/nodes.yaml",
        "      automountServiceAccountToken: false\n",
        "",
        "pod-security: uwsgi-max-fd-node: mounts a service-account token",
        NODES,
    ),
    Breakage(
        "security of the nodes' Pods",
        "templates/nodes.yaml",
        '            {{- include "uwsgi-max-fd.containerSecurityContext" $ | nindent 12 }}\n',
        "            privileged: true\n",
        "pod-security: uwsgi-max-fd-node/node: privileged",
        NODES,
    ),
    Breakage(
        "open egress of the nodes' Pods",
        "templates/nodes.yaml",
        "  egress: []\n",
        "  egress: [{}]\n",
        "network: NetworkPolicy: egress",
        NODES,
    ),
    # Network and permissions
    Breakage(
        "webhook port for some sources only",
        "templates/networkpolicy.yaml",
        "        - port: https\n          protocol: TCP\n",
        "        - port: https\n          protocol: TCP\n      from:\n        - ipBlock:\n            cidr: 10.0.0.0/8\n",
        "network: NetworkPolicy: the webhook port's sources",
    ),
    Breakage(
        "open egress",
        "templates/networkpolicy.yaml",
        "  egress: []\n",
        "  egress: [{}]\n",
        "network: NetworkPolicy: egress",
    ),
    Breakage(
        "egress not covered",
        "templates/networkpolicy.yaml",
        "[Ingress, Egress]",
        "[Ingress]",
        "network: NetworkPolicy: egress",
    ),
    Breakage(
        "permissions",
        "templates/serviceaccount.yaml",
        "automountServiceAccountToken: false\n",
        "automountServiceAccountToken: false\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
        "metadata:\n  name: x\nrules: []\n",
        "permissions: ClusterRole x",
    ),
    Breakage(
        "the account's own token",
        "templates/serviceaccount.yaml",
        "automountServiceAccountToken: false\n",
        "automountServiceAccountToken: true\n",
        "permissions: ServiceAccount: mounts",
    ),
]
