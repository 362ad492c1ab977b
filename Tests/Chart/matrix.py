"""The combinations of values that the tests try, each with what must hold in its render.

Every combination is also linted, checked against the schemas of Kubernetes and held to the
platforms' rules: see test_matrix.py.
"""

from expectations import (
    MUTATING,
    PEM_AS_BASE64,
    POD_RULES,
    VALIDATING,
    Combination,
    arguments,
    at,
    ca_bundle,
    checksum,
    container,
    default_policy,
    entries,
    entry,
    excluded,
    has,
    lacks,
    no_argument,
    notes,
    one_service,
    pod,
    policy_requirement,
    skips,
)
from rendering import CA_PEM, NAMESPACE, RELEASE

CERT_MANAGER = {"certificates": {"mode": "certManager"}}
EXISTING = {"certificates": {"mode": "existingSecret", "existingSecret": {"name": "mine", "caBundle": CA_PEM}}}

COMBINATIONS = [
    Combination(
        "defaults",
        {},
        [
            has("Deployment", "Service", "ServiceAccount", "Secret", "PodDisruptionBudget", "NetworkPolicy", MUTATING),
            lacks("HorizontalPodAutoscaler", "ServiceMonitor", "PrometheusRule", "Certificate", "Issuer"),
            lacks("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "ValidatingAdmissionPolicy"),
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
            arguments("serve", "--bind=0.0.0.0:10250", "--admin-bind=0.0.0.0:8081", "--max-fd=1048576"),
            arguments("--ceiling=1048576", "--max-body-bytes=8388608", "--max-connections=1024"),
            arguments("--tls-cert=/etc/uwsgi-max-fd/tls/tls.crt", "--tls-key=/etc/uwsgi-max-fd/tls/tls.key"),
            arguments("--tls-min-version=1.3", "--drain-delay=5s", "--drain-timeout=20s", "--log-format=json"),
            no_argument("--client-ca"),
            no_argument("--threads"),
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
        default_policy("strict") + [policy_requirement("strict", "NotIn", ["audit", "mutate", "off"], VALIDATING)],
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
            entry("strict.workloads", "rules/0/resources", ["deployments", "statefulsets", "daemonsets"], VALIDATING),
            entry("strict.workloads", "rules/1/resources", ["jobs", "cronjobs"], VALIDATING),
            entry("mutate.workloads", "namespaceSelector/matchExpressions/0/values", ["mutate"], VALIDATING),
        ],
    ),
    Combination(
        "workload warnings for some kinds, with a default policy, strict elsewhere",
        {
            "defaultPolicy": "audit",
            "webhooks": {"workloads": {"enabled": True, "resources": ["cronjobs"]}, "strict": {"validating": False}},
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
    # Certificates
    Combination(
        "cert-manager with the chart's own CA",
        CERT_MANAGER,
        [
            has("Issuer", "Certificate"),
            lacks("Secret"),
            ca_bundle(None),
            at(MUTATING, "metadata/annotations", {"cert-manager.io/inject-ca-from": NAMESPACE + "/" + RELEASE}),
            at(VALIDATING, "metadata/annotations", {"cert-manager.io/inject-ca-from": NAMESPACE + "/" + RELEASE}),
            at("Certificate", "spec/isCA", True, RELEASE + "-ca"),
            at("Certificate", "spec/privateKey/rotationPolicy", "Never", RELEASE + "-ca"),
            at("Certificate", "spec/privateKey/rotationPolicy", "Always", RELEASE),
            at("Certificate", "spec/dnsNames/0", "%s.%s.svc" % (RELEASE, NAMESPACE), RELEASE),
            at("Certificate", "spec/secretName", RELEASE + "-tls", RELEASE),
            at("Certificate", "spec/issuerRef/name", RELEASE + "-ca", RELEASE),
            pod("spec/volumes/0/secret/secretName", RELEASE + "-tls"),
        ],
    ),
    Combination(
        "cert-manager with an issuer of the cluster",
        {
            "certificates": {
                "mode": "certManager",
                "certManager": {
                    "issuerRef": {"name": "corporate", "kind": "ClusterIssuer"},
                    "duration": "24h",
                    "renewBefore": "8h",
                    "keyAlgorithm": "RSA",
                },
            }
        },
        [
            lacks("Issuer", "Secret"),
            at("Certificate", "spec/issuerRef", {"name": "corporate", "kind": "ClusterIssuer", "group": "cert-manager.io"}),
            at("Certificate", "spec/duration", "24h"),
            at("Certificate", "spec/privateKey", {"algorithm": "RSA", "size": 2048, "rotationPolicy": "Always"}),
        ],
    ),
    Combination(
        "cert-manager with Ed25519",
        {"certificates": {"mode": "certManager", "certManager": {"keyAlgorithm": "Ed25519"}}},
        [at("Certificate", "spec/privateKey", {"algorithm": "Ed25519", "rotationPolicy": "Always"}, RELEASE)],
    ),
    Combination(
        "existing Secret with a PEM CA",
        EXISTING,
        [
            lacks("Secret", "Certificate"),
            ca_bundle(PEM_AS_BASE64),
            pod("spec/volumes/0/secret/secretName", "mine"),
            at(MUTATING, "metadata/annotations", None),
            at("ConfigMap", "data/ca.crt", CA_PEM),
        ],
    ),
    Combination(
        "existing Secret with a base64 CA",
        {"certificates": {"mode": "existingSecret", "existingSecret": {"name": "mine", "caBundle": PEM_AS_BASE64}}},
        [ca_bundle(PEM_AS_BASE64), at("ConfigMap", "data/ca.crt", CA_PEM)],
    ),
    Combination(
        "existing Secret with an injected CA",
        {
            "certificates": {"mode": "existingSecret", "existingSecret": {"name": "mine"}},
            "webhooks": {"annotations": {"cert-manager.io/inject-ca-from-secret": "webhooks/mine"}},
        },
        [
            ca_bundle(None),
            at(MUTATING, "metadata/annotations", {"cert-manager.io/inject-ca-from-secret": "webhooks/mine"}),
            at("Pod", "spec/volumes/1/secret/secretName", "mine"),
        ],
    ),
    Combination(
        "OpenShift's service CA",
        {"certificates": {"mode": "serviceCA"}, "tests": {"runAsUser": None}},
        [
            lacks("Secret", "Certificate"),
            ca_bundle(None),
            at("Service", "metadata/annotations", {"service.beta.openshift.io/serving-cert-secret-name": RELEASE + "-tls"}, RELEASE),
            at(MUTATING, "metadata/annotations", {"service.beta.openshift.io/inject-cabundle": "true"}),
            at("Pod", "spec/securityContext/runAsUser", None),
            at("Pod", "spec/volumes/1/configMap/items/0/key", "service-ca.crt"),
            pod("spec/securityContext/runAsUser", None),
            pod("spec/securityContext/fsGroup", None),
        ],
    ),
    Combination(
        "generated for a year",
        {"certificates": {"generated": {"days": 365, "generation": "2"}}},
        [at("Secret", "metadata/annotations", {"uwsgi-max-fd/certificate-generation": "2"})],
    ),
    # The server's flags
    Combination(
        "every flag of the server",
        {
            "server": {
                "maxFd": 4096,
                "ceiling": 2147483647,
                "uwsgiImages": ["*/openedx*", "example.org/a:1"],
                "bindAddress": "[::]",
                "tlsMinVersion": "1.2",
                "tlsCiphers": "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
                "tlsCiphersuites": "TLS_AES_128_GCM_SHA256",
                "maxBodyBytes": 67108864,
                "maxConnections": 4096,
                "requestTimeout": "2s500ms",
                "idleTimeout": "5m",
                "drainDelaySeconds": 0,
                "drainTimeoutSeconds": 60,
                "threads": 2,
                "logFormat": "text",
                "logLevel": "debug",
                "extraArgs": ["--log-level=info"],
                "extraEnv": [{"name": "MALLOC_ARENA_MAX", "value": "1"}],
            }
        },
        [
            arguments("--max-fd=4096", "--ceiling=2147483647", "--uwsgi-image=*/openedx*", "--uwsgi-image=example.org/a:1"),
            arguments("--bind=[::]:10250", "--admin-bind=[::]:8081", "--tls-min-version=1.2", "--max-body-bytes=67108864"),
            arguments("--tls-ciphers=ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"),
            arguments("--tls-ciphersuites=TLS_AES_128_GCM_SHA256", "--max-connections=4096"),
            arguments("--request-timeout=2s500ms", "--idle-timeout=5m", "--drain-delay=0s", "--drain-timeout=60s"),
            arguments("--threads=2", "--log-format=text", "--log-level=debug", "--log-level=info"),
            container("env", [{"name": "MALLOC_ARENA_MAX", "value": "1"}]),
            pod("spec/terminationGracePeriodSeconds", 65),
            at("Pod", "spec/containers/0/env/2/value", "4096"),
        ],
    ),
    Combination(
        "client certificates with the chart's ConfigMap",
        {"clientAuth": {"enabled": True, "ca": CA_PEM, "names": ["kube-apiserver", "api.example.org"]}},
        [
            arguments("--client-ca=/etc/uwsgi-max-fd/client-ca/ca.crt", "--client-name=kube-apiserver"),
            arguments("--client-name=api.example.org"),
            at("ConfigMap", "data/ca.crt", CA_PEM, RELEASE + "-client-ca"),
            pod("spec/volumes/1/configMap/name", RELEASE + "-client-ca"),
        ],
    ),
    Combination(
        "client certificates with a ConfigMap of one's own",
        {"clientAuth": {"enabled": True, "existingConfigMap": "apiserver-ca", "existingConfigMapKey": "bundle.pem"}},
        [
            no_argument("--client-name"),
            pod("spec/volumes/1/configMap", {"name": "apiserver-ca", "items": [{"key": "bundle.pem", "path": "ca.crt"}]}),
        ],
    ),
    Combination(
        "checksum of the ConfigMap",
        {
            "clientAuth": {"enabled": True, "ca": CA_PEM},
            "checksumAnnotation": True,
            "podAnnotations": {"example.org/team": "a"},
        },
        [checksum],
    ),
    # Ports and networks
    Combination(
        "host network",
        {"hostNetwork": {"enabled": True}},
        [
            pod("spec/hostNetwork", True),
            pod("spec/dnsPolicy", "ClusterFirstWithHostNet"),
            arguments("--bind=0.0.0.0:8443", "--admin-bind=0.0.0.0:8081"),
            container("ports/0/containerPort", 8443),
            at("Deployment", "spec/strategy/rollingUpdate", {"maxSurge": 0, "maxUnavailable": 1}),
            notes("the node's network"),
        ],
    ),
    Combination(
        "host network on other ports",
        {"hostNetwork": {"enabled": True, "port": 30443, "adminPort": 30081}, "service": {"port": 8443}},
        [
            arguments("--bind=0.0.0.0:30443", "--admin-bind=0.0.0.0:30081"),
            entry("mutate", "clientConfig/service/port", 8443),
            at("Service", "spec/ports/0/port", 8443, RELEASE),
        ],
    ),
    Combination(
        "other ports",
        {"port": 9443, "adminPort": 9090},
        [
            arguments("--bind=0.0.0.0:9443", "--admin-bind=0.0.0.0:9090"),
            container("ports/0/containerPort", 9443),
            at("Service", "spec/ports/0/port", 9090, RELEASE + "-metrics"),
            at("Service", "spec/ports/0/targetPort", "https", RELEASE),
        ],
    ),
    Combination(
        "dual stack",
        {
            "service": {
                "ipFamilyPolicy": "PreferDualStack",
                "ipFamilies": ["IPv6", "IPv4"],
                "annotations": {"example.org/a": "b"},
            }
        },
        [
            at("Service", "spec/ipFamilies", ["IPv6", "IPv4"], RELEASE),
            at("Service", "spec/ipFamilyPolicy", "PreferDualStack", RELEASE + "-metrics"),
            at("Service", "metadata/annotations", {"example.org/a": "b"}, RELEASE),
        ],
    ),
    Combination("no NetworkPolicy", {"networkPolicy": {"enabled": False}}, [lacks("NetworkPolicy")]),
    Combination(
        "metrics from one namespace only",
        {
            "networkPolicy": {
                "metricsFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
            }
        },
        [
            at("NetworkPolicy", "spec/ingress/0", {"ports": [{"port": "https", "protocol": "TCP"}]}),
            at(
                "NetworkPolicy",
                "spec/ingress/1/from/0/namespaceSelector/matchLabels",
                {"kubernetes.io/metadata.name": "monitoring"},
            ),
            at("NetworkPolicy", "spec/egress", []),
        ],
    ),
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
                            {"matchExpressions": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}]}
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
        {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "50%", "maxUnavailable": 1}}},
        [at("Deployment", "spec/strategy/rollingUpdate", {"maxSurge": "50%", "maxUnavailable": 1})],
    ),
    Combination(
        "resources and probes",
        {
            "resources": {"requests": {"cpu": "1", "memory": "64Mi"}, "limits": {"cpu": 2, "memory": "512Mi"}},
            "probes": {"readinessPeriodSeconds": 2, "livenessPeriodSeconds": 20, "timeoutSeconds": 1, "failureThreshold": 5},
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
    Combination("image by tag", {"image": {"tag": "1.2.3"}}, [container("image", "uwsgi-max-fd-webhook:1.2.3")]),
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
                "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}, "alertLabels": {"team": "a"}},
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
            at("ValidatingAdmissionPolicyBinding", "spec/validationActions", ["Deny", "Audit"]),
            at("ValidatingAdmissionPolicyBinding", "spec/policyName", RELEASE + "-label-guard"),
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
            policy_requirement("strict", "NotIn", ["audit", "mutate", "off"]),
        ],
    ),
]
